/** ESLint's own tester of rules, with handlers around the code of the cases. */

import { type Linter, RuleTester } from "eslint";
import { describe, it } from "vitest";
import type { Rule } from "../../src/eslint/linter.ts";
import { typescriptParser } from "./typescript-parser.ts";

RuleTester.describe = describe;
RuleTester.it = it;
RuleTester.itOnly = it.only;

interface Found {
  readonly messageId: string;
  /** What stands for the placeholders; not compared when absent. */
  readonly data?: Record<string, string>;
  /** The handler's body after the suggestion; the message has none when absent. */
  readonly suggested?: { readonly messageId: string; readonly data?: Record<string, string>; readonly body: string };
}

interface Cases {
  readonly valid: readonly string[];
  /** With « and » around what each message is about. */
  readonly invalid: readonly (readonly [marked: string, ...found: readonly Found[]])[];
}

interface Language {
  readonly parser?: Linter.Parser;
  readonly before: string;
}

const languages: Readonly<Record<string, Language>> = {
  JavaScript: {
    before: `import { withDurableExecution } from "@aws/durable-execution-sdk-js";
export const run = withDurableExecution(async (event, context) => {\n`,
  },
  TypeScript: {
    parser: typescriptParser,
    before: `import { type DurableContext, withDurableExecution } from "perdure";
export const run = withDurableExecution(async (event: Order, context: DurableContext) => {\n`,
  },
};

const after = "\n});";

/** Tests a rule with the same bodies of a handler in JavaScript and in TypeScript. */
export function testRule(name: string, rule: Rule, cases: Cases): void {
  for (const [language, { parser, before }] of Object.entries(languages)) {
    const tester = new RuleTester({ languageOptions: { ...(parser && { parser }) } });
    const whole = (body: string): string => before + body + after;
    tester.run(`${name} in ${language}`, rule, {
      valid: cases.valid.map(whole),
      invalid: cases.invalid.map(([marked, ...found]) => ({
        code: whole(marked.replaceAll(/[«»]/g, "")),
        errors: placesIn(marked).map((place, index) => errorOf(place, found[index], { before, whole })),
      })),
    });
  }
}

interface Place {
  readonly from: number;
  readonly to: number;
}

/** Columns from 0, without the marks. */
function placesIn(marked: string): readonly Place[] {
  return [...marked.matchAll(/«(.*?)»/g)].map(({ index, 1: text = "" }, nth) => {
    const from = index - 2 * nth;
    return { from, to: from + text.length };
  });
}

function errorOf(
  { from, to }: Place,
  found: Found | undefined,
  { before, whole }: { readonly before: string; readonly whole: (body: string) => string },
): RuleTester.TestCaseError {
  if (found === undefined) throw new Error("a place is marked of which no message is expected");
  const { messageId, data, suggested } = found;
  const line = before.split("\n").length;
  const suggestion = suggested && {
    messageId: suggested.messageId,
    ...(suggested.data && { data: suggested.data }),
    output: whole(suggested.body),
  };
  return {
    messageId,
    ...(data && { data }),
    ...{ line, endLine: line, column: from + 1, endColumn: to + 1 },
    suggestions: suggestion ? [suggestion] : [],
  };
}
