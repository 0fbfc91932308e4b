/** An invalid argument is refused by the call itself; the message says what to write. */

import { describe, expect, test } from "vitest";
import { DurableTestRunner } from "../testing/test-runner.ts";
import { readFunctions } from "./functions.ts";
import { createLinearRetryStrategy, createRetryStrategy } from "./retry-strategy.ts";
import type { DurableContext } from "./types.ts";
import { createWaitStrategy } from "./wait-strategy.ts";
import { withDurableExecution } from "./with-durable-execution.ts";
import { withRetry } from "./with-retry.ts";

/** The error that a call throws, live; the handler goes on, so a replay finds the same positions. */
async function refusal(call: (context: DurableContext) => unknown): Promise<string> {
  const seen = new Set<string>();
  const handler = withDurableExecution(async (_event: unknown, context) => {
    let refused = "nothing";
    try {
      await call(context);
    } catch (error) {
      const { name, code, message } = error as Error & { code?: string };
      refused = `${name} ${code}: ${message}`;
    }
    seen.add(refused);
    await context.step("goes on", async () => 1);
    await context.wait("later", { seconds: 1 });
    return refused;
  });
  const { status, result, error } = await new DurableTestRunner<string>(handler).run();
  expect({ status, error }).toEqual({ status: "SUCCEEDED", error: undefined });
  expect([...seen]).toEqual([result]);
  expect(result).toMatch(/^InvalidArgumentError INVALID_ARGUMENT: /);
  return result!.replace("InvalidArgumentError INVALID_ARGUMENT: ", "");
}

const durations: readonly (readonly [unknown, string, string])[] = [
  [5, "5", "{ seconds: 5 }"],
  ["5s", '"5s"', "{ seconds: 5 }"],
  ["10 minutes", '"10 minutes"', "{ minutes: 10 }"],
  ["2h", '"2h"', "{ hours: 2 }"],
  ["500ms", '"500ms"', "{ seconds: 5 }"],
  [{ second: 5 }, "{ second: 5 }", "{ seconds: 5 }"],
  [{ minutes: "5" }, '{ minutes: "5" }', "{ seconds: 5 }"],
  [{ weeks: 1 }, "{ weeks: 1 }", "{ seconds: 5 }"],
  [{ seconds: Number.NaN }, "{ seconds: NaN }", "{ seconds: 5 }"],
  [Number.NaN, "NaN", "{ seconds: 5 }"],
  [{}, "{}", "{ seconds: 5 }"],
  [undefined, "undefined", "{ seconds: 5 }"],
  [null, "null", "{ seconds: 5 }"],
];

describe("a duration", () => {
  test.each(durations)("%j is refused by wait", async (duration, given, form) => {
    const message = await refusal((context) => context.wait("w", duration as never));
    expect(message).toBe(
      `The duration of context.wait "w" must be an object with days, hours, minutes or seconds and is ${given}: ` +
        `write ${form}.`,
    );
  });

  test("is looked at wherever one is given", async () => {
    const bad = 30 as never;
    const calls: Readonly<Record<string, (context: DurableContext) => unknown>> = {
      "context.wait must": (context) => context.wait(bad),
      'timeout of context.createCallback "c"': (context) => context.createCallback("c", { timeout: bad }),
      'heartbeatTimeout of context.waitForCallback "c"': (context) =>
        context.waitForCallback("c", async () => undefined, { heartbeatTimeout: bad }),
      "initialDelay of createRetryStrategy": () => createRetryStrategy({ initialDelay: bad }),
      "increment of createLinearRetryStrategy": () => createLinearRetryStrategy({ increment: bad }),
      "maxDelay of createWaitStrategy": () => createWaitStrategy({ shouldContinuePolling: () => true, maxDelay: bad }),
    };
    for (const [where, call] of Object.entries(calls)) expect(await refusal(call)).toContain(where);
  });

  test("of a strategy's answer fails what the strategy is for", async () => {
    const delay = 5 as never;
    const handler = withDurableExecution(async (_event: unknown, context) => {
      const step = context.step("s", () => Promise.reject(new Error("no")), {
        retryStrategy: () => ({ shouldRetry: true, delay }),
      });
      const polled = context.waitForCondition("c", async () => 1, {
        initialState: 0,
        waitStrategy: () => ({ shouldContinue: true, delay }),
      });
      return (await Promise.allSettled([step, polled])).map((each) => (each as PromiseRejectedResult).reason.message);
    });
    const { result } = await new DurableTestRunner<string[]>(handler).run();
    expect(result).toEqual([
      expect.stringMatching(/^The retry delay of context\.step "s" .*: write \{ seconds: 5 \}\.$/),
      expect.stringMatching(/^The delay of context\.waitForCondition "c" .*: write \{ seconds: 5 \}\.$/),
    ]);
  });
});

