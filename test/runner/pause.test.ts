/** An operator pauses an execution, resumes it, and removes one that has ended. */

import { expect, test } from "vitest";
import type { ExecutionClient } from "../../src/engine/runner/client.ts";
import type { Runner } from "../../src/engine/runner/runner.ts";
import type { DurableContext } from "../../src/lambda-compat/types.ts";
import { withDurableExecution } from "../../src/lambda-compat/with-durable-execution.ts";
import { Gate, HOUR, Processes, storeWith } from "./processes.ts";

const one = { functionName: "order", name: "one" };
const id = "order/one";
const PAUSED = { status: "RUNNING", halt: { reason: "PAUSED", error: { errorMessage: "wait for the bank" } } };

const orderOf = (body: (context: DurableContext) => Promise<unknown>) => ({
  order: withDurableExecution(async (_: unknown, context) => body(context)),
});

const pause = (runner: Runner): Promise<void> => runner.pause(id, { reason: "wait for the bank" });

/** A step whose function ends when its gate is opened, and notes that it ran. */
function gatedStep() {
  const gate = new Gate();
  const runs: string[] = [];
  const run = async (): Promise<string> => {
    runs.push("gated");
    await gate.passed;
    return "done";
  };
  return { gate, runs, run };
}

test("nothing that falls due during a pause happens, and all of it happens after, in its order", async () => {
  const world = new Processes();
  let attempts = 0;
  const runner = world.start(
    orderOf(async (context) => {
      const waited = context.wait({ seconds: 10 }).then(() => "wait");
      const retried = context.step(
        async () => {
          if (++attempts === 1) throw new Error("once more");
          return "step";
        },
        { retryStrategy: (_, attempt) => ({ shouldRetry: attempt < 3, delay: { seconds: 20 } }) },
      );
      return [await Promise.race([retried, waited]), await waited, await retried];
    }),
  );
  await runner.start(one);
  await world.clock.settle();
  await pause(runner);
  await pause(runner);
  const before = world.story(id);
  await world.clock.advance(HOUR);
  expect(world.story(id)).toEqual(before);
  expect(before.filter((fact) => fact === "HALTED")).toHaveLength(1);
  expect(await runner.describe(id)).toMatchObject(PAUSED);
  expect(world.disk.row(id)).toMatchObject({ status: "RUNNING", halted: true });
  await runner.resume(id);
  await world.clock.settle();
  expect(await runner.describe(id)).toMatchObject({ result: '["wait","wait","step"]' });
  expect(attempts).toBe(2);
});

test("a callback is taken during a pause, and its code goes on after it", async () => {
  const world = new Processes();
  let callbackId = "";
  const ran: string[] = [];
  const runner = world.start(
    orderOf(async (context) => {
      const answer = await context.waitForCallback(async (given) => {
        callbackId = given;
      });
      return context.step(async () => {
        ran.push("after");
        return answer;
      });
    }),
  );
  await runner.start(one);
  await world.clock.settle();
  await pause(runner);
  await runner.completeCallback(callbackId, { type: "SUCCEEDED", result: '"yes"' });
  await world.clock.advance(HOUR);
  expect(ran).toEqual([]);
  await expect(runner.completeCallback(callbackId, { type: "SUCCEEDED" })).rejects.toThrow(/closed/);
  await runner.resume(id);
  await world.clock.settle();
  expect(await runner.describe(id)).toMatchObject({ status: "SUCCEEDED" });
  expect(ran).toEqual(["after"]);
});

test("P2 a step that lost a race in a flat branch before the pause was known there is not run again after it", async () => {
  const world = new Processes();
  const { gate, runs, run } = gatedStep();
  const written = new Gate();
  const held = new Gate();
  const runner = world.start(
    orderOf(async (context) => {
      const branch = async (inner: DurableContext): Promise<string> => {
        await inner.wait({ seconds: 1 });
        return Promise.race([inner.step("loser", run), Promise.resolve("won")]);
      };
      const slow = async (inner: DurableContext): Promise<void> => inner.wait({ hours: 1 });
      await context.parallel([branch, slow], { nesting: "FLAT" });
    }),
    {
      store: (disk) =>
        storeWith(disk, {
          append: async (...args) => {
            if (runs.length > 0 && !args[2].includes("HALTED")) {
              written.open();
              await held.passed;
            }
            return disk.append(...args);
          },
        }),
    },
  );
  await runner.start(one);
  await world.clock.advance(1000);
  await written.passed;
  const other = world.start(
    orderOf(async () => {}),
    { mayRun: () => false },
  );
  await pause(other);
  held.open();
  await world.clock.advance(1000);
  gate.open();
  await world.clock.advance(1000);
  await runner.resume(id);
  await world.clock.advance(2 * HOUR);
  expect(await runner.describe(id)).toMatchObject({ status: "SUCCEEDED" });
  expect(runs).toEqual(["gated"]);
});

