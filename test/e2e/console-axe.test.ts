/** All that the console's page shows, on a telephone and on a screen, dark and light: in reach of screen readers and eyes. */

import type { Browser } from "playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ConsoleWorld, openConsoleWorld } from "./console-world.ts";
import { launchChromium, Visitor } from "./console-visit.ts";
import { inChromium } from "./in-chromium.ts";

/** What 30 states of the page take at the most; only what hangs is to fail. */
const TIMEOUT_MS = 300_000;
const SIZES = [
  [360, "light"],
  [360, "dark"],
  [1440, "light"],
  [1440, "dark"],
] as const;

let world: ConsoleWorld;
let browser: Browser;

inChromium("every view of the console is in reach of all", () => {
  beforeAll(async () => {
    world = await openConsoleWorld();
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser?.close();
    await world?.[Symbol.asyncDispose]();
  });

  test.for(SIZES)("at %i px in %s: lists", { timeout: TIMEOUT_MS }, async ([width, colorScheme]) => {
    const suffix = `${width}-${colorScheme}`;
    await using visitor = await Visitor.open(browser, `${world.url}/console/`, look(width, colorScheme));
    const { page } = visitor;
    await visitor.sees("Whose executions?");
    await isFine(visitor, "asking whose executions");
    await page.goto(`${world.url}/console/#once=used`);
    await page.reload();
    await visitor.sees("This link has been used");
    await isFine(visitor, "a link that has been used");
    await page.getByLabel("Bearer token").fill("wrong");
    await visitor.press("Enter");
    await page.locator(".list-error, .foot-error").first().waitFor();
    await isFine(visitor, "a token that lets nobody in");
    await page.goto("about:blank");
    await start("quick", `first-${suffix}`);
    await page.goto(world.link());
    await page.getByRole("listbox", { name: "Executions" }).waitFor();
    await isFine(visitor, "a list");
    await visitor.press("/");
    await visitor.type("absent");
    await visitor.sees("No execution matches");
    await isFine(visitor, "a list of nothing");
    for (let at = 0; at < 3; at++) await start("quick", `row-${suffix}-${at}`, { team: "north", region: "eu" });
    await start("order", `row-${suffix}-3`);
    await page.goto(`${world.url}/console/#/?name=row-${suffix}`);
    await visitor.sees(/^4 executions$/);
    await page
      .getByRole("listbox", { name: "Executions" })
      .getByRole("option")
      .nth(1)
      .click({ position: { x: 22, y: 18 } });
    await visitor.activate("Mark all that match");
    await visitor.sees("4 marked");
    await isFine(visitor, "rows that are marked");
    await visitor.activate("Purge");
    await isFine(visitor, "a question about many");
    await visitor.press("Enter");
    await visitor.sees(/^3 of 4 purged, 1 not$/);
    await isFine(visitor, "what was done to many, and what was refused");
    await visitor.activate("Close");
    await page.route("**/2025-12-01/**", (route) => route.abort());
    await page.reload();
    await page.locator(".list-error").first().waitFor();
    await isFine(visitor, "a list that cannot be read");
  });

  test.for(SIZES)("at %i px in %s: one execution", { timeout: TIMEOUT_MS }, async ([width, colorScheme]) => {
    const suffix = `${width}-${colorScheme}`;
    await start("order", `o-${suffix}`, { team: "north" }, '{"items":12}');
    await using visitor = await Visitor.open(browser, world.link(), look(width, colorScheme));
    const { page } = visitor;
    await opened(visitor, `o-${suffix}`);
    await visitor.sees(/It waits for an answer to “approve shipping”/);
    await isFine(visitor, "a graph");
    await visitor.tabTo("Operations as a graph");
    await visitor.press("ArrowDown", "ArrowDown", "ArrowDown", "ArrowDown", "Enter");
    await page
      .getByRole("treeitem", { name: /^pack item \d/ })
      .first()
      .waitFor();
    await isFine(visitor, "a graph with a group that is open");
    for (const tab of ["Timeline", "Tree", "History", "Log"]) {
      await page.getByRole("tab", { name: tab }).click();
      await page.locator("#tab-body [role=treeitem], #tab-body [role=option]").first().waitFor();
      await page.locator("#tab-body [role=treeitem], #tab-body [role=option]").nth(2).click();
      await isFine(visitor, tab);
    }
    await page.getByRole("tab", { name: "Timeline" }).click();
    await page.getByRole("button", { name: "Linear" }).click();
    await page.getByRole("button", { name: "Larger" }).click();
    await isFine(visitor, "a timeline that is linear");
    await page.getByLabel(/^Commit/).press("ArrowLeft");
    await isFine(visitor, "an earlier commit");
    await page.getByRole("button", { name: "Live" }).click();
    await page.getByRole("tab", { name: "Graph" }).click();
    for (const deed of ["Pause", "Restart from here", "Rewind", "Stop"]) {
      await visitor.activate(deed);
      await isFine(visitor, `the form of ${deed}`);
      await visitor.press("Escape");
    }
    await visitor.activate("Check with code here");
    await visitor.sees("There is no code here");
    await isFine(visitor, "what to do where there is no code");
    await page.route("**/perdure/replay", (route) =>
      route.fulfill({ json: { source: "/order.ts", matches: false, commit: 2, difference: "step(“a”) is step(“b”)" } }),
    );
    await visitor.activate("Check with code here");
    await visitor.sees("Show commit 2");
    await isFine(visitor, "code that does not match");
    await page.getByRole("status", { name: "The code of today" }).getByRole("button", { name: "Close" }).click();
    await visitor.activate("Restart from here");
    await visitor.press("Enter");
    await page.getByRole("heading", { name: `o-${suffix}-fork-1` }).waitFor();
    await visitor.sees("Forked from");
    await isFine(visitor, "a fork, and a message");
    await visitor.activate("Stop");
    await visitor.press("Enter");
    await visitor.activate("Purge");
    await isFine(visitor, "one that was stopped, and the form of Purge");
  });

  test.for(SIZES)("at %i px in %s: what went wrong", { timeout: TIMEOUT_MS }, async ([width, colorScheme]) => {
    const suffix = `${width}-${colorScheme}`;
    for (const name of ["changing", "failing", "flaky", "wide"]) await start(name, `${name}-${suffix}`);
    await using visitor = await Visitor.open(browser, world.link(), look(width, colorScheme));
    const { page } = visitor;
    await opened(visitor, `wide-${suffix}`);
    await visitor.sees(/^Finished/);
    await isFine(visitor, "a graph with bars");
    await opened(visitor, `failing-${suffix}`);
    await visitor.sees(/^Failed/);
    await isFine(visitor, "one that has failed");
    await opened(visitor, `flaky-${suffix}`);
    await visitor.sees(/to try “call the shop” again/);
    await visitor.tabTo("Operations as a graph");
    await visitor.press("ArrowDown", "ArrowDown");
    await page.getByRole("button", { name: /^Compare/ }).click();
    await page.locator(".diff-after").first().waitFor();
    await isFine(visitor, "attempts, and what differs");
    await opened(visitor, `changing-${suffix}`);
    await visitor.sees(/It waits for an answer/);
    await visitor.activate("Pause");
    await visitor.press("Enter");
    await visitor.sees("Paused by an operator");
    await isFine(visitor, "one that is paused");
    await visitor.activate("Resume");
    await isFine(visitor, "the form of Resume");
    await visitor.press("Enter");
    await visitor.sees("Halted: the code and the log do not match");
    await isFine(visitor, "one that is halted");
    await page.goto(`${world.url}/console/#/executions/nonsense`);
    await visitor.sees("There is no such execution here");
    await isFine(visitor, "none such");
    await page.route("**/durable-executions/**", (route) => route.abort());
    await page.goto(`${world.url}/console/#/executions/${encodeURIComponent(ABSENT)}`);
    await visitor.sees(/It is asked again/);
    await isFine(visitor, "one that cannot be read");
  });

  test.for(SIZES)("at %i px in %s: who may only see", { timeout: TIMEOUT_MS }, async ([width, colorScheme]) => {
    const suffix = `${width}-${colorScheme}`;
    await start("order", `seen-${suffix}`);
    await using visitor = await Visitor.open(browser, `${world.url}/console/`, look(width, colorScheme));
    await visitor.page.getByLabel("Bearer token").fill(world.readersToken);
    await visitor.press("Enter");
    await visitor.page.getByRole("listbox", { name: "Executions" }).waitFor();
    await opened(visitor, `seen-${suffix}`);
    await visitor.sees(/To answer here, the token needs/);
    await visitor.activate("Stop");
    await visitor.press("Enter");
    await visitor.page.locator(".foot-error").first().waitFor();
    await isFine(visitor, "a deed that is refused");
  });
});

const ABSENT = "arn:perdure:lambda:local:000000000000:function:order:1/durable-execution/none/ab";

const look = (width: number, colorScheme: "light" | "dark") => ({ viewport: { width, height: 800 }, colorScheme });

async function start(functionName: string, name: string, tags = {}, input = "{}"): Promise<void> {
  await world.host.client.start({ functionName, name, input, tags });
}

/** With the list narrowed down by its address: in the field what is written counts only after a pause. */
async function opened(visitor: Visitor, name: string): Promise<void> {
  await visitor.page.goto(`${world.url}/console/#/?name=${name}`);
  await visitor.page
    .getByRole("option", { name: new RegExp(`${name} `) })
    .first()
    .click();
  await visitor.page.getByRole("heading", { name, exact: true }).waitFor();
}

/** Nothing for axe to find, and nothing beyond the edge of the window. */
async function isFine(visitor: Visitor, what: string): Promise<void> {
  expect.soft(await visitor.violations(), what).toEqual([]);
  expect.soft(await visitor.overflow(), `${what}: px beyond the window`).toBeLessThanOrEqual(0);
}
