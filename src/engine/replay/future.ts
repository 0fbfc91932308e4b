/**
 * The outcome of one operation on its way to user code: first it is known, then it is handed over. The native promise
 * is made when the outcome is first asked for, so one that no code awaits raises no unhandled rejection and costs
 * nothing. A future that is never handed over belongs to a closed context: this class is the one place in the engine
 * that leaves a promise pending.
 */

import type { Handover } from "./taker.ts";
import type { Scope } from "./scope.ts";

export class Future<T> implements Handover {
  readonly #waiter: Scope | undefined;
  #outcome: unknown;
  #isFailure = false;
  #isHandedOver = false;
  #promise: Promise<T> | undefined;
  #resolve: ((value: T) => void) | undefined;
  #reject: ((error: unknown) => void) | undefined;

  /** `waiter` is the scope that counts as waiting while this future is observed and its outcome is to come. */
  constructor(waiter?: Scope) {
    this.#waiter = waiter;
  }

  /** The native promise, the same one every time. */
  observe(): Promise<T> {
    this.#promise ??= this.#materialise();
    return this.#promise;
  }

  /** The value is known; `handOver` gives it out. */
  ready(value: T): Handover {
    this.#outcome = value;
    return this;
  }

  /** The error is known; `handOver` gives it out. */
  broken(error: unknown): Handover {
    this.#outcome = error;
    this.#isFailure = true;
    return this;
  }

  handOver(): void {
    if (this.#isHandedOver) return;
    this.#isHandedOver = true;
    if (this.#promise === undefined) return;
    this.#waiter?.stopWaiting();
    if (this.#isFailure) this.#reject?.(this.#outcome);
    else this.#resolve?.(this.#outcome as T);
  }

  #materialise(): Promise<T> {
    if (this.#isHandedOver) {
      return this.#isFailure ? Promise.reject(this.#outcome) : Promise.resolve(this.#outcome as T);
    }
    this.#waiter?.startWaiting();
    return new Promise<T>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }
}
