/** Events of the history in the shape of AWS's API. Members that are undefined vanish in the JSON. */

import type { HistoryEvent, HistoryEventType } from "../../engine/model/history.ts";
import { wireId } from "../wire-id.ts";
import { errorToWire } from "../wire.ts";
import { seconds } from "./call.ts";
import type { Callee } from "./callees.ts";

type Members = Readonly<Record<string, unknown>>;

/** `callee` is the execution that a chained invoke has started. */
export function historyEventToWire(event: HistoryEvent, callee?: Callee): Members {
  const { eventType, eventId, at, id, parentId, name, subType } = event;
  return {
    EventType: eventType,
    SubType: subType,
    EventId: eventId,
    Id: id && wireId(id),
    Name: name,
    EventTimestamp: seconds(at),
    ParentId: parentId && wireId(parentId),
    [`${eventType}Details`]: { ...payloads(event), ...settings(event), ...callee },
  };
}

/**
 * AWS wraps payloads. The wrapper of what an event is about is there even when the payload is not: the input that began
 * it, its result or its error. Nothing is ever cut off here.
 */
function payloads({ eventType, input, result, error }: HistoryEvent): Members {
  const about = SUBJECTS[eventType];
  return {
    Input: input !== undefined || about === "Input" ? wrapped(input) : undefined,
    Result: about === "Result" ? wrapped(result) : undefined,
    Error: error !== undefined || about === "Error" ? wrapped(error && errorToWire(error)) : undefined,
  };
}

function wrapped(payload: unknown): Members {
  return { Payload: payload, Truncated: false };
}

const SUBJECTS: Readonly<Record<HistoryEventType, "Input" | "Result" | "Error" | undefined>> = {
  ExecutionStarted: "Input",
  ExecutionSucceeded: "Result",
  ExecutionFailed: "Error",
  ExecutionTimedOut: "Error",
  ExecutionStopped: "Error",
  ExecutionRewound: undefined,
  ContextStarted: undefined,
  ContextSucceeded: "Result",
  ContextFailed: "Error",
  WaitStarted: undefined,
  WaitSucceeded: undefined,
  WaitCancelled: "Error",
  StepStarted: undefined,
  StepSucceeded: "Result",
  StepFailed: "Error",
  ChainedInvokeStarted: undefined,
  ChainedInvokeSucceeded: "Result",
  ChainedInvokeFailed: "Error",
  ChainedInvokeTimedOut: "Error",
  ChainedInvokeStopped: "Error",
  CallbackStarted: undefined,
  CallbackSucceeded: "Result",
  CallbackFailed: "Error",
  CallbackTimedOut: "Error",
  InvocationCompleted: undefined,
};

/** Members of an event that have a place of their own, or become one together. */
type Placed =
  | ("eventType" | "eventId" | "at" | "id" | "parentId" | "name" | "subType")
  | ("input" | "result" | "error")
  | ("attempt" | "nextAttemptDelaySeconds" | "dueAt" | "startedAt")
  // It leads to the callee.
  | "rewinds";

/** AWS's names for the members that only change their name. */
const NAMES: Readonly<Record<Exclude<keyof HistoryEvent, Placed>, string>> = {
  executionTimeoutSeconds: "ExecutionTimeout",
  waitSeconds: "Duration",
  callbackId: "CallbackId",
  timeoutSeconds: "Timeout",
  heartbeatTimeoutSeconds: "HeartbeatTimeout",
  functionName: "FunctionName",
  tenantId: "TenantId",
  requestId: "RequestId",
};

function settings(event: HistoryEvent): Members {
  const { eventType, attempt, startedAt, dueAt, at } = event;
  const named = Object.entries(NAMES).map(([member, name]) => [name, event[member as keyof typeof NAMES]]);
  return {
    ...Object.fromEntries(named),
    ...(eventType === "WaitStarted" && { ScheduledEndTimestamp: seconds(dueAt) }),
    ...(eventType === "InvocationCompleted" && { StartTimestamp: seconds(startedAt), EndTimestamp: seconds(at) }),
    ...(/^Step(Succeed|Fail)/.test(eventType) && {
      RetryDetails: { CurrentAttempt: attempt, NextAttemptDelaySeconds: event.nextAttemptDelaySeconds },
    }),
  };
}
