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

/** Each test tries every so many-th point. */
const STRIDE = 7;
/** Points that it runs at a time: each of them waits, mostly. */
const LANES = 5;
/** The execution has at least so many changes. */
const CERTAIN = 20;
/** More than the execution has changes: behind the last one nothing dies, and its test has nothing to do. */
const MOST_POINTS = 70;
/** Of each test, in `npm test`. */
const SAMPLE = 3;
/** On a machine with much else to do. */
const TIMEOUT_MS = 900_000;

let dynamodb: Dynalite;
let sqs: LocalSqs;
let s3: LocalS3;

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
  const services = await Services.open(`crash-${point.change}-${point.when.toLowerCase()}`, { sqs, s3, dynamodb });
  const { account, violations, hasCrashed } = await lambdaCrash(acts, point, services);
  await services.close();
  expect(violations, `${point.when} change ${point.change}: ${account()}`).toEqual([]);
  return hasCrashed;
}

const firsts = Array.from({ length: STRIDE }, (_, at) => 1 + at);
const cases = (["BEFORE", "AFTER"] as const).flatMap((when) => firsts.map((first) => [first, when] as const));

/** Every so many-th change, before and after it in turn. */
function pointsFrom(first: number, when: CrashPoint["when"]): CrashPoint[] {
  const other = when === "BEFORE" ? "AFTER" : "BEFORE";
  return Array.from({ length: MOST_POINTS / STRIDE }, (_, at) => ({
    change: first + at * STRIDE,
    when: at % 2 === 0 ? when : other,
  }));
}

test.each(sampled(cases, 1))(
  `every promise is kept by a process that dies around every ${STRIDE}. change: from the %i. on, %s it at first`,
  async (first, when) => {
    const points = sampled(pointsFrom(first, when), SAMPLE);
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
    expect(crashes).toBeGreaterThanOrEqual(points.filter(({ change }) => change <= CERTAIN).length);
  },
  TIMEOUT_MS,
);
