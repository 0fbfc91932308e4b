/**
 * How far a replay has come. The replay is at its end when the newest result that had reached user code before this
 * invocation has reached it again, or when the code calls an operation that the log does not hold.
 */

import { operationTraits } from "../model/operation-traits.ts";
import { type Operation, placeOf } from "../model/operation.ts";

export class ReplayProgress {
  /** Results up to this number had reached user code before this invocation. */
  readonly #seen: number;
  #isReplaying: boolean;
  /** Called once every recorded result has been handed over. */
  #interrupted: (() => void)[] = [];

  /** `journal` has the operations recorded before this invocation. */
  constructor(journal: readonly Operation[]) {
    this.#seen = journal.reduce((newest, operation) => Math.max(newest, seenBy(operation)), 0);
    this.#isReplaying = journal.length > 0;
  }

  /** True while the code that runs has run before, in an earlier invocation. */
  get isReplaying(): boolean {
    return this.#isReplaying;
  }

  /** The code calls an operation that the log does not hold, or gets a value that no log holds yet. */
  leave(): void {
    this.#isReplaying = false;
  }

  /** The result with this number has reached user code. */
  delivered(number: number): void {
    if (number > this.#seen) this.#isReplaying = false;
  }

  /** Keeps `next` until every result that is recorded and can be handed over has reached user code. */
  interrupt(next: () => void): void {
    this.#interrupted.push(next);
  }

  /** Calls every `next` that `interrupt` keeps; false if there is none. */
  takeUp(): boolean {
    const interrupted = this.#interrupted;
    if (interrupted.length === 0) return false;
    this.#interrupted = [];
    for (const next of interrupted) next();
    return true;
  }
}

/** The newest result that must have reached user code for this operation to be where it is. */
function seenBy(operation: Operation): number {
  const own = operationTraits[operation.type].isSettledByCode ? (placeOf(operation) ?? 0) : 0;
  return Math.max(own, operation.after ?? 0);
}
