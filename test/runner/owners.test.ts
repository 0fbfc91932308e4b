/** One owner at a time: what an earlier invocation still had under way lands before the next one begins, or never. */

import { expect, test } from "vitest";
import { withDurableExecution } from "../../src/lambda-compat/with-durable-execution.ts";
import { ClientErrorCode } from "../../src/engine/runner/client.ts";
import { AsyncStore } from "../../src/testing/async-store.ts";
import { Gate, HOUR, Processes, storeWith } from "./processes.ts";

test("a checkpoint that is under way when its process stands down does not fail the execution", async () => {
  const world = new Processes();
  const { clock } = world;
  const gate = new Gate();
  let holds = false;
  const order = withDurableExecution(async (_: unknown, context) => {
    for (let step = 0; step < 5; step++) await context.step(async () => step);
    await context.wait({ seconds: 1 });
    return "done";
  });
  const runner = world.start(
    { order },
    {
      store: (store) =>
        storeWith(store, {
          append: async (...args) => {
            if (holds) await gate.passed;
            return store.append(...args);
          },
        }),
    },
  );
  await runner.start({ functionName: "order", name: "one" });
  holds = true;
  await clock.settle();
  await runner.standDown("order/one");
  const waking = runner.wake("order/one");
  await clock.settle();
  holds = false;
  gate.open();
  await waking;
  await clock.advance(HOUR);
  expect(await runner.describe("order/one")).toMatchObject({ status: "SUCCEEDED", result: '"done"' });
});

test("standing down and being woken again at any moment never fails an execution", async () => {
  for (let moment = 0; moment < 60; moment++) {
    const world = new Processes();
    const { clock } = world;
    const host = clock.host();
    const runs: number[] = [];
    const order = withDurableExecution(async (_: unknown, context) => {
      for (let step = 0; step < 3; step++) {
        await context.step(async () => step, { semantics: "AT_MOST_ONCE_PER_RETRY" } as never);
        await context.step(async () => runs.push(step));
      }
      return "done";
    });
    const drain = (next: () => void): void => host.drain(next);
    const runner = world.start({ order }, { store: (store) => new AsyncStore(store, { seed: moment, drain }) });
    const started = runner.start({ functionName: "order", name: "one" });
    for (let hop = 0; hop < moment * 3; hop++) await Promise.resolve();
    void runner.standDown("order/one").then(() => runner.wake("order/one"));
    await clock.run(started);
    await clock.advance(HOUR);
    await clock.run(runner.wake("order/one"));
    await clock.advance(HOUR);
    expect(await clock.run(runner.describe("order/one")), `moment ${moment}`).toMatchObject({ status: "SUCCEEDED" });
  }
});

test("a write whose fate is unknown and that lands late fences nothing but what did not know of it", async () => {
  const world = new Processes();
  const { clock } = world;
  const host = clock.host();
  let isLate = false;
  let runs = 0;
  const order = withDurableExecution(async (_: unknown, context) => {
    await context.wait({ seconds: 1 });
    await context.step("charge", async () => {
      isLate = ++runs === 1;
      return 1;
    });
    await context.wait({ seconds: 1 });
    return "done";
  });
  const runner = world.start(
    { order },
    {
      store: (store) =>
        storeWith(store, {
          append: (...args) => {
            if (!isLate) return store.append(...args);
            isLate = false;
            host.timer(host.now() + 300, () => void store.append(...args));
            throw new Error("no answer");
          },
        }),
    },
  );
  await runner.start({ functionName: "order", name: "one" });
  await clock.advance(HOUR);
  expect(await runner.describe("order/one")).toMatchObject({ status: "SUCCEEDED" });
});

test("an invocation that suspends with nothing to wait for fails the execution instead of being invoked for ever", async () => {
  const world = new Processes();
  const { clock } = world;
  let calls = 0;
  const pending = {
    kind: "durable",
    invoke: () => {
      calls++;
      return {
        output: Promise.resolve({ status: "PENDING" } as const),
        absorb: () => true,
        leaveOff: () => false,
        abandon: () => {},
      };
    },
  } as const;
  const host = clock.host();
  const { Runner } = await import("../../src/engine/runner/runner.ts");
  const runner = new Runner({
    store: world.disk,
    alarm: { schedule: () => {}, cancel: () => {} },
    host,
    functions: new Map([["odd", { latest: "1", versions: new Map([["1", pending]]) }]]),
    arnOf: ({ id }) => id,
  });
  await runner.start({ functionName: "odd", name: "one" });
  await clock.advance(1000);
  const { status, error } = await runner.describe("odd/one");
  expect(status).toBe("FAILED");
  expect(error?.errorMessage).toBe("Cannot return PENDING status with no pending operations.");
  expect(calls).toBe(1);
});

test("a closed host answers whoever waits, and refuses every call", async () => {
  const world = new Processes();
  const { clock } = world;
  const order = withDurableExecution(async (_: unknown, context) => context.wait({ hours: 1 }));
  const runner = world.start({ order });
  const { execution } = await runner.start({ functionName: "order", name: "one" });
  await clock.settle();
  const settled = runner.settled(execution.id, clock.now() + HOUR);
  const events = runner.watch(execution.id, 0)[Symbol.asyncIterator]();
  let next = await events.next();
  const waiting = (async () => {
    while (next.done !== true) next = await events.next();
  })();
  await clock.settle();
  runner.close();
  const closed = { code: ClientErrorCode.HOST_CLOSED };
  await expect(settled).rejects.toMatchObject(closed);
  await expect(waiting).rejects.toMatchObject(closed);
  await expect(runner.start({ functionName: "order", name: "two" })).rejects.toMatchObject(closed);
  await expect(runner.describe(execution.id)).rejects.toMatchObject(closed);
  await expect(runner.list({ limit: 1 })).rejects.toMatchObject(closed);
  await clock.advance(2 * HOUR);
  expect(world.disk.row("order/two")).toBeUndefined();
  expect(world.story(execution.id)).not.toContain("EXECUTION_SUCCEEDED");
});
