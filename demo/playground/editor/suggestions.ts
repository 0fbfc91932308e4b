/** Completion, with the types and the words of TypeScript, and imports that are written when a name is taken. */

import {
  autocompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
  insertCompletionText,
  pickedCompletion,
  snippetCompletion,
} from "@codemirror/autocomplete";
import type { Extension } from "@codemirror/state";
import type { EditorView } from "@codemirror/view";
import type { LanguageClient } from "./language/language-client.ts";
import type { Suggestion, Suggestions } from "./language/workflow-language.ts";
import { contextSnippets } from "./snippets.ts";
import { descriptionElement } from "./tooltips.ts";

/** TypeScript's kinds, where the editor's name is another one. */
const types: Readonly<Record<string, string>> = {
  alias: "variable",
  const: "constant",
  getter: "property",
  "enum member": "constant",
  let: "variable",
  "local function": "function",
  "local var": "variable",
  module: "namespace",
  parameter: "variable",
  "primitive type": "type",
  setter: "property",
  string: "text",
  "type parameter": "type",
  var: "variable",
};

/** The place that a question is about: the details of each name are asked for there too. */
interface Place {
  readonly client: LanguageClient;
  readonly code: string;
  readonly at: number;
}

export function suggestions(client: LanguageClient): Extension {
  return autocompletion({ override: [(context) => suggest(context, client)] });
}

async function suggest(context: CompletionContext, client: LanguageClient): Promise<CompletionResult | null> {
  if (!context.explicit && context.matchBefore(/(^|[^\w$])[A-Za-z_$][\w$]*$|[\w$)\]"'`?]\.$/) === null) return null;
  const place: Place = { client, code: context.state.doc.toString(), at: context.pos };
  const found = await client.ask("suggest", place.code, place.at);
  if (found === undefined || found.entries.length === 0 || context.aborted) return null;
  return { from: found.from, options: found.entries.map((entry) => option(entry, found, place)), validFor: /^[\w$]*$/ };
}

function option(entry: Suggestion, { areOfContext }: Suggestions, place: Place): Completion {
  const completion: Completion = {
    label: entry.name,
    type: types[entry.kind] ?? entry.kind,
    boost: boostOf(entry.rank),
    info: () => describe(entry, place),
  };
  if (entry.source !== undefined) {
    return {
      ...completion,
      detail: entry.source,
      apply: (view, _, from, to) => take(view, { entry, place, from, to }),
    };
  }
  const snippet = areOfContext ? contextSnippets[entry.name] : undefined;
  return snippet === undefined ? completion : snippetCompletion(snippet, completion);
}

async function describe(entry: Suggestion, { client, code, at }: Place): Promise<HTMLElement | null> {
  const details = await client.ask("describe", code, at, entry);
  return details === undefined ? null : descriptionElement(details);
}

interface Taken {
  readonly entry: Suggestion;
  readonly place: Place;
  readonly from: number;
  readonly to: number;
}

/** Writes the name at once, and its import as soon as it is known. */
function take(view: EditorView, { entry, place, from, to }: Taken): void {
  view.dispatch({
    ...insertCompletionText(view.state, entry.name, from, to),
    annotations: pickedCompletion.of({ label: entry.name }),
  });
  const { client, code, at } = place;
  void client.ask("describe", code, at, entry).then((details) => {
    const changes = details?.changes ?? [];
    // The details hold for the text before the name, which is as it was when the question was asked.
    if (changes.every((change) => change.to <= from)) view.dispatch({ changes: [...changes] });
  });
}

/** TypeScript's ranks are texts: 10 to 14 for what is near, 15 for globals, 16 for what would be imported. */
function boostOf(rank: string): number {
  if (rank.startsWith("z")) return -99;
  const number = Number.parseInt(rank, 10);
  return Number.isNaN(number) ? 0 : Math.max(-99, (11 - number) * 10);
}
