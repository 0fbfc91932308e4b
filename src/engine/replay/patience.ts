/**
 * How long a recorded result may wait for code that does nothing. The wall clock alone cannot tell: it leaps when it is
 * corrected, and while the machine sleeps or a frozen page stands still. So the wait is cut into slices, and a slice
 * counts only if it took about its own length: a longer one was no chance for the code to go on. All that the code does
 * meanwhile ends in a turn, and a turn ends the wait.
 */

import type { InvocationHost } from "../ports/host.ts";

const SLICE_MS = 5000;
/** A slice that took this many times its length says nothing of the code. */
const LEAP = 2;

export class Patience {
  /** The sum that the slices which count have to reach. */
  readonly limitMs: number;
  readonly #host: InvocationHost;

  constructor(host: InvocationHost, limitMs: number) {
    this.#host = host;
    this.limitMs = limitMs;
  }

  /** Calls back once the patience is at its end. The returned function ends the wait before that. */
  wait(exhausted: () => void): () => void {
    let left = this.limitMs;
    let cancel = (): void => {};
    const begin = (): void => {
      const length = Math.min(left, SLICE_MS);
      const start = this.#host.now();
      cancel = this.#host.timer(start + length, () => {
        if (this.#host.now() - start < length * LEAP) left -= length;
        if (left > 0) begin();
        else exhausted();
      });
    };
    begin();
    return () => cancel();
  }
}
