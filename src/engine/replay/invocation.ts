/**
 * One run of a handler against a journal: the replay half.
 *
 * The invocation works in turns. A turn comes after user code has drained: it sends what was queued to the machine and
 * hands over the next due result, which makes user code run again, and so on. When there is nothing to send, nothing to
 * hand over, no user function runs inside an operation and somebody awaits an operation that is not settled, the
 * invocation is idle: it suspends (its promises are abandoned) or parks (it stays, and `absorb` wakes it).
 *
 * It ends exactly once. From then on its context is closed: late calls start nothing and write nothing.
 */

import { dueTimeOf, operationTraits } from "../model/operation-traits.ts";
import type { Operation } from "../model/operation.ts";
import { isRebuilt, isSettled, placeOf } from "../model/operation.ts";
import type { OperationUpdate } from "../model/update.ts";
import type { CheckpointClient } from "../ports/checkpoint-client.ts";
import type { Host } from "../ports/host.ts";
import { type BatchLimits, CheckpointQueue } from "./checkpoint-queue.ts";
import type { InvocationCore, InvocationOutcome } from "./core.ts";
import { Delivery, type DeliveryState } from "./delivery.ts";
import { CheckpointError, FencedError, NonDeterministicExecutionError } from "./faults.ts";
import type { Instrument } from "./instrument.ts";
import { Journal } from "./journal.ts";
import { Patience } from "./patience.ts";
import { Scope } from "./scope.ts";

export interface InvocationOptions {
  readonly client: CheckpointClient;
  readonly host: Host;
  /** What is recorded so far, in the order in which operations started. */
  readonly journal: Iterable<Operation>;
  /** The stored id of the operation at a position: the position itself, or AWS's hash of it. */
  readonly encodeId: (position: string) => string;
  /** Names the execution to serdes and loggers. */
  readonly arn: string;
  /** When idle: end with PENDING after `graceMs`, or stay and call `onParked`. */
  readonly suspension: { readonly mode: "end"; readonly graceMs: number } | { readonly mode: "park"; onParked(): void };
  /** How long starts that nothing depends on may wait for company before they are written; 0 for not at all. */
  readonly lingerMs: number;
  readonly batchLimits?: BatchLimits;
  /** Polls for outside changes while user functions run, for machines that cannot push. */
  readonly polling?: { readonly deadline: () => number };
  readonly instrument?: Instrument;
  /**
   * How long a recorded result waits for its operation to be called while nothing else happens, in ms; default 60,000.
   * Time in which the process stood still, or that the clock leapt over, does not count.
   */
  readonly takerPatienceMs?: number;
  /**
   * For machines that record no order of delivery, so that it is inferred from times and may be wrong: how long a result
   * waits for its operation to be called before one that has a taker goes first.
   */
  readonly overtakingMs?: number;
}

const DEFAULT_TAKER_PATIENCE_MS = 60_000;
const FIRST_POLL_MS = 1000;
const MAX_POLL_MS = 10_000;

export class Invocation implements InvocationCore {
  readonly host: Host;
  readonly arn: string;
  readonly instrument: Instrument | undefined;
  readonly root: Scope;
  readonly delivery: Delivery;
  executing = 0;
  waiting = 0;

  readonly #options: InvocationOptions;
  readonly #journal = new Journal();
  readonly #queue: CheckpointQueue;
  readonly #patience: Patience;
  /** Results up to this number had reached user code before this invocation. */
  #seen = 0;
  #replaying: boolean;
  /** What goes on once the replay has caught up. */
  #interrupted: (() => void)[] = [];
  #scheduled = false;
  #inFlight: Promise<void> | undefined;
  #parked = false;
  #handlerOutcome: InvocationOutcome | undefined;
  /** Updates that were queued when the handler was done and are to be sent before the end. */
  #leftBehind: number | undefined;
  #outcome: InvocationOutcome | undefined;
  #finish: ((outcome: InvocationOutcome) => void) | undefined;
  /** What became of a checkpoint that was under way when the handler was done. */
  #late: { readonly error: unknown } | undefined;
  #cancelIdle: (() => void) | undefined;
  #cancelLinger: (() => void) | undefined;
  #cancelPoll: (() => void) | undefined;
  #polls = 0;

