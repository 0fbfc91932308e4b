import { expect, onTestFinished, test } from "vitest";
import { EmulatorClock } from "./emulator-clock.ts";

const HOUR = 3_600_000;

function open(scale = 1): EmulatorClock {
  const clock = new EmulatorClock({ aheadMs: 0, scale, onSkip: () => {} });
  onTestFinished(() => clock.close());
  return clock;
}

test("a timer fires when its time is skipped, not before, and once", async () => {
  const clock = open();
  const fired: string[] = [];
  clock.timer(clock.now() + HOUR, () => fired.push("hour"));
  clock.timer(clock.now() + 3 * HOUR, () => fired.push("three"));
  const cancel = clock.timer(clock.now() + HOUR, () => fired.push("cancelled"));
  cancel();
  clock.skip(HOUR - 60_000);
  await new Promise((next) => setTimeout(next, 20));
  expect(fired).toEqual([]);
  clock.skip(60_000);
  await expect.poll(() => fired).toEqual(["hour"]);
  clock.skip(2 * HOUR);
  await expect.poll(() => fired).toEqual(["hour", "three"]);
});

test("a clock of another speed has its timers at its own times, and moments on the wall for each of its own", async () => {
  const clock = open(3600);
  const at = clock.now() + HOUR;
  const early = await new Promise<number>((fired) => clock.timer(at, () => fired(at - clock.now())));
  expect(early).toBeLessThanOrEqual(0);
  expect(Math.abs(clock.wallAt(clock.emulatedAt(1_800_000_000_000)) - 1_800_000_000_000)).toBeLessThanOrEqual(1);
  expect(clock.isShifted).toBe(true);
});

test("nothing fires once it is closed, or within the call that sets it", async () => {
  const clock = open();
  const fired: string[] = [];
  clock.timer(0, () => fired.push("past"));
  expect(fired).toEqual([]);
  await expect.poll(() => fired).toEqual(["past"]);
  clock.timer(clock.now() + 10, () => fired.push("soon"));
  clock.close();
  clock.timer(0, () => fired.push("after"));
  await new Promise((next) => setTimeout(next, 50));
  expect(fired).toEqual(["past"]);
});
