/**
 * An execution as this process knows it, and the only way to change it: decide a command on the newest state, append
 * the facts under the next number, fold them. If another writer took that number first, its commits are folded and
 * the command is decided again.
 *
 * 1. Everything about one execution passes through one queue, task after task: commands of an invocation and from
 *    outside, reads of other processes' commits, and the start of an invocation. Over a synchronous store with an empty
 *    queue a task is done when its call returns.
 * 2. News leave in the order of the log and from one place, `#publish`, before the next task begins.
 * 3. One claim is valid at a time. A commit by another owner ends it, since that owner has gone on without knowing what
 *    the claim's invocation does; so does `revoke`. A command under a claim that has ended is refused; a write that is
 *    under way lands before the next task, and so before the next claim.
 * 4. A write whose fate is unknown is looked up in the log. A write that is not there may still land, but only under
 *    its own number: the next write of any process either takes that number or finds the commit there.
 */

import type { Command, Decision } from "../machine/command.ts";
import { encodeCommit } from "../machine/commit-codec.ts";
import { decide } from "../machine/decide.ts";
import type { ExecutionState } from "../machine/state.ts";
import type { Commit } from "../model/commit.ts";
import { formatOf } from "../model/commit.ts";
import type { Operation } from "../model/operation.ts";
import type { ExecutionStore } from "../ports/execution-store.ts";
import { StorageFullError } from "../ports/execution-store.ts";
import type { Host } from "../ports/host.ts";
import { chain, type MaybePromise } from "../ports/maybe-promise.ts";
import { FencedError } from "../replay/faults.ts";
import { type Claim, Claims, type FencedBy, type Writer } from "./claims.ts";
import { ClientError } from "./client.ts";
import { LogCopy, LogGoneError } from "./log-copy.ts";
import type { Snapshots } from "./snapshots.ts";
import { TaskQueue } from "./task-queue.ts";

/** Told of changes to a log. */
export interface LogListener {
  /** Commits were folded: the operations that they changed, in the order of the log. */
  onNews(changed: readonly Operation[]): void;
  /** The claim that was valid has ended. */
  onFenced(by: FencedBy): void;
  /** The log was removed. */
  onGone(): void;
  /** The queue has been worked off. */
  onRest(): void;
}

export interface LogDependencies {
  readonly store: ExecutionStore;
  readonly host: Host;
  readonly writer: Writer;
  readonly snapshots: Snapshots;
  readonly listener: LogListener;
  readonly maxOperations: number;
}

/** How often a commit is tried while others win the number: far above what a live system sees. */
const MAX_CONFLICTS = 1000;

export class ExecutionLog {
  readonly id: string;
  readonly #dependencies: LogDependencies;
  // Invariant 1: every read, write and start of an invocation is a task of this queue.
  readonly #queue: TaskQueue;
  readonly #claims: Claims;
  readonly #copy: LogCopy;

