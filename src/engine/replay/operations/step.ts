import { errorFromFailure, failureFromError, StepError } from "../../model/errors.ts";
import type { Operation } from "../../model/operation.ts";
import type { MaybePromise } from "../../ports/maybe-promise.ts";
import type { Serdes } from "../../ports/serdes.ts";
import type { Handover } from "../delivery.ts";
import type { StepInterruptedError } from "../faults.ts";
import { Future } from "../future.ts";
import { Opening } from "../opening.ts";
import { deserialize, serialize } from "../round-trip.ts";
import type { Scope } from "../scope.ts";
import { type AttemptBody, Attempts, type Verdict } from "./attempts.ts";
import { settle } from "./settle.ts";

/** What a retry strategy says; the delay is in whole seconds. */
export type RetryVerdict = { readonly retry: false } | { readonly retry: true; readonly delaySeconds: number };

export interface StepOptions<T> {
  readonly name?: string | undefined;
  readonly subType: string;
  readonly run: (attempt: number) => T | Promise<T>;
  readonly serdes: Serdes<T>;
  /** At most once per attempt instead of at least once. */
  readonly atMostOnce: boolean;
  /** Given the error and the number of the attempt it ended, from 1. */
  readonly retry: (error: Error, attempt: number) => RetryVerdict;
}

/** Runs a user function and records its outcome: once it is recorded, the function never runs again. */
export function step<T>(scope: Scope, options: StepOptions<T>): Future<T> {
  if (scope.isClosed) return new Future<T>();
  const opening = new Opening(scope, { type: "STEP", subType: options.subType, name: options.name });
  const body = new StepBody(opening, options);
  new Attempts(opening, body).begin();
  return body.future;
}

class StepBody<T> implements AttemptBody {
  readonly future: Future<T>;
  readonly #opening: Opening;
  readonly #options: StepOptions<T>;

  constructor(opening: Opening, options: StepOptions<T>) {
    this.future = new Future<T>(opening.scope);
    this.#opening = opening;
    this.#options = options;
  }

  get atMostOnce(): boolean {
    return this.#options.atMostOnce;
  }

  run(attempt: number, decide: (verdict: Verdict) => void): void {
    const { instrument } = this.#opening.scope.invocation;
    const { run } = this.#options;
    settle<T>(
      () =>
        instrument === undefined
          ? run(attempt)
          : instrument.attempt(this.#opening.running(attempt), () => run(attempt)),
      (value) =>
        serialize(this.#opening, this.#options.serdes, value, (payload) => decide({ type: "succeed", payload })),
      (error) => decide(this.#failed(error, attempt)),
    );
  }

  interrupted(error: StepInterruptedError, attempt: number): Verdict {
    return this.#failed(error, attempt);
  }

  prepare(operation: Operation): MaybePromise<Handover> {
    if (operation.status === "SUCCEEDED") {
      return deserialize(this.#opening, this.#options.serdes, operation.result, (value) => this.future.resolve(value));
    }
    const error = operation.error === undefined ? new StepError("Unknown error") : errorFromFailure(operation.error);
    return () => this.future.reject(error);
  }

  reject(error: unknown): void {
    this.future.reject(error);
  }

  #failed(thrown: unknown, attempt: number): Verdict {
    let verdict: RetryVerdict;
    try {
      verdict = this.#options.retry(thrown instanceof Error ? thrown : new Error("Unknown Error"), attempt);
    } catch (error) {
      return { type: "broken", error };
    }
    const error = failureFromError(thrown);
    return verdict.retry ? { type: "retry", delaySeconds: verdict.delaySeconds, error } : { type: "fail", error };
  }
}
