import { describe, expect, test } from "vitest";
import { InvalidArgumentError } from "../lambda-compat/invalid-argument.ts";
import { Slots, stampOf } from "./slots.ts";

function after(cron: string, timeZone: string, from: string, count: number): string[] {
  const slots = new Slots(cron, timeZone);
  const found: string[] = [];
  for (let slot = slots.next(Date.parse(from)); slot !== undefined && found.length < count; slot = slots.next(slot))
    found.push(new Date(slot).toISOString().slice(5, 16));
  return found;
}

describe("the slots of an expression", () => {
  test("are those of its time zone", () => {
    expect(after("0 9 * * 1-5", "Europe/Vienna", "2026-07-31T12:00Z", 2)).toEqual(["08-03T07:00", "08-04T07:00"]);
    expect(after("0 9 * * 1-5", "UTC", "2026-07-31T12:00Z", 2)).toEqual(["08-03T09:00", "08-04T09:00"]);
  });

  test("have one where a clock that is put forward passes over it: the moment at which that is done", () => {
    const days = after("30 2 * * *", "Europe/Vienna", "2026-03-28T00:00Z", 3);
    expect(days).toEqual(["03-28T01:30", "03-29T01:00", "03-30T00:30"]);
    const halves = after("*/30 * * * *", "Europe/Vienna", "2026-03-29T00:00Z", 3);
    expect(halves).toEqual(["03-29T00:30", "03-29T01:00", "03-29T01:30"]);
  });

  test("have one where a clock that is put back comes to it twice: the first, wherever one begins to look", () => {
    const days = after("30 2 * * *", "Europe/Vienna", "2026-10-24T12:00Z", 2);
    expect(days).toEqual(["10-25T00:30", "10-26T01:30"]);
    for (const between of ["2026-10-25T00:30Z", "2026-10-25T00:45Z", "2026-10-25T01:00Z", "2026-10-25T01:30Z"])
      expect(after("30 2 * * *", "Europe/Vienna", between, 1)).toEqual(["10-26T01:30"]);
  });

  test("come every half an hour of a day that has 25", () => {
    const halves = after("*/30 * * * *", "Europe/Vienna", "2026-10-24T23:59Z", 5);
    expect(halves).toEqual(["10-25T00:00", "10-25T00:30", "10-25T01:00", "10-25T01:30", "10-25T02:00"]);
  });

  test("may be by the second, and may be none", () => {
    expect(after("*/20 * * * * *", "UTC", "2026-01-01T00:00Z", 1)).toEqual(["01-01T00:00"]);
    expect(after("0 0 31 2 *", "UTC", "2026-01-01T00:00Z", 1)).toEqual([]);
  });

  test("that have passed are counted from the last", () => {
    const slots = new Slots("0 * * * *", "UTC");
    const from = Date.parse("2026-01-01T00:00Z");
    const last = slots.last(from, from + 10 * 3_600_000, 3);
    expect(last.map((slot) => (slot - from) / 3_600_000)).toEqual([8, 9, 10]);
    expect(slots.last(from + 1, from + 2, 3)).toEqual([]);
    expect(slots.last(from, from, 3)).toEqual([from]);
  });
});

test("an expression that is none is refused, and so is a time zone", () => {
  for (const cron of ["", "* * *", "61 * * * *", "whenever"])
    expect(() => new Slots(cron, "UTC")).toThrow(InvalidArgumentError);
  expect(() => new Slots("* * * * *", "Nowhere/At")).toThrow(/Nowhere/);
  expect(() => new Slots(5 as unknown as string, "UTC")).toThrow(InvalidArgumentError);
});

test("a stamp is a part of a name", () => {
  expect(stampOf(Date.parse("2026-12-24T17:00Z"))).toBe("20261224T170000Z");
});
