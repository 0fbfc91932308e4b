/**
 * `npm run bench` measures and rewrites the figures of docs/performance.md. Rounds are interleaved: every case runs once
 * in each of them. `--rounds 3` changes their number, `--only steps,replay` what is measured, and with that nothing is
 * written. `--patience 60` waits so many seconds at most before each case for the machine to be idle.
 */

import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { dynamodb } from "./dynamodb-section.ts";
import { untilIdle } from "./idle.ts";
import { lambda } from "./lambda-section.ts";
import { writePage } from "./page.ts";
import { Samples } from "./samples.ts";
import { BenchBrowser } from "./browser.ts";
import { consoleFrames } from "./console-sections.ts";
import { Places } from "./places.ts";
import { playgroundArrival, playgroundFrames } from "./playground-sections.ts";
import { durableObjects, fanOut, memory, replay, type Section, steps } from "./sections.ts";
import { sizesTable } from "./sizes.ts";
import { tabFanOut, tabMemory, tabReplay, tabResume, tabSteps } from "./tab-sections.ts";

const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    only: { type: "string" },
    patience: { type: "string", default: "0" },
  },
});

async function measure(sections: readonly Section[], rounds: number): Promise<Map<Section, Samples>> {
  const measured = new Map(sections.map((section) => [section, new Samples()]));
  for (let round = 1; round <= rounds; round++) {
    for (const [section, samples] of measured) {
      await untilIdle(Number(options.patience));
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

const everywhere: Readonly<Record<string, (places: Places) => Section | Promise<Section>>> = {
  steps: () => steps,
  replay: () => replay,
  "fan-out": () => fanOut,
  "durable-objects": async (places) => durableObjects(await places.worker()),
  memory: () => memory,
  lambda: () => lambda,
  dynamodb: () => dynamodb,
};

const inBrowser: typeof everywhere = {
  "tab-steps": async (places) => tabSteps(await places.tab()),
  "tab-fan-out": async (places) => tabFanOut(await places.tab()),
  "tab-replay": async (places) => tabReplay(await places.tab()),
  "tab-resume": async (places) => tabResume(await places.tab()),
  "tab-memory": async (places) => tabMemory(await places.tab()),
  playground: async (places) => playgroundArrival(await places.playground()),
  frames: async (places) => playgroundFrames(await places.playground()),
  console: async (places) => consoleFrames(await places.console()),
};

async function run(): Promise<void> {
  const rounds = Number(options.rounds);
  const load = loadavg()[0] ?? 0;
  const missing = await BenchBrowser.missing();
  const all = { ...everywhere, ...(missing === undefined && inBrowser) };
  const chosen = options.only?.split(",") ?? Object.keys(all);
  const places = new Places();
  try {
    const sections: Section[] = [];
    for (const name of chosen) {
      const section = await all[name]?.(places);
      if (section === undefined) throw new Error(`There is no section "${name}" here: ${missing ?? "see main.ts"}`);
      sections.push(section);
    }
    const measured = await measure(sections, rounds);
    const parts = [...measured].map(([section, samples]) => `### ${section.title}\n\n${section.show(samples)}`);
    if (options.only === undefined) {
      if (missing !== undefined) parts.push(`### In a tab\n\nNot measured: ${missing}.`);
      parts.push(`### Sizes\n\n${await sizesTable()}`);
    }
    const text = [circumstances(rounds, load), ...parts].join("\n\n");
    console.log(text);
    if (options.only === undefined) writePage(text);
  } finally {
    await places.stop();
  }
}

await run();
