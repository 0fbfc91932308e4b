/**
 * Executions in one SQLite file, by Node's own `node:sqlite`. Every write is on disk before it is acknowledged: the
 * write-ahead log is flushed at each commit. It answers at once, so that a step costs no turn of the event loop.
 */

import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import {
  type DirectoryRow,
  type DirectoryScan,
  type ExecutionStore,
  type LogPage,
  type ReadOptions,
  StorageFullError,
} from "../../engine/ports/execution-store.ts";

export interface SqliteStoreOptions {
  /** Keeps every other process away from the file until `close`, or until this process ends; false by default. */
  readonly exclusive?: boolean;
}

/** Commit 0 of a log is its snapshot. An index for each way in which lists are asked for. */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS executions (
    id TEXT PRIMARY KEY, incarnation TEXT, function_name TEXT, name TEXT, status TEXT,
    started_at INTEGER, expires_at INTEGER, row TEXT);
  CREATE TABLE IF NOT EXISTS commits (
    id TEXT, incarnation TEXT, seq INTEGER, body TEXT, PRIMARY KEY (id, incarnation, seq)) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS by_start ON executions (started_at, id);
  CREATE INDEX IF NOT EXISTS by_function ON executions (function_name, started_at, id);
  CREATE INDEX IF NOT EXISTS by_status ON executions (status, started_at, id);
  CREATE INDEX IF NOT EXISTS by_name ON executions (name, started_at, id);
  CREATE INDEX IF NOT EXISTS by_expiry ON executions (expires_at);`;

const PAGE_COMMITS = 500;

/** SQLite's own codes. */
const BUSY = 5;
const FULL = 13;

/** The file is in the hands of another process. */
export class StoreInUseError extends Error {
  override readonly name = "StoreInUseError";
  /** Always STORE_IN_USE. */
  readonly code = "STORE_IN_USE";
}

export class SqliteStore implements ExecutionStore {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  /** @throws {StoreInUseError} STORE_IN_USE if another process keeps the file to itself. */
  constructor(path: string, { exclusive = false }: SqliteStoreOptions = {}) {
    this.#database = new DatabaseSync(path);
    try {
      // The lock comes before the mode: once it is exclusive, no other process can be half-way through its own start.
      if (exclusive) this.#database.exec("PRAGMA locking_mode = EXCLUSIVE");
      this.#database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
      this.#write(() => this.#database.exec(SCHEMA));
    } catch (error) {
      this.#database.close();
      throw codeOf(error) === BUSY ? new StoreInUseError(`${path} is in use by another process.`) : error;
    }
  }

  close(): void {
    this.#database.close();
  }

  create(row: DirectoryRow, body: string): "created" | "exists" {
    return this.#write(() => {
      if (this.#row(row.id) !== undefined) return "exists";
      this.#putRow(row);
      this.#run("INSERT INTO commits VALUES (?, ?, 1, ?)", row.id, row.incarnation, encode(body));
      return "created";
    });
  }

  append(id: string, seq: number, body: string, incarnation: string): "appended" | "taken" | "gone" {
    return this.#write(() => {
      if (this.#row(id, incarnation) === undefined) return "gone";
      const newest = "SELECT max(seq) AS last FROM commits WHERE id = ? AND incarnation = ?";
      const last = Number(this.#all(newest, id, incarnation)[0]?.["last"]);
      if (seq <= last) return "taken";
      if (seq > last + 1) throw new RangeError(`Commit ${seq} of ${id} would leave a gap after ${last}`);
      this.#run("INSERT INTO commits VALUES (?, ?, ?, ?)", id, incarnation, seq, encode(body));
      return "appended";
    });
  }

  read(id: string, from: number, options: ReadOptions = {}): LogPage | undefined {
    const { incarnation = this.#row(id)?.incarnation, limit = PAGE_COMMITS } = options;
    if (incarnation === undefined) return undefined;
    const most = Math.min(limit, PAGE_COMMITS);
    const page = "SELECT body FROM commits WHERE id = ? AND incarnation = ? AND seq >= ? ORDER BY seq LIMIT ?";
    const bodies = this.#all(page, id, incarnation, Math.max(from, 1), most).map(({ body }) => decode(body));
    // In this order: another process may remove the log between the two.
    if (bodies.length === 0 && this.#row(id, incarnation) === undefined) return undefined;
    return bodies.length < most ? { bodies } : { bodies, next: from + most };
  }

  putRow(row: DirectoryRow): void {
    this.#write(() => {
      const before = this.#row(row.id, row.incarnation);
      if (before !== undefined && before.seq <= row.seq) this.#putRow(row);
    });
  }

  list({ functionName, status, name, reverse = false, after, limit }: DirectoryScan): readonly DirectoryRow[] {
    const order = reverse ? "DESC" : "ASC";
    const conditions = ["TRUE"];
    const values: SQLInputValue[] = [];
    const add = (condition: string, ...bound: SQLInputValue[]): void => {
      conditions.push(condition);
      for (const value of bound) values.push(value);
    };
    if (functionName !== undefined) add("function_name = ?", functionName);
    if (status !== undefined) add("status = ?", status);
    if (name !== undefined) add("name = ?", name);
    if (after !== undefined) add(`(started_at, id) ${reverse ? "<" : ">"} (?, ?)`, after.startedAt, after.id);
    const where = conditions.join(" AND ");
    return this.#rows(`WHERE ${where} ORDER BY started_at ${order}, id ${order} LIMIT ?`, ...values, limit);
  }

  expired(now: number, limit: number): readonly DirectoryRow[] {
    return this.#rows("WHERE expires_at <= ? ORDER BY expires_at LIMIT ?", now, limit);
  }

  keepSnapshot(id: string, snapshot: string, incarnation: string): void {
    this.#write(() => {
      if (this.#row(id, incarnation) === undefined) return;
      this.#run("INSERT OR REPLACE INTO commits VALUES (?, ?, 0, ?)", id, incarnation, encode(snapshot));
    });
  }

  snapshot(id: string, incarnation: string): string | undefined {
    const kept = "SELECT body FROM commits WHERE id = ? AND incarnation = ? AND seq = 0";
    return this.#all(kept, id, incarnation).map(({ body }) => decode(body))[0];
  }

  remove(id: string, incarnation: string): void {
    this.#write(() => {
      this.#run("DELETE FROM executions WHERE id = ? AND incarnation = ?", id, incarnation);
      this.#run("DELETE FROM commits WHERE id = ? AND incarnation = ?", id, incarnation);
    });
  }

  #row(id: string, incarnation?: string): DirectoryRow | undefined {
    const [row] = this.#rows("WHERE id = ?", id);
    return (incarnation ?? row?.incarnation) === row?.incarnation ? row : undefined;
  }

  #rows(clauses: string, ...values: SQLInputValue[]): DirectoryRow[] {
    const found = this.#all(`SELECT row FROM executions ${clauses}`, ...values);
    return found.map(({ row }) => JSON.parse(String(row)) as DirectoryRow);
  }

  #putRow(row: DirectoryRow): void {
    const { id, incarnation, functionName, name, status, startedAt, expiresAt = null } = row;
    const values = [id, incarnation, functionName, name, status, startedAt, expiresAt, JSON.stringify(row)];
    this.#run("INSERT OR REPLACE INTO executions VALUES (?, ?, ?, ?, ?, ?, ?, ?)", ...values);
  }

  #all(query: string, ...values: SQLInputValue[]): Record<string, unknown>[] {
    return this.#prepared(query).all(...values);
  }

  #run(query: string, ...values: SQLInputValue[]): void {
    this.#prepared(query).run(...values);
  }

  #prepared(query: string): StatementSync {
    const known = this.#statements.get(query);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(query);
    this.#statements.set(query, statement);
    return statement;
  }

  /** All of it or nothing, and nobody else writes meanwhile. */
  #write<T>(work: () => T): T {
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      const result = work();
      this.#database.exec("COMMIT");
      return result;
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      throw codeOf(error) === FULL ? new StorageFullError("The disk is full.") : error;
    }
  }
}

/** Without what SQLite adds for kinds of the same failure. */
function codeOf(error: unknown): number | undefined {
  const { errcode } = (error ?? {}) as { readonly errcode?: unknown };
  return typeof errcode === "number" ? errcode & 0xff : undefined;
}

/** SQLite keeps text as UTF-8, in which half a character has no place. JSON escapes it. */
function encode(text: string): string {
  return JSON.stringify(text);
}

function decode(stored: unknown): string {
  return JSON.parse(String(stored)) as string;
}
