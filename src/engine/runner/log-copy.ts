/**
 * This process's copy of the log of one execution: the state that the commits fold to, and the changes that were not
 * passed on yet.
 *
 * 1. Commits are folded in the order of their numbers, each once: those that are found in the store, and those that
 *    this process has written.
 * 2. A state that a commit was refused on is half changed. The state is given up, and the log is read anew from the
 *    start.
 * 3. A long log is read from its snapshot on, if it has one. The state is the same as without. If a commit does not
 *    follow on the snapshot the log decides, and is read from the start at once.
 */

import { decodeCommit } from "../machine/commit-codec.ts";
import { fold } from "../machine/fold.ts";
import { incarnationOf } from "../machine/incarnation.ts";
import { CorruptLogError } from "../machine/log-errors.ts";
import { emptyState, type ExecutionState } from "../machine/state.ts";
import type { Commit } from "../model/commit.ts";
import type { Operation } from "../model/operation.ts";
import type { ExecutionStore, LogPage } from "../ports/execution-store.ts";
import { chain, type MaybePromise } from "../ports/maybe-promise.ts";
import type { Snapshots } from "./snapshots.ts";

/** The log that was read is no longer there: the execution was removed, and another execution may have its name. */
export class LogGoneError extends Error {
  override readonly name = "LogGoneError";
  readonly code = "LOG_GONE";
  constructor(id: string) {
    super(`The log of execution ${id} was removed.`);
  }
}

export interface LogReading {
  readonly store: ExecutionStore;
  readonly snapshots: Snapshots;
  /** A commit was found in the store, and is folded. */
  readonly onFound: (commit: Commit) => void;
  /** A commit was refused, and the state was given up. */
  readonly onRefused: () => void;
  /** The log was removed. */
  readonly onGone: () => void;
}

export class LogCopy {
  readonly #id: string;
  readonly #reading: LogReading;
  #state: ExecutionState = emptyState();
  /** The changes by the commits folded since `takeNews`; undefined if there are none. */
  #news: Operation[] | undefined;
  #isGone = false;

  constructor(id: string, reading: LogReading) {
    this.#id = id;
    this.#reading = reading;
  }

  get state(): ExecutionState {
    return this.#state;
  }

  /** False before the log was read, and once it was removed. */
  get exists(): boolean {
    return this.#state.seq > 0 && !this.#isGone;
  }

  /** Folds new commits of the store; true if `ownBody` was among them. */
  read(ownBody: string | undefined): MaybePromise<boolean> {
    return this.#state.seq === 0 && ownBody === undefined ? this.#readAnew() : this.#readOn(ownBody, false);
  }

  /** Folds a commit that this process has written under the next number. */
  add(commit: Commit): void {
    const changed = this.#fold(commit);
    if (this.#news === undefined) this.#news = changed;
    else for (const operation of changed) this.#news.push(operation);
  }

  /** The changes since the last call, in the order of the log; undefined if no commit was folded. */
  takeNews(): Operation[] | undefined {
    const news = this.#news;
    this.#news = undefined;
    return news;
  }

  /** @throws {LogGoneError} if the log is known to be removed. */
  assertThere(): void {
    if (this.#isGone) throw new LogGoneError(this.#id);
  }

  /** Takes note that the log was removed. */
  forget(): void {
    this.#isGone = true;
  }

  /** Reads from the snapshot on, if there is one, or from the start. */
  #readAnew(): MaybePromise<boolean> {
    const { snapshots } = this.#reading;
    return chain(this.#page(snapshots.firstCommits), (page) => {
      const [first] = page?.bodies ?? [];
      const isAskedFor = page !== undefined && first !== undefined && snapshots.isAskedFor(page);
      return isAskedFor ? this.#takeUp(first, page) : this.#take(page, undefined);
    });
  }

  /** `start` is the first page of the log. */
  async #takeUp(first: string, start: LogPage): Promise<boolean> {
    const found = await this.#reading.snapshots.takeUp(incarnationOf(first));
    if (found === undefined) return this.#take(start, undefined);
    this.#state = found.state;
    this.#news = [...found.state.operations.values()];
    try {
      return await this.#take(found.page, undefined);
    } catch (error) {
      if (!(error instanceof CorruptLogError)) throw error;
      this.#state = emptyState();
      this.#news = undefined;
      // Invariant 3: the log decides.
      return this.#take(start, undefined);
    }
  }

  #readOn(ownBody: string | undefined, isOwn: boolean): MaybePromise<boolean> {
    return chain(this.#page(), (page) => this.#take(page, ownBody, isOwn));
  }

  /** Folds a page, and reads on where it ends. */
  #take(page: LogPage | undefined, ownBody: string | undefined, found: boolean = false): MaybePromise<boolean> {
    if (page === undefined) return this.#state.seq === 0 ? found : this.#wentAway();
    let isOwn = found;
    for (const body of page.bodies) {
      if (body === ownBody) isOwn = true;
      const commit = decodeCommit(body);
      this.add(commit);
      this.#reading.onFound(commit);
    }
    return page.next === undefined ? isOwn : this.#readOn(ownBody, isOwn);
  }

  #page(limit?: number): MaybePromise<LogPage | undefined> {
    this.assertThere();
    const { seq, header } = this.#state;
    const { store } = this.#reading;
    // Invariant 1: reading goes on behind the last commit that was folded.
    if (seq > 0) return store.read(this.#id, seq + 1, { incarnation: header.incarnation });
    return limit === undefined ? store.read(this.#id, 1) : store.read(this.#id, 1, { limit });
  }

  #fold(commit: Commit): Operation[] {
    try {
      return fold(this.#state, commit);
    } catch (error) {
      // Invariant 2: the next read begins at the start.
      this.#state = emptyState();
      this.#news = undefined;
      this.#reading.onRefused();
      throw error;
    }
  }

  #wentAway(): never {
    this.#reading.onGone();
    throw new LogGoneError(this.#id);
  }
}
