/**
 * The outcome of one operation on its way to user code: first it is known, then it is handed over. The native promise
 * is made when the outcome is first asked for, so an outcome that no code awaits raises no unhandled rejection and
 * costs nothing. A future that is never handed over belongs to a closed context: this class is the one place in the
 * engine that leaves a promise pending.
 */

import type { CalledOperation } from "./called-operation.ts";
import type { InvocationCore } from "./core.ts";
import type { Handover } from "./taker.ts";
import type { Scope } from "./scope.ts";

/** By invocation: operations that failed and whose future no code has observed. */
const unseen = new WeakMap<InvocationCore, Map<object, UnseenFailure>>();

/** A failure that no code has observed. */
export interface UnseenFailure {
  readonly called: CalledOperation;
  readonly error: unknown;
}

/** The failures of an invocation that no code has observed so far, in the order in which they came about. */
export function unseenFailures(invocation: InvocationCore): readonly UnseenFailure[] {
  return [...(unseen.get(invocation)?.values() ?? [])];
}

export class Future<T> implements Handover {
  readonly #waiter: Scope | undefined;
  #outcome: unknown;
  /** Set for a failure: its operation, to report unless code observes the failure; UNTOLD if it is never reported. */
  #failed: CalledOperation | "UNTOLD" | undefined;
  #isHandedOver = false;
  #promise: Promise<T> | undefined;
  #resolve: ((value: T) => void) | undefined;
  #reject: ((error: unknown) => void) | undefined;

  /** `waiter` is the scope that counts as waiting while this future is observed and its outcome is to come. */
  constructor(waiter?: Scope) {
    this.#waiter = waiter;
  }

  /** True once code has asked for the promise. */
  get isObserved(): boolean {
    return this.#promise !== undefined;
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

  /** The error of the operation is known; `handOver` gives it out. */
  broken(error: unknown, called?: CalledOperation): Handover {
    this.#outcome = error;
    this.#failed = called ?? "UNTOLD";
    return this;
  }

  handOver(): void {
    if (this.#isHandedOver) return;
    this.#isHandedOver = true;
    if (this.#promise === undefined) return this.#noteUnseen();
    this.#waiter?.stopWaiting();
    if (this.#failed !== undefined) this.#reject?.(this.#outcome);
    else this.#resolve?.(this.#outcome as T);
  }

  #noteUnseen(): void {
    const called = this.#failed;
    if (called === undefined || called === "UNTOLD") return;
    const { invocation } = called.scope;
    const failures = unseen.get(invocation) ?? new Map<object, UnseenFailure>();
    unseen.set(invocation, failures.set(this, { called, error: this.#outcome }));
  }

  #forgetUnseen(): void {
    const called = this.#failed;
    if (called !== undefined && called !== "UNTOLD") unseen.get(called.scope.invocation)?.delete(this);
  }

  #materialise(): Promise<T> {
    if (this.#isHandedOver) {
      this.#forgetUnseen();
      return this.#failed !== undefined ? Promise.reject(this.#outcome) : Promise.resolve(this.#outcome as T);
    }
    this.#waiter?.startWaiting();
    return new Promise<T>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }
}
