import { callbackIdOf } from "../../model/callback-id.ts";
import type { OperationEnded } from "../../model/commit.ts";
import type { Draft } from "../../model/draft.ts";
import type { HistoryEvent } from "../../model/history.ts";
import { dueTimeOf } from "../../model/operation-traits.ts";
import type { CallbackOperation } from "../../model/operation.ts";
import type { OperationUpdate } from "../../model/update.ts";
import type { CompleteCallback, Decision, MachineRejection } from "../command.ts";
import { invalid, rejected, RejectionCode } from "../command.ts";
import { checkCallbackResult, checkErrorSize, checkSeconds, storedFailure } from "../limits.ts";
import { isLive } from "../open-context.ts";
import type { ExecutionState } from "../state.ts";
import type { Beginning, IntroducingFact, OperationFact, OperationKind, UpdateFact } from "./kind.ts";
import { awaited, copy, noEvents } from "./rules.ts";

/** An answer from outside that is waited for, found by an id of its own. */
export const callback: OperationKind<CallbackOperation> = {
  ...awaited,
  type: "CALLBACK",
  check: (update) =>
    update.action === "START"
      ? (checkSeconds(update.timeoutSeconds ?? 0, "Callback timeout in seconds", 0) ??
        checkSeconds(update.heartbeatTimeoutSeconds ?? 0, "Callback heartbeat timeout in seconds", 0))
      : undefined,

  begin,
  introduce,
  progress,
  mayEnd: (known, status) => known.status === "STARTED" && status !== "STOPPED",
  finish: copy,

  register: {
    open,
    close: (state, { callbackId }) => {
      state.callbacks.delete(callbackId);
      state.closedCallbacks.add(callbackId);
    },
    closeAll: (state) => {
      for (const callbackId of state.callbacks.keys()) state.closedCallbacks.add(callbackId);
      state.callbacks.clear();
    },
    isUsed: ({ callbacks }) => callbacks.size > 0,
  },
  fired,

  events: {
    ...noEvents,
    STARTED: "CallbackStarted",
    SUCCEEDED: "CallbackSucceeded",
    FAILED: "CallbackFailed",
    TIMED_OUT: "CallbackTimedOut",
    // AWS has no event for a cancelled callback.
  },
  describe,
};

function begin(fact: Draft<UpdateFact>, update: OperationUpdate, { env, state }: Beginning): void {
  fact.callbackId = callbackIdOf(state.header.id, env.randomId());
  if (update.timeoutSeconds) fact.timeoutSeconds = update.timeoutSeconds;
  if (update.heartbeatTimeoutSeconds) fact.heartbeatTimeoutSeconds = update.heartbeatTimeoutSeconds;
}

function introduce(fact: IntroducingFact, at: number): Draft<CallbackOperation> | undefined {
  if (fact.kind !== "STARTED" || fact.callbackId === undefined) return undefined;
  const { id, callbackId, timeoutSeconds, heartbeatTimeoutSeconds } = fact;
  const draft: Draft<CallbackOperation> = { type: "CALLBACK", id, status: "STARTED", startedAt: at, callbackId };
  if (timeoutSeconds !== undefined) {
    draft.timeoutSeconds = timeoutSeconds;
    draft.timeoutAt = at + timeoutSeconds * 1000;
  }
  if (heartbeatTimeoutSeconds !== undefined) {
    draft.heartbeatTimeoutSeconds = heartbeatTimeoutSeconds;
    draft.heartbeatAt = at + heartbeatTimeoutSeconds * 1000;
  }
  return draft;
}

function open(state: ExecutionState, operation: Draft<CallbackOperation>): boolean {
  const { callbackId } = operation;
  if (state.callbacks.has(callbackId) || state.closedCallbacks.has(callbackId)) return false;
  state.callbacks.set(callbackId, operation.id);
  operation.opened = ++state.deliveries;
  return true;
}

function progress(known: CallbackOperation, { kind }: OperationFact, at: number): CallbackOperation | undefined {
  const { heartbeatTimeoutSeconds } = known;
  if (kind !== "HEARTBEAT" || known.status !== "STARTED" || heartbeatTimeoutSeconds === undefined) return undefined;
  return { ...known, heartbeatAt: at + heartbeatTimeoutSeconds * 1000 };
}

/** Names the deadline that has passed. */
function fired(operation: CallbackOperation): OperationEnded {
  const error =
    operation.timeoutAt === dueTimeOf(operation)
      ? { errorType: "Callback.Timeout", errorMessage: "Callback timed out" }
      : { errorType: "Callback.Heartbeat", errorMessage: "Callback timed out on heartbeat" };
  return { kind: "TIMED_OUT", id: operation.id, error };
}

function describe(event: Draft<HistoryEvent>, fact: OperationFact): void {
  if (fact.kind !== "STARTED") return;
  const { callbackId, timeoutSeconds, heartbeatTimeoutSeconds } = fact;
  if (callbackId !== undefined) event.callbackId = callbackId;
  if (timeoutSeconds !== undefined) event.timeoutSeconds = timeoutSeconds;
  if (heartbeatTimeoutSeconds !== undefined) event.heartbeatTimeoutSeconds = heartbeatTimeoutSeconds;
}

/** Callbacks are those of live operations: the breaches of that rule, in words. */
export function* misplacedCallbacks(state: ExecutionState): Generator<string> {
  const opened = new Map(state.callbacks);
  for (const operation of state.operations.values()) {
    if (operation.type !== "CALLBACK") continue;
    const isOpen = opened.delete(operation.callbackId);
    if (isOpen !== isLive(state, operation)) yield `callback ${operation.id} is ${isOpen ? "open" : "closed"}`;
    if (!isOpen && !state.closedCallbacks.has(operation.callbackId)) yield `callback ${operation.id} is forgotten`;
  }
  for (const id of opened.values()) yield `the callback of ${id} is open, and the operation is unknown`;
}

/** The first outcome wins; a later one, and one after the deadline, is refused. */
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
  if ((dueTimeOf(operation) ?? Infinity) <= now) return closed("The callback has timed out.");
  if (outcome.type === "HEARTBEAT" && operation.heartbeatTimeoutSeconds === undefined) {
    return { rejected: invalid("The callback has no heartbeat timeout.") };
  }
  return { facts: [outcomeFact(operationId, outcome)] };
}

function checkOutcome(outcome: CompleteCallback["outcome"]): MachineRejection | undefined {
  if (outcome.type === "SUCCEEDED") return checkCallbackResult(outcome.result);
  return outcome.type === "FAILED" ? checkErrorSize(outcome.error) : undefined;
}

function closed(message: string): Decision {
  return rejected(RejectionCode.CALLBACK_CLOSED, message);
}

function outcomeFact(id: string, outcome: CompleteCallback["outcome"]): OperationFact {
  if (outcome.type === "HEARTBEAT") return { kind: "HEARTBEAT", id };
  if (outcome.type === "FAILED") return { kind: "FAILED", id, error: storedFailure(outcome.error) };
  return outcome.result == null ? { kind: "SUCCEEDED", id } : { kind: "SUCCEEDED", id, result: outcome.result };
}
