/**
 * What is in the database, version 1: one record per commit, one row per execution, and its snapshot, if it has one, in
 * the place of commit 0, which there is not.
 *
 * Commits are kept under a number that is drawn for each log rather than under the execution's id. A tab that slept
 * through the removal of an execution and its new start under the same name still writes to the log it knew, which
 * nobody reads any more, and not into the middle of the new one.
 */

import type { DBSchema, IDBPDatabase } from "idb";
import type { DirectoryRow } from "../../engine/ports/execution-store.ts";

export const SCHEMA_VERSION = 1;

export interface StoredRow extends Omit<DirectoryRow, "seq"> {
  /** Absent in what the first version of perdure wrote. */
  readonly seq?: number;
  /** The number that the commits are kept under. */
  readonly log: number;
}

export interface Schema extends DBSchema {
  commits: { key: [log: number, seq: number]; value: string };
  executions: {
    key: string;
    value: StoredRow;
    indexes: {
      byStart: [startedAt: number, id: string];
      byFunction: [functionName: string, startedAt: number, id: string];
      byStatus: [status: string, startedAt: number, id: string];
      byFunctionAndStatus: [functionName: string, status: string, startedAt: number, id: string];
      byName: [name: string, startedAt: number, id: string];
      /** Holds only what has ended. */
      byExpiry: number;
    };
  };
}

export type PerdureDatabase = IDBPDatabase<Schema>;

/** Every list is in the order of starts, and of ids among those that started in the same millisecond. */
const ORDER = ["startedAt", "id"] as const;

export function createSchema(database: PerdureDatabase, oldVersion: number): void {
  if (oldVersion > 0) return;
  database.createObjectStore("commits");
  const executions = database.createObjectStore("executions", { keyPath: "id" });
  executions.createIndex("byStart", [...ORDER]);
  executions.createIndex("byFunction", ["functionName", ...ORDER]);
  executions.createIndex("byStatus", ["status", ...ORDER]);
  executions.createIndex("byFunctionAndStatus", ["functionName", "status", ...ORDER]);
  executions.createIndex("byName", ["name", ...ORDER]);
  executions.createIndex("byExpiry", "expiresAt");
}
