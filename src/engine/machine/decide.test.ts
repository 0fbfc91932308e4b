import { LOG_FORMAT_VERSION } from "../model/commit.ts";
import { fold } from "./fold.ts";
import { describe, expect, test } from "vitest";
import type { OperationUpdate } from "../model/update.ts";
import type { Command, StartExecution } from "./command.ts";
import { violations } from "./invariants.ts";
import { Limits } from "./limits.ts";
import { Recorder } from "./recorder.ts";

const error = { errorType: "Oops", errorMessage: "it broke" };
const start: StartExecution = {
  type: "START_EXECUTION",
  functionName: "order",
  name: "o-1",
  version: "1",
  retentionDays: 14,
};
const fire = { type: "FIRE_TIMERS" } as const;
const run = { requestId: "r-1", startedAt: 999_000 };

const wait = (id: string, waitSeconds: number): OperationUpdate => ({ id, type: "WAIT", action: "START", waitSeconds });
const callback = (id: string, detail: Partial<OperationUpdate> = {}): OperationUpdate => ({
  ...{ id, type: "CALLBACK", action: "START" },
  ...detail,
});
const invoke = (id: string): OperationUpdate => ({ id, type: "CHAINED_INVOKE", action: "START", functionName: "f" });
const step = (id: string): OperationUpdate => ({ id, type: "STEP", action: "SUCCEED" });

function callbackId(recorder: Recorder, id: string): string {
  const operation = recorder.state.operations.get(id);
  if (operation?.type !== "CALLBACK") throw new Error(`${id} is no callback`);
  return operation.callbackId;
}

function elapse(recorder: Recorder, ms: number): string[] {
  recorder.now += ms;
  return recorder.apply(fire).map(({ id, status }) => `${id} ${status}`);
}

describe("START_EXECUTION", () => {
  test("makes an execution of what it is given", () => {
    const recorder = new Recorder();
    recorder.apply({
      ...start,
      input: "{}",
      incarnation: "abc",
      executionTimeoutSeconds: 60,
      tenantId: "t",
      parent: { executionId: "p/1", operationId: "3" },
    });
    expect(recorder.state.header).toStrictEqual({
      id: "order/o-1",
      name: "o-1",
      incarnation: "abc",
      functionName: "order",
      version: "1",
      input: "{}",
      status: "RUNNING",
      startedAt: 1_000_000,
      executionTimeoutSeconds: 60,
      timeoutAt: 1_060_000,
      retentionDays: 14,
      parent: { executionId: "p/1", operationId: "3" },
      tenantId: "t",
    });
  });

  test("gives it a random incarnation when none is named", () => {
    const recorder = Recorder.started();
    expect(recorder.state.header.incarnation).toBe("1".padStart(32, "0"));
    expect(recorder.state.header).not.toHaveProperty("input");
  });

  test("once more with the same input and version changes nothing", () => {
    const recorder = Recorder.started({ input: "1" });
    expect(recorder.decide({ ...start, input: "1" })).toEqual({ facts: [] });
  });

  test.each([{ input: "2" }, {}, { input: "1", version: "2" }])("once more with %o is refused", (other) => {
    const recorder = Recorder.started({ input: "1" });
    expect(recorder.refusal({ ...start, ...other })?.code).toBe("DurableExecutionAlreadyStartedException");
  });

  test.each<Command>([
    fire,
    { type: "STOP" },
    { type: "CHECKPOINT", updates: [] },
    { type: "COMPLETE_INVOCATION", ...run, output: { status: "SUCCEEDED" } },
  ])("comes before $type", (command) => {
    expect(new Recorder().refusal(command)?.code).toBe("ResourceNotFoundException");
  });
});

