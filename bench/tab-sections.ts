/** What is measured in a browser's tab, and how it is shown. */

import { type Figures, median } from "./case.ts";
import { spread } from "./samples.ts";
import type { Section } from "./sections.ts";
import type { BenchTab } from "./tab.ts";
import { table } from "./table.ts";

const DURABILITIES = ["relaxed", "strict"] as const;
/** Steps and bare writes take turns in blocks of some milliseconds: what disturbs one of a pair disturbs the other. */
const PAIRS = 100;
const BLOCK_STEPS = 10;
const FANNED_OUT = 1000;
const FAN_OUT_RUNS = 3;
const REPLAYED = 10_000;
const REPLAY_RUNS = 3;
const WAITS = 5;
const HELD = 10_000;

export function tabSteps(tab: BenchTab): Section {
  return {
    title: "A step that does nothing, in a tab (IndexedDB)",
    async round() {
      const figures: Record<string, number> = {};
      for (const durability of DURABILITIES) {
        const pairs = await tab.measure("steps", PAIRS, BLOCK_STEPS, durability);
        figures[durability] = (median(pairs.map(({ ours }) => ours)) * 1000) / BLOCK_STEPS;
        figures[`${durability} raw`] = (median(pairs.map(({ raw }) => raw)) * 1000) / BLOCK_STEPS;
        figures[`${durability} ratio`] = median(pairs.map(({ ours, raw }) => ours / raw));
      }
      return figures;
    },
    show(samples) {
      const rows = DURABILITIES.flatMap((durability) => [
        [`raw: a record added, ${durability} durability`, spread(samples.values(`${durability} raw`)), "1.00"],
        [
          `a step, ${durability} durability`,
          spread(samples.values(durability)),
          spread(samples.values(`${durability} ratio`)),
        ],
      ]);
      return table(["", "us", "/ the raw one"], rows);
    },
  };
}

export function tabFanOut(tab: BenchTab): Section {
  const count = FANNED_OUT.toLocaleString("en");
  return {
    title: `${count} steps at once, in a tab`,
    async round() {
      const packed = await tab.measure("packed", FANNED_OUT, FAN_OUT_RUNS);
      const figures: Record<string, number> = { packed: median(packed) };
      for (const kind of ["map", "all"] as const) {
        const runs = await tab.measure("fanOutRuns", kind, FANNED_OUT, FAN_OUT_RUNS);
        figures[kind] = median(runs.map(({ ours }) => ours));
        figures[`${kind} raw`] = median(runs.map(({ raw }) => raw));
        figures[`${kind} commits`] = median(runs.map(({ commits }) => commits));
      }
      return figures;
    },
    show(samples) {
      const shown = (title: string, what: string): string[] => [
        title,
        spread(samples.values(`${what} commits`)),
        spread(samples.values(what)),
        spread(samples.values(`${what} raw`)),
        spread(samples.ratios(what, `${what} raw`)),
        spread(samples.ratios(what, "packed")),
      ];
      const head = ["", "commits", "ms", "raw: those commits, ms", "/ those", `/ ${count} records in one transaction`];
      const packed = [`raw: ${count} records in one transaction`, "", spread(samples.values("packed")), "", "", "1.00"];
      return table(head, [
        packed,
        shown("`context.map` with a step in each item", "map"),
        shown("`Promise.all` of steps", "all"),
      ]);
    },
  };
}

export function tabReplay(tab: BenchTab): Section {
  let isPrepared = false;
  return {
    title: `Replay of ${REPLAYED.toLocaleString("en")} completed steps, in a tab that was just opened`,
    async round() {
      if (!isPrepared) await tab.measure("prepare", REPLAYED);
      isPrepared = true;
      const runs: Figures[] = [];
      while (runs.length < REPLAY_RUNS) {
        const { load, replay } = await tab.measure("replay");
        runs.push({ load, replay, total: load + replay, read: await tab.measure("read", REPLAYED) });
      }
      return medians(runs);
    },
    show(samples) {
      const shown = (title: string, key: string): string[] => [title, spread(samples.values(key))];
      return table(
        ["", "ms"],
        [
          shown("raw: as many records read, page by page", "read"),
          shown("until the handler runs", "load"),
          shown("from there to the last step", "replay"),
          shown("both", "total"),
        ],
      );
    },
  };
}

export function tabResume(tab: BenchTab): Section {
  return {
    title: "Going on after a wait of a second, in a tab that stayed open",
    async round() {
      const waits = await tab.measure("resume", WAITS);
      return { ours: mean(waits.map(({ ours }) => ours)), raw: mean(waits.map(({ raw }) => raw)) };
    },
    show(samples) {
      return table(
        ["", "ms late"],
        [
          ["raw: `setTimeout`", spread(samples.values("raw"))],
          ["`context.wait`", spread(samples.values("ours"))],
        ],
      );
    },
  };
}

export function tabMemory(tab: BenchTab): Section {
  return {
    title: "What a live execution holds in a tab's memory",
    round: async () => ({ bytes: await tab.bytesPerStep(HELD) }),
    show: (samples) => table(["", "bytes a step"], [["perdure", spread(samples.values("bytes"))]]),
  };
}

function medians(runs: readonly Figures[]): Figures {
  const names = Object.keys(runs[0] ?? {});
  return Object.fromEntries(names.map((name) => [name, median(runs.map((run) => run[name] ?? Number.NaN))]));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
