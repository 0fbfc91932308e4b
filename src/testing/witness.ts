import { decodeCommit } from "../engine/machine/commit-codec.ts";
import type {
  DirectoryPage,
  DirectoryRow,
  ExecutionStore,
  ListQuery,
  LogPage,
} from "../engine/ports/execution-store.ts";
import { chain, type MaybePromise } from "../engine/ports/maybe-promise.ts";

/**
 * Passes everything on and remembers how far into each log its process has seen. An answer counts once the code that it
 * has set off has drained: a function that was about to run by then could not be held back.
 */
export class Witness implements ExecutionStore {
  readonly #store: ExecutionStore;
  readonly #drain: (next: () => void) => void;
  readonly #known = new Map<string, number>();
  readonly #committed = new Map<string, number>();
  /** Who has written to each log before the process read it from the start: what they had under way, it cannot know. */
  readonly #former = new Map<string, Set<string>>();
  readonly #writers = new Map<string, Set<string>>();

  constructor(store: ExecutionStore, drain: (next: () => void) => void) {
    this.#store = store;
    this.#drain = drain;
  }

  /** The number of the last commit of an execution that its process has been told of; 0 for none. */
  knows(id: string): number {
    return this.#known.get(id) ?? 0;
  }

  /** The number of the last commit that its process has written itself, or found when it read a log from the start. */
  committed(id: string): number {
    return this.#committed.get(id) ?? 0;
  }

  create(row: DirectoryRow, body: string): MaybePromise<"created" | "exists"> {
    return chain(this.#store.create(row, body), (answer) => {
      if (answer === "created") this.#learn(row.id, 1);
      return answer;
    });
  }

  append(id: string, seq: number, body: string): MaybePromise<"appended" | "taken"> {
    return chain(this.#store.append(id, seq, body), (answer) => {
      if (answer === "appended") {
        this.#learn(id, seq);
        this.#commit(id, seq, body);
      }
      return answer;
    });
  }

  read(id: string, from: number): MaybePromise<LogPage> {
    return chain(this.#store.read(id, from), (page) => {
      const last = from - 1 + page.bodies.length;
      this.#learn(id, last);
      if (from === 1) {
        this.#committed.set(id, last);
        this.#former.set(id, new Set(this.#writers.get(id)));
      }
      return page;
    });
  }

  describe(row: DirectoryRow): MaybePromise<void> {
    return this.#store.describe(row);
  }

  list(query: ListQuery): MaybePromise<DirectoryPage> {
    return this.#store.list(query);
  }

  remove(id: string): MaybePromise<void> {
    return this.#store.remove(id);
  }

  #commit(id: string, seq: number, body: string): void {
    const [writer = ""] = decodeCommit(body).writer.split(".");
    this.#writers.set(id, (this.#writers.get(id) ?? new Set()).add(writer));
    if (this.#former.get(id)?.has(writer) !== true) this.#committed.set(id, seq);
  }

  #learn(id: string, seq: number): void {
    this.#drain(() => this.#known.set(id, Math.max(seq, this.knows(id))));
  }
}
