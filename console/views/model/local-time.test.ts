import { expect, test } from "vitest";
import { localText, timeOfLocal } from "./local-time.ts";

test("a time comes back from the control as it was shown, to the minute, in summer and in winter", () => {
  for (const month of [0, 6]) {
    const at = new Date(2026, month, 2, 3, 4, 5, 6).getTime();
    const text = localText(at);
    expect(text).toBe(`2026-0${month + 1}-02T03:04`);
    expect(timeOfLocal(text)).toBe(at - 5_006);
  }
});

test("no time is an empty control, and the other way round", () => {
  expect(localText(undefined)).toBe("");
  expect(timeOfLocal("")).toBeUndefined();
  expect(timeOfLocal("tomorrow")).toBeUndefined();
});
