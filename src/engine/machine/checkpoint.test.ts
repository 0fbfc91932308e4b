import { describe, expect, test } from "vitest";
import type { Operation, OperationAction, OperationStatus, OperationType } from "../model/operation.ts";
import type { OperationUpdate } from "../model/update.ts";
import type { Decision } from "./command.ts";
import { decide } from "./decide.ts";
import { Recorder } from "./recorder.ts";

type Situation = "none" | OperationStatus;
type Detail = Partial<OperationUpdate>;

const error = { errorType: "Oops", errorMessage: "it broke" };

/** A legal update of this type and action. */
function update(type: OperationType, action: OperationAction, detail: Detail = {}): OperationUpdate {
  const options: Record<string, Detail> = {
    "STEP RETRY": { nextAttemptDelaySeconds: 5 },
    "WAIT START": { waitSeconds: 5 },
    "CHAINED_INVOKE START": { functionName: "callee" },
  };
  return { id: "1", type, action, ...options[`${type} ${action}`], ...detail };
}

/** Brings operation 1 of a type into a status, the way the world would. */
function bring(type: OperationType, situation: Situation): Recorder {
  const recorder = Recorder.started();
  // What keeps the execution going whatever becomes of operation 1.
  recorder.checkpoint(update("CALLBACK", "START", { id: "9" }));
  if (situation !== "none") arrange(recorder, type, situation);
  return recorder;
}

function arrange(recorder: Recorder, type: OperationType, status: OperationStatus): void {
  recorder.checkpoint(update(type, "START", { timeoutSeconds: 5 }));
  switch (status) {
    case "STARTED":
      return;
    case "PENDING":
    case "READY":
      recorder.checkpoint(update("STEP", "RETRY"));
      if (status === "READY") elapse(recorder, 5);
      return;
    case "CANCELLED":
      recorder.checkpoint(update(type, "CANCEL"));
      return;
    default:
      return settle(recorder, type, status);
  }
}

function settle(
  recorder: Recorder,
  type: OperationType,
  status: "SUCCEEDED" | "FAILED" | "TIMED_OUT" | "STOPPED",
): void {
  if (type === "CHAINED_INVOKE") {
    recorder.apply({ type: "COMPLETE_INVOKE", operationId: "1", outcome: { type: status } });
  } else if (type === "WAIT" || status === "TIMED_OUT") {
    elapse(recorder, 5);
  } else if (type === "CALLBACK" && status !== "STOPPED") {
    const outcome = status === "FAILED" ? ({ type: status, error } as const) : ({ type: status } as const);
    recorder.apply({ type: "COMPLETE_CALLBACK", callbackId: callbackId(recorder), outcome });
  } else {
    recorder.checkpoint(update(type, status === "FAILED" ? "FAIL" : "SUCCEED"));
  }
}

function callbackId(recorder: Recorder): string {
  const operation = recorder.state.operations.get("1");
  return operation?.type === "CALLBACK" ? operation.callbackId : "";
}

function elapse(recorder: Recorder, seconds: number): void {
  recorder.now += seconds * 1000;
  recorder.apply({ type: "FIRE_TIMERS" });
}

const SITUATIONS: Readonly<Record<string, readonly Situation[]>> = {
  STEP: ["none", "STARTED", "PENDING", "READY", "SUCCEEDED", "FAILED"],
  CONTEXT: ["none", "STARTED", "SUCCEEDED", "FAILED"],
  WAIT: ["none", "STARTED", "SUCCEEDED", "CANCELLED"],
  CALLBACK: ["none", "STARTED", "SUCCEEDED", "FAILED", "TIMED_OUT", "CANCELLED"],
  CHAINED_INVOKE: ["none", "STARTED", "SUCCEEDED", "FAILED", "TIMED_OUT", "STOPPED", "CANCELLED"],
};
const ACTIONS: readonly OperationAction[] = ["START", "SUCCEED", "FAIL", "RETRY", "CANCEL"];

