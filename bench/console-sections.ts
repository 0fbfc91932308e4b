/** What is measured of the console, and how it is shown. */

import type { BenchConsole, Scene } from "./console.ts";
import { frameFigures, lostFrames } from "./playground-sections.ts";
import { spread } from "./samples.ts";
import type { Section } from "./sections.ts";
import { table } from "./table.ts";

export const CONSOLE_SIZE = { executions: 100_000, operations: 10_000 } as const;
const SECONDS = 3;

const SCENES: Readonly<Record<Scene | "idle", string>> = {
  idle: "idle",
  list: `a list of ${CONSOLE_SIZE.executions.toLocaleString("en")} executions is scrolled`,
  timeline: `the timeline of ${CONSOLE_SIZE.operations.toLocaleString("en")} operations is scrolled`,
  tree: "their tree is scrolled",
  graph: "their graph, as of each commit, while the log is scrubbed",
};

export function consoleFrames(console: BenchConsole): Section {
  return {
    title: "The console, over an emulator with all of it on the disk",
    async round() {
      const { read, ...scenes } = await console.frames(SECONDS);
      const figures = Object.entries(scenes).map(([name, frames]) => frameFigures(name, frames));
      return Object.assign({ read: read / 1000 }, ...figures) as Record<string, number>;
    },
    show(samples) {
      const rows = Object.entries(SCENES).map(([name, title]) => [
        title,
        spread(samples.values(`${name} rate`)),
        spread(lostFrames(samples, name)),
        spread(samples.values(`${name} work`)),
      ]);
      const frames = table(["", "frames a second", "fewer than idle, %", "the page's thread, ms a frame"], rows);
      return `${frames}\n\nThe whole list is read in ${spread(samples.values("read"))} s.`;
    },
  };
}
