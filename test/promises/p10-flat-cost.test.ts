/** P10: the cost of a step does not depend on the length of the history. Counted, not timed. */

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MemoryAlarm } from "../../src/adapters/memory/memory-alarm.ts";
import { MemoryStore } from "../../src/adapters/memory/memory-store.ts";
import { decodeCommit } from "../../src/engine/machine/commit-codec.ts";
import { Runner } from "../../src/engine/runner/runner.ts";
import { readFunctions } from "../../src/lambda-compat/functions.ts";
import type { DurableContext } from "../../src/lambda-compat/types.ts";
import { withDurableExecution } from "../../src/lambda-compat/with-durable-execution.ts";
import { SimulatedClock } from "../../src/testing/simulated-host.ts";
import { type Work, WorkCounter } from "./work-count.ts";

type Program = (context: DurableContext, count: number) => Promise<unknown>;

/** A step's id has a digit more at ten times the steps, and digits are looked at one by one. */
const TOLERANCE = 1.15;

interface Stage {
  readonly clock: SimulatedClock;
  readonly store: MemoryStore;
  readonly runner: Runner;
}

function stage(program: Program, parks = true): Stage {
  const clock = new SimulatedClock();
  const host = clock.host();
  const store = new MemoryStore();
  const runner: Runner = new Runner({
    store,
    alarm: new MemoryAlarm({ host, wake: (id) => runner.wake(id) }),
    host,
    functions: readFunctions({
      program: withDurableExecution((count: number, context) => program(context, count)),
      callee: async (value: number) => value,
    }),
    parks,
    arnOf: ({ id }) => `arn:${id}`,
    onError: (_id, error) => expect(error).toBeUndefined(),
  });
  return { clock, store, runner };
}

async function run({ clock, runner }: Stage, count: number): Promise<unknown> {
  const { execution } = await clock.run(runner.start({ functionName: "program", input: String(count) }));
  const header = await clock.run(runner.settled(execution.id, clock.now() + 1e12));
  expect(header.status).toBe("SUCCEEDED");
  return JSON.parse(header.result ?? "null") as unknown;
}

let counter: WorkCounter;
beforeAll(async () => {
  counter = await WorkCounter.start();
});
afterAll(() => counter.stop());

/** The work for each of `count`. */
async function costOf(count: number, body: () => Promise<void>): Promise<Work> {
  const { blocks, elements } = await counter.count(body);
  return { blocks: blocks / count, elements: elements / count };
}

function costAt(program: Program, count: number): Promise<Work> {
  const set = stage(program);
  return costOf(count, async () => {
    expect(await run(set, count)).toBe(count);
  });
}

async function expectFlat(program: Program, [small = 1, ...larger]: readonly number[]): Promise<void> {
  // Once unmeasured: what is prepared at the first use is no part of the cost.
  await run(stage(program), small);
  const base = await costAt(program, small);
  for (const count of larger) expectNoMore(await costAt(program, count), base);
}

function expectNoMore(cost: Work, base: Work): void {
  expect(base.blocks).toBeGreaterThan(100);
  expect(cost.blocks).toBeLessThanOrEqual(base.blocks * TOLERANCE);
  expect(cost.blocks).toBeGreaterThan(base.blocks / 2);
  expect(cost.elements).toBeLessThanOrEqual(base.elements * TOLERANCE + 1);
}

const steps: Program = async (context, count) => {
  let sum = 0;
  for (let index = 0; index < count; index++) sum += await context.step("s", async () => 1);
  return sum;
};

