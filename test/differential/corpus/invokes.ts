import type { CaseOptions, Corpus, Program, Sdk, Target } from "../case.ts";
import { outcome } from "./describe.ts";

/** Functions for others to invoke. */
const functions = (sdk: Sdk): Readonly<Record<string, Target>> => ({
  echo: { durable: async (event) => ({ got: event }) },
  "echo-plain": { plain: async (event) => ({ got: event }) },
  working: {
    durable: async (event, context) => {
      const doubled = await context.step("double", async () => (event as { n: number }).n * 2);
      await context.wait("pause", { seconds: 5 });
      return context.step("add", async () => doubled + 1);
    },
  },
  nested: { durable: async (event, context) => context.invoke("inner", "working", event) },
  never: { plain: () => new Promise(() => undefined) },
  nothing: { durable: async () => undefined },
  falsy: { durable: async () => 0 },
  failing: {
    durable: async () => {
      throw new RangeError("callee failed");
    },
  },
  "failing-step": {
    durable: async (_event, context) =>
      context.step(
        "bad",
        async () => {
          throw new sdk.StepError("callee failed", undefined, "callee data");
        },
        { retryStrategy: () => ({ shouldRetry: false }) },
      ),
  },
  "failing-plain": {
    plain: async () => {
      throw new TypeError("plain callee failed");
    },
  },
});

function invoking(program: Program, differs?: CaseOptions["differs"]): CaseOptions {
  return { program, functions, ...(differs === undefined ? {} : { differs }) };
}

export const invokes: Corpus = {
  "a durable function": invoking(() => async (_event, context) => context.invoke("call", "working", { n: 20 })),
  "a plain function": invoking(() => async (_event, context) => context.invoke("call", "echo-plain", { n: 1 })),
  "without a name": invoking(() => async (_event, context) => context.invoke("working", { n: 1 })),
  "without an input": invoking(() => async (_event, context) => context.invoke("call", "echo")),
  "with a falsy input": invoking(() => async (_event, context) => context.invoke("call", "echo", 0)),
  "with null": invoking(() => async (_event, context) => context.invoke("call", "echo", null)),
  "with a date": invoking(() => async (_event, context) => context.invoke("call", "echo", { at: new Date(0) })),
  "a text as input of an unnamed call is taken for a name": invoking(
    () => async (_event, context) => outcome(context.invoke("echo", "text")),
    "unknown functions fail the invoke",
  ),
  "a nested durable function": invoking(
    () => async (_event, context) => context.invoke("call", "nested", { n: 3 }),
    "invoked functions invoke",
  ),
  "a function that fails": invoking(() => async (_event, context) => outcome(context.invoke("call", "failing", {}))),
  "a function that fails, unhandled": invoking(() => async (_event, context) => context.invoke("call", "failing", {})),
  "a function whose step fails with data": invoking(
    () => async (_event, context) => outcome(context.invoke("call", "failing-step", {})),
  ),
  "a plain function that fails": invoking(
    () => async (_event, context) => outcome(context.invoke("call", "failing-plain", {})),
  ),
  "several at the same time": invoking(
    () => async (_event, context) =>
      Promise.all([
        context.invoke("one", "working", { n: 1 }),
        context.invoke("two", "echo-plain", { n: 2 }),
        context.step("three", async () => 3),
      ]),
  ),
  "one that nobody awaits": invoking(() => async (_event, context) => {
    void context.invoke("call", "never", { n: 1 });
    return context.step("only", async () => 1);
  }),
  "one that nobody awaits, at the very end": invoking(() => async (_event, context) => {
    void context.invoke("call", "never", { n: 1 });
    return "done";
  }),
  "with serdes": invoking(
    () => async (_event, context) =>
      context.invoke(
        "call",
        "echo",
        { n: 1 },
        {
          payloadSerdes: {
            serialize: async (value) => JSON.stringify({ wrapped: value }),
            deserialize: async () => undefined,
          },
          resultSerdes: {
            serialize: async () => undefined,
            deserialize: async (text) => ({ read: text }),
          },
        },
      ),
  ),
  "with a payload serdes that throws": invoking(
    () => async (_event, context) =>
      outcome(
        context.invoke(
          "call",
          "echo",
          { n: 1 },
          {
            payloadSerdes: {
              serialize: async () => {
                throw new TypeError("unwritable");
              },
              deserialize: async () => undefined,
            },
          },
        ),
      ),
  ),
  "with a result serdes that throws": invoking(
    () => async (_event, context) =>
      outcome(
        context.invoke(
          "call",
          "echo",
          { n: 1 },
          {
            resultSerdes: {
              serialize: async () => undefined,
              deserialize: async () => {
                throw new TypeError("unreadable");
              },
            },
          },
        ),
      ),
  ),
  "for a tenant": invoking(
    () => async (_event, context) => context.invoke("call", "echo", { n: 1 }, { tenantId: "tenant-1" }),
  ),
  "in a child context": invoking(
    () => async (_event, context) =>
      context.runInChildContext("child", async (child) => child.invoke("call", "working", { n: 5 })),
  ),
  "in a map": invoking(() => async (_event, context) => {
    const batch = await context.map("all", [1, 2, 3], async (inner, n) =>
      inner.invoke(`call-${n}`, "echo-plain", { n }),
    );
    return batch.getResults();
  }),
  "a function that returns nothing": invoking(
    () => async (_event, context) => outcome(context.invoke("call", "nothing", {})),
    "nothing is a result",
  ),
  "a function that returns zero": invoking(() => async (_event, context) => context.invoke("call", "falsy", {})),
  "a function that is not there": invoking(
    () => async (_event, context) => outcome(context.invoke("call", "missing", {})),
    "unknown functions fail the invoke",
  ),
};
