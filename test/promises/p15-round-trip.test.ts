/** P15: first run and replay see the same value. Results make the round trip at once; errors keep what they say. */

import { describe, expect, test } from "vitest";
import { ChildContextError, StepError } from "../../src/engine/model/errors.ts";
import type { DurableContext, Serdes } from "../../src/lambda-compat/types.ts";
import { replayFaults } from "./replay-faults.ts";
import { type Env, programOf, World, type WorldOptions } from "./world.ts";

const NO_RETRY = { retryStrategy: () => ({ shouldRetry: false }) };

type Program = (context: DurableContext, env: Env) => Promise<unknown>;

/** The values as the code saw them, invocation by invocation. */
async function seenBy(program: Program, options: Partial<WorldOptions> = {}): Promise<unknown[]> {
  const seen: unknown[] = [];
  const world = new World({
    functions: programOf(async (context, env) => {
      seen.push(await program(context, env));
      await context.wait({ seconds: 1 });
    }),
    parks: false,
    ...options,
  });
  const { status } = await world.run();
  expect(status).toBe("SUCCEEDED");
  expect(seen.length).toBeGreaterThanOrEqual(2);
  return seen;
}

class Money {
  readonly cents = 5;
  total(): number {
    return this.cents;
  }
}

const VALUES: Readonly<Record<string, () => unknown>> = {
  "a date": () => new Date(0),
  undefined: () => undefined,
  null: () => null,
  NaN: () => Number.NaN,
  Infinity: () => Number.POSITIVE_INFINITY,
  "minus zero": () => -0,
  "a map": () => new Map([[1, 2]]),
  "a set": () => new Set([1]),
  "an instance of a class": () => new Money(),
  "an error": () => new Error("as a value"),
  "a member that is undefined": () => ({ a: undefined, b: 1 }),
  "a sparse array": () => Object.assign([], { 2: "x" }),
  "a function inside": () => ({ run: () => 1, kept: true }),
  "what says itself how it is written": () => ({ toJSON: () => "written" }),
  "a buffer": () => new Uint8Array([1, 2]),
  "a lone surrogate": () => "\ud800",
  text: () => 'quotes " and \\ and \u2028',
};

function show(value: unknown): string {
  const kind = Object.prototype.toString.call(value);
  const prototype = typeof value === "object" && value !== null ? Object.getPrototypeOf(value)?.constructor?.name : "";
  return `${kind} ${String(prototype)} ${Object.is(value, -0) ? "-0" : (JSON.stringify(value) ?? "nothing")}`;
}

describe.each(Object.entries(VALUES))("P15 %s is the same on the first run as on replay", (_name, make) => {
  const ways: Readonly<Record<string, Program>> = {
    step: (context) => context.step(async () => make()),
    condition: (context) =>
      context.waitForCondition(async () => make(), {
        initialState: 0,
        waitStrategy: () => ({ shouldContinue: false }),
      }),
    child: (context) => context.runInChildContext(async () => make()),
    "virtual child": (context) => context.runInChildContext(async () => make(), { virtualContext: true }),
    map: async (context) => (await context.map([1], async () => make())).all[0]?.result,
    "flat map": async (context) => (await context.map([1], async () => make(), { nesting: "FLAT" })).all[0]?.result,
    all: async (context) => (await context.promise.all([context.step(async () => make())]))[0],
  };

  test.each(Object.entries(ways))("out of a %s", async (_way, program) => {
    const [first, ...others] = (await seenBy(program)).map(show);
    expect(new Set([first, ...others]).size).toBe(1);
  });

  // A list has no place for undefined, so the combinators make null of it, as JSON does.
  const alone = Object.entries(ways).filter(([way]) => way !== "all");
  test.each(alone)(
    "and out of a %s it is what JSON makes of it, not the object that the function returned",
    async (_way, program) => {
      const text = JSON.stringify(make()) as string | undefined;
      const [first] = (await seenBy(program)).map(show);
      expect(first).toBe(show(text === undefined ? undefined : JSON.parse(text)));
    },
  );
});

test("P15 nobody shares the object that a step returned: what is changed later stays its own", async () => {
  const kept: { count: number }[] = [];
  const program: Program = async (context) => {
    const value = await context.step(async () => {
      kept.push({ count: 1 });
      return kept[0];
    });
    kept[0]!.count = 99;
    return value?.count;
  };
  expect(await seenBy(program)).toEqual([1, 1]);
});

test("P15 the strategy of a condition sees the state as it will be read back", async () => {
  const states: unknown[] = [];
  await seenBy((context) =>
    context.waitForCondition(async () => new Date(0) as unknown, {
      initialState: 0,
      waitStrategy: (state) => {
        states.push(state);
        return { shouldContinue: false };
      },
    }),
  );
  expect(states).toEqual(["1970-01-01T00:00:00.000Z"]);
});

