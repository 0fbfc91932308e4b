/** The benchmark's page in a real browser: bundled as an application would be, and served from an origin of its own. */

import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Page } from "playwright";
import { type LoopbackServer, serveOnLoopback } from "../demo/stand-ins/loopback-server.ts";
import type { BenchBrowser } from "./browser.ts";
import type { TabBench } from "./tab/page.ts";

const DOCUMENT =
  '<!doctype html><meta charset="utf-8"><title>bench</title><script type="module" src="/page.js"></script>';

export class BenchTab {
  readonly #browser: BenchBrowser;
  readonly #server: LoopbackServer;

  private constructor(browser: BenchBrowser, server: LoopbackServer) {
    this.#browser = browser;
    this.#server = server;
  }

  static async start(browser: BenchBrowser): Promise<BenchTab> {
    const files = await bundle();
    const server = await serveOnLoopback(async ({ path: [name = ""] }) => {
      const file = files.get(name);
      if (name !== "" && file === undefined) return { status: 404 };
      const headers = { "content-type": file === undefined ? "text/html" : "text/javascript" };
      return { status: 200, headers, body: file ?? DOCUMENT };
    }, 0);
    return new BenchTab(browser, server);
  }

  /** Does one thing in a page that was just opened. */
  async measure<Name extends keyof TabBench>(
    name: Name,
    ...parameters: Parameters<TabBench[Name]>
  ): Promise<Awaited<ReturnType<TabBench[Name]>>> {
    const page = await this.#open();
    const answer = await call(page, name, parameters);
    await page.close();
    return answer;
  }

  /** Bytes that a page holds for each of so many steps of an execution that is not over. */
  async bytesPerStep(steps: number): Promise<number> {
    const page = await this.#open();
    // Once before, so that what a page has once is not counted.
    await call(page, "hold", [100]);
    const before = await this.#browser.heapInUse(page);
    await call(page, "hold", [steps]);
    const after = await this.#browser.heapInUse(page);
    await page.close();
    return (after - before) / steps;
  }

  async stop(): Promise<void> {
    await this.#server.close();
  }

  async #open(): Promise<Page> {
    // localhost is a secure context, with locks and storage.
    const page = await this.#browser.open(this.#server.url.replace("127.0.0.1", "localhost"));
    await page.waitForFunction("globalThis.tabBench !== undefined");
    return page;
  }
}

async function call<Name extends keyof TabBench>(
  page: Page,
  name: Name,
  parameters: Parameters<TabBench[Name]>,
): Promise<Awaited<ReturnType<TabBench[Name]>>> {
  const expression = `tabBench.${name}(...${JSON.stringify(parameters)})`;
  return page.evaluate<Awaited<ReturnType<TabBench[Name]>>>(expression);
}

async function bundle(): Promise<ReadonlyMap<string, string>> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("tab/page.ts", import.meta.url))],
    bundle: true,
    splitting: true,
    minify: true,
    write: false,
    format: "esm",
    platform: "browser",
    target: "es2022",
    outdir: "site",
  });
  return new Map(outputFiles.map(({ path, text }) => [path.split("/").at(-1) ?? path, text]));
}
