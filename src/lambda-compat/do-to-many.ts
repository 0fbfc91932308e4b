/**
 * The same done to many executions, by calls for a part of them each: the client's side of a face's calls for many. What
 * is refused for now is asked again, and so is a part whose answer was lost: the deeds may be done twice.
 */

/** The outcome of the deed for one execution. */
export interface Outcome<T> {
  readonly item: T;
  /** Unchanged is what was so already. */
  readonly status: "DONE" | "UNCHANGED" | "FAILED";
  /** Why, of one that failed. */
  readonly error?: unknown;
}

export interface Failure<T> {
  readonly item: T;
  readonly error: unknown;
}

export interface ManyProgress<T> {
  readonly total: number;
  readonly done: number;
  readonly unchanged: number;
  readonly failures: readonly Failure<T>[];
  /** Once it is over: those of which nothing is known, since they were not asked for or no answer came. */
  readonly left: readonly T[];
  /** Why it has ended before all were asked for, where it was not called off. */
  readonly broken?: unknown;
  readonly isOver: boolean;
}

export interface Patience {
  /** True for an error that only says: later again. */
  readonly isPassing: (error: unknown) => boolean;
  /** Before it is asked again, in ms; twice as long each time. */
  readonly pauseMs?: number;
}

export interface ManyOptions<T> extends Patience {
  /**
   * Does it to a part, and says how it went. What it leaves out is asked again, as after an error that passes; it may
   * leave out some once `signal` is aborted.
   */
  readonly send: (part: readonly T[]) => Promise<readonly Outcome<T>[]>;
  readonly onProgress: (progress: ManyProgress<T>) => void;
  /** Once it is aborted no further part is sent. */
  readonly signal?: AbortSignal;
  /** The number of executions in the next part. */
  readonly partSize: () => number;
}

/** As many as a face takes in one call. */
export const MOST_IN_CALL = 100;
const MOST_TRIES = 6;

/** Never fails: what ends it early is told as `broken`. */
export async function doToMany<T>(items: readonly T[], options: ManyOptions<T>): Promise<ManyProgress<T>> {
  const work = new Work(items, options);
  const { onProgress } = options;
  let last: Pick<ManyProgress<T>, "broken"> = {};
  onProgress(work.progress({ isOver: false }));
  try {
    while (work.goesOn) {
      await work.sendPart();
      onProgress(work.progress({ isOver: false }));
    }
  } catch (broken) {
    last = { broken };
  }
  const end = work.progress({ ...last, isOver: true });
  onProgress(end);
  return end;
}

class Work<T> {
  readonly #options: ManyOptions<T>;
  readonly #items: readonly T[];
  readonly #failures: Failure<T>[] = [];
  /** The place of the first that was not sent. */
  #next = 0;
  /** Those of the last part that nothing was told of. */
  #untold: readonly T[] = [];
  #done = 0;
  #unchanged = 0;

  constructor(items: readonly T[], options: ManyOptions<T>) {
    this.#options = options;
    this.#items = items;
  }

  get goesOn(): boolean {
    return this.#next < this.#items.length && !this.#isCalledOff;
  }

  get #isCalledOff(): boolean {
    return this.#options.signal?.aborted === true;
  }

  progress(more: Pick<ManyProgress<T>, "isOver" | "broken">): ManyProgress<T> {
    const { length: total } = this.#items;
    const left = more.isOver ? [...this.#untold, ...this.#items.slice(this.#next)] : [];
    return { total, done: this.#done, unchanged: this.#unchanged, failures: [...this.#failures], left, ...more };
  }

  async sendPart(): Promise<void> {
    const { partSize, isPassing } = this.#options;
    this.#untold = this.#items.slice(this.#next, this.#next + partSize());
    this.#next += this.#untold.length;
    for (let tries = 1; ; tries++) {
      const isLast = tries >= MOST_TRIES || this.#isCalledOff;
      const outcomes = await this.#answerOf(this.#untold, isLast);
      const told = outcomes.filter(({ status, error }) => isLast || status !== "FAILED" || !isPassing(error));
      this.#count(told);
      if (this.#untold.length === 0 || this.#isCalledOff) return;
      if (isLast) throw new Error(`The host has not said what became of ${this.#untold.length} of them.`);
      await pause(tries, this.#options);
    }
  }

  /** Nothing, where it is to be asked again. */
  async #answerOf(part: readonly T[], isLast: boolean): Promise<readonly Outcome<T>[]> {
    const { send, isPassing } = this.#options;
    try {
      return await send(part);
    } catch (error) {
      if (isLast || !isPassing(error)) throw error;
      return [];
    }
  }

  #count(outcomes: readonly Outcome<T>[]): void {
    for (const { item, status, error } of outcomes) {
      if (status === "FAILED") this.#failures.push({ item, error });
      else if (status === "DONE") this.#done++;
      else this.#unchanged++;
    }
    const known = new Set(outcomes.map(({ item }) => item));
    this.#untold = this.#untold.filter((item) => !known.has(item));
  }
}

/** Asks once more what was refused for now, as often and as patiently as a part is sent again. */
export async function askPatiently<T>(ask: () => Promise<T>, options: Patience): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await ask();
    } catch (error) {
      if (tries >= MOST_TRIES || !options.isPassing(error)) throw error;
    }
    await pause(tries, options);
  }
}

function pause(tries: number, { pauseMs = 500 }: Patience): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, pauseMs * 2 ** (tries - 1)));
}
