import { describe, expect, test } from "vitest";
import { type ChaosReport, surviveChaos } from "./chaos.ts";
import type { Sharing } from "./scenario.ts";

/** Seeds in each of the stretches below. `npm run soak` runs as many as there is time for. */
const SEEDS = 20;

async function survive(first: number, sharing: Sharing): Promise<readonly ChaosReport[]> {
  const reports: ChaosReport[] = [];
  for (let seed = first; seed < first + SEEDS; seed++) {
    reports.push(await surviveChaos({ seed, scenario: { sharing } }));
  }
  return reports;
}

const sum = (reports: readonly ChaosReport[], count: (report: ChaosReport) => number): number =>
  reports.reduce((total, report) => total + count(report), 0);

describe("every promise holds, whatever happens", () => {
  test.for([
    ["where one process runs everything and others replace it", "SINGLE", 1],
    ["where the one that holds a lock runs everything", "LOCK", 1_001],
    ["where any process may run any execution", "FREE", 2_001],
  ] as const)("%s", async ([, sharing, first]) => {
    const reports = await survive(first, sharing);
    expect(sum(reports, ({ executions }) => executions)).toBeGreaterThan(SEEDS);
    expect(sum(reports, ({ commits }) => commits)).toBeGreaterThan(20 * SEEDS);
    expect(sum(reports, ({ faults }) => [...faults.values()].reduce((a, b) => a + b, 0))).toBeGreaterThan(5 * SEEDS);
  });

  test("and each log replays from every one of its commits", async () => {
    for (let seed = 3_001; seed <= 3_012; seed++) await surviveChaos({ seed, prefixes: "ALL" });
  });
});

test("an operator who pauses, forks and rewinds in the midst of it breaks nothing", async () => {
  const done = new Map<string, number>();
  for (let seed = 6_001; seed <= 6_025; seed++) {
    const { faults } = await surviveChaos({ seed, scenario: { operations: 5 } });
    for (const [kind, count] of faults) done.set(kind, (done.get(kind) ?? 0) + count);
  }
  for (const kind of ["pause", "fork", "rewind"]) expect(done.get(kind)).toBeGreaterThan(10);
});

test("nothing goes wrong where no port fails and no process is disturbed", async () => {
  const scenario = { faultRate: 0, disturbances: 0, hasVersions: false, operations: 0 } as const;
  for (let seed = 4_001; seed <= 4_030; seed++) await surviveChaos({ seed, scenario });
});

test("the same seed tells the same story", async () => {
  const [first, second] = [await surviveChaos({ seed: 5_001 }), await surviveChaos({ seed: 5_001 })];
  expect(second.account()).toBe(first.account());
});
