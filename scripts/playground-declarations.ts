/**
 * The types for the playground's editor: the language, the globals of the sandbox, and perdure, in the declarations
 * that the package is published with. Made when the playground is built, so that they are always of the same tree.
 */

import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { build } from "tsdown";
import ts from "typescript-js";
import type { Plugin } from "vite";
import { root } from "./command.ts";

/** Paths as the language service sees them, and the texts of the files. */
export type Declarations = Readonly<Record<string, string>>;

const libraries: string = dirname(createRequire(import.meta.url).resolve("typescript-js"));

/** The globals that Node, Workers and browsers have in common, of all that a worker in a browser has. */
const globals: readonly string[] = [
  ...["console", "crypto", "performance", "structuredClone", "queueMicrotask", "atob", "btoa"],
  ...["setTimeout", "clearTimeout", "setInterval", "clearInterval"],
  ...["fetch", "Request", "Response", "Headers", "FormData", "Blob", "AbortController", "AbortSignal"],
  ...["URL", "URLSearchParams", "TextEncoder", "TextDecoder", "ReadableStream", "WritableStream", "TransformStream"],
  ...["Event", "EventTarget", "DOMException"],
];

/** Left undeclared: what can be handed to another worker leads to canvases and graphics cards. */
const beyond: ReadonlySet<string> = new Set(["Transferable"]);

export async function readDeclarations(): Promise<Declarations> {
  return {
    ...Object.fromEntries(languageLibraries().map((name) => [`/lib/${name}`, readLibrary(name)])),
    "/sandbox.d.ts": sandboxGlobals(),
    "/node_modules/perdure/package.json": JSON.stringify({ name: "perdure", exports: exported }),
    ...(await perdureDeclarations()),
  };
}

/** The modules that workflows of the playground can import, and their sources. */
const entries = { index: "src/lambda-compat/index.ts", schedules: "src/schedules/index.ts" };
const exported = { ".": { types: "./index.d.ts" }, "./schedules": { types: "./schedules.d.ts" } };

/** `virtual:declarations`, for the worker that checks types. */
export function declarationsPlugin(): Plugin {
  const id = "virtual:declarations";
  return {
    name: "declarations",
    resolveId: (source) => (source === id ? `\0${id}` : undefined),
    async load(loaded) {
      if (loaded !== `\0${id}`) return undefined;
      return `export const declarations = ${JSON.stringify(await readDeclarations())};`;
    },
  };
}

const readLibrary = (name: string): string => readFileSync(join(libraries, name), "utf8");

/** The files of ES2024, each after those that it refers to. */
function languageLibraries(): readonly string[] {
  const found = new Set<string>();
  const add = (name: string): void => {
    for (const { fileName } of ts.preProcessFile(readLibrary(name)).libReferenceDirectives) add(`lib.${fileName}.d.ts`);
    found.add(name);
  };
  add("lib.es2024.d.ts");
  return [...found];
}

/** The declarations of the globals, and of all that these mention. */
function sandboxGlobals(): string {
  const statements = new Map<string, ts.Statement[]>();
  const file = ts.createSourceFile("webworker.d.ts", readLibrary("lib.webworker.d.ts"), ts.ScriptTarget.ES2024, true);
  for (const statement of file.statements) {
    for (const name of declaredNames(statement)) {
      statements.set(name, [...(statements.get(name) ?? []), statement]);
    }
  }
  const kept = new Set<ts.Statement>();
  const keep = (name: string): void => {
    for (const statement of statements.get(name) ?? []) {
      if (kept.has(statement) || beyond.has(name)) continue;
      kept.add(statement);
      for (const mentioned of identifiersIn(statement)) keep(mentioned);
    }
  };
  for (const name of globals) {
    if (!statements.has(name)) throw new Error(`TypeScript declares no ${name} for workers.`);
    keep(name);
  }
  return file.statements
    .filter((statement) => kept.has(statement))
    .map((statement) => statement.getFullText())
    .join("");
}

function declaredNames(statement: ts.Statement): readonly string[] {
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.map(({ name }) => name.getText());
  if (
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement) ||
    ts.isFunctionDeclaration(statement) ||
    ts.isModuleDeclaration(statement)
  ) {
    return statement.name === undefined ? [] : [statement.name.text];
  }
  return [];
}

/** Names of types and values that a declaration uses; those of its members and parameters are not uses. */
function identifiersIn(statement: ts.Statement): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isTypeReferenceNode(node)) names.add(rootOf(node.typeName));
    if (ts.isExpressionWithTypeArguments(node)) names.add(node.expression.getText());
    if (ts.isTypeQueryNode(node)) names.add(rootOf(node.exprName));
    ts.forEachChild(node, visit);
  };
  visit(statement);
  return names;
}

function rootOf(name: ts.EntityName): string {
  return ts.isIdentifier(name) ? name.text : rootOf(name.left);
}

/** As the package's build makes them. */
async function perdureDeclarations(): Promise<Declarations> {
  const folder = mkdtempSync(join(tmpdir(), "perdure-declarations-"));
  try {
    await build({
      cwd: root,
      config: false,
      tsconfig: "tsconfig.base.json",
      entry: entries,
      outDir: folder,
      format: "esm",
      platform: "neutral",
      dts: { generator: "oxc", emitDtsOnly: true },
      hash: false,
      deps: { neverBundle: [/^[a-z]+:/, /^#/], onlyBundle: [] },
      logLevel: "warn",
    });
    // Declarations that both entries share are in files of their own.
    const files = readdirSync(folder).filter((name) => name.endsWith(".d.ts"));
    return Object.fromEntries(
      files.map((name) => [`/node_modules/perdure/${name}`, readFileSync(join(folder, name), "utf8")]),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
