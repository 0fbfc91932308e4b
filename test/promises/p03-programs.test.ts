/**
 * P3, with P1, P2, P7 and P8: random programs against their fault-free run. Whatever happens to processes and stores,
 * user code sees the same values in the same order and comes to the same end; no completed function runs again, no
 * at-most-once attempt runs twice, and after every commit the machine's invariants hold.
 */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { program } from "./program.ts";
import { adversities, attempt } from "./trial.ts";

const PROGRAMS = 60;

describe("P3 a random program comes to the end of its fault-free run", () => {
  for (const [name, adversity] of Object.entries(adversities)) {
    test(name, async () => {
      // A failure prints its seed, and the program cut down to what matters.
      await fc.assert(
        fc.asyncProperty(program, adversity, async (tried, fault) => {
          expect(await attempt(tried, fault)).toEqual([]);
        }),
        { numRuns: PROGRAMS },
      );
    });
  }
});
