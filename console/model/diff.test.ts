import fc from "fast-check";
import { expect, test } from "vitest";
import { differs, diffLines } from "./diff.ts";

test("finds what was taken away and what came, and leaves the rest", () => {
  expect(diffLines("a\nb\nc", "a\nx\nc").map(({ side, text }) => `${side} ${text}`)).toEqual([
    ...["both a", "before b", "after x", "both c"],
  ]);
});

test("of any two texts each side is whole, and equal ones do not differ", () => {
  const text = fc.array(fc.constantFrom("a", "b", "", "c"), { maxLength: 12 }).map((lines) => lines.join("\n"));
  fc.assert(
    fc.property(text, text, (before, after) => {
      const lines = diffLines(before, after);
      const side = (other: string): string =>
        lines.flatMap((line) => (line.side === other ? [] : [line.text])).join("\n");
      expect(side("after")).toBe(before);
      expect(side("before")).toBe(after);
      expect(differs(lines)).toBe(before !== after);
    }),
  );
});

test("texts that are too long to be compared line by line count as changed where they differ", () => {
  const long = (mark: string): string => Array.from({ length: 3_000 }, (_, index) => `${mark}${index}`).join("\n");
  const lines = diffLines(`same\n${long("a")}\nend`, `same\n${long("b")}\nend`);
  expect(lines).toHaveLength(6_002);
  expect(lines.at(0)?.side).toBe("both");
  expect(lines.at(-1)?.side).toBe("both");
});
