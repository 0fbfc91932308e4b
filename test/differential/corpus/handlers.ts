import type { CaseOptions, Corpus, Program } from "../case.ts";
import { outcome } from "./describe.ts";

function returning(value: unknown): Program {
  return () => async () => value;
}

function throwing(thrown: () => unknown): Program {
  return () => async () => {
    throw thrown();
  };
}

function given(input: unknown): CaseOptions {
  return { program: () => async (event) => ({ type: typeof event, event }), input };
}

/** What a handler is given, and what becomes of what it returns or throws. */
export const handlers: Corpus = {
  "an object": returning({ a: 1 }),
  nothing: returning(undefined),
  null: returning(null),
  "a number": returning(42),
  "a text": returning("text"),
  "a date": returning(new Date(0)),
  "undefined members": returning({ a: undefined, b: [undefined] }),
  "a BigInt": returning(1n),
  "a cycle": () => async () => {
    const cycle: Record<string, unknown> = {};
    cycle.self = cycle;
    return cycle;
  },
  "a function": returning(() => 1),
  "a synchronous handler": { program: () => (() => "sync") as never, differs: "synchronous handlers" },
  "a synchronous handler that throws": () => () => {
    throw new RangeError("at once");
  },
  "1 MB": returning("x".repeat(1024 * 1024)),
  "more than an output takes": () => async () => "x".repeat(6 * 1024 * 1024 - 51),
  "more than a payload takes": () => async () => "x".repeat(6 * 1024 * 1024 - 1),

  "an error": throwing(() => new Error("failed")),
  "an error of another type": throwing(() => new TypeError("wrong type")),
  "an error without a message": throwing(() => new Error()),
  "an error with a cause": throwing(() => new Error("outer", { cause: new Error("inner") })),
  "a thrown text": throwing(() => "text"),
  "a thrown nothing": throwing(() => undefined),
  "a thrown object": throwing(() => ({ code: 1 })),
  "a thrown object that looks like an error": throwing(() => ({ name: "Looks", message: "like one" })),
  "a durable error": (sdk) => async () => {
    throw new sdk.StepError("by hand", new Error("cause"), "data");
  },
  "a durable error around another with data": (sdk) => async () => {
    throw new sdk.ChildContextError("outer", new sdk.InvokeError("inner", undefined, "inner data"));
  },
  "a batch completion error": (sdk) => async () => {
    throw new sdk.BatchCompletionError("CUSTOM_COMPLETION_FAILED");
  },
  "an error after operations": () => async (_event, context) => {
    await context.step("a", async () => 1);
    await context.wait("pause", { seconds: 1 });
    throw new RangeError("afterwards");
  },

  "a number as event": given(5),
  "a text as event": given("text"),
  "an array as event": given([1, 2]),
  "null as event": given(null),
  "a nested event": given({ a: { b: [{ c: null }] } }),
  "no event": { program: () => async (event) => ({ type: typeof event, event }) },
  "false as event": given(false),

  "what a context has": () => async (_event, context) => ({
    tag: Object.prototype.toString.call(context),
    brand: (context as unknown as Record<symbol, unknown>)[Symbol.for("@aws/durable-execution-sdk-js/durable-context")],
    arn: typeof context.executionContext.durableExecutionArn,
    lambda: typeof context.lambdaContext.awsRequestId,
    remaining: typeof context.lambdaContext.getRemainingTimeInMillis(),
    logger: Object.keys(context.logger).toSorted(),
    promise: Object.keys(context.promise).toSorted(),
    methods: [
      "step",
      "wait",
      "waitForCondition",
      "createCallback",
      "waitForCallback",
      "invoke",
      "runInChildContext",
      "map",
      "parallel",
      "configureLogger",
      "configureSerdes",
    ].map((name) => typeof (context as unknown as Record<string, unknown>)[name]),
  }),
  "methods that are taken off their context": () => async (_event, context) => {
    const { step } = context;
    try {
      return await step("a", async () => 1);
    } catch (error) {
      return (error as Error).name;
    }
  },
  "JSON of a context does not throw": () => async (_event, context) => typeof JSON.stringify(context),
};

