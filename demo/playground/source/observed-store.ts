import type { DirectoryRow, DirectoryScan, ExecutionStore, LogPage, MaybePromise, ReadOptions } from "perdure/engine";

/** Tells of every write that a store has acknowledged and that shows. */
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

  async append(id: string, seq: number, body: string, incarnation: string): Promise<"appended" | "taken" | "gone"> {
    const answer = await this.#store.append(id, seq, body, incarnation);
    this.#onWrite(id);
    return answer;
  }

  read(id: string, from: number, options?: ReadOptions): MaybePromise<LogPage | undefined> {
    return this.#store.read(id, from, options);
  }

  async putRow(row: DirectoryRow): Promise<void> {
    await this.#store.putRow(row);
    this.#onWrite(row.id);
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

  async remove(id: string, incarnation: string): Promise<void> {
    await this.#store.remove(id, incarnation);
    this.#onWrite(id);
  }
}
