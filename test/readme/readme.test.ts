/** The README's code is copied out of it, type-checked, and run. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { root, run, runTool } from "../../scripts/command.ts";

const folder = mkdtempSync(join(root, "test", "readme", ".copy-"));
const blocks = codeBlocks(readFileSync(join(root, "README.md"), "utf8"));
for (const [name, code] of blocks) writeFileSync(join(folder, name), code);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** TypeScript blocks, by the file name in their first line. */
function codeBlocks(markdown: string): Map<string, string> {
  const found = markdown.matchAll(/```ts\n\/\/ (\S+)\n([\s\S]*?)```/g);
  return new Map([...found].map(([, name = "", code = ""]) => [name, code]));
}

test("every block of code names its file", () => {
  const markdown = readFileSync(join(root, "README.md"), "utf8");
  expect(markdown.match(/```ts\n/g)).toHaveLength(blocks.size);
  expect([...blocks.keys()]).toEqual(["order.ts", "worker.ts", "page.ts", "process.ts", "order.test.ts"]);
});

test("the code compiles", async () => {
  const config = {
    extends: join(root, "tsconfig.base.json"),
    compilerOptions: {
      lib: ["ES2024", "DOM"],
      types: ["node", "@cloudflare/workers-types"],
      noEmit: true,
      skipLibCheck: true,
    },
    include: [join(folder, "*.ts")],
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
  const { code, output } = await runTool("typescript", ["-p", folder], { capture: true });
  expect(output).toBe("");
  expect(code).toBe(0);
});

test.each(["process.ts", "order.test.ts"])("%s runs", async (name) => {
  const { code, output } = await run(process.execPath, [join(folder, name)], { capture: true });
  expect(output).not.toContain("Error");
  expect(code).toBe(0);
});
