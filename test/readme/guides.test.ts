/** The code of the guides is copied out of them, type-checked, and run. */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root, run } from "../../scripts/command.ts";
import { storeContract } from "../../src/testing/store-contract.ts";
import { codeBlocks, compile } from "./code-blocks.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const folder = temporaryFolder(".copy", join(root, "test", "readme"));
const markdown = readFileSync(join(root, "docs", "guides", "new-store.md"), "utf8");
const blocks = codeBlocks(markdown);
for (const [name, code] of blocks) writeFileSync(join(folder, name), code);

test("every block of code names its file", () => {
  expect(markdown.match(/```ts\n/g)).toHaveLength(blocks.size);
  expect([...blocks.keys()]).toEqual(["sqlite-store.ts", "sqlite-store.test.ts", "run.ts"]);
});

test("the code compiles", async () => {
  expect(await compile(folder)).toBe("");
});

test("a store is as small as the guide says", () => {
  const [, code = ""] = (blocks.get("sqlite-store.ts") ?? "").split("export class");
  expect(code.split("\n").filter((line) => line.trim() !== "").length).toBeLessThan(150);
});

test("the store of the guide keeps every promise of the port", async () => {
  const { code, output } = await run(process.execPath, ["--test", join(folder, "sqlite-store.test.ts")], {
    capture: true,
  });
  expect(code, output).toBe(0);
  expect(output).toContain(`pass ${storeContract.length}\n`);
});

test("an execution runs on it, and its outcome is there for the next process", async () => {
  for (let process = 0; process < 2; process++) {
    const { code, output } = await run(globalThis.process.execPath, [join(folder, "run.ts"), join(folder, "run.db")], {
      capture: true,
    });
    expect(output).toContain('"Hello, world"');
    expect(code).toBe(0);
  }
});