describe("P6 timers", () => {
  test("are never early, and fire at their time", () => {
    const recorder = Recorder.started();
    recorder.checkpoint(wait("1", 2));
    expect(elapse(recorder, 1999)).toEqual([]);
    expect(recorder.bodies).toHaveLength(2);
    expect(elapse(recorder, 1)).toEqual(["1 SUCCEEDED"]);
    expect(elapse(recorder, 0)).toEqual([]);
  });

  test("fire however late somebody looks, each once", () => {
    const recorder = Recorder.started();
    recorder.checkpoint(wait("1", 2));
    expect(elapse(recorder, 400 * 86_400_000)).toEqual(["1 SUCCEEDED"]);
    expect(elapse(recorder, 1)).toEqual([]);
  });

  test("fire in the order of their times, and of their starts where those are equal", () => {
    const recorder = Recorder.started();
    recorder.checkpoint(wait("1", 5), wait("2", 3), wait("3", 5), wait("4", 3), wait("5", 9));
    expect(elapse(recorder, 6000)).toEqual(["2 SUCCEEDED", "4 SUCCEEDED", "1 SUCCEEDED", "3 SUCCEEDED"]);
  });

  test("make a step ready for its next attempt", () => {
    const recorder = Recorder.started();
    recorder.checkpoint({ id: "1", type: "STEP", action: "RETRY", error, nextAttemptDelaySeconds: 1 });
    expect(elapse(recorder, 999)).toEqual([]);
    expect(elapse(recorder, 1)).toEqual(["1 READY"]);
  });

  test("do not fire for what was cancelled", () => {
    const recorder = Recorder.started();
    recorder.checkpoint(wait("1", 1), wait("2", 2));
    recorder.checkpoint({ id: "1", type: "WAIT", action: "CANCEL" });
    expect(elapse(recorder, 5000)).toEqual(["2 SUCCEEDED"]);
  });

  test("fire while the execution is halted", () => {
    const recorder = Recorder.started();
    recorder.checkpoint(wait("1", 1));
    recorder.apply({ type: "HALT", reason: "VERSION_MISSING", error });
    expect(elapse(recorder, 1000)).toEqual(["1 SUCCEEDED"]);
  });

  test("that come with or before the execution's own timeout fire before it, later ones not at all", () => {
    const recorder = Recorder.started({ executionTimeoutSeconds: 5 });
    recorder.checkpoint(wait("1", 4), wait("2", 5), wait("3", 6));
    expect(elapse(recorder, 10_000)).toEqual(["1 SUCCEEDED", "2 SUCCEEDED"]);
    expect(recorder.state.header).toMatchObject({ status: "TIMED_OUT", endedAt: 1_010_000 });
    expect(elapse(recorder, 10_000)).toEqual([]);
  });

  test("the execution's timeout is not early either", () => {
    const recorder = Recorder.started({ executionTimeoutSeconds: 5 });
    elapse(recorder, 4999);
    expect(recorder.state.header.status).toBe("RUNNING");
    elapse(recorder, 1);
    expect(recorder.state.header.status).toBe("TIMED_OUT");
  });
});

describe("callback timeouts", () => {
  test("the timeout ends a callback with AWS's error", () => {
    const recorder = Recorder.started();
    recorder.checkpoint(callback("1", { timeoutSeconds: 2 }));
    expect(elapse(recorder, 2000)).toEqual(["1 TIMED_OUT"]);
    expect(recorder.state.operations.get("1")?.error).toEqual({
      errorType: "Callback.Timeout",
      errorMessage: "Callback timed out",
    });
  });

  test("a missed heartbeat does so too, and each heartbeat gives it another period", () => {
    const recorder = Recorder.started();
    recorder.checkpoint(callback("1", { timeoutSeconds: 60, heartbeatTimeoutSeconds: 2 }));
    const beat = {
      type: "COMPLETE_CALLBACK",
      callbackId: callbackId(recorder, "1"),
      outcome: { type: "HEARTBEAT" },
    } as const;
    for (let beats = 0; beats < 3; beats++) {
      expect(elapse(recorder, 1999)).toEqual([]);
      expect(recorder.apply(beat)).toMatchObject([{ id: "1", status: "STARTED", heartbeatAt: recorder.now + 2000 }]);
    }
    expect(elapse(recorder, 2000)).toEqual(["1 TIMED_OUT"]);
    expect(recorder.state.operations.get("1")?.error).toEqual({
      errorType: "Callback.Heartbeat",
      errorMessage: "Callback timed out on heartbeat",
    });
  });

  test("heartbeats do not put off the timeout", () => {
    const recorder = Recorder.started();
    recorder.checkpoint(callback("1", { timeoutSeconds: 3, heartbeatTimeoutSeconds: 2 }));
    elapse(recorder, 1500);
    recorder.apply({
      type: "COMPLETE_CALLBACK",
      callbackId: callbackId(recorder, "1"),
      outcome: { type: "HEARTBEAT" },
    });
    expect(elapse(recorder, 1500)).toEqual(["1 TIMED_OUT"]);
    expect(recorder.state.operations.get("1")?.error?.errorType).toBe("Callback.Timeout");
  });
});