export const misuse: Corpus = {
  "the parent in a child context": () => async (_event, context) =>
    outcome(context.runInChildContext("child", async () => context.step("wrong", async () => 1))),
  "a sibling in a child context": () => async (_event, context) => {
    let sibling: typeof context | undefined;
    await context.runInChildContext("one", async (child) => {
      sibling = child;
    });
    return outcome(context.runInChildContext("two", async () => sibling?.step("wrong", async () => 1)));
  },
  "a context in a step": () => async (_event, context) =>
    outcome(context.step("outer", async () => context.step("inner", async () => 1))),
  "a wait in a step": () => async (_event, context) =>
    outcome(context.step("outer", async () => context.wait("inner", { seconds: 1 }))),
  "an invoke in a step": () => async (_event, context) =>
    outcome(context.step("outer", async () => context.invoke("inner", "fn", {}))),
  "a callback in a step": () => async (_event, context) =>
    outcome(context.step("outer", async () => context.createCallback("inner"))),
  "a child context in a step": () => async (_event, context) =>
    outcome(context.step("outer", async () => context.runInChildContext("inner", async () => 1))),
  "a map in a step": () => async (_event, context) =>
    outcome(context.step("outer", async () => context.map("inner", [1], async () => 1))),
  "a condition in a step": () => async (_event, context) =>
    outcome(
      context.step("outer", async () =>
        context.waitForCondition("inner", async () => 1, {
          initialState: 0,
          waitStrategy: () => ({ shouldContinue: false }),
        }),
      ),
    ),
  "a context in a check": () => async (_event, context) =>
    outcome(
      context.waitForCondition("outer", async () => context.step("inner", async () => 1), {
        initialState: 0,
        waitStrategy: () => ({ shouldContinue: false }),
      }),
    ),
  "a context in a submitter": () => async (_event, context) =>
    outcome(
      context.waitForCallback("outer", async () => {
        await context.step("inner", async () => 1);
      }),
    ),
  "the outer context in a map": () => async (_event, context) =>
    outcome(context.map("map", [1], async (_inner, item) => context.step("wrong", async () => item))),
  "the outer context in a branch with a parameter": () => async (_event, context) =>
    outcome(context.parallel("parallel", [async (_branch) => context.step("wrong", async () => 1)])),
  "the outer combinator in a child context": () => async (_event, context) =>
    outcome(context.runInChildContext("child", async () => context.promise.all("wrong", []))),
  "a grandparent in a grandchild": () => async (_event, context) =>
    outcome(
      context.runInChildContext("one", async (one) =>
        one.runInChildContext("two", async () => one.step("wrong", async () => 1)),
      ),
    ),
  "a combinator of combinators": () => async (_event, context) =>
    outcome(context.promise.all("outer", [context.promise.all("inner", [])])),
};

function mapValues(change: (definition: Corpus[string]) => CaseOptions, corpus: Corpus): Corpus {
  return Object.fromEntries(Object.entries(corpus).map(([name, definition]) => [name, change(definition)]));
}

/** Code that is not the same when it runs again. The program is made anew for every run, so it can count. */
function changing(first: Program, second: Program): Program {
  return (sdk) => {
    let runs = 0;
    const [before, after] = [first(sdk), second(sdk)];
    return async (event, context) => {
      const isFirst = ++runs === 1;
      const value = await (isFirst ? before : after)(event, context);
      return value;
    };
  };
}

const thenWait =
  (call: Program): Program =>
  (sdk) =>
  async (event, context) => {
    const value = await call(sdk)(event, context);
    await context.wait("pause", { seconds: 1 });
    return value;
  };

const step: Program = () => async (_event, context) => context.step("a", async () => 1);

