/** What is measured, and how it is shown. */

import { type Figures, median, runCase } from "./case.ts";
import { type Samples, spread } from "./samples.ts";
import { table } from "./table.ts";
import type { BenchWorker } from "./workerd.ts";

export interface Section {
  readonly title: string;
  /** Measures everything in it once. */
  round(): Promise<Figures>;
  show(samples: Samples): string;
}

/** AWS's SDK takes minutes beyond this. */
const MOST_ON_AWS = 10_000;
const STEPS = [100, 1000, 10_000, 100_000];
const REPLAYED = 10_000;
const FANNED_OUT = 1000;
const HELD = 10_000;
const OBJECT_STEPS = 1000;

function prefixed(prefix: string, figures: Figures): Figures {
  return Object.fromEntries(Object.entries(figures).map(([name, value]) => [`${prefix} ${name}`, value]));
}

async function besideAws(what: string, size: number): Promise<Figures> {
  const ours = await runCase(`perdure-${what}`, size);
  return { ...ours, ...prefixed("aws", await runCase(`aws-${what}`, size)) };
}

export const steps: Section = {
  title: "A step that does nothing, in memory",
  async round() {
    const figures: Record<string, number> = {};
    for (const count of STEPS) {
      Object.assign(figures, prefixed(`${count}`, await runCase("perdure-steps", count)));
      if (count > MOST_ON_AWS) continue;
      Object.assign(figures, prefixed(`aws ${count}`, await runCase("aws-steps", count)));
    }
    return figures;
  },
  show(samples) {
    const rows = STEPS.map((count) => {
      const ours = [
        count.toLocaleString("en"),
        spread(samples.values(`${count} step`)),
        spread(samples.ratios(`${count} last`, `${count} first`)),
      ];
      if (count > MOST_ON_AWS) return [...ours, "", "", ""];
      return [
        ...ours,
        spread(samples.values(`aws ${count} step`)),
        spread(samples.ratios(`aws ${count} last`, `aws ${count} first`)),
        spread(samples.ratios(`aws ${count} step`, `${count} step`)),
      ];
    });
    const head = ["steps", "perdure, us a step", "last tenth / first", "AWS's SDK, us a step", "last tenth / first"];
    return table([...head, "AWS's SDK / perdure"], rows);
  },
};

export const replay: Section = {
  title: `Replay of ${REPLAYED.toLocaleString("en")} completed steps`,
  round: () => besideAws("replay", REPLAYED),
  show(samples) {
    return table(
      ["", "perdure, ms", "AWS's SDK, ms", "AWS's SDK / perdure"],
      [
        compared(samples, "until the handler runs", "load"),
        ["the same without the snapshot", spread(samples.values("log")), "", ""],
        compared(samples, "from there to the last step", "replay"),
        compared(samples, "both", "total"),
      ],
    );
  },
};

export const fanOut: Section = {
  title: `${FANNED_OUT.toLocaleString("en")} steps at once, in memory`,
  round: () => besideAws("fan-out", FANNED_OUT),
  show(samples) {
    return table(
      ["", "perdure, ms", "AWS's SDK, ms", "AWS's SDK / perdure"],
      [
        compared(samples, "`context.map` with a step in each item", "map"),
        compared(samples, "`Promise.all` of steps", "all"),
      ],
    );
  },
};

function compared(samples: Samples, what: string, key: string): string[] {
  return [
    what,
    spread(samples.values(key)),
    spread(samples.values(`aws ${key}`)),
    spread(samples.ratios(`aws ${key}`, key)),
  ];
}

export const memory: Section = {
  title: "What a live execution holds in memory",
  async round() {
    return {
      ...prefixed("live", await runCase("perdure-memory", HELD)),
      ...prefixed("stored", await runCase("perdure-stored", HELD)),
      ...prefixed("aws", await runCase("aws-memory", HELD)),
    };
  },
  show(samples) {
    return table(
      ["", "bytes a step"],
      [
        ["perdure", spread(samples.values("live bytes"))],
        ["perdure, with the log in its memory store", spread(samples.values("stored bytes"))],
        ["AWS's SDK, with the operations of its client", spread(samples.values("aws bytes"))],
      ],
    );
  },
};

const OBJECT_RUNS = 3;
const OBJECT_CASES = ["raw", "steps", "raw-calls", "calls"] as const;

async function runObjects(worker: BenchWorker): Promise<Figures> {
  const figures: Record<string, number> = {};
  for (const what of OBJECT_CASES) {
    const { ms, rows } = await worker.measure(what, OBJECT_STEPS);
    figures[what] = (ms * 1000) / OBJECT_STEPS;
    figures[`${what} rows`] = rows / OBJECT_STEPS;
  }
  return figures;
}

/** In Durable Objects: each case in an object of its own, one after the other, a few times in every round. */
export function durableObjects(worker: BenchWorker): Section {
  return {
    title: "A step in a Durable Object",
    async round() {
      const runs: Figures[] = [];
      while (runs.length < OBJECT_RUNS) runs.push(await runObjects(worker));
      const names = Object.keys(runs[0] ?? {});
      return Object.fromEntries(names.map((name) => [name, median(runs.map((run) => run[name] ?? Number.NaN))]));
    },
    show(samples) {
      const row = (title: string, what: string, raw: string): string[] => [
        title,
        spread(samples.values(what)),
        spread(samples.ratios(what, raw)),
        spread(samples.values(`${what} rows`)),
      ];
      return table(
        ["", "us", "/ the raw one", "rows written"],
        [
          row("raw: a row inserted, and `storage.sync()`", "raw", "raw"),
          row("a step that does nothing", "steps", "raw"),
          row("raw: a row inserted, and a call to another object", "raw-calls", "raw-calls"),
          row("a step that calls another object", "calls", "raw-calls"),
        ],
      );
    },
  };
}
