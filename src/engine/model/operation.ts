/**
 * An execution consists of operations, each one checkpointed unit of work. The literals are those of AWS's API
 * (API version 2015-03-31); the fields are the same in camelCase, so the wire layer only renames them.
 */

import type { Failure } from "./failure.ts";

/** The types of operation. EXECUTION is the execution itself, which is no operation in the log. */
export const OperationType = {
  EXECUTION: "EXECUTION",
  CONTEXT: "CONTEXT",
  STEP: "STEP",
  WAIT: "WAIT",
  CALLBACK: "CALLBACK",
  CHAINED_INVOKE: "CHAINED_INVOKE",
} as const;
export type OperationType = (typeof OperationType)[keyof typeof OperationType];

/**
 * The status of an operation: STARTED, PENDING and READY while its outcome is to come, then the kind of outcome.
 */
export const OperationStatus = {
  STARTED: "STARTED",
  PENDING: "PENDING",
  READY: "READY",
  SUCCEEDED: "SUCCEEDED",
  FAILED: "FAILED",
  CANCELLED: "CANCELLED",
  TIMED_OUT: "TIMED_OUT",
  STOPPED: "STOPPED",
} as const;
export type OperationStatus = (typeof OperationStatus)[keyof typeof OperationStatus];

/** The change that an update makes to its operation. */
export const OperationAction = {
  START: "START",
  SUCCEED: "SUCCEED",
  FAIL: "FAIL",
  RETRY: "RETRY",
  CANCEL: "CANCEL",
} as const;
export type OperationAction = (typeof OperationAction)[keyof typeof OperationAction];

/** Which call of the programming model an operation comes from. */
export const OperationSubType = {
  STEP: "Step",
  WAIT: "Wait",
  CALLBACK: "Callback",
  RUN_IN_CHILD_CONTEXT: "RunInChildContext",
  MAP: "Map",
  MAP_ITERATION: "MapIteration",
  PARALLEL: "Parallel",
  PARALLEL_BRANCH: "ParallelBranch",
  WAIT_FOR_CALLBACK: "WaitForCallback",
  WAIT_FOR_CONDITION: "WaitForCondition",
  CHAINED_INVOKE: "ChainedInvoke",
} as const;
export type OperationSubType = (typeof OperationSubType)[keyof typeof OperationSubType];

/** Fields every operation has. Times are milliseconds since the epoch. */
export interface OperationBase {
  readonly id: string;
  /** The nearest recorded context around this operation; absent in the root. */
  readonly parentId?: string;
  readonly name?: string;
  readonly subType?: string;
  readonly status: OperationStatus;
  readonly startedAt: number;
  readonly endedAt?: number;
  /** How many results had reached user code when this operation was first recorded. */
  readonly after?: number;
  /** The delivery number of the operation's start, for types whose start reaches user code as a result of its own. */
  readonly opened?: number;
  /** The place of this operation's settlement in the order in which results reach user code; set once it is settled. */
  readonly delivery?: number;
  readonly error?: Failure;
  /** The settled value as its serdes wrote it; absent for `undefined`. */
  readonly result?: string;
}

export interface ContextOperation extends OperationBase {
  readonly type: "CONTEXT";
  /** The delivery number after which the context's end reached user code, before that end was recorded. */
  readonly endedAfter?: number;
  /** The value is rebuilt by running the context again; `result` is then a summary. */
  readonly replayChildren?: boolean;
}

export interface StepOperation extends OperationBase {
  readonly type: "STEP";
  /** Attempts that have finished. */
  readonly attempt: number;
  readonly nextAttemptAt?: number;
}

export interface WaitOperation extends OperationBase {
  readonly type: "WAIT";
  readonly waitSeconds: number;
  readonly dueAt: number;
}

export interface CallbackOperation extends OperationBase {
  readonly type: "CALLBACK";
  readonly callbackId: string;
  readonly timeoutSeconds?: number;
  readonly heartbeatTimeoutSeconds?: number;
  readonly timeoutAt?: number;
  readonly heartbeatAt?: number;
}

export interface ChainedInvokeOperation extends OperationBase {
  readonly type: "CHAINED_INVOKE";
  readonly functionName: string;
  readonly tenantId?: string;
  readonly input?: string;
  /** How often the execution had been rewound when the function was called; 0 when absent. */
  readonly rewinds?: number;
}

/** One unit of an execution's durable state. */
export type Operation = ContextOperation | StepOperation | WaitOperation | CallbackOperation | ChainedInvokeOperation;

/** The types that are recorded as operations: all but that of the execution itself, which has a header instead. */
export type RecordedType = Exclude<OperationType, "EXECUTION">;

/** The operations of one type. */
export type OperationOf<Type extends RecordedType> = Extract<Operation, { readonly type: Type }>;

/** True once an operation has its outcome and can change no more. */
export function isSettled(status: OperationStatus): boolean {
  return status !== "STARTED" && status !== "PENDING" && status !== "READY";
}

/**
 * The delivery number at which the settlement of an operation reaches user code. Those that share one follow on each
 * other in the order of their own numbers.
 */
export function placeOf(operation: Operation): number | undefined {
  return operation.type === "CONTEXT" ? (operation.endedAfter ?? operation.delivery) : operation.delivery;
}

/** True if replay runs this context again for its value. Of a context that failed, the record holds all there is. */
export function isRebuilt(operation: Operation): boolean {
  return operation.type === "CONTEXT" && operation.status === "SUCCEEDED" && operation.replayChildren === true;
}