/** AWS's transition table: from where an action leads where. Everything else is refused. */
const LEGAL: Readonly<Record<string, OperationStatus>> = {
  "CONTEXT none START": "STARTED",
  "CONTEXT none SUCCEED": "SUCCEEDED",
  "CONTEXT none FAIL": "FAILED",
  "CONTEXT STARTED SUCCEED": "SUCCEEDED",
  "CONTEXT STARTED FAIL": "FAILED",
  "STEP none START": "STARTED",
  "STEP none SUCCEED": "SUCCEEDED",
  "STEP none FAIL": "FAILED",
  "STEP none RETRY": "PENDING",
  "STEP STARTED SUCCEED": "SUCCEEDED",
  "STEP STARTED FAIL": "FAILED",
  "STEP STARTED RETRY": "PENDING",
  "STEP READY START": "STARTED",
  "STEP READY SUCCEED": "SUCCEEDED",
  "STEP READY FAIL": "FAILED",
  "STEP READY RETRY": "PENDING",
  "WAIT none START": "STARTED",
  "WAIT STARTED CANCEL": "CANCELLED",
  "CALLBACK none START": "STARTED",
  "CALLBACK STARTED CANCEL": "CANCELLED",
  "CHAINED_INVOKE none START": "STARTED",
  "CHAINED_INVOKE STARTED CANCEL": "CANCELLED",
};

/** Why the rest is refused, in AWS's words. */
function expectedRefusal(type: string, action: OperationAction): string {
  if (type === "STEP" && action === "START") return "Invalid current STEP state to start.";
  if (type === "STEP" && action === "RETRY") return "Invalid current STEP state to re-attempt.";
  if (type === "STEP" && action !== "CANCEL") return "Invalid current STEP state to close.";
  if (action === "START") return `Cannot start a ${type} that already exists.`;
  if (type === "CONTEXT" && (action === "SUCCEED" || action === "FAIL")) {
    return "Invalid current CONTEXT state to close.";
  }
  if (type !== "STEP" && type !== "CONTEXT" && action === "CANCEL") {
    return `Cannot cancel a ${type} that does not exist or has already completed.`;
  }
  return "Invalid action for the given operation type.";
}

const rows = Object.entries(SITUATIONS).flatMap(([type, situations]) =>
  situations.flatMap((situation) => ACTIONS.map((action) => [type as OperationType, situation, action] as const)),
);

describe("the transition table", () => {
  const legal = rows.filter((row) => LEGAL[row.join(" ")] !== undefined);
  const illegal = rows.filter((row) => LEGAL[row.join(" ")] === undefined);

  test("has every transition of AWS's", () => {
    expect(legal).toHaveLength(Object.keys(LEGAL).length);
  });

  test.each(legal)("%s %s takes %s", (type, situation, action) => {
    const recorder = bring(type, situation);
    expect(recorder.state.operations.get("1")?.status ?? "none").toBe(situation);
    recorder.checkpoint(update(type, action));
    expect(recorder.state.operations.get("1")?.status).toBe(LEGAL[`${type} ${situation} ${action}`]);
  });

  test.each(illegal)("%s %s refuses %s", (type, situation, action) => {
    const recorder = bring(type, situation);
    expect(recorder.state.operations.get("1")?.status ?? "none").toBe(situation);
    expect(recorder.refusal({ type: "CHECKPOINT", updates: [update(type, action)] })).toEqual({
      code: "InvalidParameterValueException",
      message: expectedRefusal(type, action),
    });
  });
});

