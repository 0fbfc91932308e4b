/**
 * Whole systems under chaos, over the public ports alone: every port answers late, out of order or not at all, several
 * processes crash, freeze, stand down and come back, and the outside acts in the middle of it. In the end the chaos
 * stops, and everything has to come to the end that follows from the programs, with every promise kept on the way.
 */

import { MemoryStore } from "../../adapters/memory/memory-store.ts";
import { ContractViolation } from "../assert.ts";
import { seededRandom } from "../seeded-random.ts";
import { Answers } from "./answers.ts";
import { ChaosSystem } from "./chaos-system.ts";
import { Demands } from "./demands.ts";
import { Disturbances } from "./disturbances.ts";
import { Faults } from "./faults.ts";
import { Operator } from "./operator.ts";
import { Outside } from "./outside.ts";
import { type Evidence, promises } from "./promises.ts";
import { differences, type Prefixes } from "./replays.ts";
import { randomOperations, randomScenario, type Scenario } from "./scenario.ts";
import type { Violation } from "./violations.ts";

export interface ChaosOptions {
  readonly seed: number;
  /** Prefixes of each log that are replayed besides the whole. Default 2. */
  readonly prefixes?: Prefixes;
  /** The members of the scenario that are fixed; the seed gives the others. */
  readonly scenario?: Partial<Scenario>;
  /** The store of everything; by default a store that keeps its contract. */
  readonly disk?: MemoryStore;
}

export interface ChaosReport {
  readonly seed: number;
  readonly executions: number;
  readonly commits: number;
  readonly processes: number;
  /** The number of calls that processes made to their store. */
  readonly calls: number;
  /** Functions of steps and plain functions that ran. */
  readonly functions: number;
  /** Faults by kind. */
  readonly faults: ReadonlyMap<string, number>;
  readonly violations: readonly Violation[];
  /** The story and the logs, to read when a promise was broken. */
  readonly account: () => string;
}

/** Longer than anything that was on its way when the chaos stopped can take. */
const LATEST_LANDING_MS = 125_000;
/** The ports go on failing for a while when the last process was disturbed. */
const LONGEST_LAST_MS = 60_000;
const DAY_MS = 86_400_000;
/** Far more than any run needs: beyond it nothing gets anywhere. */
const MOST_MOMENTS = 60_000;
const TOLD_COMMITS = 200;

/** Runs one seed. What is wrong is in the report. */
export async function chaos(options: ChaosOptions): Promise<ChaosReport> {
  return new ChaosRun(options).run();
}

/** Runs one seed. Throws a `ContractViolation` with the whole account if a promise is broken. */
export async function surviveChaos(options: ChaosOptions): Promise<ChaosReport> {
  const report = await chaos(options);
  if (report.violations.length > 0) throw new ContractViolation(report.account());
  return report;
}

class ChaosRun {
  readonly #options: ChaosOptions;
  readonly #scenario: Scenario;
  readonly #system: ChaosSystem;
  readonly #outside: Outside;
  readonly #answers: Answers;
  readonly #demands: Demands;
  readonly #operator: Operator;
  #moments = 0;

