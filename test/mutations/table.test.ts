import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { editsOf, readSources } from "./sources.ts";
import { mutations } from "./table.ts";

const root = join(import.meta.dirname, "../..");
const sources = readSources(root);

test("no two edits have the same name", () => {
  const names = mutations.map(({ what }) => what);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

describe("the mechanism is where the edit looks for it, and its tests exist", () => {
  test.each(mutations)("$keeps: $what", (mutation) => {
    for (const { code, becomes } of editsOf(mutation, sources)) expect(becomes).not.toBe(code);
    expect(mutation.tests.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  });
});
