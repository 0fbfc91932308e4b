import { expect, test } from "vitest";
import type { OperationUpdate } from "../model/update.ts";
import { hasPending, isEnded, openInvokes } from "./pending.ts";
import { type Duty, expiryOf, type Here, type Plan, planOf } from "./plan.ts";
import { Recorder } from "./recorder.ts";
import { emptyState } from "./state.ts";

const DAY_MS = 86_400_000;

const wait = (id: string, waitSeconds: number): OperationUpdate => ({ id, type: "WAIT", action: "START", waitSeconds });
const invoke = (id: string): OperationUpdate => ({ id, type: "CHAINED_INVOKE", action: "START", functionName: "f" });
const suspend = { type: "COMPLETE_INVOCATION", requestId: "r", startedAt: 0, output: { status: "PENDING" } } as const;
const failure = { errorMessage: "it broke" };
const parent = { executionId: "p/1", operationId: "1" };

/** A process that may run the execution and has nothing of it under way. */
const idle: Here = {
  mayRun: true,
  invocation: "NONE",
  runsSince: undefined,
  hasVersion: true,
  lease: undefined,
  sent: new Map(),
  shown: 1,
};
const lease = { ms: 5_000, hearsNews: true, isOwn: false };

function plan({ state, now }: Recorder, here: Partial<Here> = {}): Plan {
  return planOf(state, { ...idle, ...here }, now);
}

function kinds({ duties }: Plan): Duty["kind"][] {
  return duties.map(({ kind }) => kind);
}

function suspended(recorder: Recorder, ...updates: readonly OperationUpdate[]): Recorder {
  recorder.checkpoint(...updates);
  recorder.apply(suspend, "owner");
  return recorder;
}

test("nothing is to be done for what does not exist", () => {
  expect(planOf(emptyState(), idle, 0)).toEqual({ duties: [], wakeAt: undefined });
});

test("what has just started is invoked at once, unless an invocation runs here", () => {
  const recorder = Recorder.started();
  expect(kinds(plan(recorder))).toEqual(["INVOKE"]);
  expect(plan(recorder, { invocation: "RUNNING" })).toEqual({ duties: [], wakeAt: undefined });
  expect(plan(recorder, { invocation: "PARKED" })).toEqual({ duties: [], wakeAt: undefined });
});

test("a process that may not run an execution has no duties and sets no alarm", () => {
  const recorder = suspended(Recorder.started({ parent }), wait("1", 9), invoke("2"));
  expect(plan(recorder, { mayRun: false })).toEqual({ duties: [], wakeAt: undefined });
  recorder.apply({ type: "STOP" });
  expect(plan(recorder, { mayRun: false })).toEqual({ duties: [], wakeAt: undefined });
});

test("what waits wakes at its earliest timer, which fires before anything else is done", () => {
  const recorder = suspended(Recorder.started(), wait("1", 9), wait("2", 4));
  expect(plan(recorder)).toEqual({ duties: [], wakeAt: recorder.now + 4000 });
  recorder.now += 4000;
  expect(kinds(plan(recorder))).toEqual(["FIRE_TIMERS"]);
  recorder.apply({ type: "FIRE_TIMERS" });
  expect(kinds(plan(recorder))).toEqual(["INVOKE"]);
  expect(plan(recorder, { invocation: "PARKED" })).toEqual({ duties: [], wakeAt: recorder.now + 5000 });
});

test("its own timeout wakes an execution too", () => {
  const recorder = suspended(Recorder.started({ executionTimeoutSeconds: 3 }), wait("1", 9));
  expect(plan(recorder)).toEqual({ duties: [], wakeAt: recorder.now + 3000 });
});

test("a callback without a timeout wakes nothing by itself", () => {
  const recorder = suspended(Recorder.started(), { id: "1", type: "CALLBACK", action: "START" });
  expect(plan(recorder)).toEqual({ duties: [], wakeAt: undefined });
  expect(hasPending(recorder.state)).toBe(true);
  const [callbackId] = recorder.state.callbacks.keys();
  recorder.apply({ type: "COMPLETE_CALLBACK", callbackId: callbackId!, outcome: { type: "SUCCEEDED" } });
  expect(kinds(plan(recorder))).toEqual(["INVOKE"]);
});

test("an invocation that has not ended is taken over by a process that has none", () => {
  const recorder = Recorder.started();
  recorder.checkpoint({ id: "1", type: "STEP", action: "SUCCEED" });
  expect(kinds(plan(recorder))).toEqual(["INVOKE"]);
  expect(kinds(plan(recorder, { invocation: "RUNNING" }))).toEqual([]);
});

