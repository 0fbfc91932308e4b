import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { Linter } from "eslint";
import { defineConfig } from "eslint/config";
import { expect, test } from "vitest";
import { root, runTool } from "../../scripts/command.ts";
import { typescriptParser } from "../../test/eslint/typescript-parser.ts";
import { plugin } from "./index.ts";
import { temporaryFolder } from "../../test/temporary-folder.ts";

/** The reports of the recommended configuration about a file: the rule, and its subject. */
function lint(code: string, parser?: Linter.Parser): readonly string[] {
  // Compiles only while the plugin is one for ESLint's own types.
  const config = defineConfig([
    plugin.configs.recommended,
    { files: ["**/*.ts", "**/*.js"], ...(parser && { languageOptions: { parser } }) },
  ]);
  const messages = new Linter({ configType: "flat" }).verify(code, config, { filename: parser ? "a.ts" : "a.js" });
  const lines = code.split("\n");
  return messages.map(({ ruleId, message, line, column, endColumn }) =>
    ruleId === null ? message : `${ruleId} ${lines[line - 1]?.slice(column - 1, (endColumn ?? column) - 1)}`,
  );
}

const found = ["perdure/no-non-deterministic-outside-step Date.now"];

test.each([
  [`import { withDurableExecution } from "perdure"; withDurableExecution(async () => Date.now());`],
  [
    `import { withDurableExecution as durable } from "@aws/durable-execution-sdk-js"; durable(async () => Date.now(), {});`,
  ],
  [`import * as perdure from "perdure"; perdure.withDurableExecution(async () => Date.now());`],
  [`const { withDurableExecution } = require("perdure"); withDurableExecution(async () => Date.now());`],
  [`import { withDurableExecution } from "perdure"; const run = async () => Date.now(); withDurableExecution(run);`],
  [`import { withDurableExecution } from "perdure"; async function run() { Date.now(); } withDurableExecution(run);`],
  [
    `import { withRetry, withDurableExecution } from "perdure"; withDurableExecution(async (e, c) => withRetry(c, async (own) => { await own.wait({ seconds: Date.now() }); }, {}));`,
  ],
])("a durable handler is known as one: %s", (code) => {
  expect(lint(code)).toEqual(found);
});

test.each([
  [`const run = async () => Date.now(); run();`],
  [`const withDurableExecution = (run) => run(); withDurableExecution(async () => Date.now());`],
  [`import { handle } from "elsewhere"; handle(async (event, context) => Date.now());`],
])("other functions are left alone: %s", (code) => {
  expect(lint(code)).toEqual([]);
});

test.each([
  [`import type { DurableContext } from "perdure"; export async function ask(on: DurableContext) { Date.now(); }`],
  [
    `import type { DurableContext as On } from "perdure"; export const ask = async (who: string, on?: On) => Date.now();`,
  ],
  [
    `import type * as perdure from "perdure"; export const ask = async (on: perdure.DurableContext | null) => Date.now();`,
  ],
  [
    `import type { DurableExecutionHandler } from "perdure"; export const run: DurableExecutionHandler = async (event, context) => Date.now();`,
  ],
])("types tell of durable functions too: %s", (code) => {
  expect(lint(code, typescriptParser)).toEqual(found);
});

test("names that go in a circle, and are declared twice, come from nowhere", () => {
  const code = `import { withDurableExecution } from "perdure";
const a = b, b = a;
var now = Date.now; var now = () => 1;
withDurableExecution(async (event, context) => { a(); b.c(); now(); function run() { run(); } run(run); });`;
  expect(lint(code)).toEqual([]);
});

test("oxlint runs the same rules", async () => {
  const folder = temporaryFolder("oxlint");
  // As it is published: JavaScript, whatever Node runs the linter.
  const entry = join(root, "src", "eslint", "index.ts");
  await build({ entryPoints: [entry], bundle: true, format: "esm", outfile: join(folder, "plugin.mjs") });
  const rules = plugin.configs.recommended.rules;
  const config = { jsPlugins: ["./plugin.mjs"], categories: { correctness: "off" }, rules };
  writeFileSync(join(folder, ".oxlintrc.json"), JSON.stringify(config));
  writeFileSync(
    join(folder, "order.ts"),
    `import { type DurableContext, withDurableExecution } from "perdure";
let seen: string[] = [];
export const order = withDurableExecution(async (event: { id: string }, context: DurableContext) => {
const at: number = Date.now();
let total = 0;
context.step("charge", async () => { total = at; });
await context.map("items", [1], async (item) => { await context.wait({ seconds: 1 }); return item; });
return { total, seen };
});
`,
  );
  writeFileSync(join(folder, "other.ts"), "export const now = async (): Promise<number> => Date.now();\n");
  const { output } = await runTool("oxlint", ["--format", "json", "."], { cwd: folder, capture: true });
  const { diagnostics } = JSON.parse(output) as {
    diagnostics: { code: string; filename: string; labels: { span: { line: number } }[] }[];
  };
  const places = diagnostics.map(({ code, filename, labels: [label] }) => `${filename}:${label?.span.line} ${code}`);
  expect(places.toSorted()).toEqual([
    "order.ts:4 perdure(no-non-deterministic-outside-step)",
    "order.ts:6 perdure(no-closure-in-durable-operations)",
    "order.ts:6 perdure(no-floating-durable-operations)",
    "order.ts:7 perdure(no-nested-durable-operations)",
  ]);
});
