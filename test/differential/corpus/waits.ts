import type { Corpus } from "../case.ts";
import { outcome } from "./describe.ts";
import { sleep } from "./steps.ts";

export const waits: Corpus = {
  "a wait": () => async (_event, context) => {
    const value: unknown = await context.wait({ seconds: 10 });
    return { isUndefined: value === undefined };
  },
  "a wait with a name": () => async (_event, context) => context.wait("pause", { seconds: 10 }),
  "a wait of days, hours, minutes and seconds": () => async (_event, context) =>
    context.wait("long", { days: 1, hours: 2, minutes: 3, seconds: 4 }),
  "a wait of a month": () => async (_event, context) => context.wait("month", { days: 31 }),
  "waits in a row": () => async (_event, context) => {
    for (const seconds of [1, 2, 3]) await context.wait(`wait-${seconds}`, { seconds });
    return "done";
  },
  "waits at the same time": () => async (_event, context) => {
    await Promise.all([
      context.wait("one", { seconds: 1 }),
      context.wait("two", { seconds: 2 }),
      context.wait({ minutes: 3 }),
    ]);
    return "done";
  },
  "a wait that is started early and awaited late": () => async (_event, context) => {
    const wait = context.wait("pause", { seconds: 5 });
    const before = await context.step("meanwhile", async () => "worked");
    await wait;
    return before;
  },
  "a wait that nobody awaits": {
    program: () => async (_event, context) => {
      void context.wait("pause", { seconds: 5 });
      return context.step("only", async () => 1);
    },
    differs: "time is not skipped",
  },
  "a wait beside a step that takes longer": () => async (_event, context) => {
    const wait = context.wait("pause", { seconds: 1 });
    const [value] = await Promise.all([
      context.step("slow", async () => {
        await sleep(1500);
        return "slow";
      }),
      wait,
    ]);
    return value;
  },
  "a step after a wait after a step": () => async (_event, context) => {
    const one = await context.step("one", async () => 1);
    await context.wait({ seconds: 1 });
    const two = await context.step("two", async () => one + 1);
    await context.wait({ hours: 1 });
    return context.step("three", async () => two + 1);
  },
  "a wait of an unknown unit": {
    program: () => async (_event, context) => outcome(context.wait("weeks", { weeks: 1 } as never)),
    differs: "seconds are checked",
  },
  "a wait of a fraction of a second": {
    program: () => async (_event, context) => outcome(context.wait("fraction", { seconds: 1.5 })),
    differs: "seconds are checked",
  },
  "a wait of no time": {
    program: () => async (_event, context) => outcome(context.wait("none", { seconds: 0 })),
    differs: "seconds are checked",
  },
  "a wait of less than no time": {
    program: () => async (_event, context) => outcome(context.wait("negative", { seconds: -5 })),
    differs: "seconds are checked",
  },
};

