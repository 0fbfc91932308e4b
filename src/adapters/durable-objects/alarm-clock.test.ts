import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { AlarmClock, AlarmReason, type AlarmStorage } from "./alarm-clock.ts";

const NOW = 1_700_000_000_123;

let now = NOW;
let alarm: number | null = null;
let writes = 0;

const storage: AlarmStorage = {
  getAlarm: async () => alarm,
  setAlarm: async (at) => {
    alarm = Number(at);
    writes++;
  },
  deleteAlarm: async () => {
    alarm = null;
    writes++;
  },
};

async function openClock(): Promise<AlarmClock> {
  const clock = new AlarmClock(storage, () => now);
  await clock.load();
  return clock;
}

/** Acts as the platform: the alarm is gone when the handler begins. */
function goOff(clock: AlarmClock): AlarmReason[] {
  const at = alarm ?? 0;
  now = Math.max(now, at);
  alarm = null;
  return clock.fire(at);
}

beforeEach(() => {
  now = NOW;
  alarm = null;
  writes = 0;
});

describe("the alarm clock", () => {
  test("stands at the earliest need, and follows it", async () => {
    const clock = await openClock();
    clock.need(AlarmReason.EXECUTION, NOW + 5000);
    clock.need(AlarmReason.OUTBOX, NOW + 1000);
    expect(alarm).toBe(NOW + 1000);
    clock.need(AlarmReason.OUTBOX, NOW + 9000);
    expect(alarm).toBe(NOW + 5000);
    clock.drop(AlarmReason.EXECUTION);
    expect(alarm).toBe(NOW + 9000);
    clock.drop(AlarmReason.OUTBOX);
    expect(alarm).toBeNull();
  });

  test("writes nothing when nothing moves", async () => {
    const clock = await openClock();
    clock.need(AlarmReason.EXECUTION, NOW + 5000);
    clock.need(AlarmReason.EXECUTION, NOW + 5000);
    clock.need(AlarmReason.GUARD, NOW + 6000);
    clock.drop(AlarmReason.GUARD);
    clock.drop(AlarmReason.RETRY);
    expect(writes).toBe(1);
  });

  test("lets needs of about the same time share one", async () => {
    const clock = await openClock();
    for (let step = 0; step < 50; step++) {
      clock.needAbout(AlarmReason.GUARD, 10_000);
      now += 10;
    }
    clock.needAbout(AlarmReason.OUTBOX, 10_000);
    expect(writes).toBeLessThanOrEqual(2);
    expect(alarm).toBeGreaterThanOrEqual(NOW + 10_000);
    expect(alarm).toBeLessThanOrEqual(now + 20_000);
  });

  test("never stands at or before now, nor at or before the alarm that fires", async () => {
    const clock = await openClock();
    clock.need(AlarmReason.EXECUTION, 0);
    expect(alarm).toBe(NOW + 1);
    expect(goOff(clock)).toEqual([AlarmReason.EXECUTION]);
    clock.need(AlarmReason.EXECUTION, NOW - 60_000);
    expect(alarm).toBe(NOW + 2);
  });

  test("tells what is due and forgets it, and stands again for the rest", async () => {
    const clock = await openClock();
    clock.need(AlarmReason.EXECUTION, NOW + 5000);
    clock.need(AlarmReason.GUARD, NOW + 1000);
    expect(goOff(clock)).toEqual([AlarmReason.GUARD]);
    expect(alarm).toBe(NOW + 5000);
    expect(goOff(clock)).toEqual([AlarmReason.EXECUTION]);
    expect(alarm).toBeNull();
  });

  test("takes the alarm of an earlier life for the execution's, until the execution says otherwise", async () => {
    alarm = NOW + 7000;
    const clock = await openClock();
    clock.need(AlarmReason.OUTBOX, NOW + 9000);
    clock.drop(AlarmReason.OUTBOX);
    expect(alarm).toBe(NOW + 7000);
    clock.need(AlarmReason.EXECUTION, NOW + 8000);
    expect(alarm).toBe(NOW + 8000);
  });

  test("wakes the execution when it cannot know why the alarm was set", async () => {
    const clock = await openClock();
    expect(clock.fire(NOW)).toEqual([AlarmReason.EXECUTION]);
  });

  test("is not put off while it is overdue", async () => {
    const clock = await openClock();
    clock.need(AlarmReason.EXECUTION, NOW - 5000);
    for (let call = 0; call < 5; call++) {
      now += 100;
      clock.need(AlarmReason.OUTBOX, now - 50);
    }
    expect(alarm).toBe(NOW + 1);
    expect(writes).toBe(1);
  });

  test("stands at the earliest need after any sequence of calls, and never further off", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(calls), async (sequence) => {
        now = NOW;
        alarm = null;
        const clock = await openClock();
        const needs = new Map<AlarmReason, number>();
        for (const call of sequence) {
          make(call, clock, needs);
          const earliest = Math.min(...needs.values());
          const expected = needs.size === 0 ? null : Math.max(earliest, Math.min(alarm ?? 0, now + 1));
          expect(alarm).toBe(expected);
        }
      }),
    );
  });
});

const reasons = fc.constantFrom(...Object.values(AlarmReason));
const calls = fc.oneof(
  fc.record({ kind: fc.constant("need" as const), reason: reasons, delay: fc.integer({ min: -50_000, max: 100_000 }) }),
  fc.record({ kind: fc.constant("drop" as const), reason: reasons }),
  fc.record({ kind: fc.constant("pass" as const), ms: fc.integer({ min: 0, max: 50_000 }) }),
);

type Call = typeof calls extends fc.Arbitrary<infer T> ? T : never;

/** Makes a call, and keeps book of the needs that are left. */
function make(call: Call, clock: AlarmClock, needs: Map<AlarmReason, number>): void {
  if (call.kind === "need") {
    needs.set(call.reason, now + call.delay);
    clock.need(call.reason, now + call.delay);
  } else if (call.kind === "drop") {
    needs.delete(call.reason);
    clock.drop(call.reason);
  } else {
    now += call.ms;
    while (alarm !== null && alarm <= now) for (const due of goOff(clock)) needs.delete(due);
  }
}
