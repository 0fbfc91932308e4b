/**
 * The times that a cron expression stands for, in its time zone. A time that a clock put forward passes over is the
 * moment at which it is put forward; of a time that comes twice the first counts, unless the expression stands for every
 * hour.
 */

import { Cron } from "croner";
import { InvalidArgumentError, shown } from "../lambda-compat/invalid-argument.ts";

/** Slots of one scan, about: more are due only after years of standing still. */
const MOST_DUE = 100_000;

export class Slots {
  readonly #cron: Cron;

  /** @throws {InvalidArgumentError} INVALID_ARGUMENT for what is no cron expression, or no time zone. */
  constructor(cron: string, timeZone: string) {
    try {
      if (typeof cron !== "string") throw new TypeError("it must be text");
      this.#cron = new Cron(cron, { timezone: timeZone });
      this.next(0);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new InvalidArgumentError(
        `schedule got ${shown(cron)} in the time zone ${shown(timeZone)}, which is no cron expression there: ${why}`,
      );
    }
  }

  /** The first slot after a time, in ms since the epoch; undefined if there is none. */
  next(after: number): number | undefined {
    return this.#cron.nextRun(new Date(after))?.getTime();
  }

  /** The last slots from `from` to `to`, both included, oldest first, at most so many. */
  last(from: number, to: number, most: number): readonly number[] {
    const found: number[] = [];
    let slot = this.next(from - 1);
    for (let passed = 0; slot !== undefined && slot <= to && passed < MOST_DUE; passed++) {
      found.push(slot);
      if (found.length > most) found.shift();
      slot = this.next(slot);
    }
    return found;
  }
}

/** `20261224T170000Z`: as a part of a name. */
export function stampOf(slot: number): string {
  return new Date(slot)
    .toISOString()
    .replace(/\.000Z$/, "Z")
    .replaceAll(/[-:.]/g, "");
}
