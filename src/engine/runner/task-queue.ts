import type { MaybePromise } from "../ports/maybe-promise.ts";

/**
 * Tasks one after the other. While none is under way the next one begins inside the call that adds it, and one that
 * answers at once is done when that call returns.
 */
export class TaskQueue {
  readonly #onRest: () => void;
  /** Resolves when the last task is done; undefined while there is none. */
  #last: Promise<unknown> | undefined;

  /** `onRest` is called when the queue has been worked off, unless every task of it answered at once. */
  constructor(onRest: () => void) {
    this.#onRest = onRest;
  }

  /** True while a task is under way. */
  get isBusy(): boolean {
    return this.#last !== undefined;
  }

  /** Does a task after those that were added before, however these end. */
  add<T>(task: () => MaybePromise<T>): MaybePromise<T> {
    const result = this.#last === undefined ? task() : this.#last.then(task, task);
    if (!(result instanceof Promise)) return result;
    const settled = result.then(noop, noop).then(() => {
      if (this.#last !== settled) return;
      this.#last = undefined;
      this.#onRest();
    });
    this.#last = settled;
    return result;
  }
}

function noop(): void {}
