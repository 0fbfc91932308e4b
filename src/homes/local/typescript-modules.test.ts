import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { run } from "../../../scripts/command.ts";
import { temporaryFolder } from "../../../test/temporary-folder.ts";

/** The outcome of loading a file in a folder of a CommonJS package, as `npm init` makes it. */
async function loaded(file: string, files: Readonly<Record<string, string>>): Promise<string> {
  const folder = temporaryFolder("modules");
  writeFileSync(join(folder, "package.json"), '{ "type": "commonjs" }');
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const hooks = pathToFileURL(join(import.meta.dirname, "typescript-modules.ts")).href;
  const program = `
    (await import(${JSON.stringify(hooks)})).takeImportsForModules();
    const { answer } = await import(${JSON.stringify(pathToFileURL(join(folder, file)).href)});
    console.log(answer);`;
  const { output } = await run(process.execPath, ["--no-warnings", "--input-type=module", "-e", program], {
    cwd: folder,
    capture: true,
  });
  return output.trim();
}

const price = "export const price = (total: number): number => total * 2;\nexport type Price = number;";

test("TypeScript with imports is a module, whatever the package says that its files are", async () => {
  const main = 'import { type Price, price } from "./price.ts";\nexport const answer: Price = price(21);';
  expect(await loaded("main.ts", { "main.ts": main, "price.ts": price })).toBe("42");
  expect(await loaded("main.ts", { "main.ts": `// A comment first.\n\n${main}`, "price.ts": price })).toBe("42");
});

test("TypeScript that is written as CommonJS stays what it is", async () => {
  const main = 'const { price } = require("./price.cts");\nmodule.exports = { answer: price(21) as number };';
  const cts = "exports.price = (total: number): number => total * 2;";
  expect(await loaded("main.ts", { "main.ts": main, "price.cts": cts })).toBe("42");
});
