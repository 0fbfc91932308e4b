/** A wake is never lost: what it could not do is done later, here or by the process that comes next. */

import { expect, test } from "vitest";
import { MemoryAlarm } from "../../src/adapters/memory/memory-alarm.ts";
import type { Alarm } from "../../src/engine/ports/alarm.ts";
import type { ExecutionStore } from "../../src/engine/ports/execution-store.ts";
import { Runner } from "../../src/engine/runner/runner.ts";
import type { DurableExecutionInvocationInputWithClient } from "../../src/lambda-compat/invocation-input.ts";
import { InvocationStatus } from "../../src/lambda-compat/literals.ts";
import type { DurableExecutionInvocationOutput } from "../../src/lambda-compat/types.ts";
import { withDurableExecution } from "../../src/lambda-compat/with-durable-execution.ts";
import { Gate, HOUR, Processes, type ProcessOptions, storeWith } from "./processes.ts";

const order = withDurableExecution(async (_: unknown, context) => {
  await context.wait({ seconds: 5 });
  return "done";
});

test("a wake whose log cannot be read orders the alarm again, so that it outlives its process", async () => {
  const world = new Processes();
  const { clock } = world;
  const first = world.start({ order });
  await first.start({ functionName: "order", name: "one" });
  await clock.settle();
  first.close();
  const orders: number[] = [];
  const note = (alarm: Alarm): Alarm => ({
    schedule: (id, at, given) => {
      orders.push(at - clock.now());
      return alarm.schedule(id, at, given);
    },
    cancel: (id, given) => alarm.cancel(id, given),
  });
  const refuse = (): never => {
    throw new Error("refused");
  };
  const blind = world.start({ order }, { alarm: note, store: (store) => storeWith(store, { read: refuse }) });
  await blind.wake("order/one");
  await clock.settle();
  expect(orders).toEqual([1000]);
  await clock.advance(10_000);
  expect(orders.slice(0, 3)).toEqual([1000, 2000, 4000]);
});

/** How often a log that cannot be read is tried in a minute by a process that was woken once. */
async function triesOfBlind(options: Pick<ProcessOptions, "alarm" | "mayRun">): Promise<number> {
  const world = new Processes();
  let tries = 0;
  const first = world.start({ order });
  await first.start({ functionName: "order", name: "one" });
  await world.clock.settle();
  first.close();
  const read = (): never => {
    tries++;
    throw new Error("refused");
  };
  const blind = world.start({ order }, { ...options, store: (store) => storeWith(store, { read }) });
  await blind.wake("order/one");
  await world.clock.advance(60_000);
  return tries;
}

test("a wake that fails is followed by one other: by the alarm's where it has taken the order, or else by its own", async () => {
  const taken = await triesOfBlind({});
  expect(taken).toBeGreaterThan(4);
  const schedule = (): never => {
    throw new Error("refused");
  };
  expect(await triesOfBlind({ alarm: (alarm) => ({ schedule, cancel: (...given) => alarm.cancel(...given) }) })).toBe(
    taken,
  );
  // The service's clock is ahead of the process's.
  const early = (alarm: Alarm): Alarm => ({
    schedule: (id, at, given) => alarm.schedule(id, at - 300, given),
    cancel: (...given) => alarm.cancel(...given),
  });
  expect(await triesOfBlind({ alarm: early })).toBe(taken);
  const silent: Alarm = { schedule: () => undefined, cancel: () => undefined };
  expect(await triesOfBlind({ alarm: () => silent })).toBe(1);
  // The alarm of one that may not run it wakes another process, or none.
  expect(await triesOfBlind({ alarm: () => silent, mayRun: () => false })).toBe(taken);
});

test("failures that lie apart do not add up: the next try comes after a second again", async () => {
  const world = new Processes();
  const { clock } = world;
  let fails = false;
  const tries: number[] = [];
  const runner = world.start(
    { order: withDurableExecution(async (_: unknown, context) => context.wait({ hours: 100 })) },
    {
      store: (store) =>
        storeWith(store, {
          append: (...write) => {
            if (!fails) return store.append(...write);
            throw new Error("refused");
          },
          read: (...asked) => {
            tries.push(clock.now());
            return store.read(...asked);
          },
        }),
    },
  );
  await runner.start({ functionName: "order", name: "one" });
  for (let round = 0; round < 6; round++) {
    await clock.advance(HOUR);
    fails = true;
    await expect(runner.resume("order/one")).rejects.toThrow("not halted");
    await expect(runner.stop("order/one")).rejects.toThrow("refused");
    fails = false;
    tries.length = 0;
    const failedAt = clock.now();
    await clock.advance(1000);
    expect(
      tries.some((at) => at === failedAt + 1000),
      `round ${round}`,
    ).toBe(true);
  }
});

