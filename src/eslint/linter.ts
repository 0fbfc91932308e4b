/** What a linter gives to a rule and takes from it: the part of ESLint's interface that these rules use. */

import type { Scope } from "./names.ts";
import type { Node } from "./syntax.ts";

/** The file that is looked at. */
export interface SourceCode {
  /** The whole file. */
  readonly ast: Node;
  /** By type of node, the properties that hold its children, in the order of the text. */
  readonly visitorKeys: Readonly<Record<string, readonly string[]>>;
  /** What the names of the file stand for. Null with a parser that does not say. */
  readonly scopeManager: { readonly scopes: readonly Scope[] } | null;
  /** The text of a node. */
  getText(node: Node): string;
}

/** Makes a change of the text. */
export interface Fixer {
  /** Replaces what is between two offsets. */
  replaceTextRange(range: [number, number], text: string): unknown;
}

/** A change that a person may choose. */
export interface Suggestion {
  /** Which of the rule's messages says what is done. */
  readonly messageId: string;
  /** What stands for the placeholders of the message. */
  readonly data?: Readonly<Record<string, string>>;
  /** Does it. */
  readonly fix: (fixer: Fixer) => unknown;
}

/** A place of the file, and what is said about it. */
export interface Report {
  /** The place. */
  readonly node: Node;
  /** Which of the rule's messages is said. */
  readonly messageId: string;
  /** What stands for the placeholders of the message. */
  readonly data: Readonly<Record<string, string>>;
  /** What may be done about it. */
  readonly suggest?: readonly Suggestion[];
}

/** What a rule is given for a file. */
export interface RuleContext {
  /** The file. */
  readonly sourceCode: SourceCode;
  /** Says something about a place of it. */
  report(report: Report): void;
}

/** A rule, as ESLint and oxlint take it. */
export interface Rule {
  /** What linters and people want to know of it beforehand. */
  readonly meta: {
    readonly type: "problem";
    readonly docs: { readonly description: string };
    readonly hasSuggestions: true;
    readonly schema: readonly [];
    /** By id, with placeholders. */
    readonly messages: Readonly<Record<string, string>>;
  };
  /**
   * Called for every file; answers what is to be called for its nodes.
   *
   * @param context A {@link RuleContext}; linters declare theirs in types of their own.
   */
  create(context: object): { Program(): void };
}
