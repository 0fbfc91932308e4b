/** The interface between a linter and a rule: the part of ESLint's that these rules use. */

import type { Scope } from "./names.ts";
import type { Node } from "./syntax.ts";

/** The file that is looked at. */
export interface SourceCode {
  /** The whole file. */
  readonly ast: Node;
  /** By type of node, the properties that hold its children, in the order of the text. */
  readonly visitorKeys: Readonly<Record<string, readonly string[]>>;
  /** The scopes of the file's names. Null with a parser that does not give them. */
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
  /** The id of the rule's message that describes the change. */
  readonly messageId: string;
  /** The values for the placeholders of the message. */
  readonly data?: Readonly<Record<string, string>>;
  /** Does it. */
  readonly fix: (fixer: Fixer) => unknown;
}

/** A place of the file, and what is said about it. */
export interface Report {
  /** The place. */
  readonly node: Node;
  /** The id of the rule's message. */
  readonly messageId: string;
  /** The values for the placeholders of the message. */
  readonly data: Readonly<Record<string, string>>;
  /** The changes that are suggested. */
  readonly suggest?: readonly Suggestion[];
}

/** The context of a rule for a file. */
export interface RuleContext {
  /** The file. */
  readonly sourceCode: SourceCode;
  /** Says something about a place of it. */
  report(report: Report): void;
}

/** A rule, as ESLint and oxlint take it. */
export interface Rule {
  /** The description of the rule, for linters and people. */
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
