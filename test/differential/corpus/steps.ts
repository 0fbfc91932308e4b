import type { Corpus, Program, Sdk } from "../case.ts";
import type { Place } from "../differences.ts";
import { describeError, outcome } from "./describe.ts";

const noRetry = { retryStrategy: () => ({ shouldRetry: false }) } as const;

/** Fails as often as is said, then succeeds. */
function failing(times: number): (stepContext: { attempt: number }) => Promise<string> {
  return async ({ attempt }) => {
    if (attempt <= times) throw new Error(`attempt ${attempt}`);
    return `attempt ${attempt}`;
  };
}

class Point {
  x = 1;
  #hidden = 2;
  get sum(): number {
    return this.x + this.#hidden;
  }
}

/** What becomes of a value on its way through a step. */
function throughStep(value: unknown): Corpus[string] {
  return () => async (_event, context) => {
    const got = await context.step("value", async () => value);
    return { type: typeof got, isDate: got instanceof Date, isUndefined: got === undefined, got };
  };
}

/** What the caller of a step catches when the function throws this. */
function thrownInStep(make: (sdk: Sdk) => unknown): Program {
  return (sdk) => async (_event, context) => {
    const seen: unknown[] = [];
    const strategy = (error: Error, attempt: number) => {
      seen.push([describeError(error), error instanceof RangeError, attempt]);
      return { shouldRetry: false };
    };
    const caught = await outcome(
      context.step(
        "thrower",
        async () => {
          throw make(sdk);
        },
        { retryStrategy: strategy },
      ),
    );
    return { caught, seen };
  };
}

class CustomError extends Error {
  override name = "CustomName";
  readonly extra = 1;
}

export const stepValues: Corpus = {
  "an object": throughStep({ n: 1, s: "x", list: [1, [2]] }),
  undefined: throughStep(undefined),
  null: throughStep(null),
  zero: throughStep(0),
  "an empty string": throughStep(""),
  false: throughStep(false),
  NaN: throughStep(Number.NaN),
  "minus zero": throughStep(-0),
  Infinity: throughStep(Number.POSITIVE_INFINITY),
  "a date": throughStep(new Date(0)),
  "an invalid date": throughStep({ at: new Date(Number.NaN) }),
  "undefined members": throughStep({ a: undefined, b: [undefined, () => 1], c: Symbol("x") }),
  "a function": throughStep(() => 1),
  "a symbol": throughStep(Symbol("x")),
  "a map and a set": throughStep({ map: new Map([[1, 2]]), set: new Set([1]) }),
  "a class instance": throughStep(new Point()),
  "an object with toJSON": throughStep({ toJSON: () => "json" }),
  "an array with holes": throughStep(Object.assign([], { 0: 1, 2: 3 })),
  "a string of all kinds of characters": throughStep('\u0000\n"\\\u2028 é 漢 🜁 \ud800'),
  "a key named __proto__": throughStep(JSON.parse('{"__proto__":{"polluted":true},"constructor":1}')),
  "an error as a value": throughStep(new Error("not thrown")),
  "300 KB": () => async (_event, context) => (await context.step("big", async () => "x".repeat(300_000))).length,
  "one more than a call takes": () => async (_event, context) => {
    const lengths = await Promise.all([
      context.step("big", async () => "x".repeat(800_000)),
      context.step("small", async () => "x"),
    ]);
    return lengths.map(({ length }) => length);
  },
  "a BigInt": throughStep(1n),
  "a cycle": () => async (_event, context) => {
    const cycle: Record<string, unknown> = {};
    cycle.self = cycle;
    return context.step("cycle", async () => cycle);
  },
};

/** Where AWS's SDK would send the machine what is no text. */
const ours: readonly Place[] = ["native", "alias", "parked", "replayed"];

