import type { Failure } from "./failure.ts";

/** The 24 kinds of event in AWS's execution history, and one of perdure's own: ExecutionRewound. */
export type HistoryEventType =
  | "ExecutionStarted"
  | "ExecutionSucceeded"
  | "ExecutionFailed"
  | "ExecutionTimedOut"
  | "ExecutionStopped"
  | "ExecutionRewound"
  | "ContextStarted"
  | "ContextSucceeded"
  | "ContextFailed"
  | "WaitStarted"
  | "WaitSucceeded"
  | "WaitCancelled"
  | "StepStarted"
  | "StepSucceeded"
  | "StepFailed"
  | "ChainedInvokeStarted"
  | "ChainedInvokeSucceeded"
  | "ChainedInvokeFailed"
  | "ChainedInvokeTimedOut"
  | "ChainedInvokeStopped"
  | "CallbackStarted"
  | "CallbackSucceeded"
  | "CallbackFailed"
  | "CallbackTimedOut"
  | "InvocationCompleted";

/** One line of the history that people read, derived from the log. Times are ms since the epoch. */
export interface HistoryEvent {
  /** The kind of event. */
  readonly eventType: HistoryEventType;
  /** 1, 2, 3 ... in order. */
  readonly eventId: number;
  /** When the event happened, ms since the epoch. */
  readonly at: number;
  /** The id of the operation; in events of the execution its incarnation, in those of invocations absent. */
  readonly id?: string;
  /** The id of the nearest recorded context around the operation; absent in the root. */
  readonly parentId?: string;
  /** The name of the operation or of the execution; absent without one. */
  readonly name?: string;
  /** The kind of call that the operation comes from, such as `MapIteration`. */
  readonly subType?: string;
  /** The event of the execution or of the invoked function, as JSON text. */
  readonly input?: string;
  /** The value, as its serdes wrote it. */
  readonly result?: string;
  /** The error of the execution, the operation, its attempt or the invocation. */
  readonly error?: Failure;
  /** Attempts finished when the event happened. */
  readonly attempt?: number;
  /** How long a step waits before its next attempt, in whole seconds. */
  readonly nextAttemptDelaySeconds?: number;
  /** How long a wait takes, in whole seconds. */
  readonly waitSeconds?: number;
  /** When a wait is over, ms since the epoch. */
  readonly dueAt?: number;
  /** The id by which the outside completes the callback. */
  readonly callbackId?: string;
  /** How long a callback stays open, in seconds; absent without a timeout. */
  readonly timeoutSeconds?: number;
  /** How long a callback stays open without a heartbeat, in seconds; absent without a limit. */
  readonly heartbeatTimeoutSeconds?: number;
  /** The function of the execution, or the one that is invoked. */
  readonly functionName?: string;
  /** The tenant that the function is invoked for. */
  readonly tenantId?: string;
  /** The execution's timeout, in whole seconds. */
  readonly executionTimeoutSeconds?: number;
  /** ChainedInvokeStarted only: how often the execution had been rewound by then; 0 when absent. */
  readonly rewinds?: number;
  /** InvocationCompleted only. */
  readonly requestId?: string;
  /** InvocationCompleted only: when the invocation began, ms since the epoch. */
  readonly startedAt?: number;
}
