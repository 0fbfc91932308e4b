import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { javascript, typescriptLanguage } from "@codemirror/lang-javascript";
import { bracketMatching, HighlightStyle, indentOnInput, syntaxHighlighting, syntaxTree } from "@codemirror/language";
import { type Diagnostic, lintGutter, linter, lintKeymap, setDiagnostics } from "@codemirror/lint";
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
import { tags } from "@lezer/highlight";
import { compile, type Problem } from "./compile.ts";
import { completeDurable } from "./completions.ts";
import { lintDeterminism } from "./determinism-lint.ts";

export interface CodeEditorOptions {
  readonly parent: HTMLElement;
  readonly code: string;
  readonly onChange: (code: string) => void;
}

/** A line to point out, and how. */
export interface MarkedLine {
  readonly line: number;
  readonly kind: "reached" | "recorded" | "attempted";
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

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.modifier, tags.operatorKeyword], color: "var(--code-keyword)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--code-string)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--code-number)" },
  { tag: [tags.comment], color: "var(--code-comment)", fontStyle: "italic" },
  { tag: [tags.typeName, tags.className], color: "var(--code-type)" },
  { tag: [tags.function(tags.variableName), tags.function(tags.propertyName)], color: "var(--code-function)" },
]);

/** The code, with completion, the determinism lint, and marks on lines. */
export class CodeEditor {
  readonly #view: EditorView;

  constructor({ parent, code, onChange }: CodeEditorOptions) {
    const told = EditorView.updateListener.of((update) => {
      if (update.docChanged) onChange(update.state.doc.toString());
    });
    this.#view = new EditorView({ parent, state: EditorState.create({ doc: code, extensions: [extensions(), told] }) });
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
      effects.push(EditorView.scrollIntoView(doc.line(first.line).from, { y: "nearest" }));
    this.#view.dispatch({ effects });
  }

  /** Shows an error that came up when the code was loaded, at its line. */
  showError(message: string, line: number | undefined): void {
    const { doc } = this.#view.state;
    const { from, to } = doc.line(Math.min(Math.max(line ?? 1, 1), doc.lines));
    this.#view.dispatch(setDiagnostics(this.#view.state, [{ from, to, severity: "error", message }]));
  }

  get hasFocus(): boolean {
    return this.#view.hasFocus;
  }
}

function extensions(): Extension {
  return [
    lineNumbers(),
    highlightActiveLineGutter(),
    history(),
    drawSelection(),
    EditorView.lineWrapping,
    indentOnInput(),
    bracketMatching(),
    closeBrackets(),
    autocompletion({ override: [completeDurable] }),
    javascript({ typescript: true }),
    syntaxHighlighting(colours),
    lintGutter(),
    linter(diagnose, { delay: 250 }),
    marks,
    EditorView.contentAttributes.of({
      "aria-label": "Workflow code",
      "aria-description": "Escape, then Tab, leaves the editor.",
      tabindex: "0",
    }),
    keymap.of([
      ...closeBracketsKeymap,
      ...completionKeymap,
      ...defaultKeymap,
      ...historyKeymap,
      ...lintKeymap,
      indentWithTab,
    ]),
  ];
}

function diagnose(view: EditorView): Diagnostic[] {
  return problemsOf(view.state.doc.toString(), view.state).map((problem) => ({ ...problem }));
}

function problemsOf(code: string, state: EditorState): readonly Problem[] {
  const compiled = compile(code);
  if ("problem" in compiled) return [compiled.problem];
  const tree = syntaxTree(state);
  return lintDeterminism(tree.length < code.length ? typescriptLanguage.parser.parse(code) : tree, code);
}
