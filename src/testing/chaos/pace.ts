import type { SeededRandom } from "../seeded-random.ts";

/** The time that a port takes: none, some microtasks or a turn, or that of a network, up to a minute. */
export const PaceKind = { AT_ONCE: "AT_ONCE", TURNS: "TURNS", NETWORK: "NETWORK" } as const;
export type PaceKind = (typeof PaceKind)[keyof typeof PaceKind];

export interface PaceClock {
  now(): number;
  timer(at: number, fire: () => void): () => void;
  drain(next: () => void): void;
}

export interface PaceOptions {
  readonly random: SeededRandom;
  readonly clock: PaceClock;
  /** Asked before anything takes seconds; may forbid it. */
  readonly onSlow: () => boolean;
  /** The most seconds that one way takes; 45 by default. */
  readonly mostSeconds?: number;
}

const MOST_MICROTASKS = 5;
const TURN_SHARE = 0.25;
const MS_SHARE = 0.2;
const SECONDS_SHARE = 0.004;
const MOST_MS = 80;
const MOST_SECONDS = 45;

/** Lets time pass on the way to a port and on the way back, so that calls and answers overtake each other. */
export class Pace {
  readonly #random: SeededRandom;
  readonly #clock: PaceClock;
  readonly #kind: PaceKind;
  readonly #onSlow: () => boolean;
  readonly #mostSeconds: number;

  constructor(kind: PaceKind, { random, clock, onSlow, mostSeconds = MOST_SECONDS }: PaceOptions) {
    this.#kind = kind;
    this.#random = random;
    this.#clock = clock;
    this.#onSlow = onSlow;
    this.#mostSeconds = mostSeconds;
  }

  /** One way; undefined when it takes no time at all, not even a microtask. */
  pass(): Promise<void> | undefined {
    if (this.#kind === "AT_ONCE") return undefined;
    const random = this.#random;
    if (this.#kind === "NETWORK") {
      if (random.chance(SECONDS_SHARE) && this.#onSlow())
        return this.#sleep(1000 * (1 + random.below(this.#mostSeconds)));
      if (random.chance(MS_SHARE)) return this.#sleep(1 + random.below(MOST_MS));
    }
    if (random.chance(TURN_SHARE)) return new Promise((resolve) => this.#clock.drain(resolve));
    return microtasks(random.below(MOST_MICROTASKS + 1));
  }

  #sleep(ms: number): Promise<void> {
    const clock = this.#clock;
    return new Promise((resolve) => {
      clock.timer(clock.now() + ms, resolve);
    });
  }
}

async function microtasks(count: number): Promise<void> {
  for (let passed = 0; passed < count; passed++) await Promise.resolve();
}
