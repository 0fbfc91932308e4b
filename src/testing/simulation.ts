/**
 * Whole systems under seeded chaos: random programs, stores that refuse, delay and lose acknowledgements, alarms that take
 * their orders late, processes that crash or hang at random writes, and others that take over. In the end the chaos stops, and everything has to
 * come to the end that follows from the program.
 */

import type { Alarm } from "../engine/ports/alarm.ts";
import type { Host } from "../engine/ports/host.ts";
import type { ExecutionStore } from "../engine/ports/execution-store.ts";
import type { withDurableExecution } from "../lambda-compat/with-durable-execution.ts";
import { AsyncStore } from "./async-store.ts";
import type { CrashPoint } from "./crash.ts";
import { FaultyStore } from "./faulty-store.ts";
import { LateAlarm } from "./late-alarm.ts";
import { type Act, ANSWER, performers, randomActs, valueOf } from "./random-program.ts";
import { replayLog } from "./replay-log.ts";
import { type SeededRandom, seededRandom } from "./seeded-random.ts";
import { SimulatedRun } from "./simulated-run.ts";
import type { SystemProcess } from "./simulated-system.ts";

export interface SimulationReport {
  readonly seed: number;
  readonly executions: number;
  /** Processes that were started. */
  readonly processes: number;
  /** Store faults that happened. */
  readonly faults: number;
  /** Commits of all executions that the outside started. */
  readonly commits: number;
}

const MOST_EXECUTIONS = 3;
const MOST_CRASHES = 6;
const MOST_WRITES = 25;
const LONGEST_ORDER_MS = 2_000;
const LONGEST_DOWNTIME_MS = 3_600_000;

/** Runs the simulation of one seed. Throws a `ContractViolation` that tells the seed and the story. */
export async function simulate(seed: number): Promise<SimulationReport> {
  const simulation = new Simulation(seed);
  return simulation.run();
}

class Simulation {
  readonly #seed: number;
  readonly #random: SeededRandom;
  readonly #programs: readonly (readonly Act[])[];
  readonly #run: SimulatedRun;
  readonly #stores: FaultyStore[] = [];
  readonly #stalled: SystemProcess[] = [];
  #processes = 0;
  #isOver = false;

  constructor(seed: number) {
    this.#seed = seed;
    this.#random = seededRandom(seed);
    const random = this.#random;
    this.#programs = Array.from({ length: 1 + random.below(MOST_EXECUTIONS) }, () => randomActs(random, "a"));
    this.#run = new SimulatedRun(
      {
        functions: performers,
        heldTo: "WRITTEN",
        starts: this.#programs.map((acts, index) => ({
          functionName: "main",
          name: `e${index}`,
          input: JSON.stringify(acts),
        })),
        answer: () => ({ type: "SUCCEEDED", result: ANSWER }),
        settings: { parks: random.chance(0.5), lingerMs: random.chance(0.5) ? 0 : 250, retentionDays: 90 },
      },
      seed,
    );
  }

  async run(): Promise<SimulationReport> {
    for (let crashes = this.#random.below(MOST_CRASHES + 1); crashes > 0 && !this.#isOver; crashes--)
      await this.#chaos();
    await this.#calm();
    this.#run.check();
    this.#checkOutcomes();
    await this.#checkReplays();
    const { executionIds } = this.#run.outside;
    return {
      seed: this.#seed,
      executions: executionIds.length,
      processes: this.#processes,
      faults: this.#stores.reduce((sum, { faults }) => sum + faults.length, 0),
      commits: executionIds.reduce((sum, id) => sum + this.#run.logOf(id).length, 0),
    };
  }

  /** A process lives until a random write. Then it is gone, or it hangs and comes back while another one works. */
  async #chaos(): Promise<void> {
    const random = this.#random;
    const point: CrashPoint = { write: 1 + random.below(MOST_WRITES), side: random.chance(0.5) ? "BEFORE" : "AFTER" };
    const stalls = random.chance(0.25);
    this.#run.tell(
      `a process starts and ${stalls ? "hangs" : "crashes"} ${point.side.toLowerCase()} write ${point.write}`,
    );
    const current = this.#boot(stalls ? { stallAt: point } : { crashAt: point });
    this.#isOver = await this.#run.follow(current, () => current.process.isStalled);
    if (stalls) this.#stalled.push(current);
    if (random.chance(0.5)) await this.#run.system.clock.advance(random.below(LONGEST_DOWNTIME_MS));
    if (random.chance(0.5)) this.#releaseOne();
  }

  /** The chaos is over: one process lives, and those that hung come back. */
  async #calm(): Promise<void> {
    for (const store of this.#stores) store.heal();
    this.#run.tell("the chaos is over, and a process starts that lives");
    const last = this.#boot({}, true);
    while (this.#stalled.length > 0) this.#releaseOne();
    await this.#run.follow(last);
    await this.#run.system.clock.settle();
  }

  #releaseOne(): void {
    const stalled = this.#stalled.shift();
    if (stalled === undefined) return;
    this.#run.tell("a process that hung is answered");
    stalled.process.release();
  }

  #boot(points: { crashAt?: CrashPoint; stallAt?: CrashPoint }, isHealthy = false): SystemProcess {
    this.#processes++;
    const random = this.#random;
    const rate = random.chance(0.5) || isHealthy ? 0 : random.next() * 0.15;
    const isAsync = random.chance(0.5);
    const seed = random.below(2 ** 31);
    const through = (store: ExecutionStore, host: Host): ExecutionStore => {
      const rates = { refused: rate, unacknowledged: rate, full: rate / 4, delayed: rate };
      const faulty = new FaultyStore(store, { seed, rates, host });
      this.#stores.push(faulty);
      return isAsync ? new AsyncStore(faulty, { seed, drain: (next) => host.drain(next) }) : faulty;
    };
    // Of what was drawn already, so that older seeds go on telling their stories.
    const isLate = seed % 2 === 0;
    const alarmThrough = (alarm: Alarm, network: Host): Alarm =>
      isLate ? new LateAlarm(alarm, { host: network, seed, longestDelayMs: LONGEST_ORDER_MS }) : alarm;
    return this.#run.boot({ ...points, through, alarmThrough });
  }

  #checkOutcomes(): void {
    for (const [index, acts] of this.#programs.entries()) {
      const expected = `SUCCEEDED ${JSON.stringify(valueOf(acts))}`;
      const outcome = this.#run.outcomes[index];
      if (outcome !== expected) this.#run.fail(`e${index} ended as ${outcome}, expected ${expected}`);
    }
  }

  /** The log of each execution, replayed from every commit by code that does nothing but replay. */
  async #checkReplays(): Promise<void> {
    const ignored = { ran: () => undefined, ranAtMostOnce: () => undefined, saw: () => undefined };
    const handler = performers(ignored, this.#run.system.clock.host())["main"] as ReturnType<
      typeof withDurableExecution
    >;
    for (const id of this.#run.outside.executionIds) {
      const report = await replayLog(this.#run.logOf(id), handler, { fromEveryCommit: true });
      if (!report.matches) this.#run.fail(`${id} does not replay from commit ${report.seq}: ${report.difference}`);
    }
  }
}
