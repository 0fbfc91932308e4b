import { describe, expect, test } from "vitest";
import type { HistoryEventType } from "../model/history.ts";
import type { OperationAction, OperationType } from "../model/operation.ts";
import type { OperationUpdate } from "../model/update.ts";
import type { Command } from "./command.ts";
import { HistoryReader, historyOf } from "./history.ts";
import { Recorder } from "./recorder.ts";

const error = { errorType: "Oops", errorMessage: "it broke" };

function update(type: OperationType, action: OperationAction, detail: Partial<OperationUpdate> = {}): OperationUpdate {
  return { id: "1", name: "n", subType: "S", type, action, ...detail };
}

function complete(output: object): Command {
  return { type: "COMPLETE_INVOCATION", requestId: "r", startedAt: 7, output } as Command;
}

type Act = OperationUpdate | Command | ((recorder: Recorder) => void);

/** The last event after some commands; a function stands for what happens between them. */
function lastEvent(...acts: readonly Act[]): unknown {
  const recorder = Recorder.started({ input: "{}", executionTimeoutSeconds: 60 });
  for (const act of acts) {
    if (typeof act === "function") act(recorder);
    else if ("action" in act) recorder.checkpoint(act);
    else recorder.apply(act, "owner");
  }
  return recorder.history.at(-1);
}

const elapse = (recorder: Recorder) => {
  recorder.now += 5000;
  recorder.apply({ type: "FIRE_TIMERS" });
};
const answer = (outcome: object) => (recorder: Recorder) => {
  const [callbackId] = recorder.state.callbacks.keys();
  recorder.apply({ type: "COMPLETE_CALLBACK", callbackId, outcome } as Command);
};
const outcome = (type: string, detail: object = {}) =>
  ({ type: "COMPLETE_INVOKE", operationId: "1", outcome: { type, ...detail } }) as Command;

const identity = { id: "1", name: "n", subType: "S" };
const execution = { id: "1".padStart(32, "0"), name: "o-1" };
const at = 1_000_000;
const invoke = update("CHAINED_INVOKE", "START", { functionName: "f", tenantId: "t", payload: "[]" });
const callback = update("CALLBACK", "START", { timeoutSeconds: 5, heartbeatTimeoutSeconds: 9 });
const wait = update("WAIT", "START", { waitSeconds: 5 });
const retry = { nextAttemptDelaySeconds: 5 };

describe("AWS's 24 events", () => {
  test.each<[HistoryEventType, object, readonly Act[]]>([
    ["ExecutionStarted", { ...execution, eventId: 1, at, input: "{}", executionTimeoutSeconds: 60 }, []],
    [
      "ExecutionSucceeded",
      { ...execution, eventId: 3, at, result: "1" },
      [complete({ status: "SUCCEEDED", result: "1" })],
    ],
    ["ExecutionFailed", { ...execution, eventId: 3, at, error }, [complete({ status: "FAILED", error })]],
    ["ExecutionTimedOut", { ...execution, eventId: 2, at: at + 60_000 }, [(r) => (r.now += 55_000), elapse]],
    ["ExecutionStopped", { ...execution, eventId: 2, at, error }, [{ type: "STOP", error }]],
    ["ContextStarted", { ...identity, eventId: 2, at }, [update("CONTEXT", "START")]],
    [
      "ContextSucceeded",
      { ...identity, eventId: 2, at, result: "1" },
      [update("CONTEXT", "SUCCEED", { payload: "1" })],
    ],
    ["ContextFailed", { ...identity, eventId: 2, at, error }, [update("CONTEXT", "FAIL", { error })]],
    ["WaitStarted", { ...identity, eventId: 2, at, waitSeconds: 5, dueAt: at + 5000 }, [wait]],
    ["WaitSucceeded", { ...identity, eventId: 3, at: at + 5000, waitSeconds: 5 }, [wait, elapse]],
    [
      "WaitCancelled",
      { ...identity, eventId: 3, at, waitSeconds: 5, error },
      [wait, update("WAIT", "CANCEL", { error })],
    ],
    ["StepStarted", { ...identity, eventId: 2, at }, [update("STEP", "START")]],
    [
      "StepSucceeded",
      { ...identity, eventId: 3, at, attempt: 1, result: "1" },
      [update("STEP", "START"), update("STEP", "SUCCEED", { payload: "1" })],
    ],
    ["StepFailed", { ...identity, eventId: 2, at, attempt: 1, error }, [update("STEP", "FAIL", { error })]],
    ["ChainedInvokeStarted", { ...identity, eventId: 2, at, functionName: "f", tenantId: "t", input: "[]" }, [invoke]],
    [
      "ChainedInvokeSucceeded",
      { ...identity, eventId: 3, at, result: "1" },
      [invoke, outcome("SUCCEEDED", { result: "1" })],
    ],
    ["ChainedInvokeFailed", { ...identity, eventId: 3, at, error }, [invoke, outcome("FAILED", { error })]],
    ["ChainedInvokeTimedOut", { ...identity, eventId: 3, at, error }, [invoke, outcome("TIMED_OUT", { error })]],
    ["ChainedInvokeStopped", { ...identity, eventId: 3, at, error }, [invoke, outcome("STOPPED", { error })]],
    [
      "CallbackStarted",
      { ...identity, eventId: 2, at, timeoutSeconds: 5, heartbeatTimeoutSeconds: 9, callbackId: expect.any(String) },
      [callback],
    ],
    [
      "CallbackSucceeded",
      { ...identity, eventId: 3, at, result: "1" },
      [callback, answer({ type: "SUCCEEDED", result: "1" })],
    ],
    ["CallbackFailed", { ...identity, eventId: 3, at, error }, [callback, answer({ type: "FAILED", error })]],
    [
      "CallbackTimedOut",
      {
        ...{ ...identity, eventId: 3, at: at + 5000 },
        error: { errorType: "Callback.Timeout", errorMessage: "Callback timed out" },
      },
      [callback, elapse],
    ],
    ["InvocationCompleted", { eventId: 3, at, requestId: "r", startedAt: 7 }, [wait, complete({ status: "PENDING" })]],
  ])("%s", (eventType, expected, acts) => {
    expect(lastEvent(...acts)).toStrictEqual({ eventType, ...expected });
  });
});

