import type { Corpus } from "../case.ts";
import { outcome } from "./describe.ts";

export const steps: Corpus = {
  "a step returns its value": () => async (_event, context) => context.step("a", async () => ({ n: 1, s: "x" })),

  "a step without a name": () => async (_event, context) => context.step(async () => 1),

  "a wait": () => async (_event, context) => {
    await context.wait("w", { seconds: 10 });
    return context.step("after", async () => 1);
  },

  "a step that fails for good": () => async (_event, context) =>
    outcome(
      context.step(
        "a",
        async () => {
          throw new RangeError("out of range");
        },
        { retryStrategy: () => ({ shouldRetry: false }) },
      ),
    ),

  "a callback completed from outside": {
    program: () => async (_event, context) => {
      const [promise, id] = await context.createCallback("approval");
      await context.step("tell", async () => typeof id);
      return promise;
    },
    outside: [{ to: "approval", event: { succeed: "yes" } }],
  },

  "an invoked durable function": {
    program: () => async (_event, context) => context.invoke("call", "double", { n: 2 }),
    functions: () => ({
      double: { durable: async (event, context) => context.step("x", async () => (event as { n: number }).n * 2) },
    }),
  },
};