describe("what an update records", () => {
  function record(...updates: readonly OperationUpdate[]): Operation | undefined {
    const recorder = Recorder.started();
    return recorder.checkpoint(...updates).at(-1);
  }
  const common = { id: "1", startedAt: 1_000_000, after: 0 };
  const ended = { endedAt: 1_000_000, delivery: 1 };

  test("a step's start and success", () => {
    expect(record(update("STEP", "START", { name: "pay", subType: "Step" }))).toStrictEqual({
      ...{ ...common, type: "STEP", status: "STARTED", attempt: 0, name: "pay", subType: "Step" },
    });
    expect(record(update("STEP", "SUCCEED", { payload: "7", name: "pay" }))).toStrictEqual({
      ...{ ...common, ...ended, type: "STEP", status: "SUCCEEDED", attempt: 1, result: "7", name: "pay" },
    });
  });

  test("a step's failure", () => {
    expect(record(update("STEP", "FAIL", { error }))).toStrictEqual({
      ...{ ...common, ...ended, type: "STEP", status: "FAILED", attempt: 1, error },
    });
  });

  test("a step's retry, which takes the error or the state, the attempt and the time of the next one", () => {
    const pending = { ...common, type: "STEP", status: "PENDING", attempt: 1, nextAttemptAt: 1_005_000 };
    expect(record(update("STEP", "RETRY", { error }))).toStrictEqual({ ...pending, error });
    expect(record(update("STEP", "RETRY", { payload: "{}" }))).toStrictEqual({ ...pending, result: "{}" });
  });

  test("a context's success, to be rebuilt from its children or not", () => {
    const context = { ...common, ...ended, type: "CONTEXT", status: "SUCCEEDED", result: "" };
    expect(record(update("CONTEXT", "SUCCEED", { payload: "" }))).toStrictEqual(context);
    expect(record(update("CONTEXT", "SUCCEED", { payload: "", replayChildren: true }))).toStrictEqual({
      ...context,
      replayChildren: true,
    });
  });

  test("a wait's start, with its end counted from when it was called", () => {
    const recorder = Recorder.started();
    recorder.now += 300;
    expect(recorder.checkpoint(update("WAIT", "START", { waitSeconds: 2, at: 1_000_100 }))).toStrictEqual([
      { ...common, type: "WAIT", status: "STARTED", startedAt: 1_000_100, waitSeconds: 2, dueAt: 1_002_100 },
    ]);
  });

  test("a callback's start, with an id that leads back to the execution, and a delivery of its own", () => {
    const operation = record(update("CALLBACK", "START", { timeoutSeconds: 10, heartbeatTimeoutSeconds: 3 }));
    expect(operation).toStrictEqual({
      ...common,
      type: "CALLBACK",
      status: "STARTED",
      callbackId: btoa(`order/o-1\n${"2".padStart(32, "0")}`),
      timeoutSeconds: 10,
      heartbeatTimeoutSeconds: 3,
      timeoutAt: 1_010_000,
      heartbeatAt: 1_003_000,
      opened: 1,
    });
  });

  test("a callback whose timeouts are 0 has none", () => {
    const operation = record(update("CALLBACK", "START", { timeoutSeconds: 0, heartbeatTimeoutSeconds: 0 }));
    expect(operation).not.toHaveProperty("timeoutAt");
    expect(operation).not.toHaveProperty("heartbeatAt");
  });

  test("an invoke's start, with what it calls", () => {
    expect(record(update("CHAINED_INVOKE", "START", { payload: "[1]", tenantId: "t" }))).toStrictEqual({
      ...{ ...common, type: "CHAINED_INVOKE", status: "STARTED", functionName: "callee", tenantId: "t", input: "[1]" },
    });
  });

  test("a cancelled wait's error", () => {
    const recorder = bring("WAIT", "STARTED");
    expect(recorder.checkpoint(update("WAIT", "CANCEL", { error }))[0]).toMatchObject({ status: "CANCELLED", error });
    expect(recorder.state.timers.size).toBe(0);
  });

  test("an empty list is legal and writes nothing", () => {
    const recorder = Recorder.started();
    expect(recorder.checkpoint()).toEqual([]);
    expect(recorder.bodies).toHaveLength(1);
  });

  test("a step's start and end in one batch change it once, and the answer has it as it is then", () => {
    const recorder = Recorder.started();
    const changed = recorder.checkpoint(
      update("STEP", "START", { id: "1" }),
      update("STEP", "START", { id: "2" }),
      update("STEP", "SUCCEED", { id: "1" }),
    );
    expect(changed.map(({ id, status }) => [id, status])).toEqual([
      ["1", "SUCCEEDED"],
      ["2", "STARTED"],
    ]);
  });
});