test("a function that says it was fenced leaves its place, and its host is told", async () => {
  const world = new Processes();
  const { clock } = world;
  const fenced: string[] = [];
  let calls = 0;
  const odd = {
    kind: "durable",
    invoke: () => {
      calls++;
      return {
        output: Promise.resolve({ status: "FENCED" } as const),
        absorb: () => true,
        leaveOff: () => false,
        abandon: () => {},
      };
    },
  } as const;
  const runner = new Runner({
    store: world.disk,
    alarm: { schedule: () => {}, cancel: () => {} },
    host: clock.host(),
    functions: new Map([["odd", { latest: "1", versions: new Map([["1", odd]]) }]]),
    arnOf: ({ id }) => id,
    onFenced: (id) => fenced.push(id),
  });
  await runner.start({ functionName: "odd", name: "one" });
  await clock.settle();
  expect([calls, fenced]).toEqual([1, ["odd/one"]]);
  await runner.wake("odd/one");
  await clock.settle();
  expect(calls).toBe(2);
});

test("what is due sooner than the next try does not wait for it", async () => {
  const world = new Processes();
  const { clock } = world;
  const orders: number[] = [];
  let isBlind = false;
  const patient = withDurableExecution(async (_: unknown, context) => context.wait({ seconds: 50 }));
  const runner = world.start(
    { patient },
    {
      alarm: (alarm) => ({
        schedule: (id, at, given) => {
          orders.push(at);
          return alarm.schedule(id, at, given);
        },
        cancel: (id, given) => alarm.cancel(id, given),
      }),
      store: (store) =>
        storeWith(store, {
          read: (...args) => {
            if (isBlind) throw new Error("refused");
            return store.read(...args);
          },
        }),
    },
  );
  await runner.start({ functionName: "patient", name: "one" });
  await clock.settle();
  const due = orders.at(-1)!;
  isBlind = true;
  await runner.wake("patient/one");
  // Tries come after 1, 2, 4, 8 and 16 s; the one after that would come 63 s after the first.
  await clock.advance(40_000);
  expect(orders.at(-1)).toBe(due);
  expect(Math.max(...orders)).toBe(due);
});

test("an execution that was made and never begun is run by the process that is asked to start it once more", async () => {
  const world = new Processes();
  const { clock } = world;
  const maker = world.start({ order }, { mayRun: () => false });
  await maker.start({ functionName: "order", name: "one" });
  maker.close();
  const runner = world.start({ order });
  expect(await runner.start({ functionName: "order", name: "one" })).toMatchObject({ created: false });
  await clock.advance(10_000);
  expect(await runner.describe("order/one")).toMatchObject({ status: "SUCCEEDED" });
});

test("an execution whose start was not acknowledged runs, though nobody asks for it again", async () => {
  const world = new Processes();
  const { clock } = world;
  const runner = world.start(
    { order },
    {
      store: (store) =>
        storeWith(store, {
          create: async (...args) => {
            await store.create(...args);
            throw new Error("no answer");
          },
        }),
    },
  );
  await expect(runner.start({ functionName: "order", name: "one" })).rejects.toThrow("no answer");
  await clock.advance(10_000);
  expect(await runner.describe("order/one")).toMatchObject({ status: "SUCCEEDED", result: '"done"' });
});

test("an invocation that breaks is told of, with what broke it, each time until the execution halts", async () => {
  const world = new Processes();
  const { clock } = world;
  const told: unknown[] = [];
  const invoke = () => ({
    output: Promise.resolve({ status: "FAULT", error: { errorType: "Broken", errorMessage: "it broke" } } as const),
    absorb: () => true,
    leaveOff: () => false,
    abandon: () => {},
  });
  const runner: Runner = new Runner({
    store: world.disk,
    alarm: new MemoryAlarm({ host: clock.host(), wake: (id) => runner.wake(id) }),
    host: clock.host(),
    functions: new Map([["broken", { latest: "1", versions: new Map([["1", { kind: "durable", invoke }]]) }]]),
    arnOf: ({ id }) => id,
    onError: (id, error) => told.push([id, (error as Error).message]),
  });
  await runner.start({ functionName: "broken", name: "one" });
  await clock.advance(10 * HOUR);
  expect(await runner.describe("broken/one")).toMatchObject({ halt: { reason: "REPEATED_FAULTS" } });
  expect(told).toHaveLength(50);
  expect(told[0]).toEqual(["broken/one", "it broke"]);
});

