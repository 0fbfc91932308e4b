import { expect, test } from "vitest";
import { timeAxis } from "./time-axis.ts";

test("keeps order, and its ends at 0 and 1", () => {
  const axis = timeAxis([1_000, 1_003, 1_000_000]);
  const positions = [900, 1_000, 1_001, 1_003, 500_000, 1_000_000, 2_000_000].map((at) => axis.position(at));
  expect(positions).toEqual(positions.toSorted((a, b) => a - b));
  expect([positions[1], positions.at(-1)]).toEqual([0, 1]);
});

test("shows three milliseconds beside a month", () => {
  const month = 30 * 86_400_000;
  const axis = timeAxis([0, 3, 3 + month]);
  expect(axis.position(3)).toBeGreaterThan(0.01);
});

test("has one place for a single moment", () => {
  expect(timeAxis([5]).position(5)).toBe(0);
});
