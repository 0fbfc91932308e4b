/** Reads a module with a real parser and says what it imports, for the architecture rule and for the build. */

import { parseAst } from "rolldown/parseAst";

export interface Import {
  readonly specifier: string;
  /** True when the import vanishes at run time. */
  readonly typeOnly: boolean;
  /** 1-based. */
  readonly line: number;
}

/** A node of the syntax tree, as far as it is read here. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

export function parse(source: string, filename: string): SyntaxNode {
  const ending = /\.(d\.ts|tsx)$/.exec(filename)?.[1];
  const lang = ending === "d.ts" ? "dts" : (ending ?? "ts");
  return parseAst(source, { lang: lang as "dts" | "ts" | "tsx" }, filename) as unknown as SyntaxNode;
}

/** All of a module's imports: static, re-exported, dynamic with a literal, and `import("...")` types. */
export function importsOf(source: string, filename: string): readonly Import[] {
  const found: Import[] = [];
  walk(parse(source, filename), (node) => {
    const specifier = literal(node["source"]);
    if (specifier === undefined || !/^(Import|Export|TSImportType)/.test(node.type)) return;
    const typeOnly = node["importKind"] === "type" || node["exportKind"] === "type" || node.type === "TSImportType";
    found.push({ specifier, typeOnly, line: lineOf(source, node.start) });
  });
  return found;
}

/** Calls `visit` for every node, parents first, with the nodes above it, the nearest last. */
export function walk(node: SyntaxNode, visit: (node: SyntaxNode, ancestors: readonly SyntaxNode[]) => void): void {
  const visitAll = (current: SyntaxNode, ancestors: readonly SyntaxNode[]): void => {
    visit(current, ancestors);
    const path = [...ancestors, current];
    for (const child of children(current)) visitAll(child, path);
  };
  visitAll(node, []);
}

/** 1-based. */
export function lineOf(source: string, offset: number): number {
  return source.slice(0, offset).split("\n").length;
}

function children(node: SyntaxNode): readonly SyntaxNode[] {
  return Object.values(node).flat().filter(isNode);
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === "object" && value !== null && typeof (value as Partial<SyntaxNode>).type === "string";
}

function literal(node: unknown): string | undefined {
  return isNode(node) && typeof node["value"] === "string" ? node["value"] : undefined;
}