export const stepErrors: Corpus = {
  "a RangeError": thrownInStep(() => new RangeError("out of range")),
  "an error of a class of one's own": thrownInStep(() => new CustomError("custom")),
  "an error without a message": thrownInStep(() => new Error()),
  "an error with a cause": thrownInStep(() => new Error("outer", { cause: new Error("inner") })),
  "an AggregateError": thrownInStep(() => new AggregateError([new Error("one")], "several")),
  "a string": thrownInStep(() => "text"),
  undefined: thrownInStep(() => undefined),
  null: thrownInStep(() => null),
  "a number": thrownInStep(() => 42),
  "an object that looks like an error": thrownInStep(() => ({ name: "Looks", message: "like one", extra: 1 })),
  "an object that does not": thrownInStep(() => ({ code: 1 })),
  "an error with an odd name": thrownInStep(() => Object.assign(new Error("odd"), { name: "" })),
  "an error whose message is a number": {
    program: thrownInStep(() => Object.assign(new Error(), { message: 42 })),
    places: ours,
  },
  "an error whose name is a number": {
    program: thrownInStep(() => Object.assign(new Error("odd"), { name: 42 })),
    places: ours,
  },
  "an error whose message is an object": {
    program: thrownInStep(() => Object.assign(new Error(), { message: { code: 42 } })),
    places: ours,
  },
  "a StepError with data": thrownInStep((sdk) => new sdk.StepError("made by hand", new Error("cause"), "data")),
  "an InvokeError": thrownInStep((sdk) => new sdk.InvokeError("made by hand", undefined, "data")),
  "a CallbackTimeoutError": thrownInStep((sdk) => new sdk.CallbackTimeoutError()),
  "a ChildContextError around a StepError with data": thrownInStep(
    (sdk) => new sdk.ChildContextError("outer", new sdk.StepError("inner", undefined, "inner data")),
  ),
  "a BatchCompletionError": thrownInStep((sdk) => new sdk.BatchCompletionError("CUSTOM_COMPLETION_FAILED")),
  "a WaitForConditionError": thrownInStep((sdk) => new sdk.WaitForConditionError("by hand")),
  "an error named like one of the SDK's": thrownInStep(() => Object.assign(new Error("fake"), { name: "InvokeError" })),
  "a very long message": thrownInStep(() => new Error("x".repeat(20_000))),
  "a message that no update can carry": {
    program: thrownInStep(() => new Error("x".repeat(40_000))),
    // AWS's runner has the invocation tried again, where the service and perdure's machine fail the execution.
    places: ["native", "alias", "parked", "replayed"],
  },
};

