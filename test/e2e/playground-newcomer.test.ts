/** What the playground tells somebody who has read nothing: what runs, what is waited for, and what replay did. */

import type { Page } from "playwright";
import { expect, test } from "vitest";
import { inChromium } from "./in-chromium.ts";
import { focused, newTab, openExample, press, row, says, setCode, violations, visit } from "./playground-visit.ts";

const failingCode = `
import { createRetryStrategy, type DurableContext, withDurableExecution } from "perdure";
export const failing = withDurableExecution(async (_event: unknown, context: DurableContext) =>
  context.step("call", async ({ attempt }) => { throw new RangeError("no line, attempt " + attempt); }, {
    retryStrategy: createRetryStrategy({ maxAttempts: 2, initialDelay: { hours: 1 } }),
  }),
);
`;

const story = (page: Page) => page.locator(".story");
const steps = (page: Page) => page.getByRole("region", { name: "First steps" }).getByRole("listitem");

async function waitAMonth(page: Page): Promise<void> {
  await openExample(page, "A year of waiting");
  await press(page, "Run");
  await row(page, /trial.*started/).waitFor();
}

inChromium("the first steps", () => {
  test("tick themselves off, survive the reload that is one of them, and stay hidden", async () => {
    const page = await visit();
    const done = (): Promise<string[]> => steps(page).filter({ hasText: ", done" }).allTextContents();
    expect(await done()).toEqual([]);
    await press(page, "Run");
    await steps(page).filter({ hasText: "Press Run, done" }).waitFor();
    const second = await newTab(page.url());
    await steps(second).filter({ hasText: "Press Run, done" }).waitFor();
    expect(await steps(second).filter({ hasText: ", done" }).count()).toBe(1);
    await second.close();
    await press(page, "Kill");
    await steps(page).filter({ hasText: "while it works, done" }).waitFor();
    await page.reload();
    await steps(page).filter({ hasText: "Reload this page, done" }).waitFor();
    await press(page, "Hide the first steps");
    await steps(page).first().waitFor({ state: "detached" });
    await page.reload();
    await says(page, "The worker runs");
    expect(await steps(page).count()).toBe(0);
  });
});

inChromium("the story", () => {
  test("names the step that runs, then that nothing runs and for how long", async () => {
    const page = await visit();
    await press(page, "Run");
    await story(page).getByText("“take order” runs.").waitFor();
    await story(page)
      .getByText(/^Nothing runs\. It waits for “bake”, \d s more\.$/)
      .waitFor();
    await story(page).getByText("“whip cream” and “find candles” run.").waitFor();
  });

  test("tells of a replay in the middle of a wait, when nothing of it is in the log yet", async () => {
    const page = await visit();
    await waitAMonth(page);
    await press(page, "Kill");
    await says(page, "The worker is gone");
    await press(page, "Restart worker");
    await row(page, /start.*, succeeded.*from the log/).waitFor();
    await story(page).getByText("In run 2 of the code, 1 result came from the log: marked ↺").waitFor();
    await says(page, "Commit 3 of 3");
    expect(await row(page, /trial.*from the log/).count()).toBe(0);
  });

  test("tells of a step that was cut off, and done again", async () => {
    const page = await visit();
    await press(page, "Run");
    await row(page, /mix batter.*, started/).waitFor();
    await press(page, "Kill");
    await row(page, /mix batter.*cut off/).waitFor();
    await page.reload();
    await row(page, /mix batter.*, succeeded.*again, /).click();
    await says(page, "cut off when its worker died, and done again");
    await row(page, /take order.*, from the log/).click();
    expect(await page.getByText("cut off when its worker died").count()).toBe(0);
  });

  test("tells at an earlier commit what it recorded, and what was new up to there", async () => {
    const page = await visit();
    await waitAMonth(page);
    await page.getByLabel(/^Commit/).press("ArrowLeft");
    await story(page)
      .getByText(/^Commit 2, at .*: “start” succeeded\.$/)
      .waitFor();
    await story(page).getByText("Up to here, in run 1 of the code: 1 result, all new.").waitFor();
  });
});

inChromium("the timeline", () => {
  test("has a scale, durations, and when what waits is due", async () => {
    const page = await visit();
    await waitAMonth(page);
    await row(page, /trial.*due in 30 days/).waitFor();
    expect(await page.locator(".tick").allTextContents()).toContain("14 d");
    expect(await page.locator(".bar-planned").count()).toBe(1);
    await press(page, "Skip time");
    await row(page, /trial.*30 days$/).waitFor();
    await row(page, /rest of the year.*due in 335 days/).waitFor();
    await page.getByText(/^Clock: 30 days ahead$/).waitFor();
  });
});

inChromium("an operation", () => {
  test("shows its attempts with their errors, where it came from and when it is tried again", async () => {
    const page = await visit();
    await setCode(page, failingCode);
    await press(page, "Run");
    await row(page, /call.*pending.*again in/).waitFor();
    await says(page, "Choose an operation");
    await row(page, /call/).click();
    const attempts = page.getByRole("list", { name: "Attempts" }).getByRole("listitem");
    expect(await attempts.allTextContents()).toEqual([expect.stringContaining("RangeError: no line, attempt 1")]);
    await press(page, "Skip time");
    await says(page, "Failed:");
    await expect.poll(() => attempts.count()).toBe(2);
    expect((await attempts.allTextContents())[0]).toMatch(/then .* of pause$/);
    expect(await page.locator(".payloads").textContent()).toContain("RangeError: no line, attempt 2");
    expect(await violations(page)).toEqual([]);
  });
});

