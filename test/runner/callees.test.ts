/** The functions that an execution invokes are called from its state: once, and never after their outcome. */

import { expect, test } from "vitest";
import { withDurableExecution } from "../../src/lambda-compat/with-durable-execution.ts";
import { DAY, Gate, HOUR, Processes, storeWith } from "./processes.ts";

const parent = withDurableExecution(async (_: unknown, context) => {
  const [outcome] = await Promise.all([context.invoke("child", 1), context.wait({ seconds: 1 })]);
  await context.wait({ hours: 1 });
  return outcome;
});

test("a process that takes over reads that an invoke has its outcome, and calls nothing", async () => {
  const world = new Processes();
  const { clock } = world;
  const calls: string[] = [];
  const functions = (where: string) => ({ parent, child: async () => calls.push(where) });
  const first = world.start(functions("first"));
  const { execution } = await first.start({ functionName: "parent" });
  const watching = world.start(functions("second"));
  await watching.describe(execution.id);
  await clock.advance(5000);
  first.close();
  await watching.wake(execution.id);
  await clock.advance(2 * HOUR);
  expect(await watching.describe(execution.id)).toMatchObject({ status: "SUCCEEDED" });
  expect(calls).toEqual(["first"]);
});

test("a plain function that takes long is called once, however often its execution is woken and replayed", async () => {
  const world = new Processes();
  const { clock } = world;
  const gate = new Gate();
  let calls = 0;
  const busy = withDurableExecution(async (_: unknown, context) => {
    const invoked = context.invoke("child", 1);
    for (let round = 0; round < 4; round++) await context.wait({ seconds: 1 });
    return invoked;
  });
  const child = async (): Promise<number> => {
    calls++;
    await gate.passed;
    return calls;
  };
  const runner = world.start({ busy, child }, { parks: false });
  const { execution } = await runner.start({ functionName: "busy" });
  for (let second = 0; second < 10; second++) {
    await clock.advance(1000);
    await runner.wake(execution.id);
  }
  expect(calls).toBe(1);
  gate.open();
  await clock.settle();
  expect(await runner.describe(execution.id)).toMatchObject({ status: "SUCCEEDED", result: "1" });
});

test("a plain function that is under way when its execution is rewound to its call is not called a second time", async () => {
  const world = new Processes();
  const { clock } = world;
  const gate = new Gate();
  const calls: unknown[] = [];
  const runner = world.start({
    parent: withDurableExecution(async (_: unknown, context) => {
      const call = context.invoke("child", 1);
      await context.step("before", async () => "done");
      await context.step("work", async () => "done");
      return call;
    }),
    child: async (input: unknown) => {
      calls.push(input);
      await gate.passed;
      return calls.length;
    },
  });
  const { execution } = await runner.start({ functionName: "parent" });
  await clock.advance(1000);
  await runner.rewind(execution.id, { operationId: "3" });
  await clock.advance(1000);
  gate.open();
  await clock.settle();
  expect(await runner.describe(execution.id)).toMatchObject({ status: "SUCCEEDED", result: "1", rewinds: 1 });
  expect(calls).toEqual([1]);
});

test("an outcome that cannot be recorded at once is recorded later, and its function is not called again", async () => {
  const world = new Processes();
  const { clock } = world;
  let calls = 0;
  let failures = 3;
  const runner = world.start(
    {
      parent: withDurableExecution(async (_: unknown, context) => context.invoke("child", 1)),
      child: async () => ++calls,
    },
    {
      store: (store) =>
        storeWith(store, {
          append: (id, seq, body, incarnation) => {
            if (calls > 0 && failures-- > 0) throw new Error("refused");
            return store.append(id, seq, body, incarnation);
          },
        }),
    },
  );
  const { execution } = await runner.start({ functionName: "parent" });
  await clock.advance(HOUR);
  expect(await runner.describe(execution.id)).toMatchObject({ status: "SUCCEEDED", result: "1" });
  expect(calls).toBe(1);
});

test("a callee that cannot be reached is tried less and less often", async () => {
  const world = new Processes();
  const { clock } = world;
  let tries = 0;
  const peers = {
    start: () => {
      tries++;
      return Promise.reject(new Error("no connection"));
    },
  };
  const errors: unknown[] = [];
  const runner = world.start(
    { parent, child: withDurableExecution(async () => 1) },
    { peers: peers as never, onError: (_, error) => errors.push(error) },
  );
  await runner.start({ functionName: "parent" });
  await clock.advance(HOUR);
  expect(tries).toBeGreaterThan(10);
  expect(tries).toBeLessThan(30);
  expect(errors.length).toBe(tries);
});

test("a callee whose start is not answered yet is asked for once, however often its caller is woken", async () => {
  const world = new Processes();
  const { clock } = world;
  let starts = 0;
  const peers = {
    start: () => {
      starts++;
      return new Promise<never>(() => {});
    },
  };
  const runner = world.start({ parent, child: withDurableExecution(async () => 1) }, { peers: peers as never });
  const { execution } = await runner.start({ functionName: "parent" });
  for (let second = 0; second < 10; second++) {
    await clock.advance(1000);
    await runner.wake(execution.id);
  }
  expect(starts).toBe(1);
});

test("an invoke whose callee's name somebody else has taken fails, and says so", async () => {
  for (const input of ["1", '"other"']) {
    const world = new Processes();
    const { clock } = world;
    const waits = withDurableExecution(async (_: unknown, context) => context.wait({ hours: 2 }));
    const runner = world.start({
      parent: withDurableExecution(async (_: unknown, context) => {
        await context.wait({ seconds: 1 });
        return context.invoke("child", 1);
      }),
      child: waits,
    });
    const { execution } = await runner.start({ functionName: "parent" });
    await runner.start({ functionName: "child", name: `${execution.incarnation}-2`, input });
    await clock.advance(5000);
    const { status, error } = await runner.describe(execution.id);
    expect(status).toBe("FAILED");
    expect(error?.errorMessage).toContain("not started by it");
  }
});

test("a start by itself under the name of an execution that was invoked is refused, whatever else agrees", async () => {
  const world = new Processes();
  const { clock } = world;
  const child = withDurableExecution(async (_: unknown, context) => context.wait({ hours: 1 }));
  const runner = world.start({ parent, child });
  await runner.start({ functionName: "parent" });
  await clock.settle();
  const { rows } = await runner.list({ functionName: "child", limit: 2 });
  expect(rows.length).toBe(1);
  await expect(runner.start({ functionName: "child", name: rows[0]?.name ?? "", input: "1" })).rejects.toMatchObject({
    code: "DurableExecutionAlreadyStartedException",
  });
});

test("a callee whose caller is removed before it ends has told it, and says nothing of an error", async () => {
  const world = new Processes();
  const { clock } = world;
  const errors: unknown[] = [];
  const child = withDurableExecution(async (_: unknown, context) => context.wait({ days: 3 }));
  const runner = world.start({ parent, child }, { retentionDays: 1, onError: (_id, error) => errors.push(error) });
  const { execution } = await runner.start({ functionName: "parent" });
  await clock.settle();
  const { rows } = await runner.list({ functionName: "child", limit: 2 });
  const callee = rows[0]?.id ?? "";
  await runner.stop(execution.id);
  await clock.advance(2 * DAY);
  expect(world.story(execution.id)).toEqual([]);
  await clock.advance(1.5 * DAY);
  expect(world.story(callee)).toContain("PARENT_NOTIFIED");
  expect(errors).toEqual([]);
});