export const conditions: Corpus = {
  "a condition that holds at once": () => async (_event, context) =>
    context.waitForCondition("now", async (state: number) => state + 1, {
      initialState: 0,
      waitStrategy: () => ({ shouldContinue: false }),
    }),
  "a condition that holds the third time": () => async (_event, context) =>
    context.waitForCondition("third", async (state: number) => state + 1, {
      initialState: 0,
      waitStrategy: (state) =>
        state < 3 ? { shouldContinue: true, delay: { seconds: 30 } } : { shouldContinue: false },
    }),
  "a condition without a name": () => async (_event, context) =>
    context.waitForCondition(async (state: number) => state + 1, {
      initialState: 1,
      waitStrategy: () => ({ shouldContinue: false }),
    }),
  "a condition named undefined": () => async (_event, context) =>
    context.waitForCondition(undefined, async (state: number) => state + 1, {
      initialState: 1,
      waitStrategy: () => ({ shouldContinue: false }),
    }),
  "what the check and the strategy are told": () => async (_event, context) => {
    const strategy: unknown[] = [];
    const final = await context.waitForCondition(
      "told",
      async (state: { seen: number[]; at?: unknown }, { attempt }) => ({
        seen: [...state.seen, attempt],
        at: new Date(attempt),
      }),
      {
        initialState: { seen: [] },
        waitStrategy: (state, attempt) => {
          strategy.push([typeof state.at, attempt]);
          return attempt < 3 ? { shouldContinue: true, delay: { seconds: 1 } } : { shouldContinue: false };
        },
      },
    );
    return { final, last: strategy.at(-1) };
  },
  "a strategy made by createWaitStrategy": (sdk) => async (_event, context) =>
    context.waitForCondition("made", async (state: number) => state + 1, {
      initialState: 0,
      waitStrategy: sdk.createWaitStrategy({
        shouldContinuePolling: (state: number) => state < 4,
        initialDelay: { seconds: 2 },
        backoffRate: 2,
        maxDelay: { seconds: 5 },
        jitter: sdk.JitterStrategy.NONE,
      }),
    }),
  "a made strategy with its defaults": (sdk) => async (_event, context) =>
    context.waitForCondition("made", async (state: number) => state + 1, {
      initialState: 0,
      waitStrategy: sdk.createWaitStrategy({ shouldContinuePolling: (state: number) => state < 4 }),
    }),
  "a made strategy that gives up": (sdk) => async (_event, context) =>
    outcome(
      context.waitForCondition("never", async (state: number) => state + 1, {
        initialState: 0,
        waitStrategy: sdk.createWaitStrategy({ shouldContinuePolling: () => true, maxAttempts: 3 }),
      }),
    ),
  "a check that throws": () => async (_event, context) =>
    outcome(
      context.waitForCondition(
        "throws",
        async () => {
          throw new RangeError("check failed");
        },
        { initialState: 0, waitStrategy: () => ({ shouldContinue: false }) },
      ),
    ),
  "a check that throws what is no error": () => async (_event, context) =>
    outcome(
      context.waitForCondition(
        "throws",
        async () => {
          // oxlint-disable-next-line typescript/only-throw-error -- what users may do
          throw new Error("text");
        },
        { initialState: 0, waitStrategy: () => ({ shouldContinue: false }) },
      ),
    ),
  "a check that throws the second time": () => async (_event, context) =>
    outcome(
      context.waitForCondition(
        "throws",
        async (state: number, { attempt }) => {
          if (attempt === 2) throw new Error("second");
          return state + 1;
        },
        { initialState: 0, waitStrategy: () => ({ shouldContinue: true, delay: { seconds: 1 } }) },
      ),
    ),
  "a strategy that throws": () => async (_event, context) =>
    outcome(
      context.waitForCondition("broken", async (state: number) => state, {
        initialState: 0,
        waitStrategy: () => {
          throw new TypeError("strategy is broken");
        },
      }),
    ),
  "a synchronous check": () => async (_event, context) =>
    context.waitForCondition("sync", ((state: number) => state + 1) as never, {
      initialState: 1,
      waitStrategy: () => ({ shouldContinue: false }),
    }),
  "initial states that are falsy": () => async (_event, context) => {
    const got: unknown[] = [];
    for (const initialState of [null, 0, false, ""]) {
      got.push(
        await context.waitForCondition(async (state: unknown) => [state], {
          initialState: initialState,
          waitStrategy: () => ({ shouldContinue: false }),
        }),
      );
    }
    return got;
  },
  "a state that becomes undefined": () => async (_event, context) =>
    context.waitForCondition(
      "vanishes",
      async (state: unknown, { attempt }) => (attempt === 1 ? undefined : `was ${String(state)}`),
      {
        initialState: "the initial one",
        waitStrategy: (state) =>
          state === undefined ? { shouldContinue: true, delay: { seconds: 1 } } : { shouldContinue: false },
      },
    ),
  "a state that ends as undefined": () => async (_event, context) => {
    const state = await context.waitForCondition("ends", async (): Promise<unknown> => undefined, {
      initialState: 1,
      waitStrategy: () => ({ shouldContinue: false }),
    });
    return { isUndefined: state === undefined };
  },
  "no configuration": () => async (_event, context) => {
    const attempt = (config: unknown) => {
      try {
        void context.waitForCondition("bad", async (state: number) => state, config as never);
        return "accepted";
      } catch (error) {
        return (error as Error).message;
      }
    };
    return [
      attempt(undefined),
      attempt({}),
      attempt({ initialState: 1 }),
      attempt({ waitStrategy: () => ({ shouldContinue: false }) }),
      attempt({ delay: { seconds: 30 } }),
      await context.step("id is the first one", async () => 1),
    ];
  },
  "a condition with a serdes": () => async (_event, context) =>
    context.waitForCondition("serdes", async (state: { n: number }) => ({ n: state.n + 1 }), {
      initialState: { n: 0 },
      waitStrategy: (state) =>
        state.n < 2 ? { shouldContinue: true, delay: { seconds: 1 } } : { shouldContinue: false },
      serdes: {
        serialize: async (value) => (value === undefined ? undefined : `n=${value.n}`),
        deserialize: async (text) => (text === undefined ? undefined : { n: Number(text.slice(2)) }),
      },
    }),
  "a condition beside a step": () => async (_event, context) => {
    const condition = context.waitForCondition("poll", async (state: number) => state + 1, {
      initialState: 0,
      waitStrategy: (state) =>
        state < 3 ? { shouldContinue: true, delay: { seconds: 1 } } : { shouldContinue: false },
    });
    const step = context.step("meanwhile", async () => "worked");
    return [await step, await condition];
  },
  "a condition that goes on with a long delay": () => async (_event, context) =>
    context.waitForCondition("slow", async (state: number) => state + 1, {
      initialState: 0,
      waitStrategy: (state) => (state < 2 ? { shouldContinue: true, delay: { hours: 5 } } : { shouldContinue: false }),
    }),
};
