/**
 * One execution in the hands of this process: it carries out what the plan says, passes on what changes to the
 * invocation that runs here, and lets go of everything when another process has its turn.
 *
 * 1. A duty follows from the state (see `planOf`), never from the event that has caused the look: carried out twice it
 *    does nothing the second time.
 * 2. News reach the invocation from one place, `onNews`, in the order of the log.
 * 3. The alarm gets no order from a process that may not run the execution, or knows that it was replaced.
 * 4. Fenced, stood down or closed, a session has no further effect until it is woken again.
 */

import { journalOf } from "../machine/journal.ts";
import { isEnded } from "../machine/pending.ts";
import { type Duty, type Here, type Lease, nextTimer, type Plan, planOf } from "../machine/plan.ts";
import type { Command } from "../machine/command.ts";
import type { ExecutionState } from "../machine/state.ts";
import type { ExecutionHeader } from "../model/execution.ts";
import type { Operation } from "../model/operation.ts";
import { StorageFullError } from "../ports/execution-store.ts";
import { FencedError } from "../replay/faults.ts";
import { ActiveInvocation, type CompletedOutput, endOf } from "./active-invocation.ts";
import { Callees } from "./callees.ts";
import { type CheckpointAnswer, type CheckpointRequest, ClientError } from "./client.ts";
import { directoryRow } from "./directory-row.ts";
import { type Claim, ExecutionLog, LogGoneError, type LogListener } from "./execution-log.ts";
import { asDurable, type DurableFunction } from "./function.ts";
import { LookLoop, type Outlook, type Wish } from "./look-loop.ts";
import { tellParent } from "./parent.ts";
import { invalidToken } from "./remote-sdk.ts";
import { Retries } from "./retries.ts";
import type { RunnerSetup } from "./setup.ts";
import { StoragePause } from "./storage-pause.ts";
import { versionMissing } from "./version-missing.ts";
import { WakeClock } from "./wake-clock.ts";

/** What a session tells the table that it stands in. */
export interface SessionSurroundings {
  /** Told when the session may have become idle; see `isInUse`. */
  readonly onIdle: () => void;
  /** Told of the state after commits were folded. */
  readonly onNews: (state: ExecutionState) => void;
  readonly isWatched: () => boolean;
}

/** What is tried again when reading, carrying out a duty or a command from outside has failed. */
const LOOK = "look";

export class Session implements LogListener, Outlook {
  readonly id: string;
  readonly #setup: RunnerSetup;
  readonly #surroundings: SessionSurroundings;
  readonly #log: ExecutionLog;
  readonly #loop: LookLoop;
  readonly #clock: WakeClock;
  readonly #pause: StoragePause;
  readonly #callees: Callees;
  readonly #retries = new Retries();
  #active: ActiveInvocation | undefined;
  /** See `Here.shown`: commit 1 was written together with its row. */
  #shown = 1;
  #isClosed = false;

  constructor(id: string, setup: RunnerSetup, surroundings: SessionSurroundings) {
    this.id = id;
    this.#setup = setup;
    this.#surroundings = surroundings;
    const { store, host, writer } = setup;
    const onChange = (): void => void this.#look({ orders: true });
    this.#log = new ExecutionLog(id, { store, host, writer, listener: this });
    this.#loop = new LookLoop(this, (work) => host.background(work));
    this.#clock = new WakeClock(id, setup, { retries: this.#retries, onDue: onChange, onRest: () => this.onIdle() });
    this.#pause = new StoragePause(id, setup, this.#retries);
    this.#callees = new Callees({ setup, retries: this.#retries, caller: () => this.state.header, onChange });
  }

  get state(): ExecutionState {
    return this.#log.state;
  }

  /** What is recorded, and a halt that cannot be recorded: the store has no room. */
  get header(): ExecutionHeader {
    const { header } = this.state;
    return this.#pause.halt === undefined ? header : { ...header, halt: this.#pause.halt };
  }

  /** False for an execution that never was, or was removed. */
  get exists(): boolean {
    return this.#log.exists;
  }

  get isUnread(): boolean {
    return this.state.seq === 0;
  }

  /** True while something of the execution is under way or waits here, or somebody watches it. */
  get isInUse(): boolean {
    return (
      this.#active !== undefined ||
      this.#loop.isLooking ||
      this.#pause.halt !== undefined ||
      this.#log.isBusy ||
      this.#clock.isBusy ||
      this.#callees.isBusy ||
      this.#surroundings.isWatched()
    );
  }

