/** The model and the wire have the same fields: here they change their casing and nothing else. */

import { errorObjectFromFailure, type ErrorObject, failureFromErrorObject } from "../engine/model/errors.ts";
import type { ExecutionHeader } from "../engine/model/execution.ts";
import type { Failure } from "../engine/model/failure.ts";
import type { Operation } from "../engine/model/operation.ts";
import type { OperationUpdate } from "../engine/model/update.ts";
import { wireId } from "./md5.ts";
import type * as wire from "./wire-types.ts";

/** Seconds since the epoch are how the REST API writes times; SDKs hand on Dates or ISO text. */
export type WireTime = wire.WireTimestamp | number;

/** An operation on the wire whose times are written as `Time`. */
export type WireOperationOf<Time> = Omit<
  wire.Operation,
  "StartTimestamp" | "EndTimestamp" | "StepDetails" | "WaitDetails"
> & {
  StartTimestamp: Time | undefined;
  EndTimestamp?: Time | undefined;
  StepDetails?:
    | (Omit<wire.StepDetails, "NextAttemptTimestamp"> & { NextAttemptTimestamp?: Time | undefined })
    | undefined;
  WaitDetails?: { ScheduledEndTimestamp?: Time | undefined } | undefined;
};

export function operationToWire(operation: Operation): wire.Operation;
export function operationToWire<Time>(operation: Operation, time: (ms: number) => Time): WireOperationOf<Time>;
export function operationToWire(
  operation: Operation,
  time: (ms: number) => unknown = (ms) => new Date(ms),
): WireOperationOf<unknown> {
  const { id, parentId, name, type, subType, status, startedAt, endedAt, result, error } = operation;
  const outcome = present({ Result: result, Error: error && errorToWire(error) });
  const common: WireOperationOf<unknown> = {
    Id: wireId(id),
    ...present({ ParentId: parentId && wireId(parentId), Name: name }),
    Type: type,
    ...present({ SubType: subType }),
    Status: status,
    StartTimestamp: time(startedAt),
    ...present({ EndTimestamp: endedAt === undefined ? undefined : time(endedAt) }),
  };
  switch (operation.type) {
    case "CONTEXT":
      return { ...common, ContextDetails: { ...present({ ReplayChildren: operation.replayChildren }), ...outcome } };
    case "STEP": {
      const { attempt, nextAttemptAt } = operation;
      const next = present({ NextAttemptTimestamp: nextAttemptAt === undefined ? undefined : time(nextAttemptAt) });
      return { ...common, StepDetails: { Attempt: attempt, ...next, ...outcome } };
    }
    case "WAIT":
      return { ...common, WaitDetails: { ScheduledEndTimestamp: time(operation.dueAt) } };
    case "CALLBACK":
      return { ...common, CallbackDetails: { CallbackId: operation.callbackId, ...outcome } };
    case "CHAINED_INVOKE":
      return { ...common, ChainedInvokeDetails: outcome };
  }
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
 * without id or type. What the wire leaves out (the name of an invoked function, a callback's timeouts) is left empty.
 */
export function operationFromWire(operation: WireOperationOf<WireTime>): Operation | undefined {
  const { Id: id, ParentId, Name, Type: type, SubType, Status, StartTimestamp, EndTimestamp } = operation;
  if (!id || !type || type === "EXECUTION") return undefined;
  const { Result, Error } = (operation[DETAILS[type]] as { Result?: string; Error?: ErrorObject }) ?? {};
  const startedAt = toMilliseconds(StartTimestamp) ?? 0;
  const common = {
    id,
    ...present({ parentId: ParentId, name: Name, subType: SubType }),
    status: Status ?? "STARTED",
    startedAt,
    ...present({ endedAt: toMilliseconds(EndTimestamp), result: Result, error: Error && errorFromWire(Error) }),
  };
  switch (type) {
    case "CONTEXT":
      return { type, ...common, ...present({ replayChildren: operation.ContextDetails?.ReplayChildren }) };
    case "STEP": {
      const { Attempt, NextAttemptTimestamp } = operation.StepDetails ?? {};
      return {
        type,
        ...common,
        attempt: Attempt ?? 0,
        ...present({ nextAttemptAt: toMilliseconds(NextAttemptTimestamp) }),
      };
    }
    case "WAIT": {
      const dueAt = toMilliseconds(operation.WaitDetails?.ScheduledEndTimestamp) ?? startedAt;
      return { type, ...common, waitSeconds: Math.round((dueAt - startedAt) / 1000), dueAt };
    }
    case "CALLBACK":
      return { type, ...common, callbackId: operation.CallbackDetails?.CallbackId ?? "" };
    case "CHAINED_INVOKE":
      return { type, ...common, functionName: "" };
  }
}

const DETAILS = {
  CONTEXT: "ContextDetails",
  STEP: "StepDetails",
  WAIT: "WaitDetails",
  CALLBACK: "CallbackDetails",
  CHAINED_INVOKE: "ChainedInvokeDetails",
} as const;

export function updateToWire(update: OperationUpdate): wire.OperationUpdate {
  const { id, parentId, name, type, subType, action, payload, error, functionName } = update;
  const starts = action === "START";
  return {
    Id: wireId(id),
    ...present({ ParentId: parentId && wireId(parentId), Name: name }),
    Type: type,
    ...present({ SubType: subType }),
    Action: action,
    ...present({
      Payload: payload,
      Error: error && errorToWire(error),
      ContextOptions: unlessEmpty({ ReplayChildren: update.replayChildren }),
      StepOptions: unlessEmpty({ NextAttemptDelaySeconds: update.nextAttemptDelaySeconds }),
      WaitOptions: unlessEmpty({ WaitSeconds: update.waitSeconds }),
    }),
    ...(starts && type === "CALLBACK" && { CallbackOptions: callbackOptions(update) }),
    ...(starts &&
      type === "CHAINED_INVOKE" && {
        ChainedInvokeOptions: { FunctionName: functionName, ...present({ TenantId: update.tenantId }) },
      }),
  };
}

function callbackOptions({ timeoutSeconds, heartbeatTimeoutSeconds }: OperationUpdate): wire.CallbackOptions {
  return present({ TimeoutSeconds: timeoutSeconds, HeartbeatTimeoutSeconds: heartbeatTimeoutSeconds });
}

/** What an SDK asks to record. Nothing is checked: that is the machine's part. */
export function updateFromWire(update: wire.OperationUpdate): OperationUpdate {
  const { Id, ParentId, Name, Type, SubType, Action, Payload, Error, ChainedInvokeOptions, CallbackOptions } = update;
  return present({
    id: Id,
    parentId: ParentId,
    name: Name,
    type: Type,
    subType: SubType,
    action: Action,
    payload: Payload,
    error: Error && errorFromWire(Error),
    replayChildren: update.ContextOptions?.ReplayChildren,
    nextAttemptDelaySeconds: update.StepOptions?.NextAttemptDelaySeconds,
    waitSeconds: update.WaitOptions?.WaitSeconds,
    timeoutSeconds: CallbackOptions?.TimeoutSeconds,
    heartbeatTimeoutSeconds: CallbackOptions?.HeartbeatTimeoutSeconds,
    functionName: ChainedInvokeOptions?.FunctionName,
    tenantId: ChainedInvokeOptions?.TenantId,
  }) as OperationUpdate;
}

export function errorToWire(failure: Failure): ErrorObject {
  return present(errorObjectFromFailure(failure));
}

export function errorFromWire(error: ErrorObject): Failure {
  return failureFromErrorObject(error);
}

/** Epoch seconds, or milliseconds where seconds would lie beyond the year 5000. Undefined for what is no time. */
export function toMilliseconds(time: WireTime | null | undefined): number | undefined {
  if (time === undefined || time === null) return undefined;
  const ms = typeof time === "number" ? (Math.abs(time) < 1e11 ? time * 1000 : time) : new Date(time).getTime();
  return Number.isNaN(ms) ? undefined : Math.round(ms);
}

type Present<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

/** Leaves out what is undefined. */
function present<T extends object>(members: T): Present<T> {
  const kept: Present<T> = {};
  for (const key in members) {
    const value = members[key];
    if (value !== undefined) kept[key] = value as Exclude<T[typeof key], undefined>;
  }
  return kept;
}

function unlessEmpty<T extends object>(members: T): Present<T> | undefined {
  const kept = present(members);
  return Object.keys(kept).length > 0 ? kept : undefined;
}
