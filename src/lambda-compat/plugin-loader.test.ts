import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { beforeAll, expect, test } from "vitest";
import { runProgram } from "../../test/conformance/run-program.ts";
import { loadPlugins, PluginLoadError } from "./plugin-loader.ts";
import { temporaryFolder } from "../../test/temporary-folder.ts";

const folder = temporaryFolder("plugins");

const provider = (members: string): string => `
  export class Tracing {}
  export class Other {}
  export const durableExecutionPluginProvider = { pluginApiVersion: 1, pluginType: Tracing, createPlugin: () => new Tracing(), ${members} };
`;

/** Modules by path, in the folder of the function. */
const modules: Readonly<Record<string, string>> = {
  "good.mjs": provider(""),
  "good-too.mjs": provider(""),
  "old.mjs": provider("pluginApiVersion: 0"),
  "untyped.mjs": provider("pluginType: undefined"),
  "arrow-typed.mjs": provider("pluginType: () => 1"),
  "no-factory.mjs": provider("createPlugin: 1"),
  "throwing.mjs": provider("createPlugin: () => { throw new Error('no collector'); }"),
  "throwing-text.mjs": provider("createPlugin: () => { throw 'no collector'; }"),
  "wrong-type.mjs": provider("createPlugin: () => new Other()"),
  "nothing.mjs": provider("createPlugin: () => undefined"),
  "null.mjs": "export const durableExecutionPluginProvider = null;",
  "text.mjs": "export const durableExecutionPluginProvider = 'tracing';",
  "empty.mjs": "export const other = 1;",
  "broken.mjs": "throw new Error('at import');",
  "two.mjs": `${provider("")} export default { durableExecutionPluginProvider: {} };`,
  "same-twice.mjs": `${provider("")} export default { durableExecutionPluginProvider };`,
  "missing-inside.mjs": "import 'a-package-that-is-not-there';",
  "node_modules/in-function/package.json": '{"name":"in-function","version":"1.0.0","main":"index.cjs"}',
  "node_modules/in-function/index.cjs": `
    class Tracing {}
    module.exports = { durableExecutionPluginProvider: { pluginApiVersion: 1, pluginType: Tracing, createPlugin: () => new Tracing() } };
  `,
  "node_modules/@scoped/tracing/package.json":
    '{"name":"@scoped/tracing","version":"1.0.0","type":"module","exports":{"./plugin":"./plugin.mjs"}}',
  "node_modules/@scoped/tracing/plugin.mjs": provider(""),
};

beforeAll(async () => {
  for (const [path, source] of Object.entries(modules)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), source);
  }
});

/** The outcome of each value of DURABLE_EXECUTION_PLUGINS, with AWS's SDK and here. */
const comparison = `
  import * as aws from "@aws/durable-execution-sdk-js";
  import { LocalService } from "./test/conformance/local-service.ts";
  import { loadPlugins } from "./src/lambda-compat/plugin-loader.ts";

  const outcomes = [];
  for (const configured of JSON.parse(process.env.CASES)) {
    process.env.DURABLE_EXECUTION_PLUGINS = configured;
    const { Status, Error: error } = await new LocalService().run(async () => "done");
    const theirs = Status === "SUCCEEDED" ? Status : [error.ErrorType, error.ErrorMessage];
    const ours = await loadPlugins().then(() => "SUCCEEDED", (failure) => [failure.name, failure.message]);
    outcomes.push({ configured, ours, theirs });
  }
  console.log(JSON.stringify(outcomes));
`;

interface Outcome {
  readonly configured: string;
  readonly ours: unknown;
  readonly theirs: unknown;
}

/** Without the name of the package that speaks, and without where in it an import stood. */
function neutral(outcome: unknown): unknown {
  return JSON.parse(
    JSON.stringify(outcome)
      .replaceAll("@aws/durable-execution-sdk-js supports", "perdure supports")
      .replaceAll(/ imported from [^ ]*?(plugin-modules\.ts|index\.mjs)/g, ""),
  );
}

test("loads what AWS's SDK loads, and fails as it fails", async () => {
  const files = Object.keys(modules).filter((path) => path.endsWith(".mjs") && !path.includes("/"));
  const specifiers = files.map((path) => pathToFileURL(join(folder, path)).href);
  const [good, tooGood] = specifiers;
  const cases = [
    ...specifiers,
    `${good}, ${tooGood} `,
    `${good},${good}`,
    `${good},`,
    ",",
    "  ",
    "",
    "in-function",
    "@scoped/tracing/plugin",
    "@scoped/tracing/hidden",
    "a-package-that-is-not-there",
    "@not/there/either",
    pathToFileURL(join(folder, "not-there.mjs")).href,
  ];
  const { stdout } = await runProgram(comparison, { CASES: JSON.stringify(cases), LAMBDA_TASK_ROOT: folder });
  const outcomes = JSON.parse(stdout) as Outcome[];
  expect(outcomes).toHaveLength(cases.length);
  expect(outcomes.filter(({ ours }) => ours === "SUCCEEDED").map(({ configured }) => configured)).toEqual([
    ...specifiers.filter((specifier) => /\/(good|good-too|same-twice)\.mjs$/.test(specifier)),
    `${good}, ${tooGood} `,
    "  ",
    "",
    "in-function",
    "@scoped/tracing/plugin",
  ]);
  for (const { configured, ours, theirs } of outcomes)
    expect({ configured, ours: neutral(ours) }).toEqual({ configured, ours: neutral(theirs) });
});

test("puts the given plugins first", async () => {
  const { stdout } = await runProgram(
    `
      const { loadPlugins } = await import("./src/lambda-compat/plugin-loader.ts");
      const given = { name: "given" };
      const plugins = await loadPlugins([given]);
      console.log(plugins[0] === given, plugins.map((plugin) => plugin.constructor.name).join());
    `,
    { DURABLE_EXECUTION_PLUGINS: pathToFileURL(join(folder, "good.mjs")).href },
  );
  expect(stdout.trim()).toBe("true Object,Tracing");
});

test("gives back the given plugins when the environment names none", async () => {
  const given = [{}];
  expect(await loadPlugins(given)).toBe(given);
  expect(await loadPlugins()).toEqual([]);
});

test("a PluginLoadError says where it comes from, with its cause", () => {
  const cause = new Error("why");
  const error = new PluginLoadError("no collector", { cause });
  expect([error.name, error.message, error.cause]).toEqual([
    "PluginLoadError",
    "Dynamic plugin configuration failed: no collector",
    cause,
  ]);
});
