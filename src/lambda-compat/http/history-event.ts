/** Events of the history in the shape of AWS's API. Members that are undefined vanish in the JSON. */

import type { HistoryEvent } from "../../engine/model/history.ts";
import { wireId } from "../md5.ts";
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

/** AWS wraps payloads, and the wrapper is there even when the payload is not. Nothing is ever cut off here. */
function payloads({ eventType, input, result, error }: HistoryEvent): Members {
  const isWait = eventType === "WaitSucceeded";
  const failed = error ?? /(Failed|TimedOut|Stopped|Cancelled)$/.test(eventType);
  return {
    Input: input !== undefined || eventType === "ExecutionStarted" ? wrapped(input) : undefined,
    Result: /Succeeded$/.test(eventType) && !isWait ? wrapped(result) : undefined,
    Error: failed ? wrapped(error && errorToWire(error)) : undefined,
  };
}

function wrapped(payload: unknown): Members {
  return { Payload: payload, Truncated: false };
}

function settings(event: HistoryEvent): Members {
  const { eventType, attempt, startedAt, dueAt, at } = event;
  return {
    ExecutionTimeout: event.executionTimeoutSeconds,
    Duration: event.waitSeconds,
    CallbackId: event.callbackId,
    Timeout: event.timeoutSeconds,
    HeartbeatTimeout: event.heartbeatTimeoutSeconds,
    FunctionName: event.functionName,
    TenantId: event.tenantId,
    RequestId: event.requestId,
    ...(eventType === "WaitStarted" && { ScheduledEndTimestamp: seconds(dueAt) }),
    ...(eventType === "InvocationCompleted" && { StartTimestamp: seconds(startedAt), EndTimestamp: seconds(at) }),
    ...(/^Step(Succeed|Fail)/.test(eventType) && {
      RetryDetails: { CurrentAttempt: attempt, NextAttemptDelaySeconds: event.nextAttemptDelaySeconds },
    }),
  };
}
