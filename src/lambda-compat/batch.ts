/** `map` and `parallel` over the engine's batches: AWS's configuration, completion rules and summaries. */

import {
  type BatchOptions,
  type BatchRecord,
  type BatchProgress,
  type CompletionRule,
  customRule,
  hasThreshold,
  rebuildBatch,
  runBatch,
  thresholdRule,
} from "../engine/replay/operations/batch.ts";
import type { Serdes } from "../engine/ports/serdes.ts";
import type { Scope } from "../engine/replay/scope.ts";
import { Batch, readBatchSummary } from "./batch-result.ts";
import { requireItemName } from "./invalid-argument.ts";
import { hintAt } from "./map-callback.ts";
import type { BatchItem, CompletionConfig, CompletionStatus, MapConfig, ParallelConfig } from "./types.ts";

// oxlint-disable-next-line typescript/no-explicit-any -- the item's type matters to the item namer alone
type Config<T> = ParallelConfig<T> | MapConfig<any, T>;

export interface BatchCall<T> {
  readonly name: string | undefined;
  readonly kind: "map" | "parallel";
  readonly count: number;
  readonly config: Config<T> | undefined;
  /** The name of an item; undefined for none. */
  readonly itemName: (index: number) => string | undefined;
  /** The number of parameters that the callback declares. */
  readonly parameters: number | ((index: number) => number);
  readonly runItem: (context: object, index: number) => T | Promise<T>;
}

export interface RunningBatchCall<T> extends BatchCall<T> {
  /** The scope that called the batch. */
  readonly outer: Scope;
  readonly itemSerdes: Serdes<T>;
  /** The number of levels of contexts inside the batch that keep their operations after their end. */
  readonly preservedLevels: number;
  readonly contextFor: (item: Scope, index: number) => object;
}

/** The fault that makes a configuration unusable, if any; the execution fails with it. */
export function batchConfigError(config: Config<never> | undefined): string | undefined {
  const { maxConcurrency, completionConfig } = (config ?? {}) as ParallelConfig<never>;
  if (maxConcurrency !== undefined && maxConcurrency !== null && maxConcurrency <= 0) {
    return `Invalid maxConcurrency: ${maxConcurrency}. Must be a positive number or undefined for unlimited concurrency.`;
  }
  if (completionConfig?.shouldComplete !== undefined && hasThreshold(completionConfig)) {
    return "completionConfig.shouldComplete is mutually exclusive with minSuccessful, toleratedFailureCount, and toleratedFailurePercentage";
  }
  return undefined;
}

/** Runs the batch in its own scope: for the first time, or against the record of one that was too large to store. */
export async function runBatchIn<T>(scope: Scope, call: RunningBatchCall<T>): Promise<Batch<T>> {
  const { config, kind } = call;
  const options: BatchOptions<T> = {
    count: call.count,
    itemSubType: kind === "map" ? "MapIteration" : "ParallelBranch",
    itemName: (index) =>
      requireItemName(kind, index, call.itemName(index)) ||
      (kind === "map" ? `map-item-${index}` : `parallel-branch-${index}`),
    runItem: (item, index) => runItem(item, index, call),
    itemSerdes: call.itemSerdes,
    maxConcurrency: config?.maxConcurrency || Number.POSITIVE_INFINITY,
    rule: ruleOf(config?.completionConfig, call),
    isFlat: config?.nesting === "FLAT",
    preservesItems: call.preservedLevels > 0,
  };
  const record = scope.isRebuilding ? recordOf(scope, options) : undefined;
  const outcome = await (record === undefined ? runBatch(scope, options) : rebuildBatch(scope, options, record));
  return new Batch<T>(outcome.items as BatchItem<T>[], outcome.reason);
}

function runItem<T>(item: Scope, index: number, call: RunningBatchCall<T>): T | Promise<T> {
  const parameters = typeof call.parameters === "number" ? call.parameters : call.parameters(index);
  if (parameters === 0) item.adopts = call.outer;
  if (parameters === 1 && call.kind === "map") hintAt(item);
  return call.runItem(call.contextFor(item, index), index);
}

/** The record of a batch that has ended: its summary, or the outcomes of its items. */
function recordOf<T>(scope: Scope, { count, isFlat }: BatchOptions<T>): BatchRecord | undefined {
  const { invocation, recordedKey, position } = scope;
  const stored = recordedKey === undefined ? undefined : invocation.stored(recordedKey);
  const summary = readBatchSummary(stored?.result);
  if (summary !== undefined || isFlat || stored?.status !== "SUCCEEDED") return summary;
  // Summaries of AWS's SDK before 2.3.1 do not say how each item ended.
  let itemStatuses = "";
  for (let number = 1; number <= count; number++) {
    const item = invocation.stored(invocation.keyOf(`${position}-${number}`));
    if (item === undefined) break;
    itemStatuses += item.status === "SUCCEEDED" ? "S" : item.status === "FAILED" ? "F" : "-";
  }
  return { itemStatuses, startedCount: itemStatuses.length, reason: undefined };
}

function ruleOf<T>(config: CompletionConfig | undefined, call: BatchCall<T>): CompletionRule {
  const shouldComplete = config?.shouldComplete;
  if (shouldComplete === undefined) return thresholdRule(config ?? {});
  return customRule((progress) => {
    const decision = shouldComplete(statusOf(progress, call));
    return { complete: decision.complete, failed: decision.complete && decision.outcome === "FAILED" };
  });
}

/** The items are put together only if the predicate looks at them. */
function statusOf<T>(progress: BatchProgress, { count, itemName }: BatchCall<T>): CompletionStatus {
  const { successCount, failureCount, completedCount, totalCount } = progress;
  let items: CompletionStatus["items"] | undefined;
  return {
    successCount,
    failureCount,
    completedCount,
    totalCount,
    get items() {
      items ??= Array.from({ length: count }, (_, index) => {
        const status = progress.statusOf(index);
        return { index, name: itemName(index), status } as CompletionStatus["items"][number];
      });
      return items;
    },
  };
}
