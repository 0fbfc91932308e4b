/**
 * TypeScript's language service over one file: the workflow in the editor. It knows the language, the globals of the
 * sandbox and perdure, and nothing else. It has no state but the newest text, so that any question can be asked at any time.
 */

import ts from "typescript-js";
import { compile } from "../compile.ts";
import type { Change, Fix, Problem } from "../problem.ts";
import { lintDeterminism } from "./determinism-lint.ts";
import { syntaxProblem, typeProblem } from "./type-problems.ts";

/** A name that fits, as far as it is needed to list it. */
export interface Suggestion {
  readonly name: string;
  /** TypeScript's word for what it is: `method`, `const`, `interface`. */
  readonly kind: string;
  /** Smaller is more likely to be meant. */
  readonly rank: string;
  /** The module it would be imported from. */
  readonly source?: string;
}

export interface Suggestions {
  /** The offset at which the name that is to be completed begins. */
  readonly from: number;
  /** True if these are the members of a durable context. */
  readonly areOfContext: boolean;
  readonly entries: readonly Suggestion[];
}

/** The facts about a name. All of them are text. */
export interface Description {
  readonly signature: string;
  readonly documentation: string;
}

export interface SuggestionDetails extends Description {
  /** The further changes when the suggestion is taken: an import. */
  readonly changes: readonly Change[];
}

export interface Hover extends Description {
  readonly from: number;
  readonly to: number;
}

/** One way to call the function around a place. */
export interface CallSignature {
  readonly before: string;
  readonly parameters: readonly Parameter[];
  readonly after: string;
  readonly documentation: string;
}

export interface Parameter {
  readonly text: string;
  readonly documentation: string;
}

export interface CallHelp {
  /** The offset at which the arguments begin. */
  readonly from: number;
  readonly signatures: readonly CallSignature[];
  /** The one that fits what is written so far. */
  readonly chosen: number;
  /** The parameter that the place is at. */
  readonly parameter: number;
}

const FILE = "/workflow.ts";

const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2024,
  lib: ["lib.es2024.d.ts"],
  types: [],
  // The form in which the sandbox runs the code: modules that export, functions that await.
  module: ts.ModuleKind.CommonJS,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  moduleDetection: ts.ModuleDetectionKind.Force,
  isolatedModules: true,
  strict: true,
  skipLibCheck: true,
  noEmit: true,
};

const format: ts.FormatCodeSettings = { ...ts.getDefaultFormatCodeSettings("\n"), indentSize: 2 };

/** Of how many errors the fixes are looked for, which takes longer than to find the errors. */
const MOST_FIXED = 10;

const preferences: ts.UserPreferences = {
  includeCompletionsForModuleExports: true,
  includeCompletionsWithInsertText: false,
  quotePreference: "double",
};

export class WorkflowLanguage {
  readonly #declarations: ReadonlyMap<string, ts.IScriptSnapshot>;
  readonly #service: ts.LanguageService;
  #text = "";
  #version = 0;

