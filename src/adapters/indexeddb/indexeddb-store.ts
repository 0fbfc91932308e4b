/**
 * Executions in IndexedDB. A commit is one record, added in one transaction: `add` refuses a key that is there, so the
 * check and the write cannot come apart, whichever tab tries. What a transaction has committed survives the end of the
 * tab and of the browser; `strict` durability also a power cut.
 *
 * Only a transaction of one request is committed early. Of several, one may fail after that, and browsers do not agree
 * about what becomes of the others.
 */

import { unwrap } from "idb";
import type {
  DirectoryRow,
  DirectoryScan,
  ExecutionStore,
  LogPage,
  ReadOptions,
} from "../../engine/ports/execution-store.ts";
import type { Listen } from "../hosts/event-turns.ts";
import { completed, Connection, type ConnectionOptions } from "./connection.ts";
import { rowOf, scanDirectory } from "./directory-list.ts";
import { type PerdureDatabase, storedRow, type StoredRow } from "./schema.ts";
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

/** Where a store keeps executions, and what it is told and tells. */
export interface IndexedDbStoreOptions extends Omit<ConnectionOptions, "onLost" | "patienceMs" | "version"> {
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

/** A log as this tab knows it: commits up to `last` are there. */
interface KnownLog {
  readonly log: number;
  readonly incarnation: string;
  last: number;
}

/** Executions in one IndexedDB database, shared by all tabs of a site. */
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

