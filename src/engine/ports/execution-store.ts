/**
 * Where executions are kept: for each execution a log of numbered commits, beside it one directory row and at most one
 * snapshot.
 *
 * A name may be used again once its execution was removed. The incarnation tells the two executions apart: 128 random
 * bits that stand in commit 1 and in the row. Every write names the incarnation it belongs to.
 *
 * Guarantees an adapter gives:
 * - `append` lands whole or not at all, and only if that number is free. The number is at once the order, the
 *   version and the fence: of two writers one gets "taken", and finds the other's commit under that number.
 * - A commit never lands in the log of another incarnation. `append` to a log that is gone answers "gone", or lands
 *   where it is never read.
 * - Numbers of one log start at 1 and have no gaps as seen by `read`. A removed log is gone as a whole: no reader takes
 *   the rest of a log for a log that ends there.
 * - What `append` and `create` acknowledged survives a crash of the process. A write that throws may or may not have
 *   landed; the caller reads and compares.
 * - `create` writes the row and commit 1 together, and answers "exists" when the id has a row already.
 * - Of the rows that `putRow` was given, the one with the highest `seq` is kept, in whatever order they arrive.
 * - Bodies and snapshots are opaque text of any length the engine's limits allow; splitting under a platform's row limit
 *   is the adapter's.
 *
 * An adapter may answer late, and out of order. Calls for one execution may overlap, from one process or from several.
 *
 * A store without room throws `StorageFullError`; nothing is half written.
 */

import { branded } from "../model/branded.ts";
import type { ExecutionStatus, HaltReason } from "../model/execution.ts";
import type { Tags } from "../model/tags.ts";
import type { MaybePromise } from "./maybe-promise.ts";

/** The data of an execution that a list shows, and all that a list may be filtered by. Times are ms since the epoch. */
export interface DirectoryRow {
  /** `<function name>/<execution name>`. */
  readonly id: string;
  /** The execution's function. */
  readonly functionName: string;
  /** The execution's name, unique among those of its function while it is retained. */
  readonly name: string;
  /** The version of the function that the execution started with, or was resumed with. */
  readonly version: string;
  /** Tells two executions apart that had the same name one after the other: 32 hex digits. */
  readonly incarnation: string;
  /** The number of the commit that last changed the row: of two rows of an incarnation the higher one is newer. */
  readonly seq: number;
  /** RUNNING until the execution has its outcome. */
  readonly status: ExecutionStatus;
  /** When the execution was started. */
  readonly startedAt: number;
  /** When the execution had its outcome; absent while it runs. */
  readonly endedAt?: number;
  /** When the execution may be removed; absent while it runs. */
  readonly expiresAt?: number;
  /** The execution waits for a repair; see `Halt`. */
  readonly halted?: boolean;
  /** Why the execution waits; absent unless it is halted. */
  readonly haltReason?: HaltReason;
  /** When the execution was halted; absent unless it is. */
  readonly haltedAt?: number;
  /** When the function is first called; absent if the execution was started to begin at once. */
  readonly startAt?: number;
  /** The tags that the execution is found by; absent if there are none. */
  readonly tags?: Tags;
  /** The tenant that the execution was started for; absent without one. */
  readonly tenantId?: string;
}

/** A place in a list: rows are in the order of `startedAt`, and of `id` (by code units) among those of one millisecond. */
export interface DirectoryPlace {
  /** The `startedAt` of a row, ms since the epoch. */
  readonly startedAt: number;
  /** The `id` of a row. */
  readonly id: string;
}

/**
 * One stretch of the directory. Of `functionName`, `status` and `name`, rows match all that are given. A list that is
 * asked for more (several statuses, versions, times, markers) is made of such stretches; see `listExecutions`.
 *
 * With `halted` or `tag` all rows that match are in the stretch, and others may be: a store reads one index, the
 * shortest of those that apply, and `listExecutions` looks at each row. So no store passes over any number of rows for
 * one answer.
 */
export interface DirectoryScan {
  /** Only executions of this function. */
  readonly functionName?: string;
  /** Only executions with this status. */
  readonly status?: ExecutionStatus;
  /** Only executions with this name, of any function. */
  readonly name?: string;
  /** Executions that are halted. */
  readonly halted?: true;
  /** Executions with this tag. Not with `halted`. */
  readonly tag?: readonly [key: string, value: string];
  /** Newest first; oldest first when absent. */
  readonly reverse?: boolean;
  /** Only rows behind this place, in the direction of the scan. No row need stand there. */
  readonly after?: DirectoryPlace;
  /** 1 to 1001: how many rows at the most. An answer with fewer says that there are no more. */
  readonly limit: number;
}

/** The part of a log to read. */
export interface ReadOptions {
  /** Reads the log of this incarnation only; by default of the execution that has the id now. */
  readonly incarnation?: string;
  /** How many commits at the most, 1 or more; by default as many as suit the platform, which may be fewer in any case. */
  readonly limit?: number;
}

/** A stretch of a log. */
export interface LogPage {
  /** Bodies of consecutive commits, the first one with the number that was asked for. Empty at the end of the log. */
  readonly bodies: readonly string[];
  /** The number to read next when there may be more. */
  readonly next?: number;
}

/** Logs, directory rows and snapshots of executions. The guarantees of each call stand at the top of this file. */
export interface ExecutionStore {
  /** Writes the row and commit 1 in one go, unless the id exists. */
  create(row: DirectoryRow, body: string): MaybePromise<"created" | "exists">;
  /** Writes commit `seq` of this incarnation if that number is free. `seq` is 2 or more. */
  append(id: string, seq: number, body: string, incarnation: string): MaybePromise<"appended" | "taken" | "gone">;
  /** One page of the log from commit `from` on, 1 or more; undefined if there is no such log, or no longer. */
  read(id: string, from: number, options?: ReadOptions): MaybePromise<LogPage | undefined>;
  /**
   * Replaces the directory row by a newer one: at a halt, at a resume, when tags change and at the end. A row with a
   * lower `seq` than the one that is kept, of another incarnation, or of an execution that is not there, changes
   * nothing.
   */
  putRow(row: DirectoryRow): MaybePromise<void>;
  /** The rows of one stretch of the directory, in order. It may lag behind `create` and `putRow` by a moment. */
  list(scan: DirectoryScan): MaybePromise<readonly DirectoryRow[]>;
  /** Rows whose `expiresAt` is `now` or earlier, at most `limit` of them, in any order. It may lag behind like `list`. */
  expired(now: number, limit: number): MaybePromise<readonly DirectoryRow[]>;
  /**
   * Keeps a text beside the log in place of the one before, unless this incarnation is not there. Snapshots are a
   * cache: a text may be lost at any time.
   */
  keepSnapshot(id: string, snapshot: string, incarnation: string): MaybePromise<void>;
  /** The text that was kept last for this incarnation, or an older one, or none. */
  snapshot(id: string, incarnation: string): MaybePromise<string | undefined>;
  /** Forgets an execution: its log, its row and its snapshot. Removing an absent execution is no error. */
  remove(id: string, incarnation: string): MaybePromise<void>;
}

/** Thrown by a store that has no room left. The execution pauses with `STORAGE_FULL` and can be resumed. */
export class StorageFullError extends Error {
  override readonly name = "StorageFullError";
  /** Always STORAGE_FULL. */
  readonly code = "STORAGE_FULL";
}

branded(StorageFullError, "StorageFullError");
