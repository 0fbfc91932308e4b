import { type ClientError, ClientErrorCode, type StartAnswer } from "../../engine/runner/client.ts";
import type { SeededRandom } from "../seeded-random.ts";
import type { Landing } from "./archive.ts";
import type { ChaosSystem } from "./chaos-system.ts";
import type { Outside } from "./outside.ts";
import type { Recorded } from "./recorded.ts";

const BEGUN = 0.06;
const DAY_MS = 86_400_000;
/** The codes of errors that may pass by themselves. */
const PASSING: readonly ClientErrorCode[] = [
  ClientErrorCode.THROTTLED,
  ClientErrorCode.SERVICE,
  ClientErrorCode.HOST_CLOSED,
];

/**
 * An operator at work: pauses, forks and rewinds executions, callees and forks among them, in the midst of what they do
 * and long after it, and asks again when not answered. What is paused is resumed as everything is that is halted.
 */
export class Operator {
  readonly #system: ChaosSystem;
  readonly #outside: Outside;
  readonly #random: SeededRandom;
  #left: number;
  #later = 0;
  #forks = 0;

  constructor(system: ChaosSystem, outside: Outside, random: SeededRandom) {
    this.#system = system;
    this.#outside = outside;
    this.#random = random;
    this.#left = system.scenario.operations;
  }

  /** True while something is to be asked for that has not been yet. */
  get hasPlans(): boolean {
    return this.#later > 0;
  }

  landed({ recorded }: Landing): void {
    if (this.#left === 0 || !this.#random.chance(BEGUN)) return;
    this.#left--;
    const { world } = this.#system;
    this.#later++;
    world.timer(this.#timeFor(recorded), () => {
      this.#later--;
      if (!recorded.isRemoved) this.#operate(recorded);
    });
  }

  /** Often at once, or when a timer of the execution falls due. */
  #timeFor({ state }: Recorded): number {
    const random = this.#random;
    const now = this.#system.world.now();
    const draw = random.next();
    const due = state.timers.earliest?.at;
    if (draw < 0.3) return now;
    if (draw < 0.6 && due !== undefined && due > now) return due + random.below(100);
    return now + random.below(draw < 0.95 ? 10_000 : DAY_MS);
  }

  #operate(recorded: Recorded): void {
    const draw = this.#random.next();
    if (draw < 0.4) this.#pause(recorded);
    else if (draw < 0.7) this.#fork(recorded);
    else this.#rewind(recorded);
  }

  #pause(recorded: Recorded): void {
    const { id } = recorded;
    this.#count("pause");
    this.#outside.ask({
      what: `pause ${id}`,
      send: (client) => client.pause(id, { reason: "chaos" }),
      done: () => {
        if (!recorded.wasPaused && this.#isMeant(recorded)) this.#wrong("PAUSE", `the pause of ${id} is nowhere`);
      },
      refused: isFinal,
    });
  }

  #fork(recorded: Recorded): void {
    const { id } = recorded;
    const name = `fork${++this.#forks}`;
    const point = this.#random.chance(0.3) ? {} : this.#point(recorded);
    this.#count("fork");
    this.#outside.ask({
      what: `fork ${id} as ${name} from ${JSON.stringify(point)}`,
      send: (client) => client.fork(id, { name, ...point }),
      done: (answer) => this.#forked(answer),
      refused: (error) => this.#isRefused(error, recorded, name),
    });
  }

  #rewind(recorded: Recorded): void {
    const { id } = recorded;
    const point = this.#point(recorded);
    this.#count("rewind");
    this.#outside.ask({
      what: `rewind ${id} to ${JSON.stringify(point)}`,
      send: (client) => client.rewind(id, point),
      done: () => {
        const isRewound = recorded.rewinds.length > 0;
        if (!isRewound && this.#isMeant(recorded)) this.#wrong("REWIND", `the rewind of ${id} is nowhere`);
      },
      refused: isFinal,
    });
  }

  #point({ state, log }: Recorded): { operationId: string } | { cursor: number } {
    const ids = [...state.operations.keys()];
    const operationId = ids[this.#random.below(ids.length)];
    if (operationId === undefined || this.#random.chance(0.4)) return { cursor: 1 + this.#random.below(log.length) };
    return { operationId };
  }

  #forked({ execution }: StartAnswer): void {
    if (this.#system.archive.of(execution.incarnation) === undefined)
      this.#wrong("FORK", `${execution.id} was acknowledged and is nowhere`);
  }

  /** The same source and the same point find the fork that is there, in whatever version it was asked for first. */
  #isRefused(error: ClientError, { incarnation }: Recorded, name: string): boolean {
    const { archive, scenario } = this.#system;
    const found = archive.current(`main/${name}`)?.state.header.forkedFrom?.incarnation;
    const isThere = error.code === ClientErrorCode.ALREADY_STARTED && found === incarnation;
    if (isThere && !scenario.hasVersions) this.#wrong("FORK", `${name} is there, and was refused: ${error.message}`);
    return isFinal(error);
  }

  /** True if the execution is the one that has its name now. */
  #isMeant(recorded: Recorded): boolean {
    return this.#system.archive.current(recorded.id) === recorded;
  }

  #count(what: string): void {
    this.#system.faults.count(what);
  }

  #wrong(promise: "PAUSE" | "FORK" | "REWIND", what: string): void {
    this.#system.violations.add(promise, what);
  }
}

function isFinal({ code }: ClientError): boolean {
  return !PASSING.includes(code);
}
