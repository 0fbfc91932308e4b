/** Recorded results on their way through the serdes of their takers, which may take their time. */

import type { Operation } from "../model/operation.ts";
import type { MaybePromise } from "../ports/maybe-promise.ts";
import type { Due } from "./due-results.ts";
import type { Handover, Taker } from "./taker.ts";

export class Preparation {
  readonly #preparing = new Set<Due>();
  /** How many results will be ready whatever user code does. */
  #reading = 0;
  readonly #ready: () => void;

  /** `ready` is called when a result has become ready later than at once. */
  constructor(ready: () => void) {
    this.#ready = ready;
  }

  /** True if a result will be ready soon, whatever user code does. */
  get isReading(): boolean {
    return this.#reading > 0;
  }

  /** Sets the result's handover: at once if its serdes is synchronous, and once however often this is called. */
  prepare(due: Due, taker: Taker | undefined): void {
    if (taker === undefined || taker.scope.isClosed) return;
    if (due.handover !== undefined || this.#preparing.has(due)) return;
    const prepared = due.opening ? taker.prepareOpening?.(due.operation) : outcomeOf(taker, due.operation);
    if (prepared instanceof Promise) this.#await(due, prepared, taker.rebuilds === true ? 0 : 1);
    else due.handover = prepared;
  }

  #await(due: Due, prepared: Promise<Handover | undefined>, reading: number): void {
    this.#preparing.add(due);
    this.#reading += reading;
    void prepared.then((handover) => {
      this.#preparing.delete(due);
      this.#reading -= reading;
      due.handover = handover;
      this.#ready();
    });
  }
}

function outcomeOf(taker: Taker, operation: Operation): MaybePromise<Handover | undefined> {
  const { callersContext } = taker;
  return callersContext === undefined ? taker.prepare(operation) : callersContext(() => taker.prepare(operation));
}
