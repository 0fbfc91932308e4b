/** Beyond this a chunk is split: small enough that inserting in the middle is cheap. */
const CHUNK_SIZE = 512;

/**
 * Values in order, found, added and removed without looking at the others: a list of sorted chunks. Values that compare
 * equal are the same value.
 */
export class SortedIndex<Key, T extends Key> {
  readonly #compare: (a: Key, b: Key) => number;
  readonly #chunks: T[][] = [];

  constructor(compare: (a: Key, b: Key) => number) {
    this.#compare = compare;
  }

  get isEmpty(): boolean {
    return this.#chunks.length === 0;
  }

  add(value: T): void {
    const chunks = this.#chunks;
    const last = chunks.at(-1);
    // Most values arrive in order.
    if (last !== undefined && this.#compare(value, last.at(-1) as T) > 0 && last.length < CHUNK_SIZE) {
      last.push(value);
      return;
    }
    const at = this.#chunkOf(value);
    const chunk = chunks[at];
    if (chunk === undefined) {
      chunks.push([value]);
      return;
    }
    chunk.splice(this.#placeIn(chunk, value), 0, value);
    if (chunk.length > CHUNK_SIZE) chunks.splice(at + 1, 0, chunk.splice(CHUNK_SIZE / 2));
  }

  remove(value: T): void {
    const at = this.#chunkOf(value);
    const chunk = this.#chunks[at];
    if (chunk === undefined) return;
    const place = this.#placeIn(chunk, value);
    const found = chunk[place];
    if (found === undefined || this.#compare(found, value) !== 0) return;
    chunk.splice(place, 1);
    if (chunk.length === 0) this.#chunks.splice(at, 1);
  }

  /** The values at and above `from`, or all of them. */
  *up(from?: Key): Generator<T, void, undefined> {
    const first = from === undefined ? 0 : this.#chunkOf(from);
    for (let at = first; at < this.#chunks.length; at++) {
      const chunk = this.#chunks[at] ?? [];
      const start = at === first && from !== undefined ? this.#placeIn(chunk, from) : 0;
      for (let place = start; place < chunk.length; place++) yield chunk[place] as T;
    }
  }

  /** The values at and below `from`, or all of them, the highest first. */
  *down(from?: Key): Generator<T, void, undefined> {
    const first = from === undefined ? this.#chunks.length - 1 : this.#chunkOf(from);
    for (let at = first; at >= 0; at--) {
      const chunk = this.#chunks[at] ?? [];
      const end = at === first && from !== undefined ? this.#endIn(chunk, from) : chunk.length;
      for (let place = end - 1; place >= 0; place--) yield chunk[place] as T;
    }
  }

  /** The first chunk whose last value is not below `value`; the number of chunks when there is none. */
  #chunkOf(value: Key): number {
    return lowest(this.#chunks.length, (at) => this.#compare(this.#chunks[at]?.at(-1) as T, value) >= 0);
  }

  /** The number of values in a chunk that are not above `value`. */
  #endIn(chunk: readonly T[], value: Key): number {
    return lowest(chunk.length, (place) => this.#compare(chunk[place] as T, value) > 0);
  }

  #placeIn(chunk: readonly T[], value: Key): number {
    return lowest(chunk.length, (place) => this.#compare(chunk[place] as T, value) >= 0);
  }
}

/** The lowest of 0..count that satisfies a condition which all above it satisfy too. */
function lowest(count: number, satisfies: (at: number) => boolean): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (satisfies(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
