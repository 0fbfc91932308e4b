/** What is measured of the playground, and how it is shown. */

import { type Figures, median } from "./case.ts";
import type { Frames } from "./frames.ts";
import type { BenchPlayground } from "./playground.ts";
import { type Samples, spread } from "./samples.ts";
import type { Section } from "./sections.ts";
import { table } from "./table.ts";

const VISITS = 3;
const OPERATIONS = 10_000;
const SECONDS = 3;

export function playgroundArrival(playground: BenchPlayground): Section {
  return {
    title: "The playground, from navigation on",
    async round() {
      const visits = [];
      while (visits.length < VISITS) visits.push(await playground.arrivals());
      return {
        "cold shown": median(visits.map(({ cold }) => cold.shown)),
        "cold ready": median(visits.map(({ cold }) => cold.ready)),
        "warm shown": median(visits.map(({ warm }) => warm.shown)),
        "warm ready": median(visits.map(({ warm }) => warm.ready)),
      };
    },
    show(samples) {
      const row = (title: string, what: string): string[] => [
        title,
        spread(samples.values(`cold ${what}`)),
        spread(samples.values(`warm ${what}`)),
      ];
      return table(
        ["", "nothing cached, ms", "cached, ms"],
        [
          row("the code is shown and Run can be pressed", "shown"),
          row("and the worker that runs it is there", "ready"),
        ],
      );
    },
  };
}

export function playgroundFrames(playground: BenchPlayground): Section {
  return {
    title: `The playground with an execution of ${OPERATIONS.toLocaleString("en")} operations`,
    async round() {
      const { idle, scrolling, scrubbing } = await playground.frames(OPERATIONS, SECONDS);
      return {
        ...frameFigures("idle", idle),
        ...frameFigures("scrolling", scrolling),
        ...frameFigures("scrubbing", scrubbing),
      };
    },
    show(samples) {
      const row = (title: string, motion: string): string[] => [
        title,
        spread(samples.values(`${motion} rate`)),
        spread(lostFrames(samples, motion)),
        spread(samples.values(`${motion} work`)),
      ];
      return table(
        ["", "frames a second", "fewer than idle, %", "the page's thread, ms a frame"],
        [row("idle", "idle"), row("its timeline is scrolled", "scrolling"), row("its log is scrubbed", "scrubbing")],
      );
    },
  };
}

export function frameFigures(motion: string, { rate, work }: Frames): Figures {
  return { [`${motion} rate`]: rate, [`${motion} work`]: work };
}

export function lostFrames(samples: Samples, motion: string): number[] {
  return samples.ratios(`${motion} rate`, "idle rate").map((part) => Math.max(0, 1 - part) * 100);
}
