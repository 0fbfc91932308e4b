/** Pictures of the documentation: what is common to those of the console and of the playground. */

import type { Browser, Page } from "playwright";
import { smallerPng } from "./smaller-png.ts";

export interface Picture {
  /** Of its file in docs/images, without the ending. */
  readonly name: string;
  /** Of the window, in px: the picture is as large. */
  readonly size: { readonly width: number; readonly height: number };
  /** Brings a page, which is open at the right address, to what the picture shows. */
  readonly show: (page: Page) => Promise<void>;
}

/** Only what hangs is to fail, however slow the machine. */
const TIMEOUT_MS = 60_000;

/** The page as a first visitor sees it, as PNG. */
export async function take({ size, show }: Picture, browser: Browser, url: string): Promise<Buffer> {
  const context = await browser.newContext({
    ...{ viewport: size, colorScheme: "light", reducedMotion: "reduce", locale: "en-US", timezoneId: "UTC" },
  });
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(TIMEOUT_MS);
    await page.goto(url);
    await show(page);
    // The element below the mouse would be marked.
    await page.mouse.move(size.width - 1, size.height - 1);
    return smallerPng(await page.screenshot({ animations: "disabled", caret: "hide" }));
  } finally {
    await context.close();
  }
}