test("an execution that is halted since its code calls otherwise is told of", async () => {
  const world = new Processes();
  const { clock } = world;
  const told: string[] = [];
  const onError = (_id: string, error: unknown): void => void told.push((error as Error).message);
  const named = (step: string) =>
    withDurableExecution(async (_: unknown, context) => {
      await context.step(step, async () => 1);
      await context.wait("a while", { hours: 1 });
    });
  const old = world.start({ order: named("one") });
  await old.start({ functionName: "order", name: "o" });
  await clock.advance(1000);
  old.close();
  const runner = world.start({ order: named("uno") }, { onError });
  await runner.wake("order/o");
  await clock.advance(2 * HOUR);
  expect(await runner.describe("order/o")).toMatchObject({ halt: { reason: "NON_DETERMINISM" } });
  expect(told).toEqual([expect.stringMatching(/"one"(.|\n)*"uno"/)]);
});

test("a wake that comes while the log is read finds what was written meanwhile", async () => {
  const world = new Processes();
  const { clock } = world;
  const ids: string[] = [];
  const approval = withDurableExecution(async (_: unknown, context) =>
    context.waitForCallback("approve", async (id) => void ids.push(id)),
  );
  const gates: Gate[] = [];
  const runner = world.start(
    { approval },
    {
      store: (store) =>
        storeWith(store, {
          read: async (...args) => {
            const page = await store.read(...args);
            await gates[0]?.passed;
            return page;
          },
        }),
    },
  );
  const other = world.start({ approval }, { mayRun: () => false });
  await runner.start({ functionName: "approval", name: "one" });
  await clock.settle();
  gates.push(new Gate());
  const first = runner.wake("approval/one");
  await clock.settle();
  await other.completeCallback(ids[0]!, { type: "SUCCEEDED", result: "yes" });
  const second = runner.wake("approval/one");
  gates[0]!.open();
  await Promise.all([first, second]);
  await clock.settle();
  expect(await other.describe("approval/one")).toMatchObject({ status: "SUCCEEDED", result: '"yes"' });
});

test("a wake that comes before a process learns that it was replaced is not lost with what it was doing", async () => {
  const world = new Processes();
  const { clock } = world;
  const gate = new Gate();
  let holds = false;
  const order = withDurableExecution(async (_: unknown, context) => {
    await context.wait({ seconds: 4 });
    await context.wait({ seconds: 10 });
    return "done";
  });
  const held = (store: ExecutionStore): ExecutionStore =>
    storeWith(store, {
      append: async (...args) => {
        if (holds) await gate.passed;
        return store.append(...args);
      },
    });
  const deaf: Alarm = { schedule: () => {}, cancel: () => {} };
  const first = world.start({ order }, { store: held });
  const second = world.start({ order }, { alarm: () => deaf });
  await first.start({ functionName: "order", name: "one" });
  await clock.settle();
  holds = true;
  await clock.advance(4_000);
  await second.wake("order/one");
  await clock.settle();
  second.close();
  await clock.advance(10_000);
  const woken = first.wake("order/one");
  holds = false;
  gate.open();
  await woken;
  await clock.settle();
  expect(await first.describe("order/one")).toMatchObject({ status: "SUCCEEDED", result: '"done"' });
});

test("a wake that tells a parked process of the one that has replaced it has that process go on all the same", async () => {
  const world = new Processes();
  const { clock } = world;
  const order = withDurableExecution(async (_: unknown, context) => {
    await context.wait({ seconds: 4 });
    await context.wait({ seconds: 10 });
    return "done";
  });
  const deaf: Alarm = { schedule: () => {}, cancel: () => {} };
  const first = world.start({ order }, { alarm: () => deaf });
  const second = world.start({ order }, { alarm: () => deaf });
  await first.start({ functionName: "order", name: "one" });
  await clock.advance(4000);
  await second.wake("order/one");
  await clock.settle();
  second.close();
  await clock.advance(10_000);
  await first.wake("order/one");
  await clock.settle();
  expect(await first.describe("order/one")).toMatchObject({ status: "SUCCEEDED", result: '"done"' });
});

