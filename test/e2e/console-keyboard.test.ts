/** Where the keyboard is once what had it has gone: never at nothing, however a form of the console was left. */

import type { Browser } from "playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ConsoleWorld, openConsoleWorld } from "./console-world.ts";
import { launchChromium, Visitor } from "./console-visit.ts";
import { inChromium } from "./in-chromium.ts";

let world: ConsoleWorld;
let browser: Browser;

inChromium("the keyboard", () => {
  beforeAll(async () => {
    world = await openConsoleWorld();
    browser = await launchChromium();
    for (const name of ["one", "two", "three"]) await order(name);
    await world.host.client.start({ functionName: "flaky", name: "shop" });
    for (let at = 0; at < 4; at++) await world.host.client.start({ functionName: "quick", name: `quick-${at}` });
  });

  afterAll(async () => {
    await browser?.close();
    await world?.[Symbol.asyncDispose]();
  });

  test.for(["Pause", "Restart from here", "Rewind", "Stop"])(
    "is on “%s” again when its question is not answered",
    async (deed) => {
      await using visitor = await opened("one");
      await visitor.activate(deed);
      expect(await visitor.page.locator("form.deed-form :focus").count()).toBe(1);
      await visitor.press("Escape");
      await visitor.isOn(deed);
      await visitor.press("Enter");
      await visitor.activate("Cancel");
      await visitor.isOn(deed);
    },
  );

  test("is where one goes on after what was done: on its button, or with the execution", async () => {
    await using visitor = await opened("two");
    await visitor.activate("Pause");
    await visitor.press("Enter");
    await visitor.sees("It is paused.");
    await visitor.isOn(/^(Pause|two|What can be done)$/);
    await visitor.page.getByRole("button", { name: "Resume" }).waitFor();
    await visitor.isOn(/^(two|What can be done)$/);
    await visitor.activate("Restart from here");
    await visitor.press("Enter");
    await visitor.isOn("two-fork-1");
    await visitor.activate("Stop");
    await visitor.press("Enter");
    await visitor.activate("Purge");
    await visitor.press("Enter");
    await visitor.sees("It was purged.");
    await visitor.isOn("Executions");
  });

  test("is with the execution when a callback was answered", async () => {
    await using visitor = await opened("three");
    await visitor.activate("Succeed");
    await visitor.isOn("The answer (optional)");
    await visitor.press("Escape");
    await visitor.isOn("Succeed");
    await visitor.activate("Fail");
    await visitor.isOn("What the error says");
    await visitor.press("Escape");
    await visitor.isOn("Fail");
    await visitor.activate("Succeed");
    await visitor.press("Enter");
    await visitor.sees(/^Finished/);
    await visitor.isOn("three");
  });

  test("is on what opened a comparison, a check of code and the details of an operation, when they are closed", async () => {
    await using visitor = await opened("shop");
    await visitor.activate("Check with code here");
    await visitor.activate("Close");
    await visitor.isOn("Check with code here");
    await visitor.tabTo("Operations as a graph");
    await visitor.press("ArrowDown", "ArrowDown");
    await visitor.sees(/The shop answered 503 to attempt 2/);
    await visitor.page.getByRole("button", { name: /^Compare/ }).focus();
    await visitor.press("Enter");
    await visitor.isOn("What differs");
    await visitor.page.getByRole("region", { name: "What differs" }).getByRole("button", { name: "Close" }).focus();
    await visitor.press("Enter");
    await visitor.isOn(/^Compare attempts$/);
    await visitor.page.getByRole("region", { name: "Chosen operation" }).getByRole("button", { name: "Close" }).focus();
    await visitor.press("Enter");
    await visitor.isOn("Operations as a graph");
  });

  test("is with the details when another operation is chosen from them", async () => {
    await using visitor = await opened("one");
    await visitor.page.getByRole("tab", { name: "Tree" }).click();
    await visitor.page.getByRole("treeitem", { name: /pack item 2/ }).click();
    await visitor.page.locator(".place button").first().focus();
    await visitor.press("Enter");
    await visitor.page.getByRole("heading", { name: "pack items" }).waitFor();
    await visitor.isOn("Chosen operation");
  });

  test("is with the list when marks, a question about many, a message and filters have gone", async () => {
    await using visitor = await Visitor.open(browser, world.link());
    await visitor.page.getByRole("listbox", { name: "Executions" }).waitFor();
    await visitor.press("/");
    await visitor.type("quick-");
    await visitor.sees(/^4 executions/);
    await visitor.activate("Mark all that match");
    await visitor.sees("4 marked");
    await visitor.isOn("All marked executions");
    await visitor.activate("Purge");
    await visitor.isOn("Purge 4");
    await visitor.activate("Cancel");
    await visitor.isOn("Purge");
    await visitor.activate("Unmark");
    await visitor.isOn("Executions");
    await visitor.activate("Mark all that match");
    await visitor.activate("Purge");
    await visitor.press("Enter");
    await visitor.isOn("What is done to many");
    await visitor.activate("Close");
    await visitor.activate("Clear");
    await visitor.isOn("Filters");
  });

  test("what is written among the filters counts with Enter and with Tab at once, and no more when one has left them", async () => {
    await using visitor = await Visitor.open(browser, world.link());
    const { page } = visitor;
    // Time stands still, so that there is no pause after which it would count by itself.
    await page.clock.install();
    await page.reload();
    await visitor.sees(/^\d+ executions$/);
    await visitor.press("/");
    await visitor.type("quick-");
    await page.getByLabel("Tag").fill("no=tag");
    await visitor.press("Enter");
    await visitor.sees("No execution matches");
    expect(page.url()).toContain("name=quick-&tag=no");
    await visitor.activate("Clear");
    await visitor.press("/");
    await visitor.type("shop");
    await visitor.press("Tab");
    await visitor.sees(/^1 execution$/);
    await visitor.activate("Clear");
    await visitor.press("/");
    await visitor.type("quick-");
    await page.getByRole("option", { name: /shop/ }).click();
    await page.getByRole("heading", { name: "shop" }).waitFor();
    await page.clock.runFor(1_000);
    expect(page.url()).toContain("/executions/");
  });

  test("is with the page when a message is dismissed, and with the form of the page that was left", async () => {
    await using visitor = await opened("one");
    await visitor.activate("Pause");
    await visitor.press("Enter");
    await visitor.activate("Dismiss");
    await visitor.isOn("one");
    await visitor.activate("Leave");
    await visitor.isOn("Whose executions?");
  });
});

async function order(name: string): Promise<void> {
  await world.host.client.start({ functionName: "order", name, input: '{"items":3}' });
}

/** A visitor who sees an execution, as far as it goes by itself. */
async function opened(name: string): Promise<Visitor> {
  const visitor = await Visitor.open(browser, world.link());
  await visitor.openNamed(name);
  await visitor.sees(name === "shop" ? /to try “call the shop” again/ : /It waits for an answer/);
  return visitor;
}
