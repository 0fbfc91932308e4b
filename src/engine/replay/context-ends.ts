/**
 * The ends of the contexts that this invocation has run, on their way to user code: in the order in which the functions
 * ended, each handed over on its own. A value that is still on its way through its serdes holds back the ends behind
 * it.
 */

import type { Handover, Taker } from "./taker.ts";

/** The end of a context that this invocation has run. */
interface End {
  readonly taker: Pick<Taker, "scope">;
  /** Set once the value has made its round trip. */
  handover: Handover | undefined;
}

export class ContextEnds {
  #ends: End[] = [];
  #head = 0;
  /** Keys of contexts whose value was handed over and whose record is still to come. */
  readonly #ahead = new Set<string>();
  readonly #ready: () => void;

  constructor(ready: () => void) {
    this.#ready = ready;
  }

  get isEmpty(): boolean {
    return this.#head === this.#ends.length;
  }

  /**
   * Takes the next place for the end of a context; the returned function is told when the value is ready. No later end
   * goes first.
   */
  reserve(taker: Pick<Taker, "scope">): (handover: Handover) => void {
    const end: End = { taker, handover: undefined };
    this.#ends.push(end);
    this.#ready();
    return (handover) => {
      end.handover = handover;
      this.#ready();
    };
  }

  /** Hands over the first end if it is ready. Ends whose callers have closed are dropped. */
  deliverNext(): "delivered" | "preparing" | "empty" {
    for (let end = this.#ends[this.#head]; end !== undefined; end = this.#ends[this.#head]) {
      const { handover, taker } = end;
      const isDropped = taker.scope.isClosed;
      if (!isDropped && handover === undefined) return "preparing";
      this.#head++;
      if (isDropped) continue;
      handover?.handOver();
      return "delivered";
    }
    if (this.#head > 0) this.#ends = [];
    this.#head = 0;
    return "empty";
  }

  /** The value of this context is handed over before its record. */
  expectRecord(key: string): void {
    this.#ahead.add(key);
  }

  /** True if this is the record of a context whose value was handed over before; asked once. */
  takeRecord(key: string): boolean {
    return this.#ahead.delete(key);
  }
}