  constructor(id: string, dependencies: LogDependencies) {
    const { store, writer, snapshots, listener } = dependencies;
    this.id = id;
    this.#dependencies = dependencies;
    this.#queue = new TaskQueue(() => listener.onRest());
    this.#claims = new Claims(writer);
    this.#copy = new LogCopy(id, {
      store,
      snapshots,
      onFound: (commit) => this.#note(commit),
      onRefused: () => {
        this.#claims.fence("HERE");
        this.#publish();
      },
      onGone: () => this.forget(),
    });
  }

  get state(): ExecutionState {
    return this.#copy.state;
  }

  /** False before the log was read, and once it was removed. */
  get exists(): boolean {
    return this.#copy.exists;
  }

  /** True while a task is under way. */
  get isBusy(): boolean {
    return this.#queue.isBusy;
  }

  holds(claim: Claim): boolean {
    return this.#claims.holds(claim);
  }

  /**
   * Takes over the commits of other processes; the first time, the whole log.
   *
   * @throws {LogGoneError} if the log was removed since it was read.
   */
  catchUp(): MaybePromise<void> {
    return this.#queue.add(() => chain(this.#read(undefined), noop));
  }

  /** Makes a claim in place of the last, and begins an invocation under it on the state of that moment. */
  begin(start: (claim: Claim) => void): MaybePromise<void> {
    return this.#queue.add(() => {
      this.#publish();
      start(this.#claims.make());
    });
  }

  /** Ends a claim: commands of its invocation that were not sent yet are refused. */
  revoke(claim: Claim): void {
    this.#claims.revoke(claim);
  }

  /**
   * Decides and records a command of an invocation. Answers whether anything was written; `holds` answers whether the
   * claim is still valid by then.
   *
   * @throws {ClientError} if the machine refuses the command.
   * @throws {FencedError} if the claim has ended.
   */
  record(command: Command, claim: Claim): MaybePromise<boolean> {
    return this.#queue.add(() => this.#attempt({ command, claim, conflicts: 0 }));
  }

  /**
   * Decides and records a command from outside an invocation. A refusal, or a command that changes nothing, may be for
   * want of another process's commits: then the command is decided again on those.
   *
   * @throws {ClientError} if the machine refuses the command.
   */
  request(command: Command): MaybePromise<boolean> {
    return this.#queue.add(() => this.#attemptOnNewest({ command, claim: undefined, conflicts: 0 }));
  }

  /** The log was removed. */
  forget(): void {
    this.#copy.forget();
    this.#claims.revoke();
    this.#dependencies.listener.onGone();
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
    this.#copy.assertThere();
    // Invariant 3: the claim has ended before the command was sent.
    if (claim !== undefined && !this.#claims.holds(claim)) throw new FencedError();
    const { host, writer, maxOperations } = this.#dependencies;
    const now = host.now();
    const context = { now, randomId: () => host.randomId(), maxOperations };
    const { facts, isSign } = accept(decide(this.state, command, context));
    if (facts.length === 0 && isSign !== true) return false;
    const commit: Commit =
      claim === undefined
        ? { v: formatOf(facts), writer: writer.next(), at: now, facts }
        : { v: formatOf(facts), writer: writer.next(), owner: claim.owner, at: now, facts };
    return this.#append({ commit, body: encodeCommit(commit), seq: this.state.seq + 1, request });
  }

  #append(written: Written): MaybePromise<boolean> {
    const { seq, body } = written;
    let answer: ReturnType<ExecutionStore["append"]>;
    try {
      answer = this.#dependencies.store.append(this.id, seq, body, this.state.header.incarnation);
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
    if (answer === "gone") {
      this.forget();
      throw new LogGoneError(this.id);
    }
    if (answer === "taken") return chain(this.#read(written.body), (isOwn) => this.#conclude(written, isOwn));
    this.#copy.add(written.commit);
    if (written.request.command.type === "REWIND") this.#note(written.commit);
    this.#publish();
    return true;
  }

  /** Once its execution was rewound, by any process, the state that an invocation goes on from counts no more. */
  #note(commit: Commit): void {
    if (commit.facts[0]?.kind === "REWOUND") this.#claims.fence("HERE");
    else this.#claims.note(commit);
  }

  /** Another commit has the number, or an earlier try of this commit. */
  #conclude({ request, seq }: Written, isOwn: boolean): MaybePromise<boolean> {
    if (isOwn) return true;
    if (request.conflicts >= MAX_CONFLICTS)
      throw new Error(`Commit ${seq} of ${this.id} was taken ${MAX_CONFLICTS} times.`);
    return this.#attempt({ ...request, conflicts: request.conflicts + 1 });
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
    // Invariant 4: no commit has the number yet, so the write may still land.
    if (!isOwn && this.state.seq < written.seq) throw error;
    return this.#conclude(written, isOwn);
  }

  /** Folds and publishes new commits of the store; true if `ownBody` was among them. */
  #read(ownBody: string | undefined): MaybePromise<boolean> {
    return chain(this.#copy.read(ownBody), (isOwn) => {
      this.#publish();
      return isOwn;
    });
  }

  // Invariant 2: no other method takes the news.
  #publish(): void {
    const { listener } = this.#dependencies;
    const news = this.#copy.takeNews();
    const fencedBy = this.#claims.takeFence();
    // First: an owner's commits are no news for an invocation that this owner has replaced.
    if (fencedBy !== undefined) listener.onFenced(fencedBy);
    if (news !== undefined) listener.onNews(news);
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

function accept(decision: Decision): Extract<Decision, { readonly facts: unknown }> {
  if ("facts" in decision) return decision;
  throw new ClientError(decision.rejected.code, decision.rejected.message);
}

function noop(): void {}
