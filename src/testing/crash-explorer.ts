/**
 * Runs a program again and again and lets its process crash at every single write: before it lands, and after it
 * landed but before anybody heard of it. Whatever the moment, the execution has to come to the same end, and no step
 * that was recorded as done may run again.
 */

import { type Functions, readFunctions } from "../lambda-compat/functions.ts";
import { ContractViolation } from "./assert.ts";
import type { CrashPoint } from "./crash.ts";
import { type Effects, Ledger } from "./ledger.ts";
import { type Answer, OutsideWorld, type StartedExecution } from "./outside-world.ts";
import { brokenPromises, outcomeOf } from "./run-checks.ts";
import { type BootOptions, type RunnerSettings, SimulatedSystem, type SystemProcess } from "./simulated-system.ts";

export interface ExploredProgram {
  /**
   * The functions, made anew for each process. Their steps call `effects.ran`, so that the explorer sees what runs.
   */
  readonly functions: (effects: Effects) => Functions;
  readonly start: StartedExecution;
  readonly answer?: Answer;
  readonly settings?: RunnerSettings;
}

export interface ExploreOptions {
  /** Default 1. */
  readonly seed?: number;
  /** How long the system is down after a crash, in ms. Default 0. */
  readonly downMs?: number;
  /** Lets the second process crash as well, at each of its first this many writes. Default 0. */
  readonly secondCrashes?: number;
  /** Puts something between each runner and the store. */
  readonly through?: BootOptions["through"];
}

export interface Exploration {
  /** How it ends, undisturbed and in every other run. */
  readonly outcome: string;
  /** Writes of the undisturbed run. */
  readonly writes: number;
  /** How many runs there were, the undisturbed one included. */
  readonly runs: number;
}

/** Where each process of a run crashes; the last one lives. */
type CrashPlan = readonly CrashPoint[];

const SIDES = ["BEFORE", "AFTER"] as const;
/** A run that needs more processes than this gets nowhere. */
const MOST_PROCESSES = 50;

/** Throws a `ContractViolation` that names the crash points and what went wrong. */
export async function exploreCrashes(program: ExploredProgram, options: ExploreOptions = {}): Promise<Exploration> {
  const undisturbed = await new Run(program, options, []).complete();
  let runs = 1;
  const check = async (plan: CrashPlan): Promise<Finished> => {
    runs++;
    const finished = await new Run(program, options, plan).complete();
    if (finished.outcome === undisturbed.outcome) return finished;
    throw new ContractViolation(
      `${describe(plan, options)}: ended as ${finished.outcome}, without crash as ${undisturbed.outcome}`,
    );
  };
  for (const first of crashPoints(undisturbed.writes)) {
    const { writes } = await check([first]);
    for (const second of crashPoints(Math.min(writes, options.secondCrashes ?? 0))) await check([first, second]);
  }
  return { outcome: undisturbed.outcome, writes: undisturbed.writes, runs };
}

/**
 * Like `exploreCrashes`, but the process does not crash: its store stops answering at each write, another process
 * takes over and finishes, and then the first one is answered. It has to notice that it is no longer the one.
 */
export async function exploreStalls(program: ExploredProgram, options: ExploreOptions = {}): Promise<Exploration> {
  const undisturbed = await new Run(program, options, []).complete();
  let runs = 1;
  for (const stallAt of crashPoints(undisturbed.writes)) {
    runs++;
    const { outcome } = await new Run(program, options, []).completeBeside(stallAt);
    if (outcome === undisturbed.outcome) continue;
    const where = `stalled ${stallAt.side.toLowerCase()} write ${stallAt.write}`;
    throw new ContractViolation(`${where}: ended as ${outcome}, without stall as ${undisturbed.outcome}`);
  }
  return { outcome: undisturbed.outcome, writes: undisturbed.writes, runs };
}

function* crashPoints(writes: number): Generator<CrashPoint> {
  for (let write = 1; write <= writes; write++) {
    for (const side of SIDES) yield { write, side };
  }
}

