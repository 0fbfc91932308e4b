import type { OperationEnded, OperationFailed, OperationSucceeded } from "../../model/commit.ts";
import type { Draft } from "../../model/draft.ts";
import type { HistoryEvent } from "../../model/history.ts";
import type { ChainedInvokeOperation } from "../../model/operation.ts";
import type { OperationUpdate } from "../../model/update.ts";
import type { CompleteInvoke, Decision } from "../command.ts";
import { NOTHING_CHANGES } from "../command.ts";
import { CALLEE, checkText, storedFailure, TENANT_ID } from "../limits.ts";
import { isLive } from "../open-context.ts";
import type { ExecutionState } from "../state.ts";
import type { Beginning, IntroducingFact, OperationFact, OperationKind, UpdateFact } from "./kind.ts";
import { awaited, copy, noEvents, nothing } from "./rules.ts";

/** Another function's execution that is waited for. */
export const chainedInvoke: OperationKind<ChainedInvokeOperation> = {
  ...awaited,
  type: "CHAINED_INVOKE",
  check: ({ action, functionName, tenantId }) =>
    action === "START"
      ? (checkText(functionName, CALLEE) ?? (tenantId == null ? undefined : checkText(tenantId, TENANT_ID)))
      : undefined,

  begin,
  introduce,
  progress: nothing,
  mayEnd: ({ status }) => status === "STARTED",
  finish: copy,

  register: {
    open: (state, { id }) => {
      state.openInvokes.add(id);
      return true;
    },
    close: (state, { id }) => {
      state.openInvokes.delete(id);
    },
    closeAll: (state) => state.openInvokes.clear(),
    isUsed: ({ openInvokes }) => openInvokes.size > 0,
  },
  fired: nothing,

  events: {
    ...noEvents,
    STARTED: "ChainedInvokeStarted",
    SUCCEEDED: "ChainedInvokeSucceeded",
    FAILED: "ChainedInvokeFailed",
    TIMED_OUT: "ChainedInvokeTimedOut",
    STOPPED: "ChainedInvokeStopped",
    // AWS has no event for a cancelled invoke.
  },
  describe,
};

function begin(fact: Draft<UpdateFact>, update: OperationUpdate, { state }: Beginning): void {
  fact.functionName = update.functionName ?? "";
  if (update.tenantId != null) fact.tenantId = update.tenantId;
  if (update.payload != null) fact.input = update.payload;
  // A call from this position before the execution was rewound is another call.
  if (state.header.rewinds !== undefined) fact.rewinds = state.header.rewinds;
}

function introduce(fact: IntroducingFact, at: number): Draft<ChainedInvokeOperation> | undefined {
  if (fact.kind !== "STARTED" || fact.functionName === undefined) return undefined;
  const { id, functionName, tenantId, input } = fact;
  const type = "CHAINED_INVOKE";
  const draft: Draft<ChainedInvokeOperation> = { id, status: "STARTED", startedAt: at, type, functionName };
  if (tenantId !== undefined) draft.tenantId = tenantId;
  if (input !== undefined) draft.input = input;
  if (fact.rewinds !== undefined) draft.rewinds = fact.rewinds;
  return draft;
}

function describe(event: Draft<HistoryEvent>, fact: OperationFact): void {
  if (fact.kind !== "STARTED") return;
  const { input, functionName, tenantId } = fact;
  if (input !== undefined) event.input = input;
  if (functionName !== undefined) event.functionName = functionName;
  if (tenantId !== undefined) event.tenantId = tenantId;
  if (fact.rewinds !== undefined) event.rewinds = fact.rewinds;
}

/** Invokes are those of live operations: the breaches of that rule, in words. */
export function* misplacedInvokes(state: ExecutionState): Generator<string> {
  const opened = new Set(state.openInvokes);
  for (const operation of state.operations.values()) {
    if (operation.type !== "CHAINED_INVOKE") continue;
    const isOpen = opened.delete(operation.id);
    if (isOpen !== isLive(state, operation)) yield `invoke ${operation.id} is ${isOpen ? "open" : "closed"}`;
  }
  for (const id of opened) yield `invoke ${id} is open, and the operation is unknown`;
}

/** Records the outcome of an execution that was invoked; changes nothing if no open invoke waits for it. */
export function decideInvoke(state: ExecutionState, command: CompleteInvoke): Decision {
  const { operationId, outcome, rewinds = 0 } = command;
  if (!state.openInvokes.has(operationId)) return NOTHING_CHANGES;
  const operation = state.operations.get(operationId);
  if (operation?.type !== "CHAINED_INVOKE" || (operation.rewinds ?? 0) !== rewinds) return NOTHING_CHANGES;
  if (outcome.type === "SUCCEEDED") {
    const fact: Draft<OperationSucceeded> = { kind: "SUCCEEDED", id: operationId };
    if (outcome.result != null) fact.result = outcome.result;
    return { facts: [fact] };
  }
  const fact: Draft<OperationFailed | OperationEnded> = { kind: outcome.type, id: operationId };
  if (outcome.error != null) fact.error = storedFailure(outcome.error);
  return { facts: [fact] };
}
