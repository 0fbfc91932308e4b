import * as aws from "@aws/durable-execution-sdk-js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LocalService } from "../../test/conformance/local-service.ts";
import { ChildContextError, durableErrorClass, StepError } from "../engine/model/errors.ts";
import {
  Batch,
  BatchCompletionError,
  batchSummarizer,
  completeBatch,
  continueBatch,
  createBatchSerdes,
  readBatchSummary,
} from "./batch-result.ts";
import type { BatchItem, BatchResult } from "./types.ts";

const context = { entityId: "1", durableExecutionArn: "arn" };
const serdes = createBatchSerdes<unknown>();

/** The behaviour of one item of a batch. */
type Deed = { readonly returns: unknown } | { readonly throws: string; readonly as: "RangeError" | "step" | "nothing" };

const deed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ returns: fc.oneof(fc.jsonValue(), fc.constant(undefined)) }) },
  fc.record({ throws: fc.string(), as: fc.constantFrom("RangeError" as const, "step" as const, "nothing" as const) }),
);

const completion = fc.oneof(
  fc.constantFrom(undefined, { toleratedFailureCount: 100 }, { minSuccessful: 1 }, { toleratedFailurePercentage: 30 }),
  fc.constantFrom(aws.CompletionOutcome.SUCCEEDED, aws.CompletionOutcome.FAILED).chain((outcome) =>
    fc.nat(3).map((after) => ({
      shouldComplete: ({ completedCount }: aws.CompletionStatus) =>
        completedCount >= after ? aws.completeBatch(outcome) : aws.continueBatch(),
    })),
  ),
);

/** A batch of AWS's SDK, the text that it stored, and what that text was made of, in our classes. */
async function awsBatch(
  deeds: readonly Deed[],
  config: aws.MapConfig<Deed, unknown>,
): Promise<{ batch: aws.BatchResult<unknown>; stored: string; live: Batch<unknown> }> {
  const service = new LocalService();
  const run = (durable: aws.DurableContext, more: aws.MapConfig<Deed, unknown>): Promise<aws.BatchResult<unknown>> =>
    durable.map([...deeds], (child, item) => perform(item, child), { ...config, ...more });
  let batch: aws.BatchResult<unknown> | undefined;
  let live: aws.BatchResult<unknown> | undefined;
  const output = await service.run(async (_event, durable) => {
    batch = await run(durable, {});
    const serialize = async (value: aws.BatchResult<unknown> | undefined): Promise<undefined> => {
      live = value;
    };
    await run(durable, { serdes: { serialize, deserialize: async () => undefined } });
  });
  const stored = service.payloadOf("Map");
  if (batch === undefined || live === undefined || stored === undefined) throw new Error(JSON.stringify(output));
  const all = live.all.map((item) => ({ ...item, ...("error" in item && { error: ourError(item.error) }) }));
  return { batch, stored, live: new Batch(all as BatchItem<unknown>[], live.completionReason) };
}

function ourError(error: Error | undefined): Error | undefined {
  if (error === undefined) return undefined;
  const cause = ourError(error.cause as Error | undefined);
  const ErrorClass = durableErrorClass(error.name);
  if (ErrorClass !== undefined) return new ErrorClass(error.message, cause, (error as ChildContextError).errorData);
  const plain = new Error(error.message, cause && { cause });
  plain.name = error.name;
  return plain;
}

async function perform(item: Deed, child: aws.DurableContext): Promise<unknown> {
  if ("returns" in item) return item.returns;
  if (item.as === "nothing") return Promise.reject(undefined);
  if (item.as === "RangeError") throw new RangeError(item.throws);
  return child.step("fails", () => Promise.reject(new TypeError(item.throws)), {
    retryStrategy: aws.retryPresets.noRetry,
  });
}

/** All that a batch says of itself. */
function portrait(batch: Omit<aws.BatchResult<unknown>, "all"> & { all: readonly object[] }): unknown {
  const { status, completionReason, hasFailure, successCount, failureCount, startedCount, totalCount } = batch;
  return {
    status,
    completionReason,
    hasFailure,
    successCount,
    failureCount,
    startedCount,
    totalCount,
    succeeded: batch.succeeded().map(({ index }) => index),
    started: batch.started().map(({ index }) => index),
    results: batch.getResults(),
    errors: batch.getErrors().map(errorPortrait),
    failed: batch.failed().map(({ index, error }) => [index, errorPortrait(error)]),
    thrown: thrownBy(() => batch.throwIfError()),
    json: JSON.stringify(batch),
    keys: Object.keys(batch),
    itemKeys: batch.all.map((item) => Object.keys(item)),
  };
}

