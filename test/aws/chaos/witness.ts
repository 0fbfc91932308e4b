/** Watches user code from outside all processes: what it has seen done never runs again, in no process. */

import type { Deeds } from "../../../src/testing/chaos/performer.ts";
import { Sightings } from "../../../src/testing/chaos/sightings.ts";
import type { Violations } from "../../../src/testing/chaos/violations.ts";

/** What was seen of one execution. */
interface Seen {
  readonly sightings: Sightings;
  /** When the result of each operation reached user code first, by the count of what happened. */
  readonly results: Map<string, number>;
  /** Attempts that were to run once. */
  readonly attempts: Set<string>;
}

export class Witness {
  readonly #violations: Violations;
  readonly #seen = new Map<string, Seen>();
  #happened = 0;
  /** Functions of steps, and plain functions, that ran. */
  ran = 0;

  constructor(violations: Violations) {
    this.#violations = violations;
  }

  /** An invocation begins. What its process says when it is dead is nobody's business. */
  invocation(process: { readonly name: string; readonly isAlive: boolean }, incarnation: string): Deeds {
    const { sightings, results, attempts } = this.#of(incarnation);
    const see = sightings.observer();
    const begun = ++this.#happened;
    return {
      ran: (operation, { number, atMostOnce }) => {
        if (!process.isAlive) return;
        this.ran++;
        const what = `the function of ${operation} of ${incarnation} ran in ${process.name}`;
        // Results are recorded before they are seen, and an invocation knows what was recorded when it began.
        if ((results.get(operation) ?? Infinity) < begun) this.#violations.add("P1", `${what}, and was done before`);
        const attempt = `${operation} ${number}`;
        if (atMostOnce && attempts.has(attempt)) this.#violations.add("P2", `${what} again in attempt ${number}`);
        attempts.add(attempt);
      },
      saw: (what, value) => {
        if (!process.isAlive) return;
        if (!results.has(what)) results.set(what, ++this.#happened);
        const wrong = see(what, JSON.stringify(value));
        if (wrong !== undefined) this.#violations.add("P3", `${incarnation} in ${process.name}: ${wrong}`);
      },
    };
  }

  /** A replay of a log: nothing of it runs, and it sees what was seen. */
  replay(incarnation: string, onWrong: (wrong: string) => void): Deeds {
    const see = this.#of(incarnation).sightings.observer();
    return {
      ran: (operation) => onWrong(`the function of ${operation} runs`),
      saw: (what, value) => {
        const wrong = see(what, JSON.stringify(value));
        if (wrong !== undefined) onWrong(wrong);
      },
    };
  }

  #of(incarnation: string): Seen {
    const seen = this.#seen.get(incarnation) ?? { sightings: new Sightings(), results: new Map(), attempts: new Set() };
    this.#seen.set(incarnation, seen);
    return seen;
  }
}
