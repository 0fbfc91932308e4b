import { expect, test } from "vitest";
import { type SimulationReport, simulate } from "./simulation.ts";

/** Seeds that once found something, and what it was. */
const kept: readonly (readonly [seed: number, finding: string])[] = [
  [10, "an invoke that could not be sent off was never sent again"],
  [153, "a write found to be one's own handed over what another owner had recorded after it"],
  [674, "a step began after its invocation had been fenced"],
  [921, "two sessions of one process ran the same execution"],
  [992, "a start failed on an execution that it had just created"],
  [1832, "an earlier invocation's fence ended the one that ran"],
  [2579, "a session that had been let go of cancelled its successor's alarm"],
  [3326, "a wake that failed was forgotten with its process"],
  [5386, "an invocation began before the last one's end was recorded"],
  [6379, "two processes took an execution from each other for ever"],
];

/** A sample: `npm run soak` has the time for as many as there are, in worlds where more happens. */
const SEEDS = 50;

test.each(kept)("seed %i stays mended: %s", async (seed) => {
  await simulate(seed);
});

test("whatever happens to processes and stores, every execution comes to its end", async () => {
  const reports: SimulationReport[] = [];
  for (let seed = 1; seed <= SEEDS; seed++) reports.push(await simulate(seed));
  const sum = (count: (report: SimulationReport) => number) =>
    reports.reduce((total, report) => total + count(report), 0);
  expect(sum(({ processes }) => processes)).toBeGreaterThan(2 * SEEDS);
  expect(sum(({ faults }) => faults)).toBeGreaterThan(2 * SEEDS);
  expect(sum(({ commits }) => commits)).toBeGreaterThan(20 * SEEDS);
});

test("the same seed tells the same story", async () => {
  expect(await simulate(7)).toEqual(await simulate(7));
});