for (const semantics of ["AT_LEAST_ONCE_PER_RETRY", "AT_MOST_ONCE_PER_RETRY"] as const) {
  for (const parks of [true, false]) {
    test(`P1 P2 what comes of a step that runs is recorded, once, ${semantics}, ${parks ? "parking" : "ending"}`, async () => {
      const world = new Processes();
      const { gate, runs, run } = gatedStep();
      const runner = world.start(
        orderOf(async (context) => {
          const first = await context.step(run, { semantics });
          return context.step(async () => runs.push("next") && first);
        }),
        { parks },
      );
      await runner.start(one);
      await world.clock.advance(1000);
      await pause(runner);
      await world.clock.advance(1000);
      gate.open();
      await world.clock.advance(HOUR);
      expect(world.story(id).slice(-2)).toEqual(["SUCCEEDED 1", "INVOCATION_COMPLETED"]);
      await runner.resume(id);
      await world.clock.settle();
      expect(runs).toEqual(["gated", "next"]);
      expect(await runner.describe(id)).toMatchObject({ result: '"done"' });
    });

    test(`P7 resumed while a step of before the pause runs, it goes on once, ${semantics}, ${parks ? "parking" : "ending"}`, async () => {
      const world = new Processes();
      const { gate, runs, run } = gatedStep();
      const runner = world.start(
        orderOf(async (context) => {
          const both = await Promise.all([context.step(run, { semantics }), context.wait({ seconds: 5 })]);
          return context.step(async () => runs.push("next") && both[0]);
        }),
        { parks },
      );
      await runner.start(one);
      await world.clock.advance(1000);
      await pause(runner);
      await runner.resume(id);
      await world.clock.advance(60_000);
      expect(runs).toEqual(["gated"]);
      gate.open();
      await world.clock.settle();
      expect(runs).toEqual(["gated", "next"]);
      expect(await runner.describe(id)).toMatchObject({ result: '"done"' });
    });
  }
}

test("a step that fails during a pause is tried again after it, not in it", async () => {
  const world = new Processes();
  const { gate, runs, run } = gatedStep();
  const runner = world.start(
    orderOf(async (context) =>
      context.step(
        async () => {
          await run();
          if (runs.length === 1) throw new Error("once more");
          return "second";
        },
        { retryStrategy: () => ({ shouldRetry: true, delay: { seconds: 5 } }) },
      ),
    ),
  );
  await runner.start(one);
  await world.clock.advance(1000);
  await pause(runner);
  gate.open();
  await world.clock.advance(HOUR);
  expect(runs).toHaveLength(1);
  expect(world.story(id)).toContain("RETRIED 1");
  await runner.resume(id);
  await world.clock.settle();
  expect(await runner.describe(id)).toMatchObject({ result: '"second"' });
});

test("P4 another process pauses: the one that runs it hears of that at its next write, and begins nothing after", async () => {
  const world = new Processes();
  const shared = { watchdogMs: 4000, parks: false };
  const { gate, runs, run } = gatedStep();
  const functions = orderOf(async (context) => {
    await context.step(run, { semantics: "AT_MOST_ONCE_PER_RETRY" });
    await context.step(async () => runs.push("next"), { semantics: "AT_MOST_ONCE_PER_RETRY" });
  });
  const running = world.start(functions, shared);
  const other = world.start(functions, { ...shared, mayRun: () => false });
  await running.start(one);
  await world.clock.advance(1000);
  await pause(other);
  gate.open();
  await world.clock.advance(HOUR);
  expect(runs).toEqual(["gated"]);
  expect(world.story(id)).toContain("SUCCEEDED 1");
  await other.resume(id);
  await running.wake(id);
  await world.clock.advance(10_000);
  expect(runs).toEqual(["gated", "next"]);
  expect(await other.describe(id)).toMatchObject({ status: "SUCCEEDED" });
});

test("P2 a pause that lands before the start of an at-most-once step leaves that step to be begun after it", async () => {
  const world = new Processes();
  const runs: string[] = [];
  let before: Promise<void> | undefined;
  const functions = orderOf(async (context) =>
    context.step(async () => runs.push("once"), {
      semantics: "AT_MOST_ONCE_PER_RETRY",
      retryStrategy: () => ({ shouldRetry: false }),
    }),
  );
  const other = world.start(functions, { mayRun: () => false });
  const running = world.start(functions, {
    // The pause gets the number that the start was to have.
    store: (disk) =>
      storeWith(disk, {
        append: async (...args) => {
          if (args[2].includes('"STARTED"')) await (before ??= pause(other));
          return disk.append(...args);
        },
      }),
  });
  await running.start(one);
  await world.clock.advance(HOUR);
  expect(runs).toEqual([]);
  expect(world.story(id)).not.toContain("STARTED 1");
  await running.resume(id);
  await world.clock.settle();
  expect(runs).toEqual(["once"]);
  expect(await running.describe(id)).toMatchObject({ status: "SUCCEEDED" });
});

