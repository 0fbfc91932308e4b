/** Does something again after it was asked for: one at a time, and once more however often it was asked meanwhile. */
export class Refresher {
  readonly #refresh: () => Promise<void>;
  readonly #pauseMs: number;
  #isAsked = false;
  #isBusy = false;

  /** `refresh` does not reject. `pauseMs` is the least time between two of them. */
  constructor(refresh: () => Promise<void>, pauseMs = 0) {
    this.#refresh = refresh;
    this.#pauseMs = pauseMs;
  }

  ask(): void {
    this.#isAsked = true;
    if (!this.#isBusy) void this.#run();
  }

  async #run(): Promise<void> {
    this.#isBusy = true;
    while (this.#isAsked) {
      this.#isAsked = false;
      await this.#refresh();
      if (this.#pauseMs > 0) await new Promise((next) => setTimeout(next, this.#pauseMs));
    }
    this.#isBusy = false;
  }
}