function errorPortrait(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { name, message, cause } = error;
  const { errorType, errorData } = error as ChildContextError;
  return { name, message, errorType, errorData, class: error.constructor.name, cause: errorPortrait(cause) };
}

function thrownBy(body: () => void): unknown {
  try {
    body();
    return undefined;
  } catch (error) {
    return errorPortrait(error);
  }
}

function restore(text: string): BatchResult<unknown> {
  const batch = serdes.deserialize(text, context);
  if (batch === undefined || batch instanceof Promise) throw new Error("not restored at once");
  return batch;
}

describe("against AWS's SDK", () => {
  test("reads what AWS stored as AWS does, and stores it as AWS did", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(deed, { maxLength: 6 }),
        completion,
        fc.integer({ min: 1, max: 4 }),
        async (deeds, rule, limit) => {
          const config = { maxConcurrency: limit, ...(rule !== undefined && { completionConfig: rule }) };
          const { batch, stored, live } = await awsBatch(deeds, config);
          expect(portrait(restore(stored))).toEqual(portrait(batch));
          expect(serdes.serialize(live, context)).toBe(stored);
        },
      ),
    );
  });

  test.for(["MapResult", "ParallelResult"] as const)("summarises a large batch as AWS does (%s)", async (type) => {
    const large = "x".repeat(100_000);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.boolean(), { minLength: 3, maxLength: 7 }),
        fc.boolean(),
        async (successes, isCustom) => {
          const deeds = [...successes, true, true, true].map(
            (isGood): Deed => (isGood ? { returns: large } : { throws: "x", as: "RangeError" }),
          );
          const custom = isCustom ? (result: { totalCount: number }): string => `of ${result.totalCount}` : undefined;
          const config = {
            completionConfig: { toleratedFailureCount: 9, minSuccessful: 3 },
            ...(custom && { summaryGenerator: custom }),
          };
          const service = new LocalService();
          let batch: aws.BatchResult<unknown> | undefined;
          await service.run(async (_event, durable) => {
            const branches = deeds.map((item) => (child: aws.DurableContext) => perform(item, child));
            batch = await (type === "MapResult"
              ? durable.map([...deeds], (child, item) => perform(item, child), config)
              : durable.parallel(branches, config));
          });
          const stored = service.payloadOf(type === "MapResult" ? "Map" : "Parallel");
          const ours = new Batch(batch?.all as BatchItem<unknown>[], batch?.completionReason ?? "ALL_COMPLETED");
          expect(batchSummarizer(type, custom)(ours)).toBe(stored);
          expect(readBatchSummary(stored)).toEqual({
            itemStatuses: deeds
              .slice(0, ours.totalCount)
              .map((_, index) => ({ SUCCEEDED: "S", FAILED: "F", STARTED: "-" })[ours.all[index]!.status])
              .join(""),
            startedCount: ours.totalCount,
            reason: ours.completionReason,
          });
        },
      ),
      { numRuns: 10 },
    );
  });

  test("BatchCompletionError is AWS's", () => {
    type Arguments = ConstructorParameters<typeof BatchCompletionError>;
    const explicit: Arguments = ["CUSTOM_COMPLETION_FAILED", "no quorum", new Error("why"), "data"];
    for (const args of [["ALL_COMPLETED"] satisfies Arguments, explicit]) {
      const [ours, theirs] = [new BatchCompletionError(...args), new aws.BatchCompletionError(...args)];
      expect(errorPortrait(ours)).toEqual(errorPortrait(theirs));
      expect(ours.completionReason).toBe(theirs.completionReason);
      expect(ours.toErrorObject()).toEqual(theirs.toErrorObject());
    }
  });

  test("completeBatch and continueBatch decide as AWS's do", () => {
    expect(completeBatch()).toEqual(aws.completeBatch());
    expect(completeBatch(aws.CompletionOutcome.FAILED)).toEqual(aws.completeBatch(aws.CompletionOutcome.FAILED));
    expect(continueBatch()).toEqual(aws.continueBatch());
  });
});

const failure = new ChildContextError("item 1 failed", new StepError("why"));
const good = (index: number, result: unknown): BatchItem<unknown> => ({ result, index, status: "SUCCEEDED" as never });
const bad = (index: number): BatchItem<unknown> => ({ error: failure, index, status: "FAILED" as never });
const open = (index: number): BatchItem<unknown> => ({ index, status: "STARTED" as never });

