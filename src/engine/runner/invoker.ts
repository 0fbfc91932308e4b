/**
 * The invocation of one execution in this process: none, or one at a time.
 *
 * 1. An invocation begins once everything that is under way has landed, if one is still due then.
 * 2. An invocation keeps its place until its end is recorded, so that no other one begins before.
 * 3. Where wakes come from a queue, of two processes that begin an invocation at once the first to write calls the
 *    function.
 */

import { causeFromFailure } from "../model/errors.ts";
import { journalOf } from "../machine/journal.ts";
import type { Here } from "../machine/plan.ts";
import type { Operation } from "../model/operation.ts";
import { StorageFullError } from "../ports/execution-store.ts";
import { ActiveInvocation, type CompletedOutput, endOf, type InvocationSurroundings } from "./active-invocation.ts";
import type { Claim } from "./claims.ts";
import { asDurable, type DurableFunction } from "./function.ts";
import { invalidToken } from "./remote-sdk.ts";
import { versionMissing } from "./version-missing.ts";

export interface InvokerOptions extends InvocationSurroundings {
  /** An invocation has begun: the order to the alarm follows from a state that is past. */
  readonly onBegun: () => void;
  /** The end of the invocation is recorded. */
  readonly onEnded: () => void;
  /** The function says that another process has taken over. */
  readonly onFenced: () => void;
  /** The end of the invocation could not be recorded. */
  readonly onFailed: (error: unknown) => void;
}

export class Invoker {
  readonly #options: InvokerOptions;
  #active: ActiveInvocation | undefined;

  constructor(options: InvokerOptions) {
    this.#options = options;
  }

  get here(): Here["invocation"] {
    if (this.#active === undefined) return "NONE";
    if (this.#active.isParked) return "PARKED";
    return this.#active.isLeaving ? "LEAVING" : "RUNNING";
  }

  /** True while the invocation's code or one of its checkpoints is under way, also when it leaves off. */
  get isRunning(): boolean {
    return this.#active !== undefined && !this.#active.isParked;
  }

  /**
   * The invocation whose SDK runs elsewhere and holds this token.
   *
   * @throws {ClientError} InvalidParameterValueException for any other token than the last one given out.
   */
  withToken(token: string): ActiveInvocation {
    const active = this.#active;
    if (active === undefined) throw invalidToken();
    active.remote.check(token);
    return active;
  }

  /** Begins an invocation if one is still due when everything that is under way has landed. */
  async begin(isDue: () => boolean): Promise<void> {
    const { log } = this.#options;
    // Invariant 1: the log calls back when all tasks before this one are done.
    await log.begin((claim) => {
      if (isDue()) this.#start(claim);
      else log.revoke(claim);
    });
  }

  /** See `Here.runsSince`. */
  get runsSince(): number | undefined {
    return this.#active?.isRunning === true ? this.#active.startedAt : undefined;
  }

  /** Writes that the invocation still runs. */
  async renew(): Promise<void> {
    const active = this.#active;
    if (active?.isRunning === true) await this.#options.log.record({ type: "RENEW" }, active.claim);
  }

  /** Passes changes on to the invocation. */
  absorb(changed: readonly Operation[]): void {
    this.#active?.absorb(changed);
  }

  /** The execution is paused; see `RunningInvocation.leaveOff`. */
  leaveOff(): void {
    this.#active?.leaveOff();
    if (this.#active?.isOver === true) this.abandon();
  }

  /** Ends the invocation without effect. */
  abandon(): void {
    if (this.#active === undefined) return;
    this.#options.setup.lostTokens.add(this.#active.remote.token);
    this.#active.abandon();
    this.#active = undefined;
  }

  #start(claim: Claim): void {
    const { log, setup, onBegun } = this.#options;
    const { header } = log.state;
    const active = new ActiveInvocation(claim, this.#options);
    this.#active = active;
    onBegun();
    const target = setup.functions.find(header.functionName, header.version);
    if (target === undefined) void this.#finish(active, versionMissing(setup, header));
    else if (setup.wakesFromQueue) setup.host.background(this.#callFirst(active, asDurable(target)));
    else this.#call(active, asDurable(target));
  }

  /** Calls the function if no other process has begun an invocation since this one was found due. */
  async #callFirst(active: ActiveInvocation, target: DurableFunction): Promise<void> {
    const { log, onFailed } = this.#options;
    try {
      // Invariant 3: only the process whose commit lands first still has its claim.
      await log.record({ type: "RENEW" }, active.claim);
      if (!active.isOver) this.#call(active, target);
    } catch (error) {
      if (active.isOver) return;
      this.abandon();
      onFailed(error);
    }
  }

  #call(active: ActiveInvocation, target: DurableFunction): void {
    const { log, onFenced } = this.#options;
    try {
      active.start(target, journalOf(log.state), {
        onOutput: (output) => void this.#finish(active, output),
        onFenced,
      });
    } catch (error) {
      this.abandon();
      throw error;
    }
  }

  /** Records how an invocation ended. */
  async #finish(active: ActiveInvocation, output: CompletedOutput): Promise<void> {
    const { log, pause, setup, onEnded, onFailed } = this.#options;
    try {
      await log.record(endOf(active, output), active.claim);
      // Invariant 2: the end is recorded.
      this.#leave(active);
      // What neither ends the execution nor is waited for by a caller is told of by `onError` alone.
      if (output.status === "BREACH") setup.onError(log.id, output.error);
      if (output.status === "FAULT" || output.status === "HALT") setup.onError(log.id, causeFromFailure(output.error));
      onEnded();
    } catch (error) {
      if (active.isOver) return;
      if (error instanceof StorageFullError) return pause.room(error).then(() => this.#finish(active, output));
      this.#leave(active);
      onFailed(error);
    }
  }

  #leave(active: ActiveInvocation): void {
    active.over();
    if (this.#active === active) this.#active = undefined;
  }
}
