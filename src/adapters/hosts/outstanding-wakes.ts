/**
 * What this process has asked a queue with delays for. A queue keeps every message, so one that arrives and has its
 * execution looked at must not send another one for a time that is ordered already: each superfluous wake would order
 * one more, until the execution ends.
 *
 * It knows of this process's own orders alone. That is enough: what two processes have ordered twice, the process that is
 * woken twice orders once.
 */
export class OutstandingWakes {
  readonly #times = new Map<string, Set<number>>();

  /** True if no message for that time is under way. From now on one is; `forget` takes that back if it was not sent. */
  add(id: string, at: number): boolean {
    const times = this.#times.get(id) ?? new Set<number>();
    if (times.has(at)) return false;
    this.#times.set(id, times.add(at));
    return true;
  }

  /** The message has arrived, or could not be sent. */
  forget(id: string, at: number): void {
    const times = this.#times.get(id);
    times?.delete(at);
    if (times?.size === 0) this.#times.delete(id);
  }

  /** Forgets what should have arrived before `now`, in this process or in another one. */
  expire(id: string, now: number): void {
    for (const at of this.#times.get(id) ?? []) if (at < now) this.forget(id, at);
  }
}