/** Programs whose second run does something else. A parked execution has no second run. */
export const changes: Corpus = mapValues(
  (definition): CaseOptions => ({
    ...(typeof definition === "function" ? { program: definition } : definition),
    places: ["native", "alias", "aws-hosted", "replayed"],
  }),
  {
    "another name": {
      program: changing(
        thenWait(step),
        thenWait(() => async (_event, context) => context.step("b", async () => 1)),
      ),
      differs: "a breach can be repaired",
    },
    "no name any more": {
      program: changing(
        thenWait(step),
        thenWait(() => async (_event, context) => context.step(async () => 1)),
      ),
      differs: "a breach can be repaired",
    },
    "another type": {
      program: changing(
        thenWait(step),
        thenWait(() => async (_event, context) => context.wait("a", { seconds: 1 })),
      ),
      differs: "a breach can be repaired",
    },
    "another sub type": {
      program: changing(
        thenWait(() => async (_event, context) => context.runInChildContext("a", async () => 1)),
        thenWait(() => async (_event, context) => context.runInChildContext("a", async () => 1, { subType: "Other" })),
      ),
      differs: "a breach can be repaired",
    },
    "a callback for a step": {
      program: changing(
        thenWait(step),
        thenWait(() => async (_event, context) => {
          await context.createCallback("a");
          return 1;
        }),
      ),
      differs: "a breach can be repaired",
    },
    "an invoke for a step": {
      program: changing(
        thenWait(step),
        thenWait(() => async (_event, context) => context.invoke("a", "fn", {})),
      ),
      differs: "a breach can be repaired",
    },
    "a map for a step": {
      program: changing(
        thenWait(step),
        thenWait(() => async (_event, context) => {
          await context.map("a", [1], async () => 1);
          return 1;
        }),
      ),
      differs: "a breach can be repaired",
    },
    "a map for a parallel": {
      program: changing(
        thenWait(() => async (_event, context) => {
          await context.parallel("a", [async () => 1]);
          return 1;
        }),
        thenWait(() => async (_event, context) => {
          await context.map("a", [1], async () => 1);
          return 1;
        }),
      ),
      differs: "a breach can be repaired",
    },
    "another name inside a child context": {
      program: changing(
        () => async (_event, context) =>
          context.runInChildContext("child", async (child) => {
            await child.step("a", async () => 1);
            await child.wait("pause", { seconds: 1 });
          }),
        () => async (_event, context) =>
          context.runInChildContext("child", async (child) => {
            await child.step("b", async () => 1);
            await child.wait("pause", { seconds: 1 });
          }),
      ),
      differs: "a breach can be repaired",
    },
    "an operation less at the end": changing(thenWait(step), step),
    "an operation more at the end": changing(thenWait(step), (sdk) => async (event, context) => {
      await thenWait(step)(sdk)(event, context);
      return context.step("more", async () => 2);
    }),
    "another function under the same name": changing(
      thenWait(step),
      thenWait(() => async (_event, context) => context.step("a", async () => 2)),
    ),
  },
);