describe("a step's attempts", () => {
  test("a retry after an error reads as a failure with the delay and the attempts so far", () => {
    const event = lastEvent(
      update("STEP", "RETRY", { ...retry, error }),
      elapse,
      update("STEP", "RETRY", { ...retry, error }),
    );
    expect(event).toMatchObject({ eventType: "StepFailed", error, attempt: 2, nextAttemptDelaySeconds: 5 });
  });

  test("a retry of a waitForCondition reads as a success with its state", () => {
    expect(lastEvent(update("STEP", "RETRY", { ...retry, payload: "3" }))).toMatchObject({
      eventType: "StepSucceeded",
      result: "3",
      attempt: 1,
      nextAttemptDelaySeconds: 5,
    });
  });

  test("becoming ready is no event", () => {
    const recorder = Recorder.started();
    recorder.checkpoint(update("STEP", "RETRY", { ...retry, error }));
    const before = recorder.history.length;
    elapse(recorder);
    expect(recorder.history).toHaveLength(before);
  });
});

test("an event has the time, the id and the parent of what happened", () => {
  const recorder = Recorder.started();
  recorder.now += 1000;
  recorder.checkpoint(
    update("CONTEXT", "START", { id: "c", at: at + 200 }),
    update("STEP", "START", { id: "c-1", parentId: "c", at: at + 300 }),
    update("STEP", "SUCCEED", { id: "c-1", parentId: "c" }),
  );
  expect(recorder.history.slice(1)).toMatchObject([
    { eventType: "ContextStarted", id: "c", at: at + 200, eventId: 2 },
    { eventType: "StepStarted", id: "c-1", parentId: "c", at: at + 300, eventId: 3 },
    { eventType: "StepSucceeded", id: "c-1", parentId: "c", at: at + 1000, eventId: 4 },
  ]);
});

test("what the machine keeps for itself gives no event", () => {
  const recorder = Recorder.started({ parent: { executionId: "p/1", operationId: "1" } });
  recorder.checkpoint(update("CALLBACK", "START", { id: "1", heartbeatTimeoutSeconds: 9 }));
  recorder.checkpoint(update("CALLBACK", "START", { id: "2" }));
  recorder.checkpoint(update("CALLBACK", "CANCEL", { id: "2" }));
  answer({ type: "HEARTBEAT" })(recorder);
  recorder.apply({ type: "HALT", reason: "NON_DETERMINISM", error });
  recorder.apply({ type: "RESUME" });
  recorder.apply({ type: "STOP" });
  recorder.apply({ type: "NOTIFY_PARENT" });
  expect(recorder.history.map(({ eventType }) => eventType)).toEqual([
    "ExecutionStarted",
    "CallbackStarted",
    "CallbackStarted",
    "ExecutionStopped",
  ]);
});

test("reads commit by commit what it reads from the whole log", () => {
  const recorder = Recorder.started();
  recorder.checkpoint(update("STEP", "START"), { ...wait, id: "2" });
  elapse(recorder);
  recorder.checkpoint(update("STEP", "SUCCEED"));
  recorder.apply(complete({ status: "SUCCEEDED" }), "owner");
  const reader = new HistoryReader();
  const events = recorder.commits.flatMap((commit) => reader.read(commit));
  expect(events).toStrictEqual([...historyOf(recorder.commits)]);
  expect(events.map(({ eventId }) => eventId)).toEqual(events.map((_event, index) => index + 1));
});
