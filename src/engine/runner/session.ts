/**
 * One execution in the hands of this process: a session looks at the execution whenever something has happened, passes
 * changes on to the invocation that runs here, and lets go of everything when another process has its turn. `Duties`
 * knows how each duty is carried out, `Invoker` the invocation that runs here, `WakeOrders` when to look again.
 *
 * 1. News reach the invocation from one place, `onNews`, in the order of the log.
 * 2. The alarm gets no order from a process that may not run the execution, or knows that it was replaced.
 * 3. Fenced, stood down or closed, a session has no further effect until it is woken again. A wake that has come before
 *    the session learns of a fence counts, also a wake whose look has failed and was to be tried again.
 */

import { isEnded } from "../machine/pending.ts";
import type { Duty, Plan } from "../machine/plan.ts";
import type { Command } from "../machine/command.ts";
import type { ExecutionState } from "../machine/state.ts";
import { type ExecutionHeader, isPaused } from "../model/execution.ts";
import type { Operation } from "../model/operation.ts";
import { StorageFullError } from "../ports/execution-store.ts";
import type { MaybePromise } from "../ports/maybe-promise.ts";
import { FencedError } from "../replay/faults.ts";
import { Callees } from "./callees.ts";
import type { FencedBy } from "./claims.ts";
import { type CheckpointAnswer, type CheckpointRequest, ClientError } from "./client.ts";
import { Duties } from "./duties.ts";
import { ExecutionLog, type LogListener } from "./execution-log.ts";
import { Invoker } from "./invoker.ts";
import { LogGoneError } from "./log-copy.ts";
import { LookLoop, type Outlook, type Wish } from "./look-loop.ts";
import { Retries } from "./retries.ts";
import type { RunnerSetup } from "./setup.ts";
import { Snapshots } from "./snapshots.ts";
import { StoragePause } from "./storage-pause.ts";
import { WakeOrders } from "./wake-orders.ts";

/** The table of sessions, as a session sees it. */
export interface SessionSurroundings {
  /** Told when the session may have become idle; see `isInUse`. */
  readonly onIdle: () => void;
  /** Told of the state after commits were folded. */
  readonly onNews: (state: ExecutionState) => void;
  readonly isWatched: () => boolean;
}

export class Session implements LogListener, Outlook {
  readonly id: string;
  readonly #setup: RunnerSetup;
  readonly #surroundings: SessionSurroundings;
  readonly #snapshots: Snapshots;
  readonly #log: ExecutionLog;
  readonly #loop: LookLoop;
  readonly #wakes: WakeOrders;
  readonly #pause: StoragePause;
  readonly #callees: Callees;
  readonly #invoker: Invoker;
  readonly #duties: Duties;
  #isClosed = false;

