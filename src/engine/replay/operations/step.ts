import { errorFromFailure, StepError, StepTimeoutError } from "../../model/errors.ts";
import { failureFromError, textOf } from "../../model/thrown-failure.ts";
import type { Operation } from "../../model/operation.ts";
import type { MaybePromise } from "../../ports/maybe-promise.ts";
import type { Serdes } from "../../ports/serdes.ts";
import type { CallOptions } from "../called-operation.ts";
import type { Handover } from "../taker.ts";
import type { StepInterruptedError } from "../faults.ts";
import { Future } from "../future.ts";
import { deserialize, readBack, type RoundTrip, serialize } from "../round-trip.ts";
import type { Scope } from "../scope.ts";
import { AttemptLife, type CutOffListener } from "./attempt-life.ts";
import { Attempts, failedFor, type Verdict } from "./attempts.ts";
import { runUserCode } from "./user-code.ts";

/** The verdict of a retry strategy; the delay is in whole seconds. */
export type RetryVerdict = { readonly retry: false } | { readonly retry: true; readonly delaySeconds: number };

/** Questions that the function of an attempt may ask of its step. */
export interface RunningAttempts {
  /** Calls back once if that attempt is cut off: at its timeout, or when its outcome would not be recorded. */
  onCutOff(attempt: number, listener: CutOffListener): void;
}

export interface StepOptions<T> extends CallOptions {
  run(attempt: number, attempts: RunningAttempts): T | Promise<T>;
  readonly serdes: Serdes<T>;
  /** How long one attempt may take, in ms; for ever when absent. */
  readonly timeoutMs?: number | undefined;
  /** At most once per attempt instead of at least once. */
  readonly atMostOnce: boolean;
  /** Given the error and the number of the attempt that ended with it, from 1. */
  retry(error: Error, attempt: number): RetryVerdict;
}

/** Runs a user function and records its outcome: once the outcome is recorded, the function never runs again. */
export function step<T>(scope: Scope, options: StepOptions<T>): Future<T> {
  return scope.isClosed ? new Future<T>() : new Step(scope, options).begin();
}

class Step<T> extends Attempts<T, StepOptions<T>> implements RoundTrip<string | undefined>, RunningAttempts {
  /** The outcome that this invocation has written and read back already. */
  #read: Handover | undefined;
  /** The life of the attempt that runs, if it has a time limit or its function has asked. */
  #life: AttemptLife | undefined;

  get atMostOnce(): boolean {
    return this.options.atMostOnce;
  }

  /** Without a timeout, an attempt that was cut off is made again, as on AWS, however often that happens. */
  get countsInterruptions(): boolean {
    return this.atMostOnce || this.options.timeoutMs !== undefined;
  }

  run(): void {
    const { attempt, options } = this;
    const life = this.#begin(options.timeoutMs);
    runUserCode<T>(
      () => this.observed(() => options.run(attempt, this)),
      (value) => {
        if (this.#ends(life)) serialize(this, options.serdes, value, this);
      },
      (error) => {
        if (this.#ends(life)) this.failed(error);
      },
    );
  }

  onCutOff(attempt: number, listener: CutOffListener): void {
    const isOver = attempt !== this.attempt || this.scope.isClosed;
    const life = isOver ? new AttemptLife(this.scope) : (this.#life ??= new AttemptLife(this.scope));
    if (isOver) life.abort();
    life.onCutOff(listener);
  }

  /** The value is written. It is recorded once reading it back has succeeded, too. */
  done(payload: string | undefined): void {
    const { serdes } = this.options;
    // JSON reads what JSON has written.
    if (serdes.isJson === true) return this.decided({ action: "SUCCEED", details: { payload } });
    void deserialize<T, void>(this, serdes, payload, {
      done: (copy) => {
        this.#read = this.future.ready(copy);
        this.decided({ action: "SUCCEED", details: { payload } });
      },
      failed: (error) => this.failed(error),
    });
  }

  failed(error: unknown): void {
    this.decided(this.#failed(error));
  }

  interrupted(error: StepInterruptedError): Verdict {
    return this.#failed(error);
  }

  prepare({ status, result, error }: Operation): MaybePromise<Handover | undefined> {
    const { future, options } = this;
    if (status === "SUCCEEDED") {
      return this.#read ?? readBack(this, options.serdes, result, (value) => future.ready(value));
    }
    return future.broken(error === undefined ? new StepError("Unknown error") : errorFromFailure(error), this);
  }

  /** Begins the time of an attempt that is limited. */
  #begin(timeoutMs: number | undefined): AttemptLife | undefined {
    if (timeoutMs === undefined) return (this.#life = undefined);
    const life = new AttemptLife(this.scope);
    life.limit(timeoutMs, () => this.#timedOut(life, timeoutMs));
    return (this.#life = life);
  }

  /** False if the attempt was over before its function ended: the outcome comes too late. */
  #ends(life: AttemptLife | undefined): boolean {
    if (life?.isOver === true) return false;
    this.#life?.end();
    this.#life = undefined;
    return true;
  }

  #timedOut(life: AttemptLife, timeoutMs: number): void {
    const step = this.name === undefined ? "the step" : `step "${this.name}"`;
    const error = new StepTimeoutError(
      `Attempt ${this.attempt} of ${step} was not done in ${timeoutMs / 1000} s, which is its timeout.`,
    );
    this.failed(error);
    life.cutOff(error);
  }

  #failed(thrown: unknown): Verdict {
    let verdict: RetryVerdict;
    try {
      verdict = this.options.retry(asError(thrown), this.attempt);
    } catch (error) {
      // Recorded like any other failure: the function has run, and would run again on replay.
      return failedFor(error);
    }
    if (!verdict.retry) return failedFor(thrown);
    const details = { nextAttemptDelaySeconds: verdict.delaySeconds, error: failureFromError(thrown) };
    return { action: "RETRY", details };
  }
}

/** The error that a strategy is told; of another thrown value, the text at most. */
function asError(thrown: unknown): Error {
  if (thrown instanceof Error) return thrown;
  return new Error((typeof thrown !== "object" && textOf(thrown)) || "Unknown Error");
}