test("a handler of AWS's SDK that was told of news and suspends without having looked at them is invoked again", async () => {
  const world = new Processes();
  const { clock } = world;
  let calls = 0;
  const awsDurable = async (
    event: DurableExecutionInvocationInputWithClient,
  ): Promise<DurableExecutionInvocationOutput> => {
    if (++calls > 1) return { Status: InvocationStatus.SUCCEEDED, Result: '"seen"' };
    const { DurableExecutionArn, CheckpointToken, durableExecutionClient } = event;
    const Updates = [{ Id: "1", Type: "CALLBACK", Action: "START" } as const];
    const answer = await durableExecutionClient.checkpoint({ DurableExecutionArn, CheckpointToken, Updates });
    const [opened] = answer.NewExecutionState?.Operations ?? [];
    await runner.completeCallback(opened?.CallbackDetails?.CallbackId ?? "", { type: "SUCCEEDED" });
    return { Status: InvocationStatus.PENDING };
  };
  const errors: unknown[] = [];
  const runner = world.start({ order: { awsDurable } }, { onError: (_id, error) => errors.push(error) });
  await runner.start({ functionName: "order", name: "one" });
  await clock.advance(1000);
  expect(errors).toEqual([]);
  expect(await runner.describe("order/one")).toMatchObject({ status: "SUCCEEDED", result: '"seen"' });
  expect(calls).toBe(2);
});

/** What makes a store's reads fail for as long as that is so. */
function refusingReads(refuses: () => boolean): (store: ExecutionStore) => ExecutionStore {
  return (store) =>
    storeWith(store, {
      read: (...args) => {
        if (refuses()) throw new Error("refused");
        return store.read(...args);
      },
    });
}

/** Waits twice; a process that has run the first wait is parked in the second one. */
const patient = withDurableExecution(async (_: unknown, context) => {
  await context.wait({ seconds: 4 });
  await context.wait({ seconds: 10 });
  return "done";
});

test("a wake whose look is to be tried again is not lost with a client's call that finds the process replaced", async () => {
  const world = new Processes();
  const { clock } = world;
  const deaf: Alarm = { schedule: () => {}, cancel: () => {} };
  let refuses = false;
  const failing = refusingReads(() => refuses);
  const first = world.start({ patient }, { store: failing, alarm: () => deaf });
  const second = world.start({ patient }, { alarm: () => deaf });
  await first.start({ functionName: "patient", name: "one" });
  await clock.advance(4000);
  await second.wake("patient/one");
  await clock.settle();
  second.close();
  await clock.advance(10_000);
  refuses = true;
  await first.wake("patient/one");
  refuses = false;
  await first.describe("patient/one");
  await clock.advance(HOUR);
  expect(await first.describe("patient/one")).toMatchObject({ status: "SUCCEEDED", result: '"done"' });
});

test("a wake whose log cannot be read to its end orders the alarm so that the order counts beside newer ones", async () => {
  const world = new Processes();
  const { clock } = world;
  const alarm = new MemoryAlarm({ host: clock.host(), wake: (id) => woken.wake(id) });
  let refuses = false;
  const failing = refusingReads(() => refuses);
  const first = world.start({ patient }, { store: failing, alarm: () => alarm });
  const second = world.start({ patient }, { alarm: () => alarm });
  let woken = second;
  await first.start({ functionName: "patient", name: "one" });
  await clock.settle();
  // The second process goes on from the first wait, and the first one does not know.
  await clock.advance(4000);
  refuses = true;
  woken = first;
  await clock.advance(10_000);
  // It dies, and the next one hears of the execution from the alarm alone.
  first.close();
  second.close();
  const third = world.start({ patient }, { alarm: () => alarm });
  woken = third;
  await clock.advance(HOUR);
  expect(world.story("patient/one").at(-1)).toBe("EXECUTION_SUCCEEDED");
});

test("a wake that finds what an earlier one has not found yet is not lost with the session of that one", async () => {
  const world = new Processes();
  const { clock } = world;
  const creator = world.start({ order }, { mayRun: () => false });
  let reads = 0;
  // Of the two wakes, the first looks twice before there is anything, and the other one once after it.
  const slow = (store: ExecutionStore): ExecutionStore =>
    storeWith(store, {
      read: async (...args) => {
        const page = store.read(...args);
        if (++reads === 2) await creator.start({ functionName: "order", name: "one" });
        return page;
      },
    });
  const runner = world.start({ order }, { store: slow });
  await Promise.all([runner.wake("order/one"), runner.wake("order/one")]);
  await clock.advance(HOUR);
  expect(world.story("order/one").at(-1)).toBe("EXECUTION_SUCCEEDED");
});
