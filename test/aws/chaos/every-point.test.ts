/** A Lambda environment dies around every request by which anything changes: before it is sent, and when it has happened. */

import { afterAll, beforeAll, expect, test } from "vitest";
import { Dynalite } from "../../../scripts/local-aws/dynalite.ts";
import { LocalSqs } from "../../../scripts/local-aws/local-queue.ts";
import type { Act } from "../../../src/testing/chaos/act.ts";
import { type CrashPoint, lambdaCrash } from "./lambda-chaos.ts";
import { Services } from "./services.ts";

const step = (name: string): Extract<Act, { act: "step" }> => ({
  ...{ act: "step", name, takesMs: 0, failures: 0, atMostOnce: false },
});

/** What the seed workflow has: steps, a wait, a batch, a callback, another execution, a retry. */
const acts: readonly Act[] = [
  step("first"),
  { act: "wait", name: "pause", seconds: 1 },
  { act: "map", name: "items", branches: [[step("one")], [step("two")]], nesting: "NESTED" },
  { act: "waitForCallback", name: "approval" },
  { act: "invoke", name: "callee", acts: [step("inner")] },
  { ...step("retried"), failures: 1 },
];

/** Runs at a time: each of them waits, mostly. */
const LANES = 6;
const MOST_POINTS = 500;

let dynamodb: Dynalite;
let sqs: LocalSqs;

beforeAll(async () => {
  dynamodb = await Dynalite.start();
  sqs = await LocalSqs.start();
});

afterAll(async () => {
  await sqs.stop();
  await dynamodb.stop();
});

async function crash(point: CrashPoint): Promise<boolean> {
  const services = await Services.open(`crash-${point.change}-${point.when}`, { sqs, dynamodb });
  const { account, violations, hasCrashed } = await lambdaCrash(acts, point, services);
  await services.close();
  expect(violations, `${point.when} change ${point.change}: ${account()}`).toEqual([]);
  return hasCrashed;
}

test.each(["BEFORE", "AFTER"] as const)("every promise is kept by a process that dies %s any change", async (when) => {
  let [next, isOver, crashes] = [1, false, 0];
  const lane = async (): Promise<void> => {
    while (!isOver && next < MOST_POINTS) {
      if (await crash({ change: next++, when })) crashes++;
      else isOver = true;
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  expect(crashes).toBeGreaterThan(20);
});
