import { describe, expect, test } from "vitest";
import type { Operation } from "../model/operation.ts";
import { changesAfterEnd, invariants, isStuck, violations } from "./invariants.ts";
import { Recorder } from "./recorder.ts";
import type { ExecutionState } from "./state.ts";

/** A running execution with one operation of each kind, in good order. */
function sound(): Recorder {
  const recorder = Recorder.started({}, { keepsAll: true });
  recorder.checkpoint(
    { id: "1", type: "STEP", action: "SUCCEED" },
    { id: "2", type: "WAIT", action: "START", waitSeconds: 5 },
    { id: "3", type: "CALLBACK", action: "START" },
    { id: "4", type: "CHAINED_INVOKE", action: "START", functionName: "f" },
    { id: "5", type: "CONTEXT", action: "START" },
    { id: "5-1", type: "STEP", action: "START", parentId: "5" },
  );
  return recorder;
}

function patch(state: ExecutionState, id: string, change: Partial<Operation>): void {
  const operation = state.operations.get(id);
  if (operation !== undefined) state.operations.set(id, { ...operation, ...change } as Operation);
}

test("a sound state breaks nothing", () => {
  expect(violations(sound().state)).toEqual([]);
});

describe("each invariant notices its own breach", () => {
  const breaches: Readonly<Record<string, (state: ExecutionState) => void>> = {
    "settled operations are complete": (state) => patch(state, "5-1", { delivery: 2 }),
    "delivery numbers are unique": (state) => patch(state, "3", { opened: 1 }),
    "delivery numbers are dense": (state) => state.deliveries++,
    "running executions can go on": (state) => {
      Object.assign(state.invocation, { activeAt: undefined, dueSince: undefined });
      state.timers.clear();
      state.callbacks.clear();
      state.openInvokes.clear();
    },
    "timers are those of live operations": (state) => state.timers.disarm("2"),
    "callbacks are those of live operations": (state) => state.callbacks.clear(),
    "invokes are those of live operations": (state) => state.openInvokes.add("5"),
    "parents are contexts": (state) => patch(state, "5-1", { parentId: "1" }),
    "completed contexts are empty": (state) => {
      Object.assign(state, { keepsAll: false });
      patch(state, "5", { status: "SUCCEEDED", endedAt: 1, delivery: 3 });
    },
    "ended executions are at rest": (state) => {
      state.header = { ...state.header, status: "STOPPED" };
    },
  };

  test.each(invariants.map(({ name }) => name))("%s", (name) => {
    const { state } = sound();
    breaches[name]?.(state);
    expect(violations(state).join("\n")).toContain(`${name}: `);
  });
});

describe("P7 nothing is stuck", () => {
  const suspend = { type: "COMPLETE_INVOCATION", requestId: "r", startedAt: 0, output: { status: "PENDING" } } as const;
  const failure = { errorMessage: "it broke" };

  test("an execution goes on after its start, while it runs, while it waits, and after faults", () => {
    const recorder = Recorder.started();
    const stuck = [isStuck(recorder.state)];
    const fault = { status: "FAULT", error: failure, retryAt: 5 } as const;
    recorder.apply({ ...suspend, output: fault }, "owner");
    stuck.push(isStuck(recorder.state));
    recorder.checkpoint({ id: "1", type: "WAIT", action: "START", waitSeconds: 5 });
    stuck.push(isStuck(recorder.state));
    recorder.apply(suspend, "owner");
    stuck.push(isStuck(recorder.state));
    recorder.now += 5000;
    recorder.apply({ type: "FIRE_TIMERS" });
    stuck.push(isStuck(recorder.state));
    expect(stuck).toEqual([false, false, false, false, false]);
  });

  test("an execution that nothing could wake would be called stuck; a halted one waits for somebody", () => {
    const recorder = Recorder.started();
    recorder.append([{ kind: "INVOCATION_COMPLETED", requestId: "r", startedAt: 0 }], "owner");
    expect(isStuck(recorder.state)).toBe(true);
    recorder.apply({ type: "HALT", reason: "NON_DETERMINISM", error: failure });
    expect(isStuck(recorder.state)).toBe(false);
    recorder.apply({ type: "RESUME" });
    expect(isStuck(recorder.state)).toBe(false);
  });
});

test("what has ended changes no more, apart from what its parent knows", () => {
  const recorder = Recorder.started({ parent: { executionId: "p/1", operationId: "1" } });
  recorder.checkpoint({ id: "1", type: "STEP", action: "START" });
  const running = recorder.refold();
  recorder.apply({ type: "STOP" });
  expect(changesAfterEnd(running, recorder.state)).toEqual([]);
  const ended: ExecutionState = { ...recorder.state, operations: new Map(recorder.state.operations) };
  recorder.apply({ type: "NOTIFY_PARENT" });
  expect(changesAfterEnd(ended, recorder.state)).toEqual([]);
  patch(recorder.state, "1", { name: "other" });
  recorder.state.header = { ...recorder.state.header, result: "other" };
  expect(changesAfterEnd(ended, recorder.state)).toEqual(["the header has changed", "operation 1 has changed"]);
});
