import { type Signal, signal } from "@preact/signals";
import { type Example, examples } from "../examples/catalogue.ts";
import type { SharedCode } from "../model/share-link.ts";
import type { Begins } from "../model/start-options.ts";

/** The open example or file: its name, its code, and the options of its start. */
export interface Draft extends SharedCode {
  /** It came with a link. */
  readonly isForeign?: boolean;
  /** When it begins; at once when absent. */
  readonly begins?: Begins;
}

type Edits = Readonly<Record<string, Draft>>;

const CURRENT_KEY = "perdure.playground.draft";
const EDITS_KEY = "perdure.playground.edits";

/** The code in the editor, and the edits of other files: going from one example to another loses nothing. */
export class Drafts {
  readonly current: Signal<Draft>;
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
    this.current = signal(read<Draft>(storage, CURRENT_KEY) ?? asDraft(examples[0]));
  }

  edit(change: DraftChange): void {
    const draft = changed(this.current.value, change);
    this.show(draft);
    this.#storage.setItem(EDITS_KEY, JSON.stringify({ ...this.#edits(), [draft.file]: draft }));
  }

  /** An example as it was left. */
  open(example: Example): void {
    this.show(this.#edits()[example.file] ?? asDraft(example));
  }

  /** An example as it was written. */
  reset(example: Example): void {
    const { [example.file]: _edited, ...others } = this.#edits();
    this.#storage.setItem(EDITS_KEY, JSON.stringify(others));
    this.show(asDraft(example));
  }

  /** The file as it was left, if something else of it is shown now. */
  get left(): Draft | undefined {
    const { file, code } = this.current.value;
    const example = examples.find((each) => each.file === file);
    const left = this.#edits()[file] ?? (example === undefined ? undefined : asDraft(example));
    return left === undefined || left.code === code ? undefined : left;
  }

  /** The options with which a file is started, as far as they are known here. */
  startOf(file: string): StartOf | undefined {
    const known = this.#edits()[file] ?? examples.find((each) => each.file === file);
    return known === undefined ? undefined : startOf(known);
  }

  /** Without a mark on what was edited here: the code may be somebody else's. */
  show(draft: Draft): void {
    this.current.value = draft;
    this.#storage.setItem(CURRENT_KEY, JSON.stringify(draft));
  }

  #edits(): Edits {
    return read<Edits>(this.#storage, EDITS_KEY) ?? {};
  }
}

function asDraft({ title: _title, ...draft }: Example): Draft {
  return draft;
}

/** The options with which a file is started. */
export type StartOf = Pick<Draft, "payload" | "functionName" | "tags" | "begins">;

export function startOf({ payload, functionName, tags, begins }: Draft | Example): StartOf {
  return {
    payload,
    ...(functionName !== undefined && { functionName }),
    ...(tags !== undefined && { tags }),
    ...(begins !== undefined && { begins }),
  };
}

/** True if both are started alike. */
export function isSameStart(a: Draft | Example, b: Draft | Example): boolean {
  return JSON.stringify(startOf(a)) === JSON.stringify(startOf(b));
}

/** New values; undefined takes one away. */
export type DraftChange = { readonly [Key in keyof Draft]?: Draft[Key] | undefined };

function changed(draft: Draft, change: DraftChange): Draft {
  const entries = Object.entries({ ...draft, ...change }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as unknown as Draft;
}

function read<T>(storage: Storage, key: string): T | undefined {
  try {
    return (JSON.parse(storage.getItem(key) ?? "null") as T | null) ?? undefined;
  } catch {
    return undefined;
  }
}
