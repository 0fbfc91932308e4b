/** The page of the benchmark in a tab. What it offers is called from outside, one thing at a time. */

import { type BrowserHost, createBrowserHost, type Durability } from "../../src/homes/browser/index.ts";
import { type DurableContext, withDurableExecution } from "../../src/lambda-compat/index.ts";
import { atOnce, mapped, type Marks, sequence, staysOpen } from "../programs.ts";
import { RawLog } from "./raw.ts";

/** Milliseconds, of something of ours and of what it is compared with. */
export interface Compared {
  readonly ours: number;
  readonly raw: number;
}

/** About the size of a step's commit. */
const BODY = "x".repeat(240);
const PAGE_COMMITS = 256;
const WARM_UP_RUNS = 3;
/** Where the execution lives that is taken up by page after page. */
const KEPT = "kept";

type Program = (size: number, context: DurableContext) => Promise<unknown>;

/** Runs a program as an execution in a database of its own; answers its log too. */
async function run(program: Program, size: number, durability: Durability = "relaxed"): Promise<readonly string[]> {
  const name = crypto.randomUUID();
  const host = createBrowserHost({ name, durability, functions: { bench: withDurableExecution(program) } });
  const { execution } = await host.client.start({ functionName: "bench", input: JSON.stringify(size) });
  const { status, error } = await host.client.settled(execution.id, Date.now() + 600_000);
  if (status !== "SUCCEEDED") throw new Error(`the program failed: ${JSON.stringify(error)}`);
  const { log } = await host.exportExecution(execution.id);
  host.close();
  indexedDB.deleteDatabase(name);
  return log;
}

/**
 * Steps and bare writes by turns: what disturbs the machine disturbs both. Milliseconds for each pair of blocks, after some
 * runs for the compiler.
 */
async function steps(pairs: number, size: number, durability: Durability): Promise<Compared[]> {
  for (let run = 0; run < WARM_UP_RUNS; run++) await byTurns(pairs, size, "relaxed");
  return byTurns(pairs, size, durability);
}

/** Either comes first as often as the other. */
async function byTurns(pairs: number, size: number, durability: Durability): Promise<Compared[]> {
  const log = await RawLog.open(durability);
  const measured: Compared[] = [];
  const program: Program = async (_, context) => {
    const ours = async (): Promise<number> => elapsed(await sequence(size, context));
    const raw = (): Promise<number> => writeAll(log, size);
    for (let pair = 0; pair < pairs; pair++) {
      measured.push(
        pair % 2 === 0 ? { ours: await ours(), raw: await raw() } : { raw: await raw(), ours: await ours() },
      );
    }
  };
  await run(program, size, durability);
  log.close();
  return measured;
}

/** So many records, one after the other, in ms. */
async function writeAll(log: RawLog, size: number): Promise<number> {
  const begun = performance.now();
  for (let written = 0; written < size; written++) await log.write([BODY]);
  return performance.now() - begun;
}

const fanOuts = { map: mapped, all: atOnce };

interface FanOut extends Compared {
  readonly commits: number;
}

/** Steps at once, and the commits that they led to written by hand, in as many transactions. */
async function fanOut(kind: keyof typeof fanOuts, size: number): Promise<FanOut> {
  let marks: Marks = [];
  const log = await run(async (count, context) => {
    marks = await fanOuts[kind](count, context);
  }, size);
  // Those of the start and of the end are not of the steps.
  const commits = log.slice(1, -1);
  const raw = await RawLog.open("relaxed");
  const begun = performance.now();
  for (const body of commits) await raw.write([body]);
  const took = performance.now() - begun;
  raw.close();
  return { ours: elapsed(marks), raw: took, commits: commits.length };
}

/** The same several times, after some runs for the compiler. */
async function fanOutRuns(kind: keyof typeof fanOuts, size: number, runs: number): Promise<FanOut[]> {
  for (let run = 0; run < WARM_UP_RUNS; run++) await fanOut(kind, size);
  const measured = [];
  while (measured.length < runs) measured.push(await fanOut(kind, size));
  return measured;
}

/** So many records of a step's size in one transaction, several times, in ms. */
async function packed(size: number, runs: number): Promise<number[]> {
  const measured = [];
  while (measured.length < runs) {
    const raw = await RawLog.open("relaxed");
    const begun = performance.now();
    await raw.write(Array.from({ length: size }, () => BODY));
    measured.push(performance.now() - begun);
    raw.close();
  }
  return measured;
}

/** Reads so many records of a step's size, in ms. */
async function read(size: number): Promise<number> {
  const raw = await RawLog.open("relaxed");
  await raw.write(Array.from({ length: size }, () => BODY));
  const begun = performance.now();
  await raw.read(PAGE_COMMITS);
  const took = performance.now() - begun;
  raw.close();
  return took;
}

/** A host that keeps one execution open: its steps are done, and it waits for a callback. */
function keepOpen(name: string): { host: BrowserHost; done: Promise<Marks> } {
  let finished: (marks: Marks) => void = () => {};
  const done = new Promise<Marks>((resolve) => {
    finished = resolve;
  });
  const bench = withDurableExecution<number, unknown>(staysOpen(sequence, finished));
  return { host: createBrowserHost({ name, functions: { bench } }), done };
}

/** Starts the execution that `replay` takes up. */
async function prepare(size: number): Promise<void> {
  await hold(size, KEPT);
}

/** Runs so many steps and stays; answers when they are done. */
async function hold(size: number, name: string = crypto.randomUUID()): Promise<void> {
  const { host, done } = keepOpen(name);
  await host.client.start({ functionName: "bench", name: "kept", input: JSON.stringify(size) });
  await done;
  await rest();
}

/** What a page does that is opened on it: until the handler runs, and from there to the last step, in ms. */
async function replay(): Promise<{ load: number; replay: number }> {
  const begun = performance.now();
  const { done } = keepOpen(KEPT);
  const marks = await done;
  return { load: (marks[0] ?? 0) - begun, replay: elapsed(marks) };
}

/** How late code goes on after a wait of a second, and after a bare timer of a second, in ms. */
async function resume(times: number): Promise<Compared[]> {
  const measured: Compared[] = [];
  const program: Program = async (_, context) => {
    for (let done = 0; done < times; done++) {
      const asked = Date.now();
      await context.wait({ seconds: 1 });
      const ours = Date.now() - asked - 1000;
      const begun = performance.now();
      await new Promise((next) => setTimeout(next, 1000));
      measured.push({ ours, raw: performance.now() - begun - 1000 });
    }
  };
  await run(program, times);
  return measured;
}

function elapsed(marks: Marks): number {
  return (marks.at(-1) ?? 0) - (marks[0] ?? 0);
}

/** Lets what was begun come to its end. */
function rest(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 100);
  });
}

const bench = { fanOutRuns, hold, packed, prepare, read, replay, resume, steps };

/** What the page offers. */
export type TabBench = typeof bench;

declare global {
  var tabBench: TabBench;
}

globalThis.tabBench = bench;
