import { decodeCommit } from "../engine/machine/commit-codec.ts";
import type {
  DirectoryRow,
  DirectoryScan,
  ExecutionStore,
  LogPage,
  ReadOptions,
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
  /**
   * The processes that had written to each log before this process read it from the start: it cannot know their work in
   * progress.
   */
  readonly #former = new Map<string, Set<string>>();
  readonly #writers = new Map<string, Set<string>>();
  /** Logs whose snapshot was given out and whose commits were not read since. */
  readonly #startsFromSnapshot = new Set<string>();

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

  append(id: string, seq: number, body: string, incarnation: string): MaybePromise<"appended" | "taken" | "gone"> {
    return chain(this.#store.append(id, seq, body, incarnation), (answer) => {
      if (answer === "appended") {
        this.#learn(id, seq);
        this.#commit(id, seq, body);
      }
      return answer;
    });
  }

  read(id: string, from: number, options?: ReadOptions): MaybePromise<LogPage | undefined> {
    return chain(this.#store.read(id, from, options), (page) => {
      if (page !== undefined) this.#found(id, from, page.bodies.length);
      return page;
    });
  }

  putRow(row: DirectoryRow): MaybePromise<void> {
    return this.#store.putRow(row);
  }

  list(scan: DirectoryScan): MaybePromise<readonly DirectoryRow[]> {
    return this.#store.list(scan);
  }

  expired(now: number, limit: number): MaybePromise<readonly DirectoryRow[]> {
    return this.#store.expired(now, limit);
  }

  keepSnapshot(id: string, snapshot: string, incarnation: string): MaybePromise<void> {
    return this.#store.keepSnapshot(id, snapshot, incarnation);
  }

  snapshot(id: string, incarnation: string): MaybePromise<string | undefined> {
    return chain(this.#store.snapshot(id, incarnation), (snapshot) => {
      if (snapshot !== undefined) this.#startsFromSnapshot.add(id);
      return snapshot;
    });
  }

  remove(id: string, incarnation: string): MaybePromise<void> {
    return this.#store.remove(id, incarnation);
  }

  #found(id: string, from: number, count: number): void {
    const last = from - 1 + count;
    this.#learn(id, last);
    // A process that goes on from a snapshot has the commits before it as well.
    if (!this.#startsFromSnapshot.delete(id) && from !== 1) return;
    this.#committed.set(id, last);
    this.#former.set(id, new Set(this.#writers.get(id)));
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
