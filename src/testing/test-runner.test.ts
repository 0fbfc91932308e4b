import { AsyncLocalStorage } from "node:async_hooks";
import { describe, expect, test, vi } from "vitest";
import type { DurableContext, Serdes } from "../lambda-compat/types.ts";
import { withDurableExecution } from "../lambda-compat/with-durable-execution.ts";
import { DurableTestRunner } from "./test-runner.ts";

const DAY_MS = 86_400_000;

/** A durable handler of an untyped event. */
function durable<Result>(body: (context: DurableContext, event: unknown) => Promise<Result>) {
  return withDurableExecution(async (event: unknown, context) => body(context, event));
}

test("runs a handler to its result: payload in, value, operations and history out", async () => {
  const handler = withDurableExecution(async (event: { name: string }, context) => {
    const greeting = await context.step("greet", async () => `Hello, ${event.name}`);
    await context.wait("sleep", { days: 30 });
    return { greeting };
  });
  const runner = new DurableTestRunner<{ greeting: string }>(handler);
  const before = runner.clock.now();
  const { status, result, operations, history, invocations } = await runner.run({ payload: { name: "you" } });
  expect(status).toBe("SUCCEEDED");
  expect(result).toEqual({ greeting: "Hello, you" });
  expect(operations.map(({ type, name, status: at }) => [type, name, at])).toEqual([
    ["STEP", "greet", "SUCCEEDED"],
    ["WAIT", "sleep", "SUCCEEDED"],
  ]);
  expect(runner.clock.now() - before).toBe(30 * DAY_MS);
  expect(history[0]?.eventType).toBe("ExecutionStarted");
  expect(history.at(-1)?.eventType).toBe("ExecutionSucceeded");
  expect(invocations).toBe(2);
});

test("replays from the log at every suspension; parks when told to", async () => {
  const runsOf = async (parks: boolean) => {
    let runs = 0;
    const handler = durable(async (context) => {
      runs++;
      for (let turn = 0; turn < 3; turn++) await context.wait({ minutes: 1 });
    });
    await new DurableTestRunner(handler, { parks }).run();
    return runs;
  };
  expect(await runsOf(false)).toBe(4);
  expect(await runsOf(true)).toBe(1);
});

test("finds code that does not survive a replay", async () => {
  let calls = 0;
  const handler = durable(async (context) => {
    await context.step(`call ${++calls}`, async () => calls);
    await context.wait({ seconds: 1 });
  });
  const { status, halt } = await new DurableTestRunner(handler).run();
  expect(status).toBe("RUNNING");
  expect(halt).toMatchObject({ reason: "NON_DETERMINISM" });
});

test("a failed execution gives its error", async () => {
  const handler = durable(async (context) => {
    await context.step(
      "break",
      async () => {
        throw new TypeError("broken");
      },
      { retryStrategy: () => ({ shouldRetry: false }) },
    );
  });
  const { status, result, error } = await new DurableTestRunner(handler).run();
  expect({ status, result }).toEqual({ status: "FAILED", result: undefined });
  expect(error).toMatchObject({ errorMessage: "broken" });
});

describe("callbacks", () => {
  const approval = durable(async (context) =>
    context.waitForCallback("approve", async () => undefined, { timeout: { hours: 1 } }),
  );

  test("are completed by the test as it goes", async () => {
    const runner = new DurableTestRunner(approval);
    const execution = await runner.start();
    await runner.advance({ minutes: 59 });
    expect(execution.status).toBe("RUNNING");
    await execution.callback("approve").succeed("yes");
    expect(execution.outcome).toMatchObject({ status: "SUCCEEDED", result: "yes" });
  });

  test("are completed by a reaction, before their time is out", async () => {
    const runner = new DurableTestRunner(approval);
    const { result } = await runner.onCallback("approve", (callback) => callback.succeed("at once")).run();
    expect(result).toBe("at once");
  });

  test("fail, and time out when nobody answers", async () => {
    const failing = new DurableTestRunner(approval).onCallback("approve", (callback) => callback.fail(new Error("no")));
    expect((await failing.run()).error).toMatchObject({ errorMessage: "no" });
    expect((await new DurableTestRunner(approval).run()).error).toMatchObject({ errorMessage: "Callback timed out" });
  });

  test("of one name are answered one after the other", async () => {
    const handler = durable(async (context) => {
      const answers: string[] = [];
      for (let turn = 0; turn < 3; turn++) answers.push(await context.waitForCallback("ask", async () => undefined));
      return answers;
    });
    let asked = 0;
    const runner = new DurableTestRunner(handler).onCallback("ask", (callback) =>
      callback.succeed(`answer ${++asked}`),
    );
    expect((await runner.run()).result).toEqual(["answer 1", "answer 2", "answer 3"]);
  });

  test("that nobody answers are told of by name", async () => {
    const handler = durable(async (context) => context.waitForCallback("forever", async () => undefined));
    await expect(new DurableTestRunner(handler).run()).rejects.toThrow(/Nothing is left to happen.*"forever"/);
    const execution = await new DurableTestRunner(handler).start();
    expect(() => execution.callback("other")).toThrow(/No callback "other".*"forever"/);
  });

  test("live on by heartbeats", async () => {
    const handler = durable(async (context) =>
      context.waitForCallback("beat", async () => undefined, { heartbeatTimeout: { seconds: 10 } }),
    );
    const runner = new DurableTestRunner(handler);
    const execution = await runner.start();
    for (let beat = 0; beat < 5; beat++) {
      await runner.advance({ seconds: 9 });
      await execution.callback("beat").heartbeat();
    }
    await runner.advance({ seconds: 9 });
    expect(execution.status).toBe("RUNNING");
    expect((await execution.finish()).error).toMatchObject({ errorMessage: "Callback timed out on heartbeat" });
  });
});

