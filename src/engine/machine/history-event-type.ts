import type { Fact } from "../model/commit.ts";
import type { HistoryEventType } from "../model/history.ts";
import type { OperationType } from "../model/operation.ts";

type Events = Readonly<Record<OperationType, HistoryEventType | undefined>>;

const STARTED: Events = {
  EXECUTION: undefined,
  CONTEXT: "ContextStarted",
  STEP: "StepStarted",
  WAIT: "WaitStarted",
  CALLBACK: "CallbackStarted",
  CHAINED_INVOKE: "ChainedInvokeStarted",
};

const SUCCEEDED: Events = {
  EXECUTION: undefined,
  CONTEXT: "ContextSucceeded",
  STEP: "StepSucceeded",
  WAIT: "WaitSucceeded",
  CALLBACK: "CallbackSucceeded",
  CHAINED_INVOKE: "ChainedInvokeSucceeded",
};

const FAILED: Events = {
  EXECUTION: undefined,
  CONTEXT: "ContextFailed",
  STEP: "StepFailed",
  WAIT: undefined,
  CALLBACK: "CallbackFailed",
  CHAINED_INVOKE: "ChainedInvokeFailed",
};

/** The event of the history that a fact stands for, if there is one. `type` is that of the fact's operation. */
export function historyEventType(fact: Fact, type: OperationType): HistoryEventType | undefined {
  switch (fact.kind) {
    case "EXECUTION_STARTED":
      return "ExecutionStarted";
    case "STARTED":
      return STARTED[type];
    case "SUCCEEDED":
      return SUCCEEDED[type];
    case "FAILED":
      return FAILED[type];
    case "RETRIED":
      return fact.error === undefined ? "StepSucceeded" : "StepFailed";
    case "TIMED_OUT":
      return type === "CALLBACK" ? "CallbackTimedOut" : "ChainedInvokeTimedOut";
    case "STOPPED":
      return "ChainedInvokeStopped";
    case "CANCELLED":
      // AWS has no event for a cancelled callback or invoke.
      return type === "WAIT" ? "WaitCancelled" : undefined;
    case "EXECUTION_SUCCEEDED":
      return "ExecutionSucceeded";
    case "EXECUTION_FAILED":
      return "ExecutionFailed";
    case "EXECUTION_TIMED_OUT":
      return "ExecutionTimedOut";
    case "EXECUTION_STOPPED":
      return "ExecutionStopped";
    case "INVOCATION_COMPLETED":
      return "InvocationCompleted";
    case "READY":
    case "HEARTBEAT":
    case "HALTED":
    case "RESUMED":
    case "PARENT_NOTIFIED":
      return undefined;
  }
}
