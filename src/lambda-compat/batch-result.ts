/**
 * The result of `map` and `parallel`: AWS's class, its stored form, and the summary that stands for it when it is too
 * large to store.
 *
 * A result can also be destructured, iterated and indexed by position, which AWS's cannot. None of that shows where
 * results are written or compared: the iterator is on the prototype and positions are not enumerable, so JSON, key lists,
 * spreads and deep equality see what they see of AWS's.
 */

import { branded } from "../engine/model/branded.ts";
import {
  type ChildContextError,
  causeFromFailure,
  DurableOperationError,
  durableErrorClass,
  type ErrorObject,
  failureFromErrorObject,
} from "../engine/model/errors.ts";
import { chain } from "../engine/ports/maybe-promise.ts";
import type { Serdes } from "../engine/ports/serdes.ts";
import { type BatchItemStatus, CompletionOutcome } from "./literals.ts";
import type { BatchItem, BatchResult, CompletionDecision, CompletionReason } from "./types.ts";

/** A batch that `shouldComplete` ended as failed without a failed item. */
export class BatchCompletionError extends DurableOperationError {
  static override readonly name: string = "BatchCompletionError";
  /** Why the batch was complete. */
  readonly completionReason: CompletionReason;
  readonly errorType = "BatchCompletionError";
  constructor(completionReason: CompletionReason, message?: string, cause?: Error, errorData?: string) {
    super(message || `Batch completed as failed by shouldComplete (${completionReason})`, cause, errorData);
    this.completionReason = completionReason;
  }
}

branded(BatchCompletionError, "BatchCompletionError");

/** For `shouldComplete`: the batch is complete. */
export function completeBatch(outcome: CompletionOutcome = CompletionOutcome.SUCCEEDED): CompletionDecision {
  return { complete: true, outcome };
}

/** For `shouldComplete`: the batch goes on. */
export function continueBatch(): CompletionDecision {
  return { complete: false };
}

export class Batch<T> implements BatchResult<T> {
  /** AWS's name for it, which test tools show. */
  static readonly name: string = "BatchResultImpl";
  readonly all: BatchItem<T>[];
  readonly completionReason: CompletionReason;
  readonly #counts: Readonly<Record<`${BatchItemStatus}`, number>>;

  /** `all` in the order of the items, and not changed from here on. */
  constructor(all: BatchItem<T>[], completionReason: CompletionReason) {
    this.all = all;
    this.completionReason = completionReason;
    const counts = { SUCCEEDED: 0, FAILED: 0, STARTED: 0 };
    for (const item of all) {
      counts[item.status]++;
      this.#place(item);
    }
    this.#counts = counts;
  }

  succeeded(): (BatchItem<T> & { result: T })[] {
    return this.#having("SUCCEEDED").filter((item) => item.result !== undefined) as (BatchItem<T> & { result: T })[];
  }

  failed(): (BatchItem<T> & { error: ChildContextError })[] {
    return this.#having("FAILED").filter(hasError);
  }

  started(): (BatchItem<T> & { status: BatchItemStatus.STARTED })[] {
    return this.#having("STARTED") as (BatchItem<T> & { status: BatchItemStatus.STARTED })[];
  }

  get status(): BatchItemStatus.SUCCEEDED | BatchItemStatus.FAILED {
    const [, decided] = /^CUSTOM_COMPLETION_(.+)$/.exec(this.completionReason) ?? [];
    return (decided ?? (this.hasFailure ? "FAILED" : "SUCCEEDED")) as
      | BatchItemStatus.SUCCEEDED
      | BatchItemStatus.FAILED;
  }

  get hasFailure(): boolean {
    return this.failureCount > 0;
  }

  throwIfError(): void {
    const error = this.#having("FAILED")[0]?.error;
    if (error) throw error;
    if (this.status === "FAILED") throw new BatchCompletionError(this.completionReason);
  }

  getResults(): T[] {
    return this.succeeded().map(({ result }) => result);
  }

  getErrors(): ChildContextError[] {
    return this.failed().map(({ error }) => error);
  }

  get successCount(): number {
    return this.#counts.SUCCEEDED;
  }

  get failureCount(): number {
    return this.#counts.FAILED;
  }

  get startedCount(): number {
    return this.#counts.STARTED;
  }

  get totalCount(): number {
    return this.all.length;
  }

  /** The results by position; undefined for what has none. Throws what `throwIfError` throws, before the first. */
  *[Symbol.iterator](): IterableIterator<T> {
    this.throwIfError();
    const results: T[] = [];
    for (const { index, result } of this.all) results[index] = result as T;
    yield* results;
  }

  #having(status: `${BatchItemStatus}`): BatchItem<T>[] {
    return this.all.filter((item) => item.status === status);
  }

  /** Reading a failed item's position throws its error. */
  #place({ index, status, result, error }: BatchItem<T>): void {
    // A batch that is read from a store may name any key as the index of an item.
    if (index >= 0)
      Object.defineProperty(this, index, status === "FAILED" ? { get: () => raise(error) } : { value: result });
  }
}

function raise(error: unknown): never {
  throw error;
}

