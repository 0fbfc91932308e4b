import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "./command.ts";
import { longest } from "./longest-first.ts";

test("the files that come first are there", () => {
  expect(longest.filter((file) => !existsSync(join(root, file)))).toEqual([]);
});
