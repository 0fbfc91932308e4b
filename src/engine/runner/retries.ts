/**
 * When a task that failed is tried again. The one place that knows: the runner asks it about every task that a store,
 * an alarm or a peer refused, by the name of the task.
 */

const FIRST_RETRY_MS = 1000;
const MAX_RETRY_MS = 300_000;

/** How long to wait after so many failures in a row before: 1 second, doubled each time, at most 5 minutes. */
export function backoffMs(failures: number): number {
  return Math.min(FIRST_RETRY_MS * 2 ** failures, MAX_RETRY_MS);
}

export class Retries {
  readonly #failures = new Map<string, number>();

  /** Notes a failure. Answers when to try again, in ms since the epoch. */
  failed(what: string, now: number): number {
    const failures = this.#failures.get(what) ?? 0;
    this.#failures.set(what, failures + 1);
    return now + backoffMs(failures);
  }

  succeeded(what: string): void {
    this.#failures.delete(what);
  }
}
