/** Makes a linter's rule of a check, with one reading of a file for all rules. */

import { DurableCode } from "./durable-code.ts";
import type { Report, Rule, RuleContext, SourceCode, Suggestion } from "./linter.ts";
import type { Node } from "./syntax.ts";

/** A check of a file: it gives the reports. */
export type Check = (code: DurableCode) => Iterable<Report>;

/** By the tree: a linter may hand the same object over for one file after the other. */
const read = new WeakMap<Node, DurableCode>();

export function defineRule(description: string, messages: Readonly<Record<string, string>>, check: Check): Rule {
  return {
    meta: { type: "problem", docs: { description }, hasSuggestions: true, schema: [], messages },
    create(context) {
      const given = context as RuleContext;
      return {
        Program() {
          for (const report of check(codeOf(given.sourceCode))) given.report(report);
        },
      };
    },
  };
}

function codeOf(source: SourceCode): DurableCode {
  const known = read.get(source.ast);
  if (known !== undefined) return known;
  const code = new DurableCode(source);
  read.set(source.ast, code);
  return code;
}

/** Puts a text in the place of a node. */
export function replacement(
  { range: [from, to] }: Node,
  text: string,
  message: Pick<Suggestion, "messageId" | "data">,
): Suggestion {
  return { ...message, fix: (fixer) => fixer.replaceTextRange([from, to], text) };
}
