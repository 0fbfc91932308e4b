/**
 * The directory rows of one shard: one table whose key is the order of the lists. An index costs one more billed row for
 * every change of an entry, so there is no index of everything: a list over all functions merges the functions instead.
 * Running and halted executions are looked for most, and are few among the many that have ended. Each tag has a row of its
 * own.
 */

import type { DirectoryRow, DirectoryScan } from "../../engine/ports/execution-store.ts";
import { hasTag, type Tags } from "../../engine/model/tags.ts";
import { mergeRows } from "../../engine/runner/directory-list.ts";
import { readRow, type StoredRow } from "./stored-row.ts";
import { checkFormat } from "./storage-format.ts";

/** The key of a row. An execution keeps it for life; the next one of the same name has another. */
export interface DirectoryKey {
  readonly functionName: string;
  readonly startedAt: number;
  readonly id: string;
}

/** A change that the outbox of an execution sends. Applying it twice, or late, does no harm. */
export interface DirectoryChange {
  readonly row?: DirectoryRow;
  readonly revision: number;
  readonly gone: readonly DirectoryKey[];
}

const STORAGE_FORMAT = 1;
const FORMAT_KEY = "format";

const CREATE = `CREATE TABLE IF NOT EXISTS executions (
  function_name TEXT, started_at INTEGER, id TEXT, name TEXT, version TEXT, status TEXT, revision INTEGER, row TEXT,
  PRIMARY KEY (function_name, started_at, id)) WITHOUT ROWID`;

/** They come to directories that are there already, too. */
const INDEXES = [
  `CREATE INDEX IF NOT EXISTS running ON executions (function_name, started_at, id) WHERE status = 'RUNNING'`,
  `CREATE INDEX IF NOT EXISTS halted ON executions (started_at, id) WHERE json_extract(row, '$.halted')`,
  `CREATE TABLE IF NOT EXISTS tags (
    key TEXT, value TEXT, started_at INTEGER, id TEXT, function_name TEXT,
    PRIMARY KEY (key, value, started_at, id)) WITHOUT ROWID`,
];

const HALTED = "executions INDEXED BY halted WHERE json_extract(row, '$.halted')";
const TAGGED = "tags JOIN executions USING (function_name, started_at, id) WHERE key = ? AND value = ?";

const KNOWN = "SELECT revision, row FROM executions WHERE function_name = ? AND started_at = ? AND id = ?";
const TAG = "INSERT OR REPLACE INTO tags VALUES (?, ?, ?, ?, ?)";
const UNTAG = "DELETE FROM tags WHERE key = ? AND value = ? AND started_at = ? AND id = ?";

const UPSERT = `INSERT INTO executions (function_name, started_at, id, name, version, status, revision, row)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET version = excluded.version, status = excluded.status, revision = excluded.revision,
    row = excluded.row
  WHERE excluded.revision > revision`;

const REMOVE = "DELETE FROM executions WHERE function_name = ? AND started_at = ? AND id = ?";

const NEXT_FUNCTION = "SELECT min(function_name) AS name FROM executions WHERE function_name > ?";

const EXPIRED = `SELECT row FROM executions
  WHERE status <> 'RUNNING' AND json_extract(row, '$.expiresAt') <= ? LIMIT ?`;

export type DirectoryStorage = Pick<DurableObjectStorage, "kv" | "sql">;

export class DirectoryTable {
  readonly #sql: SqlStorage;

  constructor(storage: DirectoryStorage) {
    this.#sql = storage.sql;
    const format = storage.kv.get<number>(FORMAT_KEY);
    checkFormat(format, STORAGE_FORMAT);
    for (const statement of [CREATE, ...INDEXES]) this.#sql.exec(statement);
    if (format === undefined) storage.kv.put(FORMAT_KEY, STORAGE_FORMAT);
  }

  apply(change: DirectoryChange): void {
    for (const key of change.gone) this.#remove(key);
    const { row, revision } = change;
    if (row === undefined) return;
    const known = this.#known(row);
    if (known !== undefined && known.revision >= revision) return;
    this.#putTags(row, known?.row.tags, row.tags);
    const { functionName, startedAt, id, name, version, status } = row;
    this.#sql.exec(UPSERT, functionName, startedAt, id, name, version, status, revision, JSON.stringify(row));
  }

