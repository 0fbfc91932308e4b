/** The hint for a name under the pointer, and the parameters of a call while its arguments are written. */

import { type Extension, Prec, StateEffect, StateField } from "@codemirror/state";
import {
  type EditorView,
  hoverTooltip,
  keymap,
  showTooltip,
  type Tooltip,
  ViewPlugin,
  type ViewUpdate,
} from "@codemirror/view";
import type { LanguageClient } from "./language/language-client.ts";
import type { CallHelp } from "./language/workflow-language.ts";
import { callElement, descriptionElement } from "./tooltips.ts";

export function hints(client: LanguageClient): Extension {
  return [hoverTooltip((view, at) => hover(view, { client, at })), callHelp, callWatcher(client), closing];
}

async function hover(
  { state }: EditorView,
  { client, at }: { readonly client: LanguageClient; readonly at: number },
): Promise<Tooltip | null> {
  const found = await client.ask("hover", state.doc.toString(), at);
  if (found === undefined) return null;
  return { pos: found.from, end: found.to, above: true, create: () => ({ dom: descriptionElement(found) }) };
}

const setCallHelp = StateEffect.define<CallHelp | undefined>();

const callHelp = StateField.define<Tooltip | null>({
  create: () => null,
  update(shown, { effects, changes }) {
    for (const effect of effects) {
      if (effect.is(setCallHelp)) return effect.value === undefined ? null : tooltip(effect.value);
    }
    return shown === null ? null : { ...shown, pos: changes.mapPos(shown.pos) };
  },
  provide: (field) => showTooltip.from(field),
});

function tooltip(help: CallHelp): Tooltip {
  return { pos: help.from, above: true, create: () => ({ dom: callElement(help) }) };
}

/** Asks when an argument list is opened, and from then on after every change, until the cursor has left it. */
function callWatcher(client: LanguageClient): Extension {
  return ViewPlugin.define(() => {
    let isIn = false;
    const ask = async (view: EditorView): Promise<void> => {
      const { doc, selection } = view.state;
      const help = await client.ask("call", doc.toString(), selection.main.head);
      const isLate = view.state.doc !== doc || !view.state.selection.eq(selection);
      if (isLate || !isIn) return;
      isIn = help !== undefined;
      show(view, help);
    };
    return {
      update(update: ViewUpdate): void {
        if (isClosed(update)) isIn = false;
        if (update.focusChanged && !update.view.hasFocus) {
          isIn = false;
          queueMicrotask(() => show(update.view, undefined));
        }
        isIn ||= opensArguments(update);
        if (isIn && (update.docChanged || update.selectionSet)) void ask(update.view);
      },
    };
  });
}

function isClosed({ transactions }: ViewUpdate): boolean {
  return transactions.some(({ effects }) =>
    effects.some((effect) => effect.is(setCallHelp) && effect.value === undefined),
  );
}

function show(view: EditorView, help: CallHelp | undefined): void {
  if (help === undefined && view.state.field(callHelp) === null) return;
  view.dispatch({ effects: setCallHelp.of(help) });
}

function opensArguments({ transactions, state }: ViewUpdate): boolean {
  if (!transactions.some((transaction) => transaction.isUserEvent("input.type"))) return false;
  const { head } = state.selection.main;
  return /[(,]/.test(state.sliceDoc(head - 1, head));
}

const closing = Prec.high(
  keymap.of([
    {
      key: "Escape",
      run(view) {
        const isShown = view.state.field(callHelp) !== null;
        show(view, undefined);
        return isShown;
      },
    },
  ]),
);
