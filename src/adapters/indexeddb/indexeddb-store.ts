/**
 * Executions in IndexedDB. A commit is one record, added in one transaction: `add` refuses a key that is there, so the
 * check and the write cannot come apart, whichever tab tries. What a transaction has committed survives the end of the
 * tab and of the browser; `strict` durability also a power cut.
 */

import { type IDBPObjectStore, unwrap } from "idb";
import type {
  DirectoryPage,
  DirectoryRow,
  ExecutionStore,
  ListQuery,
  LogPage,
} from "../../engine/ports/execution-store.ts";
import type { Listen } from "../hosts/event-turns.ts";
import { completed, Connection, type ConnectionOptions } from "./connection.ts";
import { listDirectory } from "./directory-list.ts";
import type { PerdureDatabase, Schema, StoredRow } from "./schema.ts";
import { leavesStepStarted } from "./started-step.ts";
import {
  BrowserStorageError,
  BrowserStorageErrorCode,
  ConnectionLostError,
  hasName,
  storeError,
} from "./storage-error.ts";

/** How soon a commit counts as written: once the operating system has it, or once it is on disk. */
export type Durability = "relaxed" | "strict";

export interface IndexedDbStoreOptions extends Omit<ConnectionOptions, "onLost" | "version"> {
  /** Default `relaxed`, with `strict` for the start of a step that must not run twice. */
  readonly durability?: Durability;
  /** Commits per page of the log. Default 256. */
  readonly pageCommits?: number;
  /** Listens for the end of a write; by default as everybody does. */
  readonly listen?: Listen;
  /** Told of everything that this store has written. */
  readonly onWrite?: (change: StoreChange) => void;
}

export type StoreChange =
  | { readonly kind: "commit"; readonly id: string; readonly seq: number }
  /** An execution was created, has ended, or was halted or resumed. */
  | { readonly kind: "row"; readonly row: DirectoryRow }
  | { readonly kind: "removed"; readonly id: string };

const PAGE_COMMITS = 256;

type WritableRows = IDBPObjectStore<Schema, ("executions" | "commits")[], "executions", "readwrite">;

/** A log as this tab knows it: commits up to `last` are there. */
interface KnownLog {
  readonly log: number;
  last: number;
}

export class IndexedDbStore implements ExecutionStore {
  readonly #connection: Connection;
  readonly #durability: Durability;
  readonly #pageCommits: number;
  readonly #onWrite: (change: StoreChange) => void;
  readonly #listen: Listen;
  readonly #known = new Map<string, KnownLog>();

  constructor(options: IndexedDbStoreOptions) {
    this.#connection = new Connection({ ...options, onLost: () => this.#doubt() });
    this.#durability = options.durability ?? "relaxed";
    this.#pageCommits = options.pageCommits ?? PAGE_COMMITS;
    this.#listen = options.listen ?? ((target, type, listener) => target.addEventListener(type, listener));
    this.#onWrite = options.onWrite ?? (() => {});
  }

  /** Lets go of the database, and keeps every call waiting until `resume`: for a page that is about to sleep. */
  pause(): void {
    this.#connection.pause();
  }

  resume(): void {
    this.#connection.resume();
  }

  /** Lets go of the database for good: later calls reject with STORAGE_CLOSED. */
  close(): void {
    this.#connection.retire(new BrowserStorageError(BrowserStorageErrorCode.CLOSED, "The store was closed."));
  }

  create(row: DirectoryRow, body: string): Promise<"created" | "exists"> {
    return this.restore(row, [body]);
  }

