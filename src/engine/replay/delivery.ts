/**
 * Hands recorded results to user code: in the order of their delivery numbers, one at a time, never before the code
 * between two of them has drained (the invocation sees to that). On replay this repeats the order of the live run, so
 * native Promise.race, any and all answer as they did then. A result whose operation the code has not called yet waits
 * for it; a result inside a closed context is passed over, as it was in the live run.
 *
 * A context that this invocation has run to its end hands its value over before the next result, without waiting for its
 * record: the record says after which result that was. Replay has it at the same place, whether it reads the record or
 * runs the context again. Of several contexts that end between two results, those that ended first are recorded first,
 * so that what is recorded always goes before what has to run again.
 */

import { type Operation, placeOf } from "../model/operation.ts";
import type { AmbientSnapshot } from "../ports/host.ts";
import type { MaybePromise } from "../ports/maybe-promise.ts";
import { ContextEnds } from "./context-ends.ts";

/** An outcome that is ready for user code. */
export interface Handover {
  handOver(): void;
}

/** An operation that user code has called and whose outcome is to come. */
export interface Taker {
  /** True if somebody else than this invocation decides when the result is there. */
  readonly awaitsOutside: boolean;
  readonly scope: { readonly isClosed: boolean };
  /** The value comes from running the operation's own function once more, as far as the log lets it. */
  readonly rebuilds?: boolean;
  /** Where `prepare` is to run: set if it runs user code. */
  readonly callersContext?: AmbientSnapshot | undefined;
  /**
   * Makes the outcome ready to hand over; called once, as soon as the operation is both recorded and called. Nothing
   * comes of it when that ends the invocation.
   */
  prepare(operation: Operation): MaybePromise<Handover | undefined>;
  /** Of a type whose start is a result of its own: makes that ready to hand over, as `prepare` does the outcome. */
  prepareOpening?(operation: Operation): Handover;
  /** The operation changed short of its settlement. */
  progress?(operation: Operation): void;
}

/** A recorded result that user code has not got yet. */
interface Due {
  readonly number: number;
  /** The number at which it is delivered: its own, or that of the result which it comes right after. */
  readonly place: number;
  readonly operation: Operation;
  readonly opening: boolean;
  /** Who called the operation when this was the next result: sequential code on replay always does. */
  taker: Taker | undefined;
  handover: Handover | undefined;
}

export type DeliveryState = "delivered" | "empty" | "preparing" | "rebuilding" | "untaken";

export class Delivery {
  readonly ends: ContextEnds;
  /** In the order of their places. */
  #due: Due[] = [];
  #head = 0;
  /** Results that arrived after one with a later place. */
  #overtaken: Due[] = [];
  #lastNumber = 0;
  /** How many takers await what this invocation does not decide. */
  #outside = 0;
  readonly #preparing = new Set<Due>();
  /** How many of those will be ready whatever user code does. */
  #reading = 0;
  /** Those whose result is not the next one, or not there yet. */
  readonly #takers = new Map<string, Taker>();
  /** Keys of recorded contexts that have closed in this invocation, and of what virtual ones left uncalled. */
  readonly #closed = new Set<string>();
  #holds = 0;
  #isHeldUp = false;
  readonly #operation: (key: string) => Operation | undefined;
  readonly #ready: () => void;

  constructor(operation: (key: string) => Operation | undefined, ready: () => void) {
    this.#operation = operation;
    this.ends = new ContextEnds(ready);
    this.#ready = ready;
  }

  get isEmpty(): boolean {
    return this.#head === this.#due.length && this.ends.isEmpty;
  }

  /** The number of the newest result that was delivered. */
  get lastNumber(): number {
    return this.#lastNumber;
  }

  /** The operation whose result is the next one, as it was when that became due. */
  get head(): Operation | undefined {
    return this.#due[this.#head]?.operation;
  }

  /** Queues what a journal holds. */
  load(operations: Iterable<Operation>): void {
    for (const operation of operations) this.add(operation, undefined);
    this.#sortIn();
  }

  /**
   * Queues what has become due since the operation was `known`, each result once. Changes need not arrive in the order
   * of their numbers: what a turn finds is handed over in that order, whichever came first.
   */
  add(operation: Operation, known: Operation | undefined): void {
    const { delivery, opened } = operation;
    if (opened !== undefined && known?.opened === undefined) this.#enqueue(dueOf(operation, opened, true));
    if (delivery === undefined || known?.delivery !== undefined) return;
    if (operation.type !== "CONTEXT" || !this.ends.takeRecord(operation.id)) {
      this.#enqueue(dueOf(operation, delivery, false));
    }
  }

  /** From now on `taker` gets the results of the operation; what is recorded of it already is made ready. */
  register(key: string, taker: Taker): void {
    if (taker.awaitsOutside) this.#outside++;
    const due = this.#due[this.#head];
    if (due?.operation.id !== key) {
      this.#takers.set(key, taker);
      return;
    }
    due.taker = taker;
    this.#prepare(due, taker);
  }

  /** The value of this context is handed over now; its record, when it comes, is no news. */
  settleAhead(key: string): void {
    this.#takers.delete(key);
    this.ends.expectRecord(key);
  }

  /** The value of a context that has ended is handed over with its record, so that there is something to wait for. */
  settleWithRecord(): void {
    this.#outside++;
  }

