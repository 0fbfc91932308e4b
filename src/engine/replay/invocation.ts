/**
 * One run of a handler against a journal: the replay half.
 *
 * The invocation works in turns. A turn comes after user code has drained: it sends queued updates to the machine and
 * hands over the next due result, which makes user code run again, and so on. When there is nothing to send, nothing to
 * hand over, no user function runs inside an operation and user code awaits an operation that is not settled, the
 * invocation is idle: it suspends (its promises are abandoned) or parks (it stays, and goes on with changes from
 * `absorb`).
 *
 * An invocation ends exactly once. From then on its context is closed: late calls start nothing and write nothing.
 */

import type { Operation } from "../model/operation.ts";
import { isSettled } from "../model/operation.ts";
import type { OperationUpdate } from "../model/update.ts";
import type { InvocationHost } from "../ports/host.ts";
import { Checkpoints, type CheckpointsOptions, faultOf } from "./checkpoints.ts";
import type { InvocationCore, InvocationOutcome } from "./core.ts";
import { Delivery, type DeliveryState } from "./delivery.ts";
import type { NonDeterministicExecutionError } from "./faults.ts";
import { type IdleOptions, IdleTime } from "./idle-time.ts";
import type { Instrument } from "./instrument.ts";
import { Journal } from "./journal.ts";
import { type PollingOptions, Polls } from "./polls.ts";
import { ReplayProgress } from "./replay-progress.ts";
import { Scope } from "./scope.ts";

export interface InvocationOptions extends CheckpointsOptions, IdleOptions {
  readonly host: InvocationHost;
  /** The operations recorded so far, in the order in which they started. */
  readonly journal: Iterable<Operation>;
  /** The stored id of the operation at a position: the position itself, or AWS's hash of it. */
  readonly encodeId: (position: string) => string;
  /** Names the execution to serdes and loggers. */
  readonly arn: string;
  /** Polls for outside changes while user functions run, for machines that cannot push. */
  readonly polling?: PollingOptions;
  readonly instrument?: Instrument | undefined;
}

export class Invocation implements InvocationCore {
  readonly host: InvocationHost;
  readonly arn: string;
  readonly instrument: Instrument | undefined;
  readonly root: Scope;
  readonly delivery: Delivery;
  executing = 0;
  waiting = 0;
  readonly convertingAt: Set<string> = new Set();
  isLeaving = false;

  readonly #encodeId: (position: string) => string;
  /** The order of results is inferred from the times at which things were recorded. */
  readonly #infersOrder: boolean;
  readonly #journal = new Journal();
  readonly #replay: ReplayProgress;
  readonly #checkpoints: Checkpoints;
  readonly #idle: IdleTime;
  readonly #polls: Polls;
  #isScheduled = false;
  #handlerOutcome: InvocationOutcome | undefined;
  #outcome: InvocationOutcome | undefined;
  #finish: ((outcome: InvocationOutcome) => void) | undefined;

  constructor(options: InvocationOptions) {
    this.host = options.host;
    this.arn = options.arn;
    this.instrument = options.instrument;
    this.#encodeId = options.encodeId;
    this.#infersOrder = options.overtakingMs !== undefined;
    this.delivery = new Delivery(
      (key) => this.#journal.get(key),
      () => this.schedule(),
    );
    this.root = new Scope(this, undefined, { position: "", isRecorded: false, isRebuilding: false });
    this.#checkpoints = new Checkpoints(this, options);
    this.#idle = new IdleTime(this, options);
    this.#polls = new Polls(this, this.#checkpoints, options.polling);
    const recorded = this.#journal.load(options.journal);
    this.#replay = new ReplayProgress(recorded);
    this.delivery.load(recorded);
  }

  /** How many recorded operations the invocation keeps in memory. */
  get journalSize(): number {
    return this.#journal.size;
  }

  get isOver(): boolean {
    return this.#outcome !== undefined;
  }

  /** Begins nothing more: ends as suspended once running functions have ended and are recorded. */
  leaveOff(): void {
    this.isLeaving = true;
    this.schedule();
  }

  /** True while the code that runs has run before, in an earlier invocation. */
  get isReplaying(): boolean {
    return this.#replay.isReplaying;
  }

  /**
   * Where the order is inferred from the times at which things were recorded, no other result may be recorded between
   * the end of a context and its record.
   */
  get handsOverAhead(): boolean {
    if (!this.#infersOrder) return true;
    return !this.#checkpoints.isInFlight && !this.delivery.takers.expectsOutside;
  }

  /** Runs the handler to its end, its suspension or its fault. Called once. */
  run(handler: (root: Scope) => unknown): Promise<InvocationOutcome> {
    const finished = new Promise<InvocationOutcome>((resolve) => {
      this.#finish = resolve;
    });
    const { ambient } = this.host;
    let result: unknown;
    try {
      result = ambient.run(this.root, () => handler(this.root));
    } catch (error) {
      result = Promise.reject(error);
    }
    Promise.resolve(result).then(
      (value) => this.#handlerDone({ status: "SUCCEEDED", value }),
      (error: unknown) => this.#handlerDone({ status: "FAILED", error }),
    );
    this.schedule();
    return finished;
  }

  /** Operations that the handler did not await still begin, and are recorded as far as they need no waiting. */
  #handlerDone(outcome: InvocationOutcome): void {
    this.#handlerOutcome = outcome;
    this.schedule();
  }

  stored(key: string): Operation | undefined {
    // On replay, sequential code calls the operation whose result is the next one.
    const next = this.delivery.head;
    return next?.id === key && isSettled(next.status) ? next : this.#journal.get(key);
  }

  keyOf(position: string): string {
    return this.#encodeId(position);
  }

