/**
 * The directory rows of one shard: one table whose key is the order of the lists. There is no index beside it, since
 * each would be one more billed row for every change; a list over all functions merges the functions instead.
 */

import type { DirectoryPage, DirectoryRow, ListQuery } from "../../engine/ports/execution-store.ts";
import { mergePages, positionOf } from "./directory-order.ts";
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

  list(query: ListQuery): DirectoryPage {
    const functionNames = query.functionName === undefined ? this.#functionNames() : [query.functionName];
    const lists = functionNames.map((functionName) => this.#listFunction(functionName, query));
    return mergePages(lists, query);
  }

  #functionNames(): string[] {
    const names: string[] = [];
    for (let name: string | null = ""; ; ) {
      name = this.#sql.exec<{ name: string | null }>(NEXT_FUNCTION, name).one().name;
      if (name === null) return names;
      names.push(name);
    }
  }

  /** One row more than the page has tells whether there is another page. */
  #listFunction(functionName: string, query: ListQuery): DirectoryPage {
    const { where, values } = conditions(functionName, query);
    const order = query.reverse === true ? "DESC" : "ASC";
    const found = this.#sql.exec<{ row: string }>(
      `SELECT row FROM executions WHERE ${where} ORDER BY started_at ${order}, id ${order} LIMIT ?`,
      ...values,
      query.limit + 1,
    );
    return { rows: Array.from(found, ({ row }) => JSON.parse(row) as DirectoryRow) };
  }
}

function conditions(functionName: string, query: ListQuery): { where: string; values: SqlStorageValue[] } {
  const where = ["function_name = ?"];
  const values: SqlStorageValue[] = [functionName];
  const add = (condition: string, ...bound: readonly (SqlStorageValue | undefined)[]): void => {
    if (bound.includes(undefined)) return;
    where.push(condition);
    values.push(...(bound as SqlStorageValue[]));
  };
  add("name = ?", query.name);
  add("version = ?", query.version);
  add("status IN (SELECT value FROM json_each(?))", query.statuses && JSON.stringify(query.statuses));
  add("started_at >= ?", query.startedAfter);
  add("started_at <= ?", query.startedBefore);
  if (query.marker !== undefined) {
    const { startedAt, id } = positionOf(query.marker);
    add(`(started_at, id) ${query.reverse === true ? "<" : ">"} (?, ?)`, startedAt, id);
  }
  return { where: where.join(" AND "), values };
}
