/**
 * Recorded results that user code has not got yet, in the order of their places. Results mostly arrive in that order;
 * those that arrive after one with a later place are sorted in before the next one is handed over.
 */

import { type Operation, placeOf } from "../model/operation.ts";
import type { Handover, Taker } from "./taker.ts";

/** A recorded result that user code has not got yet. */
export interface Due {
  readonly number: number;
  /** The number at which the result is delivered: its own, or that of the result that it follows at once. */
  readonly place: number;
  readonly operation: Operation;
  readonly opening: boolean;
  /** Who called the operation when this was the next result: sequential code on replay always does. */
  taker: Taker | undefined;
  handover: Handover | undefined;
}

/** The settlement of an operation with this number, or its start if that is a result of its own, as a result. */
export function dueOf(operation: Operation, number: number, opening: boolean): Due {
  const place = opening ? number : (placeOf(operation) ?? number);
  return { number, place, operation, opening, taker: undefined, handover: undefined };
}

export class DueResults {
  /** In the order of their places, from `#head` on. */
  #due: Due[] = [];
  #head = 0;
  /** Results that arrived after one with a later place. */
  #overtaken: Due[] = [];

  /** True if nothing is in its place yet. */
  get isEmpty(): boolean {
    return this.#head === this.#due.length;
  }

  get next(): Due | undefined {
    return this.#due[this.#head];
  }

  add(due: Due): void {
    this.#compact();
    const newest = this.#due.at(-1);
    if (newest === undefined || byPlace(newest, due) < 0) this.#due.push(due);
    else this.#overtaken.push(due);
  }

  /** A result that arrives after a higher number was delivered is the next result: late is better than never. */
  sortIn(): void {
    if (this.#overtaken.length === 0) return;
    this.#due = [...this.#due.slice(this.#head), ...this.#overtaken].sort(byPlace);
    this.#head = 0;
    this.#overtaken = [];
  }

  /** The next result is delivered, or passed over. */
  advance(): void {
    this.#head++;
  }

  /** Makes the first match behind the next result the next one itself. False if none matches. */
  bringForward(matches: (due: Due) => boolean): boolean {
    const index = this.#due.findIndex((due, at) => at > this.#head && matches(due));
    if (index < 0) return false;
    const [due] = this.#due.splice(index, 1) as [Due];
    this.#due.splice(this.#head, 0, due);
    return true;
  }

  /** Drops delivered results once they are the larger part, so that a long run keeps no results alive. */
  #compact(): void {
    if (this.#head < 64 || this.#head * 2 < this.#due.length) return;
    this.#due = this.#due.slice(this.#head);
    this.#head = 0;
  }
}

function byPlace(a: Due, b: Due): number {
  return a.place - b.place || a.number - b.number;
}
