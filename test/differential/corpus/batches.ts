import type { BatchResult, DurableContext } from "@aws/durable-execution-sdk-js";
import type { Corpus } from "../case.ts";
import { describeError, outcome } from "./describe.ts";
import { sleep } from "./steps.ts";

const noRetry = { retryStrategy: () => ({ shouldRetry: false }) } as const;

/** Everything that a batch says of itself. */
function describeBatch(batch: BatchResult<unknown>): unknown {
  const errors = batch.getErrors().map(describeError);
  let thrown: unknown;
  try {
    batch.throwIfError();
  } catch (error) {
    thrown = describeError(error);
  }
  return {
    class: batch.constructor.name,
    all: batch.all.map(({ index, status, result, error }) => [index, status, result, error && describeError(error)]),
    json: JSON.stringify(batch),
    status: batch.status,
    reason: batch.completionReason,
    counts: [batch.totalCount, batch.successCount, batch.failureCount, batch.startedCount],
    results: batch.getResults(),
    succeeded: batch.succeeded().map(({ index }) => index),
    failed: batch.failed().map(({ index }) => index),
    started: batch.started().map(({ index }) => index),
    hasFailure: batch.hasFailure,
    errors,
    thrown,
  };
}

const fails = (message: string) => async () => {
  throw new RangeError(message);
};

/** A map over 0 to n-1 in which some items fail, at once and in order. */
function mapped(count: number, failing: readonly number[], config: object): Corpus[string] {
  return () => async (_event, context) => {
    const items = Array.from({ length: count }, (_, index) => index);
    const batch = await context.map(
      "map",
      items,
      async (inner, item) => {
        if (failing.includes(item)) await inner.step("bad", fails(`item ${item}`), noRetry);
        return inner.step("good", async () => item * 10);
      },
      { maxConcurrency: 1, ...config },
    );
    await context.wait("pause", { seconds: 1 });
    return describeBatch(batch);
  };
}

