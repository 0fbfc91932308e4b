/**
 * Executions in one SQLite file, by Node's own `node:sqlite`. Every write is on disk before it is acknowledged: the
 * write-ahead log is flushed at each commit. It answers at once, so that a step costs no turn of the event loop.
 */

import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import type { Tags } from "../../engine/model/tags.ts";
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

/**
 * Commit 0 of a log is its snapshot. An index for each way in which lists are asked for. What was added later is added to
 * the files that there are, and changes nothing of what is in them.
 */
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
  CREATE INDEX IF NOT EXISTS by_expiry ON executions (expires_at);
  CREATE INDEX IF NOT EXISTS by_halt ON executions (started_at, id) WHERE json_extract(row, '$.halted');
  CREATE TABLE IF NOT EXISTS tags (
    key TEXT, value TEXT, started_at INTEGER, id TEXT, PRIMARY KEY (key, value, started_at, id)) WITHOUT ROWID;`;

const HALTED = "executions INDEXED BY by_halt WHERE json_extract(row, '$.halted')";
const TAGGED = "tags JOIN executions USING (started_at, id) WHERE key = ? AND value = ?";

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
      this.#putRow(row, undefined);
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
      if (before !== undefined && before.seq <= row.seq) this.#putRow(row, before);
    });
  }

  list({ functionName, status, name, halted, tag, ...scan }: DirectoryScan): readonly DirectoryRow[] {
    if (halted === true) return this.#stretch(HALTED, [], scan);
    if (tag !== undefined) return this.#stretch(TAGGED, tag, scan);
    const conditions = ["TRUE"];
    const values: SQLInputValue[] = [];
    const add = (condition: string, ...bound: SQLInputValue[]): void => {
      conditions.push(condition);
      for (const value of bound) values.push(value);
    };
    if (functionName !== undefined) add("function_name = ?", functionName);
    if (status !== undefined) add("status = ?", status);
    if (name !== undefined) add("name = ?", name);
    return this.#stretch(`executions WHERE ${conditions.join(" AND ")}`, values, scan);
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
      const row = this.#row(id, incarnation);
      if (row !== undefined) this.#putTags(row, row.tags, undefined);
      this.#run("DELETE FROM executions WHERE id = ? AND incarnation = ?", id, incarnation);
      this.#run("DELETE FROM commits WHERE id = ? AND incarnation = ?", id, incarnation);
    });
  }

  #row(id: string, incarnation?: string): DirectoryRow | undefined {
    const [row] = this.#rows("WHERE id = ?", id);
    return (incarnation ?? row?.incarnation) === row?.incarnation ? row : undefined;
  }

  #rows(clauses: string, ...values: SQLInputValue[]): DirectoryRow[] {
    return this.#select(`executions ${clauses}`, ...values);
  }

  #select(from: string, ...values: SQLInputValue[]): DirectoryRow[] {
    const found = this.#all(`SELECT row FROM ${from}`, ...values);
    return found.map(({ row }) => JSON.parse(String(row)) as DirectoryRow);
  }

  /** The rows of a selection behind the place of a scan, in its order. */
  #stretch(from: string, values: readonly SQLInputValue[], { reverse, after, limit }: DirectoryScan): DirectoryRow[] {
    const [order, behind] = reverse === true ? (["DESC", "<"] as const) : (["ASC", ">"] as const);
    const place = after === undefined ? [] : [after.startedAt, after.id];
    const isBehind = after === undefined ? "" : `AND (started_at, id) ${behind} (?, ?)`;
    const ordered = `ORDER BY started_at ${order}, id ${order} LIMIT ?`;
    return this.#select(`${from} ${isBehind} ${ordered}`, ...values, ...place, limit);
  }

  #putTags({ id, startedAt }: DirectoryRow, before: Tags | undefined, after: Tags | undefined): void {
    if (before === undefined && after === undefined) return;
    for (const tag of Object.entries(before ?? {}))
      this.#run("DELETE FROM tags WHERE key = ? AND value = ? AND started_at = ? AND id = ?", ...tag, startedAt, id);
    for (const tag of Object.entries(after ?? {}))
      this.#run("INSERT INTO tags VALUES (?, ?, ?, ?)", ...tag, startedAt, id);
  }

  #putRow(row: DirectoryRow, before: DirectoryRow | undefined): void {
    this.#putTags(row, before?.tags, row.tags);
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