  /** Declarations by path, see `virtual:declarations`. */
  constructor(declarations: Readonly<Record<string, string>>) {
    this.#declarations = new Map(
      Object.entries(declarations).map(([path, text]) => [path, ts.ScriptSnapshot.fromString(text)]),
    );
    this.#service = ts.createLanguageService(this.#host(), ts.createDocumentRegistry());
  }

  /** Of code that is no TypeScript, nothing but the syntax is looked at. */
  check(text: string): readonly Problem[] {
    this.#take(text);
    const syntax = this.#service.getSyntacticDiagnostics(FILE);
    if (syntax.length > 0) return syntax.map(syntaxProblem);
    const types = this.#service.getSemanticDiagnostics(FILE).flatMap((diagnostic, index) => {
      const fixes = index < MOST_FIXED ? this.#fixes(diagnostic) : [];
      return typeProblem(diagnostic, fixes) ?? [];
    });
    // Run takes another compiler, which may refuse what TypeScript takes.
    const compiled = compile(text);
    const toRun = "problem" in compiled ? [compiled.problem] : [];
    return [...toRun, ...types, ...lintDeterminism(text)];
  }

  suggest(text: string, at: number): Suggestions | undefined {
    this.#take(text);
    const found = this.#service.getCompletionsAtPosition(FILE, at, preferences);
    if (found === undefined) return undefined;
    const names = new Set(found.entries.map(({ name }) => name));
    return {
      from: at - (/[\w$]*$/.exec(text.slice(0, at))?.[0].length ?? 0),
      areOfContext: found.isMemberCompletion && names.has("runInChildContext") && names.has("waitForCondition"),
      entries: found.entries.map(({ name, kind, sortText, source }) => ({
        name,
        kind,
        rank: sortText,
        ...(source === undefined ? {} : { source }),
      })),
    };
  }

  describe(
    text: string,
    at: number,
    { name, source }: Pick<Suggestion, "name" | "source">,
  ): SuggestionDetails | undefined {
    this.#take(text);
    const details = this.#service.getCompletionEntryDetails(FILE, at, name, format, source, preferences, undefined);
    if (details === undefined) return undefined;
    return {
      signature: ts.displayPartsToString(details.displayParts),
      documentation: proseOf(details.documentation),
      changes: (details.codeActions ?? []).flatMap(changesOf),
    };
  }

  hover(text: string, at: number): Hover | undefined {
    this.#take(text);
    const info = this.#service.getQuickInfoAtPosition(FILE, at);
    if (info === undefined) return undefined;
    return {
      from: info.textSpan.start,
      to: info.textSpan.start + info.textSpan.length,
      signature: ts.displayPartsToString(info.displayParts),
      documentation: proseOf(info.documentation),
    };
  }

  call(text: string, at: number): CallHelp | undefined {
    this.#take(text);
    const help = this.#service.getSignatureHelpItems(FILE, at, undefined);
    if (help === undefined) return undefined;
    return {
      from: help.applicableSpan.start,
      signatures: help.items.map(callSignature),
      chosen: help.selectedItemIndex,
      parameter: help.argumentIndex,
    };
  }

  /** TypeScript's fixes for an error: the name that was meant, a missing import. */
  #fixes({ start, length, code }: ts.Diagnostic): readonly Fix[] {
    if (start === undefined || length === undefined) return [];
    const found = this.#service.getCodeFixesAtPosition(FILE, start, start + length, [code], format, preferences);
    return found
      .filter(({ changes }) => changes.every(({ fileName }) => fileName === FILE))
      .map((action) => ({ label: action.description, changes: changesOf(action) }));
  }

  #take(text: string): void {
    if (text === this.#text) return;
    this.#text = text;
    this.#version++;
  }

  #host(): ts.LanguageServiceHost {
    const readFile = (path: string): string | undefined => {
      const file = this.#declarations.get(path);
      return file?.getText(0, file.getLength());
    };
    return {
      getCompilationSettings: () => options,
      // perdure too, so that its exports are suggested before the file imports any.
      getScriptFileNames: () => [
        FILE,
        "/sandbox.d.ts",
        "/node_modules/perdure/index.d.ts",
        "/node_modules/perdure/schedules.d.ts",
      ],
      getScriptVersion: (path) => (path === FILE ? `${this.#version}` : "0"),
      getScriptSnapshot: (path) =>
        path === FILE ? ts.ScriptSnapshot.fromString(this.#text) : this.#declarations.get(path),
      getCurrentDirectory: () => "/",
      getDefaultLibFileName: () => "/lib/lib.es2024.d.ts",
      fileExists: (path) => path === FILE || this.#declarations.has(path),
      readFile,
    };
  }
}

function changesOf({ changes }: ts.CodeAction): readonly Change[] {
  return changes
    .filter(({ fileName }) => fileName === FILE)
    .flatMap(({ textChanges }) => textChanges)
    .map(({ span, newText }) => ({ from: span.start, to: span.start + span.length, insert: newText }));
}

function callSignature(item: ts.SignatureHelpItem): CallSignature {
  return {
    before: ts.displayPartsToString(item.prefixDisplayParts),
    parameters: item.parameters.map((parameter) => ({
      text: ts.displayPartsToString(parameter.displayParts),
      documentation: proseOf(parameter.documentation),
    })),
    after: ts.displayPartsToString(item.suffixDisplayParts),
    documentation: proseOf(item.documentation),
  };
}

/** Without the braces of links, which lead nowhere here. */
function proseOf(parts: readonly ts.SymbolDisplayPart[] | undefined): string {
  return (parts ?? [])
    .filter(({ kind }) => kind !== "link")
    .map(({ text }) => text)
    .join("");
}
