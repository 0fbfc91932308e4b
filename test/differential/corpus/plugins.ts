import type { DurableInstrumentationPlugin } from "@aws/durable-execution-sdk-js";
import type { Corpus, Program } from "../case.ts";
import { outcome } from "./describe.ts";

/** A plugin that writes down which hook was called for what. */
function noting(lines: string[]): DurableInstrumentationPlugin {
  const note = (
    hook: string,
    info: { name?: string | undefined; type?: string; subType?: string | undefined },
  ): void => {
    lines.push(`${hook} ${info.subType ?? info.type ?? ""} ${info.name ?? ""}`.trim());
  };
  return {
    onInvocationStart: async (info) => note(`invocation start ${info.isFirstInvocation}`, {}),
    onInvocationEnd: async (info) => note(`invocation end ${info.status}`, {}),
    onOperationStart: async (info) => note("operation start", info),
    onOperationAttemptStart: async (info) => note(`attempt start ${info.attempt}`, info),
    onOperationAttemptEnd: async (info) => note(`attempt end ${info.attempt} ${info.outcome}`, info),
    wrapChildContextFn: async (info, run) => {
      note("child begins", info);
      try {
        return await run();
      } finally {
        note("child ends", info);
      }
    },
    wrapOperationAttemptFn: async (info, run) => {
      note("wrapped", info);
      return run();
    },
  };
}

/** What a plugin saw of the first invocation of a program, in an order that does not depend on timing. */
function seen(program: Program): {
  readonly program: Program;
  readonly config: { plugins: DurableInstrumentationPlugin[] };
} {
  const lines: string[] = [];
  return {
    program: (sdk) => {
      lines.length = 0;
      const handler = program(sdk);
      return async (event, context) => {
        const result = await handler(event, context);
        return [result, lines.toSorted()];
      };
    },
    config: { plugins: [noting(lines)] },
  };
}

export const plugins: Corpus = {
  "a step": seen(() => async (_event, context) => context.step("a", async () => 1)),
  "a step that fails": seen(
    () => async (_event, context) =>
      outcome(
        context.step(
          "a",
          async () => {
            throw new RangeError("bad");
          },
          { retryStrategy: () => ({ shouldRetry: false }) },
        ),
      ),
  ),
  "child contexts": seen(
    () => async (_event, context) =>
      context.runInChildContext("outer", async (outer) =>
        outer.runInChildContext("inner", async (inner) => inner.step("deep", async () => 1)),
      ),
  ),
  "a condition": seen(
    () => async (_event, context) =>
      context.waitForCondition("condition", async (state: number) => state + 1, {
        initialState: 0,
        waitStrategy: () => ({ shouldContinue: false }),
      }),
  ),
  "a map": seen(() => async (_event, context) => {
    const batch = await context.map("map", [1, 2], async (inner, n) => inner.step(`s${n}`, async () => n));
    return batch.getResults();
  }),
  "hooks that throw": {
    program: () => async (_event, context) => context.step("a", async () => 1),
    config: {
      plugins: [
        {
          onInvocationStart: async () => {
            throw new Error("unseen");
          },
          onOperationStart: async () => {
            throw new Error("unseen");
          },
          wrapOperationAttemptFn: () => {
            throw new Error("bypassed");
          },
          onInvocationEnd: async () => {
            throw new Error("unseen");
          },
        },
      ],
    },
  },
};