describe("P5 a callback is completed once, the first wins", () => {
  function opened(detail: Partial<OperationUpdate> = {}): {
    recorder: Recorder;
    complete: (outcome: object) => Command;
  } {
    const recorder = Recorder.started();
    recorder.checkpoint(callback("1", detail));
    const id = callbackId(recorder, "1");
    const complete = (outcome: object) => ({ type: "COMPLETE_CALLBACK", callbackId: id, outcome }) as Command;
    return { recorder, complete };
  }

  test.each([
    [
      { type: "SUCCEEDED", result: "yes" },
      { status: "SUCCEEDED", result: "yes", delivery: 2 },
    ],
    [{ type: "SUCCEEDED" }, { status: "SUCCEEDED", delivery: 2 }],
    [
      { type: "FAILED", error },
      { status: "FAILED", error, delivery: 2 },
    ],
  ])("%o settles it", (outcome, expected) => {
    const { recorder, complete } = opened();
    expect(recorder.apply(complete(outcome))).toMatchObject([expected]);
  });

  test("every later completion or heartbeat is told that it is closed", () => {
    const { recorder, complete } = opened();
    recorder.apply(complete({ type: "SUCCEEDED", result: "first" }));
    for (const late of [{ type: "SUCCEEDED", result: "first" }, { type: "FAILED", error }, { type: "HEARTBEAT" }]) {
      expect(recorder.refusal(complete(late))?.code).toBe("CallbackTimeoutException");
    }
    expect(recorder.state.operations.get("1")?.result).toBe("first");
  });

  test("decided twice on the same state, only one of the two decisions can land: the other is decided again", () => {
    const { recorder, complete } = opened();
    const [first, second] = [
      complete({ type: "SUCCEEDED", result: "a" }),
      complete({ type: "SUCCEEDED", result: "b" }),
    ];
    expect(recorder.refusal(second)).toBeUndefined();
    recorder.apply(first);
    expect(recorder.refusal(second)?.code).toBe("CallbackTimeoutException");
  });

  test("an unknown id is not found", () => {
    const { recorder } = opened();
    const unknown = { type: "COMPLETE_CALLBACK", callbackId: "bm9uZQ==", outcome: { type: "SUCCEEDED" } } as const;
    expect(recorder.refusal(unknown)?.code).toBe("ResourceNotFoundException");
  });

  test.each([{ timeoutSeconds: 2 }, { heartbeatTimeoutSeconds: 2 }])(
    "with %o it is too late at the deadline",
    (detail) => {
      const { recorder, complete } = opened(detail);
      recorder.now += 1999;
      expect(recorder.refusal(complete({ type: "SUCCEEDED" }))).toBeUndefined();
      recorder.now += 1;
      expect(recorder.refusal(complete({ type: "SUCCEEDED" }))?.code).toBe("CallbackTimeoutException");
      recorder.apply(fire);
      expect(recorder.refusal(complete({ type: "SUCCEEDED" }))?.code).toBe("CallbackTimeoutException");
    },
  );

  test.each([
    ["cancelled", { type: "CHECKPOINT", updates: [{ id: "1", type: "CALLBACK", action: "CANCEL" }] }],
    ["left by the end of the execution", { type: "STOP" }],
  ] as const)("it is closed once it was %s", (_how, command) => {
    const { recorder, complete } = opened();
    recorder.apply(command);
    expect(recorder.refusal(complete({ type: "SUCCEEDED" }))?.code).toBe("CallbackTimeoutException");
  });

  test("it can be completed while the execution is halted", () => {
    const { recorder, complete } = opened();
    recorder.apply({ type: "HALT", reason: "NON_DETERMINISM", error });
    expect(recorder.apply(complete({ type: "SUCCEEDED" }))).toMatchObject([{ status: "SUCCEEDED" }]);
  });

  test("a heartbeat without a heartbeat timeout is an error", () => {
    const { recorder, complete } = opened({ timeoutSeconds: 5 });
    expect(recorder.refusal(complete({ type: "HEARTBEAT" }))?.code).toBe("InvalidParameterValueException");
  });
});

