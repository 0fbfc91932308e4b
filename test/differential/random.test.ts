/** Random programs on both SDKs. The seed is printed with a failure; FC_SEED runs one again. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { casesOf } from "./case.ts";
import type { Place } from "./differences.ts";
import { programOf, tree } from "./random-program.ts";
import { prepareStage, reference, runAt } from "./stage.ts";

prepareStage();

const RUNS = Number(process.env.FC_RUNS ?? 40);
const seed = Number(process.env.FC_SEED ?? Math.trunc(Date.now() % 2 ** 31));

async function sameAt(places: readonly Place[], runs: number): Promise<void> {
  const property = fc.asyncProperty(tree, async (nodes) => {
    const [definition] = casesOf({ random: programOf(nodes) });
    const observed = await reference(definition!);
    for (const place of places) {
      const isNative = place === "native" || place === "alias";
      expect(await runAt(place, definition!)).toEqual(isNative ? observed : { ...observed, updates: undefined });
    }
  });
  await fc.assert(property, { numRuns: runs, seed, endOnFailure: false });
}

describe(`random programs, seed ${seed}`, () => {
  test("run on AWS's runner as they do with AWS's SDK", () => sameAt(["native"], RUNS));
  test("run on perdure's machine as they do on AWS's runner", () => sameAt(["parked", "replayed", "aws-hosted"], RUNS));
});
