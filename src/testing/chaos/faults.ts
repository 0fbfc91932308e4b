import type { SeededRandom } from "../seeded-random.ts";

/** The faults that may occur, and their counts. Everything that is drawn comes from one seed. */
export class Faults {
  readonly random: SeededRandom;
  readonly #counts = new Map<string, number>();
  readonly #rate: number;
  #isHealed = false;

  /** `rate`: 0 for a world in which nothing goes wrong, 1 for one in which every fault has its full probability. */
  constructor(random: SeededRandom, rate: number) {
    this.random = random;
    this.#rate = rate;
  }

  /** The number of faults of each kind. */
  get counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  get total(): number {
    let total = 0;
    for (const count of this.#counts.values()) total += count;
    return total;
  }

  get isHealed(): boolean {
    return this.#isHealed;
  }

  /** From now on nothing goes wrong. */
  heal(): void {
    this.#isHealed = true;
  }

  /** Decides whether a fault happens, and counts it if it does. */
  happens(kind: string, probability: number): boolean {
    if (this.#isHealed || !this.random.chance(probability * this.#rate)) return false;
    this.count(kind);
    return true;
  }

  /** Counts a fault that was decided elsewhere. */
  count(kind: string): void {
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
  }
}
