import { describe, expect, test } from "vitest";
import type { Commit, Fact } from "../model/commit.ts";
import { type Operation, placeOf } from "../model/operation.ts";
import type { OperationUpdate } from "../model/update.ts";
import { decide } from "./decide.ts";
import { fold } from "./fold.ts";
import { journalOf } from "./journal.ts";
import { violations } from "./invariants.ts";
import { Recorder } from "./recorder.ts";
import { emptyState } from "./state.ts";

const context = (id: string, action: "START" | "SUCCEED" | "FAIL", detail: Partial<OperationUpdate> = {}) =>
  ({ id, type: "CONTEXT", action, ...detail }) as const;
const step = (id: string, action: "START" | "SUCCEED", parentId?: string): OperationUpdate => ({
  ...{ id, type: "STEP", action },
  ...(parentId === undefined ? {} : { parentId }),
});
const wait = (id: string, parentId?: string): OperationUpdate => ({
  ...{ id, type: "WAIT", action: "START", waitSeconds: 5 },
  ...(parentId === undefined ? {} : { parentId }),
});

describe("one commit", () => {
  test("counts, and takes over the owner that wrote it", () => {
    const recorder = Recorder.started();
    expect(recorder.state).toMatchObject({ seq: 1, owner: undefined });
    recorder.checkpoint(step("1", "START"));
    expect(recorder.state).toMatchObject({ seq: 2, owner: "owner" });
    recorder.apply({ type: "STOP" });
    expect(recorder.state).toMatchObject({ seq: 3, owner: "owner" });
  });

  test("gives back each operation it changed once, in the order of the first change", () => {
    const recorder = Recorder.started();
    const changed = recorder.append([
      { kind: "STARTED", id: "2", type: "STEP" },
      { kind: "STARTED", id: "1", type: "STEP" },
      { kind: "SUCCEEDED", id: "2" },
    ]);
    expect(changed.map(({ id, status }) => `${id} ${status}`)).toEqual(["2 SUCCEEDED", "1 STARTED"]);
    expect(changed[0]).toBe(recorder.state.operations.get("2"));
  });

  test("replaces operations and the header, and leaves old ones as they were", () => {
    const recorder = Recorder.started();
    recorder.checkpoint(step("1", "START"));
    const before = recorder.state.operations.get("1");
    const header = recorder.state.header;
    recorder.checkpoint(step("1", "SUCCEED"));
    recorder.apply({ type: "STOP" });
    expect(before).toMatchObject({ status: "STARTED" });
    expect(before).not.toHaveProperty("endedAt");
    expect(header.status).toBe("RUNNING");
  });

  test("is refused when a newer version wrote it", () => {
    const commit = { v: 4, writer: "w", at: 1, facts: [] } as unknown as Commit;
    expect(() => fold(emptyState(), commit)).toThrow(expect.objectContaining({ code: "UNSUPPORTED_LOG_VERSION" }));
  });
});

describe("delivery numbers", () => {
  test("count settlements and the starts of callbacks, in the order of the log", () => {
    const recorder = Recorder.started();
    recorder.checkpoint(
      step("1", "SUCCEED"),
      { id: "2", type: "CALLBACK", action: "START" },
      wait("3"),
      context("4", "START"),
      step("5", "SUCCEED"),
    );
    recorder.checkpoint(context("4", "FAIL"));
    recorder.now += 5000;
    recorder.apply({ type: "FIRE_TIMERS" });
    const numbers = [...recorder.state.operations.values()].map((operation) => [
      operation.id,
      operation.type === "CALLBACK" ? operation.opened : operation.delivery,
    ]);
    expect(numbers).toEqual([
      ["1", 1],
      ["2", 2],
      ["3", 5],
      ["4", 4],
      ["5", 3],
    ]);
    expect(recorder.state.deliveries).toBe(5);
  });

  test("say of each operation what had reached user code before the commit that recorded it", () => {
    const recorder = Recorder.started();
    recorder.checkpoint(step("1", "SUCCEED"), step("2", "START"));
    recorder.checkpoint(step("3", "START"));
    expect([...recorder.state.operations.values()].map(({ after }) => after)).toEqual([0, 0, 1]);
  });
});

