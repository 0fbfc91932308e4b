/** The number of commits that a process has seen of each log: its duties follow only from those that it knows of. */
export class Knowledge {
  readonly #seen = new Map<string, number>();
  readonly #told = new Map<string, number>();
  readonly #drain: (next: () => void) => void;

  constructor(drain: (next: () => void) => void) {
    this.#drain = drain;
  }

  /** The number of the last commit that the process knows of; 0 for none. */
  of(incarnation: string): number {
    return this.#seen.get(incarnation) ?? 0;
  }

  /** The number of the last commit that it was told of, whether it has had the time to act on it or not. */
  told(incarnation: string): number {
    return this.#told.get(incarnation) ?? 0;
  }

  /**
   * The process was told of commits up to `seq`. It counts once the code that the answer has set off has drained: a
   * function that was about to run by then could not be held back.
   */
  learn(incarnation: string, seq: number): void {
    this.#told.set(incarnation, Math.max(seq, this.told(incarnation)));
    if (seq > this.of(incarnation)) this.#drain(() => this.#seen.set(incarnation, Math.max(seq, this.of(incarnation))));
  }
}