describe("a function", () => {
  test("is asked for by name", async () => {
    expect(await refusal((context) => context.step("name only", undefined as never))).toBe(
      'context.step "name only" needs a function and got undefined: write context.step("name only", async () => ...).',
    );
    expect(await refusal((context) => context.step(7 as never))).toContain("context.step needs a function and got 7");
    expect(await refusal((context) => context.step("begun", Promise.resolve(1) as never))).toContain(
      'context.step "begun" needs a function and got a promise: write',
    );
    expect(await refusal((context) => context.invoke(undefined as never, 1))).toBe(
      'context.invoke needs the name of a function and got undefined: write context.invoke("name", input).',
    );
    expect(await refusal(() => createWaitStrategy(undefined as never))).toMatch(/^createWaitStrategy needs a function/);
    expect(await refusal((context) => context.runInChildContext("part", {} as never))).toContain(
      'write context.runInChildContext("part", async (child) => ...).',
    );
    const config = { initialState: 0, waitStrategy: () => ({ shouldContinue: false as const }) };
    expect(await refusal((context) => context.waitForCondition("poll", "now" as never, config))).toContain(
      'context.waitForCondition "poll" needs a function and got "now"',
    );
  });

  test("is what withDurableExecution takes", () => {
    expect(() => withDurableExecution({} as never)).toThrow(/needs a function and got \{\}/);
  });
});

describe("a serdes", () => {
  const calls: readonly (readonly [string, string, (context: DurableContext, serdes: never) => unknown])[] = [
    ["step", "serdes", (context, serdes) => context.step("it", async () => 1, { serdes })],
    ["runInChildContext", "serdes", (context, serdes) => context.runInChildContext("it", async () => 1, { serdes })],
    ["map", "serdes", (context, serdes) => context.map("it", [1], async () => 1, { serdes })],
    ["map", "itemSerdes", (context, itemSerdes) => context.map("it", [1], async () => 1, { itemSerdes })],
    ["parallel", "itemSerdes", (context, itemSerdes) => context.parallel("it", [async () => 1], { itemSerdes })],
    [
      "waitForCondition",
      "serdes",
      (context, serdes) =>
        context.waitForCondition("it", async () => 1, {
          initialState: 0,
          waitStrategy: () => ({ shouldContinue: false }),
          serdes,
        }),
    ],
  ];

  test.each(calls)("of context.%s that lacks a method is refused: %s", async (method, member, call) => {
    const half = { serialize: async () => "" };
    for (const given of [{}, half, "json"]) {
      expect(await refusal((context) => call(context, given as never))).toMatch(
        new RegExp(
          `^The ${member} of context\\.${method} "it" must have the methods serialize and deserialize and is .*: ` +
            `write ${member}: { serialize: \\(value\\) => text, deserialize: \\(text\\) => value }\\.$`,
        ),
      );
    }
  });

  test("for all operations is refused as well", async () => {
    expect(await refusal((context) => context.configureSerdes({ defaultSerdes: {} as never }))).toContain(
      "The defaultSerdes of context.configureSerdes must have",
    );
    const defaultCallbackDeserializer = {} as never;
    expect(await refusal((context) => context.configureSerdes({ defaultCallbackDeserializer }))).toContain(
      "must have the method deserialize and is {}: write defaultCallbackDeserializer: { deserialize",
    );
  });

  test("needs no method that is not called", async () => {
    const writing = { serialize: async () => '"sent"' } as never;
    const reading = { deserialize: async () => "read" } as never;
    const calls: Readonly<Record<string, (context: DurableContext) => unknown>> = {
      'The payloadSerdes of context.invoke "f" must have the method serialize': (context) =>
        context.invoke("f", "callee", 1, { payloadSerdes: reading }),
      'The resultSerdes of context.invoke "f" must have the method deserialize': (context) =>
        context.invoke("f", "callee", 1, { payloadSerdes: writing, resultSerdes: writing }),
      'The serdes of context.createCallback "c" must have the method deserialize': (context) =>
        context.createCallback("c", { serdes: writing }),
      'The serdes of context.waitForCallback "c" must have the method deserialize': (context) =>
        context.waitForCallback("c", async () => undefined, { serdes: writing }),
    };
    for (const [message, call] of Object.entries(calls)) expect(await refusal(call)).toContain(message);
    const handler = withDurableExecution(async (_event: unknown, context) => {
      const settings = { payloadSerdes: writing, resultSerdes: reading };
      return context.invoke("f", "callee", 1, settings);
    });
    const callee = withDurableExecution(async (event: unknown) => event);
    const { result } = await new DurableTestRunner(handler, { functions: { callee } }).run();
    expect(result).toBe("read");
  });
});

