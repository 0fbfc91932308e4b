import type { Failure } from "./failure.ts";
import type { Tags } from "./tags.ts";

/** RUNNING until the execution has its outcome, also while it is halted; then the kind of its outcome. */
export const ExecutionStatus = {
  RUNNING: "RUNNING",
  SUCCEEDED: "SUCCEEDED",
  FAILED: "FAILED",
  TIMED_OUT: "TIMED_OUT",
  STOPPED: "STOPPED",
} as const;
export type ExecutionStatus = (typeof ExecutionStatus)[keyof typeof ExecutionStatus];

/** Why a running execution makes no progress until an operator repairs and resumes it. */
export const HaltReason = {
  /** The code no longer matches the log. */
  NON_DETERMINISM: "NON_DETERMINISM",
  /** The version of the function that this execution started with is not registered. */
  VERSION_MISSING: "VERSION_MISSING",
  /** The store refuses writes for want of space. */
  STORAGE_FULL: "STORAGE_FULL",
  /** So many invocations in a row broke without progress that an operator has to look before another is tried. */
  REPEATED_FAULTS: "REPEATED_FAULTS",
  /** The execution was paused, and goes on only when resumed by hand. */
  PAUSED: "PAUSED",
} as const;
export type HaltReason = (typeof HaltReason)[keyof typeof HaltReason];

/** Why and since when an execution is halted. */
export interface Halt {
  /** What has to be repaired, or that the execution was paused. */
  readonly reason: HaltReason;
  /** What went wrong, for people. */
  readonly error: Failure;
  /** When the execution was halted, ms since the epoch. */
  readonly at: number;
}

/** Why the last invocation broke, and when it is tried again. */
export interface Fault {
  readonly error: Failure;
  /** Faults since an invocation has recorded any progress, this one included. */
  readonly count: number;
  readonly at: number;
  readonly retryAt: number;
}

/** Where the outcome of a chained invoke goes: the operation of the execution that asked for it. */
export interface ParentReference {
  /** `<function name>/<execution name>` of the execution that invokes. */
  readonly executionId: string;
  /** Of the execution that invokes; a later execution of its name has another. Any when absent. */
  readonly incarnation?: string;
  /** The id of the CHAINED_INVOKE operation in that execution. */
  readonly operationId: string;
  /** How often that execution had been rewound when it called; 0 when absent. */
  readonly rewinds?: number;
}

/** The source of a fork, and the point up to which the fork has its records. */
export interface ForkReference {
  /** `<function name>/<execution name>` of the source. */
  readonly executionId: string;
  /** Of the source; a later execution of its name has another. */
  readonly incarnation: string;
  /** The version that the source ran. */
  readonly version: string;
  /** The number of the newest commit of the source that was looked at. */
  readonly cursor: number;
  /** The operation that the fork begins with: facts recorded from there on were left out. */
  readonly operationId?: string;
  /** Neither an operation nor a commit was named: the fork has all but the end or the failure of the source. */
  readonly isLatest?: boolean;
}

/** An execution that began as a copy of this one. */
export interface Fork {
  /** `<function name>/<execution name>`. */
  readonly executionId: string;
  /** Tells the fork from a later execution of its name. */
  readonly incarnation: string;
  /** The version that the fork began with. */
  readonly version: string;
  /** When the fork was noted, ms since the epoch. */
  readonly at: number;
}

/** True if both references ask for the same copy of the same execution. */
export function isSameFork(found: ForkReference | undefined, own: ForkReference | undefined): boolean {
  if (found === undefined || own === undefined) return found === own;
  if (found.executionId !== own.executionId || found.incarnation !== own.incarnation) return false;
  if (found.operationId !== own.operationId || (found.isLatest ?? false) !== (own.isLatest ?? false)) return false;
  // Commits after the operation, or since the first call, do not make another copy.
  return found.operationId !== undefined || found.isLatest === true || found.cursor === own.cursor;
}

