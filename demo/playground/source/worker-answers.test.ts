import { expect, test } from "vitest";
import { readAnswer } from "../../../console/views/wire/fields.ts";
import { readFunctionPage, readRows } from "./worker-answers.ts";

const execution = {
  ...{ DurableExecutionArn: "arn:x", DurableExecutionName: "x", Status: "RUNNING", StartTimestamp: 1.5 },
};

test("reads what a Worker lists", () => {
  expect(readRows("f", { DurableExecutions: [execution] })).toMatchObject([{ id: "arn:x", startedAt: 1_500 }]);
  const more = { StartAt: 3, Tags: { customer: "c-7" }, Halted: true, Halt: { Reason: "PAUSED", Timestamp: 2 } };
  expect(readRows("f", { DurableExecutions: [{ ...execution, ...more }] })).toMatchObject([
    { startAt: 3_000, tags: { customer: "c-7" }, halted: true, haltReason: "PAUSED" },
  ]);
  expect(readFunctionPage({ Functions: [{ FunctionName: "f" }], NextMarker: "m" })).toEqual({
    names: ["f"],
    next: "m",
  });
});

test.each<[string, () => unknown]>([
  ["no JSON", () => readAnswer("<html>")],
  ["no object", () => readAnswer("7")],
  ["no list", () => readRows("f", { DurableExecutions: {} })],
  ["a time that no date has", () => readRows("f", { DurableExecutions: [{ ...execution, StartTimestamp: 1e20 }] })],
  ["a time that is a text", () => readRows("f", { DurableExecutions: [{ ...execution, StartTimestamp: "1" }] })],
  ["a tag that is no text", () => readRows("f", { DurableExecutions: [{ ...execution, Tags: { a: 1 } }] })],
  ["a status that there is not", () => readRows("f", { DurableExecutions: [{ ...execution, Status: "DONE" }] })],
  ["a name that is no text", () => readFunctionPage({ Functions: [{ FunctionName: {} }] })],
])("refuses %s", (_, read) => {
  expect(read).toThrow(/^The Worker's answer is not/);
});
