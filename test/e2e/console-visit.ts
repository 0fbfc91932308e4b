/** A person at the console's page who has no mouse. */

import axe from "axe-core";
import { chromium as playwright, type Browser, type BrowserContextOptions, type Page } from "playwright";
import { vi } from "vitest";
import { chromium } from "./in-chromium.ts";

/** Only what hangs is to fail, however slow the machine. */
const TIMEOUT_MS = 60_000;
/** Whatever cannot be reached with so many presses is out of reach. */
const MOST_TABS = 60;

export function launchChromium(): Promise<Browser> {
  if (!chromium.found) throw new Error(chromium.reason);
  const { executablePath, args, env } = chromium;
  return playwright.launch({ executablePath, args: [...args], env: { ...process.env, ...env } });
}

export class Visitor implements AsyncDisposable {
  readonly page: Page;
  readonly #troubles: string[] = [];

  private constructor(page: Page) {
    this.page = page;
    page.setDefaultTimeout(TIMEOUT_MS);
    page.on("pageerror", (error) => this.#troubles.push(error.message));
  }

  static async open(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Visitor> {
    const context = await browser.newContext({
      ...{ viewport: { width: 1280, height: 860 }, reducedMotion: "reduce" },
      ...options,
    });
    const visitor = new Visitor(await context.newPage());
    await visitor.page.goto(url);
    return visitor;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.page.context().close();
    if (this.#troubles.length > 0) throw new Error(`Errors in the page: ${this.#troubles.join("; ")}`);
  }

  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  async type(text: string): Promise<void> {
    await this.page.keyboard.type(text);
  }

  /** Goes on with the Tab key until something with that name has the keyboard. */
  async tabTo(name: string): Promise<void> {
    for (let tabs = 0; tabs < MOST_TABS; tabs++) {
      if ((await this.#focused()) === name) return;
      await this.page.keyboard.press("Tab");
    }
    throw new Error(`“${name}” cannot be reached with the Tab key.`);
  }

  /** Presses a button, as soon as it is there. */
  async activate(name: string): Promise<void> {
    await this.page.getByRole("button", { name, exact: true }).waitFor();
    await this.tabTo(name);
    await this.press("Enter");
  }

  /** Waits until something with that name has the keyboard. */
  async isOn(name: string | RegExp): Promise<void> {
    // Of nothing in particular the text is that of the whole page, in which there may be any name.
    const isNamed = (text: string): boolean => (typeof name === "string" ? text === name : name.test(text));
    await vi.waitUntil(async () => isNamed(await this.#focused()), { timeout: TIMEOUT_MS });
  }

  async sees(text: string | RegExp): Promise<void> {
    await this.page.getByText(text).first().waitFor();
  }

  /** Narrows the list down to a name, and opens the first of it. */
  async openNamed(name: string): Promise<void> {
    await this.page.getByRole("listbox", { name: "Executions" }).waitFor();
    await this.press("/");
    await this.type(name);
    await this.sees(/^1 execution\b/);
    await this.press("Enter", "ArrowDown", "Enter");
    await this.sees(name);
    await this.page.getByRole("heading", { name, exact: true }).waitFor();
  }

  /** What axe finds wrong with the page as it is. */
  async violations(): Promise<readonly string[]> {
    await this.page.evaluate(axe.source);
    return this.page.evaluate(async () => {
      const { violations: found } = await (globalThis as unknown as { axe: typeof axe }).axe.run();
      return found.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
    });
  }

  /** How far the page is wider than its window. */
  overflow(): Promise<number> {
    return this.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  }

  /** By its label, or what stands on it. */
  #focused(): Promise<string> {
    return this.page.evaluate(() => {
      const { activeElement: element } = document;
      const label =
        element instanceof HTMLInputElement || element instanceof HTMLSelectElement ? element.labels?.[0] : undefined;
      const isSelect = element instanceof HTMLSelectElement;
      const labelText = (isSelect ? label?.firstChild : label)?.textContent ?? undefined;
      return (element?.getAttribute("aria-label") ?? labelText ?? element?.textContent ?? "").trim();
    });
  }
}
