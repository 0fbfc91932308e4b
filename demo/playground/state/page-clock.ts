import { type Signal, signal } from "@preact/signals";

/** Often enough for tenths of a second to be believed, in ms. */
const TICK_MS = 250;

/** The clock that executions go by, as far as the page shows it. */
export class PageClock {
  /** Ms since the epoch; it moves while something is to be seen of it. */
  readonly now: Signal<number> = signal(Date.now());
  /** The lead of the page's clock over the real one, in ms. */
  readonly aheadMs: Signal<number> = signal(0);
  readonly #ahead: () => number;

  /** `ahead` tells the clock's lead over the real one, in ms. */
  constructor(ahead: () => number) {
    this.#ahead = ahead;
  }

  /** Ticks while `isSeen` says that somebody looks at something that goes on. */
  start(isSeen: () => boolean): void {
    setInterval(() => {
      if (isSeen() && !document.hidden) this.look();
    }, TICK_MS);
  }

  /** The time, read anew. */
  look(): number {
    this.aheadMs.value = this.#ahead();
    this.now.value = Date.now() + this.aheadMs.value;
    return this.now.value;
  }
}
