import { errorFromFailure, WaitForConditionError } from "../../model/errors.ts";
import type { Operation } from "../../model/operation.ts";
import type { MaybePromise } from "../../ports/maybe-promise.ts";
import type { Serdes } from "../../ports/serdes.ts";
import type { CallOptions } from "../called-operation.ts";
import type { Handover } from "../taker.ts";
import type { StepInterruptedError } from "../faults.ts";
import { Future } from "../future.ts";
import { deserialize, readBack, type RoundTrip, serialize } from "../round-trip.ts";
import type { Scope } from "../scope.ts";
import { Attempts, failedFor, type Verdict } from "./attempts.ts";
import { runUserCode } from "./user-code.ts";

/** The verdict of a wait strategy on a state; the delay is in whole seconds. */
export type PollVerdict = { readonly poll: false } | { readonly poll: true; readonly delaySeconds: number };

export interface ConditionOptions<T> extends CallOptions {
  readonly check: (state: T, attempt: number) => T | Promise<T>;
  readonly initialState: T;
  readonly serdes: Serdes<T>;
  readonly decide: (state: T, attempt: number) => PollVerdict;
}

/** Calls `check` again and again, with time between the calls, until the strategy is content with the state. */
export function condition<T>(scope: Scope, options: ConditionOptions<T>): Future<T> {
  return scope.isClosed ? new Future<T>() : new Condition(scope, options).begin();
}

class Condition<T> extends Attempts<T, ConditionOptions<T>> implements RoundTrip<string | undefined> {
  readonly atMostOnce = false;
  readonly countsInterruptions = false;
  /** The state as recorded by the attempt before; the first attempt starts from the initial state. */
  #recorded: string | undefined;

  constructor(scope: Scope, options: ConditionOptions<T>) {
    super(scope, options);
    const { stored } = this;
    if (stored?.type === "STEP" && stored.attempt > 0) this.#recorded = stored.result;
  }

  run(): void {
    const { initialState, serdes } = this.options;
    // A state that is recorded as nothing starts anew, as on AWS.
    if (this.#recorded === undefined) this.#check(initialState);
    else void readBack(this, serdes, this.#recorded, (state) => this.#check(state));
  }

  interrupted(error: StepInterruptedError): Verdict {
    return failedFor(error);
  }

  prepare({ status, result, error }: Operation): MaybePromise<Handover | undefined> {
    const { future, options } = this;
    if (status === "SUCCEEDED") return readBack(this, options.serdes, result, (value) => future.ready(value));
    const failure =
      error === undefined ? new WaitForConditionError("waitForCondition failed") : errorFromFailure(error);
    return future.broken(failure, this);
  }

  /** The strategy sees the state as it will be read back. */
  done(payload: string | undefined): void {
    void deserialize<T, void>(this, this.options.serdes, payload, {
      done: (copy) => this.decided(this.#verdict(copy, payload)),
      failed: (error) => this.failed(error),
    });
  }

  failed(error: unknown): void {
    this.decided(failedFor(error));
  }

  #check(state: T): void {
    const { check, serdes } = this.options;
    runUserCode<T>(
      () => this.observed(() => check(state, this.attempt)),
      (next) => serialize(this, serdes, next, this),
      (error) => this.failed(error),
    );
  }

  #verdict(state: T, payload: string | undefined): Verdict {
    try {
      const verdict = this.options.decide(state, this.attempt);
      if (!verdict.poll) return { action: "SUCCEED", details: { payload } };
      this.#recorded = payload;
      return { action: "RETRY", details: { nextAttemptDelaySeconds: verdict.delaySeconds, payload } };
    } catch (error) {
      return failedFor(error);
    }
  }
}
