/** The built playground in a real Chromium. */

import { chromium as playwright, type Browser, type BrowserContext } from "playwright";
import { inject } from "vitest";
import { chromium } from "./in-chromium.ts";

export interface PlaygroundBrowser {
  readonly url: string;
  readonly browser: Browser;
  /** A visitor with storage of its own. */
  visitor(options?: Parameters<Browser["newContext"]>[0]): Promise<BrowserContext>;
  close(): Promise<void>;
}

/** Undefined where there is no Chromium. */
export async function openPlayground(): Promise<PlaygroundBrowser | undefined> {
  if (!chromium.found) return undefined;
  const url = inject("playground");
  const answered = await fetch(url);
  if (!answered.ok) throw new Error(await answered.text());
  const browser = await playwright.launch({
    executablePath: chromium.executablePath,
    args: [...chromium.args],
    env: { ...process.env, ...chromium.env },
  });
  return {
    url,
    browser,
    // Pictures that move are drawn by the processor here, as long as they are in sight.
    visitor: (options) => browser.newContext({ reducedMotion: "reduce", ...options }),
    close: () => browser.close(),
  };
}