describe("a strategy", () => {
  test("that is a configuration is told how to become one", async () => {
    const retryStrategy = { maxAttempts: 3 } as never;
    expect(await refusal((context) => context.step("s", async () => 1, { retryStrategy }))).toBe(
      'The retryStrategy of context.step "s" must be a function and is { maxAttempts: 3 }: ' +
        "write retryStrategy: createRetryStrategy({ maxAttempts: 3 }).",
    );
    expect(
      await refusal((context) => context.waitForCallback("c", async () => undefined, { retryStrategy })),
    ).toContain('context.waitForCallback "c"');
    expect(await refusal((context) => withRetry(context, "r", async () => 1, { retryStrategy }))).toContain(
      'withRetry "r"',
    );
    const waitStrategy = { maxAttempts: 3 } as never;
    expect(
      await refusal((context) => context.waitForCondition("p", async () => 1, { initialState: 0, waitStrategy })),
    ).toContain("write waitStrategy: createWaitStrategy({ maxAttempts: 3 }).");
  });

  test("counts with numbers: a limit that is none would never be reached", async () => {
    for (const maxAttempts of ["3", Number.NaN, null] as never[]) {
      expect(() => createRetryStrategy({ maxAttempts })).toThrow(/^The maxAttempts of createRetryStrategy must be a n/);
      expect(() => createLinearRetryStrategy({ maxAttempts })).toThrow(/maxAttempts of createLinearRetryStrategy/);
      const polling = { shouldContinuePolling: () => true, maxAttempts };
      expect(() => createWaitStrategy(polling)).toThrow(/maxAttempts of createWaitStrategy/);
    }
    expect(createRetryStrategy({ maxAttempts: Number.POSITIVE_INFINITY })(new Error("no"), 99).shouldRetry).toBe(true);
  });

  test("that answers with a promise, or without a decision, fails what it is for", async () => {
    for (const [later, given] of [
      [async () => ({ shouldRetry: true, shouldContinue: true }), "a promise"],
      [() => ({}), "{}"],
    ] as const) {
      const handler = withDurableExecution(async (_event: unknown, context) => {
        const polled = context.waitForCondition("p", async () => 1, { initialState: 0, waitStrategy: later as never });
        const step = context.step("s", () => Promise.reject(new Error("no")), { retryStrategy: later as never });
        return (await Promise.allSettled([polled, step])).map((each) => (each as PromiseRejectedResult).reason.message);
      });
      const { result } = await new DurableTestRunner<string[]>(handler).run();
      expect(result).toEqual([
        expect.stringContaining(`The waitStrategy of context.waitForCondition "p" returned ${given}: return {`),
        expect.stringContaining(`The retryStrategy of context.step "s" returned ${given}: return {`),
      ]);
    }
  });

  test("that answers with nothing of use fails what it is for", async () => {
    const handler = withDurableExecution(async (_event: unknown, context) => {
      const polled = context.waitForCondition("p", async () => 1, {
        initialState: 0,
        waitStrategy: () => undefined as never,
      });
      const step = context.step("s", () => Promise.reject(new Error("no")), { retryStrategy: () => true as never });
      return (await Promise.allSettled([polled, step])).map((each) => (each as PromiseRejectedResult).reason.message);
    });
    const { result } = await new DurableTestRunner<string[]>(handler).run();
    expect(result).toEqual([
      'The waitStrategy of context.waitForCondition "p" returned undefined: ' +
        "return { shouldContinue: false } or { shouldContinue: true, delay: { seconds: 5 } }.",
      'The retryStrategy of context.step "s" returned true: ' +
        "return { shouldRetry: false } or { shouldRetry: true, delay: { seconds: 5 } }.",
    ]);
  });

  test("with a global pattern matches the same message every time", () => {
    for (const retryableErrors of [[/busy/g], [/busy/y], [/BUSY/gi]]) {
      const strategy = createRetryStrategy({ retryableErrors, maxAttempts: 9 });
      const decisions = [1, 2, 3, 4].map((attempt) => strategy(new Error("busy"), attempt).shouldRetry);
      expect(decisions).toEqual([true, true, true, true]);
      expect(strategy(new Error("idle"), 1).shouldRetry).toBe(false);
    }
  });
});

