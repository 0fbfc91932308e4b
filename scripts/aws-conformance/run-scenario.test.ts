import { expect, test } from "vitest";
import { withDurableExecution } from "../../src/lambda-compat/index.ts";
import { onMemoryHost } from "./hosts.ts";
import type { Requirement } from "./requirement.ts";
import { runScenario, type Verdict } from "./run-scenario.ts";

const ask = withDurableExecution(async (name: string, context) => {
  const [answer] = await context.createCallback(name, {
    heartbeatTimeout: { minutes: 1 },
    serdes: { deserialize: async (text) => text },
  });
  return answer;
});

const tooLong = withDurableExecution(async (_: unknown, context) => {
  await context.wait("long", { hours: 1 });
});

function run(functionName: string, requirement: Requirement): Promise<Verdict> {
  const scenario = { suite: "callback", id: "4-1", functionName, requirement };
  return onMemoryHost({ ask, tooLong }, (stage) => runScenario(scenario, stage));
}

const asked: Requirement = {
  Variables: { NAME: "${GEN_STR:10}" },
  Input: "${NAME}",
  CallbackActions: [
    { CallbackName: "${NAME}", Operation: "heartbeat" },
    { CallbackName: "*", Operation: "success", Payload: { by: "${NAME}", n: [1, 2] } },
  ],
  ExpectedResult: { ExecutionStatus: "SUCCEEDED", Result: '{"by": "${NAME}", "n": [1, 2]}' },
  ExpectedExecutionHistory: [{ EventId: 2, EventType: "CallbackStarted", Name: "${NAME}" }],
};

test("starts an execution, answers its callbacks, and says nothing of one that is as required", async () => {
  const result = { ...asked, ExpectedResult: { ExecutionStatus: "SUCCEEDED" } };
  expect(await run("ask", result)).toEqual({ id: "4-1", reasons: [] });
});

test("sends the JSON of AWS's judge, and says what is not as required", async () => {
  const { reasons } = await run("ask", {
    ...asked,
    ExpectedExecutionHistory: [
      { EventId: 4, CallbackSucceededDetails: { Result: { Payload: '{"by": "${NAME}", "n": [1, 2]}' } } },
      { EventId: 5, EventType: "StepStarted" },
    ],
    ExpectedResult: { ExecutionStatus: "FAILED" },
  });
  expect(reasons).toEqual([
    'event 5.EventType is "InvocationCompleted", expected "StepStarted"',
    "the execution is SUCCEEDED, expected FAILED",
  ]);
});

test("does not wait for the end where only the beginning of the history counts", async () => {
  const verdict = await run("tooLong", {
    ExpectedExecutionHistory: [{ EventId: 2, EventType: "WaitStarted", WaitStartedDetails: { Duration: 3600 } }],
  });
  expect(verdict.reasons).toEqual([]);
});
