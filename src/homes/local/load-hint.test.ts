import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { run } from "../../../scripts/command.ts";
import { temporaryFolder } from "../../../test/temporary-folder.ts";

const url = (file: string): string => JSON.stringify(new URL(file, import.meta.url).href);

/** The hint for the first of these files, which is loaded in a process of its own. */
async function hintFor(files: Readonly<Record<string, string>>): Promise<{ folder: string; hint: string }> {
  const folder = temporaryFolder("load hint");
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const [entry = ""] = Object.keys(files);
  const program = `
    import { loadHint } from ${url("load-hint.ts")};
    import { watchLoading } from ${url("loaded-files.ts")};
    const loading = watchLoading();
    await import(${JSON.stringify(join(folder, entry))}).catch(async (error) =>
      console.log(await loadHint(error, loading.allFiles())));
  `;
  const { output } = await run(process.execPath, ["--no-warnings", "--input-type=module", "-e", program], {
    capture: true,
  });
  return { folder, hint: output };
}

const FAULT = "export const a = 1;\nexport const b = ;\n";

test.for([
  ["TypeScript", "order.ts", "price.ts", 'export * from "./price.ts";', FAULT, 2],
  ["a module of JavaScript", "order.mjs", "price.mjs", 'export * from "./price.mjs";', FAULT, 2],
  ["JavaScript that TypeScript imports", "order.ts", "price.mjs", 'export * from "./price.mjs";', FAULT, 2],
  ["CommonJS", "order.cjs", "price.cjs", 'exports.b = require("./price.cjs");', "exports.b = ;", 1],
] as const)(
  "a fault of syntax in an imported file is told with its place: %s",
  async ([, entry, name, text, fault, line]) => {
    const { folder, hint } = await hintFor({ [entry]: text, [name]: fault, "good.mjs": "export {};" });
    expect(hint).toContain(`${join(folder, name)}:${line}\n`);
    expect(hint).toMatch(/b = ;\n *\^/);
  },
);

test("a fault in the file itself has its place, too, and one that is thrown later has no other", async () => {
  const own = await hintFor({ "order.mjs": FAULT });
  expect(own.hint).toContain(`${join(own.folder, "order.mjs")}:2\n`);
  const thrown = await hintFor({ "order.mjs": 'export const a = JSON.parse("{");' });
  expect(thrown.hint.trim()).toBe("undefined");
});

test("a name that an imported file does not export has the place of the import", async () => {
  const { folder, hint } = await hintFor({
    "order.mjs": '// First\nimport { price } from "./price.mjs";\nexport default price;\n',
    "price.mjs": "export const other = 1;\n",
  });
  expect(hint).toContain(`${join(folder, "order.mjs").replaceAll(" ", "%20")}:2\n`);
});