  /** Takes up what `pause` has kept waiting. */
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
    const stored = storedRow(row, log);
    const isNew = await this.#adding(async (isAgain) => {
      const isAdded = await this.#add((database) => {
        const stores = ["executions", "commits"] as const;
        const attended = database.transaction(stores, "readwrite", { durability: this.#durability });
        const transaction = unwrap(this.#connection.attend(attended));
        transaction.objectStore("executions").add(stored);
        const commits = transaction.objectStore("commits");
        for (const [index, body] of bodies.entries()) commits.add(body, [log, index + 1]);
        return transaction;
      });
      if (isAdded || !isAgain) return isAdded;
      const there = await this.#connection.use((database) =>
        this.#connection.attend(database.transaction("executions")).store.get(row.id),
      );
      return there?.log === log;
    });
    if (!isNew) return "exists";
    this.#known.set(row.id, { log, incarnation: row.incarnation, last: bodies.length });
    this.#onWrite({ kind: "row", row });
    return "created";
  }

  append(id: string, seq: number, body: string, incarnation: string): Promise<"appended" | "taken" | "gone"> {
    return this.#adding(async (isAgain) => {
      const known = this.#logBefore(id, seq, incarnation) ?? (await this.#findLogBefore(id, seq, incarnation));
      if (known === undefined) return "gone";
      const durability = leavesStepStarted(body) ? "strict" : this.#durability;
      const isAdded = await this.#add((database) => {
        const transaction = unwrap(database).transaction("commits", "readwrite", { durability });
        transaction.objectStore("commits").add(body, [known.log, seq]);
        transaction.commit();
        return transaction;
      });
      known.last = Math.max(known.last, seq);
      const isNew = isAdded || (isAgain && (await this.#bodyAt(known.log, seq)) === body);
      if (isNew) this.#onWrite({ kind: "commit", id, seq });
      return isNew ? "appended" : "taken";
    });
  }

  read(id: string, from: number, options: ReadOptions = {}): Promise<LogPage | undefined> {
    return this.#using((database) => this.#readPage(database, { ...options, id, from }));
  }

  async putRow(row: DirectoryRow): Promise<void> {
    const isNewer = await this.#writing(async (database) => {
      const transaction = this.#connection.attend(
        database.transaction("executions", "readwrite", { durability: this.#durability }),
      );
      const stored = await transaction.store.get(row.id);
      // One that was removed meanwhile stays removed, and another one of its name is not described.
      const isDescribed = stored?.incarnation === row.incarnation && (stored.seq ?? 0) <= row.seq;
      if (isDescribed) await transaction.store.put(storedRow(row, stored.log));
      await transaction.done;
      return isDescribed;
    });
    if (isNewer) this.#onWrite({ kind: "row", row });
  }

  list(scan: DirectoryScan): Promise<readonly DirectoryRow[]> {
    return this.#using((database) =>
      scanDirectory(this.#connection.attend(database.transaction("executions")).store, scan),
    );
  }

  expired(now: number, limit: number): Promise<readonly DirectoryRow[]> {
    return this.#using(async (database) => {
      const { store } = this.#connection.attend(database.transaction("executions"));
      const found = await store.index("byExpiry").getAll(IDBKeyRange.upperBound(now), limit);
      return found.map(rowOf);
    });
  }

  keepSnapshot(id: string, snapshot: string, incarnation: string): Promise<void> {
    return this.#writing(async (database) => {
      const transaction = this.#connection.attend(database.transaction(["executions", "commits"], "readwrite"));
      const stored = await transaction.objectStore("executions").get(id);
      const isMeant = stored?.incarnation === incarnation;
      if (isMeant) await transaction.objectStore("commits").put(snapshot, [stored.log, 0]);
      await transaction.done;
    });
  }

  snapshot(id: string, incarnation: string): Promise<string | undefined> {
    return this.#using(async (database) => {
      const transaction = this.#connection.attend(database.transaction(["executions", "commits"]));
      const stored = await transaction.objectStore("executions").get(id);
      return stored?.incarnation === incarnation ? transaction.objectStore("commits").get([stored.log, 0]) : undefined;
    });
  }

  /** Without an incarnation whichever has the id. */
  async remove(id: string, incarnation?: string): Promise<void> {
    // Found and removed in one transaction: what takes its name in between would be removed in its place.
    const isLeft = await this.#writing(async (database) => {
      const transaction = this.#connection.attend(database.transaction(["executions", "commits"], "readwrite"));
      const row = await transaction.objectStore("executions").get(id);
      const isAnother = row !== undefined && (incarnation ?? row.incarnation) !== row.incarnation;
      if (row !== undefined && !isAnother) {
        await transaction.objectStore("executions").delete(id);
        await transaction.objectStore("commits").delete(wholeLog(row.log));
      }
      await transaction.done;
      return isAnother;
    });
    if (isLeft) return;
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
  #logBefore(id: string, seq: number, incarnation: string): KnownLog | undefined {
    const known = this.#known.get(id);
    return known?.incarnation === incarnation && seq <= known.last + 1 ? known : undefined;
  }

  async #findLogBefore(id: string, seq: number, incarnation: string): Promise<KnownLog | undefined> {
    return this.#connection.use(async (database) => {
      const transaction = this.#connection.attend(database.transaction(["executions", "commits"]));
      const row = await transaction.objectStore("executions").get(id);
      if (row?.incarnation !== incarnation) return undefined;
      const before = await transaction.objectStore("commits").getKey([row.log, seq - 1]);
      if (before === undefined) throw evicted(id, seq);
      return this.#learn(row, seq - 1);
    });
  }

  #bodyAt(log: number, seq: number): Promise<string | undefined> {
    return this.#connection.use((database) =>
      this.#connection.attend(database.transaction("commits")).store.get([log, seq]),
    );
  }

  #learn({ id, log, incarnation }: StoredRow, last: number): KnownLog {
    const known = this.#known.get(id);
    if (known?.log === log) {
      known.last = Math.max(known.last, last);
      return known;
    }
    const learned = { log, incarnation, last };
    this.#known.set(id, learned);
    return learned;
  }

  /** The row is read with every page: a log without one was removed, and what is there of it is not its end. */
  async #readPage(database: PerdureDatabase, request: PageRequest): Promise<LogPage | undefined> {
    const { id, from, incarnation, limit = this.#pageCommits } = request;
    const transaction = this.#connection.attend(database.transaction(["executions", "commits"]));
    const row = await transaction.objectStore("executions").get(id);
    if (row === undefined || (incarnation ?? row.incarnation) !== row.incarnation) return undefined;
    const count = Math.min(limit, this.#pageCommits);
    const range = IDBKeyRange.bound([row.log, from], [row.log, from + count - 1]);
    const bodies = await transaction.objectStore("commits").getAll(range);
    if (bodies.length > 0) this.#learn(row, from + bodies.length - 1);
    return bodies.length < count ? { bodies } : { bodies, next: from + count };
  }

  /**
   * Waits for a transaction that adds records; false when a key was there already. It goes past idb's wrappers, which
   * cost a fourth of the time of a small write.
   */
  async #add(begin: (database: PerdureDatabase) => IDBTransaction): Promise<boolean> {
    try {
      await this.#connection.use((database) => completed(begin(database), this.#listen));
      return true;
    } catch (error) {
      if (hasName(error, "ConstraintError")) return false;
      throw error;
    }
  }

  #writing<T>(work: (database: PerdureDatabase) => Promise<T>): Promise<T> {
    return this.#adding(() => this.#connection.use(work));
  }

  async #adding<T>(task: (isAgain: boolean) => Promise<T>): Promise<T> {
    try {
      return await this.#retrying(task);
    } catch (error) {
      throw storeError(error);
    }
  }

  #using<T>(work: (database: PerdureDatabase) => Promise<T>): Promise<T> {
    return this.#retrying(() => this.#connection.use(work));
  }

  /** A task that adds records and is done again may find its own: their answer was lost with the connection. */
  async #retrying<T>(task: (isAgain: boolean) => Promise<T>): Promise<T> {
    try {
      return await task(false);
    } catch (error) {
      if (error instanceof ConnectionLostError) return task(true);
      throw error;
    }
  }
}

interface PageRequest extends ReadOptions {
  readonly id: string;
  readonly from: number;
}

/** With its snapshot. */
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
    `Commit ${seq} of execution ${id} cannot be written: the end of its log is gone.`,
  );
}
