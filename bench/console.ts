/** The console of an emulator with a long list and a long execution, as an operator has it on the screen. */

import type { Page } from "playwright";
import { EmulatorWorld, LONG_ORDER } from "../test/e2e/console-emulator.ts";
import type { BenchBrowser } from "./browser.ts";
import { type Frames, framesIn, type Motion } from "./frames.ts";

/** For what is no part of the figures, on a machine that has other things to do, in ms. */
const PATIENCE_MS = 180_000;

/** What is on the screen while it moves. */
export type Scene = "list" | "timeline" | "tree" | "graph";

export interface ConsoleOptions {
  readonly executions: number;
  readonly operations: number;
}

export class BenchConsole {
  readonly #browser: BenchBrowser;
  readonly #world: EmulatorWorld;

  private constructor(browser: BenchBrowser, world: EmulatorWorld) {
    this.#browser = browser;
    this.#world = world;
  }

  static async start(browser: BenchBrowser, options: ConsoleOptions): Promise<BenchConsole> {
    return new BenchConsole(browser, await EmulatorWorld.open(options));
  }

  /** So many seconds of each, and how long it takes to read the whole list, in ms. */
  async frames(seconds: number): Promise<{ readonly [name in Scene | "idle"]: Frames } & { readonly read: number }> {
    const page = await this.#browser.open(this.#world.link());
    page.setDefaultTimeout(PATIENCE_MS);
    await page.getByText("200 so far").waitFor();
    const count = (motion: Motion): Promise<Frames> =>
      framesIn(this.#browser, page, { motion, seconds, scroller: ".list" });
    const idle = await count("idle");
    const read = await readAll(page);
    const list = await count("scrolling");
    await openLong(page);
    const graph = await count("scrubbing");
    await page.getByRole("button", { name: "Live" }).click();
    await page.getByRole("tab", { name: "Timeline" }).click();
    const timeline = await count("scrolling");
    await page.getByRole("tab", { name: "Tree" }).click();
    const tree = await count("scrolling");
    await page.close();
    return { idle, list, graph, timeline, tree, read };
  }

  async stop(): Promise<void> {
    await this.#world[Symbol.asyncDispose]();
  }
}

async function readAll(page: Page): Promise<number> {
  const began = performance.now();
  await page.getByRole("button", { name: "Mark all that match" }).click();
  await page.getByText(/ marked$/).waitFor();
  return performance.now() - began;
}

async function openLong(page: Page): Promise<void> {
  await page.getByLabel("Name begins with").fill(LONG_ORDER);
  await page.getByText(/^1 execution$/).waitFor();
  await page.getByRole("listbox", { name: "Executions" }).getByRole("option").first().click();
  await page.getByRole("treeitem").first().waitFor();
}
