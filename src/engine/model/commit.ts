/**
 * The log, format version 3. A commit is what one append writes: facts in the order in which they became true. The
 * state of an execution and the history that people read are both derived from these facts; nothing else is stored.
 * Delivery numbers are not stored either: they count what reaches user code in the order of the
 * log, which is every settlement of an operation and the start of every callback (its id is a result of its own). The
 * end of a context alone says its place itself, since it reaches user code before it is recorded.
 *
 * Facts are never changed once a version with them was released. A new kind of fact, or a new meaning, takes a new
 * format version, and the old ones keep folding for ever.
 */

import { type ForkReference, HaltReason, type ParentReference } from "./execution.ts";
import type { Failure } from "./failure.ts";
import type { OperationType } from "./operation.ts";
import type { Tags } from "./tags.ts";

/** The newest version of the format. A commit is written in the oldest one that has its facts; see `formatOf`. */
export const LOG_FORMAT_VERSION = 3;

/** The versions that are read: commits of several versions may follow on each other in one log. */
export type LogFormatVersion = 1 | 2 | typeof LOG_FORMAT_VERSION;

/** One append to the log, under one number. */
export interface Commit {
  /** The format version of the commit's facts. */
  readonly v: LogFormatVersion;
  /** The writing process, and which of its writes this is: two commits are the same exactly if their text is. */
  readonly writer: string;
  /** The owner of the invocation that wrote the commit; absent for changes from outside (callbacks, stop, outcomes). */
  readonly owner?: string;
  /** When the commit was decided, ms since the epoch. */
  readonly at: number;
  /** In the order in which they became true. */
  readonly facts: readonly Fact[];
}

export interface ExecutionStarted {
  readonly kind: "EXECUTION_STARTED";
  readonly name: string;
  readonly incarnation: string;
  readonly functionName: string;
  readonly version: string;
  readonly input?: string;
  readonly executionTimeoutSeconds?: number;
  readonly retentionDays: number;
  readonly parent?: ParentReference;
  readonly tenantId?: string;
  readonly traceHeader?: string;
  readonly tags?: Tags;
  /** No invocation begins before this time, ms since the epoch. */
  readonly startAt?: number;
  /** A fork's next fact is `COPIED`. */
  readonly forkedFrom?: ForkReference;
}

/** Facts about operations that another log recorded in one commit. */
export interface CopiedCommit {
  /** When the facts were recorded there, ms since the epoch. */
  readonly at: number;
  /** Facts about operations alone. */
  readonly facts: readonly Fact[];
}

/** The facts that a fork has from its source: they count as if recorded here, in these commits. */
export interface OperationsCopied {
  readonly kind: "COPIED";
  readonly commits: readonly CopiedCommit[];
}

/** The execution is as it was before that operation, or after that commit. Facts recorded since count no more. */
export interface ExecutionRewound {
  readonly kind: "REWOUND";
  /** The number of the newest commit that was looked at. */
  readonly cursor: number;
  /** The operation that the execution goes on with; absent where all facts up to that commit still count. */
  readonly operationId?: string;
  /** The version to go on with, if it changes. */
  readonly version?: string;
  /** The facts about operations that count from now on, in place of all before. */
  readonly commits: readonly CopiedCommit[];
  /** The tags that the execution was started with; `commits` change them as they did. */
  readonly tags?: Tags;
}

/** Another execution began as a copy of this one. */
export interface ExecutionForked {
  readonly kind: "FORKED";
  readonly executionId: string;
  readonly incarnation: string;
  readonly version: string;
}

/** The description of an operation in the first fact about it. */
interface Introduction {
  readonly type?: OperationType;
  readonly parentId?: string;
  readonly name?: string;
  readonly subType?: string;
}

interface OperationFact {
  readonly id: string;
  /** The time of the fact, if it differs from the commit's. */
  readonly at?: number;
}