describe("a step that is attempted again", () => {
  test("counts its attempts", () => {
    const recorder = Recorder.started();
    recorder.checkpoint(update("STEP", "START"));
    const attempts: unknown[] = [];
    for (let round = 0; round < 3; round++) {
      recorder.checkpoint(update("STEP", "RETRY", { error }));
      elapse(recorder, 5);
      recorder.checkpoint(update("STEP", "START"));
      attempts.push(recorder.state.operations.get("1"));
    }
    expect(attempts).toMatchObject([{ attempt: 1 }, { attempt: 2 }, { attempt: 3 }]);
    expect(recorder.checkpoint(update("STEP", "SUCCEED"))[0]).toMatchObject({ attempt: 4, status: "SUCCEEDED" });
  });

  test("keeps the state of a waitForCondition while the next check runs, and drops the last error", () => {
    const recorder = Recorder.started();
    recorder.checkpoint(update("STEP", "RETRY", { payload: "3" }));
    elapse(recorder, 5);
    expect(recorder.checkpoint(update("STEP", "START"))[0]).toMatchObject({ status: "STARTED", result: "3" });
    recorder.checkpoint(update("STEP", "RETRY", { error }));
    elapse(recorder, 5);
    expect(recorder.state.operations.get("1")).toMatchObject({ status: "READY", error });
    expect(recorder.checkpoint(update("STEP", "START"))[0]).not.toHaveProperty("error");
  });

  test("leaves nothing of its attempts behind when it ends", () => {
    const recorder = Recorder.started();
    recorder.checkpoint(update("STEP", "RETRY", { payload: "3" }));
    elapse(recorder, 5);
    const [step] = recorder.checkpoint(update("STEP", "SUCCEED"));
    expect(step).not.toHaveProperty("result");
    expect(step).not.toHaveProperty("nextAttemptAt");
  });
});

describe("the time of an update", () => {
  test("is kept beside the commit's only where it differs", () => {
    const recorder = Recorder.started();
    recorder.now += 1000;
    recorder.checkpoint(update("STEP", "START", { at: 1_000_400 }), update("STEP", "SUCCEED", { at: 1_001_000 }));
    expect(recorder.commits.at(-1)?.facts.map((fact) => ("at" in fact ? fact.at : undefined))).toEqual([
      1_000_400,
      undefined,
    ]);
    expect(recorder.state.operations.get("1")).toMatchObject({ startedAt: 1_000_400, endedAt: 1_001_000 });
  });

  test("is never later than the commit, nor earlier than the execution or the operation", () => {
    const recorder = Recorder.started();
    recorder.now += 1000;
    recorder.checkpoint(update("STEP", "START", { at: 0 }), update("STEP", "START", { id: "2", at: 9e15 }));
    expect(recorder.state.operations.get("1")?.startedAt).toBe(1_000_000);
    expect(recorder.state.operations.get("2")?.startedAt).toBe(1_001_000);
    recorder.checkpoint(update("STEP", "SUCCEED", { id: "2", at: 5 }), update("STEP", "FAIL", { at: Number.NaN }));
    expect(recorder.state.operations.get("2")?.endedAt).toBe(1_001_000);
    expect(recorder.state.operations.get("1")?.endedAt).toBe(1_001_000);
  });
});

