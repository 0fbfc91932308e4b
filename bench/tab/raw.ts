/** What IndexedDB takes by itself: the same records under keys of the same shape, and nothing else. */

import type { Durability } from "../../src/homes/browser/index.ts";

/** A database of its own for what is compared with the engine's. */
export class RawLog {
  readonly #database: IDBDatabase;
  readonly #durability: Durability;
  #last = 0;

  private constructor(database: IDBDatabase, durability: Durability) {
    this.#database = database;
    this.#durability = durability;
  }

  static async open(durability: Durability): Promise<RawLog> {
    const opening = indexedDB.open(crypto.randomUUID(), 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("commits");
    await new Promise<void>((resolve, reject) => {
      opening.onsuccess = () => resolve();
      opening.onerror = () => reject(opening.error ?? new Error("refused"));
    });
    return new RawLog(opening.result, durability);
  }

  /** Adds records in one transaction; resolves when it is complete. */
  write(bodies: readonly string[]): Promise<void> {
    return new Promise((resolve, reject) => {
      const transaction = this.#database.transaction("commits", "readwrite", { durability: this.#durability });
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error ?? new Error("aborted"));
      const commits = transaction.objectStore("commits");
      for (const body of bodies) commits.add(body, [1, ++this.#last]);
      transaction.commit();
    });
  }

  /** All records, as many at a time as the engine asks for. */
  async read(pageSize: number): Promise<number> {
    let count = 0;
    for (let from = 1; from <= this.#last; from += pageSize) {
      const commits = this.#database.transaction("commits").objectStore("commits");
      const request = commits.getAll(IDBKeyRange.bound([1, from], [1, from + pageSize - 1]));
      await new Promise((resolve) => {
        request.onsuccess = resolve;
      });
      count += request.result.length;
    }
    return count;
  }

  close(): void {
    this.#database.close();
    indexedDB.deleteDatabase(this.#database.name);
  }
}
