/** One thread of `npm run soak`: runs the seeds that it is given. */

import { parentPort, workerData } from "node:worker_threads";
import { chaos } from "../src/testing/chaos/chaos.ts";
import type { Prefixes } from "../src/testing/chaos/replays.ts";
import type { SoakResult } from "./soak-figures.ts";

const { prefixes } = workerData as { prefixes: Prefixes };
/** Rejections that nobody has handled, of the seed that runs. */
let unhandled: unknown[] = [];
process.on("unhandledRejection", (error) => void unhandled.push(error));

async function run(seed: number): Promise<SoakResult> {
  unhandled = [];
  try {
    const { account, faults, violations, ...counts } = await chaos({ seed, prefixes });
    const unseen = unhandled.map((error) => ({ promise: "FAILURE" as const, what: `unhandled: ${String(error)}` }));
    return { ...counts, faults: [...faults], violations: [...violations, ...unseen] };
  } catch (error) {
    const what = error instanceof Error ? String(error.stack) : String(error);
    const none = { executions: 0, commits: 0, processes: 0, calls: 0, functions: 0 };
    return { seed, ...none, faults: [], violations: [{ promise: "FAILURE", what }] };
  }
}

parentPort?.on("message", ({ seed, count }: { seed: number; count: number }) => {
  void (async () => {
    const results: SoakResult[] = [];
    for (let next = seed; next < seed + count; next++) results.push(await run(next));
    parentPort?.postMessage(results);
  })();
});
