import { expect, test } from "vitest";
import type { HistoryEvent } from "./api/operations.ts";
import { openOperations } from "./open-operations.ts";
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
  expect(openOperations(events)).toEqual([
    `step "ship", whose next attempt is at ${dayTime(AT + 30)}`,
    `step "charge", which runs since ${dayTime(AT)}`,
    "invoke of price",
    'callback "approve", abc',
    `wait "cool down" until ${dayTime(AT + 60)}`,
  ]);
});

test("many are counted", () => {
  const waits = Array.from({ length: 12 }, (_, index) => event("WaitStarted", `${index}`));
  expect(openOperations(waits)).toHaveLength(11);
  expect(openOperations(waits).at(-1)).toBe("2 more");
});