  /** True if a result may be recorded whose place this invocation does not decide. */
  get expectsOutside(): boolean {
    return this.#outside > 0;
  }

  taker(key: string): Taker | undefined {
    return this.#takers.get(key);
  }

  /** The recorded state of the operations that user code has called and that have no outcome yet. */
  *awaited(): Generator<Operation> {
    for (const key of this.#takers.keys()) {
      const operation = this.#operation(key);
      if (operation !== undefined) yield operation;
    }
  }

  /** Nobody will call this operation, or what is in it, from now on. */
  close(key: string): void {
    this.#closed.add(key);
  }

  /**
   * Holds the next result back until the returned function is called: for what belongs to the code between two
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
    if (this.#overtaken.length > 0) this.#sortIn();
    const next = this.#due[this.#head];
    const isRecordedEnd = next !== undefined && next.place < next.number;
    const ended = isRecordedEnd ? "empty" : this.ends.deliverNext();
    return ended === "empty" ? this.#deliverDue() : ended;
  }

  #deliverDue(): DeliveryState {
    for (let due = this.#due[this.#head]; due !== undefined; due = this.#due[this.#head]) {
      const taker = due.taker ?? this.#takers.get(due.operation.id);
      if (taker === undefined) {
        if (!this.#isHidden(due.operation)) return "untaken";
      } else if (!taker.scope.isClosed) {
        return this.#deliver(due, taker);
      }
      this.#advance(due);
    }
    return "empty";
  }

  /** True if a result behind the next one could be delivered, while that one has no taker. */
  get canOvertake(): boolean {
    return this.#firstTaken() !== undefined;
  }

  /** Lets the first result that somebody takes go before those that nobody takes: where the order is inferred. */
  overtake(): void {
    const place = this.#firstTaken();
    if (place === undefined) return;
    const [due] = this.#due.splice(place, 1) as [Due];
    this.#due.splice(this.#head, 0, due);
  }

  #firstTaken(): number | undefined {
    for (let place = this.#head + 1; place < this.#due.length; place++) {
      const taker = this.#takers.get((this.#due[place] as Due).operation.id);
      if (taker !== undefined && !taker.scope.isClosed) return place;
    }
    return undefined;
  }

  #deliver(due: Due, taker: Taker): DeliveryState {
    this.#prepare(due, taker);
    const { handover } = due;
    if (handover === undefined) return taker.rebuilds === true ? "rebuilding" : "preparing";
    this.#advance(due);
    handover.handOver();
    return "delivered";
  }

  #advance(due: Due): void {
    this.#head++;
    this.#lastNumber = Math.max(this.#lastNumber, due.place);
    const taker = due.taker ?? this.#takers.get(due.operation.id);
    if (!due.opening && taker?.awaitsOutside === true) this.#outside--;
    if (due.taker === undefined) {
      if (!due.opening) this.#takers.delete(due.operation.id);
    } else if (due.opening) {
      this.#takers.set(due.operation.id, due.taker);
    }
  }

  #prepare(due: Due, taker: Taker | undefined): void {
    if (taker === undefined || taker.scope.isClosed) return;
    if (due.handover !== undefined || this.#preparing.has(due)) return;
    const prepared = due.opening ? taker.prepareOpening?.(due.operation) : outcomeOf(taker, due.operation);
    if (!(prepared instanceof Promise)) {
      due.handover = prepared;
      return;
    }
    this.#preparing.add(due);
    const reading = taker.rebuilds === true ? 0 : 1;
    this.#reading += reading;
    void prepared.then((handover) => {
      this.#preparing.delete(due);
      this.#reading -= reading;
      due.handover = handover;
      this.#ready();
    });
  }

  get isPreparing(): boolean {
    return this.#reading > 0;
  }

  /** True if the operation, or a context around it, is closed, so that nobody will ever call it. */
  #isHidden(operation: Operation): boolean {
    for (let key: string | undefined = operation.id; key !== undefined; key = this.#operation(key)?.parentId) {
      if (this.#closed.has(key)) return true;
    }
    return false;
  }

  #enqueue(due: Due): void {
    this.#compact();
    const newest = this.#due.at(-1);
    if (newest === undefined || byPlace(newest, due) < 0) this.#due.push(due);
    else this.#overtaken.push(due);
    this.#prepare(due, this.#takers.get(due.operation.id));
  }

  /** Late is better than never: what arrives after a higher number was delivered is the next result. */
  #sortIn(): void {
    this.#due = [...this.#due.slice(this.#head), ...this.#overtaken].sort(byPlace);
    this.#head = 0;
    this.#overtaken = [];
  }

  /** Drops what was delivered once it is the larger part, so that a long run keeps no results alive. */
  #compact(): void {
    if (this.#head < 64 || this.#head * 2 < this.#due.length) return;
    this.#due = this.#due.slice(this.#head);
    this.#head = 0;
  }
}

function outcomeOf(taker: Taker, operation: Operation): MaybePromise<Handover | undefined> {
  const { callersContext } = taker;
  return callersContext === undefined ? taker.prepare(operation) : callersContext(() => taker.prepare(operation));
}

function byPlace(a: Due, b: Due): number {
  return a.place - b.place || a.number - b.number;
}

function dueOf(operation: Operation, number: number, opening: boolean): Due {
  const place = opening ? number : (placeOf(operation) ?? number);
  return { number, place, operation, opening, taker: undefined, handover: undefined };
}