describe("AWS's words for what it refuses", () => {
  function refusal(...updates: readonly OperationUpdate[]): string | undefined {
    const recorder = Recorder.started();
    recorder.checkpoint(update("CONTEXT", "START", { id: "c" }), update("STEP", "START", { id: "s" }));
    const rejection = recorder.refusal({ type: "CHECKPOINT", updates });
    expect(rejection?.code).toBe("InvalidParameterValueException");
    return rejection?.message;
  }
  const succeed = update("EXECUTION", "SUCCEED", { id: "e" });

  test.each<[string, readonly OperationUpdate[]]>([
    ["Invalid action for the given operation type.", [update("STEP", "CANCEL")]],
    ["Invalid action for the given operation type.", [update("EXECUTION", "START")]],
    ["Invalid action for the given operation type.", [update("STEP", "toString" as OperationAction)]],
    ["Unknown operation type.", [update("JOB" as OperationType, "START")]],
    ["Unknown operation type.", [update("__proto__" as OperationType, "START")]],
    ["Cannot provide a Payload for FAIL action.", [update("STEP", "FAIL", { payload: "" })]],
    ["Cannot provide a Payload for FAIL action.", [update("CONTEXT", "FAIL", { payload: "" })]],
    ["Cannot provide a Payload for FAIL action.", [update("EXECUTION", "FAIL", { payload: "" })]],
    ["Cannot provide an Error for SUCCEED action.", [update("STEP", "SUCCEED", { error })]],
    ["Cannot provide an Error for SUCCEED action.", [update("CONTEXT", "SUCCEED", { error })]],
    ["Cannot provide an Error for SUCCEED action.", [update("EXECUTION", "SUCCEED", { error })]],
    ["Invalid StepOptions for the given action.", [{ id: "1", type: "STEP", action: "RETRY" }]],
    ["Cannot provide both error and payload to RETRY a STEP.", [update("STEP", "RETRY", { error, payload: "1" })]],
    ["Cannot checkpoint multiple EXECUTION updates.", [succeed, succeed]],
    ["EXECUTION checkpoint must be the last update.", [succeed, update("STEP", "START")]],
    ["Operation update must have an Id.", [update("STEP", "START", { id: "" })]],
    ["Cannot update the same operation twice in a single request.", [update("STEP", "START"), update("STEP", "START")]],
    [
      "Cannot update the same operation twice in a single request.",
      [update("STEP", "SUCCEED"), update("STEP", "FAIL")],
    ],
    [
      "Cannot update the same operation twice in a single request.",
      [update("STEP", "START"), update("STEP", "RETRY"), update("STEP", "SUCCEED")],
    ],
    [
      "Cannot update the same operation twice in a single request.",
      [update("WAIT", "START"), update("WAIT", "CANCEL")],
    ],
    ["Invalid parent operation id.", [update("STEP", "START", { parentId: "unknown" })]],
    ["Invalid parent operation id.", [update("STEP", "START", { parentId: "s" })]],
    [
      "Invalid parent operation id.",
      [update("STEP", "START", { id: "1-1", parentId: "1" }), update("CONTEXT", "START", { id: "1" })],
    ],
    [
      "Error object size must be less than 32768 bytes.",
      [update("STEP", "FAIL", { error: { errorMessage: "x".repeat(32_768) } })],
    ],
    ["Operation s is a STEP and cannot become a CONTEXT.", [update("CONTEXT", "SUCCEED", { id: "s" })]],
    ["Operation 1 is a STEP and cannot become a CONTEXT.", [update("STEP", "START"), update("CONTEXT", "SUCCEED")]],
    ["Operation s has another name.", [update("STEP", "SUCCEED", { id: "s", name: "other" })]],
    [
      "Operation 1 has another name.",
      [update("STEP", "START", { name: "a" }), update("STEP", "SUCCEED", { name: "b" })],
    ],
    ["Invalid parent operation id.", [update("STEP", "SUCCEED", { id: "s", parentId: "c" })]],
    ["Invalid parent operation id.", [update("STEP", "START"), update("STEP", "SUCCEED", { parentId: "c" })]],
  ])("%s", (message, updates) => {
    expect(refusal(...updates)).toBe(message);
  });

  test("Invalid checkpoint token, once the execution has ended or is halted", () => {
    const ended = Recorder.started();
    ended.apply({ type: "STOP" });
    expect(ended.refusal({ type: "CHECKPOINT", updates: [] })?.message).toBe("Invalid checkpoint token");
    const halted = Recorder.started();
    halted.apply({ type: "HALT", reason: "NON_DETERMINISM", error });
    expect(halted.refusal({ type: "CHECKPOINT", updates: [] })?.message).toBe("Invalid checkpoint token");
  });

  test("ids and parents of a batch are looked at before anything else in it", () => {
    const illegal = update("STEP", "CANCEL", { id: "2" });
    expect(refusal(illegal, update("STEP", "START", { parentId: "unknown" }))).toBe("Invalid parent operation id.");
  });

  test("a batch is recorded as a whole or not at all", () => {
    const recorder = Recorder.started();
    const updates = [update("STEP", "START", { id: "1" }), update("WAIT", "CANCEL", { id: "2" })];
    expect(recorder.refusal({ type: "CHECKPOINT", updates })?.message).toContain("Cannot cancel a WAIT");
    expect(recorder.state.operations.size).toBe(0);
  });
});

describe("what an EXECUTION update does", () => {
  test("it ends the execution, whatever id it names, after the rest of its batch", () => {
    const recorder = Recorder.started();
    const changed = recorder.checkpoint(
      update("STEP", "SUCCEED"),
      update("EXECUTION", "SUCCEED", { id: "execution-result-1", payload: "42" }),
    );
    expect(changed.map(({ id }) => id)).toEqual(["1"]);
    expect(recorder.state.header).toMatchObject({ status: "SUCCEEDED", result: "42", endedAt: recorder.now });
  });

  test("FAIL ends it with an error", () => {
    const recorder = Recorder.started();
    recorder.checkpoint(update("EXECUTION", "FAIL", { error }));
    expect(recorder.state.header).toMatchObject({ status: "FAILED", error });
  });
});

