import { closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { javascript } from "@codemirror/lang-javascript";
import { bracketMatching, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { EditorState, type Extension, StateEffect, StateField } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  drawSelection,
  EditorView,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { colours } from "./colours.ts";
import { hints } from "./hints.ts";
import { LanguageClient } from "./language/language-client.ts";
import { type LoadError, languageReady, problems, showLoadError } from "./problems.ts";
import { suggestions } from "./suggestions.ts";

export interface CodeEditorOptions {
  readonly parent: HTMLElement;
  readonly code: string;
  readonly onChange: (code: string) => void;
}

/** A line to point out, and how. */
export interface MarkedLine {
  readonly line: number;
  readonly kind: "reached" | "recorded" | "attempted" | "chosen";
}

const setMarks = StateEffect.define<readonly MarkedLine[]>();

const marks = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(decorations, transaction) {
    let next = decorations.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (effect.is(setMarks)) next = decorate(transaction.state, effect.value);
    }
    return next;
  },
  provide: (field) => EditorView.decorations.from(field),
});

function decorate({ doc }: EditorState, lines: readonly MarkedLine[]): DecorationSet {
  const known = lines.filter(({ line }) => line >= 1 && line <= doc.lines).toSorted((a, b) => a.line - b.line);
  return Decoration.set(
    known.map(({ line, kind }) => Decoration.line({ class: `cm-mark cm-mark-${kind}` }).range(doc.line(line).from)),
  );
}

/** The code, with what TypeScript and the determinism lint know of it, and marks on lines. */
export class CodeEditor {
  readonly #language = new LanguageClient();
  #isStarted = false;
  readonly #view: EditorView;

  constructor({ parent, code, onChange }: CodeEditorOptions) {
    const told = EditorView.updateListener.of((update) => {
      if (update.docChanged) onChange(update.state.doc.toString());
      if (update.focusChanged && update.view.hasFocus) this.#startLanguage();
    });
    this.#view = new EditorView({
      parent,
      state: EditorState.create({ doc: code, extensions: [extensions(this.#language), told] }),
    });
  }

  get code(): string {
    return this.#view.state.doc.toString();
  }

  set code(code: string) {
    this.#view.dispatch({ changes: { from: 0, to: this.#view.state.doc.length, insert: code } });
  }

  /** Points out lines, and brings the first one into view. */
  mark(lines: readonly MarkedLine[], { scroll = true }: { scroll?: boolean } = {}): void {
    const { doc } = this.#view.state;
    const first = lines.find(({ line }) => line >= 1 && line <= doc.lines);
    const effects: StateEffect<unknown>[] = [setMarks.of(lines)];
    if (first !== undefined && scroll)
      effects.push(EditorView.scrollIntoView(doc.line(first.line).from, { y: "nearest", yMargin: 60 }));
    this.#view.dispatch({ effects });
  }

  /** Shows an error that came up when the code was loaded, at its line. */
  showError(error: LoadError): void {
    this.#view.dispatch({ effects: showLoadError.of(error) });
  }

  /**
   * Loads TypeScript, which checks types from then on, when the page has come to rest. Whoever begins to write before is not
   * kept waiting.
   */
  startLanguageSoon(): void {
    setTimeout(() => whenIdle(() => this.#startLanguage()), REST_MS);
  }

  get hasFocus(): boolean {
    return this.#view.hasFocus;
  }

  #startLanguage(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    void this.#language.ready().then(() => this.#view.dispatch({ effects: languageReady.of(null) }));
  }
}

function extensions(language: LanguageClient): Extension {
  return [
    lineNumbers(),
    highlightActiveLineGutter(),
    history(),
    drawSelection(),
    EditorView.lineWrapping,
    indentOnInput(),
    bracketMatching(),
    closeBrackets(),
    suggestions(language),
    javascript({ typescript: true }),
    syntaxHighlighting(colours),
    problems(language),
    // After the problems: these come first where both are pointed at.
    hints(language),
    marks,
    EditorView.contentAttributes.of({
      "aria-label": "Workflow code",
      "aria-description":
        "Escape, then Tab, leaves the editor. Control Shift M lists the problems, Control period applies a fix.",
      tabindex: "0",
    }),
    keymap.of([...closeBracketsKeymap, ...completionKeymap, ...defaultKeymap, ...historyKeymap, indentWithTab]),
  ];
}

/** The time after the page starts its work at which it counts as at rest, in ms. */
const REST_MS = 1_000;

/** Safari has no notion of idleness. */
function whenIdle(work: () => void): void {
  if ("requestIdleCallback" in globalThis) requestIdleCallback(work, { timeout: 2_000 });
  else setTimeout(work, 500);
}
