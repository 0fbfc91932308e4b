/** The console's built page, against a face: lists, an execution, and what an operator does, with the keyboard alone. */

import axe from "axe-core";
import { chromium as playwright, type Browser, type BrowserContext, type Page } from "playwright";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type ConsoleWorld, openConsoleWorld } from "./console-world.ts";
import { chromium, inChromium } from "./in-chromium.ts";
import { moveUntilWithheld } from "./moving-pointer.ts";

/** Only what hangs is to fail, however slow the machine. */
const TIMEOUT_MS = 30_000;
let world: ConsoleWorld;
let browser: Browser;
let visitor: BrowserContext;
const troubles: string[] = [];

inChromium("the console", () => {
  beforeAll(async () => {
    if (!chromium.found) return;
    world = await openConsoleWorld();
    browser = await playwright.launch({
      executablePath: chromium.executablePath,
      args: [...chromium.args],
      env: { ...process.env, ...chromium.env },
    });
    const { client } = world.host;
    for (let at = 0; at < 300; at++) await client.start({ functionName: "quick", name: `quick-${at}`, input: `${at}` });
    await client.start({ functionName: "failing", name: "bad-1" });
    await client.start({ functionName: "flaky", name: "shop-1" });
    await client.start({ functionName: "order", name: "order-1", input: '{"items":12}' });
  });

  afterAll(async () => {
    await browser?.close();
    await world?.[Symbol.asyncDispose]();
  });

  afterEach(async () => {
    await visitor?.close();
    const errors = troubles.splice(0);
    if (errors.length > 0) throw new Error(`Errors in the page: ${errors.join("; ")}`);
  });

  test("a link lets in once, its secret is in no address, and the token is the tab's alone", async () => {
    const link = world.link();
    const page = await open(link);
    await rowNamed(page, "order-1").waitFor();
    expect(page.url()).toBe(`${world.url}/console/#/`);
    expect(await page.evaluate(() => JSON.stringify({ ...sessionStorage }))).toContain(world.token);
    expect(await page.evaluate(() => `${localStorage.length} ${document.cookie}`)).toBe("0 ");
    await page.reload();
    await rowNamed(page, "order-1").waitFor();
    const second = await open(link);
    await second.getByText("This link has been used").waitFor();
    await second.getByLabel("Bearer token").fill(world.token);
    await second.keyboard.press("Enter");
    await rowNamed(second, "order-1").waitFor();
  });

  test("a host at another address has to allow the page, and the page says how", async () => {
    const page = await open(`${world.url}/console/`);
    await page.getByLabel("Address").fill(world.otherUrl);
    await page.getByLabel("Bearer token").fill(world.token);
    await page.keyboard.press("Enter");
    await page.getByText(`allowedOrigins: ["${world.url}"]`).first().waitFor();
  });

  test("a list is narrowed down, kept in the address, and kept up with what happens", async () => {
    const page = await open(world.link());
    await page.getByText(/^20\d so far/).waitFor();
    await page.getByRole("listbox", { name: "Executions" }).focus();
    await page.keyboard.press("End");
    await page.getByText("303 executions").waitFor();
    await search(page, "quick-29");
    await page.getByText("11 executions").waitFor();
    expect(page.url()).toContain("name=quick-29");
    await world.host.client.start({ functionName: "quick", name: "quick-29-more" });
    await rowNamed(page, "quick-29-more").waitFor();
    await page.getByLabel("Status").selectOption("failed");
    await page.getByText("No execution matches").waitFor();
    await page.getByRole("button", { name: "Clear" }).click();
    await rowNamed(page, "bad-1").waitFor();
  });

  test("a list stands still under the pointer while others start, and a key lets them in", async () => {
    const page = await open(world.link());
    const first = page.getByRole("listbox", { name: "Executions" }).getByRole("option").first();
    await first.waitFor();
    const before = (await first.locator(".cell-title").textContent()) ?? "";
    await first.hover();
    await world.host.client.start({ functionName: "quick", name: "above-1" });
    await moveUntilWithheld(first);
    await page.mouse.down();
    await page.mouse.up();
    await page.getByRole("heading", { name: before, exact: true }).waitFor();
    await page.goBack();
    await rowNamed(page, "above-1").waitFor();
    await first.hover();
    await world.host.client.start({ functionName: "quick", name: "above-2" });
    await moveUntilWithheld(first);
    await page.keyboard.press("Shift");
    await rowNamed(page, "above-2").waitFor();
    // What the other tests look for is not to be far down.
    for (const name of ["above-1", "above-2"]) await world.host.client.purge(`quick/${name}`);
  });

  test("an execution is seen as a graph, by the keyboard, with what it waits for", async () => {
    const page = await open(world.link());
    await openByKeys(page, "order-1");
    await page.getByText("It waits for an answer to “approve shipping”").first().waitFor();
    const graph = page.getByRole("tree", { name: "Operations as a graph" });
    await graph.focus();
    await page.keyboard.press("ArrowDown");
    await page.getByRole("heading", { name: "check order" }).waitFor();
    await page.keyboard.press("ArrowDown");
    await page.getByRole("heading", { name: /reserve (payment|stock)/ }).waitFor();
    await page.keyboard.press("ArrowDown");
    await page.getByRole("heading", { name: "pack items" }).waitFor();
    await graph.getByRole("treeitem", { name: "12 times map-item" }).waitFor();
    expect(page.url()).toContain("operation=");
    for (const tab of ["Timeline", "Tree", "History", "Log"]) {
      await page.getByRole("tab", { name: tab }).click();
      await page
        .getByRole(tab === "Timeline" || tab === "Tree" ? "treeitem" : "option")
        .first()
        .waitFor();
      expect(await violations(page)).toEqual([]);
    }
  });

  test("a slider that is dragged for long is followed by the address", async () => {
    const page = await open(world.link());
    await openByKeys(page, "order-1");
    await page.getByText(/^Commit \d+ of \d+$/).waitFor();
    const { changes, took } = await page.getByRole("slider").evaluate(async (slider: HTMLInputElement) => {
      let changes = 0;
      const change = history.replaceState.bind(history);
      history.replaceState = (...state) => (changes++, change(...state));
      const begun = performance.now();
      for (let move = 0; move <= 400; move++) {
        slider.valueAsNumber = 2 + (move % 3);
        slider.dispatchEvent(new Event("input", { bubbles: true }));
        await new Promise((resolve) => setTimeout(resolve));
      }
      return { changes, took: performance.now() - begun };
    });
    // Safari refuses more than a hundred in ten seconds.
    expect(changes).toBeLessThan(2 + took / 100);
    await page.getByText(/^Commit 3 of/).waitFor();
    await page.waitForURL(/commit=3$/);
    await page.goto("about:blank");
    await page.goBack();
    await page.getByText(/^Commit 3 of/).waitFor();
  });

  test("a link that names no execution says so", async () => {
    const page = await open(world.link());
    await rowNamed(page, "order-1").waitFor();
    for (const arn of [
      "nonsense",
      "arn:perdure:lambda:local:000000000000:function:order:1/durable-execution/none/ab",
    ]) {
      await page.goto(`${world.url}/console/#/executions/${encodeURIComponent(arn)}`);
      await page.getByText("There is no such execution here").waitFor();
      expect(await violations(page)).toEqual([]);
    }
  });

  test("a callback is answered, and the execution ends before one's eyes", async () => {
    await world.host.client.start({ functionName: "order", name: "order-2", input: '{"items":2}' });
    const page = await open(world.link());
    await openByKeys(page, "order-2");
    await page.getByRole("button", { name: "Succeed" }).click();
    await page.getByText(/as the answer to “approve shipping”/).waitFor();
    expect((await world.host.client.describe("order/order-2")).status).toBe("RUNNING");
    await page.getByLabel("The answer (optional)").fill(" it may go ");
    await page.getByRole("button", { name: "Answer it" }).click();
    await page.getByText(/^Finished: .*" it may go "/).waitFor();
    await page.getByRole("button", { name: "Purge" }).waitFor();
  });

  test("attempts that failed can be compared", async () => {
    const page = await open(world.link());
    await openByKeys(page, "shop-1");
    await page.getByText("again, in").first().waitFor();
    const graph = page.getByRole("tree", { name: "Operations as a graph" });
    await graph.getByRole("treeitem", { name: /call the shop/ }).click();
    await page.getByRole("button", { name: /Compare/ }).click();
    await page.locator(".diff-after").first().waitFor();
  });

  test("many are stopped at once, and what could not be is named", async () => {
    for (let at = 0; at < 12; at++) await world.host.client.start({ functionName: "order", name: `bulk-${at}` });
    const page = await open(world.link());
    await search(page, "bulk-");
    await page.getByText("12 executions").waitFor();
    await page.getByRole("button", { name: "Mark all that match" }).click();
    await page.getByText("12 marked").waitFor();
    await world.host.client.stop("order/bulk-3");
    await page.getByRole("button", { name: "Stop" }).click();
    await page.getByRole("button", { name: "Stop 12" }).click();
    await page.getByText(/of 12 stopped/).waitFor();
    await page.getByRole("button", { name: "Close" }).click();
    for (let at = 0; at < 12; at++) {
      expect((await world.host.client.describe(`order/bulk-${at}`)).status).toBe("STOPPED");
    }
  });

  test("what could not be done to many for one reason is one line, with names that unfold", async () => {
    for (let at = 0; at < 5; at++) await world.host.client.start({ functionName: "order", name: `kept-${at}` });
    const page = await open(world.link());
    await search(page, "kept-");
    await page.getByText("5 executions").waitFor();
    await page.getByRole("button", { name: "Mark all that match" }).click();
    await page.getByRole("button", { name: "Purge" }).click();
    await page.getByRole("button", { name: "Purge 5" }).click();
    const failures = page.getByRole("list", { name: "What failed" });
    await failures.getByText("5 executions").waitFor();
    expect(await failures.getByRole("listitem").count()).toBe(1);
    expect(await failures.getByText("kept-0").isVisible()).toBe(false);
    await failures.getByText("5 executions").click();
    await failures.getByText("kept-4, kept-3, kept-2, kept-1, kept-0").waitFor();
    expect(await violations(page)).toEqual([]);
  });

  test.for([
    [1024, 768],
    [1024, 500],
    [700, 600],
  ] as const)(
    "at %i x %i a graph covers nothing of what is below, and a verdict is there as a whole",
    async ([width, height]) => {
      const page = await open(world.link(), { viewport: { width, height } });
      const verdict = { source: "order.ts#order", matches: false, commit: 2, difference: "Another name." };
      await page.route("**/perdure/replay", (route) => route.fulfill({ json: verdict }));
      await openByKeys(page, "order-1");
      await page.getByRole("treeitem", { name: /approve shipping/ }).waitFor();
      await page.getByRole("button", { name: "Check with code here" }).click();
      const show = page.getByRole("button", { name: "Show commit 2" });
      for (const control of [page.getByRole("button", { name: "Live" }), page.getByRole("slider"), show]) {
        await control.click({ trial: true });
      }
      const [graph, slider] = [
        await page.locator(".graph").boundingBox(),
        await page.locator(".scrubber").boundingBox(),
      ];
      expect((graph?.y ?? 0) + (graph?.height ?? 0)).toBeLessThanOrEqual((slider?.y ?? 0) + 1);
      expect(graph?.height).toBeGreaterThan(200);
      expect(await overflow(page)).toBeLessThanOrEqual(0);
    },
  );

  test.for([
    [360, "light"],
    [1024, "dark"],
    [1440, "light"],
  ] as const)(
    "at %i px in %s nothing is out of reach, of the eye or of a screen reader",
    async ([width, colorScheme]) => {
      const page = await open(world.link(), { viewport: { width, height: 800 }, colorScheme });
      await page.getByRole("listbox", { name: "Executions" }).getByRole("option").first().waitFor();
      expect(await violations(page)).toEqual([]);
      expect(await overflow(page)).toBeLessThanOrEqual(0);
      await openByKeys(page, "shop-1");
      await page.getByRole("treeitem", { name: /call the shop/ }).waitFor();
      await page.getByRole("button", { name: "Restart from here" }).click();
      expect(await violations(page)).toEqual([]);
      expect(await overflow(page)).toBeLessThanOrEqual(0);
    },
  );

  test("ten thousand operations are opened, folded, and moved through with little work for each frame", async () => {
    await world.host.client.start({ functionName: "many", name: "many-1", input: '{"operations":10000}' });
    const page = await open(world.link());
    await openByKeys(page, "many-1");
    await page.getByText("10,004 operations").waitFor();
    const graph = page.getByRole("tree", { name: "Operations as a graph" });
    await graph.getByRole("treeitem", { name: /all rows.*5000 done/ }).waitFor();
    expect(await page.locator(".node").count()).toBeLessThan(20);
    await page.getByRole("tab", { name: "Tree" }).click();
    await page.getByRole("tree").focus();
    await page.keyboard.press("End");
    await page
      .getByRole("treeitem", { name: /callback/ })
      .last()
      .waitFor();
    expect(await page.getByRole("treeitem").count()).toBeLessThan(80);
  });
});

