import { describe, expect, test } from "vitest";
import { type ExecutionRow, type Filter, matches, NO_FILTER, statusOf } from "./filter.ts";

const AT = Date.UTC(2026, 0, 2, 3, 4);
const row: ExecutionRow = {
  arn: "arn",
  name: "order-17",
  functionName: "order",
  version: "1",
  state: "PAUSED",
  startedAt: AT,
  endedAt: undefined,
  tags: { customer: "c=7", plain: "" },
};
const passes = (filter: Partial<Filter>): boolean => matches(row, { ...NO_FILTER, ...filter });

describe("a filter of times", () => {
  test("takes both of its bounds in, and either may be missing", () => {
    expect([AT - 1, AT, AT + 1].map((after) => passes({ after }))).toEqual([true, true, false]);
    expect([AT - 1, AT, AT + 1].map((before) => passes({ before }))).toEqual([false, true, true]);
    expect(passes({ after: AT, before: AT })).toBe(true);
    expect(passes({ after: AT + 1, before: AT - 1 })).toBe(false);
  });

  test("counts the beginning of time as a time", () => {
    expect(passes({ after: 0 })).toBe(true);
    expect(passes({ before: 0 })).toBe(false);
  });
});

test("an execution that stands still is a running one, too, and not the other way round", () => {
  expect(passes({ state: "RUNNING" })).toBe(true);
  expect(passes({ state: "PAUSED" })).toBe(true);
  expect(passes({ state: "HALTED" })).toBe(false);
  expect(matches({ ...row, state: "RUNNING" }, { ...NO_FILTER, state: "PAUSED" })).toBe(false);
  expect([statusOf("HALTED"), statusOf("TIMED_OUT")]).toEqual(["RUNNING", "TIMED_OUT"]);
});

test("a tag is looked for by its key, or with its value, in which there may be anything", () => {
  const tags = ["customer", "customer=c=7", "customer=c", "plain=", "plain=x", "toString", "other"];
  expect(tags.filter((tag) => passes({ tag }))).toEqual(["customer", "customer=c=7", "plain="]);
});

test("names are looked for by their beginning, functions by the whole of theirs, and all of it must hold", () => {
  expect(["", "order-1", "rder"].map((prefix) => passes({ prefix }))).toEqual([true, true, false]);
  expect(["", "order", "orde"].map((functionName) => passes({ functionName }))).toEqual([true, true, false]);
  expect(passes({ prefix: "order", after: AT + 1 })).toBe(false);
});