describe("COMPLETE_INVOKE", () => {
  test.each([
    [
      { type: "SUCCEEDED", result: "7" },
      { status: "SUCCEEDED", result: "7" },
    ],
    [
      { type: "FAILED", error },
      { status: "FAILED", error },
    ],
    [
      { type: "TIMED_OUT", error },
      { status: "TIMED_OUT", error },
    ],
    [{ type: "STOPPED" }, { status: "STOPPED" }],
  ] as const)("%o settles it", (outcome, expected) => {
    const recorder = Recorder.started();
    recorder.checkpoint(invoke("1"));
    expect(recorder.apply({ type: "COMPLETE_INVOKE", operationId: "1", outcome })).toMatchObject([expected]);
  });

  test("says nothing the second time, for what is unknown, and after the end", () => {
    const recorder = Recorder.started();
    recorder.checkpoint(invoke("1"), invoke("2"));
    const complete = (operationId: string) =>
      recorder.decide({ type: "COMPLETE_INVOKE", operationId, outcome: { type: "FAILED", error } });
    recorder.apply({ type: "COMPLETE_INVOKE", operationId: "1", outcome: { type: "SUCCEEDED" } });
    expect(complete("1")).toEqual({ facts: [] });
    expect(complete("9")).toEqual({ facts: [] });
    recorder.apply({ type: "STOP" });
    expect(complete("2")).toEqual({ facts: [] });
  });
});

describe("STOP", () => {
  test("ends an execution, with or without an error, halted or not", () => {
    const recorder = Recorder.started();
    recorder.apply({ type: "HALT", reason: "NON_DETERMINISM", error });
    recorder.apply({ type: "STOP", error });
    expect(recorder.state.header).toMatchObject({ status: "STOPPED", error, endedAt: recorder.now });
    expect(recorder.state.header).not.toHaveProperty("halt");
  });

  test("changes nothing of what has ended", () => {
    const recorder = Recorder.started();
    recorder.apply({ type: "STOP" });
    expect(recorder.decide({ type: "STOP", error })).toEqual({ facts: [] });
  });
});

