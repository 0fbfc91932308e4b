import type { Host } from "perdure/engine";

interface Timer {
  readonly at: number;
  readonly fire: () => void;
  cancel: () => void;
}

/** A host whose clock can be put ahead. */
export class AdjustableClock {
  readonly #base: Host;
  readonly #timers = new Set<Timer>();
  #aheadMs = 0;

  constructor(base: Host) {
    this.#base = base;
  }

  get aheadMs(): number {
    return this.#aheadMs;
  }

  now(): number {
    return this.#base.now() + this.#aheadMs;
  }

  /** Puts the clock this far ahead of the real one; what is due by then fires. */
  set(aheadMs: number): void {
    this.#aheadMs = aheadMs;
    for (const timer of this.#timers) {
      timer.cancel();
      this.#arm(timer);
    }
  }

  host(): Host {
    return { ...this.#base, now: () => this.now(), timer: (at, fire) => this.#timer(at, fire) };
  }

  #timer(at: number, fire: () => void): () => void {
    const timer: Timer = { at, fire, cancel: () => undefined };
    this.#timers.add(timer);
    this.#arm(timer);
    return () => {
      timer.cancel();
      this.#timers.delete(timer);
    };
  }

  #arm(timer: Timer): void {
    timer.cancel = this.#base.timer(timer.at - this.#aheadMs, () => {
      this.#timers.delete(timer);
      timer.fire();
    });
  }
}
