/** The watchers of each execution. They stay when an execution's session is given up and another one is opened. */

import type { ExecutionState } from "../machine/state.ts";

/** Told of the state after commits. */
export type Watcher = (state: ExecutionState) => void;

export class Watchers {
  readonly #byExecution = new Map<string, Set<Watcher>>();
  readonly #onUnwatched: (executionId: string) => void;

  /** `onUnwatched` is called when the last watcher of an execution has left. */
  constructor(onUnwatched: (executionId: string) => void) {
    this.#onUnwatched = onUnwatched;
  }

  has(executionId: string): boolean {
    return this.#byExecution.has(executionId);
  }

  /** Calls back after commits until the answer is called. */
  listen(executionId: string, watcher: Watcher): () => void {
    const watchers = this.#byExecution.get(executionId) ?? new Set();
    this.#byExecution.set(executionId, watchers.add(watcher));
    return () => {
      watchers.delete(watcher);
      if (watchers.size > 0 || this.#byExecution.get(executionId) !== watchers) return;
      this.#byExecution.delete(executionId);
      this.#onUnwatched(executionId);
    };
  }

  tell(executionId: string, state: ExecutionState): void {
    this.#byExecution.get(executionId)?.forEach((watcher) => watcher(state));
  }
}

/** Wakes the code that waits on it: for a while, for good, or with an error. */
export class Signal {
  isGiven = false;
  #error: Error | undefined;
  #isStirred = false;
  #wake: (() => void) | undefined;

  /** Nothing more is to be waited for. */
  give(): void {
    this.isGiven = true;
    this.stir();
  }

  /** No news will come any more: every call that waits for the signal is rejected with the error. */
  fail(error: Error): void {
    this.#error = error;
    this.stir();
  }

  stir(): void {
    this.#isStirred = true;
    this.#wake?.();
  }

  /** Resolves at the next stir, or at once if there was one since the last time. */
  async stirred(): Promise<void> {
    if (!this.#isStirred) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    this.#isStirred = false;
    if (this.#error !== undefined) throw this.#error;
  }
}
