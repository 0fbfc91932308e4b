import type { Host } from "../engine/ports/host.ts";
import { type Functions, readFunctions } from "../lambda-compat/functions.ts";
import { ContractViolation } from "./assert.ts";
import { type Effects, Ledger } from "./ledger.ts";
import { type Answer, OutsideWorld, type StartedExecution } from "./outside-world.ts";
import { brokenPromises, outcomeOf } from "./run-checks.ts";
import { type BootOptions, type RunnerSettings, SimulatedSystem, type SystemProcess } from "./simulated-system.ts";

/** The program of a run, and the outside's part in it. */
export interface SimulatedProgram {
  /**
   * The functions, made anew for each process. Their steps call `effects.ran`, so that it is seen what runs; `host` is
   * their process's.
   */
  readonly functions: (effects: Effects, host: Host) => Functions;
  readonly starts: readonly StartedExecution[];
  /** The outside's answers to callbacks. */
  readonly answer?: Answer;
  /** The settings of the runners; their defaults when absent. */
  readonly settings?: RunnerSettings;
  /**
   * The commits that a process must respect while others live: all that it has read, or those that it has written
   * itself. The former is exact as long as a process reads a log in one place only. Default: those that it has read.
   */
  readonly heldTo?: "READ" | "WRITTEN";
}

/** Far more than any program needs. */
const MOST_COMMITS = 3_000;
/** The most commits of each log that the message of a failure shows. */
const TOLD_COMMITS = 300;

/** One run of a program through any number of processes, watched from outside. */
export class SimulatedRun {
  readonly system: SimulatedSystem;
  readonly outside: OutsideWorld;
  readonly #program: SimulatedProgram;
  readonly #seed: number;
  readonly #ledger: Ledger;
  readonly #booted: SystemProcess[] = [];
  /** Those that have not been alone all their life: others may have written what they do not know. */
  readonly #accompanied = new Set<SystemProcess>();
  /** The events of the run so far, in words. */
  readonly #story: string[] = [];

  constructor(program: SimulatedProgram, seed: number) {
    const { settings, answer, starts } = program;
    this.#program = program;
    this.#seed = seed;
    this.system = new SimulatedSystem({ seed, ...(settings && { settings }) });
    this.#ledger = new Ledger(this.system.disk);
    this.outside = new OutsideWorld({ system: this.system, ledger: this.#ledger, starts, ...(answer && { answer }) });
  }

  get outcomes(): readonly string[] {
    return this.outside.executionIds.map((id) => outcomeOf(this.#ledger.view(id)));
  }

  logOf(executionId: string): readonly string[] {
    return this.#ledger.view(executionId).log;
  }

  /** Adds to what a failure will tell. */
  tell(what: string): void {
    this.#story.push(`${this.system.clock.now()}: ${what}`);
  }

  boot(options: Omit<BootOptions, "functions"> = {}): SystemProcess {
    const { heldTo = "READ" } = this.#program;
    const effects = this.#ledger.effects((id) => {
      if (!this.#accompanied.has(booted)) return Number.POSITIVE_INFINITY;
      return heldTo === "READ" ? booted.witness.knows(id) : booted.witness.committed(id);
    });
    const functions = (host: Host): ReturnType<typeof readFunctions> =>
      readFunctions(this.#program.functions(effects, host));
    const booted: SystemProcess = this.system.boot({ ...options, functions });
    const others = this.#booted.filter(({ process }) => process.alive);
    this.#booted.push(booted);
    if (others.length > 0) for (const one of [...others, booted]) this.#accompanied.add(one);
    return booted;
  }

  /** Lets the program go on in a process until it is over; false if the process does not get that far. */
  async follow(current: SystemProcess, isEnough: () => boolean = () => false): Promise<boolean> {
    const { outside } = this;
    const until = (): boolean =>
      outside.isOver || !current.process.alive || isEnough() || outside.hasNews(current) || this.#isEndless;
    for (;;) {
      outside.pursue(current);
      await this.system.clock.runUntilIdle({ until });
      if (this.#isEndless) this.fail(`it gets nowhere in ${MOST_COMMITS} commits`);
      if (outside.isOver) return true;
      if (!current.process.alive || isEnough()) return false;
      if (!outside.hasNews(current)) this.fail("nothing is left to happen, and it has not ended");
    }
  }

  get #isEndless(): boolean {
    return this.outside.executionIds.some((id) => this.#ledger.view(id).state.seq > MOST_COMMITS);
  }

  /** Throws if anything that must hold of a finished run does not. */
  check(): void {
    const broken = this.outside.executionIds.flatMap((id) => brokenPromises(this.#ledger.view(id)));
    const wrong = [...this.#ledger.violations, ...this.outside.failures, ...broken];
    if (wrong.length > 0) this.fail(wrong.join("; "));
  }

  fail(what: string): never {
    const errors = this.system.errors.map(({ executionId, error }) => `${executionId} met ${String(error)}`);
    const logs = this.outside.executionIds.flatMap((id) =>
      this.logOf(id)
        .slice(0, TOLD_COMMITS)
        .map((body, at) => `${id} ${at + 1}: ${body}`),
    );
    const unanswered = this.outside.unanswered.map((key) => `not answered: ${key}`);
    const headline = `seed ${this.#seed}: ${what}`;
    throw new ContractViolation([headline, ...this.#story, ...unanswered, ...errors, ...logs].join("\n"));
  }
}