function hasError<T>(item: BatchItem<T>): item is BatchItem<T> & { error: ChildContextError } {
  return item.error !== undefined;
}

interface StoredError extends ErrorObject {
  Cause?: StoredError | undefined;
  /** Those of an AggregateError. */
  Errors?: readonly StoredError[];
}

type StoredItem<T> = Omit<BatchItem<T>, "error"> & { error?: StoredError | undefined };

/**
 * The stored form of a batch: items as they are, errors as error objects with their causes nested in them. The caller's
 * own serdes may read the items alone: the methods are added, as in AWS's SDK.
 */
export function createBatchSerdes<T>(own?: Serdes<BatchResult<T>>): Serdes<BatchResult<T>> {
  return own
    ? {
        serialize: (batch, context) => own.serialize(batch, context),
        deserialize: (data, context) => chain(own.deserialize(data, context), (read) => restoreBatch(read) ?? read),
      }
    : {
        serialize: (batch) =>
          batch && JSON.stringify({ all: batch.all.map(storeItem), completionReason: batch.completionReason }),
        // A stored value without items is read as an empty batch.
        deserialize: (data) =>
          data ? (restoreBatch<T>(JSON.parse(data) as BatchResult<T>) ?? new Batch([], "ALL_COMPLETED")) : undefined,
      };
}

function storeItem<T>(item: BatchItem<T>): StoredItem<T> {
  return { ...item, error: item.error && storeError(item.error) };
}

/** A batch from its stored form, or from what has at least its items; undefined from anything else. */
function restoreBatch<T>(stored: BatchResult<T> | null | undefined): Batch<T> | undefined {
  if (!Array.isArray(stored?.all)) return undefined;
  const all = stored.all.map((item) => {
    const error = restoreError(item.error as StoredError | undefined);
    return { ...item, result: item.result, error } as BatchItem<T>;
  });
  return new Batch(all, stored.completionReason);
}

function storeError(error: Error): StoredError {
  const stored: StoredError =
    error instanceof DurableOperationError
      ? error.toErrorObject()
      : { ErrorType: error.name, ErrorMessage: error.message };
  if (error.cause instanceof Error) stored.Cause = storeError(error.cause);
  const { errors } = error as { readonly errors?: unknown };
  if (Array.isArray(errors)) stored.Errors = errors.filter((each) => each instanceof Error).map(storeError);
  return stored;
}

/** A serdes of one's own may have restored it already. */
function restoreError(stored: StoredError | undefined): Error | undefined {
  if (!stored || stored instanceof Error) return stored;
  const error = durableErrorClass(stored.ErrorType)
    ? DurableOperationError.fromErrorObject(stored)
    : causeFromFailure(failureFromErrorObject(stored));
  if (stored.Cause) error.cause = restoreError(stored.Cause);
  if (stored.Errors) Object.assign(error, { errors: stored.Errors.map(restoreError) });
  return error;
}

/** The stored summary of a batch that was too large to store and is rebuilt on replay. */
export interface BatchSummary {
  /** One character for each position: S, F, or - for an item without an outcome. */
  readonly itemStatuses: string;
  /** The number of items that had been started. */
  readonly startedCount: number;
  readonly reason: CompletionReason | undefined;
}

/** Makes the summary of a batch; what `custom` makes of it is kept beside, under `summary`. */
export function batchSummarizer<T>(
  type: "MapResult" | "ParallelResult",
  custom?: (result: BatchResult<T>) => string,
): (result: BatchResult<T>) => string {
  return (result) => {
    const { totalCount, successCount, failureCount, startedCount, completionReason, status } = result;
    return JSON.stringify({
      type,
      totalCount,
      successCount,
      failureCount,
      ...(type === "ParallelResult" && { startedCount }),
      completionReason,
      status,
      itemStatuses: itemStatuses(result),
      summary: custom?.(result),
    });
  };
}

/** Undefined for what is no summary, such as that of an SDK which did not write down its items yet. */
export function readBatchSummary(payload: string | undefined): BatchSummary | undefined {
  const { itemStatuses, totalCount, completionReason } = parseObject(payload);
  if (typeof itemStatuses !== "string") return undefined;
  const startedCount = typeof totalCount === "number" ? totalCount : itemStatuses.length;
  return { itemStatuses, startedCount, reason: REASONS.find((reason) => reason === completionReason) };
}

const REASONS: readonly CompletionReason[] = [
  "ALL_COMPLETED",
  "MIN_SUCCESSFUL_REACHED",
  "FAILURE_TOLERANCE_EXCEEDED",
  "CUSTOM_COMPLETION_SUCCEEDED",
  "CUSTOM_COMPLETION_FAILED",
];

function itemStatuses({ all }: BatchResult<unknown>): string {
  const marks: string[] = [];
  for (const { index, status } of all) marks[index] = { SUCCEEDED: "S", FAILED: "F", STARTED: "-" }[status];
  return Array.from(marks, (mark) => mark ?? "-").join("");
}

function parseObject(text: string | undefined): Readonly<Record<string, unknown>> {
  try {
    return { ...(JSON.parse(text ?? "") as object) };
  } catch {
    return {};
  }
}