describe("by position", () => {
  test("is destructured, iterated and indexed, with undefined for what has no result", () => {
    const batch = new Batch([good(0, "a"), good(1, undefined), open(2), good(4, "e")], "MIN_SUCCESSFUL_REACHED");
    const [first, second, third, fourth, fifth, sixth] = batch;
    expect([first, second, third, fourth, fifth, sixth]).toEqual([
      "a",
      undefined,
      undefined,
      undefined,
      "e",
      undefined,
    ]);
    expect([...batch]).toHaveLength(5);
    const byIndex = batch as unknown as Record<number, unknown>;
    expect([byIndex[0], byIndex[2], byIndex[4], byIndex[5]]).toEqual(["a", undefined, "e", undefined]);
  });

  test("throws the first failure before giving anything", () => {
    const batch = new Batch([good(0, "a"), bad(1)], "ALL_COMPLETED");
    expect(() => {
      const [first] = batch;
      return first;
    }).toThrow(failure);
    const byIndex = batch as unknown as Record<number, unknown>;
    expect(byIndex[0]).toBe("a");
    expect(() => byIndex[1]).toThrow(failure);
  });

  test("throws when the batch was completed as failed without a failed item", () => {
    expect(() => [...new Batch([good(0, "a")], "CUSTOM_COMPLETION_FAILED")]).toThrow(BatchCompletionError);
  });

  test("shows neither in JSON nor to what compares or copies", () => {
    const all = [good(0, "a"), good(1, { b: 1 })];
    const batch = new Batch(all, "ALL_COMPLETED");
    expect(JSON.stringify(batch)).toBe(JSON.stringify({ all, completionReason: "ALL_COMPLETED" }));
    expect(batch).toEqual({ all, completionReason: "ALL_COMPLETED" });
    expect(batch).toEqual(new Batch(all, "ALL_COMPLETED"));
    expect(batch).not.toEqual(new Batch([good(0, "a")], "ALL_COMPLETED"));
    expect({ ...batch }).toEqual({ all, completionReason: "ALL_COMPLETED" });
    expect(Object.keys(structuredClone({ ...batch }))).toEqual(["all", "completionReason"]);
    expect(Array.isArray(batch)).toBe(false);
  });
});

test("a serdes of its own may read the items alone, with errors as they are or as they were stored", async () => {
  const read = (batch: unknown): unknown => {
    const own = createBatchSerdes<unknown>({ serialize: () => "", deserialize: async () => batch as never });
    return own.deserialize("", context);
  };
  const error = new ChildContextError("kept");
  const batch = (await read({
    all: [
      { index: 0, status: "SUCCEEDED", result: 1 },
      { index: 1, status: "FAILED", error },
      { index: 2, status: "FAILED", error: { ErrorType: "RangeError", ErrorMessage: "stored" } },
    ],
    completionReason: "ALL_COMPLETED",
  })) as BatchResult<unknown>;
  expect(batch.getResults()).toEqual([1]);
  expect(batch.getErrors()[0]).toBe(error);
  expect(batch.getErrors()[1]).toMatchObject({ name: "RangeError", message: "stored" });
  expect(((await read(batch)) as BatchResult<unknown>).getErrors()[0]).toBe(error);
  expect(await read({ read: "otherwise" })).toEqual({ read: "otherwise" });
  expect(await read(undefined)).toBeUndefined();
});

test("what its methods return may be changed without harm", () => {
  const batch = new Batch([good(0, 1), good(1, 2), bad(2), open(3)], "ALL_COMPLETED");
  for (const list of [batch.succeeded(), batch.failed(), batch.started(), batch.getResults(), batch.getErrors()])
    list.length = 0;
  expect([batch.succeeded(), batch.failed(), batch.started()].map((items) => items.length)).toEqual([2, 1, 1]);
});

describe("what is no batch", () => {
  test.for(["{}", "null", "7", '"text"', '{"all":{}}'])("%s is read as an empty one", (text) => {
    expect(portrait(restore(text))).toMatchObject({
      totalCount: 0,
      completionReason: "ALL_COMPLETED",
      status: "SUCCEEDED",
    });
  });

  test("nothing is stored and read as nothing", () => {
    expect(serdes.serialize(undefined, context)).toBeUndefined();
    expect(serdes.deserialize(undefined, context)).toBeUndefined();
  });

  test.for([undefined, "", "no JSON", "null", "[]", '"S"', '{"type":"MapResult","totalCount":2}'])(
    "%s is no summary",
    (text) => {
      expect(readBatchSummary(text)).toBeUndefined();
    },
  );

  test("a stored item changes no prototype and no member of the batch", () => {
    const batch = restore(
      '{"all":[{"__proto__":{"polluted":true},"index":"all","status":"SUCCEEDED","result":7}],"completionReason":"ALL_COMPLETED"}',
    );
    expect(batch.all).toHaveLength(1);
    expect(Object.getPrototypeOf(batch.all[0])).toBe(Object.prototype);
    expect({}).not.toHaveProperty("polluted");
  });
});