  constructor(options: InvocationOptions) {
    this.#options = options;
    this.host = options.host;
    this.arn = options.arn;
    this.instrument = options.instrument;
    this.#queue = new CheckpointQueue(options.batchLimits);
    this.#patience = new Patience(options.host, options.takerPatienceMs ?? DEFAULT_TAKER_PATIENCE_MS);
    this.delivery = new Delivery(
      (key) => this.#journal.get(key),
      () => this.schedule(),
    );
    this.root = new Scope(this, undefined, { position: "", isRecorded: false, isRebuilding: false });
    this.#load(options.journal);
    this.#replaying = !this.#journal.isEmpty;
  }

  get isOver(): boolean {
    return this.#outcome !== undefined;
  }

  /** True while the code that runs has run before, in an earlier invocation. */
  get isReplaying(): boolean {
    return this.#replaying;
  }

  /**
   * Where the order is inferred from the times at which things were recorded, no other result may be recorded between
   * the end of a context and its record.
   */
  get handsOverAhead(): boolean {
    if (this.#options.overtakingMs === undefined) return true;
    return this.#inFlight === undefined && !this.delivery.expectsOutside;
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

  /** What the handler called and left to itself still begins, and is recorded as far as it comes without waiting. */
  #handlerDone(outcome: InvocationOutcome): void {
    this.#handlerOutcome = outcome;
    this.schedule();
  }

  /** The end waits for the answers: a function that runs once its start is recorded is called, or the start is not sent. */
  #leave(outcome: InvocationOutcome): void {
    if (this.#inFlight !== undefined) return;
    this.#leftBehind ??= this.#queue.size;
    if (this.#leftBehind <= 0) return this.end(outcome);
    const updates = this.#queue.take();
    this.#leftBehind -= updates.length;
    this.#send(updates);
  }

  stored(key: string): Operation | undefined {
    // On replay, sequential code calls the operation whose result is the next one.
    const next = this.delivery.head;
    return next?.id === key && isSettled(next.status) ? next : this.#journal.get(key);
  }

  keyOf(position: string): string {
    return this.#options.encodeId(position);
  }

  leaveReplay(): void {
    this.#replaying = false;
  }

  whenCaughtUp(next: () => void): void {
    this.#interrupted.push(next);
    this.schedule();
  }

  record(update: OperationUpdate, urgent: boolean): void {
    if (update.action === "START") this.instrument?.started(update);
    this.#queue.add(update, urgent || this.#options.lingerMs === 0);
    if (this.#queue.isUrgent) this.schedule();
    else this.#linger();
  }

  /**
   * Takes over what changed: by this invocation's own updates, or outside (fired timers, completed callbacks, finished
   * invokes). What is known already changes nothing. False once the invocation is over: it has not seen them.
   */
  absorb(operations: readonly Operation[]): boolean {
    if (this.isOver) return false;
    if (this.instrument === undefined) for (const operation of operations) this.#take(operation);
    else this.#announce(this.instrument, operations);
    this.schedule();
    return true;
  }

  #announce(instrument: Instrument, operations: readonly Operation[]): void {
    const news = operations.filter((operation) => this.#take(operation));
    if (news.length > 0) instrument.changed(news);
  }

  /** False if that is no news. */
  #take(operation: Operation): boolean {
    const known = this.#journal.get(operation.id);
    if (!this.#journal.take(operation, known)) return false;
    this.delivery.add(operation, known);
    if (!isSettled(operation.status)) this.delivery.taker(operation.id)?.progress?.(operation);
    return true;
  }

  end(outcome: InvocationOutcome): void {
    if (this.isOver) return;
    this.#outcome = outcome;
    this.root.close();
    this.#cancelIdle?.();
    this.#cancelLinger?.();
    this.#cancelPoll?.();
    if (outcome.status === "FAILED" || outcome.status === "SUCCEEDED") this.#flushRest(outcome);
    else this.#finish?.(outcome);
  }

  breach(error: NonDeterministicExecutionError): never {
    this.end({ status: "BREACH", error });
    throw error;
  }

  schedule(): void {
    if (this.#scheduled || this.isOver) return;
    this.#scheduled = true;
    this.host.drain(this.#turn);
  }

  readonly #turn = (): void => {
    this.#scheduled = false;
    if (this.isOver) return;
    if (this.#handlerOutcome !== undefined) return this.#leave(this.#handlerOutcome);
    this.#cancelIdle?.();
    this.#cancelIdle = undefined;
    this.#parked = false;
    // What the results at hand lead to leaves together: a wave of a batch is one commit.
    const goesFirst = this.#queue.isOverdue || (this.#queue.isUrgent && this.delivery.isEmpty);
    let state = goesFirst ? this.#flushAndDeliver() : this.delivery.deliverNext();
    if (state !== "delivered" && this.#queue.isUrgent) state = this.#flushAndDeliver();
    if (this.isOver) return;
    if (state === "delivered") return this.#afterDelivery();
    if (state === "empty" && this.#takeUp()) return;
    if (this.#inFlight !== undefined || this.#queue.isUrgent || state === "preparing" || this.delivery.isPreparing)
      return;
    if (this.executing > 0) return this.#poll();
    if (state === "untaken") return this.#awaitTaker();
    if (state === "rebuilding") return this.#awaitCode();
    if (this.waiting > 0) this.#idle();
  };

  #flushAndDeliver(): DeliveryState {
    this.#flush();
    return this.isOver ? "empty" : this.delivery.deliverNext();
  }

  #afterDelivery(): void {
    if (this.delivery.lastNumber > this.#seen) this.#replaying = false;
    this.schedule();
  }

  /** Goes on with what was interrupted; false if nothing was. */
  #takeUp(): boolean {
    const interrupted = this.#interrupted;
    if (interrupted.length === 0) return false;
    this.#interrupted = [];
    for (const next of interrupted) next();
    this.schedule();
    return true;
  }

  #load(journal: Iterable<Operation>): void {
    const visible = this.#journal.load(journal);
    for (const operation of visible) this.#seen = Math.max(this.#seen, seenBy(operation));
    this.delivery.load(visible);
  }

  #flush(): void {
    if (this.#inFlight !== undefined || this.#queue.isEmpty) return;
    this.#send(this.#queue.take());
  }

  #send(updates: readonly OperationUpdate[]): void {
    let answer: ReturnType<CheckpointClient["checkpoint"]>;
    try {
      answer = this.#options.client.checkpoint(updates);
    } catch (error) {
      return this.#checkpointFailed(error);
    }
    if (!(answer instanceof Promise)) return void this.absorb(answer);
    this.#inFlight = answer.then(
      (operations) => {
        this.#inFlight = undefined;
        this.absorb(operations);
      },
      (error: unknown) => {
        this.#inFlight = undefined;
        this.#checkpointFailed(error);
      },
    );
  }

  #checkpointFailed(error: unknown): void {
    this.#queue.clear();
    if (this.isOver) this.#late = { error };
    else this.end(faultOf(error));
  }

  /** The handler is done: what was queued before that is still recorded, then the outcome is given out. */
  #flushRest(outcome: InvocationOutcome): void {
    void this.#drainQueue().then(
      () => this.#finish?.(outcome),
      (error: unknown) => this.#finish?.(faultOf(error)),
    );
  }

