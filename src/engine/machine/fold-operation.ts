import type { CallbackHeartbeat, OperationReady, OperationRetried, OperationStarted } from "../model/commit.ts";
import type { Draft } from "../model/draft.ts";
import { dueTimeOf } from "../model/operation-traits.ts";
import type { ContextOperation, Operation } from "../model/operation.ts";
import { adopt, closeContext, release } from "./context-tree.ts";
import type { IntroducingFact, OperationFact, SettlingFact } from "./kinds/kind.ts";
import { kindNamed, kindOf } from "./kinds/kinds.ts";
import { CorruptLogError } from "./log-errors.ts";
import { isOpenContext, isPlace } from "./open-context.ts";
import type { ExecutionState } from "./state.ts";

/** The data of the commit around a fact. */
export interface FactOrigin {
  /** The time of the commit. */
  readonly at: number;
  /** Deliveries before the commit. */
  readonly before: number;
}

/** Applies one fact about an operation and returns the operation as it is then. */
export function foldOperation(state: ExecutionState, fact: OperationFact, origin: FactOrigin): Operation {
  const known = state.operations.get(fact.id);
  if (known !== undefined) requireOpenParent(state, known);
  switch (fact.kind) {
    case "STARTED":
      return known === undefined ? started(state, fact, origin) : changed(state, known, fact, origin);
    case "SUCCEEDED":
    case "FAILED":
      // An operation that begins with its end was never open.
      if (known !== undefined) release(state, known);
      return settled(state, known ?? introduce(state, fact, origin), fact, origin);
    case "RETRIED":
      return changed(state, known ?? introduce(state, fact, origin), fact, origin);
    case "READY":
    case "HEARTBEAT":
      if (known === undefined) throw unexpected(fact);
      return changed(state, known, fact, origin);
    case "TIMED_OUT":
    case "STOPPED":
    case "CANCELLED":
      if (known === undefined) throw unexpected(fact);
      release(state, known);
      return settled(state, known, fact, origin);
    default:
      throw unexpected(fact);
  }
}

function requireOpenParent(state: ExecutionState, operation: Operation): void {
  if (operation.parentId === undefined || isOpenContext(state, operation.parentId)) return;
  throw new CorruptLogError(`The log changes operation ${operation.id} after the context around it has ended.`);
}

/** The operation as the first fact about it describes it; not in the state yet. */
function introduce(state: ExecutionState, fact: IntroducingFact, origin: FactOrigin): Draft<Operation> {
  if (state.forgotten.has(fact.id)) throw unexpected(fact);
  const draft = kindNamed(fact.type)?.introduce(fact, fact.at ?? origin.at);
  if (draft === undefined) throw unexpected(fact);
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

function started(state: ExecutionState, fact: OperationStarted, origin: FactOrigin): Operation {
  const operation = introduce(state, fact, origin);
  if (kindOf(operation).register?.open(state, operation) === false) throw unexpected(fact);
  const dueAt = dueTimeOf(operation);
  if (dueAt !== undefined) state.timers.arm(operation.id, dueAt);
  return store(state, operation);
}

type ChangingFact = OperationStarted | OperationRetried | OperationReady | CallbackHeartbeat;

/** Short of an end: another attempt, or more time. */
function changed(state: ExecutionState, known: Operation, fact: ChangingFact, origin: FactOrigin): Operation {
  const operation = kindOf(known).progress(known, fact, fact.at ?? origin.at);
  if (operation === undefined) throw misplaced(known, fact);
  const dueAt = dueTimeOf(operation);
  if (dueAt === undefined) state.timers.disarm(operation.id);
  else state.timers.arm(operation.id, dueAt);
  return store(state, operation);
}

function misplaced(known: Operation, fact: ChangingFact): CorruptLogError {
  switch (fact.kind) {
    case "STARTED":
      return impossible(known, "start");
    case "RETRIED":
      return impossible(known, fact.kind);
    case "READY":
    case "HEARTBEAT":
      return unexpected(fact);
  }
}

function settled(state: ExecutionState, known: Operation, fact: SettlingFact, origin: FactOrigin): Operation {
  const kind = kindOf(known);
  if (!kind.mayEnd(known, fact.kind)) throw impossible(known, fact.kind);
  const draft = kind.finish(known, fact);
  draft.status = fact.kind;
  draft.endedAt = fact.at ?? origin.at;
  if (draft.type === "CONTEXT") placeEnd(state, draft, fact);
  draft.delivery = ++state.deliveries;
  if (fact.kind === "SUCCEEDED") {
    if (fact.result !== undefined) draft.result = fact.result;
  } else if (fact.error !== undefined) {
    draft.error = fact.error;
  }
  store(state, draft);
  if (draft.type === "CONTEXT") closeContext(state, draft);
  return draft;
}

/** The end of a context comes after a recorded result, if the fact says after which. */
function placeEnd(state: ExecutionState, draft: Draft<ContextOperation>, fact: SettlingFact): void {
  if (!("after" in fact) || fact.after === undefined) return;
  if (!isPlace(state, fact.after)) throw unexpected(fact);
  draft.endedAfter = fact.after;
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
