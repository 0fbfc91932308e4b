import type { Failure } from "./failure.ts";

/** The 24 kinds of event in AWS's execution history. */
export type HistoryEventType =
  | "ExecutionStarted"
  | "ExecutionSucceeded"
  | "ExecutionFailed"
  | "ExecutionTimedOut"
  | "ExecutionStopped"
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
  readonly eventType: HistoryEventType;
  /** 1, 2, 3 ... in order. */
  readonly eventId: number;
  readonly at: number;
  readonly id?: string;
  readonly parentId?: string;
  readonly name?: string;
  readonly subType?: string;
  readonly input?: string;
  readonly result?: string;
  readonly error?: Failure;
  /** Attempts finished when the event happened. */
  readonly attempt?: number;
  readonly nextAttemptDelaySeconds?: number;
  readonly waitSeconds?: number;
  readonly dueAt?: number;
  readonly callbackId?: string;
  readonly timeoutSeconds?: number;
  readonly heartbeatTimeoutSeconds?: number;
  readonly functionName?: string;
  readonly tenantId?: string;
  readonly executionTimeoutSeconds?: number;
  /** InvocationCompleted only. */
  readonly requestId?: string;
  readonly startedAt?: number;
}
