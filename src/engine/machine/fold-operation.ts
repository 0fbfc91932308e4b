import type {
  CallbackHeartbeat,
  OperationEnded,
  OperationFailed,
  OperationReady,
  OperationRetried,
  OperationStarted,
  OperationSucceeded,
} from "../model/commit.ts";
import type {
  CallbackOperation,
  ChainedInvokeOperation,
  ContextOperation,
  Operation,
  OperationStatus,
  StepOperation,
  WaitOperation,
} from "../model/operation.ts";
import { adopt, closeContext, isOpenContext, isPlace, release } from "./context-tree.ts";
import type { Draft } from "../model/draft.ts";
import { CorruptLogError } from "./log-errors.ts";
import type { ExecutionState } from "./state.ts";

type OperationFact =
  | OperationStarted
  | OperationSucceeded
  | OperationFailed
  | OperationRetried
  | OperationReady
  | OperationEnded
  | CallbackHeartbeat;

type Introducing = OperationStarted | OperationSucceeded | OperationFailed | OperationRetried;
type Settling = OperationSucceeded | OperationFailed | OperationEnded;

/** What the commit around a fact says. */
export interface FactOrigin {
  /** The time of the commit. */
  readonly at: number;
  /** Deliveries before the commit. */
  readonly before: number;
}

/** Applies one fact about an operation and returns the operation as it is then. */
export function foldOperation(state: ExecutionState, fact: OperationFact, origin: FactOrigin): Operation {
  const at = fact.at ?? origin.at;
  const known = state.operations.get(fact.id);
  if (known !== undefined) requireOpenParent(state, known);
  switch (fact.kind) {
    case "STARTED":
      if (known !== undefined) return restart(state, known);
      return started(state, introduce(state, fact, origin), fact);
    case "SUCCEEDED":
    case "FAILED":
      return settled(state, known ?? introduce(state, fact, origin), { fact, at });
    case "RETRIED":
      return retried(state, known ?? introduce(state, fact, origin), fact);
    case "READY":
      return ready(state, known, fact);
    case "HEARTBEAT":
      return heartbeat(state, known, { fact, at });
    case "TIMED_OUT":
    case "STOPPED":
    case "CANCELLED":
      if (known === undefined) throw unexpected(fact);
      return settled(state, known, { fact, at });
    default:
      throw unexpected(fact);
  }
}

function requireOpenParent(state: ExecutionState, operation: Operation): void {
  if (operation.parentId === undefined || isOpenContext(state, operation.parentId)) return;
  throw new CorruptLogError(`The log changes operation ${operation.id} after the context around it has ended.`);
}

/** The operation as the first fact about it describes it; not in the state yet. */
function introduce(state: ExecutionState, fact: Introducing, origin: FactOrigin): Operation {
  if (state.forgotten.has(fact.id)) throw unexpected(fact);
  const draft = skeleton(fact, fact.at ?? origin.at);
  draft.after = origin.before;
  if (fact.name !== undefined) draft.name = fact.name;
  if (fact.subType !== undefined) draft.subType = fact.subType;
  if (fact.parentId !== undefined) {
    if (!isOpenContext(state, fact.parentId)) throw unexpected(fact);
    draft.parentId = fact.parentId;
  }
  adopt(state, draft);
  return draft;
}

function skeleton(fact: Introducing, at: number): Draft<Operation> {
  const { id } = fact;
  switch (fact.type) {
    case "CONTEXT":
      return { type: "CONTEXT", id, status: "STARTED", startedAt: at } satisfies ContextOperation;
    case "STEP":
      return { type: "STEP", id, status: "STARTED", startedAt: at, attempt: 0 } satisfies StepOperation;
    case "WAIT":
    case "CALLBACK":
    case "CHAINED_INVOKE":
      if (fact.kind === "STARTED") return waiting(fact, at);
      throw unexpected(fact);
    default:
      throw unexpected(fact);
  }
}

/** What only a start can introduce. */
function waiting(fact: OperationStarted, at: number): Draft<Operation> {
  const base = { id: fact.id, status: "STARTED", startedAt: at } as const;
  switch (fact.type) {
    case "WAIT": {
      if (fact.waitSeconds === undefined || fact.dueAt === undefined) throw unexpected(fact);
      const wait: WaitOperation = { ...base, type: "WAIT", waitSeconds: fact.waitSeconds, dueAt: fact.dueAt };
      return wait;
    }
    case "CALLBACK":
      return callback(fact, at);
    default: {
      if (fact.functionName === undefined) throw unexpected(fact);
      const invoke: Draft<ChainedInvokeOperation> = {
        ...base,
        type: "CHAINED_INVOKE",
        functionName: fact.functionName,
      };
      if (fact.tenantId !== undefined) invoke.tenantId = fact.tenantId;
      if (fact.input !== undefined) invoke.input = fact.input;
      return invoke;
    }
  }
}