export const steps: Corpus = {
  "a step without a name": () => async (_event, context) => context.step(async () => 1),
  "a step named undefined": () => async (_event, context) => context.step(undefined, async () => 1),
  "a step with a configuration and no name": () => async (_event, context) => context.step(async () => 1, noRetry),
  "a step with undefined for everything that may be left out": () => async (_event, context) =>
    context.step("a", async () => 1, {
      retryStrategy: undefined as never,
      semantics: undefined as never,
      serdes: undefined as never,
    }),
  "steps of one name": () => async (_event, context) => [
    await context.step("same", async () => 1),
    await context.step("same", async () => 2),
  ],
  "a step whose function is synchronous": () => async (_event, context) =>
    context.step("sync", (() => "value") as never),
  "a step whose synchronous function throws": () => async (_event, context) =>
    outcome(
      context.step(
        "sync",
        (() => {
          throw new Error("at once");
        }) as never,
        noRetry,
      ),
    ),
  "a step that returns a promise of a promise": () => async (_event, context) =>
    context.step("nested", async () => Promise.resolve(Promise.resolve(1))),

  "a step that is retried as it is by default": () => async (_event, context) => context.step("a", failing(2)),
  "a step that fails as often as the default allows": () => async (_event, context) =>
    outcome(context.step("a", failing(99))),
  "an unhandled step error fails the execution": () => async (_event, context) =>
    context.step("a", failing(99), noRetry),
  "the linear preset": (sdk) => async (_event, context) =>
    outcome(context.step("a", failing(99), { retryStrategy: sdk.retryPresets.linear })),
  "the preset without retries": (sdk) => async (_event, context) =>
    outcome(context.step("a", failing(99), { retryStrategy: sdk.retryPresets.noRetry })),
  "a strategy with every option": (sdk) => async (_event, context) =>
    outcome(
      context.step("a", failing(99), {
        retryStrategy: sdk.createRetryStrategy({
          maxAttempts: 4,
          initialDelay: { minutes: 1, seconds: 30 },
          maxDelay: { minutes: 4 },
          backoffRate: 3,
          jitter: sdk.JitterStrategy.NONE,
        }),
      }),
    ),
  "a linear strategy with every option": (sdk) => async (_event, context) =>
    outcome(
      context.step("a", failing(99), {
        retryStrategy: sdk.createLinearRetryStrategy({
          maxAttempts: 4,
          initialDelay: { seconds: 2 },
          increment: { seconds: 5 },
          maxDelay: { seconds: 10 },
          jitter: sdk.JitterStrategy.HALF,
        }),
      }),
    ),
  "a strategy that retries some errors only": (sdk) => async (_event, context) => {
    const retryStrategy = sdk.createRetryStrategy({
      maxAttempts: 5,
      retryableErrors: ["attempt 1", /attempt 2/],
      retryableErrorTypes: [TypeError],
    });
    const other = outcome(
      context.step(
        "type",
        async ({ attempt }) => {
          if (attempt === 1) throw new TypeError("by type");
          throw new RangeError("not retried");
        },
        { retryStrategy },
      ),
    );
    return [await outcome(context.step("text", failing(99), { retryStrategy })), await other];
  },
  "a strategy with a pattern that remembers where it was": (sdk) => {
    const retryStrategy = sdk.createRetryStrategy({ maxAttempts: 3, retryableErrors: [/attempt/g] });
    return async (_event, context) => outcome(context.step("a", failing(2), { retryStrategy }));
  },
  "a strategy that gives no delay": () => async (_event, context) =>
    outcome(context.step("a", failing(1), { retryStrategy: () => ({ shouldRetry: true }) })),
  "a strategy that gives a long delay": () => async (_event, context) =>
    outcome(
      context.step("a", failing(1), { retryStrategy: () => ({ shouldRetry: true, delay: { days: 3, hours: 1 } }) }),
    ),
  "a strategy that returns nothing": () => async (_event, context) =>
    outcome(context.step("a", failing(1), { retryStrategy: () => undefined as never })),
  "a strategy that returns null": () => async (_event, context) =>
    outcome(context.step("a", failing(1), { retryStrategy: () => null as never })),
  "a strategy that throws": {
    differs: "a broken strategy fails its step",
    program: () => async (_event, context) =>
      outcome(
        context.step("a", failing(1), {
          retryStrategy: () => {
            throw new TypeError("strategy is broken");
          },
        }),
      ),
  },
  "a strategy that throws, unhandled": {
    differs: "a broken strategy fails its step",
    program: () => async (_event, context) =>
      context.step("a", failing(1), {
        retryStrategy: () => {
          throw new TypeError("strategy is broken");
        },
      }),
  },
  "what a strategy is told": () => async (_event, context) => {
    const told: unknown[] = [];
    await outcome(
      context.step("a", failing(99), {
        retryStrategy: (error, attempt) => {
          told.push([error.message, attempt]);
          return { shouldRetry: attempt < 3, delay: { seconds: attempt } };
        },
      }),
    );
    return context.step("told", async () => told.length > 0);
  },

  "at most once, successful": (sdk) => async (_event, context) =>
    context.step("a", async ({ attempt }) => attempt, { semantics: sdk.StepSemantics.AtMostOncePerRetry }),
  "at most once, retried": (sdk) => async (_event, context) =>
    context.step("a", failing(2), { semantics: sdk.StepSemantics.AtMostOncePerRetry }),
  "at most once, failing for good": (sdk) => async (_event, context) =>
    outcome(context.step("a", failing(9), { semantics: sdk.StepSemantics.AtMostOncePerRetry, ...noRetry })),
  "at least once, said explicitly": (sdk) => async (_event, context) =>
    context.step("a", failing(1), { semantics: sdk.StepSemantics.AtLeastOncePerRetry }),

  "steps that run at the same time": () => async (_event, context) => {
    const order: string[] = [];
    const started = ["slow", "quick", "middle"].map((name, index) =>
      context.step(name, async () => {
        order.push(`${name} started`);
        await sleep([60, 10, 30][index]);
        order.push(`${name} ended`);
        return name;
      }),
    );
    order.push("all called");
    const values = await Promise.all(started);
    return { values, order };
  },
  "steps that are awaited in another order": () => async (_event, context) => {
    const first = context.step("first", async () => 1);
    const second = context.step("second", async () => 2);
    return [await second, await first];
  },
  "a step that is awaited twice": () => async (_event, context) => {
    const step = context.step("a", async () => ({ n: 1 }));
    const [one, two] = [await step, await step];
    return { one, two, same: one === two };
  },
  "a step that fails and is awaited later": () => async (_event, context) => {
    const failed = context.step("fails", failing(9), noRetry);
    await context.step("other", async () => 1);
    return outcome(failed);
  },
  "a step that nobody awaits, which is over in time": () => async (_event, context) => {
    void context.step("not awaited", async () => 1);
    await context.step("awaited", async () => sleep(30));
    return "done";
  },
  "a step that fails and nobody awaits": () => async (_event, context) => {
    void context.step("not awaited", failing(9), noRetry);
    await context.step("awaited", async () => sleep(30));
    return "done";
  },
  "a step that outlives the handler": {
    program: () => async (_event, context) => {
      void context.step("outlives", () => new Promise(() => undefined));
      await context.step("first", async () => 1);
      return "done";
    },
  },
  "operations that nobody awaits, at the very end": () => {
    const ran: string[] = [];
    return async (_event, context) => {
      void context.step("step", async () => void ran.push("step"));
      // Whether the end of a context is still recorded depends on AWS's timers: this one has none.
      void context.runInChildContext("child", async (child) => {
        await child.step("in child", async () => 1);
        await new Promise(() => undefined);
      });
      void context.createCallback("callback");
      return "done";
    };
  },
  "300 steps at the same time": () => async (_event, context) => {
    const steps = Array.from({ length: 300 }, (_, index) => context.step(`s${index}`, async () => index));
    return (await Promise.all(steps)).reduce((sum, value) => sum + value, 0);
  },
  "steps in a row after a wait": () => async (_event, context) => {
    const values = [await context.step("before", async () => 1)];
    await context.wait("pause", { seconds: 5 });
    for (let index = 0; index < 5; index++) values.push(await context.step(`after-${index}`, async () => index));
    return values;
  },
  "retries of several steps at the same time": () => async (_event, context) =>
    Promise.all([
      context.step("one", failing(1), { retryStrategy: () => ({ shouldRetry: true, delay: { seconds: 2 } }) }),
      context.step("two", failing(2), { retryStrategy: () => ({ shouldRetry: true, delay: { seconds: 2 } }) }),
      context.step("three", failing(0)),
    ]),

  "the members of a durable promise": () => async (_event, context) => {
    const promise = context.step("a", async () => 1);
    const before = (promise as unknown as { isExecuted: boolean }).isExecuted;
    const value = await promise.then((one) => one + 1).finally(() => undefined);
    const after = (promise as unknown as { isExecuted: boolean }).isExecuted;
    const isPromise = (promise as unknown) instanceof Promise;
    return { before, after, value, isPromise, tag: Object.prototype.toString.call(promise) };
  },
  "a durable promise caught": () => async (_event, context) =>
    context.step("a", failing(9), noRetry).catch((error: unknown) => describeError(error)),
};

export function sleep(ms = 0): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