describe("COMPLETE_INVOCATION", () => {
  const complete = (output: object) => ({ type: "COMPLETE_INVOCATION", ...run, output }) as Command;
  const kinds = (recorder: Recorder) => recorder.commits.at(-1)?.facts.map(({ kind }) => kind);

  test("SUCCEEDED ends the execution with the result", () => {
    const recorder = Recorder.started();
    recorder.apply(complete({ status: "SUCCEEDED", result: "42" }), "owner");
    expect(recorder.state.header).toMatchObject({ status: "SUCCEEDED", result: "42" });
    expect(kinds(recorder)).toEqual(["INVOCATION_COMPLETED", "EXECUTION_SUCCEEDED"]);
  });

  test("FAILED ends it with the error, which the invocation's event has too", () => {
    const recorder = Recorder.started();
    recorder.apply(complete({ status: "FAILED", error }), "owner");
    expect(recorder.state.header).toMatchObject({ status: "FAILED", error });
    expect(recorder.commits.at(-1)?.facts[0]).toEqual({ kind: "INVOCATION_COMPLETED", ...run, error });
  });

  test.each([
    ["a wait", wait("1", 5)],
    ["a callback", callback("1")],
    ["an invoke", invoke("1")],
    ["a retry", { id: "1", type: "STEP", action: "RETRY", nextAttemptDelaySeconds: 1 } as const],
  ])("PENDING suspends on %s", (_what, update) => {
    const recorder = Recorder.started();
    recorder.checkpoint(update);
    recorder.apply(complete({ status: "PENDING" }), "owner");
    expect(recorder.state.header.status).toBe("RUNNING");
    expect(recorder.state.invocation).toMatchObject({
      dueSince: undefined,
      activeAt: undefined,
      failures: 0,
      retryAt: undefined,
    });
  });

  test("PENDING with nothing pending fails the execution, in AWS's words", () => {
    const recorder = Recorder.started();
    recorder.checkpoint(step("1"), { id: "2", type: "STEP", action: "START" });
    recorder.apply(complete({ status: "PENDING" }), "owner");
    expect(recorder.state.header).toMatchObject({
      status: "FAILED",
      error: {
        errorType: "InvalidParameterValueException",
        errorMessage: "Cannot return PENDING status with no pending operations.",
      },
    });
  });

  test("PENDING on what was settled from outside meanwhile invokes again at once", () => {
    const recorder = Recorder.started();
    recorder.checkpoint(callback("1"));
    recorder.apply({
      type: "COMPLETE_CALLBACK",
      callbackId: callbackId(recorder, "1"),
      outcome: { type: "SUCCEEDED" },
    });
    recorder.apply(complete({ status: "PENDING" }), "owner");
    expect(recorder.state.header.status).toBe("RUNNING");
    expect(recorder.state.invocation).toMatchObject({
      dueSince: undefined,
      activeAt: undefined,
      failures: 0,
      // The callback's start, and not its outcome.
      heard: 1,
      retryAt: recorder.now,
    });
  });

  test("PENDING on a retry that has become due meanwhile invokes again at once", () => {
    const recorder = Recorder.started();
    recorder.checkpoint({ id: "1", type: "STEP", action: "RETRY", error, nextAttemptDelaySeconds: 1 }, wait("2", 60));
    elapse(recorder, 1000);
    recorder.apply(complete({ status: "PENDING" }), "owner");
    expect(recorder.state.invocation.retryAt).toBe(recorder.now);
  });

  test("PENDING takes its caller's word for whether there is news", () => {
    const recorder = Recorder.started();
    recorder.checkpoint(wait("1", 5));
    recorder.apply(complete({ status: "PENDING", again: true }), "owner");
    expect(recorder.state.invocation.retryAt).toBe(recorder.now);
    recorder.checkpoint(wait("2", 1));
    elapse(recorder, 1000);
    const seen = recorder.state.seq;
    recorder.apply(complete({ status: "PENDING", seen }), "owner");
    expect(recorder.state.invocation).toMatchObject({ dueSince: undefined, retryAt: undefined });
    recorder.checkpoint(wait("3", 1));
    elapse(recorder, 1000);
    recorder.apply(complete({ status: "PENDING", seen }), "owner");
    expect(recorder.state.invocation).toMatchObject({ dueSince: undefined, retryAt: recorder.now });
  });

  test("FAULT is counted and tried again; a good end counts from none again", () => {
    const recorder = Recorder.started();
    const fault = complete({ status: "FAULT", error, retryAt: 1_005_000 });
    recorder.apply(fault, "owner");
    recorder.apply(fault, "owner");
    expect(recorder.state.header.status).toBe("RUNNING");
    expect(recorder.state.invocation).toMatchObject({
      dueSince: undefined,
      activeAt: undefined,
      failures: 2,
      retryAt: 1_005_000,
    });
    recorder.checkpoint(wait("1", 1));
    expect(recorder.state.invocation).toMatchObject({
      dueSince: undefined,
      activeAt: recorder.now,
      failures: 0,
      retryAt: undefined,
    });
    recorder.apply(complete({ status: "PENDING" }), "owner");
    expect(recorder.state.invocation.failures).toBe(0);
  });

  test("FAULT is shown with its error and its next try, until an invocation ends without one", () => {
    const recorder = Recorder.started();
    const { rowSeq } = recorder.state;
    const faulty = (errorMessage: string): void =>
      void recorder.apply(
        complete({ status: "FAULT", error: { errorMessage }, retryAt: recorder.now + 5000 }),
        "owner",
      );
    faulty("first");
    recorder.now += 5000;
    faulty("second");
    const at = recorder.now;
    const fault = { error: { errorMessage: "second" }, count: 2, at, retryAt: at + 5000 };
    expect(recorder.state.header.fault).toEqual(fault);
    expect(recorder.refold().header).toEqual(recorder.state.header);
    recorder.checkpoint(wait("1", 1));
    expect(recorder.state.header.fault).toEqual(fault);
    recorder.apply(complete({ status: "PENDING" }), "owner");
    expect(recorder.state.header).not.toHaveProperty("fault");
    expect(recorder.state.rowSeq).toBe(rowSeq);
    faulty("third");
    recorder.apply({ type: "STOP" });
    expect(recorder.state.header).not.toHaveProperty("fault");
  });

  test("FAULT halts after fifty in a row, and a resume begins to count again", () => {
    const recorder = Recorder.started();
    recorder.checkpoint(wait("1", 1));
    const fault = complete({ status: "FAULT", error, retryAt: 1_005_000 });
    for (let count = 1; count < Limits.FAULTS_IN_A_ROW; count++) {
      recorder.apply(fault, "owner");
      expect(recorder.state.header.halt).toBeUndefined();
    }
    recorder.apply(fault, "owner");
    expect(Limits.FAULTS_IN_A_ROW).toBe(50);
    expect(recorder.state.header).toMatchObject({ status: "RUNNING", halt: { reason: "REPEATED_FAULTS", error } });
    expect(recorder.state.header).not.toHaveProperty("fault");
    expect(recorder.state.invocation).toMatchObject({ failures: 0, retryAt: undefined, activeAt: undefined });
    expect(recorder.commits.at(-1)!.facts.map(({ kind }) => kind)).toEqual(["INVOCATION_COMPLETED", "HALTED"]);
    expect(violations(recorder.state)).toEqual([]);
    recorder.apply({ type: "RESUME" });
    expect(recorder.state.invocation).toMatchObject({ dueSince: recorder.now, failures: 0 });
    recorder.apply(fault, "owner");
    expect(recorder.state.header.fault).toMatchObject({ count: 1 });
  });

  const attempt = { id: "1", type: "STEP" } as const;
  const begun: OperationUpdate = { ...attempt, action: "START" };
  const failed: OperationUpdate = { ...attempt, action: "RETRY", error, nextAttemptDelaySeconds: 1 };
  const polled: OperationUpdate = { ...attempt, action: "RETRY", payload: "1", nextAttemptDelaySeconds: 1 };

  test.each<[string, boolean, (round: number) => readonly OperationUpdate[]]>([
    ["completed a step", true, (round) => [step(`${round}`)]],
    ["called an operation", true, (round) => [wait(`${round}`, 60)]],
    ["looked at a condition once more", true, () => [begun, polled]],
    ["used up an attempt", false, () => [begun, failed]],
    ["recorded nothing", false, () => []],
  ])("invocations that break after they have %s are tried without end: %s", (_what, isProgress, updatesOf) => {
    const recorder = Recorder.started();
    for (let round = 1; round <= 2 * Limits.FAULTS_IN_A_ROW && recorder.state.header.halt === undefined; round++) {
      recorder.now += 600_000;
      recorder.apply({ type: "FIRE_TIMERS" });
      const updates = updatesOf(round);
      if (updates.length > 0) recorder.checkpoint(...updates);
      recorder.apply(complete({ status: "FAULT", error, retryAt: recorder.now + 5000 }), "owner");
    }
    const { halt, fault } = recorder.state.header;
    expect([halt?.reason, fault?.count]).toEqual(isProgress ? [undefined, 1] : ["REPEATED_FAULTS", undefined]);
    expect(recorder.refold().invocation).toEqual(recorder.state.invocation);
  });

  test("an execution that its own update has ended keeps that outcome, and records the invocation once", () => {
    const recorder = Recorder.started();
    recorder.checkpoint({ id: "e", type: "EXECUTION", action: "SUCCEED", payload: "large" });
    recorder.apply(complete({ status: "SUCCEEDED", result: "" }), "owner");
    expect(recorder.state.header).toMatchObject({ status: "SUCCEEDED", result: "large" });
    expect(kinds(recorder)).toEqual(["INVOCATION_COMPLETED"]);
    expect(recorder.decide(complete({ status: "FAILED", error }))).toEqual({ facts: [] });
  });

  test("a result above the limit fails the execution and says why", () => {
    const recorder = Recorder.started();
    recorder.apply(complete({ status: "SUCCEEDED", result: "x".repeat(6_291_457) }), "owner");
    expect(recorder.state.header).toMatchObject({
      status: "FAILED",
      error: { errorMessage: "Result is 6291457 characters; the limit is 6291456." },
    });
  });
});