async function open(url: string, options: Parameters<Browser["newContext"]>[0] = {}): Promise<Page> {
  await visitor?.close();
  visitor = await browser.newContext({ viewport: { width: 1280, height: 860 }, reducedMotion: "reduce", ...options });
  const page = await visitor.newPage();
  page.setDefaultTimeout(TIMEOUT_MS);
  page.on("pageerror", (error) => troubles.push(error.message));
  await page.goto(url);
  return page;
}

const rowNamed = (page: Page, name: string) => page.getByRole("option", { name: new RegExp(`${name} `) }).first();

/** As somebody does who has no mouse. The list of a beginning of the text, which has its own rows, is not waited for. */
async function search(page: Page, text: string): Promise<void> {
  await page.getByRole("listbox", { name: "Executions" }).waitFor();
  await page.keyboard.press("/");
  await page.keyboard.type(text);
  await page.waitForURL((url) => url.hash.includes(`name=${text}`));
}

async function openByKeys(page: Page, name: string): Promise<void> {
  await search(page, name);
  await page.getByText(/^1 execution\b/).waitFor();
  await page.getByRole("listbox", { name: "Executions" }).focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name, exact: true }).waitFor();
}

/** How far the page is wider than its window. */
function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
}

/** What axe finds wrong with the page as it is. */
async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { violations: found } = await (globalThis as unknown as { axe: typeof axe }).axe.run();
    return found.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
  });
}
