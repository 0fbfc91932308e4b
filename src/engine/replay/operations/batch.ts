/**
 * Many branches in one recorded context: start them in order, at most so many at a time, and stop when the completion
 * rule says so. Because results reach this code in recorded order, a replay stops at the same item as the live run did.
 *
 * A batch too large to record is rebuilt: its summary says which items had an outcome. Items that were still running
 * when the batch ended run again too, so that the results recorded inside them find their takers, but the batch does
 * not wait for them and they stay STARTED, as the live run reported them.
 */

import { ChildContextError } from "../../model/errors.ts";
import type { Serdes } from "../../ports/serdes.ts";
import type { Scope } from "../scope.ts";
import { childContext } from "./child-context.ts";

export type ItemStatus = "SUCCEEDED" | "FAILED" | "STARTED";

export type BatchCompletionReason =
  | "ALL_COMPLETED"
  | "MIN_SUCCESSFUL_REACHED"
  | "FAILURE_TOLERANCE_EXCEEDED"
  | "CUSTOM_COMPLETION_SUCCEEDED"
  | "CUSTOM_COMPLETION_FAILED";

export interface BatchItemOutcome<T> {
  readonly index: number;
  readonly status: ItemStatus;
  readonly result?: T;
  readonly error?: ChildContextError;
}

export interface BatchOutcome<T> {
  /** The items that were started, in index order. */
  readonly items: readonly BatchItemOutcome<T>[];
  readonly reason: BatchCompletionReason;
}

/** How far a batch has come. */
export interface BatchProgress {
  readonly successCount: number;
  readonly failureCount: number;
  readonly completedCount: number;
  readonly totalCount: number;
  /** By index; undefined for an item that was not started. */
  statusOf(index: number): ItemStatus | undefined;
}

/** When a batch is done. Rules are pure: they are asked several times for one item. */
export interface CompletionRule {
  /** No further item may start, and the batch ends with the next outcome. */
  stops(progress: BatchProgress): boolean;
  reason(progress: BatchProgress): BatchCompletionReason;
}

/** The record of a batch whose value is rebuilt. */
export interface BatchRecord {
  /** One character for each item: S, F, or - for one without an outcome. */
  readonly itemStatuses: string;
  /** How many items had been started. */
  readonly startedCount: number;
  readonly reason: BatchCompletionReason | undefined;
}

export interface BatchOptions<T> {
  readonly count: number;
  readonly itemSubType: string;
  readonly itemName: (index: number) => string;
  readonly runItem: (child: Scope, index: number) => T | Promise<T>;
  readonly itemSerdes: Serdes<T>;
  readonly maxConcurrency: number;
  readonly rule: CompletionRule;
  /** Items have positions but no record of their own. */
  readonly isFlat: boolean;
  /** Keeps the record of the operations in items after their end. */
  readonly preservesItems: boolean;
}

/** Runs the items in `scope`, the scope of the batch's own context. */
export function runBatch<T>(scope: Scope, options: BatchOptions<T>): Promise<BatchOutcome<T>> {
  const { count, rule } = options;
  let isOver = false;
  return runItems(scope, options, {
    mayStart: (items) => items.startedCount < count && !rule.stops(items),
    isOver: (items) => (isOver ||= items.completedCount === count || rule.stops(items)),
    isOverAtOnce: (items) => items.startedCount === 0,
    outcome: (items) => ({ items: items.outcomes(), reason: rule.reason(items) }),
  });
}

/** Runs the items of a batch that has ended again, against the log. */
export function rebuildBatch<T>(scope: Scope, options: BatchOptions<T>, record: BatchRecord): Promise<BatchOutcome<T>> {
  const statuses = [...record.itemStatuses].slice(0, record.startedCount);
  /** Items with a recorded outcome that they have not reached again. */
  let open = statuses.filter((status) => status !== "-").length;
  return runItems(scope, options, {
    // As many at a time as in the live run: the code of an item may depend on side effects of items before it.
    mayStart: (items) => items.startedCount < statuses.length,
    isOver: (_items, index) => statuses[index] !== "-" && --open === 0,
    isOverAtOnce: () => open === 0,
    outcome: (items) => ({
      // An item that the live run saw unfinished stays so, even if its outcome is known by now.
      items: items
        .outcomes()
        .map((item) => (statuses[item.index] === "-" ? { index: item.index, status: "STARTED" as const } : item)),
      reason: record.reason ?? options.rule.reason(items),
    }),
  });
}

/** What a live batch and a rebuilt one do not have alike. */
interface Course<T> {
  mayStart(items: Items<T>): boolean;
  /** Asked for each item when it has an outcome, also after the end: where it says no, more items may start. */
  isOver(items: Items<T>, index: number): boolean;
  /** Asked once, when the first items have been started. */
  isOverAtOnce(items: Items<T>): boolean;
  outcome(items: Items<T>): BatchOutcome<T>;
}