  list(scan: DirectoryScan): DirectoryRow[] {
    if (scan.halted === true) return this.#stretch(HALTED, [], scan);
    if (scan.tag !== undefined) return this.#stretch(TAGGED, scan.tag, scan);
    const functionNames = scan.functionName === undefined ? this.#functionNames() : [scan.functionName];
    const lists = functionNames.map((functionName) => this.#listFunction(functionName, scan));
    return mergeRows(lists, scan);
  }

  /**
   * Looks through all that has ended until it has found enough: an index by expiry would cost a row for every
   * execution, and nothing here asks for this regularly, since each execution's own alarm removes it.
   */
  expired(now: number, limit: number): DirectoryRow[] {
    return this.#select(EXPIRED, now, limit);
  }

  #functionNames(): string[] {
    const names: string[] = [];
    for (let name: string | null = ""; ; ) {
      name = this.#sql.exec<{ name: string | null }>(NEXT_FUNCTION, name).one().name;
      if (name === null) return names;
      names.push(name);
    }
  }

  #listFunction(functionName: string, scan: DirectoryScan): DirectoryRow[] {
    const { from, values } = functionRows(functionName, scan);
    return this.#stretch(from, values, scan);
  }

  /** The rows of a selection behind the place of a scan, in its order. */
  #stretch(from: string, values: readonly SqlStorageValue[], { reverse, after, limit }: DirectoryScan): DirectoryRow[] {
    const [order, behind] = reverse === true ? (["DESC", "<"] as const) : (["ASC", ">"] as const);
    const place = after === undefined ? [] : [after.startedAt, after.id];
    const isBehind = after === undefined ? "" : `AND (started_at, id) ${behind} (?, ?)`;
    const ordered = `ORDER BY started_at ${order}, id ${order} LIMIT ?`;
    return this.#select(`SELECT row FROM ${from} ${isBehind} ${ordered}`, ...values, ...place, limit);
  }

  #known({ functionName, startedAt, id }: DirectoryKey): KnownRow | undefined {
    const [found] = this.#sql.exec<{ revision: number; row: string }>(KNOWN, functionName, startedAt, id);
    return found === undefined
      ? undefined
      : { revision: found.revision, row: readRow(JSON.parse(found.row) as StoredRow) };
  }

  #remove(key: DirectoryKey): void {
    this.#putTags(key, this.#known(key)?.row.tags, undefined);
    this.#sql.exec(REMOVE, key.functionName, key.startedAt, key.id);
  }

  /** Writes no row but those of tags that come or go. */
  #putTags(key: DirectoryKey, before: Tags = {}, after: Tags = {}): void {
    const { functionName, startedAt, id } = key;
    for (const [name, value] of Object.entries(before))
      if (!hasTag(after, name, value)) this.#sql.exec(UNTAG, name, value, startedAt, id);
    for (const [name, value] of Object.entries(after))
      if (!hasTag(before, name, value)) this.#sql.exec(TAG, name, value, startedAt, id, functionName);
  }

  #select(query: string, ...values: SqlStorageValue[]): DirectoryRow[] {
    const found = this.#sql.exec<{ row: string }>(query, ...values);
    return Array.from(found, ({ row }) => readRow(JSON.parse(row) as StoredRow));
  }
}

interface KnownRow {
  readonly revision: number;
  readonly row: DirectoryRow;
}

function functionRows(functionName: string, scan: DirectoryScan): { from: string; values: SqlStorageValue[] } {
  const { name, status } = scan;
  const isRunning = status === "RUNNING" && name === undefined;
  const where = ["function_name = ?"];
  const values: SqlStorageValue[] = [functionName];
  const add = (condition: string, ...bound: readonly SqlStorageValue[]): void => {
    where.push(condition);
    for (const value of bound) values.push(value);
  };
  if (name !== undefined) add("name = ?", name);
  // An index of some rows is used where the condition stands as it is.
  if (isRunning) where.push("status = 'RUNNING'");
  else if (status !== undefined) add("status = ?", status);
  return { from: `executions${isRunning ? " INDEXED BY running" : ""} WHERE ${where.join(" AND ")}`, values };
}
