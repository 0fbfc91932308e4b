import { describe, expect, test } from "vitest";
import type { HistoryEvent } from "../../engine/model/history.ts";
import { historyEventToWire } from "./history-event.ts";

const error = { errorType: "E", errorMessage: "m" };
const whole = (Payload?: unknown) => ({ ...(Payload !== undefined && { Payload }), Truncated: false });
const Error = whole({ ErrorType: "E", ErrorMessage: "m" });
const common = { eventId: 3, at: 2500 };

const CASES: readonly (readonly [Partial<HistoryEvent> & Pick<HistoryEvent, "eventType">, Record<string, unknown>])[] =
  [
    [
      { eventType: "ExecutionStarted", input: "{}", executionTimeoutSeconds: 60 },
      { Input: whole("{}"), ExecutionTimeout: 60 },
    ],
    [{ eventType: "ExecutionStarted" }, { Input: whole() }],
    [{ eventType: "ExecutionSucceeded", result: "1" }, { Result: whole("1") }],
    [{ eventType: "ExecutionFailed", error }, { Error }],
    [{ eventType: "ExecutionTimedOut" }, { Error: whole() }],
    [{ eventType: "ExecutionStopped", error }, { Error }],
    [{ eventType: "ContextStarted" }, {}],
    [{ eventType: "ContextSucceeded" }, { Result: whole() }],
    [{ eventType: "ContextFailed", error }, { Error }],
    [
      { eventType: "WaitStarted", waitSeconds: 5, dueAt: 7500 },
      { Duration: 5, ScheduledEndTimestamp: 7.5 },
    ],
    [{ eventType: "WaitSucceeded", waitSeconds: 5, dueAt: 7500 }, { Duration: 5 }],
    [{ eventType: "WaitCancelled" }, { Error: whole() }],
    [{ eventType: "StepStarted", attempt: 1 }, {}],
    [
      { eventType: "StepSucceeded", result: "1", attempt: 2 },
      { Result: whole("1"), RetryDetails: { CurrentAttempt: 2 } },
    ],
    [
      { eventType: "StepFailed", error, attempt: 1, nextAttemptDelaySeconds: 4 },
      { Error, RetryDetails: { CurrentAttempt: 1, NextAttemptDelaySeconds: 4 } },
    ],
    [
      { eventType: "ChainedInvokeStarted", functionName: "f", tenantId: "t", input: "[]" },
      { FunctionName: "f", TenantId: "t", Input: whole("[]") },
    ],
    [{ eventType: "ChainedInvokeSucceeded", result: "1" }, { Result: whole("1") }],
    [{ eventType: "ChainedInvokeFailed", error }, { Error }],
    [{ eventType: "ChainedInvokeTimedOut", error }, { Error }],
    [{ eventType: "ChainedInvokeStopped", error }, { Error }],
    [
      { eventType: "CallbackStarted", callbackId: "Y2I=", timeoutSeconds: 9, heartbeatTimeoutSeconds: 3 },
      { CallbackId: "Y2I=", Timeout: 9, HeartbeatTimeout: 3 },
    ],
    [{ eventType: "CallbackSucceeded", result: "1" }, { Result: whole("1") }],
    [{ eventType: "CallbackFailed", error }, { Error }],
    [{ eventType: "CallbackTimedOut", error }, { Error }],
    [
      { eventType: "InvocationCompleted", requestId: "r", startedAt: 1500 },
      { RequestId: "r", StartTimestamp: 1.5, EndTimestamp: 2.5 },
    ],
    [
      { eventType: "InvocationCompleted", requestId: "r", startedAt: 1500, error },
      { RequestId: "r", StartTimestamp: 1.5, EndTimestamp: 2.5, Error },
    ],
  ];

describe("a history event on the wire", () => {
  test.for(CASES)("has AWS's details: $0.eventType", ([event, details]) => {
    const wire = JSON.parse(JSON.stringify(historyEventToWire({ ...common, ...event })));
    expect(wire).toEqual({
      EventType: event.eventType,
      EventId: 3,
      EventTimestamp: 2.5,
      [`${event.eventType}Details`]: details,
    });
  });

  test("names its operation by AWS's id, and leaves an id that is AWS's already", () => {
    const event = { ...common, eventType: "StepStarted", id: "1", parentId: "00aa11bb22cc33dd", name: "n" } as const;
    expect(historyEventToWire({ ...event, subType: "Step" })).toMatchObject({
      Id: "c4ca4238a0b92382",
      ParentId: "00aa11bb22cc33dd",
      Name: "n",
      SubType: "Step",
    });
  });
});
