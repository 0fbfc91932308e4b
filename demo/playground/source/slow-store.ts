import type { DirectoryRow, DirectoryScan, ExecutionStore, LogPage, MaybePromise, ReadOptions } from "perdure/engine";

/** A store whose writes take their time, while `delayMs` says so. */
export class SlowStore implements ExecutionStore {
  delayMs = 0;
  readonly #store: ExecutionStore;

  constructor(store: ExecutionStore) {
    this.#store = store;
  }

  async create(row: DirectoryRow, body: string): Promise<"created" | "exists"> {
    await this.#pause();
    return this.#store.create(row, body);
  }

  async append(id: string, seq: number, body: string, incarnation: string): Promise<"appended" | "taken" | "gone"> {
    await this.#pause();
    return this.#store.append(id, seq, body, incarnation);
  }

  read(id: string, from: number, options?: ReadOptions): MaybePromise<LogPage | undefined> {
    return this.#store.read(id, from, options);
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
    return this.#store.snapshot(id, incarnation);
  }

  remove(id: string, incarnation: string): MaybePromise<void> {
    return this.#store.remove(id, incarnation);
  }

  async #pause(): Promise<void> {
    const { delayMs } = this;
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
  }
}
