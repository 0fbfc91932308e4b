/** By how much the clocks of processes may differ, in ms. Shorter than any wait. */
const CLOCKS_DIFFER_MS = 750;

/**
 * The wakes that this process has ordered from a queue with delays. A queue keeps every message, so a look must not
 * order a wake where a message is on its way that comes soon enough: each superfluous wake would order one more, until
 * the execution ends. A wake that is due after the earliest message on its way is ordered when that message has come.
 *
 * It knows of this process's own orders alone. That is enough: what two processes have ordered twice, the process that is
 * woken twice orders once.
 */
export class OutstandingWakes {
  readonly #times = new Map<string, Set<number>>();

  /**
   * True if it is not sure that a message is on its way which comes by `at`. From now on one is; `forget` takes that back
   * if it was not sent. Times are ms since the epoch. What should have come before `now` has come elsewhere, or never will.
   */
  add(id: string, at: number, now: number): boolean {
    const times = this.#times.get(id) ?? new Set<number>();
    for (const time of times) {
      if (time < now) times.delete(time);
      else if (time === at) return false;
      // One that is to come so soon may have come elsewhere, by a clock that is ahead, to a look that knew of nothing later.
      else if (time < at && time - now > CLOCKS_DIFFER_MS) return false;
    }
    this.#times.set(id, times.add(at));
    return true;
  }

  /** The message has come, or could not be sent. */
  forget(id: string, at: number): void {
    const times = this.#times.get(id);
    times?.delete(at);
    if (times?.size === 0) this.#times.delete(id);
  }
}
