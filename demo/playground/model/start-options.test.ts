import { describe, expect, test } from "vitest";
import { exportedNames, optionsText, problemOf, readStart } from "./start-options.ts";

const NOW = 1_790_000_000_000;

describe("the options of a start", () => {
  test("are nothing while nothing is written", () => {
    expect(readStart({}, NOW)).toEqual({});
    expect(readStart({ tags: "  " }, NOW)).toEqual({});
    expect(optionsText({})).toBe("");
  });

  test("are tags, with spaces in values and a `=` too", () => {
    const tags = { customer: "Ada Lovelace", query: "a=b", empty: "" };
    expect(readStart({ tags: "customer = Ada Lovelace, query=a=b,empty=," }, NOW)).toEqual({ tags });
  });

  test("are a time from now on, or of this place", () => {
    const inTwo = { kind: "after", amount: "2", unit: "hours" } as const;
    expect(readStart({ begins: inTwo }, NOW)).toEqual({ startAt: NOW + 7_200_000 });
    expect(readStart({ begins: { ...inTwo, amount: "0.5", unit: "seconds" } }, NOW)).toEqual({ startAt: NOW + 500 });
    const at = "2026-10-01T09:30";
    expect(readStart({ begins: { kind: "at", time: at } }, NOW)).toEqual({ startAt: new Date(at).getTime() });
  });

  test("are told in a few words", () => {
    const begins = { kind: "after", amount: "2", unit: "hours" } as const;
    expect(optionsText({ functionName: "report", tags: "a=b", begins })).toBe("report · a=b · in 2 hours");
    expect(optionsText({ begins: { kind: "at", time: "2026-10-01T09:30" } })).toBe("at 2026-10-01 09:30");
  });

  test.each([
    [{ tags: "customer" }, `A tag is written as key=value, with commas between several: "customer" has no "=".`],
    [{ tags: "a=1, b=2, a=3" }, `The tag "a" is there twice.`],
    [{ tags: "=1" }, "The key of a tag must not be empty."],
    [{ tags: "the customer=1" }, "The key of a tag may only have letters, digits and _ . : / @ + -."],
    [{ tags: `a=${"x".repeat(257)}` }, `The value of tag "a" has 257 characters; the limit is 256.`],
    [
      { tags: Array.from({ length: 11 }, (_, at) => `t${at}=1`).join(",") },
      `Tag "t10" would be one of 11 tags of the execution; the limit is 10.`,
    ],
    [{ begins: { kind: "after", amount: "", unit: "days" } }, "Say in how long it is to begin, as a number."],
    [{ begins: { kind: "after", amount: "-1", unit: "days" } }, "Say in how long it is to begin, as a number."],
    [{ begins: { kind: "at", time: "" } }, "Say at which day and time it is to begin."],
    [{ begins: { kind: "after", amount: "367", unit: "days" } }, expect.stringContaining("366 days from now")],
  ] as const)("%j: are refused with the reason", (options, problem) => {
    expect(problemOf(options, NOW)).toEqual(problem);
  });

  test("go as far as the engine's limits", () => {
    const tags = Array.from({ length: 10 }, (_, at) => `${at}${"k".repeat(63)}=${"v".repeat(256)}`).join(",");
    expect(problemOf({ tags, begins: { kind: "after", amount: "366", unit: "days" } }, NOW)).toBeUndefined();
  });
});

test("the names that code exports are those of its constants and functions", () => {
  const code = `
export const report = withDurableExecution(async () => 1);
export async function plain() {}
const hidden = 1;
export type Report = string;
  export const indented = "in a text";
export const daily = schedule({ cron: "0 9 * * *", start: report });`;
  expect(exportedNames(code)).toEqual(["report", "plain", "daily"]);
});
