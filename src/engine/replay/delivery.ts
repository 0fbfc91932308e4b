/**
 * Hands recorded results to user code.
 *
 * 1. Results go in the order of their delivery numbers, one at a time, never before the code between two of them has
 *    drained (the invocation sees to that). On replay this repeats the order of the live run, so native Promise.race,
 *    any and all answer as they did then.
 * 2. A result whose operation the code has not called yet waits for the call; a result inside a closed context is
 *    passed over, as it was in the live run.
 * 3. A context that this invocation has run to its end hands its value over before the next result, without waiting for
 *    its record: the record says after which result that was. Replay hands the value over at the same place, whether
 *    from the record or by running the context again. Of several contexts that end between two results, those that
 *    ended first are recorded first, so that recorded ends always go before those that have to run again.
 */

import type { Operation } from "../model/operation.ts";
import { ContextEnds } from "./context-ends.ts";
import { type Due, DueResults, dueOf } from "./due-results.ts";
import { Preparation } from "./preparation.ts";
import type { Taker } from "./taker.ts";
import { Takers } from "./takers.ts";

export type DeliveryState = "delivered" | "empty" | "preparing" | "rebuilding" | "untaken";

export class Delivery {
  readonly ends: ContextEnds;
  readonly takers: Takers;
  readonly #due = new DueResults();
  readonly #preparation: Preparation;
  readonly #ready: () => void;
  #lastNumber = 0;
  #holds = 0;
  #isHeldUp = false;

  /** `operation` looks a stored id up in the journal; `ready` is called when another turn may find something to do. */
  constructor(operation: (key: string) => Operation | undefined, ready: () => void) {
    this.ends = new ContextEnds(ready);
    this.takers = new Takers(operation);
    this.#preparation = new Preparation(ready);
    this.#ready = ready;
  }

  get isEmpty(): boolean {
    return this.#due.isEmpty && this.ends.isEmpty;
  }

  /** The number of the newest result that was delivered. */
  get lastNumber(): number {
    return this.#lastNumber;
  }

  /** The operation whose result is the next one, as the operation was when that result became due. */
  get head(): Operation | undefined {
    return this.#due.next?.operation;
  }

  /** True if a result will be ready soon, whatever user code does. */
  get isPreparing(): boolean {
    return this.#preparation.isReading;
  }

  /** Queues the results that a journal holds. */
  load(operations: Iterable<Operation>): void {
    for (const operation of operations) this.add(operation, undefined);
    this.#due.sortIn();
  }

  /**
   * Queues the results that have become due since the operation was `known`, each once. Changes need not arrive in the
   * order of their numbers: the results that a turn finds are handed over in that order.
   */
  add(operation: Operation, known: Operation | undefined): void {
    const { delivery, opened } = operation;
    if (opened !== undefined && known?.opened === undefined) this.#enqueue(dueOf(operation, opened, true));
    if (delivery === undefined || known?.delivery !== undefined) return;
    if (operation.type !== "CONTEXT" || !this.ends.takeRecord(operation.id)) {
      this.#enqueue(dueOf(operation, delivery, false));
    }
  }

  /** From now on `taker` gets the results of the operation; those recorded already are made ready. */
  register(key: string, taker: Taker): void {
    if (taker.awaitsOutside) this.takers.expectOutside(taker);
    const { next } = this.#due;
    if (next?.operation.id !== key) return this.takers.set(key, taker);
    next.taker = taker;
    this.#preparation.prepare(next, taker);
  }

  /** The value of this context is handed over now; its record, when it comes, is no news. */
  handOverAhead(key: string): void {
    this.takers.delete(key);
    this.ends.expectRecord(key);
  }

  /**
   * Holds the next result back until the returned function is called: for work that belongs to the code between two
   * results and takes longer than a drain.
   */
  hold(): () => void {
    this.#holds++;
    return () => {
      this.#holds--;
      if (this.#holds > 0 || !this.#isHeldUp) return;
      this.#isHeldUp = false;
      this.#ready();
    };
  }

  /** Delivers the next result if it can be delivered now. */
  deliverNext(): DeliveryState {
    if (this.#holds > 0) {
      this.#isHeldUp = true;
      return "preparing";
    }
    // Invariant 1: results that arrived late take their places.
    this.#due.sortIn();
    const { next } = this.#due;
    const isRecordedEnd = next !== undefined && next.place < next.number;
    // Invariant 3: ends of this invocation go before the next result, unless that is itself a recorded end.
    const ended = isRecordedEnd ? "empty" : this.ends.deliverNext();
    return ended === "empty" ? this.#deliverDue() : ended;
  }

  /**
   * Lets the first result that has a taker go before the next one, which has none, or no value yet: where the order is
   * inferred. Before a context that runs again for its value goes only what lies in it: the value may wait for that.
   * False if there is none.
   */
  overtake(): boolean {
    const { next } = this.#due;
    const around = next && this.takers.of(next) && new Set([next.operation.id]);
    return this.#due.bringForward(
      ({ operation }) =>
        this.takers.get(operation.id)?.scope.isClosed === false && (!around || this.takers.liesIn(operation, around)),
    );
  }

  #deliverDue(): DeliveryState {
    for (let due = this.#due.next; due !== undefined; due = this.#due.next) {
      const taker = this.takers.of(due);
      if (taker === undefined) {
        // Invariant 2: user code may still call this operation.
        if (!this.takers.isClosed(due.operation)) return "untaken";
      } else if (!taker.scope.isClosed) {
        return this.#deliver(due, taker);
      }
      this.#advance(due);
    }
    return "empty";
  }

  #deliver(due: Due, taker: Taker): DeliveryState {
    this.#preparation.prepare(due, taker);
    const { handover } = due;
    if (handover === undefined) return taker.rebuilds === true ? "rebuilding" : "preparing";
    this.#advance(due);
    handover.handOver();
    return "delivered";
  }

  #advance(due: Due): void {
    this.#due.advance();
    this.#lastNumber = Math.max(this.#lastNumber, due.place);
    this.takers.release(due);
  }

  #enqueue(due: Due): void {
    this.#due.add(due);
    this.#preparation.prepare(due, this.takers.get(due.operation.id));
  }
}
