/** How smoothly a page moves what is in it. */

import type { Page } from "playwright";
import type { BenchBrowser } from "./browser.ts";

/** What is done while frames are counted. */
export type Motion = "idle" | "scrolling" | "scrubbing";

export interface Frames {
  /** A second. */
  readonly rate: number;
  /** Of the page's thread for each frame, in ms. */
  readonly work: number;
}

export interface FramesOptions {
  readonly motion: Motion;
  readonly seconds: number;
  /** What is scrolled, as a selector. */
  readonly scroller: string;
}

export async function framesIn(browser: BenchBrowser, page: Page, options: FramesOptions): Promise<Frames> {
  let frames = 0;
  const work = await browser.threadTime(page, async () => {
    frames = await page.evaluate<number>(`(${countFrames.toString()})(${JSON.stringify(options)})`);
  });
  return { rate: frames / options.seconds, work: work / frames };
}

/** Runs in the page: moves something in every frame, and counts the frames that come of it. */
function countFrames({ motion, seconds, scroller }: FramesOptions): Promise<number> {
  const list = document.querySelector<HTMLElement>(scroller);
  // Asked once: asking in every frame would have the page laid out twice.
  const length = list?.scrollHeight ?? 0;
  const range = document.querySelector<HTMLInputElement>(".scrubber input");
  const moves: Record<string, (part: number) => void> = {
    idle: () => {},
    scrolling: (part) => list?.scrollTo({ top: part * length }),
    scrubbing: (part) => {
      if (range === null) return;
      range.valueAsNumber = Math.round((1 - part) * Number(range.max));
      range.dispatchEvent(new Event("input", { bubbles: true }));
    },
  };
  return new Promise((resolve) => {
    const begun = performance.now();
    let frames = 0;
    const frame = (): void => {
      const part = (performance.now() - begun) / (seconds * 1000);
      if (part >= 1) return resolve(frames);
      frames++;
      moves[motion]?.(part);
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
}
