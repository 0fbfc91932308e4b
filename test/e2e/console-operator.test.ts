/** An operator's work with the console: an emulator with 100,000 executions, and the keyboard alone. */

import type { Browser } from "playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import { EmulatorWorld, MENDED } from "./console-emulator.ts";
import { launchChromium, Visitor } from "./console-visit.ts";
import { inChromium } from "./in-chromium.ts";

const EXECUTIONS = 100_000;
/** What is promised of the story, as long as it takes this browser on this machine. */
const STORY_MS = 120_000;
/** However many rows there are, no more are in the document. */
const MOST_ROWS_DRAWN = 80;

let world: EmulatorWorld;
let browser: Browser;

inChromium("an operator", () => {
  beforeAll(async () => {
    world = await EmulatorWorld.open({ executions: EXECUTIONS });
    browser = await launchChromium();
    await world.order("order-stuck", { items: 2 }, { customer: "c-4711", region: "eu" });
    for (let at = 0; at < 6; at++) await world.order(`waits-${at}`, { items: 95, country: "be" }, { batch: "b-1" });
  });

  afterAll(async () => {
    await browser?.close();
    await world?.[Symbol.asyncDispose]();
  });

  test("finds a stuck order among 100,000, sees why, forks it with mended code and watches it end, by keys", async () => {
    await using visitor = await Visitor.open(browser, world.link());
    const began = performance.now();
    await visitor.sees(/^20\d so far/);
    await visitor.press("/");
    await visitor.tabTo("Tag");
    await visitor.type("customer=c-4711");
    await visitor.sees(/^\d+ executions?$/);
    await visitor.press("Shift+Tab");
    await visitor.tabTo("Status");
    await visitor.type("running");
    await visitor.sees(/^1 execution$/);
    await visitor.press("Tab", "Enter", "ArrowDown", "Enter");
    await visitor.page.getByRole("heading", { name: "order-stuck" }).waitFor();
    // The third attempt has failed, too: the next one would be made in an hour, with whatever code there is then.
    await visitor.sees(/It waits to try “print label” again, in \d+ min/);
    await visitor.tabTo("Operations as a graph");
    await visitor.press("ArrowDown", "ArrowDown", "ArrowDown");
    await visitor.page.getByRole("heading", { name: "print label" }).waitFor();
    await visitor.sees(/TypeError: Cannot read properties of undefined/);
    await visitor.sees("printing a label");
    await world.deploy(MENDED);
    await visitor.activate("Check with code here");
    await visitor.sees(/makes the calls of this log/);
    await visitor.activate("Restart from here");
    await visitor.sees(/before “print label”/);
    await visitor.press("Enter");
    await visitor.sees(/^Finished: .*NL-2/);
    expect(performance.now() - began).toBeLessThan(STORY_MS);
    await visitor.page.getByRole("heading", { name: "order-stuck-fork-1" }).waitFor();
    await visitor.sees("Forked from");
    await visitor.sees(/2 more copied/);
    expect(await visitor.violations()).toEqual([]);
    const forked = await world.describe("order-stuck");
    expect(forked["Status"]).toBe("RUNNING");
    expect(forked["Forks"]).toHaveLength(1);
    expect(world.project.lines("charged.txt").filter((line) => line.includes("/order-stuck/"))).toHaveLength(1);
  });

  test("goes to the end of a list of 100,000 with few rows in the document and few requests", async () => {
    await using visitor = await Visitor.open(browser, world.link());
    let requests = 0;
    visitor.page.on("request", (request) => (requests += request.url().includes("durable-executions?") ? 1 : 0));
    await visitor.sees(/^20\d so far/);
    await visitor.activate("Mark all that match");
    await visitor.sees(/^100,00\d executions|^100,000 so far/);
    // A page has 1,000 then, and what is on the screen is read again every two seconds.
    expect(requests).toBeLessThan(EXECUTIONS / 1_000 + 100);
    await visitor.tabTo("Executions");
    await visitor.press("End");
    await visitor.sees(/^order-00000\d$/);
    expect(await visitor.page.getByRole("option").count()).toBeLessThan(MOST_ROWS_DRAWN);
    await visitor.press("Home");
    await visitor.sees("waits-5");
  });

  test("pauses an execution, goes on with it, takes it back, answers it, and removes it", async () => {
    await world.order("one", { items: 95, country: "fr" });
    await using visitor = await Visitor.open(browser, world.link());
    await visitor.openNamed("one");
    await visitor.sees(/It waits for an answer/);
    await visitor.activate("Pause");
    await visitor.tabTo("Reason (optional)");
    await visitor.type("the carrier is on strike");
    await visitor.press("Enter");
    await visitor.sees("the carrier is on strike");
    expect((await world.describe("one"))["Halt"]).toMatchObject({ Reason: "PAUSED" });
    await visitor.activate("Resume");
    await visitor.press("Enter");
    await visitor.sees("It goes on.");
    await visitor.tabTo("Operations as a graph");
    await visitor.press("ArrowDown", "ArrowDown", "ArrowDown");
    await visitor.page.getByRole("heading", { name: "print label" }).waitFor();
    await visitor.activate("Rewind");
    await visitor.sees(/goes on from its log before “print label”/);
    await visitor.press("Enter");
    await visitor.sees("It goes on from there.");
    await visitor.sees(/It waits for an answer/);
    await visitor.activate("Succeed");
    await visitor.press("Enter");
    await visitor.sees(/^Finished: .*FR-95/);
    await visitor.activate("Purge");
    await visitor.press("Enter");
    await visitor.sees("It was purged.");
    await expect(world.describe("one")).rejects.toThrow("There is no order");
  });

  test("sees in a fork and in its source where the other one is", async () => {
    await using visitor = await Visitor.open(browser, world.link());
    await visitor.openNamed("waits-0");
    await visitor.activate("Restart from here");
    await visitor.tabTo("Its name");
    await visitor.press("Control+a");
    await visitor.type("waits-again");
    await visitor.press("Enter");
    await visitor.page.getByRole("heading", { name: "waits-again" }).waitFor();
    await visitor.sees("Forked from");
    await visitor.tabTo("Graph");
    await visitor.press("ArrowRight");
    await visitor.page
      .getByRole("treeitem", { name: /print label/ })
      .getByText("copied")
      .waitFor();
    await visitor.sees("forked");
    expect(await visitor.violations()).toEqual([]);
    await visitor.page.getByRole("link", { name: "waits-0" }).click();
    await visitor.page.getByRole("heading", { name: "waits-0" }).waitFor();
    await visitor.page.getByRole("link", { name: "waits-again" }).waitFor();
  });

  test("finds what code that was changed no longer matches", async () => {
    await using visitor = await Visitor.open(browser, world.link());
    const order = "order-000007";
    await visitor.openNamed(order);
    await visitor.activate("Check with code here");
    await visitor.sees(/part after commit/);
    await visitor.activate("Show commit 2");
    await visitor.page.getByRole("option", { name: /SUCCEEDED, EXECUTION_SUCCEEDED/ }).waitFor();
    const downloading = visitor.page.waitForEvent("download");
    await visitor.activate("Download log");
    expect((await downloading).suggestedFilename()).toBe(`${order}.jsonl`);
  });

  test("stops all that have a tag, and purges them", async () => {
    await using visitor = await Visitor.open(browser, world.link());
    await visitor.sees(/^20\d so far/);
    await visitor.press("/");
    await visitor.tabTo("Tag");
    await visitor.type("batch=b-1");
    await visitor.sees(/^[67] executions$/);
    await visitor.activate("Mark all that match");
    await visitor.sees(/^[67] marked/);
    await visitor.activate("Stop");
    await visitor.press("Enter");
    await visitor.sees(/^[67] of [67] stopped$/);
    await visitor.activate("Close");
    await visitor.activate("Mark all that match");
    await visitor.activate("Purge");
    await visitor.press("Enter");
    await visitor.sees(/^[67] of [67] purged$/);
    await visitor.activate("Close");
    await visitor.sees("No execution matches");
    await expect(world.describe("waits-3")).rejects.toThrow("There is no order");
  });

  // The last one: whatever waited before then goes on.
  test("counts with the emulator's clock, which is put forward", async () => {
    await world.order("patient", { items: 95, country: "fr" });
    await using visitor = await Visitor.open(browser, world.link());
    await visitor.openNamed("patient");
    await visitor.sees(/It waits for an answer/);
    await visitor.activate("Pause");
    await visitor.press("Enter");
    await visitor.sees("It is paused.");
    await world.skip(26 * 3_600_000);
    await visitor.page
      .locator(".execution-title")
      .getByText(/, 26 h/)
      .waitFor();
    await visitor.page.getByRole("link", { name: "Executions" }).click();
    await visitor.page.getByRole("listbox", { name: "Executions" }).waitFor();
    await visitor.press("/");
    await visitor.type("patient");
    await visitor.press("Enter");
    await visitor.sees(/^1 execution$/);
    await visitor.page.locator(".cell-took").getByText("26 h").waitFor();
  });
});