  leaveReplay(): void {
    this.#replay.leave();
  }

  whenCaughtUp(next: () => void): void {
    this.#replay.interrupt(next);
    this.schedule();
  }

  takeUp(): boolean {
    if (!this.#replay.takeUp()) return false;
    this.schedule();
    return true;
  }

  record(update: OperationUpdate, urgent: boolean): void {
    if (update.action === "START") this.instrument?.started(update, this.#journal.get(update.id) !== undefined);
    this.#checkpoints.add(update, urgent);
  }

  /**
   * Takes over changed operations: by this invocation's own updates, or from outside (fired timers, completed
   * callbacks, finished invokes). Changes that are known already have no effect. False once the invocation is over: it
   * has not seen them.
   */
  absorb(operations: readonly Operation[]): boolean {
    if (this.isOver) return false;
    const news: Operation[] | undefined = this.instrument && [];
    this.#takeAll(operations, news);
    if (news !== undefined && news.length > 0) this.instrument?.changed(news);
    this.schedule();
    return true;
  }

  /** Takes contexts before the operations inside, in whatever order they are told, and adds the news to `news`. */
  #takeAll(operations: readonly Operation[], news: Operation[] | undefined): void {
    let strays: Operation[] | undefined;
    for (const operation of operations) {
      const novelty = this.#take(operation);
      if (novelty === "NEWS") news?.push(operation);
      else if (novelty === "STRAY") (strays ??= []).push(operation);
    }
    if (strays !== undefined && strays.length < operations.length) this.#takeAll(strays, news);
  }

  #take(operation: Operation): ReturnType<Journal["take"]> {
    const known = this.#journal.get(operation.id);
    const novelty = this.#journal.take(operation, known);
    if (novelty !== "NEWS") return novelty;
    this.delivery.add(operation, known);
    if (!isSettled(operation.status)) this.delivery.takers.get(operation.id)?.progress?.(operation);
    return novelty;
  }

  end(outcome: InvocationOutcome): void {
    if (this.isOver) return;
    this.#outcome = outcome;
    this.root.close();
    this.#idle.end();
    this.#checkpoints.close();
    this.#polls.close();
    if (outcome.status === "FAILED" || outcome.status === "SUCCEEDED") this.#drain(outcome);
    else this.#finish?.(outcome);
  }

  /** The handler is done: updates queued before that are still recorded, then the outcome is given out. */
  #drain(outcome: InvocationOutcome): void {
    void this.#checkpoints.drain().then(
      () => this.#finish?.(outcome),
      (error: unknown) => this.#finish?.(faultOf(error)),
    );
  }

  breach(error: NonDeterministicExecutionError): never {
    this.end({ status: "BREACH", error });
    throw error;
  }

  schedule(): void {
    if (this.#isScheduled || this.isOver) return;
    this.#isScheduled = true;
    // A turn has something to do: a suspension that falls due before it must not happen.
    this.#idle.end();
    this.host.drain(this.#turn);
  }

  readonly #turn = (): void => {
    this.#isScheduled = false;
    if (this.isOver) return;
    if (this.#handlerOutcome !== undefined) return this.#leave(this.#handlerOutcome);
    if (this.isLeaving) return this.#leaveBehind();
    const state = this.#sendAndDeliver();
    if (this.isOver) return;
    if (state === "delivered") {
      this.#replay.delivered(this.delivery.lastNumber);
      return this.schedule();
    }
    if (state === "empty" && this.#journal.hasEnded) this.#letGo();
    if (state === "empty" && this.takeUp()) return;
    if (!this.#isBusy(state)) this.#rest(state);
  };

  /** No result is on its way to user code: operations in contexts that have ended are not looked at again. */
  #letGo(): void {
    const { takers } = this.delivery;
    for (const key of this.#journal.letGo((context) => takers.hasClosed(context))) takers.forget(key);
  }

  /**
   * The end waits for the answers: a function that runs once its start is recorded is called, or the start is not sent.
   */
  #leave(outcome: InvocationOutcome): void {
    if (this.#checkpoints.sendLeftBehind()) this.end(outcome);
  }

  /** Functions that have run are recorded; code that waits for a result is left waiting. */
  #leaveBehind(): void {
    this.#checkpoints.flush();
    if (!this.isOver && this.executing === 0 && this.#checkpoints.isDone) this.end({ status: "PENDING" });
  }

  /** Updates that several results at hand lead to are sent together: a wave of a batch is one commit. */
  #sendAndDeliver(): DeliveryState {
    const checkpoints = this.#checkpoints;
    const goesFirst = checkpoints.isOverdue || (checkpoints.isUrgent && this.delivery.isEmpty);
    const state = goesFirst ? this.#flushAndDeliver() : this.delivery.deliverNext();
    return state !== "delivered" && checkpoints.isUrgent ? this.#flushAndDeliver() : state;
  }

  #flushAndDeliver(): DeliveryState {
    this.#checkpoints.flush();
    return this.isOver ? "empty" : this.delivery.deliverNext();
  }

  /** True if something is under way that sets off another turn. */
  #isBusy(state: DeliveryState): boolean {
    const { isInFlight, isUrgent } = this.#checkpoints;
    return this.#isScheduled || isInFlight || isUrgent || state === "preparing" || this.delivery.isPreparing;
  }

  /** Nothing can be sent and nothing handed over. */
  #rest(state: DeliveryState): void {
    if (this.executing > 0) return this.#polls.setNext();
    if (state === "untaken" || state === "rebuilding") return this.#idle.awaitTaker();
    if (this.waiting > 0 && !this.#checkpoints.expedite()) this.#idle.suspend();
  }
}
