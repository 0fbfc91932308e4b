import { expect, test } from "vitest";
import { failureGroups } from "./failure-groups.ts";

test("failures are told by their reason, the most frequent first, in the order in which they came", () => {
  const failures = ["a", "b", "c", "d"].map((item) => ({ item, error: item === "a" ? "gone" : "runs" }));
  expect(failureGroups(failures, (error, item) => `${String(error)}${item === "d" ? ", too" : ""}`)).toEqual([
    { reason: "runs", items: ["b", "c"] },
    { reason: "gone", items: ["a"] },
    { reason: "runs, too", items: ["d"] },
  ]);
  expect(failureGroups([], String)).toEqual([]);
});