describe("the place of the end of a context", () => {
  function ended(after: unknown, delivered = 2): Recorder {
    const recorder = Recorder.started();
    recorder.checkpoint(context("9", "START"));
    for (let number = 1; number <= delivered; number++) recorder.checkpoint(step(`${number}`, "SUCCEED"));
    recorder.append([{ kind: "SUCCEEDED", id: "9", after: after as number }]);
    return recorder;
  }

  test("is the result that it says it came after; its number counts as any other", () => {
    const context9 = ended(1).state.operations.get("9") as Operation;
    expect(context9).toMatchObject({ endedAfter: 1, delivery: 3 });
    expect(placeOf(context9)).toBe(1);
    expect(placeOf(ended(0).state.operations.get("9") as Operation)).toBe(0);
  });

  test("is its number where nothing is said", () => {
    const recorder = Recorder.started();
    recorder.checkpoint(step("1", "SUCCEED"), context("2", "SUCCEED"));
    const context2 = recorder.state.operations.get("2") as Operation;
    expect(context2).not.toHaveProperty("endedAfter");
    expect(placeOf(context2)).toBe(2);
  });

  test.each([3, -1, 0.5, "1", null])("is no number that has not been given out: %j", (after) => {
    expect(() => ended(after)).toThrow(expect.objectContaining({ code: "CORRUPT_LOG" }));
  });

  test("is refused by the machine where it cannot be, and is stored of contexts alone", () => {
    const { state, now } = ended(1);
    const decideEnd = (update: OperationUpdate): unknown =>
      decide(state, { type: "CHECKPOINT", updates: [update] }, { now, randomId: () => "x" });
    expect(decideEnd(context("10", "SUCCEED", { after: 4 }))).toMatchObject({ rejected: { code: expect.any(String) } });
    expect(decideEnd(context("10", "FAIL", { after: 3 }))).toMatchObject({ facts: [{ kind: "FAILED", after: 3 }] });
    const { facts } = decideEnd({ ...step("11", "SUCCEED"), after: 3 }) as { facts: object[] };
    expect(facts[0]).not.toHaveProperty("after");
  });
});

