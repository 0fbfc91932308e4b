import { describe, expect, test } from "vitest";
import { linearTicks, ticksOf, timeAxis } from "./time-axis.ts";

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

describe("ticks", () => {
  const day = 86_400_000;
  const axis = timeAxis([0, 1_200, 2_400, 2_400 + 30 * day]);
  const ticks = ticksOf(axis, { from: 0, room: 0.15 });

  test("are lengths of time that people count in, from the beginning on", () => {
    expect(ticks[0]).toEqual({ elapsed: 0, position: 0 });
    expect(ticks.map(({ elapsed }) => elapsed)).toEqual([0, day / 4, 7 * day, 14 * day]);
  });

  test("leave each other room", () => {
    for (const [index, { position }] of ticks.entries()) {
      expect(position - (ticks[index - 1]?.position ?? -1)).toBeGreaterThanOrEqual(0.15);
      expect(position).toBeLessThanOrEqual(0.85);
    }
  });

  test("are one for an execution of one moment", () => {
    expect(ticksOf(timeAxis([5]), { from: 5, room: 0.1 })).toEqual([{ elapsed: 0, position: 0 }]);
  });
});

describe("ticks of a linear axis", () => {
  const hour = 3_600_000;

  test("stand at equal distances that people count in, and leave room for the last one's label", () => {
    const ticks = linearTicks({ from: 0, to: 10 * hour }, { from: 0, room: 0.15 });
    expect(ticks.map(({ elapsed, position }) => [elapsed / hour, position])).toEqual([
      [0, 0],
      [2, 0.2],
      [4, 0.4],
      [6, 0.6],
      [8, 0.8],
    ]);
  });

  test("count from the beginning of the execution, of which a part is shown", () => {
    const began = 1_790_000_000_123;
    const ticks = linearTicks({ from: began + 90_500, to: began + 92_500 }, { from: began, room: 0.2 });
    expect(ticks.map(({ elapsed }) => elapsed)).toEqual([90_500, 91_000, 91_500, 92_000]);
    expect(ticks.map(({ position }) => position)).toEqual([0, 0.25, 0.5, 0.75]);
  });

  test("are few for years and for no time at all", () => {
    const years = linearTicks({ from: 0, to: 20_000 * 24 * hour }, { from: 0, room: 0.1 });
    expect(years.length).toBeGreaterThan(2);
    expect(years.length).toBeLessThanOrEqual(10);
    expect(linearTicks({ from: 5, to: 5 }, { from: 5, room: 0.1 })).toEqual([{ elapsed: 0, position: 0 }]);
  });
});
