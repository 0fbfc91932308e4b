/**
 * The model and the wire have the same fields: here they change their casing and nothing else. What one kind of operation
 * alone has is in its record in wire-kinds.
 */

import { errorObjectFromFailure, type ErrorObject, failureFromErrorObject } from "../engine/model/errors.ts";
import type { ExecutionHeader } from "../engine/model/execution.ts";
import type { Failure } from "../engine/model/failure.ts";
import type { Operation, OperationBase, RecordedType } from "../engine/model/operation.ts";
import { present } from "../engine/model/present.ts";
import type { OperationUpdate } from "../engine/model/update.ts";
import { wireId } from "./wire-id.ts";
import { toMilliseconds, type WireOperationOf, type WireOutcome, type WireTime } from "./wire-kinds/wire-kind.ts";
import { kindsAtSdk, kindsAtService } from "./wire-kinds/wire-kinds.ts";
import type * as wire from "./wire-types.ts";

export { toMilliseconds } from "./wire-kinds/wire-kind.ts";

/** An operation as the wire has it. Times are Dates unless `time` writes them, from ms since the epoch. */
export function operationToWire(operation: Operation): wire.Operation;
export function operationToWire<Time>(operation: Operation, time: (ms: number) => Time): WireOperationOf<Time>;
export function operationToWire(
  operation: Operation,
  time: (ms: number) => unknown = (ms) => new Date(ms),
): WireOperationOf<unknown> {
  const { id, parentId, name, type, subType, status, startedAt, endedAt, result, error } = operation;
  const outcome = present({ Result: result, Error: error && errorToWire(error) });
  return {
    Id: wireId(id),
    ...present({ ParentId: parentId && wireId(parentId), Name: name }),
    Type: type,
    ...present({ SubType: subType }),
    Status: status,
    StartTimestamp: time(startedAt),
    ...present({ EndTimestamp: endedAt === undefined ? undefined : time(endedAt) }),
    ...kindsAtService[type].write(operation, outcome, time),
  };
}

/** The execution as its own first operation, which carries the event. */
export function executionToWire(execution: ExecutionHeader): wire.Operation;
export function executionToWire<Time>(execution: ExecutionHeader, time: (ms: number) => Time): WireOperationOf<Time>;
export function executionToWire(
  { incarnation, name, status, startedAt, endedAt, input }: ExecutionHeader,
  time: (ms: number) => unknown = (ms) => new Date(ms),
): WireOperationOf<unknown> {
  return {
    Id: incarnation,
    Name: name,
    Type: "EXECUTION",
    Status: status === "RUNNING" ? "STARTED" : status,
    StartTimestamp: time(startedAt),
    ...present({ EndTimestamp: endedAt === undefined ? undefined : time(endedAt) }),
    ExecutionDetails: present({ InputPayload: input }),
  };
}

/**
 * An operation as a service sent it. Undefined for what is none of the model's: the execution's own operation, or one
 * without an id, or of which nothing says what it is. What the wire leaves out (the name of an invoked function, a
 * callback's timeouts) is left empty.
 */
export function operationFromWire(operation: WireOperationOf<WireTime>): Operation | undefined {
  const { Id: id, ParentId, Name, SubType, Status, StartTimestamp, EndTimestamp } = operation;
  const type = operation.Type ?? typeLeftOut(operation);
  if (!id || !type || type === "EXECUTION" || !Object.hasOwn(kindsAtSdk, type)) return undefined;
  const kind = kindsAtSdk[type];
  const { Result, Error } = (operation[kind.details] ?? {}) as WireOutcome;
  const common: OperationBase = present({
    id,
    parentId: ParentId,
    name: Name,
    subType: SubType,
    status: Status ?? "STARTED",
    startedAt: toMilliseconds(StartTimestamp) ?? 0,
    endedAt: toMilliseconds(EndTimestamp),
    result: Result,
    error: Error && errorFromWire(Error),
  });
  return kind.read(common, operation);
}

/**
 * AWS's SDK takes an operation without a type for whatever the code calls there. Its details say what it is, or else its
 * sub type: what has no value, or none yet, may have no details.
 */
function typeLeftOut(operation: WireOperationOf<WireTime>): RecordedType | undefined {
  const { SubType } = operation;
  const types = Object.keys(kindsAtSdk) as RecordedType[];
  const type = types.find((type) => operation[kindsAtSdk[type].details] !== undefined);
  return type ?? (SubType === undefined ? undefined : (TYPES[SubType] ?? "CONTEXT"));
}

/** The types of the sub types that are no context's. */
const TYPES: Readonly<Record<string, RecordedType>> = {
  Step: "STEP",
  WaitForCondition: "STEP",
  Wait: "WAIT",
  Callback: "CALLBACK",
  ChainedInvoke: "CHAINED_INVOKE",
};

/** An update as the wire has it. */
export function updateToWire(update: OperationUpdate): wire.OperationUpdate {
  const { id, parentId, name, type, subType, action, payload, error } = update;
  return present({
    Id: wireId(id),
    ParentId: parentId && wireId(parentId),
    Name: name,
    Type: type,
    SubType: subType,
    Action: action,
    Payload: payload,
    Error: error && errorToWire(error),
    ...(type !== "EXECUTION" && kindsAtSdk[type].writeOptions(update)),
  });
}

/** Converts an SDK's request to record an update. Nothing is checked: the machine does that. */
export function updateFromWire(update: wire.OperationUpdate): OperationUpdate {
  const { Id, ParentId, Name, Type, SubType, Action, Payload, Error } = update;
  const read = {
    id: Id,
    parentId: ParentId,
    name: Name,
    type: Type,
    subType: SubType,
    action: Action,
    payload: Payload,
    error: Error && errorFromWire(Error),
  };
  for (const kind of Object.values(kindsAtService)) Object.assign(read, kind.readOptions(update));
  return present(read) as OperationUpdate;
}

/** An error as the wire has it. */
export function errorToWire(failure: Failure): ErrorObject {
  return present(errorObjectFromFailure(failure));
}

/** An error as a service or an SDK sent it. */
export function errorFromWire(error: ErrorObject): Failure {
  return failureFromErrorObject(error);
}
