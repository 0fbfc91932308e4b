/**
 * The clock of a service whose functions run elsewhere, in real time. While none of them runs, what is due within the hour
 * is due at once: waits and the pauses between two tries cost a test nothing.
 */

import { systemHost } from "../../../src/adapters/hosts/system-host.ts";
import type { Host } from "../../../src/engine/ports/host.ts";

interface Timer {
  readonly at: number;
  readonly fire: () => void;
}

const HOUR = 3_600_000;

export class SkippedTime {
  readonly #real = systemHost();
  readonly #timers = new Map<Timer, () => void>();
  /** How far the clock is ahead of the real one, in ms. */
  #ahead = 0;
  #busy = 0;

  host(): Host {
    return { ...this.#real, now: () => this.now(), timer: (at, fire) => this.#timer({ at, fire }) };
  }

  now(): number {
    return this.#real.now() + this.#ahead;
  }

  /** Time passes as it does while this lasts. */
  async during<T>(work: Promise<T>): Promise<T> {
    this.#busy++;
    try {
      return await work;
    } finally {
      this.#busy--;
      this.#skipSoon();
    }
  }

  #timer(timer: Timer): () => void {
    this.#arm(timer);
    this.#skipSoon();
    return () => {
      this.#timers.get(timer)?.();
      this.#timers.delete(timer);
    };
  }

  #arm(timer: Timer): void {
    const cancel = this.#real.timer(timer.at - this.#ahead, () => {
      this.#timers.delete(timer);
      timer.fire();
    });
    this.#timers.set(timer, cancel);
  }

  /** Once what the service does of itself has been done. */
  #skipSoon(): void {
    setTimeout(() => this.#skip(), 2);
  }

  #skip(): void {
    const next = Math.min(...[...this.#timers.keys()].map(({ at }) => at));
    const distance = next - this.now();
    if (this.#busy > 0 || distance > HOUR || distance <= 0) return;
    this.#ahead += distance;
    for (const [timer, cancel] of [...this.#timers]) {
      cancel();
      this.#arm(timer);
    }
  }
}
