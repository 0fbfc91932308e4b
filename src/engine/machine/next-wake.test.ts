import { expect, test } from "vitest";
import type { OperationUpdate } from "../model/update.ts";
import { expiryOf, nextWake } from "./next-wake.ts";
import { hasPending, isEnded, isInvocationDue, openInvokes } from "./pending.ts";
import { Recorder } from "./recorder.ts";
import { emptyState } from "./state.ts";

const wait = (id: string, waitSeconds: number): OperationUpdate => ({ id, type: "WAIT", action: "START", waitSeconds });
const suspend = { type: "COMPLETE_INVOCATION", requestId: "r", startedAt: 0, output: { status: "PENDING" } } as const;
const failure = { errorMessage: "it broke" };

function suspended(recorder: Recorder, ...updates: readonly OperationUpdate[]): Recorder {
  recorder.checkpoint(...updates);
  recorder.apply(suspend, "owner");
  return recorder;
}

test("nothing wakes what does not exist", () => {
  expect(nextWake(emptyState())).toBeUndefined();
});

test("what has just started is invoked at once", () => {
  const { state, now } = Recorder.started();
  expect(nextWake(state)).toEqual({ at: 0, why: "INVOCATION" });
  expect(isInvocationDue(state, now)).toBe(true);
});

test("what waits wakes at its earliest timer", () => {
  const { state, now } = suspended(Recorder.started(), wait("1", 9), wait("2", 4));
  expect(nextWake(state)).toEqual({ at: now + 4000, why: "TIMER" });
  expect(isInvocationDue(state, now)).toBe(false);
});

test("its own timeout wakes an execution too", () => {
  const { state, now } = suspended(Recorder.started({ executionTimeoutSeconds: 3 }), wait("1", 9));
  expect(nextWake(state)).toEqual({ at: now + 3000, why: "EXECUTION_TIMEOUT" });
});

test("a callback without a timeout wakes nothing by itself", () => {
  const recorder = suspended(Recorder.started(), { id: "1", type: "CALLBACK", action: "START" });
  expect(nextWake(recorder.state)).toBeUndefined();
  expect(hasPending(recorder.state)).toBe(true);
  const [callbackId] = recorder.state.callbacks.keys();
  recorder.apply({ type: "COMPLETE_CALLBACK", callbackId: callbackId!, outcome: { type: "SUCCEEDED" } });
  expect(nextWake(recorder.state)).toEqual({ at: 0, why: "INVOCATION" });
});

test("after a fault the next try has its time, and news from outside does not hurry it", () => {
  const recorder = Recorder.started();
  recorder.checkpoint(wait("1", 1));
  const retryAt = recorder.now + 30_000;
  recorder.apply({ ...suspend, output: { status: "FAULT", error: failure, retryAt } }, "owner");
  recorder.now += 1000;
  recorder.apply({ type: "FIRE_TIMERS" });
  expect(nextWake(recorder.state)).toEqual({ at: retryAt, why: "INVOCATION" });
  expect(isInvocationDue(recorder.state, recorder.now)).toBe(false);
  expect(isInvocationDue(recorder.state, retryAt)).toBe(true);
});

test("what is halted is not invoked, but its timers go on", () => {
  const recorder = suspended(Recorder.started(), wait("1", 2));
  recorder.apply({ type: "HALT", reason: "NON_DETERMINISM", error: failure });
  expect(nextWake(recorder.state)).toEqual({ at: recorder.now + 2000, why: "TIMER" });
  recorder.now += 2000;
  recorder.apply({ type: "FIRE_TIMERS" });
  expect(nextWake(recorder.state)).toBeUndefined();
  expect(isInvocationDue(recorder.state, recorder.now)).toBe(false);
});

test("what has ended tells its parent, then goes when its retention is over", () => {
  const recorder = Recorder.started({ retentionDays: 2, parent: { executionId: "p/1", operationId: "1" } });
  recorder.apply({ type: "STOP" });
  expect(isEnded(recorder.state)).toBe(true);
  expect(nextWake(recorder.state)).toEqual({ at: 0, why: "PARENT" });
  recorder.apply({ type: "NOTIFY_PARENT" });
  const expiresAt = recorder.now + 2 * 86_400_000;
  expect(nextWake(recorder.state)).toEqual({ at: expiresAt, why: "PURGE" });
  expect(expiryOf(recorder.state.header)).toBe(expiresAt);
});

test("open invokes are those without an outcome", () => {
  const invoke = (id: string): OperationUpdate => ({ id, type: "CHAINED_INVOKE", action: "START", functionName: "f" });
  const recorder = suspended(Recorder.started(), invoke("2"), invoke("1"), invoke("3"));
  recorder.apply({ type: "COMPLETE_INVOKE", operationId: "1", outcome: { type: "SUCCEEDED" } });
  expect(openInvokes(recorder.state).map(({ id }) => id)).toEqual(["2", "3"]);
});
