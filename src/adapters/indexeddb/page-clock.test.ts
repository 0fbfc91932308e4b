import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { PageClock } from "./page-clock.ts";

const DAY_MS = 86_400_000;

/** What the wall clock says beside what platform timers count: the difference between the two. */
let skew = 0;
let clock: PageClock;

beforeEach(() => {
  vi.useFakeTimers();
  skew = 0;
  clock = new PageClock({ now: () => Date.now() + skew });
});

afterEach(() => {
  clock.close();
  vi.useRealTimers();
});

function fires(at: number): { readonly at: number[]; readonly cancel: () => void } {
  const times: number[] = [];
  const cancel = clock.timer(at, () => times.push(Date.now() + skew));
  return { at: times, cancel };
}

test("fires at its time, in the order of the times, and never within the call that sets it", () => {
  const start = Date.now();
  const order: string[] = [];
  clock.timer(start + 20, () => order.push("second"));
  clock.timer(start + 10, () => order.push("first"));
  clock.timer(start - 5, () => order.push("overdue"));
  expect(order).toEqual([]);
  vi.advanceTimersByTime(0);
  expect(order).toEqual(["overdue"]);
  vi.advanceTimersByTime(20);
  expect(order).toEqual(["overdue", "first", "second"]);
});

test("goes on after a timer that throws", () => {
  const start = Date.now();
  clock.timer(start + 10, () => {
    throw new Error("in a timer");
  });
  const [beside, after] = [fires(start + 10), fires(start + 20)];
  expect(() => vi.advanceTimersByTime(10)).toThrow("in a timer");
  vi.advanceTimersByTime(10);
  expect(beside.at).toHaveLength(1);
  expect(after.at).toEqual([start + 20]);
});

test("fires what is months away on its day", () => {
  const due = Date.now() + 60 * DAY_MS;
  const far = fires(due);
  vi.advanceTimersByTime(60 * DAY_MS - 1);
  expect(far.at).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(far.at).toEqual([due]);
});

test("fires soon after the clock was set forward past its time", () => {
  const timer = fires(Date.now() + DAY_MS);
  skew = 2 * DAY_MS;
  vi.advanceTimersByTime(30_000);
  expect(timer.at).toHaveLength(1);
});

test("waits for its time anew after the clock was set back", () => {
  const due = Date.now() + 10_000;
  const timer = fires(due);
  skew = -DAY_MS;
  vi.advanceTimersByTime(DAY_MS);
  expect(timer.at).toEqual([]);
  vi.advanceTimersByTime(30_000);
  expect(timer.at).toHaveLength(1);
  expect(timer.at[0]).toBeGreaterThanOrEqual(due);
});

test("fires what is due when asked to look, without waiting for a tick", () => {
  const timer = fires(Date.now() + DAY_MS);
  skew = DAY_MS;
  clock.check();
  expect(timer.at).toHaveLength(1);
});

test("does not fire what was cancelled, not even by another timer of the same moment", () => {
  const at = Date.now() + 10;
  const cancelled = fires(at);
  clock.timer(at, () => second.cancel());
  const second = fires(at);
  cancelled.cancel();
  vi.advanceTimersByTime(100);
  expect([cancelled.at, second.at]).toEqual([[], []]);
});

test("takes a timer that is set while another one fires", () => {
  const order: number[] = [];
  const start = Date.now();
  clock.timer(start + 10, () => {
    order.push(1);
    clock.timer(start + 10, () => order.push(2));
  });
  vi.advanceTimersByTime(20);
  expect(order).toEqual([1, 2]);
});

test("fires nothing once it is closed, and takes no orders", () => {
  const before = fires(Date.now() + 10);
  clock.close();
  const after = fires(Date.now() + 10);
  vi.advanceTimersByTime(DAY_MS);
  expect([before.at, after.at]).toEqual([[], []]);
  expect(vi.getTimerCount()).toBe(0);
});