export const maps: Corpus = {
  "a map": () => async (_event, context) =>
    describeBatch(
      await context.map("map", ["a", "b", "c"], async (inner, item, index, items) =>
        inner.step(`step-${index}`, async () => `${item}${index}${items.length}`),
      ),
    ),
  "a map without a name": () => async (_event, context) =>
    describeBatch(await context.map([1, 2], async (inner, item) => inner.step(async () => item))),
  "a map named undefined": () => async (_event, context) =>
    describeBatch(await context.map(undefined, [1, 2], async (inner, item) => inner.step(async () => item))),
  "an empty map": () => async (_event, context) =>
    describeBatch(await context.map("empty", [] as number[], async (inner, item) => inner.step(async () => item))),
  "a map without operations inside": () => async (_event, context) =>
    describeBatch(await context.map("pure", [1, 2, 3], async (_inner, item) => item * 2)),
  "a map with a synchronous callback": () => async (_event, context) =>
    describeBatch(await context.map("sync", [1, 2], ((_inner: unknown, item: number) => item) as never)),
  "results of all kinds": () => async (_event, context) =>
    describeBatch(
      await context.map("kinds", [undefined, null, 0, "", new Date(0), { a: undefined }], async (_inner, item) => item),
    ),
  "a map with waits inside": () => async (_event, context) =>
    describeBatch(
      await context.map("waiting", [1, 2, 3], async (inner, seconds) => {
        await inner.wait("pause", { seconds });
        return inner.step("after", async () => seconds);
      }),
    ),
  "names for items": () => async (_event, context) =>
    describeBatch(
      await context.map("named", ["x", "y"], async (inner, item) => inner.step(async () => item), {
        itemNamer: (item, index) => `item ${item} at ${index}`,
      }),
    ),
  "empty names for items": () => async (_event, context) =>
    describeBatch(await context.map("named", ["x"], async (_inner, item) => item, { itemNamer: () => "" })),
  "a namer that throws": () => async (_event, context) =>
    outcome(
      context.map("named", [1], async (_inner, item) => item, {
        itemNamer: () => {
          throw new RangeError("no name");
        },
      }),
    ),
  "names that are no text": () => async (_event, context) =>
    outcome(context.map("named", [1], async (_inner, item) => item, { itemNamer: () => 7 as never })),
  "an array with a hole": () => async (_event, context) =>
    // oxlint-disable-next-line no-sparse-arrays -- it is what is tried
    describeBatch(await context.map("holes", ["a", , "c"], async (_inner, item, index) => `${item}${index}`)),
  "a map in a map": () => async (_event, context) => {
    const batch = await context.map("outer", [1, 2], async (outer, a) => {
      const inner = await outer.map("inner", [10, 20], async (context2, b) => context2.step(async () => a * b));
      return inner.getResults();
    });
    return batch.getResults();
  },
  "one at a time": () => async (_event, context) => {
    const running: number[] = [];
    let now = 0;
    const batch = await context.map(
      "one by one",
      [1, 2, 3, 4],
      async (inner, item) =>
        inner.step("work", async () => {
          running.push(++now);
          await sleep(5);
          now--;
          return item;
        }),
      { maxConcurrency: 1 },
    );
    return { results: batch.getResults(), most: Math.max(...running) };
  },
  "two at a time": () => async (_event, context) => {
    const running: number[] = [];
    let now = 0;
    const batch = await context.map(
      "two by two",
      [1, 2, 3, 4, 5],
      async (inner, item) =>
        inner.step("work", async () => {
          running.push(++now);
          await sleep(5);
          now--;
          return item;
        }),
      { maxConcurrency: 2 },
    );
    return { results: batch.getResults(), most: Math.max(...running) };
  },
  "a concurrency of null": () => async (_event, context) =>
    describeBatch(await context.map("null", [1, 2], async (_inner, item) => item, { maxConcurrency: null as never })),
  "a concurrency of none": () => async (_event, context) =>
    outcome(context.map("none", [1], async (_inner, item) => item, { maxConcurrency: 0 })),
  "a negative concurrency": () => async (_event, context) =>
    context.map("negative", [1], async (_inner, item) => item, { maxConcurrency: -1 }),
  "a concurrency above the number of items": () => async (_event, context) =>
    describeBatch(await context.map("many", [1, 2], async (_inner, item) => item, { maxConcurrency: 100 })),
  "no array": () => async (_event, context) => [
    await outcome(context.map("bad", "text" as never, async () => 1)),
    await outcome(context.map(undefined, { length: 1 } as never, async () => 1)),
    await outcome(context.map("bad", [1], "no function" as never)),
    await outcome(context.map("bad", [1], undefined as never)),
    await context.step("takes the first id", async () => 1),
  ],

  "the first failure ends a map": mapped(4, [1], {}),
  "the first failure ends a map, explicitly by default": mapped(4, [1], { completionConfig: {} }),
  "thresholds that are all undefined": mapped(4, [1], {
    completionConfig: { minSuccessful: undefined, toleratedFailureCount: undefined },
  }),
  "one tolerated failure": mapped(5, [0, 2], { completionConfig: { toleratedFailureCount: 1 } }),
  "tolerated failures that suffice": mapped(5, [0, 2], { completionConfig: { toleratedFailureCount: 2 } }),
  "no tolerated failure": mapped(3, [1], { completionConfig: { toleratedFailureCount: 0 } }),
  "a tolerated percentage": mapped(10, [0, 1, 2, 3], { completionConfig: { toleratedFailurePercentage: 30 } }),
  "a tolerated percentage that suffices": mapped(10, [0, 1, 2], {
    completionConfig: { toleratedFailurePercentage: 30 },
  }),
  "every failure is tolerated": mapped(3, [0, 1, 2], { completionConfig: { toleratedFailurePercentage: 100 } }),
  "enough successes": mapped(6, [], { completionConfig: { minSuccessful: 2 } }),
  "enough successes after failures": mapped(6, [0, 1], { completionConfig: { minSuccessful: 2 } }),
  "never enough successes": mapped(3, [0, 1], { completionConfig: { minSuccessful: 2 } }),
  "enough successes or too many failures": mapped(6, [0, 2], {
    completionConfig: { minSuccessful: 4, toleratedFailureCount: 1 },
  }),
  "no success needed": mapped(3, [], { completionConfig: { minSuccessful: 0 } }),
  "more successes than items": mapped(3, [], { completionConfig: { minSuccessful: 9 } }),
  "a predicate that ends a map": mapped(5, [], {
    completionConfig: {
      shouldComplete: ({ successCount }: { successCount: number }) => ({ complete: successCount >= 2 }),
    },
  }),
  "a predicate that never ends it": mapped(3, [1], {
    completionConfig: { shouldComplete: () => ({ complete: false }) },
  }),
  "a predicate that ends it at once": mapped(3, [], {
    completionConfig: { shouldComplete: () => ({ complete: true }) },
  }),
  "a predicate that fails it": mapped(3, [], {
    completionConfig: {
      shouldComplete: ({ completedCount }: { completedCount: number }) =>
        completedCount >= 2 ? { complete: true, outcome: "FAILED" } : { complete: false },
    },
  }),
  "a predicate that succeeds in spite of failures": mapped(3, [0, 1], {
    completionConfig: {
      shouldComplete: ({ completedCount }: { completedCount: number }) =>
        completedCount >= 2 ? { complete: true, outcome: "SUCCEEDED" } : { complete: false },
    },
  }),
  "decisions made by the package": (sdk) => async (_event, context) =>
    describeBatch(
      await context.map("decided", [1, 2, 3], async (_inner, item) => item, {
        maxConcurrency: 1,
        completionConfig: {
          shouldComplete: ({ completedCount }) =>
            completedCount === 2 ? sdk.completeBatch(sdk.CompletionOutcome.FAILED) : sdk.continueBatch(),
        },
      }),
    ),
  "what a predicate is told": () => async (_event, context) => {
    const told: unknown[] = [];
    await context.map("told", ["a", "b", "c"], async (_inner, item) => item, {
      maxConcurrency: 1,
      itemNamer: (item) => `name-${item}`,
      completionConfig: {
        shouldComplete: (status) => {
          told.push(JSON.parse(JSON.stringify(status)));
          return { complete: status.completedCount >= 2 };
        },
      },
    });
    return [told[0], told.at(-1)];
  },
  "a predicate that throws": () => async (_event, context) =>
    outcome(
      context.map("throws", [1, 2], async (_inner, item) => item, {
        completionConfig: {
          shouldComplete: () => {
            throw new TypeError("predicate is broken");
          },
        },
      }),
    ),
  "a predicate beside a threshold": () => async (_event, context) =>
    context.map("both", [1], async (_inner, item) => item, {
      completionConfig: { shouldComplete: () => ({ complete: true }), minSuccessful: 1 } as never,
    }),
  "items that are still running": () => async (_event, context) => {
    const batch = await context.map(
      "early",
      ["quick", "slow", "never started"],
      async (inner, item) => {
        if (item === "slow") await (await inner.createCallback("never"))[0];
        return inner.step("work", async () => item);
      },
      { maxConcurrency: 2, completionConfig: { minSuccessful: 1 } },
    );
    return describeBatch(batch);
  },
  "items that end at the same time": {
    program: () => async (_event, context) => {
      const seen = [];
      const step = (inner: DurableContext, item: number) =>
        item < 0 ? inner.step("bad", fails(`item ${item}`), noRetry) : inner.step("good", async () => item);
      for (const items of [
        [1, -2, 3],
        [-1, 2],
        [1, 2, -3, -4],
      ]) {
        for (const completionConfig of [{}, { minSuccessful: 1 }, { toleratedFailureCount: 1 }]) {
          const batch = await context.map(items, step, { completionConfig });
          seen.push([batch.all.map(({ status }) => status).join(), batch.completionReason]);
        }
      }
      return seen;
    },
    differs: "one result at a time",
  },
  "items without operations that end at the same time": {
    program: () => async (_event, context) => {
      const seen = [];
      const pure = async (_inner: unknown, item: number) => {
        if (item < 0) throw new Error(`item ${item}`);
        return item;
      };
      for (const items of [
        [1, -2, 3],
        [-1, 2],
        [1, 2, -3, -4],
      ]) {
        for (const completionConfig of [{}, { minSuccessful: 1 }, { toleratedFailureCount: 1 }]) {
          const batch = await context.map(items, pure, { completionConfig });
          seen.push([batch.all.map(({ status }) => status).join(), batch.completionReason]);
        }
      }
      return seen;
    },
    differs: "one result at a time",
  },
  "flat items": () => async (_event, context) => {
    const batch = await context.map(
      "flat",
      [1, 2],
      async (inner, item) => {
        const a = await inner.step("a", async () => item);
        await inner.wait("pause", { seconds: 1 });
        return inner.step("b", async () => a * 10);
      },
      { nesting: "FLAT" as never },
    );
    return describeBatch(batch);
  },
  "flat items that fail": () => async (_event, context) => {
    const batch = await context.map(
      "flat",
      [1, 2],
      async (inner, item) => inner.step("bad", fails(`item ${item}`), noRetry),
      { nesting: "FLAT" as never, completionConfig: { toleratedFailureCount: 5 } },
    );
    await context.wait("pause", { seconds: 1 });
    return describeBatch(batch);
  },
  "flat items with contexts inside": () => async (_event, context) => {
    const batch = await context.map(
      "flat",
      [1, 2],
      async (inner, item) => inner.runInChildContext("child", async (child) => child.step("s", async () => item)),
      { nesting: "FLAT" as never },
    );
    return describeBatch(batch);
  },
  "serdes for items": () => async (_event, context) => {
    const batch = await context.map("serdes", [1, 2], async (_inner, item) => ({ item }), {
      itemSerdes: {
        serialize: async (value) => `item=${value?.item}`,
        deserialize: async (text) => ({ item: Number(text?.slice(5)) }),
      },
    });
    await context.wait("pause", { seconds: 1 });
    return describeBatch(batch);
  },
  "a serdes for the batch": () => async (_event, context) => {
    const batch: unknown = await context.map("serdes", [1, 2], async (_inner, item) => item, {
      serdes: {
        serialize: async (value) => JSON.stringify(value?.getResults()),
        deserialize: async (text) => ({ read: text }) as never,
      },
    });
    await context.wait("pause", { seconds: 1 });
    return batch;
  },
  "a serdes for the batch that reads its items alone": () => async (_event, context) => {
    const batch = await context.map(
      "serdes",
      [1, 2],
      async (_inner, item) => {
        if (item === 2) throw new RangeError("item 2");
        return item;
      },
      {
        maxConcurrency: 1,
        serdes: {
          serialize: async (value) => value?.getResults().join(),
          deserialize: async (text) =>
            ({
              all: [
                { index: 0, status: "SUCCEEDED", result: Number(text) },
                { index: 1, status: "FAILED", error: { ErrorType: "RangeError", ErrorMessage: "read" } },
              ],
              completionReason: "ALL_COMPLETED",
            }) as never,
        },
      },
    );
    const first = describeBatch(batch);
    await context.wait("pause", { seconds: 1 });
    return [first, describeBatch(batch)];
  },
  "a serdes for the batch that restores errors": () => async (_event, context) => {
    const batch = await context.map("serdes", [1], fails("item 1"), {
      serdes: {
        serialize: async () => "",
        deserialize: async () => ({ all: [{ index: 0, status: "FAILED", error: new RangeError("read") }] }) as never,
      },
    });
    return batch.getErrors().map(describeError);
  },
  "errors of items after a replay": () => async (_event, context) => {
    const batch = await context.map(
      "errors",
      [0, 1, 2],
      async (inner, item) => {
        if (item === 0) throw new RangeError("plain");
        if (item === 1) return inner.step("bad", fails("step"), noRetry);
        return inner.runInChildContext("child", async (child) => child.step("bad", fails("deep"), noRetry));
      },
      { completionConfig: { toleratedFailureCount: 9 } },
    );
    const before = describeBatch(batch);
    await context.wait("pause", { seconds: 1 });
    return [before, describeBatch(batch)];
  },
  "an item that throws what is no error": () => async (_event, context) =>
    describeBatch(
      await context.map("odd", [1], async () => {
        // oxlint-disable-next-line typescript/only-throw-error -- what users may do
        throw new Error("text");
      }),
    ),
  "30 items": () => async (_event, context) => {
    const items = Array.from({ length: 30 }, (_, index) => index);
    const batch = await context.map("many", items, async (inner, item) => inner.step(`s${item}`, async () => item));
    return batch.getResults().reduce((sum, value) => sum + value, 0);
  },
};

