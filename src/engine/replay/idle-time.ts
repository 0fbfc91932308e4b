/**
 * What an invocation does when a turn has nothing to send and nothing to hand over. If user code awaits an operation
 * that is not settled, the invocation suspends or parks. If a recorded result waits for its operation to be called, the
 * invocation waits for the code, and fails as non-deterministic when the code does not come.
 */

import { isRebuilt, type Operation } from "../model/operation.ts";
import type { InvocationCore } from "./core.ts";
import { nonDeterminism, NonDeterministicExecutionError, operationTitle } from "./faults.ts";
import { Patience } from "./patience.ts";

/** When idle: end with PENDING after `graceMs`, or stay and call `onParked`. */
type SuspensionOptions =
  | { readonly mode: "end"; readonly graceMs: number }
  | { readonly mode: "park"; onParked(): void };

export interface IdleOptions {
  readonly suspension: SuspensionOptions;
  /**
   * How long a recorded result waits for its operation to be called while nothing else happens, in ms; default 60,000.
   * Time in which the process stood still, or that the clock leapt over, does not count.
   */
  readonly takerPatienceMs?: number;
  /**
   * For machines that record no order of delivery, so that it is inferred from times and may be wrong: how long a
   * result waits for its operation to be called, or for its context to come to its end again, before one that has a
   * taker goes first, in ms.
   */
  readonly overtakingMs?: number;
}

const DEFAULT_TAKER_PATIENCE_MS = 60_000;

export class IdleTime {
  readonly #invocation: InvocationCore;
  readonly #suspension: SuspensionOptions;
  readonly #overtakingMs: number | undefined;
  readonly #patience: Patience;
  #isParked = false;
  #cancel: (() => void) | undefined;

  constructor(invocation: InvocationCore, { suspension, overtakingMs, takerPatienceMs }: IdleOptions) {
    this.#invocation = invocation;
    this.#suspension = suspension;
    this.#overtakingMs = overtakingMs;
    this.#patience = new Patience(invocation.host, takerPatienceMs ?? DEFAULT_TAKER_PATIENCE_MS);
  }

  /** A turn is to come, or the invocation is over: cancels the suspension or the wait that this class has set. */
  end(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#isParked = false;
  }

  /** Nothing runs, and user code awaits an operation: suspend or park. */
  suspend(): void {
    const { host } = this.#invocation;
    const suspension = this.#suspension;
    if (suspension.mode === "end" && suspension.graceMs > 0) {
      this.#cancel = host.timer(host.now() + suspension.graceMs, () => this.#invocation.end({ status: "PENDING" }));
      return;
    }
    if (suspension.mode === "end") return this.#invocation.end({ status: "PENDING" });
    if (this.#isParked) return;
    this.#isParked = true;
    suspension.onParked();
  }

  /**
   * User code has not called the operation of a recorded result, or has not come to the end of a context again: plain
   * asynchronous code may be on its way there. Where the order of results is inferred, one that has a taker goes first
   * after a while.
   */
  awaitTaker(): void {
    const { delivery, host } = this.#invocation;
    if (this.#overtakingMs === undefined) return this.#awaitCode();
    this.#cancel = host.timer(host.now() + this.#overtakingMs, () => {
      if (delivery.overtake()) this.#invocation.schedule();
      else this.#awaitCode();
    });
  }

  /** Waits for code that the next result depends on, and ends the invocation when the patience is at its end. */
  #awaitCode(): void {
    this.#cancel = this.#patience.wait(() => this.#missingTaker());
  }

  #missingTaker(): void {
    const invocation = this.#invocation;
    // The missing call may depend on an attempt that waits for the end of the replay: it runs now, against the order.
    if (invocation.takeUp()) return;
    const recorded = invocation.delivery.head;
    if (recorded === undefined) return;
    invocation.end({ status: "BREACH", error: missingTakerError(recorded, this.#patience.limitMs) });
  }
}

function missingTakerError(recorded: Operation, patienceMs: number): NonDeterministicExecutionError {
  const { id, type, name, subType } = recorded;
  const missing = isRebuilt(recorded) ? "come to its end again" : "called that operation";
  const found = `the log holds the result of ${operationTitle(recorded, id)}, but the code has not ${missing} in ${patienceMs} ms`;
  return new NonDeterministicExecutionError(nonDeterminism(found), { recorded: { id, type, name, subType } });
}