describe("HALT and RESUME", () => {
  const halt = { type: "HALT", reason: "NON_DETERMINISM", error } as const;

  test("a halt keeps everything and says why; the invocation that ends with it can come along", () => {
    const recorder = Recorder.started();
    recorder.checkpoint(wait("1", 5));
    recorder.apply({ ...halt, invocation: run }, "owner");
    expect(recorder.state.header).toMatchObject({
      status: "RUNNING",
      halt: { reason: "NON_DETERMINISM", error, at: recorder.now },
    });
    expect(recorder.state.invocation.activeAt).toBeUndefined();
    expect(recorder.history.at(-1)).toMatchObject({ eventType: "InvocationCompleted", requestId: "r-1", error });
  });

  test("halting for the same reason twice, or what has ended, changes nothing", () => {
    const recorder = Recorder.started();
    recorder.apply(halt);
    expect(recorder.decide(halt)).toEqual({ facts: [] });
    recorder.apply({ type: "STOP" });
    expect(recorder.decide({ ...halt, reason: "VERSION_MISSING" })).toEqual({ facts: [] });
  });

  test("a resume that is meant for one reason changes nothing after another one, or without a halt", () => {
    const recorder = Recorder.started();
    const resume = { type: "RESUME", after: "VERSION_MISSING" } as const;
    expect(recorder.decide(resume)).toEqual({ facts: [] });
    recorder.apply(halt);
    expect(recorder.decide(resume)).toEqual({ facts: [] });
    recorder.apply({ ...halt, reason: "VERSION_MISSING" });
    expect(recorder.decide(resume)).toEqual({ facts: [{ kind: "RESUMED" }] });
  });

  test("a sign of life is written while the execution runs, and holds its invocation's place", () => {
    const recorder = Recorder.started();
    expect(recorder.decide({ type: "RENEW" })).toEqual({ facts: [], isSign: true });
    recorder.now += 5;
    recorder.append([], "owner");
    expect(recorder.state.invocation).toMatchObject({ activeAt: recorder.now, dueSince: undefined });
    expect(violations(recorder.state)).toEqual([]);
    recorder.apply(halt);
    expect(recorder.decide({ type: "RENEW" })).toEqual({ facts: [] });
    recorder.apply({ type: "STOP" });
    expect(recorder.decide({ type: "RENEW" })).toEqual({ facts: [] });
  });

  test("a resume lets it go on, with another version if one is named", () => {
    const recorder = Recorder.started();
    recorder.apply(halt);
    recorder.apply({ type: "RESUME", version: "2" });
    expect(recorder.state.header.version).toBe("2");
    expect(recorder.state.header).not.toHaveProperty("halt");
    expect(recorder.state.invocation).toMatchObject({
      dueSince: recorder.now,
      activeAt: undefined,
      failures: 0,
      retryAt: undefined,
    });
    recorder.apply(halt);
    recorder.apply({ type: "RESUME" });
    expect(recorder.state.header.version).toBe("2");
  });

  test("what is not halted cannot be resumed", () => {
    const recorder = Recorder.started();
    expect(recorder.refusal({ type: "RESUME" })?.message).toBe("The execution is not halted.");
    recorder.apply(halt);
    expect(recorder.refusal({ type: "RESUME", version: "a b" })?.code).toBe("InvalidParameterValueException");
  });
});

