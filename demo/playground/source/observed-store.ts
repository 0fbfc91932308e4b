import type { DirectoryPage, DirectoryRow, ExecutionStore, ListQuery, LogPage, MaybePromise } from "perdure/engine";

/** Tells of every write that a store has acknowledged. */
export class ObservedStore implements ExecutionStore {
  readonly #store: ExecutionStore;
  readonly #onWrite: (executionId: string) => void;

  constructor(store: ExecutionStore, onWrite: (executionId: string) => void) {
    this.#store = store;
    this.#onWrite = onWrite;
  }

  async create(row: DirectoryRow, body: string): Promise<"created" | "exists"> {
    const answer = await this.#store.create(row, body);
    this.#onWrite(row.id);
    return answer;
  }

  async append(id: string, seq: number, body: string): Promise<"appended" | "taken"> {
    const answer = await this.#store.append(id, seq, body);
    this.#onWrite(id);
    return answer;
  }

  read(id: string, from: number): MaybePromise<LogPage> {
    return this.#store.read(id, from);
  }

  async describe(row: DirectoryRow): Promise<void> {
    await this.#store.describe(row);
    this.#onWrite(row.id);
  }

  list(query: ListQuery): MaybePromise<DirectoryPage> {
    return this.#store.list(query);
  }

  async remove(id: string): Promise<void> {
    await this.#store.remove(id);
    this.#onWrite(id);
  }
}
