import type { Fact } from "../model/commit.ts";
import type { HistoryEventType } from "../model/history.ts";
import type { OperationFact, OperationKind } from "./kinds/kind.ts";

/** The event of the history that a fact about the execution stands for, if there is one. */
export function executionEventType({ kind }: Exclude<Fact, OperationFact>): HistoryEventType | undefined {
  switch (kind) {
    case "EXECUTION_STARTED":
      return "ExecutionStarted";
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
    case "REWOUND":
      return "ExecutionRewound";
    case "HALTED":
    case "RESUMED":
    case "PARENT_NOTIFIED":
    case "PURGED":
    case "COPIED":
    case "FORKED":
      return undefined;
  }
}

/** The event of the history that a fact about an operation stands for, if there is one. */
export function operationEventType(fact: OperationFact, { events }: OperationKind): HistoryEventType | undefined {
  return fact.kind === "RETRIED" && fact.error === undefined ? events.SUCCEEDED : events[fact.kind];
}