test("P15 a serdes of one's own makes the round trip too, at once", async () => {
  const calls: string[] = [];
  const serdes: Serdes<Date> = {
    async serialize(value) {
      calls.push("out");
      return value?.toISOString();
    },
    async deserialize(text) {
      calls.push("in");
      return text === undefined ? undefined : new Date(text);
    },
  };
  const seen = await seenBy((context) => context.step(async () => new Date(5), { serdes }));
  expect(seen).toEqual([new Date(5), new Date(5)]);
  expect(calls).toEqual(["out", "in", "in"]);
});

class OrderError extends Error {
  override readonly name = "OrderError";
  readonly orderId = 7;
}

interface Shown {
  readonly name: string;
  readonly message: string;
  readonly type: unknown;
  readonly data: unknown;
  readonly causes: string[];
  readonly isStep: boolean;
  readonly isChild: boolean;
}

function shown(error: unknown): Shown {
  const { name, message, errorType, errorData } = error as Error & { errorType?: string; errorData?: string };
  const causes: string[] = [];
  for (let cause = (error as Error).cause; cause instanceof Error; cause = cause.cause)
    causes.push(`${cause.name}: ${cause.message}`);
  return {
    name,
    message,
    type: errorType,
    data: errorData,
    causes,
    isStep: error instanceof StepError,
    isChild: error instanceof ChildContextError,
  };
}

describe("P15 an error has the same class, name, message, data and cause on replay:", () => {
  const fail = (error: unknown) => (): Promise<never> => Promise.reject(error);
  const failing: Readonly<Record<string, (context: DurableContext) => PromiseLike<unknown>>> = {
    "of a step": (context) => context.step(fail(new OrderError("no such order")), NO_RETRY),
    "of a step that threw no error": (context) => context.step(fail("text"), NO_RETRY),
    "of a step that threw nothing": (context) => context.step(fail(undefined), NO_RETRY),
    "of a child": (context) => context.runInChildContext((child) => child.step(fail(new OrderError("deep")), NO_RETRY)),
    "of a virtual child": (context) =>
      context.runInChildContext((child) => child.step(fail(new OrderError("deep")), NO_RETRY), {
        virtualContext: true,
      }),
    "of a child in a child": (context) =>
      context.runInChildContext((child) => child.runInChildContext(fail(new RangeError("deeper")))),
    "of a condition": (context) =>
      context.waitForCondition(fail(new OrderError("check")), {
        initialState: 1,
        waitStrategy: () => ({ shouldContinue: false }),
      }),
    "of a callback": (context) => context.waitForCallback("refused", async () => undefined),
    "of a callback's time": (context) => context.waitForCallback(async () => undefined, { timeout: { seconds: 5 } }),
    "of a submitter": (context) => context.waitForCallback(fail(new OrderError("not sent")), NO_RETRY),
    "of an invoke of nothing": (context) => context.invoke("nobody"),
    "of a map": async (context) =>
      (await context.map([1], (item) => item.step(fail(new OrderError("item")), NO_RETRY))).throwIfError(),
    "of a flat map": async (context) =>
      (await context.map([1], fail(new OrderError("item")), { nesting: "FLAT" })).throwIfError(),
    "of a combinator": (context) => context.promise.all([context.step(fail(new OrderError("one of all")), NO_RETRY)]),
  };
  const answers = {
    refused: {
      after: 1000,
      outcome: { type: "FAILED", error: { errorType: "Refused", errorMessage: "no", errorData: '{"code":7}' } },
    },
  } as const;

  test.each(Object.entries(failing))("%s", async (_what, call) => {
    const program: Program = async (context) => {
      try {
        await call(context);
      } catch (error) {
        return shown(error);
      }
      return "no error";
    };
    const [first, ...others] = (await seenBy(program, { answers })) as Shown[];
    expect(first?.message).toBeTypeOf("string");
    for (const other of others) expect(other).toEqual(first);
  });

  test("which is what was thrown", async () => {
    const of = async (what: string): Promise<unknown> => {
      const call = failing[what];
      return (await seenBy(async (context) => Promise.resolve(call?.(context)).catch(shown), { answers }))[0];
    };
    expect(await of("of a callback")).toMatchObject({ message: "no", data: '{"code":7}' });
    expect(await of("of a step")).toMatchObject({
      isStep: true,
      message: "no such order",
      causes: ["OrderError: no such order"],
    });
    expect(await of("of a child")).toMatchObject({ isChild: true, message: "deep" });
  });

  test("whatever the process it is read in, at whichever write it crashed", async () => {
    const program: Program = async (context) => {
      const errors: Shown[] = [];
      for (const call of Object.values(failing)) {
        try {
          await call(context);
        } catch (error) {
          errors.push(shown(error));
        }
      }
      await context.wait({ seconds: 1 });
      return errors;
    };
    expect(await replayFaults({ functions: programOf(program), answers })).toEqual([]);
  });
});