  /** Writes an execution with its whole log in one go, unless the id exists. */
  async restore(row: DirectoryRow, bodies: readonly string[]): Promise<"created" | "exists"> {
    const log = newLogNumber();
    const stored: StoredRow = { ...row, log };
    const isNew = await this.#addAll(["executions", "commits"], (transaction) => {
      transaction.objectStore("executions").add(stored);
      const commits = transaction.objectStore("commits");
      for (const [index, body] of bodies.entries()) commits.add(body, [log, index + 1]);
    });
    if (!isNew) return "exists";
    this.#known.set(row.id, { log, last: bodies.length });
    this.#onWrite({ kind: "row", row });
    return "created";
  }

  append(id: string, seq: number, body: string): Promise<"appended" | "taken"> {
    return this.#retrying(async () => {
      const known = this.#logBefore(id, seq) ?? (await this.#findLogBefore(id, seq));
      const durability = leavesStepStarted(body) ? "strict" : this.#durability;
      const isNew = await this.#add(["commits"], durability, (transaction) => {
        transaction.objectStore("commits").add(body, [known.log, seq]);
      });
      known.last = Math.max(known.last, seq);
      if (isNew) this.#onWrite({ kind: "commit", id, seq });
      return isNew ? "appended" : "taken";
    });
  }

  read(id: string, from: number): Promise<LogPage> {
    return this.#retrying(() => this.#connection.use((database) => this.#readPage(database, id, from)));
  }

  async describe(row: DirectoryRow): Promise<void> {
    await this.#write(async (database) => {
      const transaction = this.#connection.attend(
        database.transaction("executions", "readwrite", { durability: this.#durability }),
      );
      const stored = await transaction.store.get(row.id);
      // One that was removed meanwhile stays removed, and another one of its name is not described.
      if (stored?.incarnation === row.incarnation) await transaction.store.put({ ...row, log: stored.log });
      await transaction.done;
    });
    this.#onWrite({ kind: "row", row });
  }

  list(query: ListQuery): Promise<DirectoryPage> {
    return this.#retrying(() =>
      this.#connection.use((database) =>
        listDirectory(this.#connection.attend(database.transaction("executions")).store, query),
      ),
    );
  }

  /** With an incarnation only that one: another execution may have its name by now. */
  async remove(id: string, incarnation?: string): Promise<void> {
    await this.#removeAll(async (executions) => {
      const row = await executions.get(id);
      return row !== undefined && (incarnation ?? row.incarnation) === row.incarnation ? [row] : [];
    });
    this.#forget(id);
  }

  /** Removes executions whose retention was over at `now`, at most `limit`. */
  async purge(now: number, limit: number): Promise<void> {
    const purged = await this.#removeAll((executions) =>
      executions.index("byExpiry").getAll(IDBKeyRange.upperBound(now), limit),
    );
    for (const { id } of purged) this.#forget(id);
  }

  /** Finds and removes in one transaction: what takes the name of one in between would be removed in its place. */
  async #removeAll(find: (executions: WritableRows) => Promise<StoredRow[]>): Promise<StoredRow[]> {
    return this.#write(async (database) => {
      const transaction = this.#connection.attend(database.transaction(["executions", "commits"], "readwrite"));
      const rows = await find(transaction.objectStore("executions"));
      for (const { id, log } of rows) {
        await transaction.objectStore("executions").delete(id);
        await transaction.objectStore("commits").delete(wholeLog(log));
      }
      await transaction.done;
      return rows;
    });
  }

  #forget(id: string): void {
    this.#known.delete(id);
    this.#onWrite({ kind: "removed", id });
  }

  /** What was known may be gone by now; whether it is, is looked up by the log's number before the next write. */
  #doubt(): void {
    for (const known of this.#known.values()) known.last = 0;
  }

  /**
   * The log that commit `seq` goes to. As long as commits follow one another nothing has to be looked up: an extra look
   * costs a third of the write.
   */
  #logBefore(id: string, seq: number): KnownLog | undefined {
    const known = this.#known.get(id);
    return known !== undefined && seq <= known.last + 1 ? known : undefined;
  }

  async #findLogBefore(id: string, seq: number): Promise<KnownLog> {
    return this.#connection.use(async (database) => {
      const transaction = this.#connection.attend(database.transaction(["executions", "commits"]));
      const stored = await transaction.objectStore("executions").get(id);
      // A tab that slept may find another execution under the name, whose log is not the one it knew.
      const isSame = stored !== undefined && (this.#known.get(id)?.log ?? stored.log) === stored.log;
      const isLog = isSame && (await transaction.objectStore("commits").getKey([stored.log, seq - 1])) !== undefined;
      if (!isLog) throw evicted(id, seq);
      return this.#learn(id, stored.log, seq - 1);
    });
  }

  #learn(id: string, log: number, last: number): KnownLog {
    const known = this.#known.get(id);
    if (known?.log === log) {
      known.last = Math.max(known.last, last);
      return known;
    }
    const learned = { log, last };
    this.#known.set(id, learned);
    return learned;
  }

  /** From the first commit on a log is looked up by its execution; whoever reads on stays in the log it has begun. */
  async #readPage(database: PerdureDatabase, id: string, from: number): Promise<LogPage> {
    const transaction = this.#connection.attend(database.transaction(["executions", "commits"]));
    const known = from === 1 ? undefined : this.#known.get(id)?.log;
    const log = known ?? (await transaction.objectStore("executions").get(id))?.log;
    if (log === undefined) return { bodies: [] };
    const last = from + this.#pageCommits - 1;
    const bodies = await transaction.objectStore("commits").getAll(IDBKeyRange.bound([log, from], [log, last]));
    if (bodies.length > 0 || from === 1) this.#learn(id, log, from + bodies.length - 1);
    return bodies.length < this.#pageCommits ? { bodies } : { bodies, next: last + 1 };
  }

  #addAll(stores: ("commits" | "executions")[], request: (transaction: IDBTransaction) => void): Promise<boolean> {
    return this.#retrying(() => this.#add(stores, this.#durability, request));
  }

  /**
   * Adds records in one transaction; false when a key was there already. It goes past idb's wrappers, which cost a
   * fourth of the time of a small write.
   */
  async #add(
    stores: ("commits" | "executions")[],
    durability: Durability,
    request: (transaction: IDBTransaction) => void,
  ): Promise<boolean> {
    try {
      await this.#connection.use((database) => {
        const transaction = unwrap(database).transaction(stores, "readwrite", { durability });
        request(transaction);
        transaction.commit();
        return completed(transaction, this.#listen);
      });
      return true;
    } catch (error) {
      if (hasName(error, "ConstraintError")) return false;
      throw storeError(error);
    }
  }

  async #write<T>(work: (database: PerdureDatabase) => Promise<T>): Promise<T> {
    try {
      return await this.#retrying(() => this.#connection.use(work));
    } catch (error) {
      throw storeError(error);
    }
  }

  async #retrying<T>(task: () => Promise<T>): Promise<T> {
    try {
      return await task();
    } catch (error) {
      if (error instanceof ConnectionLostError) return task();
      throw error;
    }
  }
}

function wholeLog(log: number): IDBKeyRange {
  return IDBKeyRange.bound([log], [log, []]);
}

/** 53 random bits: no two logs meet. */
function newLogNumber(): number {
  const [high = 0, low = 0] = crypto.getRandomValues(new Uint32Array(2));
  return (high % 2 ** 21) * 2 ** 32 + low;
}

function evicted(id: string, seq: number): BrowserStorageError {
  return new BrowserStorageError(
    BrowserStorageErrorCode.EVICTED,
    `Commit ${seq} of execution ${id} has no log to go to: it was removed, or the site's data was cleared.`,
  );
}
