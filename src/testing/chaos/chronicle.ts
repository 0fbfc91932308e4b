import { isSettled } from "../../engine/model/operation.ts";
import type { Archive } from "./archive.ts";
import type { Deeds, PlainCall } from "./performer.ts";
import type { Recorded } from "./recorded.ts";
import { Sightings } from "./sightings.ts";
import type { Violations } from "./violations.ts";

/** The process in which user code runs, as far as it is held to anything. */
export interface Actor {
  readonly name: string;
  readonly isAlive: boolean;
  /** How often something happened to it that may cut off what it runs: a fault, a stand-down. */
  readonly interruptions: number;
  /** The number of the last commit of an incarnation that it knows of. */
  knows(incarnation: string): number;
  /** The number of the last one that it was told of, perhaps a moment ago. */
  told(incarnation: string): number;
}

interface Run {
  readonly actor: string;
  readonly interruptions: number;
  /** How many commits of the execution had cut off what this process ran. */
  readonly against: number;
}

/** Watches user code from outside all processes, and compares what runs with what the logs say. */
export class Chronicle {
  readonly #archive: Archive;
  readonly #violations: Violations;
  readonly #sightings = new Map<string, Sightings>();
  /** The last run of each attempt. */
  readonly #runs = new Map<string, Run>();
  readonly #plainCalls = new Set<string>();
  /** How many functions of steps, and how many plain functions, have run. */
  ran = 0;

  constructor(archive: Archive, violations: Violations) {
    this.#archive = archive;
    this.#violations = violations;
  }

  /** One invocation of a durable function begins. */
  invocation(actor: Actor, incarnation: string, tag: string): Deeds {
    const recorded = this.#archive.of(incarnation);
    if (recorded === undefined || recorded.tag !== tag)
      this.#violations.add(
        "INCARNATION",
        `${actor.name} runs ${tag} in incarnation ${incarnation} of ${recorded?.tag}`,
      );
    if (recorded !== undefined && knowsEnd(actor, recorded))
      this.#violations.add("P13", `${actor.name} invokes ${recorded.id}, of whose end it knows`);
    const see = this.#of(incarnation).observer();
    return {
      ran: (operation, attempt) => {
        if (actor.isAlive && recorded !== undefined) this.#ran(actor, recorded, { operation, ...attempt });
      },
      saw: (what, value) => {
        const wrong = actor.isAlive ? see(what, JSON.stringify(value)) : undefined;
        if (wrong !== undefined) this.#violations.add("P3", `${recorded?.id} in ${actor.name}: ${wrong}`);
      },
    };
  }

  /** A replay of a log: nothing of it runs, and it sees what was seen. */
  replay(incarnation: string, onWrong: (wrong: string) => void): Deeds {
    const see = this.#of(incarnation).observer();
    return {
      ran: (operation) => onWrong(`the function of ${operation} runs`),
      saw: (what, value) => {
        const wrong = see(what, JSON.stringify(value));
        if (wrong !== undefined) onWrong(wrong);
      },
    };
  }

  /** A plain function is called; the answer is to be called when it is over. */
  plainCall(actor: Actor, call: PlainCall): () => void {
    const { incarnation, name } = call;
    this.ran++;
    const key = `${actor.name} ${incarnation} ${name}`;
    const recorded = this.#archive.of(incarnation);
    const operation = recorded?.operation(name);
    if (recorded === undefined || operation === undefined) {
      this.#violations.add("PLAIN", `the plain function of ${name} was called before it was recorded`);
      return () => undefined;
    }
    if (this.#plainCalls.has(key))
      this.#violations.add("PLAIN", `the plain function of ${name} was called twice at once in ${actor.name}`);
    if (isSettled(operation.status) && (recorded.settledAt(operation) ?? 0) <= actor.knows(incarnation))
      this.#violations.add(
        "PLAIN",
        `the plain function of ${name} was called in ${actor.name}, which knows its outcome`,
      );
    this.#plainCalls.add(key);
    return () => void this.#plainCalls.delete(key);
  }

  #of(incarnation: string): Sightings {
    const sightings = this.#sightings.get(incarnation) ?? new Sightings();
    this.#sightings.set(incarnation, sightings);
    return sightings;
  }

  #ran(actor: Actor, recorded: Recorded, run: { operation: string; number: number; atMostOnce: boolean }): void {
    this.ran++;
    const { id, incarnation } = recorded;
    const operation = recorded.operation(run.operation);
    const what = `the function of ${run.operation} of ${id} ran in ${actor.name}`;
    if (knowsEnd(actor, recorded)) this.#violations.add("P13", `${what}, which knows of the end`);
    const isKnown = operation !== undefined && (recorded.settledAt(operation) ?? Infinity) <= actor.knows(incarnation);
    if (isKnown) this.#violations.add("P1", `${what}, which knows that it is ${operation.status}`);
    this.#attempted(actor, recorded, { ...run, what });
  }

  #attempted(
    actor: Actor,
    recorded: Recorded,
    { operation, number, atMostOnce, what }: { operation: string; number: number; atMostOnce: boolean; what: string },
  ): void {
    const key = `${recorded.incarnation} ${operation} ${number}`;
    const run: Run = { actor: actor.name, interruptions: actor.interruptions, against: against(actor, recorded) };
    const before = this.#runs.get(key);
    this.#runs.set(key, run);
    if (atMostOnce && before !== undefined)
      this.#violations.add("P2", `${what} again in attempt ${number}, in ${before.actor} before`);
    if (atMostOnce && recorded.operation(operation) === undefined)
      this.#violations.add("P2", `${what} in attempt ${number} before its start was recorded`);
    if (before !== undefined && isSame(before, run))
      this.#violations.add("P2", `${what} again in attempt ${number}, and nothing had cut it off`);
  }
}

function knowsEnd(actor: Actor, { commits, hasEnded, incarnation }: Recorded): boolean {
  if (!hasEnded) return false;
  const end = commits.findIndex(({ facts }) =>
    facts.some(({ kind }) => kind.startsWith("EXECUTION_") && kind !== "EXECUTION_STARTED"),
  );
  return end + 1 <= actor.knows(incarnation);
}

/** Grows with each commit that cuts off what the process runs: as it lands, as it is told, and as it is known. */
function against(actor: Actor, recorded: Recorded): number {
  const { incarnation, log } = recorded;
  const { name } = actor;
  return (
    recorded.against(name, log.length) +
    recorded.against(name, actor.told(incarnation)) +
    recorded.against(name, actor.knows(incarnation))
  );
}

function isSame(before: Run, run: Run): boolean {
  return before.actor === run.actor && before.interruptions === run.interruptions && before.against === run.against;
}