export interface OperationStarted extends OperationFact, Introduction {
  readonly kind: "STARTED";
  readonly waitSeconds?: number;
  readonly dueAt?: number;
  readonly callbackId?: string;
  readonly timeoutSeconds?: number;
  readonly heartbeatTimeoutSeconds?: number;
  readonly functionName?: string;
  readonly tenantId?: string;
  readonly input?: string;
  /** Invokes: how often the execution had been rewound by then; 0 when absent. */
  readonly rewinds?: number;
}

export interface OperationSucceeded extends OperationFact, Introduction {
  readonly kind: "SUCCEEDED";
  readonly result?: string;
  readonly replayChildren?: boolean;
  /** Contexts: the delivery number of the newest result that had reached user code at their end; 0 for none. */
  readonly after?: number;
}

export interface OperationFailed extends OperationFact, Introduction {
  readonly kind: "FAILED";
  readonly error?: Failure;
  readonly replayChildren?: boolean;
  /** As of `OperationSucceeded`. */
  readonly after?: number;
}

/** A step's attempt is over and another follows at `dueAt`. */
export interface OperationRetried extends OperationFact, Introduction {
  readonly kind: "RETRIED";
  readonly delaySeconds: number;
  readonly dueAt: number;
  readonly error?: Failure;
  readonly result?: string;
}

/** The time of a step's next attempt has come. */
export interface OperationReady extends OperationFact {
  readonly kind: "READY";
}

/** A callback, a chained invoke or a wait ended without a value of its own. */
export interface OperationEnded extends OperationFact {
  readonly kind: "TIMED_OUT" | "STOPPED" | "CANCELLED";
  readonly error?: Failure;
}

export interface CallbackHeartbeat extends OperationFact {
  readonly kind: "HEARTBEAT";
}

export interface ExecutionEnded {
  readonly kind: "EXECUTION_SUCCEEDED" | "EXECUTION_FAILED" | "EXECUTION_TIMED_OUT" | "EXECUTION_STOPPED";
  readonly result?: string;
  readonly error?: Failure;
}

/** An invocation ended: with a suspension, an outcome, a halt, or a fault. */
export interface InvocationCompleted {
  readonly kind: "INVOCATION_COMPLETED";
  readonly requestId: string;
  readonly startedAt: number;
  /** The error of the invocation. With `retryAt` the invocation broke, which counts as a fault. */
  readonly error?: Failure;
  /** When to invoke again: after a fault, or at once for changes that this invocation has not seen. */
  readonly retryAt?: number;
}

export interface ExecutionHalted {
  readonly kind: "HALTED";
  readonly reason: HaltReason;
  readonly error: Failure;
}

export interface ExecutionResumed {
  readonly kind: "RESUMED";
  /** The version to go on with, if it changes. */
  readonly version?: string;
}

export interface ParentNotified {
  readonly kind: "PARENT_NOTIFIED";
}

/** The execution that has ended is to be removed now, and nothing follows any more. */
export interface ExecutionPurged {
  readonly kind: "PURGED";
}

/** One thing that has become true of an execution, by its kind. */
export type Fact =
  | ExecutionStarted
  | OperationStarted
  | OperationSucceeded
  | OperationFailed
  | OperationRetried
  | OperationReady
  | OperationEnded
  | CallbackHeartbeat
  | ExecutionEnded
  | InvocationCompleted
  | ExecutionHalted
  | ExecutionResumed
  | ParentNotified
  | ExecutionPurged
  | OperationsCopied
  | ExecutionForked
  | ExecutionRewound;

/**
 * The oldest version of the format that has these facts. So a process of an older version of perdure goes on with the
 * executions that it understands, and leaves those alone that it does not.
 */
export function formatOf(facts: readonly Fact[]): LogFormatVersion {
  for (const fact of facts) if (isOfVersion3(fact)) return 3;
  return 2;
}

function isOfVersion3(fact: Fact): boolean {
  switch (fact.kind) {
    case "PURGED":
    case "COPIED":
    case "FORKED":
    case "REWOUND":
      return true;
    case "STARTED":
      return fact.rewinds !== undefined;
    case "HALTED":
      return fact.reason === HaltReason.PAUSED;
    default:
      return false;
  }
}