export const parallels: Corpus = {
  "parallel branches": () => async (_event, context) =>
    describeBatch(
      await context.parallel("all", [
        async (branch) => branch.step("a", async () => 1),
        async (branch) => branch.step("b", async () => "two"),
        async () => undefined,
      ]),
    ),
  "without a name": () => async (_event, context) =>
    describeBatch(await context.parallel([async (branch) => branch.step(async () => 1)])),
  "named undefined": () => async (_event, context) =>
    describeBatch(await context.parallel(undefined, [async (branch) => branch.step(async () => 1)])),
  "branches with names": () => async (_event, context) =>
    describeBatch(
      await context.parallel("named", [
        { name: "first", func: async (branch) => branch.step(async () => 1) },
        { func: async (branch) => branch.step(async () => 2) },
        async (branch) => branch.step(async () => 3),
        { name: "", func: async (branch) => branch.step(async () => 4) },
      ]),
    ),
  "no branches": () => async (_event, context) => describeBatch(await context.parallel("none", [])),
  "bad branches": () => async (_event, context) => [
    await outcome(context.parallel("bad", "text" as never)),
    await outcome(context.parallel("bad", [1] as never)),
    await outcome(context.parallel("bad", [{ name: "no function" }] as never)),
    await outcome(context.parallel(undefined as never, undefined as never)),
    await context.step("takes the first id", async () => 1),
  ],
  "a branch that is null": {
    program: () => async (_event, context) => outcome(context.parallel("bad", [null] as never)),
    differs: "no branch at all",
  },
  "synchronous branches": () => async (_event, context) =>
    describeBatch(
      await context.parallel(
        "sync",
        [
          (() => 1) as never,
          (() => {
            throw new RangeError("at once");
          }) as never,
        ],
        { maxConcurrency: 1 },
      ),
    ),
  "a branch that fails": () => async (_event, context) =>
    describeBatch(
      await context.parallel(
        "fails",
        [async (branch) => branch.step("bad", fails("branch"), noRetry), async (branch) => branch.step(async () => 2)],
        { maxConcurrency: 1 },
      ),
    ),
  "every completion at once": () => async (_event, context) => {
    const branches = [fails("one"), async () => 2, async () => 3, async () => 4];
    const configs = [
      {},
      { toleratedFailureCount: 1 },
      { minSuccessful: 2 },
      { toleratedFailurePercentage: 10 },
      { shouldComplete: ({ completedCount }: { completedCount: number }) => ({ complete: completedCount >= 3 }) },
    ];
    const seen = [];
    for (const completionConfig of configs) {
      seen.push(describeBatch(await context.parallel(branches as never, { maxConcurrency: 1, completionConfig })));
    }
    return seen;
  },
  "an error that is thrown on": () => async (_event, context) => {
    const batch = await context.parallel("fails", [async (branch) => branch.step("bad", fails("branch"), noRetry)]);
    batch.throwIfError();
    return "not reached";
  },
  "flat branches": () => async (_event, context) => {
    const batch = await context.parallel(
      "flat",
      [
        async (branch) => {
          await branch.wait("pause", { seconds: 1 });
          return branch.step("a", async () => 1);
        },
        { name: "named", func: async (branch) => branch.step("b", async () => 2) },
      ],
      { nesting: "FLAT" as never },
    );
    return describeBatch(batch);
  },
  "a branch that outlives the batch": () => async (_event, context) => {
    const batch = await context.parallel(
      "race",
      [
        async (branch) => branch.step("quick", async () => "quick"),
        async (branch) => {
          await (await branch.createCallback("never"))[0];
          return branch.step("late", async () => "late");
        },
      ],
      { completionConfig: { minSuccessful: 1 } },
    );
    const after = await context.step("after", async () => "after");
    return [describeBatch(batch), after];
  },
  "parallel in map in parallel": () => async (_event, context) => {
    const batch = await context.parallel("outer", [
      async (outer) => {
        const middle = await outer.map("middle", [1, 2], async (inner, n) => {
          const last = await inner.parallel("inner", [
            async (deep) => deep.step("x", async () => n),
            async (deep) => {
              await deep.wait("pause", { seconds: 1 });
              return n * 10;
            },
          ]);
          return last.getResults();
        });
        return middle.getResults();
      },
    ]);
    return batch.getResults();
  },
};

