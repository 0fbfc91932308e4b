/**
 * Runs a program again and again and lets its process crash at every single write: before it lands, and after it
 * landed but before anybody heard of it. Whatever the moment, the execution has to come to the same end, and no step
 * that was recorded as done may run again.
 */

import type { CrashPoint } from "./crash.ts";
import type { StartedExecution } from "./outside-world.ts";
import { type SimulatedProgram, SimulatedRun } from "./simulated-run.ts";
import type { BootOptions } from "./simulated-system.ts";

/** The program that is run again and again: handlers, one execution to start, and its outside's answers. */
export interface ExploredProgram extends Omit<SimulatedProgram, "starts"> {
  /** The execution to start. */
  readonly start: StartedExecution;
}

/** The options of an exploration. */
export interface ExploreOptions {
  /** Default 1. */
  readonly seed?: number;
  /** The time that the system is down after a crash, in ms. Default 0. */
  readonly downMs?: number;
  /** Lets the second process crash as well, at each of its first this many writes. Default 0. */
  readonly secondCrashes?: number;
  /** Puts something between each runner and the store. */
  readonly through?: BootOptions["through"];
}

/** The result of an exploration. */
export interface Exploration {
  /** The outcome of the execution, undisturbed and in every other run. */
  readonly outcome: string;
  /** Writes of the undisturbed run. */
  readonly writes: number;
  /** The number of runs, the undisturbed one included. */
  readonly runs: number;
}

/** The crash points of a run's processes, one for each; the process after them lives. */
type CrashPlan = readonly CrashPoint[];

const SIDES = ["BEFORE", "AFTER"] as const;

/** Throws a `ContractViolation` that names the crash points and what went wrong. */
export async function exploreCrashes(program: ExploredProgram, options: ExploreOptions = {}): Promise<Exploration> {
  const undisturbed = await runCrashing(program, options, []);
  let runs = 1;
  const check = async (plan: CrashPlan): Promise<Finished> => {
    runs++;
    const finished = await runCrashing(program, options, plan);
    compare(finished, undisturbed);
    return finished;
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
  const undisturbed = await runCrashing(program, options, []);
  let runs = 1;
  for (const stallAt of crashPoints(undisturbed.writes)) {
    runs++;
    compare(await runStalling(program, options, stallAt), undisturbed);
  }
  return { outcome: undisturbed.outcome, writes: undisturbed.writes, runs };
}

function* crashPoints(writes: number): Generator<CrashPoint> {
  for (let write = 1; write <= writes; write++) {
    for (const side of SIDES) yield { write, side };
  }
}

interface Finished {
  readonly run: SimulatedRun;
  readonly outcome: string;
  /** Writes of the process that finished. */
  readonly writes: number;
}

/** Crashes one process after the other where the plan says, then lets one live. */
async function runCrashing(program: ExploredProgram, options: ExploreOptions, plan: CrashPlan): Promise<Finished> {
  const { seed = 1, downMs = 0, through } = options;
  const run = new SimulatedRun({ ...program, starts: [program.start] }, seed);
  for (const crashAt of plan) {
    run.tell(`a process starts and will crash ${at(crashAt)}`);
    if (await run.follow(run.boot({ crashAt, ...(through && { through }) }))) break;
    await run.system.clock.advance(downMs);
  }
  run.tell("a process starts and will live");
  const last = run.boot({ ...(through && { through }) });
  await run.follow(last);
  run.check();
  return { run, outcome: run.outcomes.join(), writes: last.process.writes };
}

async function runStalling(program: ExploredProgram, options: ExploreOptions, stallAt: CrashPoint): Promise<Finished> {
  const { seed = 1, through } = options;
  const run = new SimulatedRun({ ...program, starts: [program.start] }, seed);
  run.tell(`a process starts, and its store will not answer ${at(stallAt)}`);
  const stalled = run.boot({ stallAt, ...(through && { through }) });
  await run.follow(stalled, () => stalled.process.isStalled);
  run.tell("another process takes over");
  const last = run.boot({ ...(through && { through }) });
  await run.follow(last);
  run.tell("the first process is answered");
  stalled.process.release();
  await run.system.clock.settle();
  run.check();
  return { run, outcome: run.outcomes.join(), writes: last.process.writes };
}

function at({ write, side }: CrashPoint): string {
  return `${side.toLowerCase()} write ${write}`;
}

function compare({ run, outcome }: Finished, undisturbed: Finished): void {
  if (outcome !== undisturbed.outcome) run.fail(`it ended as ${outcome}, undisturbed as ${undisturbed.outcome}`);
}
