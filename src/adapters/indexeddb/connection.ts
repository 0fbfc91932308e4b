/**
 * The one connection of a tab to its database: opened by the first use, opened again after the browser has closed it,
 * and given up for good when a newer tab needs a newer format. A tab that kept its connection then would lock the newer
 * one out until it is closed.
 */

import { openDB } from "idb";
import { createSchema, type PerdureDatabase, type Schema, SCHEMA_VERSION } from "./schema.ts";
import { BrowserStorageError, BrowserStorageErrorCode, ConnectionLostError, hasName } from "./storage-error.ts";

export interface ConnectionOptions {
  readonly name: string;
  /** Told when a connection ended: what was known of the database may no longer be so. */
  readonly onLost?: () => void;
  /** Told when a newer tab has the database: this connection opens no more. */
  readonly onSuperseded?: () => void;
  /** Told when an older tab holds up this one's first use; it goes on once that tab lets go. */
  readonly onBlocked?: () => void;
}

export class Connection {
  readonly #options: ConnectionOptions;
  #database: Promise<PerdureDatabase> | undefined;
  #isSuperseded = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  /**
   * Does some work on an open database.
   *
   * @throws {ConnectionLostError} if the connection was closed before the work began; another use opens it again.
   * @throws {BrowserStorageError} STORAGE_UNAVAILABLE, STORAGE_NEWER_VERSION.
   */
  async use<T>(work: (database: PerdureDatabase) => Promise<T>): Promise<T> {
    const opening = (this.#database ??= this.#open());
    const database = await opening;
    try {
      return await work(database);
    } catch (error) {
      // Only the start of a transaction throws this: nothing was asked yet.
      if (!hasName(error, "InvalidStateError")) throw error;
      this.#drop(opening);
      throw new ConnectionLostError("the connection was closed", { cause: error });
    }
  }

  /** Lets go of the database until the next use: an open connection keeps newer tabs waiting while this one sleeps. */
  close(): void {
    const opening = this.#database;
    if (opening === undefined) return;
    this.#drop(opening);
    opening.then(
      (database) => database.close(),
      () => {},
    );
  }

  async #open(): Promise<PerdureDatabase> {
    if (this.#isSuperseded) throw superseded();
    try {
      return await this.#request();
    } catch (error) {
      this.#database = undefined;
      if (!hasName(error, "VersionError")) throw unavailable(error);
      this.#supersede();
      throw superseded();
    }
  }

  #request(): Promise<PerdureDatabase> {
    const { name, onBlocked } = this.#options;
    const request: Promise<PerdureDatabase> = openDB<Schema>(name, SCHEMA_VERSION, {
      upgrade: createSchema,
      blocked: () => onBlocked?.(),
      blocking: (_, newVersion) => {
        this.close();
        // Without a version it is being deleted, and may be made anew.
        if (newVersion !== null) this.#supersede();
      },
      terminated: () => this.#lost(),
    });
    return request;
  }

  #supersede(): void {
    if (this.#isSuperseded) return;
    this.#isSuperseded = true;
    this.#options.onSuperseded?.();
  }

  #drop(opening: Promise<PerdureDatabase>): void {
    if (this.#database === opening) this.#lost();
  }

  #lost(): void {
    this.#database = undefined;
    this.#options.onLost?.();
  }
}

/** Resolves when a transaction is committed; rejects with what aborted it. */
export function completed(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new DOMException("aborted", "AbortError"));
  });
}

/**
 * A transaction whose end need not be awaited: idb makes a promise of it in any case, and one that rejects unheard is
 * reported to the page as an error of its own. Whatever aborted it also rejects the request that was waited for.
 */
export function silently<T extends { readonly done: Promise<void> }>(transaction: T): T {
  transaction.done.catch(() => {});
  return transaction;
}

function superseded(): BrowserStorageError {
  return new BrowserStorageError(
    BrowserStorageErrorCode.NEWER_VERSION,
    "A newer version of this page has taken over the stored executions. Reload this page.",
  );
}

function unavailable(cause: unknown): BrowserStorageError {
  return new BrowserStorageError(
    BrowserStorageErrorCode.UNAVAILABLE,
    "The browser gives this page no IndexedDB database: private browsing or blocked site data may be the reason.",
    { cause },
  );
}
