import { afterEach, expect, test } from "vitest";
import { putDateAhead } from "./code-date.ts";

const real = Date;

afterEach(() => {
  globalThis.Date = real;
  Object.defineProperty(real.prototype, "constructor", { value: real, configurable: true, writable: true });
});

test("tells a later time wherever the present is asked for, and no other time otherwise", () => {
  let aheadMs = 86_400_000;
  putDateAhead(() => aheadMs);
  const before = real.now();
  for (const now of [Date.now(), new Date().getTime(), Date.parse(Date())]) {
    expect(Math.abs(now - before - aheadMs)).toBeLessThan(5_000);
  }
  expect(new Date(5).getTime()).toBe(5);
  expect(Date.UTC(2026, 0)).toBe(real.UTC(2026, 0));
  expect(new Date(0)).toBeInstanceOf(Date);
  expect(new Date(0).constructor).toBe(Date);
  class Day extends Date {}
  expect(new Day()).toBeInstanceOf(Day);
  aheadMs = 0;
  expect(Math.abs(Date.now() - before)).toBeLessThan(5_000);
});
