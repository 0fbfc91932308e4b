/** What docs/eslint.md says that the rules say, they say. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Linter } from "eslint";
import { expect, test } from "vitest";
import { root } from "../../scripts/command.ts";
import { plugin } from "../../src/eslint/index.ts";
import { codeBlocks } from "../readme/code-blocks.ts";
import { typescriptParser } from "./typescript-parser.ts";

const markdown = readFileSync(join(root, "docs", "eslint.md"), "utf8");

test("the page shows what the recommended rules say of its example", () => {
  // The page's blocks lose their first line, which names the file.
  const code = `\n${codeBlocks(markdown).get("ship.ts")}`;
  const config: Linter.Config[] = [
    plugin.configs.recommended,
    { files: ["**/*.ts"], languageOptions: { parser: typescriptParser } },
  ];
  const messages = new Linter({ configType: "flat" }).verify(code, config, { filename: "ship.ts" });
  const said = messages.map(({ line, column, message }) => `ship.ts:${line}:${column} ${message}\n`).join("");
  expect(said).toBe(/```text\n([^]*?)```/.exec(markdown)?.[1]);
});

test("the page's configuration for oxlint has the recommended rules", () => {
  const { rules } = JSON.parse(/```json\n([^]*?)```/.exec(markdown)?.[1] ?? "") as { rules: object };
  expect(rules).toEqual(plugin.configs.recommended.rules);
});