describe("a context that completes", () => {
  /** A context with a settled step, and an open wait, callback, invoke and context inside. */
  function busy(end: OperationUpdate, options: { keepsAll?: boolean } = {}): Recorder {
    const recorder = Recorder.started({}, options);
    recorder.checkpoint(
      context("1", "START"),
      step("1-1", "SUCCEED", "1"),
      context("1-2", "START", { parentId: "1" }),
      wait("1-2-1", "1-2"),
      { id: "1-2-2", type: "CALLBACK", action: "START", parentId: "1-2" },
      { id: "1-2-3", type: "CHAINED_INVOKE", action: "START", parentId: "1-2", functionName: "f" },
      { id: "1-2-4", type: "STEP", action: "RETRY", parentId: "1-2", nextAttemptDelaySeconds: 1 },
      step("2", "START"),
    );
    recorder.checkpoint(end);
    return recorder;
  }

  test.each([context("1", "SUCCEED"), context("1", "FAIL")])("by $action forgets what lies inside it", (end) => {
    const { state } = busy(end);
    expect([...state.operations.keys()]).toEqual(["1", "2"]);
    expect(state.children.size).toBe(0);
  });

  test("keeps it when it is rebuilt from its children", () => {
    const { state } = busy(context("1", "SUCCEED", { replayChildren: true }));
    expect(state.operations.size).toBe(8);
    expect(journalOf(state).map(({ id }) => id)).toEqual([...state.operations.keys()]);
  });

  test("keeps it for those who want to see everything, but not in the journal", () => {
    const { state } = busy(context("1", "SUCCEED"), { keepsAll: true });
    expect(state.operations.size).toBe(8);
    expect(journalOf(state).map(({ id }) => id)).toEqual(["1", "2"]);
  });

  test.each([
    ["rebuilt from its children", context("1", "SUCCEED", { replayChildren: true }), {}],
    ["read from its result", context("1", "SUCCEED"), {}],
    ["seen by somebody", context("1", "SUCCEED"), { keepsAll: true }],
  ])("and is %s takes with it what is open inside", (_how, end, options) => {
    const recorder = busy(end, options);
    const { state } = recorder;
    expect(state.timers.size).toBe(0);
    expect(state.callbacks.size).toBe(0);
    expect(state.openInvokes.size).toBe(0);
    const [callbackId] = state.closedCallbacks;
    recorder.now += 60_000;
    expect(recorder.apply({ type: "FIRE_TIMERS" })).toEqual([]);
    expect(recorder.apply({ type: "COMPLETE_INVOKE", operationId: "1-2-3", outcome: { type: "SUCCEEDED" } })).toEqual(
      [],
    );
    const completion = { type: "COMPLETE_CALLBACK", callbackId: callbackId!, outcome: { type: "SUCCEEDED" } } as const;
    expect(recorder.refusal(completion)?.code).toBe("CallbackTimeoutException");
    expect(violations(state)).toEqual([]);
  });

  test("in the commit of its children's last changes still answers with those changes", () => {
    const recorder = Recorder.started();
    recorder.checkpoint(context("1", "START"));
    const changed = recorder.checkpoint(step("1-1", "SUCCEED", "1"), context("1", "SUCCEED"));
    expect(changed.map(({ id, delivery }) => [id, delivery])).toEqual([
      ["1-1", 1],
      ["1", 2],
    ]);
    expect(recorder.state.operations.has("1-1")).toBe(false);
  });

  test("forgets a kept subtree when one around it completes for good", () => {
    const recorder = Recorder.started();
    recorder.checkpoint(
      context("1", "START"),
      context("1-1", "START", { parentId: "1" }),
      step("1-1-1", "SUCCEED", "1-1"),
    );
    recorder.checkpoint(context("1-1", "SUCCEED", { replayChildren: true, parentId: "1" }));
    expect(recorder.state.operations.size).toBe(3);
    recorder.checkpoint(context("1", "SUCCEED"));
    expect([...recorder.state.operations.keys()]).toEqual(["1"]);
    expect(recorder.state.children.size).toBe(0);
  });
});

describe("the end of an execution", () => {
  test("disarms everything and closes its callbacks", () => {
    const recorder = Recorder.started();
    recorder.checkpoint(wait("1"), { id: "2", type: "CALLBACK", action: "START" });
    recorder.apply({ type: "STOP", error: { errorMessage: "enough" } });
    expect(recorder.state.header).toMatchObject({ status: "STOPPED", error: { errorMessage: "enough" } });
    expect(recorder.state.timers.size).toBe(0);
    expect(recorder.state.callbacks.size).toBe(0);
    expect(recorder.state.operations.get("1")?.status).toBe("STARTED");
  });
});

