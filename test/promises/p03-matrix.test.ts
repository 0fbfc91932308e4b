/**
 * P3: what user code saw in the live run it sees again on replay, in the same order, after a crash at any write.
 * Every pair of operation kinds, in both orders of settlement, with none, one or the other rejecting.
 */

import { describe, expect, test } from "vitest";
import { combinators } from "./combinators.ts";
import { kinds } from "./kinds.ts";
import { cellsOf, describeCell, worldOf } from "./matrix.ts";
import { replayFaults } from "./replay-faults.ts";

for (const combinator of Object.keys(combinators)) {
  describe(`P3 ${combinator}: replay answers as the live run did, with a`, () => {
    for (const kind of Object.keys(kinds)) {
      test(kind, { timeout: 60_000 }, async () => {
        const faults: Record<string, string[]> = {};
        let cells = 0;
        for (const cell of cellsOf(combinator, kind)) {
          cells++;
          const found = await replayFaults(worldOf(cell));
          if (found.length > 0) faults[describeCell(cell)] = found;
        }
        expect(faults).toEqual({});
        expect(cells).toBeGreaterThan(0);
      });
    }
  });
}