test("steps are retried in virtual time", async () => {
  let attempts = 0;
  const handler = durable(async (context) =>
    context.step(
      "flaky",
      async () => {
        if (++attempts < 4) throw new Error("not yet");
        return attempts;
      },
      { retryStrategy: (_error, attempt) => ({ shouldRetry: attempt < 10, delay: { hours: attempt } }) },
    ),
  );
  const runner = new DurableTestRunner(handler);
  const before = runner.clock.now();
  expect((await runner.run()).result).toBe(4);
  expect(runner.clock.now() - before).toBe((1 + 2 + 3) * 3_600_000);
});

test("time stands still for a step that does real work, and a race ends as it does in production", async () => {
  const handler = durable(async (context) =>
    Promise.race<unknown>([
      context.step("request", async () => {
        await new Promise((resolve) => setTimeout(resolve, 30));
        return "answered";
      }),
      context.wait({ seconds: 10 }),
    ]),
  );
  expect((await new DurableTestRunner(handler).run()).result).toBe("answered");
});

test("time goes on when a step never comes back", async () => {
  const handler = durable(async (context) =>
    Promise.race<unknown>([
      context.step("hangs", () => new Promise(() => undefined)),
      context.wait({ seconds: 10 }).then(() => "gave up"),
    ]),
  );
  expect((await new DurableTestRunner(handler, { stepPatienceMs: 20 }).run()).result).toBe("gave up");
});

test("plain asynchronous code between operations is waited for", async () => {
  const handler = durable(async (context) => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    return context.step("after", async () => "done");
  });
  expect((await new DurableTestRunner(handler).run()).result).toBe("done");
});

test("invokes other functions, durable and plain", async () => {
  const double = durable(async (context, event) => {
    await context.wait({ hours: 1 });
    return (event as number) * 2;
  });
  const handler = durable(async (context) => [
    await context.invoke<number, number>("double it", "double", 21),
    await context.invoke<string, string>("shout", "shout", "hey"),
  ]);
  const functions = { double, shout: async (event: string) => event.toUpperCase() };
  expect((await new DurableTestRunner(handler, { functions }).run()).result).toEqual([42, "HEY"]);
});

test("a restart in the middle changes nothing but the process", async () => {
  const runs: string[] = [];
  const handler = durable(async (context) => {
    const first = await context.step("first", async () => runs.push("first"));
    await context.wait({ hours: 1 });
    return first + (await context.step("second", async () => runs.push("second")));
  });
  const runner = new DurableTestRunner(handler);
  const execution = await runner.start();
  await runner.restart();
  await runner.advance({ minutes: 30 });
  await runner.restart();
  expect((await execution.finish()).result).toBe(3);
  expect(runs).toEqual(["first", "second"]);
});

test("a restart can bring other code, which goes on from the log", async () => {
  const version = (name: string) =>
    durable(async (context) => {
      const first = await context.step("first", async () => name);
      await context.wait({ hours: 1 });
      return `${first}, ${await context.step("second", async () => name)}`;
    });
  const runner = new DurableTestRunner(version("old"));
  const execution = await runner.start();
  await runner.restart(version("new"));
  expect((await execution.finish()).result).toBe("old, new");
});

