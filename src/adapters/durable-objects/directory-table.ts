/**
 * The directory rows of one shard: one table whose key is the order of the lists. There is no index beside it, since
 * each would be one more billed row for every change; a list over all functions merges the functions instead.
 */

import type { DirectoryRow, DirectoryScan } from "../../engine/ports/execution-store.ts";
import { mergeRows } from "../../engine/runner/directory-list.ts";
import { readRow, type StoredRow } from "./stored-row.ts";
import { checkFormat } from "./storage-format.ts";

/** What finds a row. An execution keeps it for life; the next one of the same name has another. */
export interface DirectoryKey {
  readonly functionName: string;
  readonly startedAt: number;
  readonly id: string;
}

/** What the outbox of an execution sends. Applying it twice, or late, does no harm. */
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
    this.#sql.exec(CREATE);
    if (format === undefined) storage.kv.put(FORMAT_KEY, STORAGE_FORMAT);
  }

  apply(change: DirectoryChange): void {
    for (const { functionName, startedAt, id } of change.gone) this.#sql.exec(REMOVE, functionName, startedAt, id);
    const { row, revision } = change;
    if (row === undefined) return;
    const { functionName, startedAt, id, name, version, status } = row;
    this.#sql.exec(UPSERT, functionName, startedAt, id, name, version, status, revision, JSON.stringify(row));
  }

  list(scan: DirectoryScan): DirectoryRow[] {
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
    const { where, values } = conditions(functionName, scan);
    const order = scan.reverse === true ? "DESC" : "ASC";
    const ordered = `ORDER BY started_at ${order}, id ${order} LIMIT ?`;
    return this.#select(`SELECT row FROM executions WHERE ${where} ${ordered}`, ...values, scan.limit);
  }

  #select(query: string, ...values: SqlStorageValue[]): DirectoryRow[] {
    const found = this.#sql.exec<{ row: string }>(query, ...values);
    return Array.from(found, ({ row }) => readRow(JSON.parse(row) as StoredRow));
  }
}

function conditions(functionName: string, scan: DirectoryScan): { where: string; values: SqlStorageValue[] } {
  const { name, status, after, reverse } = scan;
  const where = ["function_name = ?"];
  const values: SqlStorageValue[] = [functionName];
  const add = (condition: string, ...bound: readonly SqlStorageValue[]): void => {
    where.push(condition);
    for (const value of bound) values.push(value);
  };
  if (name !== undefined) add("name = ?", name);
  if (status !== undefined) add("status = ?", status);
  if (after !== undefined) add(`(started_at, id) ${reverse === true ? "<" : ">"} (?, ?)`, after.startedAt, after.id);
  return { where: where.join(" AND "), values };
}