  constructor(id: string, setup: RunnerSetup, surroundings: SessionSurroundings) {
    this.id = id;
    this.#setup = setup;
    this.#surroundings = surroundings;
    const { store, host, writer, maxOperations } = setup;
    const retries = new Retries();
    const onChange = (): void => void this.#look({ orders: true });
    this.#snapshots = new Snapshots(id, { setup, onError: (error) => this.#report(error) });
    this.#log = new ExecutionLog(id, {
      store,
      host,
      writer,
      snapshots: this.#snapshots,
      listener: this,
      maxOperations,
    });
    this.#loop = new LookLoop(this, (work) => host.background(work));
    this.#wakes = new WakeOrders(id, setup, {
      retries,
      state: () => this.state,
      isRunning: () => this.#invoker.isRunning,
      onDue: (wish) => void this.#look(wish),
      onRest: () => this.onIdle(),
    });
    this.#pause = new StoragePause(id, setup, retries);
    this.#callees = new Callees({ setup, retries, caller: () => this.state.header, onChange });
    this.#invoker = new Invoker({
      log: this.#log,
      pause: this.#pause,
      setup,
      onBegun: () => this.#loop.wish({ orders: true }),
      onParked: onChange,
      onEnded: onChange,
      onFenced: () => this.onFenced("ELSEWHERE"),
      onFailed: (error) => this.failed(error),
    });
    this.#duties = new Duties({
      setup,
      log: this.#log,
      invoker: this.#invoker,
      callees: this.#callees,
      wakes: this.#wakes,
      stops: () => this.#loop.stops,
    });
  }

  get state(): ExecutionState {
    return this.#log.state;
  }

  /** The recorded header, with a halt that cannot be recorded while the store has no room. */
  get header(): ExecutionHeader {
    const { header } = this.state;
    return this.#pause.halt === undefined ? header : { ...header, halt: this.#pause.halt };
  }

  /** False for an execution that never was, or was removed. */
  get exists(): boolean {
    return this.#log.exists;
  }

  get seq(): number {
    return this.state.seq;
  }

  /** True while a task of the execution is under way or waits in this process, or a client watches it here. */
  get isInUse(): boolean {
    return (
      this.#invoker.here !== "NONE" ||
      this.#loop.isLooking ||
      this.#pause.halt !== undefined ||
      this.#log.isBusy ||
      this.#wakes.isBusy ||
      this.#callees.isBusy ||
      this.#surroundings.isWatched()
    );
  }

  /** Takes over other processes' commits. */
  async read(): Promise<void> {
    await this.#log.catchUp();
  }

  /** Looks at the execution as it is in the log now, and carries out its duties. Never rejects. */
  wake(): Promise<void> {
    return this.#look({ reads: true, orders: true });
  }

  /**
   * Changes the execution from outside; duties that follow are done in the background. False if nothing was to be
   * written.
   *
   * @throws {ClientError} if the machine refuses the command.
   */
  async command(command: Command): Promise<boolean> {
    try {
      const isWritten = await this.#log.request(command);
      if (isWritten) void this.#look({ orders: true });
      return isWritten;
    } catch (error) {
      // The command may have been recorded all the same, and no other process may know of it.
      if (!(error instanceof ClientError || error instanceof LogGoneError)) this.#tryLater();
      throw error;
    }
  }

  /** Goes on after a halt, recorded or not. */
  async resume(version: string | undefined): Promise<void> {
    if (this.#pause.halt !== undefined) {
      if (!this.#pause.tryAgain()) await this.wake();
      await this.read();
      // Another process may have halted the execution meanwhile.
      if (this.state.header.halt === undefined) return;
    }
    await this.command({ type: "RESUME", ...(version === undefined ? {} : { version }) });
    await this.carryOut({ kind: "SHOW" });
  }

  /**
   * A checkpoint by an SDK that runs elsewhere.
   *
   * @throws {ClientError} InvalidParameterValueException for any other token than the last one given out.
   */
  async remoteCheckpoint({ token, updates }: CheckpointRequest): Promise<CheckpointAnswer> {
    // The SDK's invocation is over here: without a token it ends as pending, and the process that took over goes on.
    if (this.#isLost(token)) return { operations: [] };
    const active = this.#invoker.withToken(token);
    const operations = await active.remote.call(token, () => active.remoteCheckpoint(updates));
    return operations === undefined ? { operations: [] } : { token: active.remote.token, operations };
  }

  /** Refuses a token that `remoteCheckpoint` would refuse. */
  checkRemote(token: string): void {
    if (!this.#isLost(token)) this.checkToken(token);
  }

  /** @throws {ClientError} InvalidParameterValueException for any other token than the last one given out. */
  checkToken(token: string): void {
    this.#invoker.withToken(token);
  }

  /** Stops running the execution here, without effect, until it is woken again and this process may run it. */
  standDown(): void {
    this.#letGo();
    this.onIdle();
  }

  /** Lets go of everything: nothing of this session has an effect any more. */
  close(): void {
    this.#isClosed = true;
    this.#letGo();
  }

  plan(): Plan {
    return this.#duties.plan();
  }

  carryOut(duty: Duty): MaybePromise<void> {
    return this.#duties.carryOut(duty);
  }

  rest(plan: Plan, orders: boolean): void {
    this.#wakes.rest(plan, orders);
    if (!this.#invoker.isRunning && this.#setup.mayRun(this.id)) this.#snapshots.keep(() => this.state);
  }

  /** The store or a peer failed. The log is safe; the work is tried again later, from the log. */
  failed(error: unknown): void {
    if (this.#isClosed || error instanceof FencedError || error instanceof LogGoneError) return;
    if (error instanceof StorageFullError) this.#pause.begin(error);
    this.#report(error);
    this.#tryLater();
  }

  onIdle(): void {
    if (!this.isInUse) this.#surroundings.onIdle();
  }

  onNews(changed: readonly Operation[]): void {
    this.#pause.end();
    if (this.#invoker.here !== "NONE") this.#passOn(changed);
    if (this.#callees.sent.size > 0) this.#callees.noteOutcomes(changed);
    this.#surroundings.onNews(this.state);
  }

  onFenced(by: FencedBy): void {
    // Invariant 3: ends the look under way, but keeps a wake that has come.
    this.#loop.interrupt();
    this.#letGoOfWork();
    if (by === "HERE") void this.#look({ orders: true });
    else this.#setup.onFenced(this.id);
  }

  onGone(): void {
    this.#letGo();
    this.onIdle();
  }

  onRest(): void {
    this.onIdle();
  }

  #look(wish: Wish): Promise<void> {
    return this.#isClosed ? Promise.resolve() : this.#loop.ask(wish);
  }

  /** Passes news on to the invocation that runs here. Without one, other processes see to their own commits. */
  #passOn(changed: readonly Operation[]): void {
    const { state } = this;
    if (isEnded(state) || state.header.halt !== undefined) {
      if (isPaused(state.header) && this.#invoker.isRunning) this.#invoker.leaveOff();
      else this.#invoker.abandon();
      void this.#look({ orders: true });
      return;
    }
    // Invariant 1: no other line passes news on.
    this.#invoker.absorb(changed);
    if (changed.some(isAwaited) || this.#duties.hasNews) void this.#look({});
  }

  #report(error: unknown): void {
    if (!this.#isClosed) this.#setup.onError(this.id, error);
  }

  #tryLater(): void {
    if (this.#isClosed) return;
    this.#loop.wish({ reads: true });
    this.#wakes.later();
  }

  #isLost(token: string): boolean {
    return this.#setup.lostTokens.has(token);
  }

  #letGo(): void {
    this.#loop.stop();
    this.#letGoOfWork();
  }

  #letGoOfWork(): void {
    // Invariant 2: orders that were not given yet are dropped.
    this.#wakes.stop();
    this.#invoker.abandon();
    this.#pause.end();
  }
}

/** True for operations that may go on without their invocation: their time, or their function, has to be seen to. */
function isAwaited({ type, status }: Operation): boolean {
  return type === "STEP" ? status === "PENDING" : type !== "CONTEXT" && status === "STARTED";
}
