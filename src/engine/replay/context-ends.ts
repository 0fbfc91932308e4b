/**
 * The ends of the contexts that this invocation has run, on their way to user code: in the order in which the functions
 * ended, each handed over on its own. A value that is still on its way through its serdes holds back those behind it.
 */

/** A context as it was called. */
interface Caller {
  readonly scope: { readonly isClosed: boolean };
}

/** A value that has made its round trip. */
interface Outcome {
  handOver(): void;
}

interface End {
  readonly caller: Caller;
  /** Undefined while the value is on its way. */
  outcome: Outcome | undefined;
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

  /** Takes the next place; the returned function is told when the value is ready. */
  reserve(caller: Caller): (outcome: Outcome) => void {
    const end: End = { caller, outcome: undefined };
    this.#ends.push(end);
    this.#ready();
    return (outcome) => {
      end.outcome = outcome;
      this.#ready();
    };
  }

  /** Hands over the first end if it is ready; one whose caller has closed reaches nobody. */
  deliverNext(): "delivered" | "preparing" | "empty" {
    for (let end = this.#ends[this.#head]; end !== undefined; end = this.#ends[this.#head]) {
      const { caller, outcome } = end;
      const isDropped = caller.scope.isClosed;
      if (!isDropped && outcome === undefined) return "preparing";
      this.#head++;
      if (isDropped) continue;
      outcome?.handOver();
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
