/** The questions that the architecture tests ask of the sources. All of them are functions of parsed modules. */

import { globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { root } from "../scripts/command.ts";
import { type Import, importsOf, lineOf, parse, type SyntaxNode, walk } from "../scripts/imports.ts";

export interface Module {
  /** From the root of the repository, with forward slashes. */
  readonly path: string;
  readonly source: string;
  readonly tree: SyntaxNode;
  readonly imports: readonly Import[];
}

export interface Layer {
  /** A module belongs to the first layer whose prefix its path has. */
  readonly path: string;
  /** The layers it may import besides itself. */
  readonly imports: readonly string[];
  /** The packages and runtime modules it may import. */
  readonly packages?: readonly string[];
}

export type Layers = Readonly<Record<string, Layer>>;

export function readModules(...patterns: readonly string[]): readonly Module[] {
  const paths = globSync(patterns, { cwd: root, exclude: (path) => /(^|\/)(node_modules|dist)$/.test(path) });
  return paths
    .filter((path) => !path.endsWith(".d.ts"))
    .toSorted()
    .map((path) => toModule(path, readFileSync(join(root, path), "utf8")));
}

export function toModule(path: string, source: string): Module {
  return { path, source, tree: parse(source, path), imports: importsOf(source, path) };
}

export function isTest({ path }: Module): boolean {
  return path.endsWith(".test.ts");
}

/** The path that a relative import names, or undefined for a package. */
export function target(module: Module, { specifier }: Import): string | undefined {
  return specifier.startsWith(".") ? normalize(join(dirname(module.path), specifier)) : undefined;
}

export function layerOf(layers: Layers, path: string): string | undefined {
  return Object.keys(layers).find((name) => path.startsWith(layers[name]?.path ?? "\0"));
}

/** Imports that follow no arrow: "src/a.ts:3 imports src/b.ts (ports -> runner)". */
export function forbiddenImports(modules: readonly Module[], layers: Layers): readonly string[] {
  return modules.flatMap((module) => {
    const from = layerOf(layers, module.path);
    if (from === undefined) return [`${module.path} belongs to no layer`];
    return module.imports
      .filter((imported) => !isAllowed(layers, from, target(module, imported) ?? imported))
      .map((imported) => describeImport(module, imported, layers, from));
  });
}

function isAllowed(layers: Layers, from: string, to: string | Import): boolean {
  const layer = layers[from];
  if (typeof to !== "string") return layer?.packages?.some((allowed) => isNamed(allowed, to.specifier)) === true;
  const layerOfTarget = layerOf(layers, to);
  return layerOfTarget !== undefined && (layerOfTarget === from || layer?.imports.includes(layerOfTarget) === true);
}

/** `a/*` names every module of the package `a`. */
function isNamed(allowed: string, specifier: string): boolean {
  return allowed.endsWith("/*") ? specifier.startsWith(allowed.slice(0, -1)) : allowed === specifier;
}

function describeImport(module: Module, imported: Import, layers: Layers, from: string): string {
  const path = target(module, imported);
  const arrow = path === undefined ? `${from} -> package` : `${from} -> ${layerOf(layers, path) ?? "no layer"}`;
  return `${module.path}:${imported.line} imports ${path ?? imported.specifier} (${arrow})`;
}

/** Cycles among the files, type imports included: each as the list of its paths. */
export function cycles(modules: readonly Module[]): readonly (readonly string[])[] {
  const graph = new Map(modules.map((module) => [module.path, module.imports.map((each) => target(module, each))]));
  const found: string[][] = [];
  const finished = new Set<string>();
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) found.push([...trail.slice(start), path]);
    if (start >= 0 || finished.has(path)) return;
    for (const next of graph.get(path) ?? []) if (next !== undefined) visit(next, [...trail, path]);
    finished.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
  return found;
}

/** Imports of an index.ts by a module that is no public entry itself. */
export function indexImports(modules: readonly Module[], publicEntries: readonly string[]): readonly string[] {
  return modules
    .filter(({ path }) => !publicEntries.includes(path))
    .flatMap((module) =>
      module.imports
        .filter((imported) => /(^|\/)index\.ts$/.test(target(module, imported) ?? ""))
        .map(({ specifier, line }) => `${module.path}:${line} imports ${specifier}`),
    );
}

/** Places where a predicate holds: "src/a.ts:12". */
export function places(modules: readonly Module[], matches: (node: SyntaxNode) => boolean): readonly string[] {
  return modules.flatMap(({ path, source, tree }) => {
    const found: string[] = [];
    walk(tree, (node) => {
      if (matches(node)) found.push(`${path}:${lineOf(source, node.start)}`);
    });
    return found;
  });
}

export interface FunctionMeasure {
  readonly place: string;
  readonly lines: number;
  /** 1 for a function at the top of a module or a class. */
  readonly depth: number;
}

const functionTypes: readonly string[] = ["FunctionDeclaration", "FunctionExpression", "ArrowFunctionExpression"];

