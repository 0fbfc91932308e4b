/**
 * Finds what makes a durable function take another way when it is replayed, or fail when it runs: the rules of
 * `perdure/eslint`, run as a linter would run them, over the one file that the editor has.
 */

import { parse } from "@babel/parser";
import { analyze } from "@typescript-eslint/scope-manager";
import { visitorKeys } from "@typescript-eslint/visitor-keys";
import { plugin, type Fixer, type Report, type Rule, type RuleContext, type SourceCode } from "perdure/eslint";
import type { Change, Fix, Problem } from "../problem.ts";

type Node = SourceCode["ast"];
type WithParent = Omit<Node, "parent"> & { parent: Node | null };

export function lintDeterminism(text: string): readonly Problem[] {
  const sourceCode = read(text);
  if (sourceCode === undefined) return [];
  const problems = Object.values(plugin.rules).flatMap((rule) => problemsBy(rule, sourceCode));
  return problems.toSorted((one, other) => one.from - other.from);
}

/** Undefined for code that the parser does not take, though TypeScript may. */
function read(text: string): SourceCode | undefined {
  const ast = parseModule(text);
  if (ast === undefined) return undefined;
  linkToParents(ast, null);
  return {
    ast,
    visitorKeys: keys,
    scopeManager: analyze(ast as unknown as Parameters<typeof analyze>[0], {
      sourceType: "module",
      childVisitorKeys: keys,
    }),
    getText: ({ range: [from, to] }) => text.slice(from, to),
  };
}

const keys = visitorKeys as SourceCode["visitorKeys"];

function parseModule(text: string): Node | undefined {
  try {
    const { program } = parse(text, { sourceType: "module", plugins: ["typescript", "estree"], ranges: true });
    return program as unknown as Node;
  } catch {
    return undefined;
  }
}

function linkToParents(node: Node, parent: Node | null): void {
  (node as WithParent).parent = parent;
  const record = node as unknown as Readonly<Record<string, Node | readonly (Node | null)[] | null | undefined>>;
  for (const child of (keys[node.type] ?? []).flatMap((key) => record[key] ?? [])) {
    if (child !== null) linkToParents(child, node);
  }
}

function problemsBy(rule: Rule, sourceCode: SourceCode): readonly Problem[] {
  const problems: Problem[] = [];
  const context: RuleContext = { sourceCode, report: (report) => problems.push(problemOf(rule, report)) };
  rule.create(context).Program();
  return problems;
}

function problemOf({ meta: { messages } }: Rule, { node, messageId, data, suggest }: Report): Problem {
  const [from, to] = node.range;
  const fixes = suggest?.map(
    (suggestion): Fix => ({
      label: filled(messages[suggestion.messageId], suggestion.data),
      changes: changesBy(suggestion.fix),
    }),
  );
  return { from, to, severity: "warning", message: filled(messages[messageId], data), ...(fixes && { fixes }) };
}

function filled(message = "", data: Readonly<Record<string, string>> = {}): string {
  return message.replaceAll(/{{(\w+)}}/g, (_, name: string) => data[name] ?? "");
}

function changesBy(fix: (fixer: Fixer) => unknown): readonly Change[] {
  const changes: Change[] = [];
  fix({ replaceTextRange: ([from, to], insert) => changes.push({ from, to, insert }) });
  return changes;
}