describe("PAUSE, PURGE and NOTE_FORK", () => {
  const halt = { type: "HALT", reason: "NON_DETERMINISM", error, invocation: run } as const;

  test("a pause is written once, in the newest format, and takes the place of another halt", () => {
    const recorder = Recorder.started();
    recorder.apply({ type: "HALT", reason: "VERSION_MISSING", error });
    recorder.apply({ type: "PAUSE", reason: "why" });
    expect(recorder.state.header.halt).toMatchObject({ reason: "PAUSED", error: { errorMessage: "why" } });
    expect(recorder.decide({ type: "PAUSE" })).toEqual({ facts: [] });
    expect(recorder.commits.map(({ v }) => v)).toEqual([2, 2, 3]);
    recorder.apply({ type: "STOP" });
    expect(recorder.refusal({ type: "PAUSE" })?.code).toBe("InvalidParameterValueException");
  });

  test("an invocation that leaves off records what has run and contexts, and nothing that would begin", () => {
    const recorder = Recorder.started();
    recorder.checkpoint({ id: "1", type: "STEP", action: "START" });
    recorder.apply({ type: "PAUSE" });
    recorder.checkpoint(
      { id: "1", type: "STEP", action: "SUCCEED" },
      { id: "2", type: "CONTEXT", action: "START" },
      { id: "2-1", type: "STEP", action: "START", parentId: "2" },
      { id: "2-1", type: "STEP", action: "RETRY", parentId: "2", nextAttemptDelaySeconds: 1 },
      { id: "3", type: "STEP", action: "START" },
      wait("4", 5),
      callback("5"),
      { id: "6", type: "CHAINED_INVOKE", action: "START", functionName: "f" },
    );
    expect([...recorder.state.operations.values()].map(({ id, status }) => `${id} ${status}`)).toEqual([
      "1 SUCCEEDED",
      "2 STARTED",
      "2-1 PENDING",
    ]);
    recorder.now += 60_000;
    expect(recorder.decide({ type: "FIRE_TIMERS" })).toEqual({ facts: [] });
    expect(recorder.decide({ type: "RENEW" })).toEqual({ facts: [], isSign: true });
  });

  test("no end and no other halt is recorded during a pause, only that the invocation is over", () => {
    const recorder = Recorder.started();
    recorder.checkpoint({ id: "1", type: "STEP", action: "START" });
    recorder.apply({ type: "PAUSE" });
    expect(recorder.decide(halt)).toMatchObject({ facts: [{ kind: "INVOCATION_COMPLETED", error }] });
    const output = { status: "SUCCEEDED" } as const;
    recorder.apply({ type: "COMPLETE_INVOCATION", ...run, output }, "owner");
    expect(recorder.state.header).toMatchObject({ status: "RUNNING", halt: { reason: "PAUSED" } });
    expect(recorder.decide(halt)).toEqual({ facts: [] });
    expect(violations(recorder.state)).toEqual([]);
  });

  test("only what has ended, and has told its parent, is purged, and that once", () => {
    const recorder = Recorder.started({ parent: { executionId: "p/1", operationId: "3" } });
    expect(recorder.refusal({ type: "PURGE" })?.message).toMatch(/runs/);
    recorder.apply({ type: "STOP" });
    expect(recorder.refusal({ type: "PURGE" })?.message).toMatch(/outcome/);
    recorder.apply({ type: "NOTIFY_PARENT" });
    recorder.apply({ type: "PURGE" });
    expect(recorder.state.header.purged).toBe(true);
    expect(recorder.decide({ type: "PURGE" })).toEqual({ facts: [] });
    const note = { type: "NOTE_FORK", executionId: "order/o-2", incarnation: "i", version: "1" } as const;
    expect(recorder.decide(note)).toEqual({ facts: [] });
  });
});

