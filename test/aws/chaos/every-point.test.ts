/** A Lambda environment dies around every request by which anything changes: before it is sent, and when it has happened. */

import { afterAll, beforeAll, expect, test } from "vitest";
import { Dynalite } from "../../../scripts/local-aws/dynalite.ts";
import { LocalS3 } from "../../../scripts/local-aws/local-bucket.ts";
import { LocalSqs } from "../../../scripts/local-aws/local-queue.ts";
import { sampled } from "../../../scripts/slow-tests.ts";
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

/** Points that one test tries, and runs at a time: each of them waits, mostly. */
const POINTS = 10;
const LANES = 5;
/** The execution has at least so many changes. */
const CERTAIN = 20;
/** More than the execution has changes: behind the last one nothing dies, and its test has nothing to do. */
const MOST_POINTS = 70;
/** On a machine with much else to do. */
const TIMEOUT_MS = 900_000;

let dynamodb: Dynalite;
let sqs: LocalSqs;
let s3: LocalS3;
/** Opened so far: each has a table, a queue and a bucket of its own name. */
let worlds = 0;

beforeAll(async () => {
  dynamodb = await Dynalite.start();
  sqs = await LocalSqs.start();
  s3 = await LocalS3.start();
});

afterAll(async () => {
  await sqs.stop();
  await s3.stop();
  await dynamodb.stop();
});

async function crash(point: CrashPoint): Promise<boolean> {
  const services = await Services.open(`crash-${++worlds}`, { sqs, s3, dynamodb });
  const { account, violations, hasCrashed } = await lambdaCrash(acts, point, services);
  await services.close();
  expect(violations, `${point.when} change ${point.change}: ${account()}`).toEqual([]);
  return hasCrashed;
}

const firsts = Array.from({ length: MOST_POINTS / POINTS }, (_, at) => 1 + at * POINTS);
const pointsFrom = (first: number, when: CrashPoint["when"]): CrashPoint[] =>
  Array.from({ length: POINTS }, (_, at) => ({ change: first + at, when }));

/** What `npm test` tries comes first. */
const cases: readonly (readonly [string, readonly CrashPoint[]])[] = [
  [
    "around some of them",
    [
      { change: 2, when: "BEFORE" },
      { change: 9, when: "AFTER" },
      { change: 16, when: "BEFORE" },
    ],
  ],
  ...(["BEFORE", "AFTER"] as const).flatMap((when) =>
    firsts.map((first) => [`${when} each, from the ${first}. on`, pointsFrom(first, when)] as const),
  ),
];

test.each(sampled(cases, 1))(
  "every promise is kept by a process that dies where something changes: %s",
  async (_where, points) => {
    const left = points.values();
    let [crashes, isOver] = [0, false];
    const lane = async (): Promise<void> => {
      for (const point of left) {
        if (isOver) return;
        if (await crash(point)) crashes++;
        else isOver = true;
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    const areBehind = (points[0]?.change ?? 0) > CERTAIN;
    expect(crashes === points.length || (isOver && areBehind)).toBe(true);
  },
  TIMEOUT_MS,
);