const BIG = "x".repeat(100_000);

export const largeBatches: Corpus = {
  "a large map": () => async (_event, context) => {
    const batch = await context.map("large", [1, 2, 3, 4], async (inner, item) =>
      inner.step("big", async () => `${item}${BIG}`),
    );
    await context.wait("pause", { seconds: 1 });
    return [batch.getResults().map((text) => text[0]), batch.completionReason, batch.totalCount, batch.status];
  },
  "a large map with failures": () => async (_event, context) => {
    const batch = await context.map(
      "large",
      [1, 2, 3, 4, 5],
      async (inner, item) => {
        if (item === 2) await inner.step("bad", fails("two"), noRetry);
        return inner.step("big", async () => `${item}${BIG}`);
      },
      { completionConfig: { toleratedFailureCount: 2 } },
    );
    await context.wait("pause", { seconds: 1 });
    return [
      batch.getResults().map((text) => text[0]),
      batch.getErrors().map(describeError),
      batch.completionReason,
      batch.status,
    ];
  },
  "a large flat map": () => async (_event, context) => {
    const batch = await context.map(
      "large",
      [1, 2, 3, 4],
      async (inner, item) => inner.step("big", async () => `${item}${BIG}`),
      { nesting: "FLAT" as never },
    );
    await context.wait("pause", { seconds: 1 });
    return [batch.getResults().map((text) => text[0]), batch.completionReason, batch.totalCount];
  },
  "a large parallel with a summary": () => async (_event, context) => {
    const branch = (n: number) => async () => `${n}${BIG}`;
    const batch = await context.parallel("large", [branch(1), branch(2), branch(3)], {
      summaryGenerator: (result) => `of ${result.totalCount}`,
    });
    await context.wait("pause", { seconds: 1 });
    return [batch.getResults().map((text) => text[0]), batch.completionReason];
  },
  "a large map whose items are large": () => async (_event, context) => {
    const batch = await context.map("large", [1, 2], async (inner, item) => {
      const text = await inner.step("big", async () => BIG);
      return `${item}${text.repeat(3)}`;
    });
    await context.wait("pause", { seconds: 1 });
    return batch.getResults().map((text) => [text[0], text.length]);
  },
  "a large map that ends early": () => async (_event, context) => {
    const batch = await context.map(
      "large",
      [1, 2, 3, 4, 5, 6],
      async (inner, item) => inner.step("big", async () => `${item}${BIG}`),
      { maxConcurrency: 1, completionConfig: { minSuccessful: 4 } },
    );
    await context.wait("pause", { seconds: 1 });
    return [batch.getResults().map((text) => text[0]), batch.completionReason, batch.totalCount, batch.startedCount];
  },
  "a large map with an item in flight": () => async (_event, context) => {
    const batch = await context.map(
      "large",
      ["never", "a", "b", "c"],
      async (inner, item) => {
        if (item === "never") await (await inner.createCallback("never"))[0];
        return inner.step("big", async () => `${item}${BIG}`);
      },
      { completionConfig: { minSuccessful: 3 } },
    );
    await context.wait("pause", { seconds: 1 });
    return [batch.getResults().map((text) => text[0]), batch.completionReason, batch.status];
  },
  "a large flat map with an item in flight": () => async (_event, context) => {
    const batch = await context.map(
      "large",
      ["a", "b", "c", "never"],
      async (inner, item) => {
        if (item === "never") await (await inner.createCallback("never"))[0];
        return inner.step("big", async () => `${item}${BIG}`);
      },
      { completionConfig: { minSuccessful: 3 }, nesting: "FLAT" as never },
    );
    await context.wait("pause", { seconds: 1 });
    return [batch.getResults().map((text) => text[0]), batch.completionReason, batch.status];
  },
  "a large map inside a large context": () => async (_event, context) => {
    const texts = await context.runInChildContext("outer", async (outer) => {
      const batch = await outer.map("large", [1, 2, 3], async (inner, item) =>
        inner.step("big", async () => `${item}${BIG}`),
      );
      return batch.getResults();
    });
    await context.wait("pause", { seconds: 1 });
    return texts.map((text) => text[0]);
  },
  "a large map that a predicate ends as failed": () => async (_event, context) => {
    const batch = await context.map(
      "large",
      [1, 2, 3, 4, 5],
      async (inner, item) => inner.step("big", async () => `${item}${BIG}`),
      {
        maxConcurrency: 1,
        completionConfig: {
          shouldComplete: ({ completedCount }) => ({ complete: completedCount >= 4, outcome: "FAILED" }) as never,
        },
      },
    );
    await context.wait("pause", { seconds: 1 });
    return [batch.getResults().map((text) => text[0]), batch.completionReason, batch.status];
  },
};