test("survives a store that fails", async () => {
  let runs = 0;
  const handler = durable(async (context) => {
    await context.wait({ seconds: 1 });
    return context.step("once", async () => ++runs);
  });
  const runner = new DurableTestRunner(handler);
  const execution = await runner.start();
  runner.store.failNext("append", "REFUSED", 2);
  runner.store.failNext("append", "UNACKNOWLEDGED");
  expect(await execution.finish()).toMatchObject({ status: "SUCCEEDED" });
  expect(runner.store.faults.map(({ fault }) => fault)).toEqual(["REFUSED", "REFUSED", "UNACKNOWLEDGED"]);
});

test("two executions of one runner do not disturb each other", async () => {
  const handler = durable(async (context, event) => {
    await context.wait({ seconds: 5 });
    return context.step("echo", async () => event);
  });
  const runner = new DurableTestRunner(handler);
  const [a, b] = [await runner.start({ payload: "a", name: "one" }), await runner.start({ payload: "b", name: "two" })];
  expect([(await a.finish()).result, (await b.finish()).result]).toEqual(["a", "b"]);
  expect([a.row?.status, b.id]).toEqual(["SUCCEEDED", "handler/two"]);
});

test("does a thousand steps with as many results in one invocation", async () => {
  const handler = durable(async (context) => {
    let sum = 0;
    for (let index = 0; index < 1000; index++) sum += await context.step(`step ${index}`, async () => index);
    return sum;
  });
  const runner = new DurableTestRunner(handler);
  const { result, operations, invocations } = await runner.run();
  expect({ result, operations: operations.length, invocations }).toEqual({
    result: 499_500,
    operations: 1000,
    invocations: 1,
  });
});

describe("what takes real time", () => {
  const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

  test("is waited for: a step, with time standing still, however near a timeout is", async () => {
    const handler = durable(async (context) =>
      context.step("slow", async () => {
        await sleep(1500);
        return "done";
      }),
    );
    const runner = new DurableTestRunner(handler, { executionTimeoutSeconds: 60 });
    const before = runner.clock.now();
    expect(await runner.run()).toMatchObject({ status: "SUCCEEDED", result: "done" });
    expect(runner.clock.now() - before).toBeLessThan(1000);
  });

  test("is waited for: code between operations, on the first run and on replay", async () => {
    const handler = durable(async (context) => {
      await context.step("a", async () => 1);
      await sleep(1200);
      await context.step("b", async () => 2);
      await context.wait({ seconds: 1 });
      return "end";
    });
    const { status, result, halt } = await new DurableTestRunner(handler, { executionTimeoutSeconds: 60 }).run();
    expect({ status, result, halt }).toEqual({ status: "SUCCEEDED", result: "end", halt: undefined });
  });

  test("is waited for as long as it takes: steps of 2.5 s, and a plain timer of 3.1 s between operations", async () => {
    const slow = async (): Promise<string> => {
      await sleep(2500);
      return "done";
    };
    const inSteps = durable(async (context) =>
      Promise.all([context.step("one", slow), context.step("another", slow), context.wait({ days: 1 })]),
    );
    const inCode = durable(async (context) => {
      await context.step("a", async () => 1);
      await sleep(3100);
      return context.step("b", async () => "end");
    });
    const runs = [inSteps, inCode].map((handler) =>
      new DurableTestRunner<unknown>(handler, { executionTimeoutSeconds: 172_800 }).run(),
    );
    const [steps, code] = await Promise.all(runs);
    expect(steps).toMatchObject({ status: "SUCCEEDED", result: ["done", "done", null], halt: undefined });
    expect(code).toMatchObject({ status: "SUCCEEDED", result: "end", halt: undefined });
  });

  test("is waited for after something else has hung", async () => {
    const handler = durable(async (context) => {
      await Promise.race<unknown>([
        context.step("hangs", () => new Promise(() => undefined)),
        context.wait({ seconds: 9 }),
      ]);
      return context.step("slow", async () => {
        await sleep(60);
        return "done";
      });
    });
    expect((await new DurableTestRunner(handler, { stepPatienceMs: 300 }).run()).result).toBe("done");
  });

  test("is given up after the patience, with the name of the step", async () => {
    const handler = durable(async (context) => context.step("hangs", () => new Promise(() => undefined)));
    await expect(new DurableTestRunner(handler, { stepPatienceMs: 50 }).run()).rejects.toThrow(
      /the function of step "hangs" has not come to its end in 50 ms of real time.*stepPatienceMs/,
    );
  });

  describe("by a serdes or a plain function", () => {
    const slowly = async <T>(value: T): Promise<T> => {
      await sleep(20);
      return value;
    };
    const serdes: Serdes<never> = {
      serialize: (value) => slowly(JSON.stringify(value)),
      deserialize: (text) => slowly(JSON.parse(text ?? "null") as never),
    };
    const calls: Readonly<Record<string, (context: DurableContext) => PromiseLike<unknown>>> = {
      step: (context) => context.step("s", async () => 1 as never, { serdes }),
      context: (context) => context.runInChildContext("c", async () => 1 as never, { serdes }),
      condition: (context) =>
        context.waitForCondition("c", async () => 1 as never, {
          initialState: 0 as never,
          waitStrategy: () => ({ shouldContinue: false }),
          serdes,
        }),
      callback: async (context) => (await context.createCallback("cb", { serdes }))[0],
      "map item": async (context) =>
        (await context.map("m", [1], async () => 1 as never, { itemSerdes: serdes })).getResults()[0],
      "serdes of an invoke": (context) =>
        context.invoke("i", "plain", 1 as never, { payloadSerdes: serdes, resultSerdes: serdes }),
      "plain function": (context) => context.invoke("plain", 1),
    };

    test.each(Object.entries(calls))("is waited for, live and on replay: %s", async (_what, call) => {
      const handler = durable(async (context) => {
        const value = await call(context);
        await context.wait({ seconds: 1 });
        return value;
      });
      const runner = new DurableTestRunner(handler, { functions: { plain: slowly } });
      runner.onCallback("cb", (callback) => callback.succeed("1"));
      expect(await runner.run()).toMatchObject({ status: "SUCCEEDED", result: 1 });
    });

    test("is given up after the patience, by name", async () => {
      const never = (): Promise<never> => new Promise(() => undefined);
      const options = { stepPatienceMs: 50, functions: { hangs: never } };
      const invoking = durable(async (context) => context.invoke("hangs", 1));
      await expect(new DurableTestRunner(invoking, options).run()).rejects.toThrow(
        'the function "hangs" has not come to its end in 50 ms of real time',
      );
      const reading = durable(async (context) =>
        context.step("sealed", async () => 1 as never, { serdes: { ...serdes, deserialize: never } }),
      );
      await expect(new DurableTestRunner(reading, options).run()).rejects.toThrow(
        'the serdes of step "sealed" (1) has not come to its end in 50 ms of real time',
      );
    });
  });

  test("is given up after the patience, when it is no operation", async () => {
    const handler = durable(async (context) => {
      await context.step("a", async () => 1);
      await new Promise(() => undefined);
    });
    await expect(new DurableTestRunner(handler, { stepPatienceMs: 50 }).run()).rejects.toThrow(
      /the handler's own code, outside of operations, has not come to its end in 50 ms/,
    );
  });

  test("does not keep a test from going on for long: whoever moves the time may be about to end it", async () => {
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const handler = durable(async (context) => context.step("gated", async () => gate.then(() => "open")));
    const execution = await new DurableTestRunner(handler, { stepPatienceMs: 60_000 }).start();
    release();
    expect((await execution.finish()).result).toBe("open");
  });
});

