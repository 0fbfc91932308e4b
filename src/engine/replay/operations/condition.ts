import { errorFromFailure, failureFromError, WaitForConditionError } from "../../model/errors.ts";
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

/** What a wait strategy says about a state; the delay is in whole seconds. */
export type PollVerdict = { readonly poll: false } | { readonly poll: true; readonly delaySeconds: number };

export interface ConditionOptions<T> {
  readonly name?: string | undefined;
  readonly subType: string;
  readonly check: (state: T, attempt: number) => T | Promise<T>;
  readonly initialState: T;
  readonly serdes: Serdes<T>;
  readonly decide: (state: T, attempt: number) => PollVerdict;
}

/** Calls `check` again and again, with time between the calls, until the strategy is content with the state. */
export function condition<T>(scope: Scope, options: ConditionOptions<T>): Future<T> {
  if (scope.isClosed) return new Future<T>();
  const opening = new Opening(scope, { type: "STEP", subType: options.subType, name: options.name });
  const body = new ConditionBody(opening, options);
  new Attempts(opening, body).begin();
  return body.future;
}

class ConditionBody<T> implements AttemptBody {
  readonly future: Future<T>;
  readonly atMostOnce = false;
  readonly #opening: Opening;
  readonly #options: ConditionOptions<T>;
  /** The state as recorded by the attempt before; the first attempt starts from the initial state. */
  #recorded: { readonly text: string | undefined } | undefined;

  constructor(opening: Opening, options: ConditionOptions<T>) {
    this.future = new Future<T>(opening.scope);
    this.#opening = opening;
    this.#options = options;
    const { stored } = opening;
    if (stored !== undefined && stored.type === "STEP" && stored.attempt > 0) this.#recorded = { text: stored.result };
  }

  run(attempt: number, decide: (verdict: Verdict) => void): void {
    if (this.#recorded === undefined) return this.#check(this.#options.initialState, attempt, decide);
    const ready = deserialize(this.#opening, this.#options.serdes, this.#recorded.text, (state) =>
      this.#check(state, attempt, decide),
    );
    if (ready instanceof Promise) void ready.then((go) => go());
    else ready();
  }

  interrupted(error: StepInterruptedError): Verdict {
    return { type: "fail", error: failureFromError(error) };
  }

  prepare(operation: Operation): MaybePromise<Handover> {
    if (operation.status === "SUCCEEDED") {
      return deserialize(this.#opening, this.#options.serdes, operation.result, (value) => this.future.resolve(value));
    }
    const error =
      operation.error === undefined
        ? new WaitForConditionError("waitForCondition failed")
        : errorFromFailure(operation.error);
    return () => this.future.reject(error);
  }

  reject(error: unknown): void {
    this.future.reject(error);
  }

  #check(state: T, attempt: number, decide: (verdict: Verdict) => void): void {
    const { instrument } = this.#opening.scope.invocation;
    const { check } = this.#options;
    settle<T>(
      () =>
        instrument === undefined
          ? check(state, attempt)
          : instrument.attempt(this.#opening.running(attempt), () => check(state, attempt)),
      (next) => this.#judge(next, attempt, decide),
      (error) => decide({ type: "fail", error: failureFromError(error) }),
    );
  }

  /** The strategy sees the state as it will be read back. */
  #judge(state: T, attempt: number, decide: (verdict: Verdict) => void): void {
    const { serdes } = this.#options;
    serialize(this.#opening, serdes, state, (payload) => {
      const ready = deserialize(this.#opening, serdes, payload, (copy) =>
        decide(this.#verdict(copy, attempt, payload)),
      );
      if (ready instanceof Promise) void ready.then((go) => go());
      else ready();
    });
  }

  #verdict(state: T, attempt: number, payload: string | undefined): Verdict {
    try {
      const verdict = this.#options.decide(state, attempt);
      if (!verdict.poll) return { type: "succeed", payload };
      this.#recorded = { text: payload };
      return { type: "retry", delaySeconds: verdict.delaySeconds, payload };
    } catch (error) {
      return { type: "fail", error: failureFromError(error) };
    }
  }
}