test("an invocation elsewhere is left alone until its lease is over", () => {
  const recorder = Recorder.started();
  recorder.checkpoint({ id: "1", type: "CALLBACK", action: "START" }, { id: "2", type: "STEP", action: "START" });
  const until = recorder.now + 5_000;
  expect(plan(recorder, { lease })).toEqual({ duties: [], wakeAt: until });

  recorder.now += 1_000;
  const [callbackId] = recorder.state.callbacks.keys();
  recorder.apply({ type: "COMPLETE_CALLBACK", callbackId: callbackId!, outcome: { type: "SUCCEEDED" } });
  expect(plan(recorder, { lease })).toEqual({ duties: [], wakeAt: until });
  expect(kinds(plan(recorder, { lease: { ...lease, hearsNews: false } }))).toEqual(["INVOKE"]);

  expect(kinds(plan(recorder, { lease: { ...lease, isOwn: true } }))).toEqual(["INVOKE"]);

  recorder.now = until;
  expect(kinds(plan(recorder, { lease }))).toEqual(["INVOKE"]);
});

test("an invocation that runs here writes when it has written nothing for half of a lease", () => {
  const recorder = Recorder.started();
  const begun = recorder.now;
  const running = { invocation: "RUNNING", runsSince: begun, lease } as const;
  expect(plan(recorder, running)).toEqual({ duties: [], wakeAt: undefined, renewAt: begun + 2_500 });
  recorder.now += 1_000;
  recorder.checkpoint({ id: "1", type: "STEP", action: "START" });
  expect(plan(recorder, running)).toEqual({ duties: [], wakeAt: undefined, renewAt: begun + 3_500 });
  recorder.now = begun + 3_500;
  expect(kinds(plan(recorder, running))).toEqual(["RENEW"]);
  expect(kinds(plan(recorder, { ...running, lease: undefined }))).toEqual([]);
  expect(kinds(plan(recorder, { ...running, runsSince: undefined }))).toEqual([]);
  recorder.append([], "owner");
  expect(plan(recorder, running)).toEqual({ duties: [], wakeAt: undefined, renewAt: begun + 6_000 });
});

test("a process that lacks the version leaves what it shares to others, and halts it when none has taken it", () => {
  const recorder = Recorder.started();
  const since = recorder.now;
  const lacking = { hasVersion: false, lease };
  const offers: number[] = [];
  for (let next = plan(recorder, lacking); next.duties.length === 0; next = plan(recorder, lacking)) {
    recorder.now = next.wakeAt!;
    offers.push(recorder.now - since);
  }
  expect(offers).toEqual([1_000, 2_000, 4_000, 5_000]);
  expect(kinds(plan(recorder, lacking))).toEqual(["INVOKE"]);
  recorder.now = since;
  expect(kinds(plan(recorder, { hasVersion: false }))).toEqual(["INVOKE"]);
  expect(kinds(plan(recorder, { lease }))).toEqual(["INVOKE"]);
});

test("what was halted for want of a version is resumed by a process that has it, and nothing else is", () => {
  const recorder = Recorder.started();
  recorder.apply({ type: "HALT", reason: "VERSION_MISSING", error: failure });
  const shown = recorder.state.rowSeq;
  expect(kinds(plan(recorder, { shown, hasVersion: false }))).toEqual([]);
  expect(kinds(plan(recorder, { shown }))).toEqual(["RESUME"]);
  recorder.apply({ type: "RESUME" });
  recorder.apply({ type: "HALT", reason: "NON_DETERMINISM", error: failure });
  expect(kinds(plan(recorder, { shown: recorder.state.rowSeq }))).toEqual([]);
});

test("after a fault the next try has its time, and news from outside does not hurry it", () => {
  const recorder = Recorder.started();
  recorder.checkpoint(wait("1", 1));
  const retryAt = recorder.now + 30_000;
  recorder.apply({ ...suspend, output: { status: "FAULT", error: failure, retryAt } }, "owner");
  recorder.now += 1000;
  recorder.apply({ type: "FIRE_TIMERS" });
  expect(plan(recorder)).toEqual({ duties: [], wakeAt: retryAt });
  recorder.now = retryAt;
  expect(kinds(plan(recorder))).toEqual(["INVOKE"]);
});

test("what is halted is not invoked, but shown, and its timers go on", () => {
  const recorder = suspended(Recorder.started(), wait("1", 2));
  recorder.apply({ type: "HALT", reason: "NON_DETERMINISM", error: failure });
  expect(plan(recorder)).toEqual({ duties: [{ kind: "SHOW" }], wakeAt: recorder.now + 2000 });
  expect(kinds(plan(recorder, { invocation: "PARKED" }))).toEqual(["STOP_INVOCATION"]);
  const shown = recorder.state.seq;
  recorder.now += 2000;
  recorder.apply({ type: "FIRE_TIMERS" });
  expect(plan(recorder, { shown })).toEqual({ duties: [], wakeAt: undefined });
  recorder.apply({ type: "RESUME" });
  expect(kinds(plan(recorder, { shown }))).toEqual(["SHOW", "INVOKE"]);
});

