/** What comes from outside an invocation: callbacks, outcomes of invoked executions, and the people in charge. */

import type {
  Fact,
  InvocationCompleted,
  OperationEnded,
  OperationFailed,
  OperationSucceeded,
} from "../model/commit.ts";
import type { CallbackOperation } from "../model/operation.ts";
import type {
  CompleteCallback,
  CompleteInvoke,
  Decision,
  HaltExecution,
  MachineRejection,
  ResumeExecution,
  Stop,
} from "./command.ts";
import { invalid, NOTHING_CHANGES, rejected, RejectionCode } from "./command.ts";
import type { Draft } from "../model/draft.ts";
import { checkCallbackResult, checkErrorSize, checkText, storedFailure, VERSION } from "./limits.ts";
import type { ExecutionState } from "./state.ts";

/** The first outcome wins; whoever comes later, and whoever comes after the deadline, is told so. */
export function decideCallback(state: ExecutionState, command: CompleteCallback, now: number): Decision {
  const { callbackId, outcome } = command;
  const refused = checkOutcome(outcome);
  if (refused !== undefined) return { rejected: refused };
  const operationId = state.callbacks.get(callbackId);
  if (operationId === undefined) {
    if (!state.closedCallbacks.has(callbackId)) return rejected(RejectionCode.NOT_FOUND, "Callback not found.");
    return closed("The callback is closed already.");
  }
  const operation = state.operations.get(operationId);
  if (operation?.type !== "CALLBACK") return rejected(RejectionCode.NOT_FOUND, "Callback not found.");
  if (isOverdue(operation, now)) return closed("The callback has timed out.");
  if (outcome.type === "HEARTBEAT" && operation.heartbeatTimeoutSeconds === undefined) {
    return { rejected: invalid("The callback has no heartbeat timeout.") };
  }
  return { facts: [callbackFact(operationId, outcome)] };
}

function checkOutcome(outcome: CompleteCallback["outcome"]): MachineRejection | undefined {
  if (outcome.type === "SUCCEEDED") return checkCallbackResult(outcome.result);
  return outcome.type === "FAILED" ? checkErrorSize(outcome.error) : undefined;
}

function closed(message: string): Decision {
  return rejected(RejectionCode.CALLBACK_CLOSED, message);
}

function isOverdue({ timeoutAt, heartbeatAt }: CallbackOperation, now: number): boolean {
  return (timeoutAt !== undefined && timeoutAt <= now) || (heartbeatAt !== undefined && heartbeatAt <= now);
}

function callbackFact(id: string, outcome: CompleteCallback["outcome"]): Fact {
  if (outcome.type === "HEARTBEAT") return { kind: "HEARTBEAT", id };
  if (outcome.type === "FAILED") return { kind: "FAILED", id, error: storedFailure(outcome.error) };
  return outcome.result == null ? { kind: "SUCCEEDED", id } : { kind: "SUCCEEDED", id, result: outcome.result };
}

export function decideInvoke(state: ExecutionState, { operationId, outcome }: CompleteInvoke): Decision {
  if (!state.openInvokes.has(operationId)) return NOTHING_CHANGES;
  if (outcome.type === "SUCCEEDED") {
    const fact: Draft<OperationSucceeded> = { kind: "SUCCEEDED", id: operationId };
    if (outcome.result != null) fact.result = outcome.result;
    return { facts: [fact] };
  }
  const fact: Draft<OperationFailed | OperationEnded> = { kind: outcome.type, id: operationId };
  if (outcome.error != null) fact.error = storedFailure(outcome.error);
  return { facts: [fact] };
}

export function decideStop(state: ExecutionState, { error }: Stop): Decision {
  if (state.header.status !== "RUNNING") return NOTHING_CHANGES;
  if (error == null) return { facts: [{ kind: "EXECUTION_STOPPED" }] };
  const refused = checkErrorSize(error);
  if (refused !== undefined) return { rejected: refused };
  return { facts: [{ kind: "EXECUTION_STOPPED", error: storedFailure(error) }] };
}

export function decideHalt(state: ExecutionState, { reason, error, invocation }: HaltExecution): Decision {
  if (state.header.status !== "RUNNING" || state.header.halt?.reason === reason) return NOTHING_CHANGES;
  const failure = storedFailure(error);
  const halted: Fact = { kind: "HALTED", reason, error: failure };
  if (invocation === undefined) return { facts: [halted] };
  const completed: InvocationCompleted = { kind: "INVOCATION_COMPLETED", ...identity(invocation), error: failure };
  return { facts: [completed, halted] };
}

function identity({ requestId, startedAt }: { requestId: string; startedAt: number }): {
  requestId: string;
  startedAt: number;
} {
  return { requestId, startedAt };
}

export function decideResume(state: ExecutionState, { version }: ResumeExecution): Decision {
  if (state.header.halt === undefined) return { rejected: invalid("The execution is not halted.") };
  if (version === undefined || version === state.header.version) return { facts: [{ kind: "RESUMED" }] };
  const refused = checkText(version, VERSION);
  return refused === undefined ? { facts: [{ kind: "RESUMED", version }] } : { rejected: refused };
}

export function decideNotification(state: ExecutionState): Decision {
  const { status, parent, parentNotified } = state.header;
  if (status === "RUNNING" || parent === undefined || parentNotified === true) return NOTHING_CHANGES;
  return { facts: [{ kind: "PARENT_NOTIFIED" }] };
}
