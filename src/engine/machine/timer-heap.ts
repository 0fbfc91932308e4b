/**
 * The due times of open operations: a binary heap that also knows where each operation sits, so that arming, moving,
 * disarming and finding the earliest cost the logarithm of the open timers and nothing else. An operation has one
 * timer at most. Timers due at the same time come in the order in which they were armed.
 */

export interface Timer {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

interface Entry extends Timer {
  at: number;
  readonly order: number;
  index: number;
}

/** A heap as data, its inner order included: what is armed later comes after what was armed before. */
export interface TimerHeapData {
  /** How many timers were armed so far. */
  readonly armed: number;
  /** From the root of the heap on, level by level. */
  readonly heap: readonly (readonly [id: string, at: number, order: number])[];
}

export class TimerHeap {
  readonly #heap: Entry[] = [];
  readonly #entries = new Map<string, Entry>();
  #armed = 0;

  static from({ armed, heap }: TimerHeapData): TimerHeap {
    const timers = new TimerHeap();
    timers.#armed = armed;
    for (const [id, at, order] of heap) timers.#add({ id, at, order, index: timers.#heap.length });
    return timers;
  }

  get data(): TimerHeapData {
    return { armed: this.#armed, heap: this.#heap.map(({ id, at, order }) => [id, at, order] as const) };
  }

  get size(): number {
    return this.#heap.length;
  }

  get earliest(): Timer | undefined {
    return this.#heap[0];
  }

  has(id: string): boolean {
    return this.#entries.has(id);
  }

  /** Sets the timer of an operation, or moves it. */
  arm(id: string, at: number): void {
    const known = this.#entries.get(id);
    if (known !== undefined) {
      known.at = at;
      this.#settle(known);
      return;
    }
    const entry: Entry = { id, at, order: this.#armed++, index: this.#heap.length };
    this.#add(entry);
    this.#rise(entry);
  }

  disarm(id: string): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    this.#entries.delete(id);
    const last = this.#heap.pop();
    if (last === undefined || last === entry) return;
    this.#place(last, entry.index);
    this.#settle(last);
  }

  clear(): void {
    this.#heap.length = 0;
    this.#entries.clear();
  }

  /** The timers due at `now`, earliest first. The heap stays as it is; the cost depends on how many are due. */
  due(now: number): readonly Timer[] {
    const due: Entry[] = [];
    const branches = [0];
    for (let index = branches.pop(); index !== undefined; index = branches.pop()) {
      const entry = this.#heap[index];
      if (entry === undefined || entry.at > now) continue;
      due.push(entry);
      branches.push(2 * index + 1, 2 * index + 2);
    }
    return due.length > 1 ? due.sort(compare) : due;
  }

  *[Symbol.iterator](): Generator<Timer> {
    yield* this.#heap;
  }

  #add(entry: Entry): void {
    this.#heap.push(entry);
    this.#entries.set(entry.id, entry);
  }

  #settle(entry: Entry): void {
    this.#rise(entry);
    this.#sink(entry);
  }

  #rise(entry: Entry): void {
    while (entry.index > 0) {
      const parent = this.#heap[(entry.index - 1) >> 1];
      if (parent === undefined || compare(parent, entry) <= 0) return;
      this.#swap(entry, parent);
    }
  }

  #sink(entry: Entry): void {
    for (;;) {
      const left = this.#heap[2 * entry.index + 1];
      const right = this.#heap[2 * entry.index + 2];
      if (left === undefined) return;
      const child = right !== undefined && compare(right, left) < 0 ? right : left;
      if (compare(entry, child) <= 0) return;
      this.#swap(entry, child);
    }
  }

  #swap(a: Entry, b: Entry): void {
    const index = a.index;
    this.#place(a, b.index);
    this.#place(b, index);
  }

  #place(entry: Entry, index: number): void {
    entry.index = index;
    this.#heap[index] = entry;
  }
}

function compare(a: Entry, b: Entry): number {
  return a.at - b.at || a.order - b.order;
}