test("what has ended tells its parent, is shown, and goes when its retention is over", () => {
  const recorder = Recorder.started({ retentionDays: 2, parent });
  recorder.apply({ type: "STOP" });
  expect(isEnded(recorder.state)).toBe(true);
  const expiresAt = recorder.now + 2 * DAY_MS;
  expect(expiryOf(recorder.state.header)).toBe(expiresAt);
  expect(kinds(plan(recorder, { invocation: "RUNNING" }))).toEqual(["STOP_INVOCATION"]);
  expect(plan(recorder)).toEqual({ duties: [{ kind: "TELL_PARENT" }, { kind: "SHOW" }], wakeAt: expiresAt });
  recorder.apply({ type: "NOTIFY_PARENT" });
  expect(plan(recorder, { shown: recorder.state.rowSeq })).toEqual({ duties: [], wakeAt: expiresAt });
  recorder.now = expiresAt;
  expect(kinds(plan(recorder))).toEqual(["REMOVE"]);
});

test("an open invoke is called once, and one that could not be called again when its time has come", () => {
  const recorder = suspended(Recorder.started(), invoke("2"), invoke("1"), invoke("3"));
  recorder.apply({ type: "COMPLETE_INVOKE", operationId: "1", outcome: { type: "SUCCEEDED" } });
  expect(openInvokes(recorder.state).map(({ id }) => id)).toEqual(["2", "3"]);
  const parked = { invocation: "PARKED" } as const;
  const called = ({ duties }: Plan): string[] =>
    duties.flatMap((duty) => (duty.kind === "CALL" ? duty.operation.id : []));
  expect(called(plan(recorder, parked))).toEqual(["2", "3"]);
  const later = recorder.now + 1000;
  const sent = new Map([
    ["2", Number.POSITIVE_INFINITY],
    ["3", later],
  ]);
  expect(plan(recorder, { ...parked, sent })).toEqual({ duties: [], wakeAt: later });
  recorder.now = later;
  expect(called(plan(recorder, { ...parked, sent }))).toEqual(["3"]);
});

test("of a paused execution only its own timeout is watched, and nothing begins", () => {
  const recorder = suspended(Recorder.started({ executionTimeoutSeconds: 60 }), wait("1", 9), invoke("2"));
  recorder.apply({ type: "PAUSE" });
  const timeoutAt = recorder.state.header.timeoutAt ?? 0;
  recorder.now += 10_000;
  const shown = recorder.state.rowSeq;
  expect(plan(recorder)).toEqual({ duties: [{ kind: "SHOW" }], wakeAt: timeoutAt });
  expect(plan(recorder, { shown })).toEqual({ duties: [], wakeAt: timeoutAt });
  recorder.now = timeoutAt;
  expect(kinds(plan(recorder, { shown }))).toEqual(["FIRE_TIMERS"]);
  recorder.apply({ type: "FIRE_TIMERS" });
  expect(recorder.state.header.status).toBe("TIMED_OUT");
  expect(recorder.state.operations.get("1")?.status).toBe("STARTED");
});

test("an invocation that runs during a pause leaves off, renews its lease until it has, and is stopped when it is parked", () => {
  const recorder = Recorder.started();
  recorder.checkpoint({ id: "1", type: "STEP", action: "START" });
  recorder.apply({ type: "PAUSE" });
  const shown = recorder.state.rowSeq;
  expect(kinds(plan(recorder, { shown, invocation: "RUNNING" }))).toEqual(["LEAVE_OFF"]);
  expect(kinds(plan(recorder, { shown, invocation: "PARKED" }))).toEqual(["STOP_INVOCATION"]);
  const leaving: Partial<Here> = { shown, invocation: "LEAVING", lease, runsSince: recorder.now };
  expect(plan(recorder, leaving)).toEqual({ duties: [], wakeAt: undefined, renewAt: recorder.now + 2_500 });
  recorder.now += 2_500;
  expect(kinds(plan(recorder, leaving))).toEqual(["RENEW"]);
  recorder.apply({ type: "STOP" });
  expect(kinds(plan(recorder, leaving))).toEqual(["STOP_INVOCATION"]);
});

test("no process resumes what somebody has paused, whatever it was halted for before", () => {
  const recorder = Recorder.started();
  recorder.apply({ type: "HALT", reason: "VERSION_MISSING", error: failure });
  expect(kinds(plan(recorder, { shown: recorder.state.rowSeq }))).toEqual(["RESUME"]);
  recorder.apply({ type: "PAUSE" });
  expect(plan(recorder, { shown: recorder.state.rowSeq })).toEqual({ duties: [], wakeAt: undefined });
});

test("what is purged is removed at once", () => {
  const recorder = Recorder.started();
  recorder.apply({ type: "STOP" });
  expect(kinds(plan(recorder, { shown: recorder.state.rowSeq }))).toEqual([]);
  recorder.apply({ type: "PURGE" });
  expect(kinds(plan(recorder))).toEqual(["REMOVE"]);
});
