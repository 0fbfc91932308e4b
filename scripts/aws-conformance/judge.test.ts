import { expect, test } from "vitest";
import { judgeHistory, judgeLogs, judgeOutcome } from "./judge.ts";
import { Placeholders } from "./placeholders.ts";

const started = { EventId: 2, EventType: "StepStarted", Id: "1", Name: "greet", StepStartedDetails: {} };
const ended = { EventId: 3, EventType: "StepSucceeded", Id: "1", StepSucceededDetails: { Result: { Payload: "1" } } };

function ofHistory(...expected: readonly ({ EventId: number } & Record<string, unknown>)[]): readonly string[] {
  return judgeHistory(expected, [ended, started], new Placeholders({ NAME: "greet" }));
}

test("finds events by their ids, and compares of each only what is named", () => {
  expect(ofHistory({ EventId: 3, EventType: "StepSucceeded" }, { EventId: 2, EventType: "StepStarted" })).toEqual([]);
  expect(ofHistory({ EventId: 4, EventType: "ExecutionSucceeded" })).toEqual([
    "event 4: there is none, but ExecutionSucceeded is expected",
  ]);
  expect(ofHistory({ EventId: 3, StepSucceededDetails: { Result: { Payload: "2" } } })).toEqual([
    'event 3.StepSucceededDetails.Result.Payload is "1", expected "2"',
  ]);
});

test("asks of a star and of an empty object only that something is there", () => {
  expect(ofHistory({ EventId: 3, StepSucceededDetails: {} }, { EventId: 2, Id: "*" })).toEqual([]);
  expect(ofHistory({ EventId: 3, StepFailedDetails: {} }, { EventId: 3, Name: "*" })).toEqual([
    "event 3.StepFailedDetails is missing",
    "event 3.Name is missing",
  ]);
});

test("takes a placeholder for the same value wherever it stands", () => {
  expect(ofHistory({ EventId: 2, Id: "${ID}" }, { EventId: 3, Id: "${ID}" })).toEqual([]);
  expect(ofHistory({ EventId: 2, Id: "${ID}", Name: "${ID}" })).toEqual(['event 2.Name is "greet", expected "1"']);
  expect(ofHistory({ EventId: 2, Name: "${NAME}" })).toEqual([]);
  expect(ofHistory({ EventId: 3, EventType: "${NAME}" })).toEqual([
    'event 3.EventType is "StepSucceeded", expected "greet"',
  ]);
});

test("takes what stands between slashes for a regular expression, with Python's flags", () => {
  expect(ofHistory({ EventId: 2, EventType: "${/(?i)^STEP/}" })).toEqual([]);
  expect(ofHistory({ EventId: 2, EventType: "${/^Wait/}" })).toEqual([
    'event 2.EventType is "StepStarted", expected "^Wait"',
  ]);
});

test("compares the result of an execution that succeeds, and the error of one that fails", () => {
  const of = (expected: object, actual: { status: string; result?: string; error?: object }) =>
    judgeOutcome(expected, actual, new Placeholders({ NAME: "Ada" }));
  const result = '{"b":1,"a":"Ada"}';
  expect(of({ ExecutionStatus: "SUCCEEDED" }, { status: "SUCCEEDED", result })).toEqual([]);
  expect(of({ Result: { a: "${NAME}", b: 1 } }, { status: "SUCCEEDED", result })).toEqual([]);
  expect(of({ Result: null }, { status: "SUCCEEDED" })).toEqual([]);
  expect(of({ Result: "Ada" }, { status: "SUCCEEDED", result: "Ada" })).toEqual([]);
  expect(of({ Result: 2 }, { status: "SUCCEEDED", result: "1" })).toEqual(["the result is 1, expected 2"]);
  expect(of({ ExecutionStatus: "SUCCEEDED", Result: 1 }, { status: "FAILED" })).toEqual([
    "the execution is FAILED, expected SUCCEEDED",
  ]);
  const error = { ErrorType: "StepError" };
  expect(of({ Error: { ErrorType: "${/Step/}" } }, { status: "FAILED", error })).toEqual([]);
  expect(of({ Error: { ErrorType: "WaitError" } }, { status: "FAILED", error })).toEqual([
    'the error.ErrorType is "StepError", expected "WaitError"',
  ]);
});

test("counts log lines by what they contain, or by their fields, and looks at their order", () => {
  const lines = ["plain", '{"hook":"start","op":"1"}', '{"hook":"end","op":"1"}'];
  const of = (...expected: Parameters<typeof judgeLogs>[0]) =>
    judgeLogs(expected, lines, new Placeholders({ ID: "1" }));
  expect(of({ pattern: "op", count: 2 }, { match: { hook: "end", op: "${ID}" }, count: 1 })).toEqual([]);
  expect(of({ match: { message: "plain" } }, { match: { message: "/^pl/" }, min_count: 1 })).toEqual([]);
  expect(of({ match: { hook: "end" }, after: [{ hook: "start" }] })).toEqual([]);
  expect(of({ match: { hook: "start" }, after: [{ hook: "end" }] })).toEqual([
    'the log line {"hook":"start"} does not come after {"hook":"end"}',
  ]);
  expect(of({ pattern: "op", count: 1 }, { pattern: "none" })).toEqual([
    '2 log lines are "op", expected 1',
    '0 log lines are "none", expected at least 1',
  ]);
});