describe("the date of the code under test", () => {
  test("is the runner's: over a wait, in steps, checks and later attempts, on replay and parked", async () => {
    const handler = durable(async (context) => {
      const first = await context.step("first", async () => new Date().getTime());
      await context.wait({ hours: 1 });
      await Promise.resolve();
      const second = await context.step("second", async () => {
        await new Promise((resolve) => setTimeout(resolve, 2));
        return Date.now();
      });
      const third = await context.step(
        "third",
        async ({ attempt }) => {
          if (attempt < 2) throw new Error("again");
          return new Date().getTime();
        },
        { retryStrategy: () => ({ shouldRetry: true, delay: { hours: 2 } }) },
      );
      const polled = await context.waitForCondition("polled", async () => Date.now(), {
        initialState: 0,
        waitStrategy: (_state, attempt) =>
          attempt < 3 ? { shouldContinue: true, delay: { hours: 1 } } : { shouldContinue: false },
      });
      return [second - first, third - second, polled - third, new Date(Date()).getTime() - polled];
    });
    for (const parks of [true, false]) {
      const { result } = await new DurableTestRunner<unknown[]>(handler, { parks }).run();
      expect(result).toEqual([3_600_000, 7_200_000, 7_200_000, 0]);
    }
  });

  test("is of each runner its own, and nobody else's", async () => {
    const real = Date.now();
    const handler = durable(async (context) => {
      await context.wait({ days: 1 });
      return context.step("now", async () => [Date.now(), new Date(0).getTime(), new Date() instanceof Date]);
    });
    const [one, other] = [1000, 5000].map((startAt) => new DurableTestRunner(handler, { startAt }));
    const results = await Promise.all([one!.run(), other!.run()]);
    expect(results.map(({ result }) => result as unknown)).toEqual([
      [1000 + DAY_MS, 0, true],
      [5000 + DAY_MS, 0, true],
    ]);
    expect(Date.now() - real).toBeLessThan(DAY_MS);
    expect(Date.now()).toBeGreaterThanOrEqual(real);
    expect(Math.abs(new Date().getTime() - Date.now())).toBeLessThan(60_000);
  });

  test("is the real one if the test says so", async () => {
    const real = Date.now();
    const handler = durable(async () => [Date.now(), new Date().getTime()]);
    const { result } = await new DurableTestRunner<number[]>(handler, { startAt: 9, realDate: true }).run();
    for (const time of result!) expect(time).toBeGreaterThanOrEqual(real);
  });

  test("may be replaced by a test's own", async () => {
    vi.useFakeTimers({ now: 7, toFake: ["Date"] });
    const handler = durable(async () => [Date.now(), new Date().getTime()]);
    try {
      expect(Date.now()).toBe(7);
      expect((await new DurableTestRunner(handler, { startAt: 9 }).run()).result).toEqual([9, 9]);
      expect(Date.now()).toBe(7);
    } finally {
      vi.useRealTimers();
    }
    expect(Date.now()).toBeGreaterThan(7);
    const spy = vi.spyOn(Date, "now").mockReturnValue(11);
    expect(Date.now()).toBe(11);
    spy.mockRestore();
    expect(Date.now()).toBeGreaterThan(11);
  });
});