function describe(plan: CrashPlan, { seed = 1 }: ExploreOptions): string {
  const points = plan.map(({ write, side }) => `${side.toLowerCase()} write ${write}`);
  return `seed ${seed}, ${points.length === 0 ? "no crash" : `crashed ${points.join(", then ")}`}`;
}

interface Finished {
  readonly outcome: string;
  /** Writes of the process that finished. */
  readonly writes: number;
}

/** One run of the program to its end. */
class Run {
  readonly #program: ExploredProgram;
  readonly #options: ExploreOptions;
  readonly #plan: CrashPlan;
  readonly #system: SimulatedSystem;
  readonly #ledger: Ledger;
  readonly #outside: OutsideWorld;
  #processes = 0;

  constructor(program: ExploredProgram, options: ExploreOptions, plan: CrashPlan) {
    const { seed = 1 } = options;
    const { settings, answer, start } = program;
    this.#program = program;
    this.#options = options;
    this.#plan = plan;
    this.#system = new SimulatedSystem({ seed, ...(settings && { settings }) });
    this.#ledger = new Ledger(this.#system.disk);
    const outside = { system: this.#system, ledger: this.#ledger, starts: [start], ...(answer && { answer }) };
    this.#outside = new OutsideWorld(outside);
  }

  async complete(): Promise<Finished> {
    let current = this.#boot();
    while (!(await this.#follow(current))) {
      await this.#system.clock.advance(this.#options.downMs ?? 0);
      current = this.#boot();
    }
    return this.#finish(current);
  }

  async completeBeside(stallAt: CrashPoint): Promise<Finished> {
    const stalled = this.#boot({ stallAt });
    await this.#follow(stalled, () => stalled.process.isStalled);
    const current = this.#boot();
    await this.#follow(current);
    stalled.process.release();
    await this.#system.clock.settle();
    return this.#finish(current);
  }

  #boot(options: Pick<BootOptions, "stallAt"> = {}): SystemProcess {
    const crashAt = this.#plan[this.#processes++];
    if (this.#processes > MOST_PROCESSES) this.#fail("it does not get anywhere");
    const { through } = this.#options;
    let booted: SystemProcess | undefined;
    const effects = this.#ledger.effects(() => booted?.process.isBehind === true);
    const functions = readFunctions(this.#program.functions(effects));
    booted = this.#system.boot({ ...options, functions, ...(crashAt && { crashAt }), ...(through && { through }) });
    return booted;
  }

  /** Lets the program go on in a process until it is over; false if the process does not get that far. */
  async #follow(current: SystemProcess, isEnough: () => boolean = () => false): Promise<boolean> {
    const outside = this.#outside;
    const until = (): boolean => outside.isOver || !current.process.alive || isEnough() || outside.hasNews(current);
    for (;;) {
      outside.pursue(current);
      await this.#system.clock.runUntilIdle({ until });
      if (outside.isOver) return true;
      if (!current.process.alive || isEnough()) return false;
      if (!outside.hasNews(current)) this.#fail("nothing is left to happen, and it has not ended");
    }
  }

  #finish(last: SystemProcess): Finished {
    const view = this.#ledger.view(this.#outside.executionIds[0] ?? "");
    const wrong = [...this.#ledger.violations, ...this.#outside.failures, ...brokenPromises(view)];
    if (wrong.length > 0) this.#fail(wrong.join("; "));
    return { outcome: outcomeOf(view), writes: last.process.writes };
  }

  #fail(what: string): never {
    const ids = this.#outside.executionIds;
    const logs = ids.flatMap((id) => this.#ledger.view(id).log.map((body, index) => `${id} ${index + 1}: ${body}`));
    const errors = this.#system.errors.map(({ error }) => String(error));
    throw new ContractViolation([`${describe(this.#plan, this.#options)}: ${what}`, ...errors, ...logs].join("\n"));
  }
}