describe("P10 the work stays the same for each", () => {
  test("of 100, 10,000 or 100,000 steps one after the other", () => expectFlat(steps, [100, 10_000, 100_000]));

  test("of 100 or 5,000 waits", () =>
    expectFlat(
      async (context, count) => {
        for (let index = 0; index < count; index++) await context.wait({ seconds: 1 });
        return count;
      },
      [100, 5000],
    ));

  test("of 100 or 5,000 child contexts", () =>
    expectFlat(
      async (context, count) => {
        let sum = 0;
        for (let index = 0; index < count; index++)
          sum += await context.runInChildContext(async (child) => child.step(async () => 1));
        return sum;
      },
      [100, 5000],
    ));

  test("of 100, 1,000 or 10,000 items of a map", () =>
    expectFlat(
      async (context, count) => {
        const items = Array.from({ length: count }, (_, index) => index);
        const batch = await context.map(items, async (child, item) => child.step(async () => item));
        return batch.successCount;
      },
      [100, 1000, 10_000],
    ));

  test("of 100 or 3,000 races that a wait loses, with the losers still open", () =>
    expectFlat(
      async (context, count) => {
        let sum = 0;
        for (let index = 0; index < count; index++) {
          sum += await Promise.race([context.wait({ days: 300 }).then(() => 0), context.step(async () => 1)]);
        }
        return sum;
      },
      [100, 3000],
    ));

  test("of 100 or 3,000 invokes at once", () =>
    expectFlat(
      async (context, count) => {
        const values = Array.from({ length: count }, () => context.invoke<number, number>("callee", 1));
        return (await Promise.all(values)).length;
      },
      [100, 3000],
    ));
});

test("P10 a callback among many open ones costs no more than among few", async () => {
  const program: Program = async (context, count) => {
    const opened = await Promise.all(Array.from({ length: count }, () => context.createCallback()));
    let sum = 0;
    for (const [outcome] of opened) sum += (await outcome) === "yes" ? 1 : 0;
    return sum;
  };
  const costs: Work[] = [];
  for (const count of [100, 100, 3000]) {
    const { clock, store, runner } = stage(program);
    await clock.run(runner.start({ functionName: "program", name: "x", input: String(count) }));
    await clock.settle();
    const ids = bodiesOf(store).flatMap((body) =>
      decodeCommit(body).facts.flatMap((fact) => (fact.kind === "STARTED" ? (fact.callbackId ?? []) : [])),
    );
    expect(ids).toHaveLength(count);
    const cost = await costOf(100, async () => {
      for (const id of ids.slice(0, 100)) {
        await clock.run(runner.completeCallback(id, { type: "SUCCEEDED", result: "yes" }));
        await clock.settle();
      }
    });
    costs.push(cost);
  }
  expectNoMore(costs[2]!, costs[1]!);
});

test("P10 replay reads each operation once", async () => {
  const replayCost = async (count: number): Promise<Work> => {
    const set = stage(async (context) => {
      await steps(context, count);
      await context.wait({ seconds: 1 });
      return count;
    }, false);
    const { execution } = await set.clock.run(set.runner.start({ functionName: "program", input: "0" }));
    await set.clock.advance(999);
    return costOf(count, async () => {
      await set.clock.advance(1);
      expect((await set.runner.describe(execution.id)).status).toBe("SUCCEEDED");
    });
  };
  await replayCost(1000);
  const base = await replayCost(1000);
  expectNoMore(await replayCost(20_000), base);
});

test("P10 a step is one commit of the same size, whatever came before it", async () => {
  const set = stage(steps);
  await run(set, 10_000);
  const bodies = bodiesOf(set.store);
  expect(bodies.length).toBeLessThanOrEqual(10_000 + 3);
  const size = (at: number): number => bodies[at]?.length ?? 0;
  // The ids of the step and of the write grow by their digits.
  expect(size(9_990) - size(10)).toBeLessThan(20);
  expect(size(10)).toBeGreaterThan(50);
});

function bodiesOf(store: MemoryStore): string[] {
  const [row] = store.list({ functionName: "program", limit: 1 });
  const bodies: string[] = [];
  for (let from: number | undefined = 1; from !== undefined; ) {
    const page: ReturnType<MemoryStore["read"]> = store.read(row?.id ?? "", from);
    bodies.push(...(page?.bodies ?? []));
    from = page?.next;
  }
  return bodies;
}
