/**
 * Where executions are kept: per execution a log of numbered commits, and beside it one directory row.
 *
 * Guarantees an adapter gives:
 * - `append` lands whole or not at all, and only if nobody wrote that number. The number is at once the order, the
 *   version and the fence: of two writers one gets "taken", and finds the other's commit under that number.
 * - Numbers of one execution start at 1 and have no gaps as seen by `read`.
 * - What `append` and `create` acknowledged survives a crash of the process. A write that throws may or may not have
 *   landed; the caller reads and compares.
 * - `create` writes the row and commit 1 together, and answers "exists" when the id has a row already.
 * - Bodies are opaque text of any length the engine's limits allow; splitting under a platform's row limit is the
 *   adapter's.
 *
 * A store without room throws `StorageFullError`; nothing is half written.
 */

import type { ExecutionStatus } from "../model/execution.ts";
import type { MaybePromise } from "./maybe-promise.ts";

/** What a list of executions shows, and all that a list may be filtered by. Times are ms since the epoch. */
export interface DirectoryRow {
  readonly id: string;
  readonly functionName: string;
  readonly name: string;
  readonly version: string;
  readonly incarnation: string;
  readonly status: ExecutionStatus;
  readonly startedAt: number;
  readonly endedAt?: number;
  /** When it may be removed; absent while it runs. */
  readonly expiresAt?: number;
  /** The execution waits for a repair; see `Halt`. */
  readonly halted?: boolean;
}

export interface ListQuery {
  readonly functionName?: string;
  readonly name?: string;
  readonly version?: string;
  readonly statuses?: readonly ExecutionStatus[];
  /** Inclusive bounds on `startedAt`. */
  readonly startedAfter?: number;
  readonly startedBefore?: number;
  /** Newest first when true (the default is oldest first). */
  readonly reverse?: boolean;
  /** Where the previous page ended. */
  readonly marker?: string;
  /** 1 to 1000. */
  readonly limit: number;
}

export interface DirectoryPage {
  readonly rows: readonly DirectoryRow[];
  readonly marker?: string;
}

export interface LogPage {
  /** Bodies of consecutive commits, the first one with the number that was asked for. Empty at the end of the log. */
  readonly bodies: readonly string[];
  /** The number to read next when there may be more. */
  readonly next?: number;
}

export interface ExecutionStore {
  /** Writes the row and commit 1 in one go, unless the id exists. */
  create(row: DirectoryRow, body: string): MaybePromise<"created" | "exists">;
  /** Writes commit `seq` if nobody has. `seq` is 2 or more. */
  append(id: string, seq: number, body: string): MaybePromise<"appended" | "taken">;
  /** One page of the log from commit `from` on; empty for an unknown id. */
  read(id: string, from: number): MaybePromise<LogPage>;
  /** Replaces the directory row: at the end of an execution, at a halt and at a resume. */
  describe(row: DirectoryRow): MaybePromise<void>;
  list(query: ListQuery): MaybePromise<DirectoryPage>;
  /** Forgets an execution, its log and its row. Unknown ids are no error. */
  remove(id: string): MaybePromise<void>;
}

/** Thrown by a store that has no room left. The execution pauses with `STORAGE_FULL` and can be resumed. */
export class StorageFullError extends Error {
  override readonly name = "StorageFullError";
  readonly code = "STORAGE_FULL";
}