describe("NOTIFY_PARENT", () => {
  test("is recorded once, after the end, where there is a parent", () => {
    const notify = { type: "NOTIFY_PARENT" } as const;
    const orphan = Recorder.started();
    orphan.apply({ type: "STOP" });
    expect(orphan.decide(notify)).toEqual({ facts: [] });

    const child = Recorder.started({ parent: { executionId: "p/1", operationId: "3" } });
    expect(child.decide(notify)).toEqual({ facts: [] });
    child.apply({ type: "STOP" });
    child.apply(notify);
    expect(child.state.header.parentNotified).toBe(true);
    expect(child.decide(notify)).toEqual({ facts: [] });
  });
});

test("a commit without facts, which an invocation may write before it is told anything, counts nothing as heard", () => {
  const recorder = Recorder.started();
  recorder.checkpoint(callback("1"));
  const { heard } = recorder.state.invocation;
  recorder.apply({
    type: "COMPLETE_CALLBACK",
    callbackId: callbackId(recorder, "1"),
    outcome: { type: "SUCCEEDED" },
  });
  fold(recorder.state, { v: LOG_FORMAT_VERSION, writer: "w", owner: "owner", at: recorder.now, facts: [] });
  expect(recorder.state.invocation.heard).toBe(heard);
  expect(recorder.state.deliveries).toBeGreaterThan(heard);
});