test("a pause outlives the process, and no process goes on by itself", async () => {
  const world = new Processes();
  const functions = orderOf(async (context) => {
    await context.wait({ seconds: 10 });
    return context.invoke("callee", 1);
  });
  const callee = withDurableExecution(async (input: number) => input + 1);
  const first = world.start({ ...functions, callee });
  await first.start(one);
  await world.clock.advance(1000);
  await pause(first);
  first.close();
  const second = world.start({ ...functions, callee });
  await second.recover();
  await world.clock.advance(HOUR);
  expect(await second.describe(id)).toMatchObject(PAUSED);
  await second.resume(id);
  await world.clock.settle();
  expect(await second.describe(id)).toMatchObject({ result: "2" });
});

test("a function that could not be invoked is not tried again during a pause", async () => {
  const world = new Processes();
  const called: number[] = [];
  const functions = {
    ...orderOf(async (context) => context.invoke("callee", 1)),
    callee: withDurableExecution(async (input: number) => called.push(input)),
  };
  const callees = world.start(functions);
  let isDown = true;
  const peers = new Proxy<ExecutionClient>(callees, {
    get: (_, call) => {
      if (call === "start" && isDown) throw new Error("down");
      return Reflect.get(callees, call).bind(callees);
    },
  });
  const runner = world.start(functions, { peers, onError: () => {} });
  await runner.start(one);
  await world.clock.settle();
  await pause(runner);
  isDown = false;
  await world.clock.advance(HOUR);
  expect(called).toEqual([]);
  await runner.resume(id);
  await world.clock.settle();
  expect(called).toEqual([1]);
  expect(await runner.describe(id)).toMatchObject({ status: "SUCCEEDED" });
});

test("P6 the timeout of the execution is kept during a pause, and ends it", async () => {
  const world = new Processes();
  const runner = world.start(
    orderOf(async (context) => Promise.all([context.wait({ minutes: 10 }), context.wait({ hours: 1 })])),
    { executionTimeoutSeconds: 1800 },
  );
  await runner.start(one);
  await world.clock.advance(1000);
  await pause(runner);
  await world.clock.advance(HOUR);
  expect(await runner.describe(id)).toMatchObject({ status: "TIMED_OUT" });
  expect(world.story(id)).not.toContain("SUCCEEDED 1");
  await expect(pause(runner)).rejects.toMatchObject({ code: "InvalidParameterValueException" });
});

test("a reason that is too long is refused with its size and the limit, and an unknown execution is unknown", async () => {
  const world = new Processes();
  const runner = world.start(orderOf(async (context) => context.wait({ hours: 1 })));
  await expect(pause(runner)).rejects.toMatchObject({ code: "ResourceNotFoundException" });
  await runner.start(one);
  await expect(runner.pause(id, { reason: "x".repeat(1025) })).rejects.toThrow("1025 characters; the limit is 1024");
});

test("what has ended is removed at once when it is purged, and what runs is not", async () => {
  const world = new Processes();
  const runner = world.start(orderOf(async (context) => context.wait({ hours: 1 })));
  await runner.start(one);
  await expect(runner.purge(id)).rejects.toMatchObject({ code: "InvalidParameterValueException" });
  await world.clock.advance(2 * HOUR);
  await runner.purge(id);
  await expect(runner.describe(id)).rejects.toMatchObject({ code: "ResourceNotFoundException" });
  await expect(runner.purge(id)).rejects.toMatchObject({ code: "ResourceNotFoundException" });
  expect(world.disk.row(id)).toBeUndefined();
  expect(await runner.start(one)).toMatchObject({ created: true });
  await world.clock.advance(2 * HOUR);
  expect(await runner.describe(id)).toMatchObject({ status: "SUCCEEDED" });
});

test("P8 a purge that was cut off is finished by the next look, long before the retention is over", async () => {
  const world = new Processes();
  const functions = orderOf(async () => "ended");
  let isBroken = true;
  const runner = world.start(functions, {
    store: (disk) =>
      storeWith(disk, {
        remove: (...args) => {
          if (isBroken) throw new Error("no answer");
          return disk.remove(...args);
        },
      }),
    onError: () => {},
  });
  await runner.start(one);
  await world.clock.settle();
  await expect(runner.purge(id)).rejects.toThrow("no answer");
  runner.close();
  isBroken = false;
  await world.start(functions).wake(id);
  await world.clock.settle();
  expect(world.disk.row(id)).toBeUndefined();
});
