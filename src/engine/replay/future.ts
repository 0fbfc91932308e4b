/**
 * The outcome of one operation on its way to user code. The native promise is made when somebody looks, so an outcome
 * nobody awaits raises no unhandled rejection and costs no promise. A future that is never settled belongs to a closed
 * context: this class is the one place in the engine that leaves a promise pending.
 */

import type { Scope } from "./scope.ts";

type State = "pending" | "resolved" | "rejected";

export class Future<T> {
  #state: State = "pending";
  #outcome: unknown;
  #promise: Promise<T> | undefined;
  #resolve: ((value: T) => void) | undefined;
  #reject: ((error: unknown) => void) | undefined;
  #waiter: Scope | undefined;

  /** `waiter` is the scope that counts as waiting while this future is observed and unsettled. */
  constructor(waiter?: Scope) {
    this.#waiter = waiter;
  }

  /** The native promise, the same one every time. */
  observe(): Promise<T> {
    this.#promise ??= this.#materialise();
    return this.#promise;
  }

  resolve(value: T): void {
    if (!this.#settle("resolved", value)) return;
    this.#resolve?.(value);
  }

  reject(error: unknown): void {
    if (!this.#settle("rejected", error)) return;
    this.#reject?.(error);
  }

  #settle(state: State, outcome: unknown): boolean {
    if (this.#state !== "pending") return false;
    this.#state = state;
    this.#outcome = outcome;
    if (this.#promise !== undefined) this.#waiter?.stopWaiting();
    return true;
  }

  #materialise(): Promise<T> {
    if (this.#state === "resolved") return Promise.resolve(this.#outcome as T);
    if (this.#state === "rejected") return Promise.reject(this.#outcome);
    this.#waiter?.startWaiting();
    return new Promise<T>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }
}
