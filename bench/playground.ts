/** The built playground, served as the static site that it is. */

import { mkdtemp, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright";
import { type PreviewServer, preview } from "vite";
import { buildPlayground, playgroundConfig } from "../scripts/build-playground.ts";
import type { BenchBrowser } from "./browser.ts";
import { type Frames, framesIn, type Motion } from "./frames.ts";

/** When a page was ready for its visitor, in ms since the navigation began. */
export interface Arrival {
  /** The code can be read and written, and Run be pressed. */
  readonly shown: number;
  /** The worker that runs it is there too. */
  readonly ready: number;
}

export class BenchPlayground {
  readonly #browser: BenchBrowser;
  readonly #server: PreviewServer;
  readonly #folder: string;

  private constructor(browser: BenchBrowser, server: PreviewServer, folder: string) {
    this.#browser = browser;
    this.#server = server;
    this.#folder = folder;
  }

  static async start(browser: BenchBrowser): Promise<BenchPlayground> {
    const folder = await mkdtemp(join(tmpdir(), "perdure-bench-"));
    await buildPlayground(folder);
    const server = await preview({
      configFile: playgroundConfig,
      logLevel: "silent",
      build: { outDir: folder },
      preview: { port: 0, open: false },
    });
    return new BenchPlayground(browser, server, folder);
  }

  /** One visit with an empty cache, and one right after it. */
  async arrivals(): Promise<{ cold: Arrival; warm: Arrival }> {
    const page = await this.#browser.open("about:blank");
    await page.addInitScript(`(${noteArrival.toString()})()`);
    await this.#browser.clearCache(page);
    const cold = await this.#arrive(page);
    const warm = await this.#arrive(page);
    await page.close();
    return { cold, warm };
  }

  /** So many seconds of each, with an execution of so many operations on the screen. */
  async frames(operations: number, seconds: number): Promise<Readonly<Record<Motion, Frames>>> {
    const page = await this.#browser.open(this.#url);
    await importLog(page, longLog(operations));
    const count = (motion: Motion): Promise<Frames> =>
      framesIn(this.#browser, page, { motion, seconds, scroller: "[role=listbox]" });
    const idle = await count("idle");
    const figures = { idle, scrolling: await count("scrolling"), scrubbing: await count("scrubbing") };
    await page.close();
    return figures;
  }

  async stop(): Promise<void> {
    await this.#server.close();
    await rm(this.#folder, { recursive: true, force: true });
  }

  get #url(): string {
    return `http://localhost:${(this.#server.httpServer.address() as AddressInfo).port}/`;
  }

  async #arrive(page: Page): Promise<Arrival> {
    await page.goto(this.#url);
    const arrival = await page.evaluate<Arrival>("arrival");
    await page.goto("about:blank");
    return arrival;
  }
}

/** Runs in the page, before anything of its own: looks at every frame whether the visitor can begin. */
function noteArrival(): void {
  const arrival = new Promise<Arrival>((resolve) => {
    let shown: number | undefined;
    const look = (): void => {
      const isShown = document.querySelector(".cm-line") !== null && document.querySelector(".run .primary") !== null;
      if (isShown) shown ??= performance.now();
      if (shown === undefined || document.querySelector(".process-running") === null) requestAnimationFrame(look);
      else resolve({ shown, ready: performance.now() });
    };
    requestAnimationFrame(look);
  });
  Object.assign(globalThis, { arrival });
}

async function importLog(page: Page, log: readonly string[]): Promise<void> {
  await page.getByRole("tab", { name: "Executions" }).click();
  const text = JSON.stringify({ format: "perdure-execution", version: 1, log });
  const file = { name: "long.json", mimeType: "application/json", buffer: Buffer.from(text) };
  await page.getByLabel("Import", { exact: true }).setInputFiles(file);
  await page.getByText("Imported").first().waitFor();
  await page.getByRole("tab", { name: "Timeline" }).click();
  await page.getByText(`Commit ${log.length} of ${log.length}`).waitFor();
}

/** Steps in a row, a commit for each. */
function longLog(steps: number): readonly string[] {
  const started = { name: "long", incarnation: "c0ffee", functionName: "absent", version: "1", retentionDays: 14 };
  const log: object[] = [{ v: 1, writer: "w.0", at: 0, facts: [{ kind: "EXECUTION_STARTED", ...started }] }];
  for (let id = 1; id <= steps; id++) {
    const fact = { kind: "SUCCEEDED", id: `${id}`, type: "STEP", name: `step ${id}`, subType: "Step", result: "1" };
    log.push({ v: 1, writer: `w.${id}`, owner: "o", at: id * 10, facts: [fact] });
  }
  return log.map((commit) => JSON.stringify(commit));
}
