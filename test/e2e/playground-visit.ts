/** Visits to the built playground, for one test file: fails a test whose page had an error. */

import axe from "axe-core";
import type { BrowserContext, Locator, Page } from "playwright";
import { afterAll, afterEach } from "vitest";
import { openPlayground, type PlaygroundBrowser } from "./playground-browser.ts";

const playground: PlaygroundBrowser | undefined = await openPlayground();
/** How long anything may take to be seen: only what hangs is to fail, however slow the machine. */
const TIMEOUT_MS = 30_000;
let visitor: BrowserContext;
/** The page of `revisit`, while its visitor stays. */
let known: Page | undefined;
const troubles: string[] = [];

afterAll(() => playground?.close());

afterEach(async () => {
  if (known === undefined) await visitor.close();
  const errors = troubles.splice(0);
  if (errors.length > 0) throw new Error(`Errors in the page: ${errors.join("; ")}`);
});

export interface VisitOptions extends NonNullable<Parameters<PlaygroundBrowser["visitor"]>[0]> {
  /** Loads TypeScript, which costs seconds: for tests of what the editor knows. */
  readonly hasTypes?: boolean;
}

export async function visit({ hasTypes = false, ...options }: VisitOptions = {}): Promise<Page> {
  if (known !== undefined) await visitor.close();
  known = undefined;
  visitor = await playground!.visitor({ viewport: { width: 1280, height: 900 }, ...options });
  if (!hasTypes) await visitor.route(/language\.worker/, (route) => route.abort());
  return newTab(playground!.url);
}

/** The page of the test before, with types: for tests that write all the code that they look at. */
export async function revisit(): Promise<Page> {
  if (known !== undefined) return known;
  const page = await visit({ hasTypes: true });
  known = page;
  return page;
}

/** Of somebody else, who has never been here, by a link. The visitor before leaves. */
export async function anotherVisit(url: string): Promise<Page> {
  await visitor.close();
  known = undefined;
  visitor = await playground!.visitor();
  return newTab(url);
}

export async function newTab(url: string): Promise<Page> {
  const page = await visitor.newPage();
  page.setDefaultTimeout(TIMEOUT_MS);
  page.on("pageerror", (error) => troubles.push(error.message));
  await page.goto(url);
  return page;
}

export const press = (page: Page, name: string): Promise<void> =>
  page.getByRole("button", { name, exact: true }).click();
export const row = (page: Page, name: RegExp): Locator => page.getByRole("option", { name });
export const says = (page: Page, text: string | RegExp): Promise<void> => page.getByText(text).first().waitFor();
/** Waits until a button has the keyboard. */
export const focused = (page: Page, name: string): Promise<void> =>
  page.getByRole("button", { name, exact: true }).and(page.locator(":focus")).waitFor();
export const openExample = async (page: Page, title: string): Promise<void> => {
  await page.getByLabel("Example").selectOption({ label: title });
};

/** As a person pastes it: filling the element from outside would race with the editor. */
export async function setCode(page: Page, code: string): Promise<void> {
  await page.getByLabel("Workflow code").press("ControlOrMeta+a");
  await page.keyboard.insertText(code);
}

/** What axe finds wrong with the page as it is. */
export async function violations(page: Page): Promise<readonly string[]> {
  // Not as a script tag: the page's policy lets no foreign script in.
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { violations: found } = await (globalThis as unknown as { axe: typeof axe }).axe.run();
    return found.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
  });
}
