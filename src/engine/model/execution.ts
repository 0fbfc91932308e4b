import type { Failure } from "./failure.ts";

export const ExecutionStatus = {
  RUNNING: "RUNNING",
  SUCCEEDED: "SUCCEEDED",
  FAILED: "FAILED",
  TIMED_OUT: "TIMED_OUT",
  STOPPED: "STOPPED",
} as const;
export type ExecutionStatus = (typeof ExecutionStatus)[keyof typeof ExecutionStatus];

/** Why an execution that still runs makes no progress until somebody repairs it and resumes it. */
export const HaltReason = {
  /** The code no longer matches the log. */
  NON_DETERMINISM: "NON_DETERMINISM",
  /** The version of the function that this execution started with is not registered. */
  VERSION_MISSING: "VERSION_MISSING",
  /** The store refuses writes for want of space. */
  STORAGE_FULL: "STORAGE_FULL",
  /** So many invocations in a row broke that another one is not worth trying before somebody has looked. */
  REPEATED_FAULTS: "REPEATED_FAULTS",
} as const;
export type HaltReason = (typeof HaltReason)[keyof typeof HaltReason];

export interface Halt {
  readonly reason: HaltReason;
  readonly error: Failure;
  readonly at: number;
}

/** Why the last invocation broke, and when it is tried again. */
export interface Fault {
  readonly error: Failure;
  /** Faults in a row, this one included. */
  readonly count: number;
  readonly at: number;
  readonly retryAt: number;
}

/** Where the outcome of a chained invoke goes: the operation of the execution that asked for it. */
export interface ParentReference {
  readonly executionId: string;
  /** Of the execution that invokes; a later one of its name is another. Any when absent. */
  readonly incarnation?: string;
  readonly operationId: string;
}

/** True if an execution with the parent `found` was started by the operation that `own` names. */
export function isSameParent(found: ParentReference | undefined, own: ParentReference | undefined): boolean {
  if (found === undefined || own === undefined) return found === own;
  const isIncarnation = found.incarnation === undefined || found.incarnation === own.incarnation;
  return isIncarnation && found.executionId === own.executionId && found.operationId === own.operationId;
}

/** What is known of an execution apart from its operations. Times are milliseconds since the epoch. */
export interface ExecutionHeader {
  /** `<function name>/<execution name>`: unique while retained. */
  readonly id: string;
  readonly name: string;
  /** Tells two executions apart that had the same name one after the other. */
  readonly incarnation: string;
  readonly functionName: string;
  /** The version it started with and keeps. */
  readonly version: string;
  /** The event as JSON text; absent when none was given. */
  readonly input?: string;
  readonly status: ExecutionStatus;
  readonly startedAt: number;
  readonly endedAt?: number;
  readonly result?: string;
  readonly error?: Failure;
  readonly timeoutAt?: number;
  readonly executionTimeoutSeconds?: number;
  readonly retentionDays: number;
  readonly parent?: ParentReference;
  /** The parent's log holds the outcome. */
  readonly parentNotified?: boolean;
  readonly tenantId?: string;
  readonly halt?: Halt;
  /** Until an invocation ends without one. */
  readonly fault?: Fault;
}