test("an EXECUTION update may have any id, even one that an operation has", () => {
  const recorder = Recorder.started();
  recorder.checkpoint(update("WAIT", "START"));
  recorder.checkpoint(update("EXECUTION", "SUCCEED"));
  expect(recorder.state.header.status).toBe("SUCCEEDED");
  expect(recorder.state.operations.get("1")?.status).toBe("STARTED");
});

describe("inside contexts", () => {
  const context = (id: string, action: OperationAction, detail: Detail = {}) =>
    update("CONTEXT", action, { id, ...detail });
  const step = (id: string, parentId: string, action: OperationAction = "START") =>
    update("STEP", action, { id, parentId });

  test("a parent may start earlier in the same batch", () => {
    const recorder = Recorder.started();
    recorder.checkpoint(context("1", "START"), context("1-1", "START", { parentId: "1" }), step("1-1-1", "1-1"));
    expect(recorder.state.operations.get("1-1-1")?.parentId).toBe("1-1");
  });

  test.each([
    ["in an earlier commit", true],
    ["in the same commit", false],
  ])("nothing starts or changes once the context, or one around it, has ended %s", (_when, isEarlier) => {
    for (const [late, known] of [
      [step("1-9", "1"), false],
      [step("1-1-1", "1-1", "SUCCEED"), true],
      [step("1-1-9", "1-1"), false],
      [context("1-1", "SUCCEED", { parentId: "1" }), true],
      [update("STEP", "SUCCEED", { id: "1-1-1" }), true],
    ] as const) {
      const recorder = Recorder.started();
      recorder.checkpoint(context("1", "START"), context("1-1", "START", { parentId: "1" }), step("1-1-1", "1-1"));
      const end = context("1", "SUCCEED", { replayChildren: true });
      if (isEarlier) recorder.checkpoint(end);
      const updates = isEarlier ? [late] : [end, late];
      expect(recorder.refusal({ type: "CHECKPOINT", updates })?.message).toBe("Invalid parent operation id.");
      expect(recorder.state.operations.has(late.id)).toBe(known);
    }
  });

  test("an id that was used inside a context that has ended is not used again", () => {
    const recorder = Recorder.started();
    recorder.checkpoint(context("1", "START"), step("1-1", "1", "SUCCEED"));
    recorder.checkpoint(context("1", "SUCCEED"));
    for (const again of [update("STEP", "START", { id: "1-1" }), step("1-1", "1"), context("1-1", "SUCCEED")]) {
      const rejection = recorder.refusal({ type: "CHECKPOINT", updates: [again] });
      expect(rejection?.message).toBe("Invalid parent operation id.");
    }
  });
});

describe("the limit of operations", () => {
  const start = (id: string): OperationUpdate => update("STEP", "START", { id });

  /** What becomes of the updates where an execution may have three operations. */
  function limited({ state, now }: Recorder, ...updates: readonly OperationUpdate[]): Decision {
    return decide(state, { type: "CHECKPOINT", updates }, { now, randomId: () => "0", maxOperations: 3 });
  }

  test("refuses what goes over it as throttled, with the number and the limit", () => {
    const recorder = Recorder.started();
    recorder.checkpoint(start("1"), start("2"));
    expect(limited(recorder, start("3"))).toMatchObject({ facts: [{ kind: "STARTED", id: "3" }] });
    expect(limited(recorder, start("3"), start("4"))).toMatchObject({
      rejected: { code: "TooManyRequestsException", size: 4, limit: 3 },
    });
  });

  test("lets an execution that has come to it end what it has, and itself", () => {
    const recorder = Recorder.started();
    recorder.checkpoint(start("1"), start("2"), start("3"));
    const ends = ["1", "2", "3"].map((id) => update("STEP", "SUCCEED", { id }));
    const whole = update("EXECUTION", "SUCCEED", { id: "execution-result" });
    expect(limited(recorder, ...ends, whole)).toMatchObject({ facts: Array.from({ length: 4 }, () => ({})) });
    expect(limited(recorder, ...ends, start("4"))).toHaveProperty("rejected");
  });

  test("counts what lay in contexts that have ended", () => {
    const recorder = Recorder.started();
    recorder.checkpoint(update("CONTEXT", "START"), update("STEP", "SUCCEED", { id: "1-1", parentId: "1" }));
    recorder.checkpoint(update("CONTEXT", "SUCCEED"));
    expect(limited(recorder, start("2"))).toHaveProperty("facts");
    expect(limited(recorder, start("2"), start("3"))).toHaveProperty("rejected");
  });
});
