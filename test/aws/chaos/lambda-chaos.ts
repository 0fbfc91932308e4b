/**
 * The home on AWS under chaos: real clients over stand-ins of its services, in real time. Requests are refused, land late
 * or go unanswered, messages are lost, doubled, late and out of order, processes crash, freeze and thaw. Then the chaos
 * ends, and everything has to come to what its programs say, with every promise kept on the way.
 *
 * What happens follows from the seed but for the order in which the machine gets to it: a seed that fails need not fail
 * again, so its report has the whole story.
 */

import type { Act } from "../../../src/testing/chaos/act.ts";
import type { ChaosReport } from "../../../src/testing/chaos/chaos.ts";
import { Faults } from "../../../src/testing/chaos/faults.ts";
import { promises } from "../../../src/testing/chaos/promises.ts";
import { differences } from "../../../src/testing/chaos/replays.ts";
import { Story } from "../../../src/testing/chaos/story.ts";
import { Violations } from "../../../src/testing/chaos/violations.ts";
import { seededRandom } from "../../../src/testing/seeded-random.ts";
import { Callers } from "./callers.ts";
import { Deliveries } from "./deliveries.ts";
import { History } from "./history.ts";
import { LambdaProcess, LONGEST_JUMP_MS, OFFLOADED_ABOVE_BYTES } from "./lambda-process.ts";
import { Observer } from "./observer.ts";
import type { Services } from "./services.ts";
import { Witness } from "./witness.ts";

const MOST_EXECUTIONS = 3;
const MOST_DISTURBANCES = 16;
const LONGEST_GAP_MS = 1500;
const LONGEST_FREEZE_MS = 12_000;
const SWEEP_MS = 2000;
const LOOK_MS = 250;
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** How much of a skipped second passes with each look. */
const STEP_MS = 500;
/** Nothing happens for so many looks in a row: time is skipped. */
const QUIET_LOOKS = 12;
/** So many skipped hours in a row in which nothing happens: more than any wait is long. */
const MOST_SKIPS = 24;
/** Looks after which it gets nowhere, however slow the machine: each takes at least a quarter of a second. */
const MOST_LOOKS = 2000;
const TOLD_COMMITS = 200;
const FAULT_RATES = [0, 0.5, 1, 1, 2];

/** What makes every value so large that it is kept in S3: hex digits, of which two make a byte when they are packed. */
function ballastOf(seed: number): string {
  const { id } = seededRandom(-seed);
  return Array.from({ length: (3 * OFFLOADED_ABOVE_BYTES) / 32 }, id).join("");
}

/** What a run came to. */
export interface LambdaChaosReport extends ChaosReport {
  /** Writes all that happened to a file of this folder, and answers with its path. */
  readonly keep: (folder: string) => string;
}

export function lambdaChaos(seed: number, services: Services): Promise<LambdaChaosReport> {
  return new LambdaChaos(seed, services).run();
}

/** Where a process dies: around the n-th request, of all processes together, that changes anything in a service. */
export interface CrashPoint {
  readonly change: number;
  /** AFTER: it has happened, and its process has not heard of it. */
  readonly when: "BEFORE" | "AFTER";
}

/** One execution in a world in which one process dies and nothing else goes wrong. */
export async function lambdaCrash(
  acts: readonly Act[],
  point: CrashPoint,
  services: Services,
): Promise<LambdaChaosReport & { readonly hasCrashed: boolean }> {
  const report = await new LambdaChaos(point.change, services, { acts, point }).run();
  return { ...report, hasCrashed: report.faults.has("crash") };
}

class LambdaChaos {
  readonly #seed: number;
  readonly #services: Services;
  readonly #faults: Faults;
  readonly #story: Story;
  readonly #history: History;
  readonly #violations: Violations;
  readonly #witness: Witness;
  readonly #callers: Callers;
  readonly #observer: Observer;
  readonly #processes: LambdaProcess[] = [];
  readonly #crashing: { readonly acts: readonly Act[]; readonly point: CrashPoint } | undefined;
  #deliveries: Deliveries | undefined;
  #isForgetting = false;
  #isClosed = false;
  #requests = 0;
  #changes = 0;
  #landed = 0;

