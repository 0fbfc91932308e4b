/** Problems under the code: of its syntax at once, of its types and its determinism from the worker, and of its loading. */

import { type Diagnostic, forEachDiagnostic, linter, lintGutter, lintKeymap } from "@codemirror/lint";
import { type Extension, StateEffect, StateField } from "@codemirror/state";
import { type EditorView, keymap, type ViewUpdate } from "@codemirror/view";
import { compile } from "./compile.ts";
import type { LanguageClient } from "./language/language-client.ts";
import type { Fix, Problem } from "./problem.ts";

export interface LoadError {
  readonly message: string;
  /** From 1; the first line if it is not known. */
  readonly line: number | undefined;
}

/** The pause in typing after which the code is checked, in ms. */
const DELAY_MS = 250;

/** TypeScript has come to be there. */
export const languageReady = StateEffect.define<null>();

/** An error that came up when the code was loaded. It is shown until the code is changed. */
export const showLoadError = StateEffect.define<LoadError>();

const loadError = StateField.define<LoadError | undefined>({
  create: () => undefined,
  update(shown, transaction) {
    const error = transaction.effects.find((effect) => effect.is(showLoadError));
    return error?.value ?? (transaction.docChanged ? undefined : shown);
  },
});

export function problems(client: LanguageClient): Extension {
  return [
    loadError,
    lintGutter({ tooltipFilter: withButtons }),
    linter((view) => diagnose(view, client), {
      delay: DELAY_MS,
      needsRefresh: brings(languageReady),
      tooltipFilter: withButtons,
    }),
    linter(loading, { delay: 0, needsRefresh: brings(showLoadError) }),
    keymap.of([...lintKeymap, { key: "Mod-.", run: fixHere }]),
  ];
}

async function diagnose({ state }: EditorView, client: LanguageClient): Promise<readonly Diagnostic[]> {
  const code = state.doc.toString();
  const found = client.isReady ? await client.ask("check", code) : undefined;
  return (found ?? syntaxProblems(code)).map((problem) => diagnostic(problem, code));
}

function syntaxProblems(code: string): readonly Problem[] {
  const compiled = compile(code);
  return "problem" in compiled ? [compiled.problem] : [];
}

function loading({ state }: EditorView): readonly Diagnostic[] {
  const error = state.field(loadError);
  // Code that does not compile has its problem shown at the very place already.
  if (error === undefined || syntaxProblems(state.doc.toString()).length > 0) return [];
  const { from, to } = state.doc.line(Math.min(Math.max(error.line ?? 1, 1), state.doc.lines));
  return [{ from, to, severity: "error", message: error.message }];
}

/** A diagnostic with ways to settle it. */
interface FixableDiagnostic extends Diagnostic {
  readonly fixes: readonly { readonly label: string; readonly apply: (view: EditorView) => void }[];
}

function diagnostic({ note, fixes = [], ...problem }: Problem, code: string): FixableDiagnostic {
  return {
    ...problem,
    ...(note === undefined ? {} : { source: note }),
    fixes: fixes.map((fix) => ({ label: fix.label, apply: (view) => apply(view, fix, code) })),
  };
}

function fixesOf(found: Diagnostic): FixableDiagnostic["fixes"] {
  return "fixes" in found ? (found as FixableDiagnostic).fixes : [];
}

/** Not as the actions of the diagnostics: those are buttons in the list of problems too, whose items may hold none. */
function withButtons(found: readonly Diagnostic[]): Diagnostic[] {
  return found.map((each) => ({
    ...each,
    renderMessage(view) {
      const element = document.createElement("span");
      element.append(each.message, ...fixesOf(each).map((fix) => fixButton(fix, view)));
      return element;
    },
  }));
}

function fixButton({ label, apply }: FixableDiagnostic["fixes"][number], view: EditorView): HTMLElement {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "cm-diagnosticAction";
  button.textContent = label;
  button.addEventListener("click", () => apply(view));
  return button;
}

/** Applies the first fix for what is wrong at the cursor. */
function fixHere(view: EditorView): boolean {
  const { head } = view.state.selection.main;
  const fixes: FixableDiagnostic["fixes"][number][] = [];
  forEachDiagnostic(view.state, (found, from, to) => {
    if (from > head || head > to) return;
    for (const fix of fixesOf(found)) fixes.push(fix);
  });
  fixes[0]?.apply(view);
  return fixes.length > 0;
}

/** Places are those of the code that was looked at: it is looked at again after every change. */
function apply(view: EditorView, { changes }: Fix, code: string): void {
  if (view.state.doc.toString() !== code) return;
  view.dispatch({ changes: [...changes], userEvent: "input.fix" });
}

function brings<T>(wanted: ReturnType<typeof StateEffect.define<T>>): (update: ViewUpdate) => boolean {
  return ({ transactions }) => transactions.some(({ effects }) => effects.some((effect) => effect.is(wanted)));
}
