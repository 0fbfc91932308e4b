/**
 * What is in the database, version 2: one record per commit, one row per execution, and its snapshot, if it has one, in
 * the place of commit 0, which there is not.
 *
 * Commits are kept under a number that is drawn for each log rather than under the execution's id. A tab that slept
 * through the removal of an execution and its new start under the same name still writes to the log it knew, which
 * nobody reads any more, and not into the middle of the new one.
 *
 * Version 2 adds to version 1 the indexes of tags and of what is halted, which was halted before among it.
 */

import type { DBSchema, IDBPDatabase, IDBPTransaction, StoreNames } from "idb";
import type { DirectoryRow } from "../../engine/ports/execution-store.ts";

export const SCHEMA_VERSION = 2;

export interface StoredRow extends Omit<DirectoryRow, "seq"> {
  /** Absent in what the first version of perdure wrote. */
  readonly seq?: number;
  /** The number that the commits are kept under. */
  readonly log: number;
  /** For the index of tags: each with the row's place behind it. */
  readonly tagged?: readonly (readonly [key: string, value: string, startedAt: number, id: string])[];
  /** For the index of what is halted: the row's place. */
  readonly haltedPlace?: readonly [startedAt: number, id: string];
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
      byTag: [key: string, value: string, startedAt: number, id: string];
      byHalt: [startedAt: number, id: string];
      /** Holds only what has ended. */
      byExpiry: number;
    };
  };
}

export type PerdureDatabase = IDBPDatabase<Schema>;

/** Every list is in the order of starts, and of ids among those that started in the same millisecond. */
const ORDER = ["startedAt", "id"] as const;

/** What is stored of a row, in the log that is kept under a number. */
export function storedRow(row: DirectoryRow, log: number): StoredRow {
  const { startedAt, id, tags, halted } = row;
  return {
    ...row,
    log,
    ...(tags !== undefined && { tagged: Object.entries(tags).map((tag) => [...tag, startedAt, id] as const) }),
    ...(halted === true && { haltedPlace: [startedAt, id] }),
  };
}

export type Upgrade = IDBPTransaction<Schema, StoreNames<Schema>[], "versionchange">;

/** Brings a database of any version, 0 for one that is new, to this one. */
export async function upgradeSchema(database: PerdureDatabase, oldVersion: number, upgrade: Upgrade): Promise<void> {
  if (oldVersion < 1) createSchema(database);
  if (oldVersion >= 2) return;
  const executions = upgrade.objectStore("executions");
  executions.createIndex("byTag", "tagged", { multiEntry: true });
  executions.createIndex("byHalt", "haltedPlace");
  if (oldVersion < 1) return;
  let cursor = await executions.index("byStatus").openCursor(IDBKeyRange.bound(["RUNNING"], ["RUNNING", []]));
  while (cursor !== null) {
    const { id, startedAt, halted } = cursor.value;
    if (halted === true) await cursor.update({ ...cursor.value, haltedPlace: [startedAt, id] });
    cursor = await cursor.continue();
  }
}

function createSchema(database: PerdureDatabase): void {
  database.createObjectStore("commits");
  const executions = database.createObjectStore("executions", { keyPath: "id" });
  executions.createIndex("byStart", [...ORDER]);
  executions.createIndex("byFunction", ["functionName", ...ORDER]);
  executions.createIndex("byStatus", ["status", ...ORDER]);
  executions.createIndex("byFunctionAndStatus", ["functionName", "status", ...ORDER]);
  executions.createIndex("byName", ["name", ...ORDER]);
  executions.createIndex("byExpiry", "expiresAt");
}