  /** Takes over what other processes wrote. */
  async read(): Promise<void> {
    await this.#log.catchUp();
  }

  /** Looks at the execution as it is in the log now, and does what is due. Never rejects. */
  wake(): Promise<void> {
    return this.#look({ reads: true, orders: true });
  }

  /**
   * Changes the execution from outside; what follows is done in the background.
   *
   * @throws {ClientError} if the machine refuses the command.
   */
  async command(command: Command): Promise<void> {
    try {
      const isWritten = await this.#log.request(command);
      if (isWritten) void this.#look({ orders: true });
    } catch (error) {
      // It may have been recorded all the same, and nobody else may know.
      if (!(error instanceof ClientError || error instanceof LogGoneError)) this.#tryLater();
      throw error;
    }
  }

  /** Goes on after a halt, recorded or not. */
  async resume(version: string | undefined): Promise<void> {
    if (this.#pause.halt !== undefined) {
      if (!this.#pause.tryAgain()) await this.wake();
      return;
    }
    await this.command({ type: "RESUME", ...(version === undefined ? {} : { version }) });
    await this.#show();
  }

  /**
   * A checkpoint by an SDK that runs elsewhere.
   *
   * @throws {ClientError} InvalidParameterValueException for any other token than the last one given out.
   */
  async remoteCheckpoint({ token, updates }: CheckpointRequest): Promise<CheckpointAnswer> {
    const active = this.checkToken(token);
    const operations = await active.remote.call(token, () => active.remoteCheckpoint(updates));
    return { token: active.remote.token, operations };
  }

  /** @throws {ClientError} InvalidParameterValueException for any other token than the last one given out. */
  checkToken(token: string): ActiveInvocation {
    const active = this.#active;
    if (active === undefined) throw invalidToken();
    active.remote.check(token);
    return active;
  }

  /** Stops running the execution here, without effect. It is woken here again once this process may run it. */
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
    const invocation = this.#active === undefined ? "NONE" : this.#active.isParked ? "PARKED" : "RUNNING";
    const { sent } = this.#callees;
    const here: Here = { mayRun: this.#mayRun, invocation, lease: this.#lease, sent, shown: this.#shown };
    return planOf(this.state, here, this.#setup.host.now());
  }

  async carryOut(duty: Duty): Promise<void> {
    switch (duty.kind) {
      case "STOP_INVOCATION":
        return this.#abandon();
      case "FIRE_TIMERS":
        await this.#log.request({ type: "FIRE_TIMERS" });
        return;
      case "CALL":
        return this.#callees.call(duty.operation);
      case "INVOKE":
        return this.#invoke();
      case "TELL_PARENT":
        await tellParent(this.state.header, this.#setup.peers());
        await this.#log.request({ type: "NOTIFY_PARENT" });
        return;
      case "SHOW":
        return this.#show();
      case "REMOVE":
        return this.#remove();
      default:
        duty satisfies never;
    }
  }

  rest(wakeAt: number | undefined, orders: boolean): void {
    if (orders) this.#order(wakeAt);
    // While a function runs, timers are watched in memory: moving the alarm costs a write.
    this.#clock.watch(this.#isRunning ? wakeAt : undefined);
    this.#retries.succeeded(LOOK);
  }

  /** The store or a peer failed. What is recorded is safe; it is tried again later, from the log. */
  failed(error: unknown): void {
    if (this.#isClosed || error instanceof FencedError || error instanceof LogGoneError) return;
    if (error instanceof StorageFullError) this.#pause.begin(error);
    this.#setup.onError(this.id, error);
    this.#tryLater();
  }

  onIdle(): void {
    if (!this.isInUse) this.#surroundings.onIdle();
  }

  onNews(changed: readonly Operation[]): void {
    this.#pause.end();
    if (this.#active !== undefined) this.#passOn(changed, this.#active);
    if (this.#callees.sent.size > 0) this.#callees.noteOutcomes(changed);
    this.#surroundings.onNews(this.state);
  }

  onFenced(by: "ELSEWHERE" | "HERE"): void {
    this.#letGo();
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

  /** News for an invocation that runs here. Without one, what others wrote is theirs to see to. */
  #passOn(changed: readonly Operation[], active: ActiveInvocation): void {
    const { state } = this;
    if (isEnded(state) || state.header.halt !== undefined) {
      this.#abandon();
      void this.#look({ orders: true });
      return;
    }
    active.absorb(changed);
    if (changed.some(isAwaited)) void this.#look({});
  }

  /** Begins an invocation once everything that is under way has landed, if one is still due then. */
  async #invoke(): Promise<void> {
    const { stops } = this.#loop;
    await this.#log.begin((claim) => {
      const isDue = stops === this.#loop.stops && this.plan().duties.some(({ kind }) => kind === "INVOKE");
      if (isDue) this.#start(claim);
      else this.#log.revoke(claim);
    });
  }

  #start(claim: Claim): void {
    const { functionName, version } = this.state.header;
    const active = new ActiveInvocation(claim, {
      log: this.#log,
      pause: this.#pause,
      setup: this.#setup,
      onParked: () => void this.#look({ orders: true }),
    });
    this.#active = active;
    this.#loop.wish({ orders: true });
    const target = this.#setup.functions.find(functionName, version);
    if (target === undefined) void this.#finish(active, versionMissing(this.#setup, this.state.header));
    else this.#call(active, asDurable(target));
  }

  #call(active: ActiveInvocation, target: DurableFunction): void {
    try {
      active.start(target, journalOf(this.state), {
        onOutput: (output) => void this.#finish(active, output),
        onFenced: () => this.onFenced("ELSEWHERE"),
      });
    } catch (error) {
      this.#abandon();
      throw error;
    }
  }

  /** Records how an invocation ended. It keeps its place until then, so that no other one begins before. */
  async #finish(active: ActiveInvocation, output: CompletedOutput): Promise<void> {
    try {
      await this.#log.record(endOf(active, output), active.claim);
      this.#leave(active);
      void this.#look({ orders: true });
    } catch (error) {
      if (active.isOver) return;
      if (error instanceof StorageFullError) return this.#pause.room(error).then(() => this.#finish(active, output));
      this.#leave(active);
      this.failed(error);
    }
  }

