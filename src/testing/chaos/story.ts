const MOST_LINES = 3_000;

/** The events of a run, in words and in order: a failing seed prints them. */
export class Story {
  readonly #now: () => number;
  readonly #lines: string[] = [];
  readonly #start: number;

  constructor(now: () => number) {
    this.#now = now;
    this.#start = now();
  }

  get lines(): readonly string[] {
    return this.#lines;
  }

  tell(what: string): void {
    if (this.#lines.length < MOST_LINES) this.#lines.push(`+${(this.#now() - this.#start) / 1000} s: ${what}`);
  }
}
