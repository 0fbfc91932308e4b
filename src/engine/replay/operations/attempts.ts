/**
 * A user function that is tried until it has an outcome: the life that steps and conditions share. They differ in what
 * one attempt means.
 *
 * START is written with the next update that is written anyway, unless the function must run at most once per attempt:
 * then the function runs only after its START is recorded.
 *
 * An operation that an earlier invocation began goes on when the replay has caught up with it, not before: code that
 * won a race against this operation may end the context around it on the way there, and then no code waits for its
 * outcome. The record of a context says so; of a virtual context only the replay can tell.
 */

import type { Operation, StepOperation } from "../../model/operation.ts";
import { failureFromError } from "../../model/thrown-failure.ts";
import type { MaybePromise } from "../../ports/maybe-promise.ts";
import { CalledOperation, type CallOptions, type UpdateDetails } from "../called-operation.ts";
import type { Handover, Taker } from "../taker.ts";
import { StepInterruptedError } from "../faults.ts";
import { Future } from "../future.ts";
import type { Scope } from "../scope.ts";
import { afterCaller } from "./user-code.ts";

/** How one attempt has ended. */
export interface Verdict {
  readonly action: "SUCCEED" | "FAIL" | "RETRY";
  readonly details: UpdateDetails;
}

/** The verdict on an attempt that cannot be made again. */
export function failedFor(thrown: unknown): Verdict {
  return { action: "FAIL", details: { error: failureFromError(thrown) } };
}

/** As an ambient value: the function that runs is an attempt of this operation. */
export abstract class Attempts<T, Options extends CallOptions> extends CalledOperation<Options> implements Taker {
  readonly future: Future<T>;
  /** The number of the attempt that runs, or ran last. */
  #attempt = 1;
  /**
   * The event that the function waits for before it runs (again): the record of its START, the time for another try, or
   * the end of the replay.
   */
  #awaits: "STARTED" | "READY" | "REPLAY" | undefined;

  constructor(scope: Scope, options: Options) {
    super(scope, "STEP", options);
    this.future = new Future<T>(scope);
  }

  get isObserved(): boolean {
    return this.future.isObserved;
  }

  get awaitsOutside(): boolean {
    return false;
  }

  /** The number of the attempt that runs, from 1. */
  get attempt(): number {
    return this.#attempt;
  }

  abstract readonly atMostOnce: boolean;

  /** True if an attempt that was cut off after its start was recorded counts as failed, instead of being made again. */
  abstract readonly countsInterruptions: boolean;

  /** Runs one attempt; its verdict goes to `decided`, once. */
  abstract run(): void;

  /** The verdict on an attempt that was cut off. */
  abstract interrupted(error: StepInterruptedError): Verdict;

  abstract prepare(operation: Operation): MaybePromise<Handover | undefined>;

  /** Calls user code as what the attempt is. */
  observed(body: () => T | Promise<T>): T | Promise<T> {
    const { instrument } = this.scope.invocation;
    return instrument === undefined ? body() : instrument.attempt(this.running(this.attempt), body);
  }

  /** Goes on from the record. */
  begin(): Future<T> {
    const stored = this.stored as StepOperation | undefined;
    this.scope.invocation.delivery.register(this.key, this);
    this.scope.invocation.schedule();
    if (this.isSettled || this.scope.isRebuilding) return this.future;
    // A function that runs at once runs in the context of its caller anyway.
    if (this.atMostOnce || stored !== undefined) this.keepContext();
    this.#continue(stored);
    return this.future;
  }

  progress(operation: Operation): void {
    const { attempt, status } = operation as StepOperation;
    // The same change may be told twice, and must set off one attempt.
    if (status !== this.#awaits) return;
    if (status === "READY" && (this.#mayNotBegin || attempt < this.#attempt)) return;
    this.#awaits = undefined;
    if (status === "STARTED") this.#execute();
    else this.#continue(operation as StepOperation);
  }

  decided(verdict: Verdict): void {
    if (verdict.action === "RETRY") this.keepContext();
    this.#conclude(verdict);
    this.scope.stopExecuting();
  }

  #continue(stored: StepOperation | undefined): void {
    const finished = stored?.attempt ?? 0;
    if (stored?.status === "PENDING") {
      this.#attempt = finished;
      this.#awaits = "READY";
      return;
    }
    this.#attempt = finished + 1;
    if (stored === undefined) return this.#start();
    this.#awaits = "REPLAY";
    this.scope.invocation.whenCaughtUp(() => this.#takeUp(stored.status === "READY"));
  }

  #takeUp(isReady: boolean): void {
    this.#awaits = undefined;
    if (this.#mayNotBegin) return;
    if (isReady) this.#start();
    else if (this.countsInterruptions) this.#conclude(this.interrupted(new StepInterruptedError()));
    else this.#execute();
  }

  get #mayNotBegin(): boolean {
    return this.scope.isClosed || this.scope.invocation.isLeaving;
  }

  #start(): void {
    if (this.scope.invocation.isLeaving) return;
    const { atMostOnce } = this;
    this.scope.invocation.record(this.update("START", { hasBegun: !atMostOnce || undefined }), atMostOnce);
    if (atMostOnce) this.#awaits = "STARTED";
    else this.#execute();
  }

  /**
   * An operation whose start is recorded runs, as on AWS: also when the function of its context has returned meanwhile
   * without waiting for the operation. Then no code gets its outcome, and the invocation stays only until the function
   * is called.
   */
  #execute(): void {
    this.scope.startExecuting();
    this.scope.invocation.executing++;
    // A microtask later than contexts: the starts of operations in a context are recorded before this function runs.
    const run = (): void => afterCaller(() => afterCaller(() => this.#runUnlessOver()));
    if (this.callersContext === undefined) run();
    else this.callersContext(run);
  }

  #runUnlessOver(): void {
    const { isClosed, invocation } = this.scope;
    invocation.executing--;
    // Another process may have taken over in between.
    if (!invocation.isOver) invocation.host.ambient.run(this, () => this.run());
    if (isClosed) invocation.schedule();
  }

  #conclude(verdict: Verdict): void {
    if (this.scope.isClosed) return;
    const { invocation } = this.scope;
    if (verdict.action === "RETRY") this.#awaits = "READY";
    invocation.record(this.update(verdict.action, verdict.details), true);
  }
}
