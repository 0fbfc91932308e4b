import type { Fact } from "../../engine/model/commit.ts";
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
  /** The number of events, such as faults and stand-downs, that may have cut off the process's invocations. */
  readonly interruptions: number;
  /** The number of the last commit of an incarnation that it knows of. */
  knows(incarnation: string): number;
  /** The number of the last one that it was told of, perhaps a moment ago. */
  told(incarnation: string): number;
}

interface Run {
  readonly actor: string;
  readonly interruptions: number;
  /** The number of the execution's commits that had cut off invocations of this process. */
  readonly against: number;
  /** The number of times that the execution had been rewound. */
  readonly rewinds: number;
}

/** Watches user code from outside all processes, and compares what runs with what the logs say. */
export class Chronicle {
  readonly #archive: Archive;
  readonly #violations: Violations;
  readonly #sightings = new Map<string, Sightings>();
  /** The last run of each attempt. */
  readonly #runs = new Map<string, Run>();
  readonly #plainCalls = new Set<string>();
  /** The number of functions of steps, and of plain functions, that have run. */
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
    if (recorded !== undefined && knowsPause(actor, recorded))
      this.#violations.add("PAUSE", `${actor.name} invokes ${recorded.id}, which it knows is paused`);
    const rewinds = recorded?.rewinds.length ?? 0;
    const see = this.#of(`${incarnation} ${rewinds}`).observer();
    // One of a process that may not know of a rewind yet is in an earlier life.
    const isOfNow = recorded === undefined || rewindsOf(actor, recorded) === 3 * rewinds;
    const sees = (): boolean => actor.isAlive && isOfNow && recorded?.rewinds.length === rewinds;
    return {
      ran: (operation, attempt) => {
        if (actor.isAlive && recorded !== undefined) this.#ran(actor, recorded, { operation, ...attempt });
      },
      saw: (what, value) => {
        const wrong = sees() ? see(what, JSON.stringify(value)) : undefined;
        if (wrong !== undefined) this.#violations.add("P3", `${recorded?.id} in ${actor.name}: ${wrong}`);
      },
    };
  }

  /**
   * A replay of a log: nothing of it runs, and it sees what was seen. Of what the log says since it was rewound not
   * everything need have been seen.
   */
  replay(incarnation: string, onWrong: (wrong: string) => void, isRewound = false): Deeds {
    const see = isRewound ? () => undefined : this.#of(`${incarnation} 0`).observer();
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
    const recorded = this.#archive.of(incarnation);
    // A fork makes the calls that it has copied as its source would have made them.
    if (recorded !== undefined && this.#archive.isForked(recorded)) return () => undefined;
    const operation = recorded?.operation(name);
    const rewinds = recorded === undefined ? 0 : rewindsOf(actor, recorded);
    if (recorded === undefined || operation === undefined) {
      if (rewinds === 3 * (recorded?.rewinds.length ?? 0))
        this.#violations.add("PLAIN", `the plain function of ${name} was called before it was recorded`);
      return () => undefined;
    }
    const key = `${actor.name} ${incarnation} ${rewinds} ${name}`;
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

  #of(life: string): Sightings {
    const sightings = this.#sightings.get(life) ?? new Sightings();
    this.#sightings.set(life, sightings);
    return sightings;
  }

  #ran(actor: Actor, recorded: Recorded, run: { operation: string; number: number; atMostOnce: boolean }): void {
    this.ran++;
    const { id, incarnation } = recorded;
    const operation = recorded.operation(run.operation);
    const what = `the function of ${run.operation} of ${id} ran in ${actor.name}`;
    if (knowsEnd(actor, recorded)) this.#violations.add("P13", `${what}, which knows of the end`);
    if (knowsPause(actor, recorded)) this.#violations.add("PAUSE", `${what}, which knows of the pause`);
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
    const run: Run = {
      actor: actor.name,
      interruptions: actor.interruptions,
      against: sumOf(actor, recorded, (seq) => recorded.against(actor.name, seq)),
      rewinds: rewindsOf(actor, recorded),
    };
    const last = this.#runs.get(key);
    const before = last?.rewinds === run.rewinds ? last : undefined;
    this.#runs.set(key, run);
    if (atMostOnce && before !== undefined)
      this.#violations.add("P2", `${what} again in attempt ${number}, in ${before.actor} before`);
    const isOfNow = run.rewinds === 3 * recorded.rewinds.length;
    if (atMostOnce && isOfNow && recorded.operation(operation) === undefined)
      this.#violations.add("P2", `${what} in attempt ${number} before its start was recorded`);
    if (before !== undefined && isSame(before, run))
      this.#violations.add("P2", `${what} again in attempt ${number}, and nothing had cut it off`);
  }
}

function knowsEnd(actor: Actor, { commits, hasEnded, incarnation }: Recorded): boolean {
  if (!hasEnded) return false;
  let end = commits.length;
  while (end > 0 && commits[end - 1]?.facts.some(isEnd) !== true) end--;
  return end <= actor.knows(incarnation);
}

/** True if the process knows of the pause. The news that it was told a moment ago may be that the pause is over. */
function knowsPause(actor: Actor, recorded: Recorded): boolean {
  const { incarnation } = recorded;
  return recorded.isPausedAt(actor.knows(incarnation)) && recorded.isPausedAt(actor.told(incarnation));
}

function isEnd({ kind }: Fact): boolean {
  return kind.startsWith("EXECUTION_") && kind !== "EXECUTION_STARTED";
}

/** Grows with each commit that counts: as it lands, as the process is told of it, and as it knows of it. */
function sumOf(actor: Actor, { incarnation, log }: Recorded, count: (seq: number) => number): number {
  return count(log.length) + count(actor.told(incarnation)) + count(actor.knows(incarnation));
}

/** Three times the number of rewinds, unless the process does not know of all. */
function rewindsOf(actor: Actor, recorded: Recorded): number {
  return sumOf(actor, recorded, (seq) => recorded.rewindsBy(seq));
}

function isSame(before: Run, run: Run): boolean {
  return before.actor === run.actor && before.interruptions === run.interruptions && before.against === run.against;
}