inChromium("a callback", () => {
  test("counts its timeout down, and offers no heartbeat where there is none to miss", async () => {
    const page = await visit();
    await openExample(page, "Approve an expense");
    await press(page, "Run");
    await says(page, "Times out in 3 days.");
    const heartbeat = page.getByRole("button", { name: "Heartbeat" });
    expect(await heartbeat.isDisabled()).toBe(true);
    expect(await heartbeat.getAttribute("title")).toContain("no heartbeat timeout");
  });
});

inChromium("a notice", () => {
  test("goes by itself, unless it is an error, which waits to be dismissed", async () => {
    const page = await visit();
    const notice = page.locator(".notice");
    await says(page, "The worker runs");
    await press(page, "Duplicate the alarm");
    await notice.getByText("The alarm went off twice").waitFor();
    await notice.getByText("The alarm went off twice").waitFor({ state: "detached" });
    await page.getByLabel("Payload").fill("{");
    await press(page, "Run");
    await notice.getByText("The payload is not JSON").waitFor();
    // Longer than what is only told stays.
    await page.waitForTimeout(8_000);
    await notice.getByText("The payload is not JSON").waitFor();
    await press(page, "Dismiss");
    await notice.getByText("The payload is not JSON").waitFor({ state: "detached" });
  });
});

inChromium("the list of executions", () => {
  test("filters by the functions that there are, and opens with the Enter key", async () => {
    const page = await visit();
    await waitAMonth(page);
    await openExample(page, "Quote a price, in short forms");
    await press(page, "Run");
    await says(page, "Finished:");
    await page.getByRole("tab", { name: "Executions" }).click();
    const listed = (name: RegExp) => page.getByRole("listbox", { name: "Executions" }).getByRole("option", { name });
    await listed(/quotePrice/).waitFor();
    await page.getByLabel("Function").selectOption("yearlySubscription");
    await listed(/quotePrice/).waitFor({ state: "detached" });
    await page.getByLabel("Status").selectOption("FAILED");
    await says(page, "No execution is like that.");
    await page.getByLabel("Status").selectOption("");
    await listed(/yearlySubscription/).click();
    await page.getByRole("listbox", { name: "Executions" }).press("Enter");
    await row(page, /trial.*started/).waitFor();
  });

  test("asks before it purges, and says what a replay against other code would do", async () => {
    const page = await visit();
    await waitAMonth(page);
    await page.getByRole("tab", { name: "Executions" }).click();
    await press(page, "Purge");
    await focused(page, "Purge for good");
    expect(await violations(page)).toEqual([]);
    await press(page, "Keep it");
    await focused(page, "Purge");
    await setCode(page, failingCode.replaceAll("failing", "yearlySubscription"));
    await press(page, "Replay with this code");
    await says(page, "They part at position 1.");
    await page.getByText('step("start")', { exact: true }).waitFor();
    await page.getByText('step("call")', { exact: true }).waitFor();
    expect(await violations(page)).toEqual([]);
    // What runs still runs with the code that it was started with.
    await story(page).getByText("Nothing runs. It waits for “trial”").waitFor();
  });
});

inChromium("the editor's code", () => {
  test("is kept for each example, and put back to how it was written by a press", async () => {
    const page = await visit();
    const code = page.getByLabel("Workflow code");
    await setCode(page, failingCode);
    await openExample(page, "Poll until ready");
    await code.getByText("pollUntilReady").first().waitFor();
    await openExample(page, "First steps: a cake");
    await code.getByText("no line, attempt").waitFor();
    await page.reload();
    await code.getByText("no line, attempt").waitFor();
    await press(page, "Reset");
    await code.getByText("bakeCake").waitFor();
    expect(await page.getByRole("button", { name: "Reset" }).count()).toBe(0);
  });
});

inChromium("looks", () => {
  test.each([1440, 768, 360])("at %i px nothing lies outside the page, and no state has a violation", async (width) => {
    const page = await visit({ viewport: { width, height: 780 }, colorScheme: width === 768 ? "dark" : "light" });
    const fits = (): Promise<boolean> =>
      page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth);
    expect(await violations(page), "first screen").toEqual([]);
    await waitAMonth(page);
    await press(page, "Kill");
    await setCode(page, failingCode.replaceAll("failing", "yearlySubscription"));
    expect(await violations(page), "killed").toEqual([]);
    await press(page, "Restart worker");
    await says(page, "Halted: the code and the log do not match.");
    expect(await violations(page), "halted").toEqual([]);
    expect(await fits()).toBe(true);
    await page.getByLabel(/^Commit/).press("ArrowLeft");
    expect(await violations(page), "scrubbed").toEqual([]);
    await press(page, "Look at a Worker");
    expect(await violations(page), "connecting").toEqual([]);
    expect(await fits()).toBe(true);
    await page.keyboard.press("Escape");
    expect(await page.getByRole("form", { name: "Look at a Worker" }).count()).toBe(0);
  });

  test("nothing moves for those who want it so", async () => {
    const page = await visit({ reducedMotion: "reduce" });
    await waitAMonth(page);
    const moving = await page.evaluate(() => document.getAnimations().length);
    expect(moving).toBe(0);
  });
});
