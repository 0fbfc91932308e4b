/**
 * Hands recorded results to user code: in the order of their delivery numbers, one at a time, never before the code
 * between two of them has drained (the invocation sees to that). On replay this repeats the order of the live run, so
 * native Promise.race, any and all answer as they did then. A result whose operation the code has not called yet waits
 * for it; a result inside a closed context is passed over, as it was in the live run.
 */

import type { Operation } from "../model/operation.ts";
import type { AmbientSnapshot } from "../ports/host.ts";
import type { MaybePromise } from "../ports/maybe-promise.ts";

/** An outcome that is ready for user code. */
export interface Handover {
  handOver(): void;
}

/** An operation that user code has called and whose outcome is to come. */
export interface Taker {
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
  /** Callbacks only: the start is a result of its own. */
  prepareOpening?(operation: Operation): Handover;
  /** The operation changed short of its settlement. */
  progress?(operation: Operation): void;
}

/** A recorded result that user code has not got yet. */
interface Due {
  readonly number: number;
  readonly operation: Operation;
  readonly opening: boolean;
  /** Who called the operation when this was the next result: sequential code on replay always does. */
  taker: Taker | undefined;
  handover: Handover | undefined;
}

export type DeliveryState = "delivered" | "empty" | "preparing" | "rebuilding" | "untaken";

export class Delivery {
  /** In the order of their numbers. */
  #due: Due[] = [];
  #head = 0;
  /** Results that arrived after one with a higher number. */
  #overtaken: Due[] = [];
  #lastNumber = 0;
  readonly #preparing = new Set<Due>();
  /** How many of those will be ready whatever user code does. */
  #reading = 0;
  /** Those whose result is not the next one, or not there yet. */
  readonly #takers = new Map<string, Taker>();
  /** Keys of recorded contexts that have closed in this invocation. */
  readonly #closed = new Set<string>();
  #holds = 0;
  #isHeldUp = false;
  readonly #operation: (key: string) => Operation | undefined;
  readonly #ready: () => void;

  constructor(operation: (key: string) => Operation | undefined, ready: () => void) {
    this.#operation = operation;
    this.#ready = ready;
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
    const { delivery } = operation;
    if (operation.type === "CALLBACK" && operation.opened !== undefined && !isOpened(known)) {
      this.#enqueue(dueOf(operation, operation.opened, true));
    }
    if (delivery !== undefined && known?.delivery === undefined) this.#enqueue(dueOf(operation, delivery, false));
  }

  /** From now on `taker` gets the results of the operation; what is recorded of it already is made ready. */
  register(key: string, taker: Taker): void {
    const due = this.#due[this.#head];
    if (due?.operation.id !== key) {
      this.#takers.set(key, taker);
      return;
    }
    due.taker = taker;
    this.#prepare(due, taker);
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

  closeContext(key: string): void {
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
    this.#lastNumber = Math.max(this.#lastNumber, due.number);
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

  /** True if the operation lies in a context that has closed, so that nobody will ever call it. */
  #isHidden(operation: Operation): boolean {
    for (let key = operation.parentId; key !== undefined; key = this.#operation(key)?.parentId) {
      if (this.#closed.has(key)) return true;
    }
    return false;
  }

  #enqueue(due: Due): void {
    this.#compact();
    const newest = this.#due.at(-1);
    if (newest === undefined || newest.number < due.number) this.#due.push(due);
    else this.#overtaken.push(due);
    this.#prepare(due, this.#takers.get(due.operation.id));
  }

  /** Late is better than never: what arrives after a higher number was delivered is the next result. */
  #sortIn(): void {
    this.#due = [...this.#due.slice(this.#head), ...this.#overtaken].sort(byNumber);
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

function isOpened(operation: Operation | undefined): boolean {
  return operation?.type === "CALLBACK" && operation.opened !== undefined;
}

function byNumber(a: Due, b: Due): number {
  return a.number - b.number;
}

function dueOf(operation: Operation, number: number, opening: boolean): Due {
  return { number, operation, opening, taker: undefined, handover: undefined };
}