  #leave(active: ActiveInvocation): void {
    active.over();
    if (this.#active === active) this.#active = undefined;
  }

  async #show(): Promise<void> {
    const row = directoryRow(this.state);
    await this.#setup.store.describe(row);
    this.#shown = Math.max(this.#shown, row.seq);
  }

  async #remove(): Promise<void> {
    await this.#setup.store.remove(this.id, this.state.header.incarnation);
    this.#order(undefined);
    this.#log.forget();
  }

  get #mayRun(): boolean {
    return this.#setup.mayRun(this.id);
  }

  /** What an invocation elsewhere has. One of this process that is not active is over. */
  get #lease(): Lease | undefined {
    const { parks, watchdogMs, writer } = this.#setup;
    const { owner } = this.state;
    if (watchdogMs === undefined || owner === undefined || writer.isMine(owner)) return undefined;
    return { ms: watchdogMs, hearsNews: !parks };
  }

  get #isRunning(): boolean {
    return this.#active !== undefined && !this.#active.isParked;
  }

  #order(wakeAt: number | undefined): void {
    if (!this.#mayRun) return;
    const { host, watchdogMs } = this.#setup;
    const { seq, header } = this.state;
    const isGuarded = this.#isRunning && watchdogMs !== undefined;
    const at = isGuarded ? Math.min(wakeAt ?? Number.POSITIVE_INFINITY, host.now() + watchdogMs) : wakeAt;
    this.#clock.order(at, { incarnation: header.incarnation, seq });
  }

  /** By a timer, and by the alarm: this process may be gone by then, and the alarm that has woken it is used up. */
  #tryLater(): void {
    if (this.#isClosed) return;
    const now = this.#setup.host.now();
    const at = this.#retries.failed(LOOK, now);
    this.#loop.wish({ reads: true });
    this.#clock.watch(at);
    // The alarm keeps one time: what is due before the next try must not wait for it.
    const due = nextTimer(this.state);
    this.#order(due !== undefined && due > now ? Math.min(due, at) : at);
  }

  #abandon(): void {
    this.#active?.abandon();
    this.#active = undefined;
  }

  #letGo(): void {
    this.#loop.stop();
    this.#clock.stop();
    this.#abandon();
    this.#pause.end();
  }
}

/** True for what may go on without the invocation that called it: its time, or its function, has to be seen to. */
function isAwaited({ type, status }: Operation): boolean {
  return type === "STEP" ? status === "PENDING" : type !== "CONTEXT" && status === "STARTED";
}
