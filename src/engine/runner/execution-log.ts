/**
 * An execution as this process knows it, and the only way to change it: decide a command on the newest state, append
 * the facts under the next number, fold them. If somebody else wrote that number first, their commits are folded and
 * the command is decided again; if they ran the execution themselves, this owner is fenced.
 *
 * Commands come one after the other. Over a synchronous store a command is done when `apply` returns.
 */

import { type Command, type Decision } from "../machine/command.ts";
import { decodeCommit, encodeCommit } from "../machine/commit-codec.ts";
import { decide } from "../machine/decide.ts";
import { fold } from "../machine/fold.ts";
import { emptyState, type ExecutionState } from "../machine/state.ts";
import type { Commit } from "../model/commit.ts";
import { LOG_FORMAT_VERSION } from "../model/commit.ts";
import type { Operation } from "../model/operation.ts";
import type { ExecutionStore } from "../ports/execution-store.ts";
import { StorageFullError } from "../ports/execution-store.ts";
import type { Host } from "../ports/host.ts";
import { chain, type MaybePromise } from "../ports/maybe-promise.ts";
import { FencedError } from "../replay/faults.ts";
import { ClientError } from "./client.ts";

/** What a command led to. */
export interface Applied {
  /** Every operation that changed since the last answer, by this command or by somebody else. */
  readonly changed: readonly Operation[];
  /** True if this command changed nothing itself. */
  readonly isEmpty: boolean;
}

/** Who writes for an invocation, and the number of the last commit it started from. */
export interface Claim {
  readonly owner: string;
  readonly since: number;
}

export interface LogDependencies {
  readonly store: ExecutionStore;
  readonly host: Host;
  /** Told of every commit, whoever wrote it. */
  readonly onCommit: () => void;
}

/** How often a commit is tried while others win the number: far above what a live system sees. */
const MAX_CONFLICTS = 1000;

export class ExecutionLog {
  readonly id: string;
  readonly state: ExecutionState = emptyState();
  readonly #dependencies: LogDependencies;
  readonly #writer: string;
  #writes = 0;
  /** Resolves when the command before is done; undefined while none is under way. */
  #last: Promise<unknown> | undefined;
  /** Changes by others that no answer has carried yet. */
  #foreign: Operation[] = [];
  /** The newest commit that another process wrote on behalf of an invocation of its own. */
  #foreignOwnerSeq = 0;
  #isLoaded = false;
  #isBroken = false;

  constructor(id: string, dependencies: LogDependencies) {
    this.id = id;
    this.#dependencies = dependencies;
    this.#writer = dependencies.host.randomId();
  }

  get exists(): boolean {
    return this.state.seq > 0;
  }