test("semantics are one of two words: another one would be taken for at least once", async () => {
  const semantics = "AT_MOST_ONCE" as never;
  expect(await refusal((context) => context.step("charge", async () => 1, { semantics }))).toBe(
    'The semantics of context.step "charge" must be one of AT_MOST_ONCE_PER_RETRY, AT_LEAST_ONCE_PER_RETRY and is ' +
      '"AT_MOST_ONCE": write semantics: StepSemantics.AtMostOncePerRetry.',
  );
});

test("names of items and branches are text, and none at all is the usual one", async () => {
  const nothing = (): Promise<null> => Promise.resolve(null);
  const handler = withDurableExecution(async (_event: unknown, context) => {
    await context.map("usual", [1, 2], nothing, { itemNamer: (_, index) => (index === 0 ? undefined : null) as never });
    const map = context.map("map", [1], nothing, { itemNamer: () => ({ id: 1 }) as never });
    const parallel = context.parallel("parallel", [{ name: 7 as never, func: nothing }]);
    return (await Promise.allSettled([map, parallel])).map((each) => String((each as PromiseRejectedResult).reason));
  });
  const { result } = await new DurableTestRunner<string[]>(handler).run();
  expect(result).toEqual([
    "ChildContextError: itemNamer returned { id: 1 } for item 0: names are text.",
    "ChildContextError: parallel got the name 7 for branch 0: names are text.",
  ]);
});

describe("a function of a host", () => {
  test.each([[7], [undefined], [null], ["big"], [{ name: "big" }]])("that is %j is refused", (big) => {
    expect(() => readFunctions({ big: big as never })).toThrow(
      /^Function "big" is no handler but .*withDurableExecution/,
    );
  });

  test("that was not wrapped says so when it uses its context as a durable one", async () => {
    for (const call of [
      (context: DurableContext) => context.step("s", async () => 1),
      (context: DurableContext) => context.wait({ seconds: 1 }),
      (context: DurableContext) => context.map([1], async () => 1),
    ]) {
      const bare = async (_event: unknown, context: DurableContext): Promise<unknown> => call(context);
      const { status, error } = await new DurableTestRunner(bare).run();
      expect(status).toBe("FAILED");
      expect(error).toMatchObject({
        errorType: "InvalidArgumentError",
        errorMessage: expect.stringMatching(/^context\.\w+ was called by the function "handler".*withDurableExecution/),
      });
    }
  });
});

test("a map callback that takes its context for its item fails the execution, whoever looks at the items", async () => {
  const callbacks: readonly ((item: never) => Promise<unknown>)[] = [
    async (item: { price: number }) => item.price * 2,
    async (item: number) => item * 2,
    async ({ price }: { price: number }) => price,
    async (item: { price: number }) => {
      try {
        return item.price;
      } catch {
        return undefined;
      }
    },
  ];
  for (const callback of callbacks) {
    const handler = withDurableExecution(async (_event: unknown, context) => {
      await context.map("items", [1, 2], callback as never, { completionConfig: { toleratedFailureCount: 9 } });
      return "fine";
    });
    const { status, error } = await new DurableTestRunner(handler).run();
    expect(status).toBe("FAILED");
    expect(error?.errorMessage).toContain("write (ctx, item) => ctx.step(...)");
  }
});
