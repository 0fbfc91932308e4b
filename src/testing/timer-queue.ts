interface Entry {
  readonly at: number;
  /** Among equal times the one that was added first comes first. */
  readonly order: number;
  fire: (() => void) | undefined;
}

/** Callbacks by time: a binary heap. A cancelled entry stays until it comes to the top. */
export class TimerQueue {
  readonly #heap: Entry[] = [];
  #added = 0;

  add(at: number, fire: () => void): () => void {
    const entry: Entry = { at, order: this.#added++, fire };
    this.#heap.push(entry);
    this.#rise(this.#heap.length - 1);
    return () => {
      entry.fire = undefined;
    };
  }

  /** The earliest time in the queue. */
  next(): number | undefined {
    while (this.#heap.length > 0 && this.#heap[0]?.fire === undefined) this.#removeFirst();
    return this.#heap[0]?.at;
  }

  /** Removes the earliest and gives its callback. */
  take(): (() => void) | undefined {
    return this.next() === undefined ? undefined : this.#removeFirst()?.fire;
  }

  #removeFirst(): Entry | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (heap.length > 0 && last !== undefined) {
      heap[0] = last;
      this.#sink(0);
    }
    return first;
  }

  #rise(from: number): void {
    for (let at = from; at > 0; ) {
      const above = (at - 1) >> 1;
      if (!this.#swapIfBefore(at, above)) return;
      at = above;
    }
  }

  #sink(from: number): void {
    for (let at = from; ; ) {
      const left = 2 * at + 1;
      const earlier = this.#isBefore(left + 1, left) ? left + 1 : left;
      if (!this.#swapIfBefore(earlier, at)) return;
      at = earlier;
    }
  }

  #swapIfBefore(lower: number, upper: number): boolean {
    if (!this.#isBefore(lower, upper)) return false;
    const heap = this.#heap;
    [heap[lower], heap[upper]] = [heap[upper] as Entry, heap[lower] as Entry];
    return true;
  }

  #isBefore(a: number, b: number): boolean {
    const [left, right] = [this.#heap[a], this.#heap[b]];
    if (left === undefined || right === undefined) return false;
    return left.at !== right.at ? left.at < right.at : left.order < right.order;
  }
}
