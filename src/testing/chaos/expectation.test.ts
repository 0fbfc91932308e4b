import { expect, test } from "vitest";
import type { Act } from "./act.ts";
import { mismatch } from "./expectation.ts";

const acts: readonly Act[] = [
  { act: "step", name: "a0", takesMs: 0, failures: 0, atMostOnce: false },
  { act: "callback", name: "a1" },
  { act: "map", name: "a2", nesting: "FLAT", enough: 1, branches: [[], [{ act: "wait", name: "w", seconds: 1 }]] },
];

test("takes the values that a program may come to", () => {
  expect(mismatch(acts, ["t:a0", "answer:t:a1:7", [{ index: 1, values: [null] }]], "t")).toBeUndefined();
});

test.for([
  ["a value of another execution", ["other:a0", "answer:t:a1:7", [{ index: 0, values: [] }]]],
  ["an answer to another callback", ["t:a0", "answer:t:a0:7", [{ index: 0, values: [] }]]],
  ["a callback that cannot time out and did", ["t:a0", "timed out:a1", [{ index: 0, values: [] }]]],
  ["too few branches", ["t:a0", "answer:t:a1:7", []]],
  ["a value too few", ["t:a0", "answer:t:a1:7"]],
] as const)("tells %s", ([, value]) => {
  expect(mismatch(acts, value, "t")).toBeTypeOf("string");
});