describe("a log that cannot be is refused, not guessed at", () => {
  const step1: Fact = { kind: "STARTED", id: "1", type: "STEP" };
  const done: Fact = { kind: "SUCCEEDED", id: "1" };
  const callback: Fact = { kind: "STARTED", id: "1", type: "CALLBACK", callbackId: "c" };
  const invoke: Fact = { kind: "STARTED", id: "1", type: "CHAINED_INVOKE", functionName: "f" };
  const wait1: Fact = { kind: "STARTED", id: "1", type: "WAIT", waitSeconds: 1, dueAt: 1 };
  const context1: Fact = { kind: "STARTED", id: "1", type: "CONTEXT" };
  const stopped: Fact = { kind: "EXECUTION_STOPPED" };
  const retried: Fact = { kind: "RETRIED", id: "1", type: "STEP", delaySeconds: 1, dueAt: 1 };
  const begun: Fact = {
    ...{ kind: "EXECUTION_STARTED", name: "n", incarnation: "i", functionName: "f", version: "1", retentionDays: 1 },
  };

  test.each<[string, readonly Fact[]]>([
    ["a second start of the execution", [begun]],
    ["a second end", [stopped, stopped]],
    ["an operation after the end", [stopped, step1]],
    ["a halt after the end", [stopped, { kind: "HALTED", reason: "NON_DETERMINISM", error: {} }]],
    ["a resume without a halt", [{ kind: "RESUMED" }]],
    ["a parent's knowledge before the end", [{ kind: "PARENT_NOTIFIED" }]],
    ["a parent's knowledge without a parent", [stopped, { kind: "PARENT_NOTIFIED" }]],
    ["an operation without a type", [{ kind: "STARTED", id: "1" }]],
    ["an operation of an unknown type", [{ kind: "STARTED", id: "1", type: "EXECUTION" }]],
    ["the end of an unknown operation", [done]],
    ["a timeout of an unknown operation", [{ kind: "TIMED_OUT", id: "1" }]],
    ["a retry of an unknown operation", [{ kind: "RETRIED", id: "1", delaySeconds: 1, dueAt: 1 }]],
    ["a retry of what is no step", [context1, retried]],
    ["a second start of a step", [step1, step1]],
    ["a second end of a step", [step1, done, done]],
    ["an end of a step that waits for its retry", [retried, done]],
    ["READY of a step that is not waiting", [step1, { kind: "READY", id: "1" }]],
    ["READY of an unknown step", [{ kind: "READY", id: "1" }]],
    ["a cancelled step", [step1, { kind: "CANCELLED", id: "1" }]],
    ["a timeout of a wait", [wait1, { kind: "TIMED_OUT", id: "1" }]],
    ["a stopped callback", [callback, { kind: "STOPPED", id: "1" }]],
    ["a wait without its time", [{ kind: "STARTED", id: "1", type: "WAIT", waitSeconds: 1 }]],
    ["a callback without its id", [{ kind: "STARTED", id: "1", type: "CALLBACK" }]],
    ["two callbacks of one id", [callback, { ...callback, id: "2" }]],
    ["a heartbeat where none is expected", [callback, { kind: "HEARTBEAT", id: "1" }]],
    ["a heartbeat of a step", [step1, { kind: "HEARTBEAT", id: "1" }]],
    ["an invoke of nothing", [{ kind: "STARTED", id: "1", type: "CHAINED_INVOKE" }]],
    ["a second outcome of an invoke", [invoke, done, { kind: "STOPPED", id: "1" }]],
    ["a wait that begins with its end", [{ kind: "SUCCEEDED", id: "1", type: "WAIT" }]],
    ["an unknown parent", [{ ...step1, parentId: "0" }]],
    ["a parent that is no context", [step1, { ...step1, id: "2", parentId: "1" }]],
    ["a parent that has ended", [context1, done, { ...step1, id: "2", parentId: "1" }]],
    [
      "a change inside a context that has ended",
      [context1, { ...step1, id: "2", parentId: "1" }, { ...done, replayChildren: true }, { ...done, id: "2" }],
    ],
    ["an unknown fact", [{ kind: "GREETED", id: "1" } as unknown as Fact]],
  ])("%s", (_what, facts) => {
    const recorder = Recorder.started();
    expect(() => recorder.append(facts)).toThrow(expect.objectContaining({ code: "CORRUPT_LOG" }));
  });

  test("a log without its beginning", () => {
    expect(() => new Recorder().append([step1])).toThrow(expect.objectContaining({ code: "CORRUPT_LOG" }));
  });
});