/** True if an execution with the parent `found` was started by the operation that `own` names. */
export function isSameParent(found: ParentReference | undefined, own: ParentReference | undefined): boolean {
  if (found === undefined || own === undefined) return found === own;
  const isIncarnation = found.incarnation === undefined || found.incarnation === own.incarnation;
  if (!isIncarnation || (found.rewinds ?? 0) !== (own.rewinds ?? 0)) return false;
  return found.executionId === own.executionId && found.operationId === own.operationId;
}

/** An execution apart from its operations. Times are milliseconds since the epoch. */
export interface ExecutionHeader {
  /** `<function name>/<execution name>`: unique while retained. */
  readonly id: string;
  /** The execution's name, unique among those of its function while it is retained; 1 to 64 characters. */
  readonly name: string;
  /** Tells two executions apart that had the same name one after the other. */
  readonly incarnation: string;
  /** The execution's function; 1 to 140 characters. */
  readonly functionName: string;
  /** The version that the execution runs: that of its start, unless it was resumed or rewound with another. */
  readonly version: string;
  /** The event as JSON text; absent when none was given. */
  readonly input?: string;
  /** RUNNING until the execution has its outcome. */
  readonly status: ExecutionStatus;
  /** When the execution was started, ms since the epoch. */
  readonly startedAt: number;
  /** The function is not called before this time, ms since the epoch; absent if the execution begins at once. */
  readonly startAt?: number;
  /** When the execution had its outcome, ms since the epoch; absent while it runs. */
  readonly endedAt?: number;
  /** The handler's value as JSON text; absent unless the execution succeeded with one. */
  readonly result?: string;
  /** The error that the execution failed or was stopped with; absent otherwise. */
  readonly error?: Failure;
  /** When the execution times out, ms since the epoch; absent without a timeout. */
  readonly timeoutAt?: number;
  /** The timeout given at the start, in whole seconds; absent without one. */
  readonly executionTimeoutSeconds?: number;
  /** How many days the execution is kept after its end. */
  readonly retentionDays: number;
  /** The operation that started the execution; absent if a client did. */
  readonly parent?: ParentReference;
  /** The parent's log holds the outcome. */
  readonly parentNotified?: boolean;
  /** The tenant that the execution was started for; absent without one. */
  readonly tenantId?: string;
  /** The trace that the start belonged to; absent without one. */
  readonly traceHeader?: string;
  /** The tags that the execution is found by: those of its start, as its handler has changed them; absent if none. */
  readonly tags?: Tags;
  /** Why nothing is invoked until the execution is resumed; absent unless it is halted. */
  readonly halt?: Halt;
  /** The newest fault; absent once an invocation ends without one. */
  readonly fault?: Fault;
  /** The execution that this one began as a copy of; absent for one that began anew. */
  readonly forkedFrom?: ForkReference;
  /** The newest executions that began as copies of this one, at most 100; absent if there are none. */
  readonly forks?: readonly Fork[];
  /** How often the execution was rewound; 0 when absent. */
  readonly rewinds?: number;
  /** The execution is being removed before its retention is over. */
  readonly purged?: boolean;
}

/** True if the execution is paused: nothing begins in it, its timers included, until it is resumed. */
export function isPaused({ halt }: ExecutionHeader): boolean {
  return halt?.reason === HaltReason.PAUSED;
}

/** The type of the error of a pause that an operator has asked for. */
export const EXECUTION_PAUSED = "ExecutionPaused";
/** The type of the error of a pause that lasts until the execution is rewound. */
export const EXECUTION_REWINDING = "ExecutionRewinding";

/** True for a pause by a rewind that is under way, or whose process is gone: no operator wants the execution paused. */
export function isPausedForRewind(header: ExecutionHeader): boolean {
  return isPaused(header) && header.halt?.error.errorType === EXECUTION_REWINDING;
}
