import type { MaybePromise } from "../../engine/ports/maybe-promise.ts";

/**
 * The border of a process: all that reaches it passes here, answers and timers alike. A process that is frozen gets it
 * when it thaws, in the order in which it came; one that is dead never does.
 */
export class Gate {
  readonly #drain: (next: () => void) => void;
  #waiting: (() => void)[] | undefined;
  #isAlive = true;
  #failures = 0;

  constructor(drain: (next: () => void) => void) {
    this.#drain = drain;
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** Counts each failure that the process has met twice: when it comes, and when what it has set off has drained. */
  get failures(): number {
    return this.#failures;
  }

  get isFrozen(): boolean {
    return this.#waiting !== undefined;
  }

  freeze(): void {
    this.#waiting ??= [];
  }

  thaw(): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    // One at a time, as an event loop does: what the first one sets off has run when the second one comes.
    for (const task of waiting) this.#drain(() => this.enter(task));
  }

  kill(): void {
    this.#isAlive = false;
    this.#waiting = undefined;
  }

  /** Lets something reach the process. */
  enter(task: () => void): void {
    if (!this.#isAlive) return;
    if (this.#waiting === undefined) task();
    else this.#waiting.push(task);
  }

  /** A call by the process to the world around it, and the answer's way back. */
  call<T>(run: () => MaybePromise<T>): MaybePromise<T> {
    if (!this.#isAlive) return never();
    if (this.#waiting !== undefined)
      return this.#answered(new Promise((resolve) => this.enter(() => resolve(attempt(run)))));
    const answer = this.#begin(run);
    return answer instanceof Promise || !this.#isAlive ? this.#answered(answer) : answer;
  }

  #begin<T>(run: () => MaybePromise<T>): MaybePromise<T> {
    try {
      return run();
    } catch (error) {
      this.#failed();
      throw error;
    }
  }

  #answered<T>(answer: MaybePromise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      Promise.resolve(answer).then(
        (value) => this.enter(() => resolve(value)),
        (error: unknown) =>
          this.enter(() => {
            this.#failed();
            reject(error);
          }),
      );
    });
  }

  #failed(): void {
    this.#failures++;
    this.#drain(() => this.#failures++);
  }
}

/** Makes a rejection of what is thrown. */
async function attempt<T>(run: () => MaybePromise<T>): Promise<T> {
  return run();
}

function never<T>(): Promise<T> {
  return new Promise(() => undefined);
}
