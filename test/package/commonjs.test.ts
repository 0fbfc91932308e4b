/** The package for who calls `require`: Node of today, Node that cannot require modules, and Jest. */

import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { root, run, runTool } from "../../scripts/command.ts";
import { hasCommonJs } from "../../scripts/commonjs-build.ts";
import { publicEntries, readRootPackage } from "../../scripts/entries.ts";
import { packedPackage } from "./packed.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const project = temporaryFolder("commonjs");
const entries = publicEntries(readRootPackage()).filter(hasCommonJs);
/** Node as it is, and as it was before it could require modules, which then has two copies of what is loaded both ways. */
const ways: readonly (readonly string[])[] = [[], ["--no-experimental-require-module"]];

beforeAll(() => {
  cpSync(packedPackage().folder, join(project, "node_modules", "perdure"), { recursive: true });
  mkdirSync(join(project, "node_modules", "@aws"));
  const packages = [
    ...["croner", "idb", "@aws/durable-execution-sdk-js", "@aws/durable-execution-sdk-js-testing", "@aws-sdk"],
    ...["@opentelemetry", "aws-cdk-lib", "constructs"],
  ];
  for (const name of packages) symlinkSync(join(root, "node_modules", name), join(project, "node_modules", name));
  write("package.json", "{}");
});

function write(path: string, text: string): void {
  writeFileSync(join(project, path), text);
}

async function answerOf(program: string, flags: readonly string[]): Promise<unknown> {
  write("program.cjs", program);
  const { code, output } = await run(process.execPath, [...flags, "program.cjs"], { cwd: project, capture: true });
  if (code !== 0) throw new Error(output);
  return JSON.parse(output);
}

function identifier(name: string): string {
  return name.replaceAll(/\W/g, "_");
}

test("all entries can be required but those for places without require", () => {
  const others = publicEntries(readRootPackage()).filter((entry) => !hasCommonJs(entry));
  expect(others.map(({ specifier }) => specifier)).toEqual(["perdure/cloudflare", "perdure/browser/clock"]);
});

describe.each(ways)("require, node %s", (...flags) => {
  test("has the names that import has", async () => {
    const seen = (await answerOf(
      `(async () => {
         const seen = {};
         for (const entry of ${JSON.stringify(entries.map(({ specifier }) => specifier))}) {
           const required = Object.keys(require(entry)).filter((name) => name !== "__esModule").sort();
           seen[entry] = { required, imported: Object.keys(await import(entry)).sort() };
         }
         console.log(JSON.stringify(seen));
       })();`,
      flags,
    )) as Record<string, { required: string[]; imported: string[] }>;
    expect(Object.keys(seen)).toEqual(expect.arrayContaining(["perdure", "perdure/memory", "perdure/testing"]));
    for (const { required, imported } of Object.values(seen)) expect(required).toEqual(imported);
  });

  test("what is required finds the files of the console", async () => {
    const status = await answerOf(
      `const { createConsole } = require("perdure/console");
       createConsole()(new Request("http://localhost/console/")).then(({ status }) => console.log(status));`,
      flags,
    );
    expect(status).toBe(200);
  });

  test("what is required and what is imported know each other's errors and functions", async () => {
    const seen = await answerOf(
      `const required = require("perdure");
       (async () => {
         const imported = await import("perdure");
         const { createMemoryHost } = await import("perdure/memory");
         const order = required.withDurableExecution(async (event, context) =>
           context.step("charge", async () => {
             throw new imported.StepError("declined", undefined, "code 51");
           }, { retryStrategy: required.retryPresets.noRetry }).catch((error) => [
             error instanceof required.StepError, error instanceof imported.StepError, error.errorData,
           ]));
         const { client, close } = createMemoryHost({ functions: { order } });
         const { execution } = await client.start({ functionName: "order", input: "{}" });
         const { result } = await client.settled(execution.id, Date.now() + 60_000);
         close();
         console.log(JSON.stringify({ same: required.StepError === imported.StepError, result: JSON.parse(result) }));
       })();`,
      flags,
    );
    expect(seen).toEqual({ same: flags.length === 0, result: [true, true, "code 51"] });
  });
});

test("a module that Node imports is a plugin also where perdure is required", async () => {
  write(
    "plugin.mjs",
    `class Plugin { onInvocationStart() { console.error("seen"); } }
     export const durableExecutionPluginProvider = { pluginApiVersion: 1, pluginType: Plugin, createPlugin: () => new Plugin() };`,
  );
  const status = await answerOf(
    `process.env.DURABLE_EXECUTION_PLUGINS = ${JSON.stringify(join(project, "plugin.mjs"))};
     const { withDurableExecution } = require("perdure");
     const { createMemoryHost } = require("perdure/memory");
     const { client, close } = createMemoryHost({ functions: { f: withDurableExecution(async () => 1) } });
     client.start({ functionName: "f" })
       .then(({ execution }) => client.settled(execution.id, Date.now() + 60_000))
       .then(({ status, error }) => { close(); console.log(JSON.stringify(error ?? status)); });`,
    ["--no-experimental-require-module", "--no-warnings"],
  ).catch((error: Error) => error.message);
  expect(status).toMatch(/seen\n"SUCCEEDED"/);
});