test("later attempts and checks run in the asynchronous context of their call, parked and replayed", async () => {
  const storage = new AsyncLocalStorage<string>();
  const handler = durable(async (context) => {
    const seen: unknown[] = [];
    const note = (): number => seen.push(storage.getStore());
    await storage.run("user", () =>
      context.step(
        "retried",
        async ({ attempt }) => {
          note();
          if (attempt < 3) throw new Error("again");
        },
        { retryStrategy: () => ({ shouldRetry: true, delay: { seconds: 1 } }) },
      ),
    );
    await storage.run("user", () =>
      context.waitForCondition("polled", async (state: number) => note() && state + 1, {
        initialState: 0,
        waitStrategy: (state) =>
          state < 3 ? { shouldContinue: true, delay: { seconds: 1 } } : { shouldContinue: false },
      }),
    );
    return seen;
  });
  for (const parks of [true, false]) {
    const { result } = await new DurableTestRunner<unknown[]>(handler, { parks }).run();
    expect(new Set(result)).toEqual(new Set(["user"]));
  }
});

test("an execution whose invocations break again and again ends its run with that error, and can be resumed", async () => {
  let isDown = true;
  let runs = 0;
  const serdes = {
    serialize: async (value: unknown) => JSON.stringify(value),
    deserialize: async (text: string | undefined) => {
      if (isDown && runs > 1) throw new Error("the key store is down");
      return JSON.parse(text ?? "null") as number;
    },
  };
  const handler = durable(async (context) => {
    runs++;
    const value = await context.step("encrypted", async () => 7, { serdes });
    await context.wait({ seconds: 1 });
    return value;
  });
  const runner = new DurableTestRunner(handler);
  const execution = await runner.start();
  const { status, halt } = await execution.finish();
  expect(status).toBe("RUNNING");
  expect(halt).toMatchObject({
    reason: "REPEATED_FAULTS",
    error: {
      errorType: "SerdesFailedError",
      errorMessage: '[Unrecoverable Invocation] Deserialization failed for step "encrypted" (1): the key store is down',
    },
  });
  expect(runs).toBe(51);
  isDown = false;
  await runner.client.resume(execution.id);
  expect(await execution.finish()).toMatchObject({ status: "SUCCEEDED", result: 7 });
});

test("steps and callbacks are recorded under the sub type they are given, and found again by it", async () => {
  const handler = durable(async (context) => {
    const value = await context.step("charge", async () => 1, { subType: "Payment" });
    const [promise] = await context.createCallback("approval", { subType: "Approval" });
    const waited = context.waitForCallback("second", async () => undefined, { subType: "Ignored" });
    return [value, await promise, await waited];
  });
  const runner = new DurableTestRunner(handler);
  for (const name of ["approval", "second"]) runner.onCallback(name, (callback) => callback.succeed(name));
  const { result, operations } = await runner.run();
  expect(result).toEqual([1, "approval", "second"]);
  expect(operations.map(({ subType }) => subType)).toEqual([
    "Payment",
    "Approval",
    "WaitForCallback",
    "Callback",
    "Step",
  ]);
});
