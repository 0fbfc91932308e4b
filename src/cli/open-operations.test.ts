import { expect, test } from "vitest";
import type { HistoryEvent } from "./api/operations.ts";
import { openInHistory, openLines } from "./open-operations.ts";
import { dayTime } from "./texts.ts";

const AT = 1_790_000_000;
let count = 0;

function event(EventType: string, Id: string, more: Partial<HistoryEvent> = {}, details: object = {}): HistoryEvent {
  return { EventId: ++count, EventType, EventTimestamp: AT, Id, ...more, [`${EventType}Details`]: details };
}

test("an execution waits for its waits, callbacks, invokes, attempts and retries that have not ended, the newest first", () => {
  const events = [
    event("ExecutionStarted", "e"),
    event("StepStarted", "1", { Name: "done" }),
    event("StepSucceeded", "1", { Name: "done" }),
    event("WaitStarted", "2", { Name: "cool down" }, { ScheduledEndTimestamp: AT + 60 }),
    event("ContextStarted", "3", { Name: "approve" }),
    event("CallbackStarted", "3-1", { ParentId: "3" }, { CallbackId: "abc" }),
    event("ChainedInvokeStarted", "4", {}, { FunctionName: "price" }),
    event("StepStarted", "5", { Name: "charge" }),
    event("StepStarted", "6", { Name: "ship" }),
    event("StepFailed", "6", { Name: "ship" }, { RetryDetails: { NextAttemptDelaySeconds: 30 } }),
    event("StepFailed", "7", { Name: "given up" }, { RetryDetails: {} }),
    event("InvocationCompleted", ""),
  ];
  expect(openLines(openInHistory(events))).toEqual([
    `step "ship", whose next attempt is at ${dayTime(AT + 30)}`,
    `step "charge", which began at ${dayTime(AT)}`,
    "invoke of price",
    'callback "approve", abc',
    `wait "cool down" until ${dayTime(AT + 60)}`,
  ]);
});

test("a step whose next attempt runs is no longer one that waits for it", () => {
  const events = [
    event("StepStarted", "1", { Name: "ship" }),
    event("StepFailed", "1", { Name: "ship" }, { RetryDetails: { NextAttemptDelaySeconds: 30 } }),
    event("StepStarted", "1", { Name: "ship", EventTimestamp: AT + 31 }),
  ];
  expect(openLines(openInHistory(events))).toEqual([`step "ship", which began at ${dayTime(AT + 31)}`]);
});

test("nothing waits for what a context that has ended had begun, however deep inside", () => {
  const events = [
    event("ContextStarted", "1", { Name: "first of two" }),
    event("ContextStarted", "1-1", { ParentId: "1", Name: "slow" }),
    event("CallbackStarted", "1-1-1", { ParentId: "1-1" }, { CallbackId: "abc" }),
    event("WaitStarted", "1-2", { ParentId: "1" }, { ScheduledEndTimestamp: AT + 60 }),
    event("ContextSucceeded", "1", { Name: "first of two" }),
  ];
  expect(openInHistory(events)).toEqual([]);
});

test("many are counted", () => {
  const waits = openInHistory(Array.from({ length: 12 }, (_, index) => event("WaitStarted", `${index}`)));
  expect(openLines(waits)).toHaveLength(11);
  expect(openLines(waits).at(-1)).toBe("2 more");
});
