import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Here, planOf } from "./plan.ts";
import { Recorder } from "./recorder.ts";

const idle: Here = {
  mayRun: true,
  invocation: "NONE",
  runsSince: undefined,
  hasVersion: true,
  lease: undefined,
  sent: new Map(),
  shown: 1,
};
const HOUR = 3_600_000;
const YEAR = 366 * 24 * HOUR;
const start = { type: "START_EXECUTION", functionName: "f", name: "n", version: "1", retentionDays: 1 } as const;

describe("an execution that was started for later", () => {
  test("runs, and has nothing to do until its time has come", () => {
    const recorder = Recorder.started({ startAt: 1_000_000 + HOUR });
    const { header } = recorder.state;
    expect(header).toMatchObject({ status: "RUNNING", startedAt: 1_000_000, startAt: 1_000_000 + HOUR });
    expect(planOf(recorder.state, idle, 1_000_000)).toEqual({ duties: [], wakeAt: 1_000_000 + HOUR });
    expect(planOf(recorder.state, idle, 999_999 + HOUR)).toEqual({ duties: [], wakeAt: 1_000_000 + HOUR });
    expect(planOf(recorder.state, idle, 1_000_000 + HOUR).duties).toEqual([{ kind: "INVOKE" }]);
  });

  test("times out as long after that as after any other start", () => {
    const recorder = Recorder.started({ startAt: 1_000_000 + HOUR, executionTimeoutSeconds: 60 });
    expect(recorder.state.header.timeoutAt).toBe(1_060_000 + HOUR);
    expect(planOf(recorder.state, idle, 1_060_000).duties).toEqual([]);
  });

  test("can be stopped before", () => {
    const recorder = Recorder.started({ startAt: 1_000_000 + HOUR });
    recorder.apply({ type: "STOP" });
    expect(recorder.state.header.status).toBe("STOPPED");
    expect(planOf(recorder.state, { ...idle, shown: 2 }, 1_000_000 + HOUR).duties).toEqual([]);
  });

  test("does not begin sooner because it was halted and resumed", () => {
    const recorder = Recorder.started({ startAt: 1_000_000 + HOUR });
    recorder.apply({ type: "HALT", reason: "VERSION_MISSING", error: { errorMessage: "no" } });
    recorder.apply({ type: "RESUME" });
    const here = { ...idle, shown: 3 };
    expect(planOf(recorder.state, here, 1_000_001)).toEqual({ duties: [], wakeAt: 1_000_000 + HOUR });
  });

  test("waits for its time where its version is missing, too", () => {
    const recorder = Recorder.started({ startAt: 1_000_000 + HOUR });
    const lease = { ms: 5000, hearsNews: true, isOwn: false };
    const plan = planOf(recorder.state, { ...idle, hasVersion: false, lease }, 1_000_000);
    expect(plan).toEqual({ duties: [], wakeAt: 1_000_000 + HOUR });
  });

  test("begins at once for a time that has come, and says nothing of it", () => {
    for (const startAt of [1_000_000, 0, -5, Number.NEGATIVE_INFINITY]) {
      const recorder = Recorder.started({ startAt });
      expect(recorder.state.header).not.toHaveProperty("startAt");
      expect(planOf(recorder.state, idle, 1_000_000).duties).toEqual([{ kind: "INVOKE" }]);
    }
  });

  test("begins at a whole millisecond, never before the time that was given", () => {
    expect(Recorder.started({ startAt: 1_000_000.5 }).state.header.startAt).toBe(1_000_001);
  });

  test("begins within 366 days, at a time", () => {
    const refusal = (startAt: unknown) => {
      const recorder = new Recorder();
      return recorder.refusal({ ...start, startAt: startAt as number })?.message;
    };
    expect(refusal(1_000_000 + YEAR)).toBeUndefined();
    expect(refusal(1_000_001 + YEAR)).toContain("the limit is");
    expect(refusal(Number.POSITIVE_INFINITY)).toContain("366 days");
    expect(refusal(Number.NaN)).toContain("must be a Date");
    expect(refusal("soon")).toContain("must be a Date");
  });
});

test("P6: whatever happens before, no plan has an invocation before the time of the start", () => {
  const moves = fc.array(fc.constantFrom("HALT", "RESUME", "FIRE", "TICK"), { maxLength: 12 });
  fc.assert(
    fc.property(moves, fc.integer({ min: 1, max: 5000 }), (acts, delay) => {
      const recorder = Recorder.started({ startAt: 1_000_000 + delay });
      for (const act of acts) {
        recorder.now += 500;
        if (act === "HALT") recorder.apply({ type: "HALT", reason: "STORAGE_FULL", error: {} });
        if (act === "RESUME" && recorder.state.header.halt !== undefined) recorder.apply({ type: "RESUME" });
        if (act === "FIRE") recorder.apply({ type: "FIRE_TIMERS" });
        const { duties, wakeAt } = planOf(recorder.state, { ...idle, shown: 1000 }, recorder.now);
        const isHalted = recorder.state.header.halt !== undefined;
        const isDue = recorder.now >= 1_000_000 + delay && !isHalted;
        expect(duties.some(({ kind }) => kind === "INVOKE")).toBe(isDue);
        expect(isHalted || isDue || wakeAt === 1_000_000 + delay).toBe(true);
      }
    }),
  );
});