  constructor(options: ChaosOptions) {
    const random = seededRandom(options.seed);
    this.#options = options;
    // An operator has chances of its own: without one a seed tells what it always has.
    const operator = seededRandom(~options.seed);
    const operations = randomOperations(operator);
    this.#scenario = { ...randomScenario(random), operations, ...options.scenario };
    const faults = new Faults(random, this.#scenario.faultRate);
    this.#system = new ChaosSystem(this.#scenario, {
      faults,
      seed: options.seed,
      disk: options.disk ?? new MemoryStore({ pageCommits: this.#scenario.pageCommits }),
      listener: {
        landed: (landing) => {
          this.#answers.landed(landing);
          this.#demands.landed(landing);
          this.#operator.landed(landing);
        },
        called: () => this.#answers.called(),
      },
    });
    this.#outside = new Outside(this.#system);
    this.#answers = new Answers(this.#system, this.#outside);
    this.#demands = new Demands(this.#system, this.#outside);
    this.#operator = new Operator(this.#system, this.#outside, operator);
  }

  async run(): Promise<ChaosReport> {
    await this.#disturb();
    if (!this.#system.isGivenUp) await this.#calm();
    this.#judge();
    await this.#replay();
    if (!this.#system.isGivenUp) await this.#forget();
    return this.#report();
  }

  async #disturb(): Promise<void> {
    const { clock, faults, scenario } = this.#system;
    const disturbances = new Disturbances(this.#system, this.#answers);
    this.#system.boot();
    if (scenario.sharing !== "SINGLE") this.#system.boot();
    this.#demands.begin();
    for (let count = 0; count < scenario.disturbances && !this.#system.isGivenUp; count++) {
      await clock.advance(disturbances.gap());
      disturbances.happen();
    }
    await clock.advance(faults.random.below(LONGEST_LAST_MS));
  }

  /** Nothing goes wrong any more, and what is frozen thaws. */
  async #calm(): Promise<void> {
    const { clock, faults, living, story } = this.#system;
    story.tell("the chaos is over");
    faults.heal();
    for (const { gate, link } of living) {
      link.isFull = false;
      gate.thaw();
    }
    await clock.advance(LATEST_LANDING_MS);
    if (!this.#mayGoOn || faults.random.chance(0.5)) this.#renew();
    await this.#idle(() => this.#isOver);
    if (!this.#isOver) this.#tellStuck();
    await clock.settle();
  }

  /**
   * True if the living processes have to finish by themselves: a process that starts would find what they have lost.
   */
  get #mayGoOn(): boolean {
    const { holder, living, scenario } = this.#system;
    if (scenario.hasVersions || living.length === 0) return false;
    return scenario.sharing === "FREE" || holder?.isAlive === true;
  }

  /** A new process starts, and only some of the old ones live on. */
  #renew(): void {
    const { faults, living, scenario } = this.#system;
    for (const process of living)
      if (scenario.sharing === "SINGLE" || scenario.hasVersions || faults.random.chance(0.5))
        this.#system.crash(process);
    this.#bootLast();
  }

  #bootLast(): void {
    const { scenario } = this.#system;
    const last = this.#system.boot(scenario.hasVersions ? { versions: ["1", "2"] } : {});
    if (scenario.sharing === "LOCK") this.#system.handOver(last);
  }

  async #idle(until: () => boolean): Promise<void> {
    try {
      await this.#system.clock.runUntilIdle({
        until: () => ++this.#moments > MOST_MOMENTS || this.#system.isGivenUp || until(),
      });
    } catch (error) {
      this.#system.violations.add("P7", String(error));
    }
  }

  get #isOver(): boolean {
    const { archive, disk } = this.#system;
    if (
      this.#demands.hasPlans ||
      this.#operator.hasPlans ||
      this.#answers.hasPlans ||
      this.#outside.unanswered.length > 0
    )
      return false;
    return archive.all.every(({ id, isRemoved, state: { header } }) => {
      if (isRemoved) return true;
      return header.status !== "RUNNING" && disk.row(id)?.status === header.status;
    });
  }

  #tellStuck(): void {
    const { archive, violations } = this.#system;
    for (const what of this.#outside.unanswered) violations.add("P7", `not answered: ${what}`);
    for (const { id, tag, hasEnded, isRemoved, state } of archive.all) {
      const { halt } = state.header;
      if (!hasEnded && !isRemoved)
        violations.add("P7", `${id} as ${tag} is stuck${halt === undefined ? "" : ", halted"}`);
    }
    if (violations.all.length === 0) violations.add("P7", `it gets nowhere in ${this.#moments} moments`);
  }

  #judge(): void {
    const { archive, chronicle, disk, faults, processes, violations } = this.#system;
    const evidence: Evidence = {
      archive,
      disk,
      acknowledged: this.#answers.acknowledged,
      started: this.#demands.started,
      stopped: this.#demands.stopped,
      programs: this.#demands.programs,
      timesOut: this.#scenario.settings.executionTimeoutSeconds !== undefined,
      events: faults.total + processes.length + chronicle.ran,
    };
    for (const { promise, broken } of promises)
      for (const what of broken(evidence)) violations.add(what.includes(", due at ") ? "P6" : promise, what);
  }

  async #replay(): Promise<void> {
    const { archive, chronicle, faults, violations } = this.#system;
    const { prefixes = 2 } = this.#options;
    for (const recorded of archive.all) {
      const wrong = await differences(recorded, { chronicle, random: faults.random, prefixes });
      for (const what of wrong) violations.add("P3", what);
    }
  }

  /** Time passes beyond every retention, and a process starts: nothing may be left. */
  async #forget(): Promise<void> {
    const { archive, clock, disk, violations } = this.#system;
    if (!this.#isOver) return;
    await clock.advance(this.#scenario.settings.retentionDays === undefined ? 0 : 1.5 * DAY_MS);
    this.#bootLast();
    this.#moments = 0;
    await this.#idle(() => false);
    if (this.#moments > MOST_MOMENTS) violations.add("P7", "alarms go on for ever when all is over");
    for (const { id } of archive.all)
      if (disk.row(id) !== undefined) violations.add("RETENTION", `${id} is kept beyond its retention`);
  }

  #report(): ChaosReport {
    const { archive, chronicle, faults, processes, violations } = this.#system;
    for (const { gate } of processes) gate.kill();
    return {
      seed: this.#options.seed,
      executions: archive.all.length,
      commits: archive.all.reduce((sum, { log }) => sum + log.length, 0),
      processes: processes.length,
      calls: this.#system.calls,
      functions: chronicle.ran,
      faults: faults.counts,
      violations: violations.all,
      account: () => this.#account(),
    };
  }

  #account(): string {
    const { archive, story, violations } = this.#system;
    const logs = archive.all.flatMap(({ id, tag, log }) =>
      log.slice(0, TOLD_COMMITS).map((body, index) => `${id} as ${tag}, commit ${index + 1}: ${body}`),
    );
    const broken = violations.all.map(({ promise, what }) => `${promise}: ${what}`);
    const headline = `seed ${this.#options.seed} breaks ${violations.all.length} promises`;
    return [headline, ...broken, JSON.stringify(this.#scenario), ...story.lines, ...logs].join("\n");
  }
}
