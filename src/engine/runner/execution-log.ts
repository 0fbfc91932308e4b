/**
 * An execution as this process knows it, and the only way to change it: decide a command on the newest state, append
 * the facts under the next number, fold them. If somebody else wrote that number first, their commits are folded and
 * the command is decided again.
 *
 * 1. Everything about one execution passes through one queue, task after task: commands of an invocation and from
 *    outside, reads of what others wrote, and the start of an invocation. Over a synchronous store with an empty queue a
 *    task is done when its call returns.
 * 2. News leave in the order of the log and from one place, `#publish`, before the next task begins.
 * 3. One claim is valid at a time. A commit by another owner than the one that holds it ends it: that owner has gone on
 *    without knowing what this one does. So does `revoke`. What a claim has not sent by then is refused; what is under
 *    way lands before the next task, and so before the next claim.
 * 4. A write whose fate is unknown is looked up. If it is not there it may still land, but only under its own number:
 *    whatever is written next either takes that number or finds it there.
 */

import type { Command, Decision } from "../machine/command.ts";
import { decodeCommit, encodeCommit } from "../machine/commit-codec.ts";
import { decide } from "../machine/decide.ts";
import { fold } from "../machine/fold.ts";
import { emptyState, type ExecutionState } from "../machine/state.ts";
import type { Commit } from "../model/commit.ts";
import { LOG_FORMAT_VERSION } from "../model/commit.ts";
import type { Operation } from "../model/operation.ts";
import type { ExecutionStore, LogPage, ReadOptions } from "../ports/execution-store.ts";
import { StorageFullError } from "../ports/execution-store.ts";
import type { Host } from "../ports/host.ts";
import { chain, type MaybePromise } from "../ports/maybe-promise.ts";
import { FencedError } from "../replay/faults.ts";
import { ClientError } from "./client.ts";

/** The right to write for one invocation. */
export interface Claim {
  readonly owner: string;
}

/** The log that was read is no longer there: the execution was removed, and another one may have its name. */
export class LogGoneError extends Error {
  override readonly name = "LogGoneError";
  readonly code = "LOG_GONE";
  constructor(id: string) {
    super(`The log of execution ${id} was removed.`);
  }
}

/** Told of what happens to a log. */
export interface LogListener {
  /** Commits were folded: the operations that they changed, in the order of the log. */
  onNews(changed: readonly Operation[]): void;
  /**
   * The claim that was valid has ended: another process has run the execution since, or a late write of an earlier
   * invocation of this process has landed.
   */
  onFenced(by: "ELSEWHERE" | "HERE"): void;
  /** The log was removed. */
  onGone(): void;
  /** The queue has been worked off. */
  onRest(): void;
}

/** Names the commits and the owners of one process, so that they can be told from those of others and from each other. */
export class Writer {
  readonly #prefix: string;
  #writes = 0;

  constructor(host: Host) {
    this.#prefix = `${host.randomId()}.`;
  }

  next(): string {
    return `${this.#prefix}${++this.#writes}`;
  }

  hasWritten(commit: Commit): boolean {
    return this.isMine(commit.writer);
  }

  /** True for the name of a commit or an owner that was made here. */
  isMine(name: string): boolean {
    return name.startsWith(this.#prefix);
  }
}

export interface LogDependencies {
  readonly store: ExecutionStore;
  readonly host: Host;
  readonly writer: Writer;
  readonly listener: LogListener;
}

/** How often a commit is tried while others win the number: far above what a live system sees. */
const MAX_CONFLICTS = 1000;

export class ExecutionLog {
  readonly id: string;
  readonly #dependencies: LogDependencies;
  #state: ExecutionState = emptyState();
  /** Resolves when the last task of the queue is done; undefined while there is none. */
  #last: Promise<unknown> | undefined;
  #claim: Claim | undefined;
  #fencedBy: "ELSEWHERE" | "HERE" | undefined;
  /** What the commits that were folded and not published yet have changed; undefined if there are none. */
  #news: Operation[] | undefined;
  #isGone = false;

  constructor(id: string, dependencies: LogDependencies) {
    this.id = id;
    this.#dependencies = dependencies;
  }

