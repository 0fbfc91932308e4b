/**
 * `npm run bench` measures and rewrites the figures of docs/performance.md. Rounds are interleaved: every case runs once
 * in each of them. `--rounds 3` changes their number, `--only steps,replay` what is measured, and with that nothing is
 * written.
 */

import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { writePage } from "./page.ts";
import { Samples } from "./samples.ts";
import { durableObjects, fanOut, memory, replay, type Section, steps } from "./sections.ts";
import { sizesTable } from "./sizes.ts";
import { BenchWorker } from "./workerd.ts";

const { values: options } = parseArgs({
  options: { rounds: { type: "string", default: "5" }, only: { type: "string" } },
});

async function measure(sections: readonly Section[], rounds: number): Promise<Map<Section, Samples>> {
  const measured = new Map(sections.map((section) => [section, new Samples()]));
  for (let round = 1; round <= rounds; round++) {
    for (const [section, samples] of measured) {
      console.error(`round ${round} of ${rounds}: ${section.title}`);
      samples.add(await section.round());
    }
  }
  return measured;
}

/** Where and when, so that nobody takes these figures for others. */
function circumstances(rounds: number, load: number): string {
  const processors = cpus();
  const date = new Date().toISOString().slice(0, 10);
  return [
    `Measured on ${date} with \`npm run bench\`: ${rounds} rounds, the median of them and [the least..the most].`,
    `${processors.length} cores (${processors[0]?.model ?? "unknown"}), Node ${process.versions.node}, ` +
      `${process.platform} ${process.arch}; load average ${load.toFixed(1)} as it began.`,
  ].join("\n");
}

async function run(): Promise<void> {
  const rounds = Number(options.rounds);
  const load = loadavg()[0] ?? 0;
  const worker = await BenchWorker.start();
  const all: Readonly<Record<string, Section>> = {
    steps,
    replay,
    "fan-out": fanOut,
    "durable-objects": durableObjects(worker),
    memory,
  };
  const chosen = options.only?.split(",") ?? Object.keys(all);
  try {
    const sections = chosen.flatMap((name) => all[name] ?? []);
    const measured = await measure(sections, rounds);
    const parts = [...measured].map(([section, samples]) => `### ${section.title}\n\n${section.show(samples)}`);
    if (options.only === undefined) parts.push(`### Sizes\n\n${await sizesTable()}`);
    const text = [circumstances(rounds, load), ...parts].join("\n\n");
    console.log(text);
    if (options.only === undefined) writePage(text);
  } finally {
    await worker.stop();
  }
}

await run();