describe("Jest, with a configuration of CommonJS", () => {
  test.for(["node", "jsdom-like"])(
    "runs workflows on perdure's runner and on AWS's, in the place %s",
    async (place) => {
      const conditions = place === "node" ? ["node", "node-addons"] : ["browser"];
      write(
        "jest.config.js",
        `module.exports = { testTimeout: 300_000, testEnvironment: "node", testEnvironmentOptions: { customExportConditions: ${JSON.stringify(conditions)} } };`,
      );
      write(
        "order.js",
        `const { withDurableExecution, StepError, retryPresets } = require("perdure");
       exports.handler = withDurableExecution(async (event, context) => {
         const failed = await context.step("charge", async () => { throw new RangeError("declined"); },
           { retryStrategy: retryPresets.noRetry }).catch((error) => error instanceof StepError && error.message);
         await context.wait("cool down", { hours: 1 });
         return { failed, shipped: await context.step("ship", async () => event.id) };
       });`,
      );
      write(
        "order.test.js",
        `const { DurableTestRunner } = require("perdure/testing");
       const { createMemoryHost } = require("perdure/memory");
       const { handler } = require("./order.js");
       const result = { failed: "declined", shipped: "7" };
       test("perdure's runner", async () => {
         const ended = await new DurableTestRunner(handler).run({ payload: { id: "7" } });
         expect(ended).toMatchObject({ status: "SUCCEEDED", result });
       });
       test("a host", async () => {
         const { withDurableExecution } = require("perdure");
         const quick = withDurableExecution(async (event, context) => context.step(async () => event));
         const { client, close } = createMemoryHost({ functions: { quick } });
         const { execution } = await client.start({ functionName: "quick", input: "7" });
         expect(await client.settled(execution.id, Date.now() + 60_000)).toMatchObject({ result: "7" });
         close();
       });
       if (${JSON.stringify(place)} === "node") describe("AWS's runner", () => {
         const { LocalDurableTestRunner } = require("@aws/durable-execution-sdk-js-testing");
         beforeAll(() => LocalDurableTestRunner.setupTestEnvironment({ skipTime: true }));
         afterAll(() => LocalDurableTestRunner.teardownTestEnvironment());
         test("natively", async () => {
           const runner = new LocalDurableTestRunner({ handlerFunction: handler });
           expect((await runner.run({ payload: { id: "7" } })).getResult()).toEqual(result);
         });
         test("AWS's client for the Lambda API is found", async () => {
           const { DurableExecutionApiClient } = require("perdure");
           const client = new DurableExecutionApiClient();
           await expect(client.checkpoint({ DurableExecutionArn: "a", CheckpointToken: "t", Updates: [] }))
             .rejects.toThrow(/ECONNREFUSED/);
         });
       });`,
      );
      const { code, output } = await runTool("jest", ["--no-watchman", "--rootDir", project], {
        cwd: project,
        capture: true,
        env: {
          NODE_ENV: "test",
          AWS_REGION: "us-east-1",
          AWS_ACCESS_KEY_ID: "nobody",
          AWS_SECRET_ACCESS_KEY: "nothing",
          AWS_MAX_ATTEMPTS: "1",
          AWS_ENDPOINT_URL_LAMBDA: "http://127.0.0.1:9",
        },
      });
      expect(output).toMatch(place === "node" ? /Tests: +4 passed/ : /Tests: +2 passed/);
      expect(code).toBe(0);
    },
  );
});

test("the test of docs/testing.md runs in Jest, whose configuration says nothing", async () => {
  const markdown = readFileSync(join(root, "docs", "testing.md"), "utf8");
  const blocks = [...markdown.matchAll(/```cjs\n\/\/ (\S+), CommonJS\n([\s\S]*?)```/g)];
  expect(blocks.map(([, name]) => name)).toEqual(["order.test.js"]);
  const folder = join(project, "docs");
  mkdirSync(folder);
  const order = `const { withDurableExecution } = require("perdure");
    exports.handler = withDurableExecution(async (event, context) => {
      await context.wait({ hours: 1 });
      return { shipped: event.id };
    });`;
  write("docs/package.json", "{}");
  write("docs/order.js", order);
  for (const [, name = "", code = ""] of blocks) write(join("docs", name), code);
  const { code, output } = await runTool("jest", ["--no-watchman", "--testTimeout", "300000", "--rootDir", folder], {
    cwd: folder,
    capture: true,
    env: { NODE_ENV: "test" },
  });
  expect(output).toMatch(/Tests: +1 passed/);
  expect(code).toBe(0);
});

test.for(["node16", "nodenext"])("has types for a file of CommonJS, with %s resolution", async (resolution) => {
  // AWS's declarations, which some name, need Node's. The types of idb, which perdure/browser names, are for modules alone.
  const typed = entries.filter(
    ({ name, source }) => !source.includes("aws") && (resolution !== "node16" || name !== "browser"),
  );
  const lines = typed.map(
    ({ specifier, name }) =>
      `import ${identifier(name)}Entry = require("${specifier}");\nvoid ${identifier(name)}Entry;`,
  );
  write("use.cts", `${lines.join("\n")}\nconst error: Error = new indexEntry.StepError();\nexport = error;\n`);
  const compilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: false,
    target: "es2022",
    lib: ["es2022", "dom"],
    module: resolution,
    moduleResolution: resolution,
    types: [],
  };
  write("tsconfig.json", JSON.stringify({ compilerOptions, files: ["use.cts"] }));
  const { code, output } = await runTool("typescript", ["-p", "tsconfig.json"], { cwd: project, capture: true });
  expect(output).toBe("");
  expect(code).toBe(0);
});
