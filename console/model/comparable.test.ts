import { expect, test } from "vitest";
import { encodeCommit } from "perdure/engine";
import { viewOf } from "../views/model/execution-view.ts";
import { textsOfExecution, textsOfOperation } from "./comparable.ts";
import { diffLines } from "./diff.ts";
import { exampleLog } from "../../test/format-example.ts";

const [started = ""] = exampleLog;

test("an execution's result is held against its input, line by line of their JSON", () => {
  const ended = encodeCommit({
    ...{ v: 2, writer: "5f0c.2", owner: "i-1", at: 1_790_000_000_100 },
    facts: [{ kind: "EXECUTION_SUCCEEDED", result: '{"total":40,"paid":true}' }],
  });
  const { header } = viewOf([started, ended]);
  const [input, result, ...others] = textsOfExecution(header!);
  expect([input?.name, result?.name, others]).toEqual(["Input", "Result", []]);
  expect(diffLines(input?.text ?? "", result?.text ?? "").map(({ side, text }) => `${side} ${text}`)).toEqual([
    ...["both {", 'before   "total": 40', 'after   "total": 40,', 'after   "paid": true', "both }"],
  ]);
  expect(textsOfExecution(viewOf([started]).header!).map(({ name }) => name)).toEqual(["Input"]);
});

test("of a step its failed attempts are there before its result, as far as the commit that is looked at", () => {
  const view = viewOf(exampleLog);
  const namesAt = (seq: number) => textsOfOperation(view.track("1")!, seq).map(({ name }) => name);
  expect([1, 2, 3, 4].map(namesAt)).toEqual([[], ["Attempt 1"], ["Attempt 1"], ["Attempt 1", "Result"]]);
  const [attempt, result] = textsOfOperation(view.track("1")!, 4);
  expect(JSON.parse(attempt?.text ?? "")).toEqual({ errorType: "CardError", errorMessage: "try later" });
  expect(result?.text).toBe('"paid"');
});

test("an invoked function has its input beside what it gave back, as it is if it is no JSON", () => {
  const invoked = encodeCommit({
    ...{ v: 2, writer: "5f0c.2", owner: "i-1", at: 1_790_000_000_100 },
    facts: [
      {
        kind: "STARTED",
        id: "1",
        type: "CHAINED_INVOKE",
        subType: "ChainedInvoke",
        functionName: "part",
        input: "[1]",
      },
      { kind: "SUCCEEDED", id: "1", result: "no JSON" },
    ],
  });
  expect(textsOfOperation(viewOf([started, invoked]).track("1")!, 2)).toEqual([
    { name: "Input", text: "[\n  1\n]" },
    { name: "Result", text: "no JSON" },
  ]);
});
