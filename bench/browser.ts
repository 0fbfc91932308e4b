/** A real Chromium with its profile on the disk, as a person has one: a private window would keep its data in memory. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium, type Page } from "playwright";
import { findChromium } from "../scripts/find-chromium.ts";

/** A screen that a playground is looked at on. */
const VIEWPORT = { width: 1280, height: 900 };

export class BenchBrowser {
  readonly #context: BrowserContext;
  readonly #profile: string;

  private constructor(context: BrowserContext, profile: string) {
    this.#context = context;
    this.#profile = profile;
  }

  /** Why there is none here, if there is none. */
  static async missing(): Promise<string | undefined> {
    const found = await findChromium();
    return found.found ? undefined : found.reason;
  }

  static async start(): Promise<BenchBrowser> {
    const found = await findChromium();
    if (!found.found) throw new Error(found.reason);
    const profile = await mkdtemp(join(tmpdir(), "perdure-bench-"));
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: found.executablePath,
      args: [...found.args],
      env: { ...process.env, ...found.env },
      viewport: VIEWPORT,
    });
    return new BenchBrowser(context, profile);
  }

  async open(url: string): Promise<Page> {
    const page = await this.#context.newPage();
    await page.goto(url);
    return page;
  }

  /** Bytes in use in a page once everything that can be collected is. */
  async heapInUse(page: Page): Promise<number> {
    const session = await this.#context.newCDPSession(page);
    await session.send("HeapProfiler.collectGarbage");
    await session.send("HeapProfiler.collectGarbage");
    const { usedSize } = await session.send("Runtime.getHeapUsage");
    await session.detach();
    return usedSize;
  }

  /** What some work in a page takes of its thread, in ms: what else the machine does is not in it. */
  async threadTime(page: Page, work: () => Promise<void>): Promise<number> {
    const session = await this.#context.newCDPSession(page);
    await session.send("Performance.enable", { timeDomain: "threadTicks" });
    const taken = async (): Promise<number> => {
      const { metrics } = await session.send("Performance.getMetrics");
      return metrics.find(({ name }) => name === "TaskDuration")?.value ?? Number.NaN;
    };
    const before = await taken();
    await work();
    const after = await taken();
    await session.detach();
    return (after - before) * 1000;
  }

  /** Forgets what was loaded before. */
  async clearCache(page: Page): Promise<void> {
    const session = await this.#context.newCDPSession(page);
    await session.send("Network.clearBrowserCache");
    await session.detach();
  }

  async stop(): Promise<void> {
    await this.#context.close();
    await rm(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
