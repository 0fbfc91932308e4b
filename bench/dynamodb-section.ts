/** What the home on AWS does over dynalite, which stands in for DynamoDB on this machine. */

import { runCase } from "./case.ts";
import { type Samples, spread } from "./samples.ts";
import type { Section } from "./sections.ts";
import { table } from "./table.ts";

const STEPS = 1000;
const WAKES = 200;

export const dynamodb: Section = {
  title: "On DynamoDB, by dynalite",
  async round() {
    return { ...(await runCase("perdure-dynamodb", STEPS)), ...(await runCase("perdure-wakes", WAKES)) };
  },
  show(samples) {
    return [times(samples), traffic(samples)].join("\n\n");
  },
};

function times(samples: Samples): string {
  const figure = (key: string): string => spread(samples.values(key));
  return table(
    ["", "", "/ the bare put"],
    [
      ["a bare put of an item of a step's size, ms", figure("put"), ""],
      ["a step that does nothing, ms", figure("step"), spread(samples.ratios("step", "put"))],
      ["10,000 steps read from the table, until the handler runs, ms", figure("load"), ""],
      ["their replay, ms", figure("replay"), ""],
      ["executions of one step, woken and run a second, 4 calls at a time", figure("wakes"), ""],
    ],
  );
}

function traffic(samples: Samples): string {
  const row = (title: string, what: string): string[] => [
    title,
    spread(samples.values(`${what} requests`)),
    spread(samples.values(`${what} units`)),
    spread(samples.values(`${what} bytes`).map((bytes) => bytes / 1000)),
  ];
  return table(
    ["an execution of 1,000 steps", "requests", "write units", "kB sent"],
    [
      row("one after the other", "sequence"),
      row("at once, by `Promise.all`", "atOnce"),
      row("at once, by `context.map`", "mapped"),
    ],
  );
}