  get state(): ExecutionState {
    return this.#state;
  }

  /** False before the log was read, and for one that was removed. */
  get exists(): boolean {
    return this.#state.seq > 0 && !this.#isGone;
  }

  /** True while a task is under way. */
  get isBusy(): boolean {
    return this.#last !== undefined;
  }

  holds(claim: Claim): boolean {
    return this.#claim === claim;
  }

  /**
   * Takes over what others wrote; the first time, everything.
   *
   * @throws {LogGoneError} if the log was removed since it was read.
   */
  catchUp(): MaybePromise<void> {
    return this.#enqueue(() => chain(this.#read(undefined), noop));
  }

  /** Makes a claim in place of the one before, and begins an invocation with it on the state as it is then. */
  begin(start: (claim: Claim) => void): MaybePromise<void> {
    return this.#enqueue(() => {
      this.#publish();
      const claim: Claim = { owner: this.#dependencies.writer.next() };
      this.#claim = claim;
      start(claim);
    });
  }

  /** Ends a claim: what it has not sent yet is refused. */
  revoke(claim: Claim): void {
    if (this.#claim === claim) this.#claim = undefined;
  }

  /**
   * Decides and records what an invocation asks for. Answers whether anything was written.
   *
   * @throws {ClientError} if the machine refuses the command.
   * @throws {FencedError} if the claim has ended.
   */
  record(command: Command, claim: Claim): MaybePromise<boolean> {
    return this.#enqueue(() => this.#attempt({ command, claim, conflicts: 0 }));
  }

  /**
   * Decides and records what comes from outside an invocation. What is refused or changes nothing may be so for want of
   * what another process has written: then it is decided again on that.
   *
   * @throws {ClientError} if the machine refuses the command.
   */
  request(command: Command): MaybePromise<boolean> {
    return this.#enqueue(() => this.#attemptOnNewest({ command, claim: undefined, conflicts: 0 }));
  }

  /** The log was removed by this process. */
  forget(): void {
    this.#isGone = true;
    this.#claim = undefined;
    this.#dependencies.listener.onGone();
  }

  #enqueue<T>(task: () => MaybePromise<T>): MaybePromise<T> {
    const result = this.#last === undefined ? task() : this.#last.then(task, task);
    if (!(result instanceof Promise)) return result;
    const settled = result.then(noop, noop).then(() => {
      if (this.#last !== settled) return;
      this.#last = undefined;
      this.#dependencies.listener.onRest();
    });
    this.#last = settled;
    return result;
  }

  async #attemptOnNewest(request: Attempt): Promise<boolean> {
    try {
      if (await this.#attempt(request)) return true;
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
    }
    await this.#read(undefined);
    return this.#attempt(request);
  }

  #attempt(request: Attempt): MaybePromise<boolean> {
    const { claim, command } = request;
    if (this.#isGone) throw new LogGoneError(this.id);
    if (claim !== undefined && this.#claim !== claim) throw new FencedError();
    const { host, writer } = this.#dependencies;
    const now = host.now();
    const facts = accept(decide(this.#state, command, { now, randomId: () => host.randomId() }));
    if (facts.length === 0) return false;
    const commit: Commit =
      claim === undefined
        ? { v: LOG_FORMAT_VERSION, writer: writer.next(), at: now, facts }
        : { v: LOG_FORMAT_VERSION, writer: writer.next(), owner: claim.owner, at: now, facts };
    return this.#append({ commit, body: encodeCommit(commit), seq: this.#state.seq + 1, request });
  }

  #append(written: Written): MaybePromise<boolean> {
    const { seq, body } = written;
    let answer: ReturnType<ExecutionStore["append"]>;
    try {
      answer = this.#dependencies.store.append(this.id, seq, body, this.#state.header.incarnation);
    } catch (error) {
      return this.#lookUp(written, error);
    }
    if (!(answer instanceof Promise)) return this.#answered(written, answer);
    return answer.then(
      (result) => this.#answered(written, result),
      (error: unknown) => this.#lookUp(written, error),
    );
  }

  #answered(written: Written, answer: "appended" | "taken" | "gone"): MaybePromise<boolean> {
    if (answer === "gone") return this.#wentAway();
    if (answer === "taken") return chain(this.#read(written.body), (isOwn) => this.#conclude(written, isOwn));
    this.#note(this.#fold(written.commit));
    this.#publish();
    return true;
  }

  /** Somebody has the number: perhaps an earlier try of this very commit. */
  #conclude({ request, seq }: Written, isOwn: boolean): MaybePromise<boolean> {
    if (!isOwn) {
      if (request.conflicts >= MAX_CONFLICTS)
        throw new Error(`Commit ${seq} of ${this.id} was taken ${MAX_CONFLICTS} times.`);
      return this.#attempt({ ...request, conflicts: request.conflicts + 1 });
    }
    // Another owner may have gone on from it.
    if (request.claim !== undefined && this.#claim !== request.claim) throw new FencedError();
    return true;
  }

  /** The write threw: it may have landed all the same, and may land yet. */
  async #lookUp(written: Written, error: unknown): Promise<boolean> {
    if (error instanceof StorageFullError) throw error;
    let isOwn: boolean;
    try {
      isOwn = await this.#read(written.body);
    } catch {
      throw error;
    }
    if (!isOwn && this.#state.seq < written.seq) throw error;
    return this.#conclude(written, isOwn);
  }

  /** Folds what is new in the store, and publishes it; true if `ownBody` was among it. */
  #read(ownBody: string | undefined): MaybePromise<boolean> {
    return chain(this.#readPages(ownBody, false), (isOwn) => {
      this.#publish();
      return isOwn;
    });
  }

  #readPages(ownBody: string | undefined, found: boolean): MaybePromise<boolean> {
    return chain(this.#page(), (page) => {
      if (page === undefined) return this.#state.seq === 0 ? found : this.#wentAway();
      let isOwn = found;
      for (const body of page.bodies) {
        if (body === ownBody) isOwn = true;
        this.#foldFound(decodeCommit(body));
      }
      return page.next === undefined ? isOwn : this.#readPages(ownBody, isOwn);
    });
  }

  #page(): MaybePromise<LogPage | undefined> {
    if (this.#isGone) throw new LogGoneError(this.id);
    const { seq, header } = this.#state;
    const options: ReadOptions | undefined = seq === 0 ? undefined : { incarnation: header.incarnation };
    return this.#dependencies.store.read(this.id, seq + 1, options);
  }

  #foldFound(commit: Commit): void {
    this.#note(this.#fold(commit));
    if (commit.owner !== undefined && this.#claim !== undefined && commit.owner !== this.#claim.owner) {
      this.#claim = undefined;
      this.#fencedBy = this.#dependencies.writer.hasWritten(commit) ? "HERE" : "ELSEWHERE";
    }
  }

  #note(changed: Operation[]): void {
    if (this.#news === undefined) this.#news = changed;
    else for (const operation of changed) this.#news.push(operation);
  }

  /** A state that a commit was refused on is half changed: it is given up, and read anew by the next task. */
  #fold(commit: Commit): Operation[] {
    try {
      return fold(this.#state, commit);
    } catch (error) {
      this.#state = emptyState();
      this.#news = undefined;
      if (this.#claim !== undefined) this.#fencedBy = "HERE";
      this.#claim = undefined;
      this.#publish();
      throw error;
    }
  }

  #publish(): void {
    const { listener } = this.#dependencies;
    const [news, fencedBy] = [this.#news, this.#fencedBy];
    this.#news = undefined;
    this.#fencedBy = undefined;
    // What another owner has recorded is no news for an invocation that it has replaced.
    if (fencedBy !== undefined) listener.onFenced(fencedBy);
    if (news !== undefined) listener.onNews(news);
  }

  #wentAway(): never {
    this.forget();
    throw new LogGoneError(this.id);
  }
}

interface Attempt {
  readonly command: Command;
  readonly claim: Claim | undefined;
  readonly conflicts: number;
}

interface Written {
  readonly commit: Commit;
  readonly body: string;
  readonly seq: number;
  readonly request: Attempt;
}

function accept(decision: Decision): Commit["facts"] {
  if ("facts" in decision) return decision.facts;
  throw new ClientError(decision.rejected.code, decision.rejected.message);
}

function noop(): void {}
