import type { Corpus } from "../case.ts";
import { describeError, outcome } from "./describe.ts";
import { sleep } from "./steps.ts";

const noRetry = { retryStrategy: () => ({ shouldRetry: false }) } as const;
const LARGE = 300 * 1024;

/** Counts how often it is called, for as long as a run lasts. */
function counting(): { (): number; readonly count: number } {
  let count = 0;
  return Object.defineProperty(() => ++count, "count", { get: () => count }) as never;
}

export const contexts: Corpus = {
  "a child context": () => async (_event, context) =>
    context.runInChildContext("child", async (child) => {
      const one = await child.step("one", async () => 1);
      await child.wait("pause", { seconds: 1 });
      return one + (await child.step("two", async () => 2));
    }),
  "a child context without a name": () => async (_event, context) =>
    context.runInChildContext(async (child) => child.step("in it", async () => 1)),
  "a child context with a configuration of null": () => async (_event, context) =>
    context.runInChildContext("child", async (child) => child.step("inside", async () => 1), null as never),
  "a child context that throws what cannot be read": () => async (_event, context) =>
    outcome(
      context.runInChildContext("child", async () => {
        throw Object.defineProperty(new Error(), "message", {
          get() {
            throw new RangeError("unreadable");
          },
        });
      }),
    ),
  "a child context named undefined": () => async (_event, context) =>
    context.runInChildContext(undefined, async (child) => child.step("in it", async () => 1)),
  "a child context without operations": () => async (_event, context) => {
    const values = [
      await context.runInChildContext("text", async () => "text"),
      await context.runInChildContext("nothing", async () => undefined),
      await context.runInChildContext("null", async () => null),
      await context.runInChildContext("date", async () => new Date(0)),
    ];
    return values.map((value) => [typeof value, value]);
  },
  "a child context whose function is synchronous": () => async (_event, context) =>
    context.runInChildContext("sync", (() => 1) as never),
  "a child context whose function throws synchronously": () => async (_event, context) =>
    outcome(
      context.runInChildContext("sync", (() => {
        throw new RangeError("at once");
      }) as never),
    ),
  "child contexts in child contexts": () => async (_event, context) =>
    context.runInChildContext("one", async (one) =>
      one.runInChildContext("two", async (two) =>
        two.runInChildContext("three", async (three) => {
          await three.wait("deep", { seconds: 1 });
          return three.step("deepest", async () => "bottom");
        }),
      ),
    ),
  "child contexts at the same time": () => async (_event, context) =>
    Promise.all(
      [1, 2, 3].map((n) =>
        context.runInChildContext(`child-${n}`, async (child) => {
          await child.wait("pause", { seconds: n });
          return child.step("work", async () => n * n);
        }),
      ),
    ),
  "operations that a child context leaves behind": () => {
    const ran: string[] = [];
    const note = (what: string) => async () => void ran.push(what);
    return async (_event, context) => {
      await context.runInChildContext("child", async (child) => {
        void child.step("step", note("step"));
        void child.step("once", note("once"), { semantics: "AT_MOST_ONCE_PER_RETRY" as never });
        void child.runInChildContext("inner", note("inner"));
        return "done";
      });
      await context.step("meanwhile", async () => sleep(30));
      return ran;
    };
  },
  "a child context that nobody awaits": () => async (_event, context) => {
    void context.runInChildContext("not awaited", async (child) => child.step("in it", async () => 1));
    await context.step("awaited", async () => sleep(60));
    return "done";
  },
  "a finished child context is not run again": () => {
    const calls = counting();
    return async (_event, context) => {
      const value = await context.runInChildContext("once", async (child) => {
        calls();
        return child.step("in it", async () => 1);
      });
      await context.wait("pause", { seconds: 1 });
      return { value, isOnce: calls.count === 1 };
    };
  },
  "a child context with a sub type of one's own": () => async (_event, context) =>
    context.runInChildContext("custom", async (child) => child.step("in it", async () => 1), { subType: "MySubType" }),
  "a child context with a serdes": () => async (_event, context) => {
    const seen: unknown[] = [];
    const value = await context.runInChildContext("serdes", async () => ({ n: 1 }), {
      serdes: {
        serialize: async (value, { entityId }) => {
          seen.push(entityId);
          return `n=${value?.n}`;
        },
        deserialize: async (text, { entityId }) => {
          seen.push(entityId);
          return { n: Number(text?.slice(2)) };
        },
      },
    });
    return { value, seen };
  },
  "a child context whose result cannot be written": () => async (_event, context) =>
    outcome(context.runInChildContext("bad", async () => 1n)),

  "a child context that fails": () => async (_event, context) =>
    outcome(
      context.runInChildContext("fails", async () => {
        throw new RangeError("in the child");
      }),
    ),
  "a child context that fails, unhandled": () => async (_event, context) =>
    context.runInChildContext("fails", async () => {
      throw new RangeError("in the child");
    }),
  "a child context that throws what is no error": () => async (_event, context) =>
    outcome(
      context.runInChildContext("fails", async () => {
        // oxlint-disable-next-line typescript/only-throw-error, no-throw-literal -- what users may do
        throw { code: 1 };
      }),
    ),
  "a step that fails in a child context": () => async (_event, context) =>
    outcome(
      context.runInChildContext("fails", async (child) =>
        child.step(
          "bad",
          async () => {
            throw new TypeError("in the step");
          },
          noRetry,
        ),
      ),
    ),
  "errors through three contexts": () => async (_event, context) =>
    outcome(
      context.runInChildContext("one", async (one) =>
        one.runInChildContext("two", async (two) =>
          two.runInChildContext("three", async (three) =>
            three.step(
              "bad",
              async () => {
                throw new TypeError("deep down");
              },
              noRetry,
            ),
          ),
        ),
      ),
    ),
  "data of an error through contexts": (sdk) => async (_event, context) =>
    outcome(
      context.runInChildContext("one", async (one) =>
        one.runInChildContext("two", async (two) =>
          two.step(
            "bad",
            async () => {
              throw new sdk.StepError("with data", undefined, "the data");
            },
            noRetry,
          ),
        ),
      ),
    ),
  "a failure that is seen after a wait": () => async (_event, context) => {
    const failed = await outcome(
      context.runInChildContext("fails", async () => {
        throw new RangeError("remembered");
      }),
    );
    await context.wait("pause", { seconds: 1 });
    return failed;
  },
  "a child context that recovers": () => async (_event, context) =>
    context.runInChildContext("recovers", async (child) => {
      const failed = await outcome(
        child.step(
          "bad",
          async () => {
            throw new Error("caught");
          },
          noRetry,
        ),
      );
      return child.step("good", async () => ("error" in failed ? "recovered" : "?"));
    }),
  "an error mapper": (sdk) => async (_event, context) => {
    const seen: unknown[] = [];
    const caught = await outcome(
      context.runInChildContext(
        "mapped",
        async () => {
          throw new RangeError("to be mapped");
        },
        {
          errorMapper: (error) => {
            seen.push(describeError(error));
            return new sdk.InvokeError(`mapped ${error.message}`, error, "mapped data");
          },
        },
      ),
    );
    return { caught, seen };
  },
  "an error mapper, after a replay": (sdk) => async (_event, context) => {
    const caught = await outcome(
      context.runInChildContext(
        "mapped",
        async (child) =>
          child.step(
            "bad",
            async () => {
              throw new RangeError("to be mapped");
            },
            noRetry,
          ),
        { errorMapper: (error) => new sdk.WaitForConditionError(error.message, error) },
      ),
    );
    await context.wait("pause", { seconds: 1 });
    return caught;
  },
  "an error mapper around another context": (sdk) => async (_event, context) =>
    outcome(
      context.runInChildContext("outer", async (outer) =>
        outer.runInChildContext(
          "mapped",
          async () => {
            throw new RangeError("to be mapped");
          },
          { errorMapper: (error) => new sdk.CallbackExternalError(error.message, error, "data") },
        ),
      ),
    ),

  "a virtual context": () => async (_event, context) =>
    context.runInChildContext(
      "virtual",
      async (child) => {
        const one = await child.step("one", async () => 1);
        await child.wait("pause", { seconds: 1 });
        return [one, await child.step("two", async () => 2)];
      },
      { virtualContext: true },
    ),
  "a virtual context in a context in a virtual context": () => async (_event, context) =>
    context.runInChildContext(
      "virtual",
      async (outer) =>
        outer.runInChildContext("real", async (middle) =>
          middle.runInChildContext("virtual too", async (inner) => inner.step("deep", async () => 1), {
            virtualContext: true,
          }),
        ),
      { virtualContext: true },
    ),
  "a virtual context that fails": () => async (_event, context) =>
    outcome(
      context.runInChildContext(
        "virtual",
        async (child) =>
          child.step(
            "bad",
            async () => {
              throw new TypeError("in the step");
            },
            noRetry,
          ),
        { virtualContext: true },
      ),
    ),
  "a virtual context with an error mapper": (sdk) => async (_event, context) =>
    outcome(
      context.runInChildContext(
        "virtual",
        async () => {
          throw new RangeError("to be mapped");
        },
        { virtualContext: true, errorMapper: (error) => new sdk.InvokeError(error.message, error) },
      ),
    ),
  "the value of a virtual context goes through its serdes": () => async (_event, context) => [
    await context.runInChildContext("date", async () => ({ at: new Date(0), gone: undefined }), {
      virtualContext: true,
    }),
    await context.runInChildContext("serdes", async () => 1, {
      virtualContext: true,
      serdes: { serialize: async (value) => `${value}`, deserialize: async (text) => Number(text) + 1 },
    }),
  ],
  "a virtual context without operations": () => async (_event, context) =>
    context.runInChildContext("virtual", async () => "nothing inside", { virtualContext: true }),

  "a large result": () => async (_event, context) => {
    const large = await context.runInChildContext("large", async (child) => {
      const text = await child.step("makes it", async () => "x".repeat(1000));
      return text.repeat(LARGE / 1000 + 1);
    });
    await context.wait("pause", { seconds: 1 });
    return large.length;
  },
  "a large result with a summary": () => async (_event, context) => {
    const large = await context.runInChildContext(
      "large",
      async (child) => {
        const text = await child.step("makes it", async () => "y".repeat(1000));
        return { text: text.repeat(LARGE / 1000 + 1) };
      },
      { summaryGenerator: ({ text }) => `summary of ${text.length}` },
    );
    await context.wait("pause", { seconds: 1 });
    return large.text.length;
  },
  "a large result with several operations inside": () => async (_event, context) => {
    const large = await context.runInChildContext("large", async (child) => {
      const parts = await Promise.all([
        child.step("a", async () => "a".repeat(LARGE / 2)),
        child.runInChildContext("nested", async (nested) => {
          await nested.wait("inside", { seconds: 1 });
          return nested.step("b", async () => "b".repeat(LARGE / 2));
        }),
      ]);
      return parts.join("");
    });
    await context.wait("pause", { seconds: 1 });
    return [large.length, await context.step("after", async () => large.slice(-1))];
  },
  "a summary generator on a small result": () => async (_event, context) =>
    context.runInChildContext("small", async () => "small", { summaryGenerator: () => "not used" }),
  "exactly at the limit, and one above": () => async (_event, context) => {
    const at = await context.runInChildContext("at", async () => "x".repeat(256 * 1024 - 2));
    const above = await context.runInChildContext("above", async () => "x".repeat(256 * 1024 - 1));
    const wide = await context.runInChildContext("wide", async () => "é".repeat(128 * 1024));
    await context.wait("pause", { seconds: 1 });
    return [at.length, above.length, wide.length];
  },
  "a large result that is retried by the caller": () => async (_event, context) => {
    const large = await context.runInChildContext("large", async (child) =>
      child.runInChildContext("inner", async (inner) => {
        await inner.step("s", async () => 1);
        return "z".repeat(LARGE);
      }),
    );
    await context.wait("one", { seconds: 1 });
    await context.wait("two", { seconds: 1 });
    return large.length;
  },
};

