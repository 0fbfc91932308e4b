import { expect, test } from "vitest";
import { counted } from "./counted.ts";

test("one thing is singular, and all other numbers are not", () => {
  expect([0, 1, 2, 12_000].map((count) => counted(count, "row"))).toEqual(["0 rows", "1 row", "2 rows", "12,000 rows"]);
  expect([1, 2].map((count) => counted(count, "process"))).toEqual(["1 process", "2 processes"]);
});