export const configurations: Corpus = {
  "a default serdes": () => async (_event, context) => {
    context.configureSerdes({
      defaultSerdes: {
        serialize: async (value: unknown) => (value === undefined ? undefined : `v:${JSON.stringify(value)}`),
        deserialize: async (text: string | undefined) => (text === undefined ? undefined : JSON.parse(text.slice(2))),
      },
    });
    const values = [
      await context.step("step", async () => ({ at: 1 })),
      await context.runInChildContext("child", async (child) => child.step("inside", async () => "in")),
      await context.waitForCondition("condition", async (state: number) => state + 1, {
        initialState: 1,
        waitStrategy: () => ({ shouldContinue: false }),
      }),
      (await context.map("map", [1], async (inner, item) => inner.step("item", async () => item))).getResults(),
      await context.step("own serdes", async () => 1, {
        serdes: { serialize: async (value) => `own ${value}`, deserialize: async () => 2 },
      }),
    ];
    await context.wait("pause", { seconds: 1 });
    return values;
  },
  "a default serdes in a child context only": () => async (_event, context) => {
    const inside = await context.runInChildContext("child", async (child) => {
      child.configureSerdes({
        defaultSerdes: {
          serialize: async (value: unknown) => `c:${JSON.stringify(value)}`,
          deserialize: async (text: string | undefined) => JSON.parse(text?.slice(2) ?? "null"),
        },
      });
      return child.step("inside", async () => 1);
    });
    return [inside, await context.step("outside", async () => 2)];
  },
  "what a serdes is told": () => async (_event, context) => {
    const told: unknown[] = [];
    const serdes = {
      serialize: async (
        value: unknown,
        { entityId, durableExecutionArn }: { entityId: string; durableExecutionArn: string },
      ) => {
        told.push(["serialize", entityId, typeof durableExecutionArn]);
        return JSON.stringify(value);
      },
      deserialize: async (text: string | undefined, { entityId }: { entityId: string }) => {
        told.push(["deserialize", entityId]);
        return JSON.parse(text ?? "null");
      },
    };
    await context.step("step", async () => 1, { serdes });
    await context.runInChildContext("child", async (child) => child.step("inside", async () => 1, { serdes }));
    return told;
  },
  "a serdes that throws when it reads": () => async (_event, context) =>
    outcome(
      context.step("step", async () => 1, {
        serdes: {
          serialize: async () => "1",
          deserialize: async () => {
            throw new TypeError("unreadable");
          },
        },
      }),
    ),
  "a serdes that throws when it writes": () => async (_event, context) =>
    outcome(
      context.step(async () => 1, {
        serdes: {
          serialize: async () => {
            throw new TypeError("unwritable");
          },
          deserialize: async () => 1,
        },
      }),
    ),
  "a serdes that throws no error": () => async (_event, context) =>
    outcome(
      context.step("step", async () => 1, {
        serdes: {
          serialize: async () => {
            // oxlint-disable-next-line typescript/only-throw-error -- what users may do
            throw new Error("text");
          },
          deserialize: async () => 1,
        },
      }),
    ),
  "a serdes of a child context that throws": () => async (_event, context) =>
    outcome(
      context.runInChildContext("child", async () => 1, {
        serdes: {
          serialize: async () => {
            throw new TypeError("unwritable");
          },
          deserialize: async () => 1,
        },
      }),
    ),
  "a serdes of a condition that throws": () => async (_event, context) =>
    outcome(
      context.waitForCondition("condition", async () => 1, {
        initialState: 0,
        waitStrategy: () => ({ shouldContinue: false }),
        serdes: {
          serialize: async () => "1",
          deserialize: async () => {
            throw new TypeError("unreadable");
          },
        },
      }),
    ),
  "the serdes for classes": (sdk) => {
    class Point {
      x = 1;
      at: Date | undefined = undefined;
      get double(): number {
        return this.x * 2;
      }
    }
    return async (_event, context) => {
      const point = Object.assign(new Point(), { x: 21, at: new Date(0) });
      const plain = await context.step("plain", async () => point, { serdes: sdk.createClassSerdes(Point) });
      const dated = await context.step("dated", async () => point, {
        serdes: sdk.createClassSerdesWithDates(Point, ["at"]),
      });
      return [plain instanceof Point, plain.double, typeof plain.at, dated instanceof Point, dated.at instanceof Date];
    };
  },
  "the default serdes, named": (sdk) => async (_event, context) => [
    await context.step("a", async () => ({ at: new Date(0) }) as unknown, { serdes: sdk.defaultSerdes }),
    (await context.step("b", async () => undefined as unknown, { serdes: sdk.defaultSerdes })) === undefined,
  ],
};