  /** The state can no longer be trusted: a write's fate is unknown. Load the log anew. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** Reads what was written since; at first, everything. Answers what others changed. */
  catchUp(): MaybePromise<readonly Operation[]> {
    return this.#exclusive(() =>
      chain(this.#read(undefined), () => {
        this.#isLoaded = true;
        return this.#takeForeign();
      }),
    );
  }

  /** The right to write for an invocation that starts now, from what is known now. */
  claim(): Claim {
    return { owner: this.#dependencies.host.randomId(), since: this.state.seq };
  }

  /** True if another process has run the execution since the claim, as far as this one has read. */
  isFenced(claim: Claim): boolean {
    return this.#foreignOwnerSeq > claim.since;
  }

  /**
   * Decides and records a command; with a claim, on behalf of that invocation.
   *
   * @throws {ClientError} if the machine refuses the command.
   * @throws {FencedError} if somebody else has run the execution since the claim.
   */
  apply(command: Command, claim?: Claim): MaybePromise<Applied> {
    return this.#exclusive(() => this.#attempt({ command, claim, conflicts: 0 }));
  }

  #takeForeign(): readonly Operation[] {
    const foreign = this.#foreign;
    this.#foreign = [];
    return foreign;
  }

  #exclusive<T>(task: () => MaybePromise<T>): MaybePromise<T> {
    const result = this.#last === undefined ? task() : this.#last.then(task, task);
    if (!(result instanceof Promise)) return result;
    const settled = result.then(noop, noop).then(() => {
      if (this.#last === settled) this.#last = undefined;
    });
    this.#last = settled;
    return result;
  }

  #attempt(request: Attempt): MaybePromise<Applied> {
    const { claim, command } = request;
    if (claim !== undefined && this.isFenced(claim)) throw new FencedError();
    const { host } = this.#dependencies;
    const env = { now: host.now(), randomId: () => host.randomId() };
    const facts = accept(decide(this.state, command, env));
    if (facts.length === 0) return { changed: this.#takeForeign(), isEmpty: true };
    const commit: Commit = {
      v: LOG_FORMAT_VERSION,
      writer: `${this.#writer}.${++this.#writes}`,
      ...(claim === undefined ? {} : { owner: claim.owner }),
      at: env.now,
      facts,
    };
    const written: Written = { commit, body: encodeCommit(commit), request };
    return this.#append(written);
  }

  #append(written: Written): MaybePromise<Applied> {
    const { store } = this.#dependencies;
    let answer: MaybePromise<"appended" | "taken">;
    try {
      answer = store.append(this.id, this.state.seq + 1, written.body);
    } catch (error) {
      return this.#uncertain(written, error);
    }
    if (!(answer instanceof Promise)) return this.#landed(written, answer);
    return answer.then(
      (result) => this.#landed(written, result),
      (error: unknown) => this.#uncertain(written, error),
    );
  }

  #landed(written: Written, answer: "appended" | "taken"): MaybePromise<Applied> {
    if (answer === "taken") return this.#conflict(written);
    const changed = this.#take(written.commit);
    return { changed: this.#foreign.length === 0 ? changed : [...this.#takeForeign(), ...changed], isEmpty: false };
  }

  /** Somebody has that number: perhaps an earlier try of this very commit. */
  #conflict(written: Written): MaybePromise<Applied> {
    return chain(this.#read(written), (isOwn) => {
      if (isOwn) return this.#foundOwn(written);
      const { request } = written;
      if (request.conflicts >= MAX_CONFLICTS)
        throw new Error(`Commit ${this.state.seq + 1} of ${this.id} was taken ${MAX_CONFLICTS} times.`);
      return this.#attempt({ ...request, conflicts: request.conflicts + 1 });
    });
  }

  /** The commit had landed; others may have gone on from it. */
  #foundOwn({ request: { claim } }: Written): Applied {
    if (claim !== undefined && this.isFenced(claim)) throw new FencedError();
    return { changed: this.#takeForeign(), isEmpty: false };
  }

  /** The write threw: it may have landed all the same. */
  #uncertain(written: Written, error: unknown): MaybePromise<Applied> {
    if (error instanceof StorageFullError) throw error;
    const before = this.state.seq;
    let read: MaybePromise<boolean>;
    try {
      read = this.#read(written);
    } catch {
      this.#isBroken = true;
      throw error;
    }
    const conclude = (isOwn: boolean): MaybePromise<Applied> => {
      if (isOwn) return this.#foundOwn(written);
      if (this.state.seq > before)
        return this.#attempt({ ...written.request, conflicts: written.request.conflicts + 1 });
      this.#isBroken = true;
      throw error;
    };
    if (!(read instanceof Promise)) return conclude(read);
    return read.then(conclude, () => {
      this.#isBroken = true;
      throw error;
    });
  }

  /** Folds what is new in the store; true if `own` was among it. */
  #read(own: Written | undefined): MaybePromise<boolean> {
    const { store } = this.#dependencies;
    const page = (found: boolean): MaybePromise<boolean> =>
      chain(store.read(this.id, this.state.seq + 1), ({ bodies, next }) => {
        let isOwn = found;
        for (const body of bodies) {
          if (body === own?.body) isOwn = true;
          this.#takeFound(decodeCommit(body));
        }
        return next === undefined ? isOwn : page(isOwn);
      });
    return page(false);
  }

  #takeFound(commit: Commit): void {
    const isNews = this.#isLoaded;
    const changed = this.#take(commit);
    const isOwn = commit.writer.startsWith(this.#writer);
    if (commit.owner !== undefined && !isOwn) this.#foreignOwnerSeq = this.state.seq;
    if (isNews) this.#foreign.push(...changed);
  }

  #take(commit: Commit): readonly Operation[] {
    const changed = fold(this.state, commit);
    this.#dependencies.onCommit();
    return changed;
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
  readonly request: Attempt;
}

function accept(decision: Decision): Commit["facts"] {
  if ("facts" in decision) return decision.facts;
  throw new ClientError(decision.rejected.code, decision.rejected.message);
}

function noop(): void {}