class Items<T> implements BatchProgress {
  readonly totalCount: number;
  successCount = 0;
  failureCount = 0;
  readonly #scope: Scope;
  readonly #options: BatchOptions<T>;
  readonly #outcomes: BatchItemOutcome<T>[] = [];

  constructor(scope: Scope, options: BatchOptions<T>) {
    this.#scope = scope;
    this.#options = options;
    this.totalCount = options.count;
  }

  get completedCount(): number {
    return this.successCount + this.failureCount;
  }

  get startedCount(): number {
    return this.#outcomes.length;
  }

  statusOf(index: number): ItemStatus | undefined {
    return this.#outcomes[index]?.status;
  }

  outcomes(): BatchItemOutcome<T>[] {
    return [...this.#outcomes];
  }

  /** Starts the next item; `done` is called once it has an outcome. */
  startNext(done: () => void): void {
    const index = this.#outcomes.length;
    const { itemName, itemSerdes, itemSubType, isFlat, preservesItems, runItem } = this.#options;
    this.#outcomes.push({ index, status: "STARTED" });
    const future = childContext<T>(this.#scope, {
      name: itemName(index),
      subType: itemSubType,
      run: (child) => runItem(child, index),
      serdes: itemSerdes,
      isVirtual: isFlat,
      preserveChildren: preservesItems,
    });
    future.observe().then(
      (result) => {
        this.#outcomes[index] = { result, index, status: "SUCCEEDED" };
        this.successCount++;
        done();
      },
      (error: unknown) => {
        this.#outcomes[index] = { error: asChildError(error), index, status: "FAILED" };
        this.failureCount++;
        done();
      },
    );
  }
}

/** Starts items until the batch is over; rules and names are user code. */
function runItems<T>(scope: Scope, options: BatchOptions<T>, course: Course<T>): Promise<BatchOutcome<T>> {
  const items = new Items(scope, options);
  let hasEnded = false;
  return new Promise((resolve, reject) => {
    const end = (): void => {
      if (hasEnded) return;
      hasEnded = true;
      resolve(course.outcome(items));
    };
    const startMore = (): void => {
      while (items.startedCount - items.completedCount < options.maxConcurrency && course.mayStart(items)) {
        const index = items.startedCount;
        items.startNext(() => goOn(index));
      }
    };
    const goOn = (index: number): void => {
      try {
        if (course.isOver(items, index)) end();
        else startMore();
      } catch (error) {
        reject(error);
      }
    };
    startMore();
    if (course.isOverAtOnce(items)) end();
  });
}

function asChildError(error: unknown): ChildContextError {
  if (error instanceof ChildContextError) return error;
  return error instanceof Error ? new ChildContextError(error.message, error) : new ChildContextError(String(error));
}

export interface Thresholds {
  readonly minSuccessful?: number | undefined;
  readonly toleratedFailureCount?: number | undefined;
  readonly toleratedFailurePercentage?: number | undefined;
}

export function hasThreshold({
  minSuccessful,
  toleratedFailureCount,
  toleratedFailurePercentage,
}: Thresholds): boolean {
  return [minSuccessful, toleratedFailureCount, toleratedFailurePercentage].some(
    (threshold) => threshold !== undefined,
  );
}

/** Ends a batch by counts. Without any threshold the first failure ends it. */
export function thresholdRule(thresholds: Thresholds): CompletionRule {
  const { minSuccessful, toleratedFailureCount, toleratedFailurePercentage } = thresholds;
  const isFailFast = !hasThreshold(thresholds);
  const tooManyFailures = ({ failureCount, totalCount }: BatchProgress): boolean =>
    (isFailFast && failureCount > 0) ||
    (toleratedFailureCount !== undefined && failureCount > toleratedFailureCount) ||
    (toleratedFailurePercentage !== undefined && (failureCount / totalCount) * 100 > toleratedFailurePercentage);
  const enough = ({ successCount, completedCount }: BatchProgress): boolean =>
    minSuccessful !== undefined && completedCount > 0 && successCount >= minSuccessful;
  return {
    stops: (progress) => tooManyFailures(progress) || enough(progress),
    reason: (progress) => {
      if (tooManyFailures(progress)) return "FAILURE_TOLERANCE_EXCEEDED";
      if (progress.completedCount === progress.totalCount) return "ALL_COMPLETED";
      return enough(progress) ? "MIN_SUCCESSFUL_REACHED" : "ALL_COMPLETED";
    },
  };
}

/** Ends a batch when the user's predicate says so. */
export function customRule(
  decide: (progress: BatchProgress) => { complete: boolean; failed?: boolean },
): CompletionRule {
  return {
    stops: (progress) => decide(progress).complete,
    reason: (progress) => {
      const decision = decide(progress);
      if (!decision.complete) return "ALL_COMPLETED";
      return decision.failed === true ? "CUSTOM_COMPLETION_FAILED" : "CUSTOM_COMPLETION_SUCCEEDED";
    },
  };
}
