import { type Signal, signal } from "@preact/signals";
import { type Example, examples } from "../examples/catalogue.ts";
import type { SharedCode } from "../model/share-link.ts";

/** What is open: the example or file, its code, and what to start it with. */
export interface Draft extends SharedCode {
  /** It came with a link. */
  readonly isForeign?: boolean;
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

  edit(change: Partial<Draft>): void {
    const draft = { ...this.current.value, ...change };
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

  /** What a file is started with, as far as it is known here. */
  payloadOf(file: string): string | undefined {
    return (this.#edits()[file] ?? examples.find((each) => each.file === file))?.payload;
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

function asDraft({ file, code, payload }: Example): Draft {
  return { file, code, payload };
}

function read<T>(storage: Storage, key: string): T | undefined {
  try {
    return (JSON.parse(storage.getItem(key) ?? "null") as T | null) ?? undefined;
  } catch {
    return undefined;
  }
}