  constructor(seed: number, services: Services, crashing?: { acts: readonly Act[]; point: CrashPoint }) {
    const random = seededRandom(seed);
    this.#seed = seed;
    this.#crashing = crashing;
    this.#services = services;
    const rate = FAULT_RATES[random.below(FAULT_RATES.length)] ?? 1;
    this.#faults = new Faults(random, crashing === undefined ? rate : 0);
    this.#story = new Story(() => services.world.now());
    this.#history = new History(() => services.world.now());
    this.#violations = new Violations(({ promise, what }) => this.#tell(`VIOLATION of ${promise}: ${what}`));
    this.#witness = new Witness(this.#violations);
    const { world } = services;
    this.#callers = new Callers(
      { faults: this.#faults, story: { tell: (what) => this.#tell(what) }, world, choose: () => this.#choose() },
      { ballast: crashing === undefined && seed % 2 === 0 ? ballastOf(seed) : "" },
    );
    this.#observer = new Observer(services, (landing) => {
      this.#landed++;
      this.#history.tell(`seen in ${landing.recorded.id}: commit ${landing.recorded.log.length}`);
      this.#callers.landed(landing);
    });
  }

  async run(): Promise<LambdaChaosReport> {
    this.#boot();
    this.#boot();
    this.#deliveries = new Deliveries({
      services: this.#services,
      faults: this.#faults,
      history: this.#history,
      choose: () => this.#choose(),
      onFailure: (error) => this.#failed(error),
    });
    const sweeping = this.#sweepUntil(() => this.#isClosed);
    await this.#happen();
    await this.#untilOver();
    await this.#judge();
    await this.#forget();
    this.#isClosed = true;
    await Promise.all([sweeping, this.#deliveries.stop()]);
    for (const { gate } of this.#processes) gate.kill();
    if (this.#violations.all.length > 0) await this.#history.tellWhatIsLeft(this.#services);
    return this.#report();
  }

  async #happen(): Promise<void> {
    const { random } = this.#faults;
    if (this.#crashing !== undefined) return this.#callers.start(this.#crashing.acts);
    this.#callers.begin(1 + random.below(MOST_EXECUTIONS));
    await this.#disturb(random.below(MOST_DISTURBANCES));
    this.#calm();
  }

  /** A process is about to change something: it may die now, or when that has happened. */
  #changing(process: LambdaProcess): () => void {
    const change = ++this.#changes;
    const passes = (when: CrashPoint["when"]): void => {
      const point = this.#crashing?.point;
      if (point?.change === change && point.when === when) this.#crash(process);
    };
    passes("BEFORE");
    return () => passes("AFTER");
  }

  get #living(): readonly LambdaProcess[] {
    return this.#processes.filter(({ isAlive }) => isAlive);
  }

  #choose(): LambdaProcess | undefined {
    return this.#living[this.#faults.random.below(this.#living.length)];
  }

  #boot(): void {
    const name = `p${this.#processes.length + 1}`;
    this.#tell(`${name} starts`);
    const process: LambdaProcess = new LambdaProcess({
      name,
      pace: this.#faults.random.chance(0.5) ? "NETWORK" : "TURNS",
      services: this.#services,
      faults: this.#faults,
      witness: this.#witness,
      history: this.#history,
      onRequest: (changes) => {
        this.#requests++;
        return changes ? this.#changing(process) : () => undefined;
      },
      onFailure: (error) => this.#failed(error),
    });
    this.#processes.push(process);
  }

  #failed(error: unknown): void {
    this.#violations.add("FAILURE", error instanceof Error ? String(error.stack) : String(error));
  }

  /** One sweep after the other, as a schedule calls it that lets none overtake another; without a pause to forget all. */
  async #sweepUntil(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      const due = Date.now() + SWEEP_MS;
      do await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      while (Date.now() < due && !this.#isForgetting);
      const process = this.#choose();
      if (process !== undefined) await this.#sweep(process);
    }
  }

  async #sweep(process: LambdaProcess): Promise<void> {
    this.#history.tell(`${process.name} sweeps`);
    await process.sweep().catch((error: unknown) => this.#failed(error));
    this.#history.tell(`${process.name} has swept`);
  }

  #tell(what: string): void {
    this.#story.tell(what);
    this.#history.tell(what);
  }

  async #disturb(count: number): Promise<void> {
    const { random } = this.#faults;
    for (let left = count; left > 0; left--) {
      const until = Date.now() + random.below(LONGEST_GAP_MS);
      do await this.#look(random.below(4 * STEP_MS));
      while (Date.now() < until);
      const crash = (): void => this.#crash(this.#choose());
      const happens = [crash, crash, () => this.#freeze(), () => this.#skip()];
      happens[random.below(happens.length)]?.();
    }
  }

  #crash(victim: LambdaProcess | undefined): void {
    if (victim?.isAlive === false) return;
    this.#faults.count("crash");
    this.#tell(`${victim?.name} crashes`);
    victim?.gate.kill();
    this.#boot();
  }

  /** As Lambda does between two calls, and here in the middle of one. */
  #freeze(): void {
    const victim = this.#choose();
    if (victim === undefined || victim.gate.isFrozen) return;
    const ms = this.#faults.random.below(LONGEST_FREEZE_MS);
    this.#faults.count("freeze");
    this.#tell(`${victim.name} freezes for ${ms} ms`);
    victim.gate.freeze();
    setTimeout(() => victim.gate.thaw(), ms);
    this.#boot();
  }

  #skip(): void {
    this.#faults.count("clock jump");
    this.#services.skip(this.#faults.random.below(LONGEST_JUMP_MS));
  }

  #calm(): void {
    this.#tell("the chaos is over");
    this.#faults.heal();
    for (const { gate } of this.#living) {
      gate.thaw();
      if (this.#faults.random.chance(0.5)) gate.kill();
    }
    this.#boot();
  }

  /** Time passes, and what is there is read. */
  async #look(ms: number): Promise<void> {
    this.#services.skip(ms);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    await this.#observer.look();
  }

  async #untilOver(): Promise<void> {
    for (let quiet = 0, skips = 0, looks = 0; skips < MOST_SKIPS && looks < MOST_LOOKS; looks++) {
      const landed = this.#landed;
      await this.#look(STEP_MS);
      if (!this.#callers.hasPlans && this.#observer.isOver) return;
      if (this.#landed !== landed || this.#deliveries?.isBusy === true) [quiet, skips] = [0, 0];
      else if (++quiet > QUIET_LOOKS && !this.#isPending) {
        this.#services.skip(HOUR_MS);
        [quiet, skips] = [0, skips + 1];
      }
    }
    for (const what of this.#callers.unanswered) this.#violations.add("P7", `not answered: ${what}`);
    for (const { id, hasEnded } of this.#observer.archive.all)
      if (!hasEnded) this.#violations.add("P7", `${id} is stuck`);
  }

  async #judge(): Promise<void> {
    const { archive, disk } = this.#observer;
    const { acknowledged, programs, started, stopped } = this.#callers;
    this.#observer.keepRows();
    const events = this.#faults.total + this.#processes.length + this.#witness.ran;
    const evidence = { archive, disk, acknowledged, programs, started, stopped, timesOut: false, events };
    for (const { promise, broken } of promises)
      for (const what of broken(evidence)) this.#violations.add(what.includes(", due at ") ? "P6" : promise, what);
    const { random } = this.#faults;
    for (const recorded of archive.all) {
      const wrong = await differences(recorded, { chronicle: this.#witness, random, prefixes: 2 });
      for (const what of wrong) this.#violations.add("P3", what);
    }
  }

  /** When the retention is over, nothing is left of any execution: no item, and no object. */
  async #forget(): Promise<void> {
    if (!this.#observer.isOver) return;
    this.#isForgetting = true;
    await this.#renewAll();
    this.#services.skip(1.5 * DAY_MS);
    let left = await this.#services.left();
    for (let quiet = 0; quiet < MOST_SKIPS * QUIET_LOOKS; quiet++) {
      await this.#look(STEP_MS);
      const before = left.length;
      left = await this.#services.left();
      if (left.length === 0 && this.#observer.count === 0) return;
      if (left.length !== before) quiet = 0;
    }
    this.#violations.add("RETENTION", `what is kept beyond the retention: ${left.join(", ")}`);
  }

  /**
   * No process lives for a day, and no request is on its way for an hour. Who asked for a start twice, and was answered
   * once, would have it begin anew when the first one is forgotten.
   */
  async #renewAll(): Promise<void> {
    const before = this.#living;
    this.#boot();
    for (const { gate } of before) gate.kill();
    while (this.#isPending) await this.#look(STEP_MS);
  }

  get #isPending(): boolean {
    return this.#processes.some(({ pending }) => pending > 0);
  }

  #report(): LambdaChaosReport {
    const { all } = this.#observer.archive;
    return {
      seed: this.#seed,
      executions: all.length,
      commits: all.reduce((sum, { log }) => sum + log.length, 0),
      processes: this.#processes.length,
      calls: this.#requests,
      functions: this.#witness.ran,
      faults: this.#faults.counts,
      violations: this.#violations.all,
      account: () => this.#account(),
      keep: (folder) => this.#history.keep(folder, `seed-${this.#seed}-${Date.now()}`, this.#account()),
    };
  }

  #account(): string {
    const logs = this.#observer.archive.all.flatMap(({ id, log }) =>
      log.slice(0, TOLD_COMMITS).map((body, index) => `${id}, commit ${index + 1}: ${body}`),
    );
    const broken = this.#violations.all.map(({ promise, what }) => `${promise}: ${what}`);
    return [`seed ${this.#seed} breaks ${broken.length} promises`, ...broken, ...this.#story.lines, ...logs].join("\n");
  }
}
