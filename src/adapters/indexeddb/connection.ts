/**
 * The one connection of a tab to its database: opened by the first use, opened again after the browser has closed it,
 * and given up for good when a newer tab needs a newer format. A tab that kept its connection then would lock the newer
 * one out until it is closed.
 *
 * A page that is frozen in the middle of a transaction keeps every other tab waiting for it, until the browser ends it
 * after a minute. So a page that is about to sleep breaks off what it reads and asks nothing more until it is back. What
 * it writes needs it no more once it was asked to commit.
 */

import { wrap } from "idb";
import type { Listen } from "../hosts/event-turns.ts";
import { type FrameDatabases, frameDatabases } from "./frame-databases.ts";
import { type PerdureDatabase, SCHEMA_VERSION, type Upgrade, upgradeSchema } from "./schema.ts";
import {
  BrowserStorageError,
  BrowserStorageErrorCode,
  ConnectionLostError,
  hasName,
  UnexplainedAbort,
} from "./storage-error.ts";

export interface ConnectionOptions {
  /** The name of the database. */
  readonly name: string;
  /** Of the schema; the newest by default. */
  readonly version?: number;
  /** How long the browser may take to open the database, in ms; 10 seconds by default. A later answer counts all the same. */
  readonly patienceMs?: number;
  /** Told when a connection ended: what was known of the database may no longer be so. */
  readonly onLost?: () => void;
  /** Told when the browser has ended a connection, or had it ended: it may have removed everything, or have no more of it. */
  readonly onTaken?: () => void;
  /** Told when a newer tab has the database: this connection opens no more. */
  readonly onSuperseded?: () => void;
  /** Told when an older tab holds up this one's first use; it goes on once that tab lets go. */
  readonly onBlocked?: () => void;
}

const PATIENCE_MS = 10_000;

