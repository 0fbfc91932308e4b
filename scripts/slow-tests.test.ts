import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "./command.ts";
import { isSlowRun, sampled, sampledFiles, slowFiles, slowPages } from "./slow-tests.ts";

test("every file that is told of is there, and is told of once", () => {
  const files = [...sampledFiles, ...slowFiles, ...slowPages];
  expect(new Set(files).size).toBe(files.length);
  for (const file of files) expect(existsSync(join(root, file)), file).toBe(true);
});

test.each(sampledFiles)("%s runs a sample", (file) => {
  expect(readFileSync(join(root, file), "utf8")).toMatch(
    /import \{[^}]*\b(?:sampled|inFull|isSlowRun)\b[^}]*\} from ".*slow-tests/,
  );
});

test("a sample is the first of the cases, and all of them in the slow run", () => {
  expect(sampled([1, 2, 3], 2)).toEqual(isSlowRun ? [1, 2, 3] : [1, 2]);
  expect(sampled([1], 2)).toEqual([1]);
});
