/** Figures of several rounds: a ratio is taken within each round, so that what disturbs a round disturbs both sides. */

import { type Figures, median } from "./case.ts";

export class Samples {
  readonly #rounds: Figures[] = [];

  add(round: Figures): void {
    this.#rounds.push(round);
  }

  values(key: string): number[] {
    return this.#rounds.map((round) => figure(round, key));
  }

  ratios(of: string, to: string): number[] {
    return this.#rounds.map((round) => figure(round, of) / figure(round, to));
  }
}

/** The median with the least and the most beside it. */
export function spread(values: readonly number[]): string {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const middle = shown(median(values));
  return shown(least) === shown(most) ? middle : `${middle} [${shown(least)}..${shown(most)}]`;
}

/** With as many digits as mean something. */
function shown(value: number): string {
  if (value >= 100) return value.toFixed(0);
  return value.toFixed(value >= 10 ? 1 : 2);
}

function figure(round: Figures, key: string): number {
  const value = round[key];
  if (value === undefined) throw new Error(`nothing was measured as ${key}`);
  return value;
}