export class Connection {
  readonly #options: ConnectionOptions;
  #opening: Promise<PerdureDatabase> | undefined;
  /** What `#opening` has led to. */
  #database: PerdureDatabase | undefined;
  /** Transactions that need this page to go on. */
  readonly #attended = new Set<{ abort(): void }>();
  /** Why there is no connection any more. */
  #retirement: BrowserStorageError | undefined;
  /** Resolves when the page is back; undefined while it is there. */
  #absence: Absence | undefined;
  /** How often it was left. */
  #pauses = 0;
  /**
   * The ways that were needed, the present one last. One that is lost stays: without its window nobody would hear of the
   * end of what was under way.
   */
  readonly #frames: FrameDatabases[] = [];
  /** An older tab holds the opening up: that is no fault of the browser's. */
  #isBlocked = false;
  /** Has the opening asked for in another way: somebody has waited long enough for the answer. */
  #giveUp: (error: unknown) => void = noop;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  /**
   * Does some work on an open database.
   *
   * @throws {ConnectionLostError} if the connection ended before the work was done; another use opens it again.
   * @throws {BrowserStorageError} STORAGE_UNAVAILABLE, STORAGE_NEWER_VERSION, STORAGE_CLOSED.
   */
  async use<T>(work: (database: PerdureDatabase) => Promise<T>): Promise<T> {
    // Whoever begins at once cannot be overtaken by a page that goes to sleep.
    const database = this.#database ?? (await this.#opened());
    const pauses = this.#pauses;
    try {
      return await unlessClosed(database, work(database));
    } catch (error) {
      // Of what was broken off for sleep a page may hear only when it is back.
      const isBrokenOff = this.#pauses > pauses && hasName(error, "AbortError");
      if (!isBrokenOff && !isLoss(error)) throw error;
      if (this.#database === database) this.#release();
      throw new ConnectionLostError(error);
    }
  }

  async #opened(): Promise<PerdureDatabase> {
    for (;;) {
      await this.#absence?.over;
      const opening = (this.#opening ??= this.#open());
      const database = await this.#inTime(opening);
      // It may have been let go of while it was opened.
      if (this.#opening !== opening) continue;
      this.#database = database;
      return database;
    }
  }

  /** Some browsers do not answer at all at times: whoever waits is told, and waits no longer. */
  #inTime(opening: Promise<PerdureDatabase>): Promise<PerdureDatabase> {
    const { patienceMs = PATIENCE_MS } = this.#options;
    return new Promise((resolve, reject) => {
      const impatience = setTimeout(() => {
        if (this.#isBlocked || this.#absence !== undefined) return;
        const silence = new DOMException(`no answer for ${patienceMs / 1000} seconds`, "TimeoutError");
        reject(unavailable(silence));
        if (this.#opening === opening) this.#giveUp(silence);
      }, patienceMs);
      opening
        .catch((error: unknown) => this.#failed(opening, error))
        .then(resolve, reject)
        .finally(() => clearTimeout(impatience));
    });
  }

  /** The next use tries anew, however soon this one has failed: some browsers refuse at once. */
  #failed(opening: Promise<PerdureDatabase>, error: unknown): never {
    if (this.#opening === opening) this.#opening = undefined;
    throw error;
  }

  /** Notes a transaction that takes more than one request to its end, or whose end nobody asks for. */
  attend<T extends { readonly done: Promise<void>; abort(): void }>(transaction: T): T {
    this.#attended.add(transaction);
    // Its promise rejects unheard otherwise, and the page is told. Whatever aborts it rejects its requests too.
    transaction.done.then(noop, noop).finally(() => this.#attended.delete(transaction));
    return transaction;
  }

  /** Lets go of the database, and keeps whoever wants to use it waiting until `resume`. */
  pause(): void {
    this.#absence ??= newAbsence();
    this.#pauses++;
    for (const transaction of this.#attended) breakOff(transaction);
    this.#release();
  }

  resume(): void {
    this.#absence?.end();
    this.#absence = undefined;
  }

  /** Lets go of the database for good. */
  retire(reason: BrowserStorageError): void {
    this.#retirement ??= reason;
    this.#release();
    for (const { remove } of this.#frames) remove();
    this.resume();
  }

  #release(): void {
    const [opening, database] = [this.#opening, this.#database];
    this.#lost();
    if (database === undefined) opening?.then((late) => late.close(), noop);
    else database.close();
  }

  async #open(): Promise<PerdureDatabase> {
    if (this.#retirement !== undefined) throw this.#retirement;
    try {
      return await this.#request();
    } catch (error) {
      if (!hasName(error, "VersionError")) throw unavailable(error);
      this.#supersede();
      throw superseded();
    } finally {
      this.#isBlocked = false;
    }
  }

  /**
   * A browser that has lost its database server may have none any more for this window, and one for a new one. And it
   * may leave this window without an answer for long: so does Chromium after a site's data were cleared while an older
   * tab held an opening up.
   */
  async #request(): Promise<PerdureDatabase> {
    const last = this.#frames.at(-1);
    const asked = this.#askTwice(last?.databases ?? globalThis.indexedDB);
    const silence = new Promise<never>((_, reject) => {
      this.#giveUp = reject;
    });
    try {
      return await Promise.race([asked, silence]);
    } catch (error) {
      const isLost = last !== undefined || hasName(error, "UnknownError") || hasName(error, "TimeoutError");
      const frame = isLost && this.#retirement === undefined ? frameDatabases() : undefined;
      return await (frame === undefined ? asked : firstOf(asked, this.#askFrame(frame)));
    }
  }

  /** A browser that clears what a site has stored refuses an opening that it meets, and not the next one. */
  async #askTwice(databases: IDBFactory): Promise<PerdureDatabase> {
    try {
      return await this.#ask(databases);
    } catch (error) {
      if (!hasName(error, "AbortError")) throw error;
      this.#isBlocked = false;
      return await this.#ask(databases);
    }
  }

  async #askFrame(frame: FrameDatabases): Promise<PerdureDatabase> {
    try {
      const database = await this.#ask(frame.databases);
      this.#frames.push(frame);
      return database;
    } catch (error) {
      frame.remove();
      throw error;
    }
  }

  async #ask(databases: IDBFactory): Promise<PerdureDatabase> {
    const { name, version, onBlocked, onTaken } = this.#options;
    const request = databases.open(name, version ?? SCHEMA_VERSION);
    request.addEventListener("upgradeneeded", ({ oldVersion }) => {
      const upgrade = wrap(request.transaction as IDBTransaction) as unknown as Upgrade;
      // What fails in it aborts its transaction, and the opening says so.
      upgrade.done.catch(noop);
      upgradeSchema(upgrade.db, oldVersion, upgrade).catch(noop);
    });
    request.addEventListener("blocked", () => {
      this.#isBlocked = true;
      onBlocked?.();
    });
    const opened = (await wrap(request)) as unknown as PerdureDatabase;
    opened.addEventListener("versionchange", ({ newVersion }) => {
      // Not only the newest connection: one that was given up for lost holds up the newer tab just as well.
      opened.close();
      this.#release();
      // Without a version it is being deleted, and may be made anew.
      if (newVersion === null) onTaken?.();
      else this.#supersede();
    });
    opened.addEventListener("close", () => {
      // There may be another one already.
      if (this.#database === opened) this.#lost();
      onTaken?.();
    });
    return opened;
  }

  #supersede(): void {
    if (this.#retirement !== undefined) return;
    this.retire(superseded());
    this.#options.onSuperseded?.();
  }

  #lost(): void {
    this.#opening = undefined;
    this.#database = undefined;
    this.#options.onLost?.();
  }
}

/**
 * Resolves when a transaction is committed. Rejects with the error of its first request that failed, or else with what
 * aborted it. The transaction itself is no witness: after an early commit of which a request fails, one browser aborts it
 * without an error, and another one may complete it.
 */
export function completed(transaction: IDBTransaction, listen: Listen): Promise<void> {
  return new Promise((resolve, reject) => {
    let failure: DOMException | null = null;
    transaction.onerror = ({ target }) => {
      failure ??= target instanceof IDBRequest ? target.error : null;
    };
    listen(transaction, "complete", () => (failure === null ? resolve() : reject(failure)));
    transaction.onabort = () =>
      reject(failure ?? transaction.error ?? new UnexplainedAbort("The transaction was aborted."));
  });
}

/**
 * What comes of some work on a database, unless the browser ends the connection. It tells so after it has ended all that
 * was under way, and yet has no other word for a transaction that was begun when the connection had ended already and the
 * page did not know: in Chromium such a transaction neither completes nor is aborted, ever.
 */
function unlessClosed<T>(database: PerdureDatabase, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const onClose = (): void => reject(new DOMException("The browser has closed it.", "InvalidStateError"));
    database.addEventListener("close", onClose);
    work.then(resolve, reject).finally(() => database.removeEventListener("close", onClose));
  });
}

/**
 * What is said of work on a connection that is no more: when it begins, by a database that the browser has lost, and by
 * what was asked for before the browser ended the connection. A write that is aborted for no reason is another matter.
 */
function isLoss(error: unknown): boolean {
  if (error instanceof UnexplainedAbort) return false;
  return ["InvalidStateError", "UnknownError", "AbortError"].some((name) => hasName(error, name));
}

/** The first of two openings that has led to a database. What the other one leads to is let go of. */
async function firstOf(late: Promise<PerdureDatabase>, other: Promise<PerdureDatabase>): Promise<PerdureDatabase> {
  const first = await Promise.any([late, other]).catch(() => other);
  const letGo = (database: PerdureDatabase): void => void (database !== first && database.close());
  for (const opening of [late, other]) opening.then(letGo, noop);
  return first;
}

interface Absence {
  readonly over: Promise<void>;
  readonly end: () => void;
}

function newAbsence(): Absence {
  let end = noop;
  const over = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { over, end };
}

function breakOff(transaction: { abort(): void }): void {
  try {
    transaction.abort();
  } catch {
    // It has come to its end already.
  }
}

function noop(): void {}

/** Why a page gets nothing from the database that a newer one has taken over. */
export function superseded(): BrowserStorageError {
  return new BrowserStorageError(
    BrowserStorageErrorCode.NEWER_VERSION,
    "A newer version of this page has taken over the stored executions. Reload this page.",
  );
}

/** False where a page is rendered before it is one, in a process. */
export function hasDatabases(): boolean {
  try {
    return globalThis.indexedDB !== undefined;
  } catch {
    // Blocked, as its use will say.
    return true;
  }
}

/** What the browser says when it has a database in general, and cannot open this one now. */
const PASSING: readonly string[] = ["AbortError", "UnknownError", "QuotaExceededError", "TimeoutError"];

/** Why a page has no database. All of it is tried again; what is blocked needs the user to allow it. */
export function unavailable(cause: unknown): BrowserStorageError {
  const message = PASSING.some((name) => hasName(cause, name))
    ? `The browser could not open its IndexedDB database (${String(cause)}). It is tried again.`
    : "The browser gives this page no IndexedDB database: private browsing or blocked site data may be the reason.";
  return new BrowserStorageError(BrowserStorageErrorCode.UNAVAILABLE, message, { cause });
}
