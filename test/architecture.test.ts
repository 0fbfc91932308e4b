import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { root } from "../scripts/command.ts";
import { publicEntries, readRootPackage } from "../scripts/entries.ts";
import {
  cycles,
  forbiddenImports,
  indexImports,
  isImpure,
  isTest,
  type Layers,
  measureClasses,
  measureFunctions,
  places,
  readModules,
  spreadsList,
  target,
} from "./architecture-rules.ts";

const engine: readonly string[] = ["model", "ports", "machine", "replay", "runner", "engine entry"];
const belowAdapters: readonly string[] = [...engine, "hosts"];
const belowHomes: readonly string[] = [...belowAdapters, "lambda-compat"];

/** Of Node's own modules, those that a process of its own on a machine of its own needs. */
const nodeModules: readonly string[] = [
  "child_process",
  "crypto",
  "fs",
  "http",
  "module",
  "net",
  "os",
  "path",
  "readline",
  "stream",
  "stream/consumers",
  "stream/web",
  "url",
  "util",
  "worker_threads",
].map((name) => `node:${name}`);

/**
 * Who may import whom. What is not listed is forbidden.
 *
 * The engine's halves, machine and replay, never see each other: they meet at the checkpoint, so that each can be
 * judged by, and exchanged for, AWS's own other half. Adapters are parts: they import the engine and no other adapter.
 * What several platforms have alike of a host (drain, timers, ambient values) is in adapters/hosts, which knows no
 * adapter. A home joins the parts of one platform with AWS's handler shape into what a user calls; nothing imports a home but the
 * command, which starts the local one. The lint rules run inside of linters, and share nothing with the rest.
 */
const layers: Layers = {
  model: { path: "src/engine/model/", imports: [] },
  ports: { path: "src/engine/ports/", imports: ["model"] },
  machine: { path: "src/engine/machine/", imports: ["model", "ports"] },
  replay: { path: "src/engine/replay/", imports: ["model", "ports"] },
  runner: { path: "src/engine/runner/", imports: ["model", "ports", "machine", "replay"] },
  "engine entry": { path: "src/engine/index.ts", imports: engine },
  "lambda-compat on node": {
    path: "src/lambda-compat/node/",
    imports: ["ports", "hosts", "lambda-compat"],
    packages: ["node:async_hooks", "node:console"],
  },
  "lambda-compat": {
    path: "src/lambda-compat/",
    imports: [...engine, "hosts"],
    packages: ["#lambda-client", "#runtime", "#native-invocation", "#rarely-used", "@aws-sdk/client-lambda"],
  },
  hosts: { path: "src/adapters/hosts/", imports: ["model", "ports"] },
  memory: { path: "src/adapters/memory/", imports: belowAdapters },
  "durable-objects": { path: "src/adapters/durable-objects/", imports: belowAdapters },
  indexeddb: { path: "src/adapters/indexeddb/", imports: belowAdapters, packages: ["idb"] },
  dynamodb: {
    path: "src/adapters/dynamodb/",
    imports: belowAdapters,
    packages: ["@aws-sdk/client-s3", "@aws-sdk/lib-dynamodb", "node:zlib"],
  },
  sqlite: { path: "src/adapters/sqlite/", imports: belowAdapters, packages: ["node:sqlite"] },
  sqs: {
    path: "src/adapters/sqs/",
    imports: belowAdapters,
    packages: ["@aws-sdk/client-sqs", "@aws-sdk/client-scheduler"],
  },
  "home options": { path: "src/homes/options/", imports: belowHomes },
  "memory home": { path: "src/homes/memory/", imports: [...belowHomes, "home options", "memory"] },
  "cloudflare home": {
    path: "src/homes/cloudflare/",
    imports: [...belowHomes, "home options", "durable-objects"],
    packages: ["cloudflare:workers"],
  },
  console: { path: "src/console/", imports: [], packages: ["node:crypto", "node:fs/promises", "node:url"] },
  "local home": {
    path: "src/homes/local/",
    imports: [...belowHomes, "home options", "memory", "sqlite", "console"],
    packages: nodeModules,
  },
  cli: { path: "src/cli/", imports: [...belowHomes, "local home", "testing", "console"], packages: nodeModules },
  "aws home": {
    path: "src/homes/aws/",
    imports: [...belowHomes, "home options", "dynamodb", "sqs"],
    packages: [
      "@aws-sdk/client-s3",
      "@aws-sdk/client-scheduler",
      "@aws-sdk/client-sqs",
      "@aws-sdk/lib-dynamodb",
      "node:async_hooks",
      "node:events",
      "node:stream",
    ],
  },
  "browser home": { path: "src/homes/browser/", imports: [...belowHomes, "home options", "indexeddb"] },
  otel: { path: "src/otel/", imports: ["lambda-compat"], packages: ["@opentelemetry/api"] },
  schedules: { path: "src/schedules/", imports: ["runner", "lambda-compat"], packages: ["#lambda-client", "croner"] },
  "aws cdk": { path: "src/aws-cdk/", imports: ["dynamodb"], packages: ["aws-cdk-lib", "aws-cdk-lib/*", "constructs"] },
  eslint: { path: "src/eslint/", imports: [] },
  testing: {
    path: "src/testing/",
    imports: [...belowHomes, "memory", "durable-objects", "indexeddb", "dynamodb"],
  },
};