/** The lines that a logger of one's own was given, in all invocations of a run. */
function logging(
  use: (context: Parameters<ReturnType<Program>>[1], lines: string[]) => Promise<unknown>,
  settings: object = {},
): Program {
  return () => {
    const lines: string[] = [];
    const log =
      (level: string) =>
      (...args: unknown[]) =>
        void lines.push([level, ...args.map(String)].join(" "));
    const customLogger = { info: log("info"), warn: log("warn"), error: log("error"), debug: log("debug") };
    return async (_event, context) => {
      context.configureLogger({ customLogger, ...settings });
      await use(context, lines);
      return lines;
    };
  };
}

export const logs: Corpus = {
  "lines are written once": logging(async (context) => {
    context.logger.info("start");
    await context.step("a", async ({ logger }) => logger.warn("in the step"));
    context.logger.debug("after the step");
    await context.wait("pause", { seconds: 1 });
    context.logger.error("after the wait", 1, { a: 1 });
    await context.step("b", async () => 1);
    context.logger.info("end");
  }),
  "lines of attempts": logging(async (context) => {
    await context.step(
      "a",
      async ({ logger, attempt }) => {
        logger.info(`attempt ${attempt}`);
        if (attempt < 3) throw new Error("again");
      },
      { retryStrategy: () => ({ shouldRetry: true, delay: { seconds: 1 } }) },
    );
    context.logger.info("end");
  }),
  "lines of checks and submitters": {
    program: logging(async (context) => {
      await context.waitForCondition(
        "condition",
        async (state: number, { logger }) => {
          logger.info(`check ${state}`);
          return state + 1;
        },
        {
          initialState: 0,
          waitStrategy: (state) =>
            state < 2 ? { shouldContinue: true, delay: { seconds: 1 } } : { shouldContinue: false },
        },
      );
      await context.waitForCallback("approval", async (_id, { logger }) => logger.info("submitting"));
      context.logger.info("end");
    }),
    outside: [{ to: "approval", when: "SUBMITTED", event: { succeed: "yes" } }],
  },
  "lines of a finished child context": logging(async (context) => {
    await context.runInChildContext("child", async (child) => {
      child.logger.info("in the child");
      await child.step("inside", async () => 1);
      child.logger.info("still in the child");
    });
    await context.wait("pause", { seconds: 1 });
    context.logger.info("end");
  }),
  "lines of a child context that waits": {
    program: logging(async (context) => {
      await context.runInChildContext("child", async (child) => {
        child.logger.info("in the child");
        await child.wait("pause", { seconds: 1 });
        child.logger.info("after the wait");
      });
      context.logger.info("end");
    }),
    differs: "a child's lines are written once",
  },
  "what loggers are asked for": () => async (_event, context) => {
    const data: unknown[] = [];
    let ask: (() => object) | undefined;
    const note = () =>
      void data.push(
        Object.keys(JSON.parse(JSON.stringify(ask?.())) as object)
          .toSorted()
          .join(),
      );
    context.configureLogger({
      customLogger: {
        info: note,
        warn: note,
        error: note,
        debug: note,
        configureDurableLoggingContext: ({ getDurableLogData }: { getDurableLogData: () => object }) => {
          ask = getDurableLogData;
        },
      },
    });
    context.logger.info("root");
    await context.step("named", async ({ logger }) => logger.info("step"));
    await context.step(async ({ logger }) => logger.info("unnamed step"));
    await context.runInChildContext("child", async (child) => {
      child.logger.info("child");
      await child.step("inside", async ({ logger }) => logger.info("inside"));
    });
    return data;
  },
  "a logger without some methods": () => async (_event, context) => {
    const lines: string[] = [];
    context.configureLogger({ customLogger: { info: (line: string) => lines.push(line) } as never });
    context.logger.info("first");
    try {
      context.logger.warn("second");
    } catch (error) {
      lines.push(String(error));
    }
    return lines;
  },
};