function callback(fact: OperationStarted, at: number): Draft<CallbackOperation> {
  const { id, callbackId, timeoutSeconds, heartbeatTimeoutSeconds } = fact;
  if (callbackId === undefined) throw unexpected(fact);
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

interface Dated<T> {
  readonly fact: T;
  readonly at: number;
}

function started(state: ExecutionState, operation: Operation, fact: OperationStarted): Operation {
  switch (operation.type) {
    case "WAIT":
      state.timers.arm(operation.id, operation.dueAt);
      return store(state, operation);
    case "CALLBACK":
      if (state.callbacks.has(operation.callbackId) || state.closedCallbacks.has(operation.callbackId)) {
        throw unexpected(fact);
      }
      state.callbacks.set(operation.callbackId, operation.id);
      armCallback(state, operation);
      return store(state, { ...operation, opened: ++state.deliveries });
    case "CHAINED_INVOKE":
      state.openInvokes.add(operation.id);
      return store(state, operation);
    case "STEP":
    case "CONTEXT":
      return store(state, operation);
  }
}

/** The next attempt of a step begins. What it carries over from the last one is a waitForCondition's state. */
function restart(state: ExecutionState, known: Operation): Operation {
  if (known.type !== "STEP" || known.status !== "READY") throw impossible(known, "start");
  const { error: _error, nextAttemptAt: _nextAttemptAt, ...rest } = known;
  return store(state, { ...rest, status: "STARTED" });
}

function settled(state: ExecutionState, known: Operation, { fact, at }: Dated<Settling>): Operation {
  if (!mayEnd(known, fact.kind)) throw impossible(known, fact.kind);
  release(state, known);
  const draft = withoutAttempt(known);
  draft.status = fact.kind;
  draft.endedAt = at;
  if (draft.type === "CONTEXT") placeEnd(state, draft, fact);
  draft.delivery = ++state.deliveries;
  if (fact.kind === "SUCCEEDED") {
    if (fact.result !== undefined) draft.result = fact.result;
  } else if (fact.error !== undefined) {
    draft.error = fact.error;
  }
  if (draft.type === "CONTEXT" && "replayChildren" in fact && fact.replayChildren === true) draft.replayChildren = true;
  store(state, draft);
  if (draft.type === "CONTEXT") closeContext(state, draft);
  return draft;
}

/** The end of a context comes after a result that is recorded, if it says after which. */
function placeEnd(state: ExecutionState, draft: Draft<ContextOperation>, fact: Settling): void {
  if (!("after" in fact) || fact.after === undefined) return;
  if (!isPlace(state, fact.after)) throw unexpected(fact);
  draft.endedAfter = fact.after;
}

/** A copy for the settled operation: a step's attempt is over, and what its last attempt left behind is gone. */
function withoutAttempt(known: Operation): Draft<Operation> {
  if (known.type !== "STEP") return { ...known };
  if (known.attempt === 0) return { ...known, attempt: 1 };
  const { result: _result, error: _error, nextAttemptAt: _nextAttemptAt, ...rest } = known;
  return { ...rest, attempt: known.attempt + 1 };
}

function mayEnd(operation: Operation, status: OperationStatus): boolean {
  switch (operation.type) {
    case "STEP":
      return (
        (operation.status === "STARTED" || operation.status === "READY") &&
        (status === "SUCCEEDED" || status === "FAILED")
      );
    case "CONTEXT":
      return operation.status === "STARTED" && (status === "SUCCEEDED" || status === "FAILED");
    case "WAIT":
      return operation.status === "STARTED" && (status === "SUCCEEDED" || status === "CANCELLED");
    case "CALLBACK":
      return operation.status === "STARTED" && status !== "STOPPED";
    case "CHAINED_INVOKE":
      return operation.status === "STARTED";
  }
}

function retried(state: ExecutionState, known: Operation, fact: OperationRetried): Operation {
  if (known.type !== "STEP" || (known.status !== "STARTED" && known.status !== "READY")) {
    throw impossible(known, fact.kind);
  }
  const { result: _result, error: _error, ...rest } = known;
  const draft: Draft<StepOperation> = {
    ...rest,
    status: "PENDING",
    attempt: known.attempt + 1,
    nextAttemptAt: fact.dueAt,
  };
  if (fact.result !== undefined) draft.result = fact.result;
  if (fact.error !== undefined) draft.error = fact.error;
  state.timers.arm(fact.id, fact.dueAt);
  return store(state, draft);
}

function ready(state: ExecutionState, known: Operation | undefined, fact: OperationReady): Operation {
  if (known?.type !== "STEP" || known.status !== "PENDING") throw unexpected(fact);
  state.timers.disarm(known.id);
  return store(state, { ...known, status: "READY" });
}

function heartbeat(
  state: ExecutionState,
  known: Operation | undefined,
  { fact, at }: Dated<CallbackHeartbeat>,
): Operation {
  if (known?.type !== "CALLBACK" || known.status !== "STARTED" || known.heartbeatTimeoutSeconds === undefined) {
    throw unexpected(fact);
  }
  const next: CallbackOperation = { ...known, heartbeatAt: at + known.heartbeatTimeoutSeconds * 1000 };
  armCallback(state, next);
  return store(state, next);
}

function armCallback(state: ExecutionState, { id, timeoutAt, heartbeatAt }: CallbackOperation): void {
  const dueAt = Math.min(timeoutAt ?? Infinity, heartbeatAt ?? Infinity);
  if (dueAt !== Infinity) state.timers.arm(id, dueAt);
}

function store(state: ExecutionState, operation: Operation): Operation {
  state.operations.set(operation.id, operation);
  return operation;
}

function unexpected(fact: OperationFact): CorruptLogError {
  return new CorruptLogError(`The log has ${fact.kind} of operation ${fact.id} where it cannot be.`);
}

function impossible(operation: Operation, change: string): CorruptLogError {
  return new CorruptLogError(
    `The log has operation ${operation.id}, a ${operation.type} that is ${operation.status}, change by ${change}.`,
  );
}
