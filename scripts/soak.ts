/**
 * `npm run soak` runs the chaos simulation for a long time and prints its figures; docs/reliability.md holds those of the
 * last long run. It ends after `--minutes` (default 10) or as soon as `--faults` have happened. `--seed` is the first
 * seed (default 1), `--workers` the number of threads (default: one for each core), `--prefixes` how many prefixes of
 * each log are replayed besides the whole (default 2; `all` for every one). With a violation it exits with 1 and prints
 * the seed; `--seed <seed> --only` runs that seed alone and tells the whole story.
 */

import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import type { Prefixes } from "../src/testing/chaos/replays.ts";
import { surviveChaos } from "../src/testing/chaos/chaos.ts";
import { SoakFigures, type SoakResult } from "./soak-figures.ts";

const { values: options } = parseArgs({
  options: {
    minutes: { type: "string", default: "10" },
    faults: { type: "string" },
    seed: { type: "string", default: "1" },
    workers: { type: "string", default: String(availableParallelism()) },
    prefixes: { type: "string", default: "2" },
    only: { type: "boolean", default: false },
  },
});

// Failures that are made on purpose are not logged; see `isDevelopment`.
process.env["NODE_ENV"] = "test";

const PROGRESS_MS = 30_000;
/** Seeds that one thread runs before it asks for more. */
const BATCH = 10;

const firstSeed = Number(options.seed);
const prefixes: Prefixes = options.prefixes === "all" ? "ALL" : Number(options.prefixes);

if (options.only) await tell();
else await soak();

async function tell(): Promise<void> {
  try {
    const { executions, commits, faults } = await surviveChaos({ seed: firstSeed, prefixes });
    console.log(`seed ${firstSeed} breaks nothing: ${executions} executions, ${commits} commits`);
    for (const [kind, count] of faults) console.log(`  ${kind}: ${count}`);
  } catch (error) {
    console.log(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}

async function soak(): Promise<void> {
  const figures = new SoakFigures();
  const deadline = Date.now() + Number(options.minutes) * 60_000;
  const mostFaults = Number(options.faults ?? Number.POSITIVE_INFINITY);
  let nextSeed = firstSeed;
  const next = (): number | undefined => {
    if (Date.now() >= deadline || figures.faults >= mostFaults) return undefined;
    const seed = nextSeed;
    nextSeed += BATCH;
    return seed;
  };
  const progress = setInterval(() => console.log(figures.progress()), PROGRESS_MS);
  await Promise.all(Array.from({ length: Number(options.workers) }, () => work(next, figures)));
  clearInterval(progress);
  console.log(figures.table());
  process.exitCode = figures.violations === 0 ? 0 : 1;
}

/** One thread, until there are no more seeds for it. */
function work(next: () => number | undefined, figures: SoakFigures): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./soak-worker.ts", import.meta.url), { workerData: { prefixes } });
    const give = (): void => {
      const seed = next();
      if (seed === undefined) void worker.terminate().then(() => resolve());
      else worker.postMessage({ seed, count: BATCH });
    };
    worker.on("message", (results: readonly SoakResult[]) => {
      for (const result of results) figures.add(result);
      for (const { seed, violations } of results)
        for (const { promise, what } of violations) console.log(`seed ${seed} breaks ${promise}: ${what}`);
      give();
    });
    worker.on("error", reject);
    give();
  });
}