  async #drainQueue(): Promise<void> {
    await this.#inFlight;
    if (this.#late !== undefined) throw this.#late.error;
    while (!this.#queue.isEmpty) await this.#options.client.checkpoint(this.#queue.take());
  }

  /** One timer for all that lingers: setting one for each start would cost more than the start. */
  #linger(): void {
    if (this.#cancelLinger !== undefined || this.isOver) return;
    const { host } = this;
    this.#cancelLinger = host.timer(host.now() + this.#options.lingerMs, () => {
      this.#cancelLinger = undefined;
      this.#queue.expedite();
      this.schedule();
    });
  }

  /** Nothing runs and somebody waits: suspend or park. */
  #idle(): void {
    if (!this.#queue.isEmpty) {
      this.#queue.expedite();
      return this.schedule();
    }
    const { suspension } = this.#options;
    if (suspension.mode === "park") {
      if (this.#parked) return;
      this.#parked = true;
      return suspension.onParked();
    }
    if (suspension.graceMs === 0) return this.end({ status: "PENDING" });
    this.#cancelIdle = this.host.timer(this.host.now() + suspension.graceMs, () => this.end({ status: "PENDING" }));
  }

  /** A recorded result whose operation the code has not called: plain asynchronous code may still be on its way to it. */
  #awaitTaker(): void {
    const { overtakingMs } = this.#options;
    if (overtakingMs !== undefined && this.delivery.canOvertake) {
      this.#cancelIdle = this.host.timer(this.host.now() + overtakingMs, () => {
        this.delivery.overtake();
        this.schedule();
      });
      return;
    }
    this.#awaitCode();
  }

  #awaitCode(): void {
    this.#cancelIdle = this.#patience.wait(() => this.#missingTaker());
  }

  #missingTaker(): void {
    // The way to the missing call may lead through a function that has to run again, against all rules.
    if (this.#takeUp()) return;
    const recorded = this.delivery.head;
    if (recorded === undefined) return;
    const identity = { id: recorded.id, type: recorded.type, name: recorded.name, subType: recorded.subType };
    const what = `${recorded.type} ${recorded.name === undefined ? "" : `"${recorded.name}" `}(${recorded.id})`;
    const missing = isRebuilt(recorded) ? "come to its end again" : "called that operation";
    const message =
      `Non-deterministic execution detected: the log holds the result of ${what}, but the code has not ${missing} ` +
      `in ${this.#patience.limitMs} ms. This indicates non-deterministic control flow in your workflow code.`;
    this.end({ status: "BREACH", error: new NonDeterministicExecutionError(message, { recorded: identity }) });
  }

  /** Something runs while something else waits for the outside: ask the machine now and then what has changed. */
  #poll(): void {
    const { polling } = this.#options;
    if (polling === undefined || this.#cancelPoll !== undefined || this.waiting === 0) return;
    const { host } = this;
    const delay = this.#polls === 0 ? FIRST_POLL_MS : Math.min(this.#polls * 1000, MAX_POLL_MS);
    const at = Math.max(this.#nextNews(host.now() + delay), host.now() + (this.#polls === 0 ? 0 : delay));
    if (at > polling.deadline()) return;
    this.#cancelPoll = host.timer(at, () => {
      this.#cancelPoll = undefined;
      this.#polls++;
      if (this.#inFlight === undefined && this.#queue.isEmpty) this.#send([]);
      this.schedule();
    });
  }

  /** When the earliest timer is due among the operations that user code waits for; sooner if others may end any time. */
  #nextNews(soon: number): number {
    let earliest: number | undefined;
    for (const operation of this.delivery.awaited()) {
      const due = isOpenEnded(operation) ? soon : dueTimeOf(operation);
      if (due !== undefined && (earliest === undefined || due < earliest)) earliest = due;
    }
    return earliest ?? soon;
  }
}

function faultOf(error: unknown): InvocationOutcome {
  if (error instanceof FencedError) return { status: "FENCED" };
  const failure = error instanceof CheckpointError ? error : new CheckpointError("INVOCATION", error);
  return { status: failure.scope === "EXECUTION" ? "FAILED" : "FAULT", error: failure };
}

/** The newest result that must have reached user code for this operation to be where it is. */
function seenBy(operation: Operation): number {
  const own = operationTraits[operation.type].isSettledByCode ? (placeOf(operation) ?? 0) : 0;
  return Math.max(own, operation.after ?? 0);
}

function isOpenEnded({ type, status }: Operation): boolean {
  return operationTraits[type].isOpenEnded && status === "STARTED";
}
