import type { DirectoryPage, DirectoryRow, ExecutionStore, ListQuery, LogPage, MaybePromise } from "perdure/engine";

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

  async append(id: string, seq: number, body: string): Promise<"appended" | "taken"> {
    await this.#pause();
    return this.#store.append(id, seq, body);
  }

  read(id: string, from: number): MaybePromise<LogPage> {
    return this.#store.read(id, from);
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

  async #pause(): Promise<void> {
    const { delayMs } = this;
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
  }
}