/** The functions of the modules with their lengths in lines, longest first. */
export function measureFunctions(modules: readonly Module[]): readonly FunctionMeasure[] {
  const measures = modules.flatMap(({ path, source, tree }) => {
    const found: FunctionMeasure[] = [];
    walk(tree, (node, ancestors) => {
      if (!functionTypes.includes(node.type)) return;
      const line = lineOf(source, node.start);
      const depth = 1 + ancestors.filter(({ type }) => functionTypes.includes(type)).length;
      found.push({ place: `${path}:${line}`, lines: lineOf(source, node.end) - line + 1, depth });
    });
    return found;
  });
  return measures.toSorted((a, b) => b.lines - a.lines);
}

export interface ClassMeasure {
  /** "src/a.ts Name" */
  readonly name: string;
  /** Lines that hold more than blanks and comments. */
  readonly lines: number;
  /** The private fields that are assigned after the construction, by name. */
  readonly mutableFields: readonly string[];
}

const classTypes: readonly string[] = ["ClassDeclaration", "ClassExpression"];

/** The classes of the modules, in their order. */
export function measureClasses(modules: readonly Module[]): readonly ClassMeasure[] {
  return modules.flatMap(({ path, source, tree }) => {
    const found: ClassMeasure[] = [];
    walk(tree, (node) => {
      if (!classTypes.includes(node.type)) return;
      const { id } = node as { id?: unknown };
      const lines = codeLines(source.slice(node.start, node.end));
      found.push({
        name: `${path} ${isNode(id) ? nameOf(id) : ""}`.trim(),
        lines,
        mutableFields: assignedFields(node),
      });
    });
    return found;
  });
}

/** How many lines of a formatted source hold more than blanks and comments. */
function codeLines(source: string): number {
  const withoutBlocks = source.replaceAll(/^[ \t]*\/\*[^]*?\*\/[ \t]*$/gm, "");
  return withoutBlocks.split("\n").filter((line) => !/^\s*($|\/\/)/.test(line)).length;
}

/** The private fields of a class that something else than their declaration and the body of the constructor assigns. */
function assignedFields(node: SyntaxNode): readonly string[] {
  const assigned = new Set<string>();
  walk(node, (inner, ancestors) => {
    const name = privateName({ ...inner, key: inner["property"] });
    if (inner.type !== "MemberExpression" || name === undefined) return;
    const isOwn = ancestors.findLast((above) => declaresField(above, name)) === node;
    if (isOwn && isAssigned(inner, ancestors) && !isConstruction(ancestors)) assigned.add(name);
  });
  return [...assigned].toSorted();
}

function declaresField(node: SyntaxNode, name: string): boolean {
  if (!classTypes.includes(node.type)) return false;
  const { body } = node["body"] as { body: readonly SyntaxNode[] };
  return body.some((member) => member.type === "PropertyDefinition" && privateName(member) === name);
}

/** The name of a private member, with its hash. */
function privateName({ key }: SyntaxNode & { key?: unknown }): string | undefined {
  return isNode(key) && key.type === "PrivateIdentifier" ? `#${nameOf(key)}` : undefined;
}

const patternTypes: readonly string[] = [
  "ArrayPattern",
  "ObjectPattern",
  "Property",
  "RestElement",
  "AssignmentPattern",
];

/** True if the expression is assigned, counted up or down, or taken apart into. */
function isAssigned(node: SyntaxNode, ancestors: readonly SyntaxNode[]): boolean {
  const above = ancestors.findLastIndex(({ type }) => !patternTypes.includes(type));
  const statement = ancestors[above];
  const part = ancestors[above + 1] ?? node;
  if (statement?.type === "UpdateExpression") return true;
  return statement?.type === "AssignmentExpression" && statement["left"] === part;
}

/** True directly in a constructor; a function in it may run at any time. */
function isConstruction(ancestors: readonly SyntaxNode[]): boolean {
  const functions = ancestors.flatMap(({ type }, index) => (functionTypes.includes(type) ? [index] : []));
  const method = ancestors[(functions.at(-1) ?? 0) - 1];
  return method?.type === "MethodDefinition" && method["kind"] === "constructor";
}

/** Reads of the clock or of chance, which the engine gets from its host. */
export function isImpure(node: SyntaxNode): boolean {
  if (node.type === "NewExpression") return nameOf(node["callee"]) === "Date" && isEmpty(node["arguments"]);
  if (node.type !== "MemberExpression") return false;
  const path = `${nameOf(node["object"])}.${nameOf(node["property"])}`;
  return path === "Date.now" || path === "Math.random";
}

const takingLists: readonly string[] = ["push", "unshift", "splice", "concat", "min", "max"];

/** A list spread into the arguments of a call: beyond some 100,000 elements that is a RangeError. */
export function spreadsList(node: SyntaxNode): boolean {
  if (node.type !== "CallExpression") return false;
  const called = (node["callee"] as { property?: unknown }).property;
  const given = node["arguments"] as readonly { type: string }[];
  return takingLists.includes(nameOf(called)) && given.some(({ type }) => type === "SpreadElement");
}

function nameOf(node: unknown): string {
  return String((node as { name?: unknown } | undefined)?.name);
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === "object" && value !== null && typeof (value as Partial<SyntaxNode>).type === "string";
}

function isEmpty(list: unknown): boolean {
  return Array.isArray(list) && list.length === 0;
}