/** Lines of a function: the 99th percentile, and the longest one. */
const lengths = { p99: 50, longest: 80 };
const deepestFunction = 4;

/** Of a class in the engine: lines that hold more than blanks and comments, and private fields that change. */
const classCaps = { lines: 200, mutableFields: 6 };

const all = readModules("src/**/*.ts");
const modules = all.filter((module) => !isTest(module));
const inside = (...folders: readonly string[]) =>
  modules.filter(({ path }) => folders.some((folder) => path.startsWith(folder)));
const entries = publicEntries(readRootPackage()).map(({ source }) => source);

describe("who imports whom", () => {
  test("every import follows an arrow", () => {
    expect(modules).not.toEqual([]);
    expect(forbiddenImports(modules, layers)).toEqual([]);
  });

  test("no import goes in a circle, types included", () => {
    expect(cycles(all)).toEqual([]);
  });

  test("the engine imports no package and no runtime module", () => {
    const imports = inside("src/engine/").flatMap((module) =>
      module.imports.filter((each) => target(module, each) === undefined).map(({ specifier }) => specifier),
    );
    expect(imports).toEqual([]);
  });

  test("only public entries import an index.ts", () => {
    expect(indexImports(modules, entries)).toEqual([]);
  });

  test("only public entries are called index.ts", () => {
    const indexes = modules.map(({ path }) => path).filter((path) => path.endsWith("/index.ts"));
    expect(indexes.filter((path) => !entries.includes(path))).toEqual([]);
  });

  test("relative imports name the file with its ending", () => {
    const vague = all.flatMap((module) =>
      module.imports.filter(({ specifier }) => /^\.(?!.*\.(ts|json)$)/.test(specifier)).map(() => module.path),
    );
    expect(vague).toEqual([]);
  });

  test("the demo uses the public entries", () => {
    const demo = readModules("demo/**/*.{ts,tsx}");
    const reaching = demo.flatMap((module) =>
      module.imports
        .filter((imported) => target(module, imported)?.startsWith("src/") === true)
        .map(({ specifier, line }) => `${module.path}:${line} imports ${specifier}`),
    );
    expect(reaching).toEqual([]);
  });
});

describe("how the code is written", () => {
  test("a test takes its temporary folder from the helper that removes it", () => {
    const tests = globSync("{bench,console,demo,scripts,src,test}/**/*.test.ts", { cwd: root });
    expect(tests.length).toBeGreaterThan(300);
    const own = /mkdtemp(Sync)?\(join\(tmpdir\(\)/;
    expect(tests.filter((path) => own.test(readFileSync(join(root, path), "utf8")))).toEqual([]);
  });

  test("the engine reads neither the clock nor chance", () => {
    expect(places(inside("src/engine/"), isImpure)).toEqual([]);
  });

  test("engine, adapters and homes have no any", () => {
    expect(places(inside("src/engine/", "src/adapters/", "src/homes/"), ({ type }) => type === "TSAnyKeyword")).toEqual(
      [],
    );
  });

  test("no list is spread into a call, which takes only so many arguments", () => {
    expect(places(modules, spreadsList)).toEqual([]);
  });

  test("exports have names, and are listed one by one", () => {
    const unnamed = ["ExportDefaultDeclaration", "ExportAllDeclaration"];
    expect(places(modules, ({ type }) => unnamed.includes(type))).toEqual([]);
  });

  test("private members are private at run time too", () => {
    expect(places(modules, (node) => node["accessibility"] !== undefined && node["accessibility"] !== null)).toEqual(
      [],
    );
  });

  test("functions are short and not nested deeply", () => {
    const functions = measureFunctions(modules);
    const p99 = functions[Math.floor(functions.length / 100)];
    expect(functions[0]?.lines ?? 0, `longest: ${functions[0]?.place}`).toBeLessThanOrEqual(lengths.longest);
    expect(p99?.lines ?? 0, `99th percentile: ${p99?.place}`).toBeLessThanOrEqual(lengths.p99);
    expect(functions.filter(({ depth }) => depth > deepestFunction).map(({ place }) => place)).toEqual([]);
  });

  test("the classes of the engine are small, and little in them changes", () => {
    const above = measureClasses(inside("src/engine/"))
      .filter(({ lines, mutableFields }) => lines > classCaps.lines || mutableFields.length > classCaps.mutableFields)
      .map(({ name, lines, mutableFields }) => `${name}: ${lines} lines, ${mutableFields.length} mutable fields`);
    expect(above).toEqual([]);
  });
});