export const retries: Corpus = {
  "a block that succeeds": (sdk) => async (_event, context) =>
    sdk.withRetry(context, "block", async (inner) => inner.step("work", async () => 1), {
      retryStrategy: () => ({ shouldRetry: false }),
    }),
  "a block that succeeds the third time": (sdk) => async (_event, context) =>
    sdk.withRetry(
      context,
      "block",
      async (inner, attempt) => {
        await inner.step(`work-${attempt}`, async () => attempt);
        if (attempt < 3) throw new Error(`attempt ${attempt}`);
        return attempt;
      },
      { retryStrategy: (_error, attempt) => ({ shouldRetry: true, delay: { seconds: attempt } }) },
    ),
  "a block without a name": (sdk) => async (_event, context) =>
    sdk.withRetry(
      context,
      async (inner, attempt) => {
        await inner.step("work", async () => attempt);
        if (attempt < 2) throw new Error("again");
        return attempt;
      },
      { retryStrategy: () => ({ shouldRetry: true }) },
    ),
  "a block that fails for good": (sdk) => async (_event, context) =>
    outcome(
      sdk.withRetry(
        context,
        "block",
        async () => {
          throw new RangeError("for good");
        },
        { retryStrategy: sdk.createRetryStrategy({ maxAttempts: 2, jitter: sdk.JitterStrategy.NONE }) },
      ),
    ),
  "a block without a context of its own": (sdk) => async (_event, context) =>
    sdk.withRetry(
      context,
      "block",
      async (inner, attempt) => {
        await inner.step("work", async () => attempt);
        if (attempt < 2) throw new Error("again");
        return attempt;
      },
      { retryStrategy: () => ({ shouldRetry: true }), wrapWithRunInChildContext: false },
    ),
  "a block without a context that fails for good": (sdk) => async (_event, context) =>
    outcome(
      sdk.withRetry(
        context,
        "block",
        async () => {
          throw new RangeError("for good");
        },
        { retryStrategy: () => ({ shouldRetry: false }), wrapWithRunInChildContext: false },
      ),
    ),
  "a block with a configuration for its context": (sdk) => async (_event, context) =>
    sdk.withRetry(context, "block", async (inner) => inner.step("work", async () => 1), {
      retryStrategy: () => ({ shouldRetry: false }),
      childContextConfig: { virtualContext: true },
    } as never),
  "a block around a step that fails": (sdk) => async (_event, context) =>
    outcome(
      sdk.withRetry(
        context,
        "block",
        async (inner) =>
          inner.step(
            "bad",
            async () => {
              throw new TypeError("in the step");
            },
            noRetry,
          ),
        { retryStrategy: (_error, attempt) => ({ shouldRetry: attempt < 2, delay: { seconds: 1 } }) },
      ),
    ),
  "no configuration": (sdk) => async (_event, context) => {
    const attempt = async (call: () => Promise<unknown>) => outcome(call());
    return [
      await attempt(() => sdk.withRetry(context, "block", async () => 1, undefined as never)),
      await attempt(() => sdk.withRetry(context, async () => 1, undefined as never)),
    ];
  },
};
