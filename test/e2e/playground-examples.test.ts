import type { Page } from "playwright";
import { expect, test } from "vitest";
import { inChromium } from "./in-chromium.ts";
import { openExample, press, says, visit } from "./playground-visit.ts";

/** How each example ends when every wait is skipped and every question is answered with yes. */
const ends: Readonly<Record<string, RegExp>> = {
  "First steps: a cake": /^Finished: "cake for 8, from oven \d+, with cream and candles"/,
  "Encode a video": /^Finished: \{ "status": "succeeded", "job": "job-\w+", "published": \[ "web\/.*"/,
  "Order, with a payment against time": /^Finished: \{ "status": "shipped"/,
  "Import rows, some of them bad": /^Finished: \{ "status": "imported", "imported": 6/,
  "Poll until ready": /^Finished: /,
  "Approve an expense": /^Finished: \{ "status": "approved", "by": "manager" \}/,
  "Quote a price, in short forms": /^Finished: \{ "user": "Ada", "price": 90, "deliverable": true \}/,
  "A year of waiting": /^Finished: \{ "customer": "Ada"/,
  "A step against time, with a signal": /^Finished: "40 charged, at attempt 3"/,
  "A parcel, found by its tags": /^Finished: "box for Ada, delivered"/,
  "A reminder, begun later": /^Finished: "20\S+: the cake"/,
  "A schedule: a report each morning": /^Finished: \{ "started": \[\], "leftOut": 0, "next": "20/,
};

inChromium("the examples", () => {
  test.each(Object.entries(ends))("%s: runs to its end", async (title, end) => {
    const page = await visit();
    await openExample(page, title);
    await press(page, "Run");
    expect(await untilEnded(page)).toMatch(end);
  });

  test("are all of them here", async () => {
    const page = await visit();
    const titles = await page.getByLabel("Example").getByRole("option").allTextContents();
    expect(titles.toSorted()).toEqual(Object.keys(ends).toSorted());
  });

  test("in short forms are marked at the lines of their branches", async () => {
    const page = await visit();
    await openExample(page, "Quote a price, in short forms");
    await press(page, "Run");
    await says(page, "Finished:");
    for (const name of ["load user", "check stock", "look up price"]) {
      await page.getByRole("option", { name: new RegExp(name) }).click();
      const line = await page.locator(".facts div", { hasText: "Line" }).locator("dd").textContent();
      const code = await page
        .locator(".cm-line")
        .nth(Number(line) - 1)
        .textContent();
      expect(code).toContain(name);
    }
  });
});

/** Skips what waits for a time, and answers what waits for an answer. */
async function untilEnded(page: Page): Promise<string> {
  const story = page.locator(".story p").first();
  for (;;) {
    await story.filter({ hasText: /^(Finished|Failed|Stopped|Nothing runs)/ }).waitFor();
    const text = (await story.textContent()) ?? "";
    if (/^(Finished|Failed|Stopped)/.test(text)) return text;
    // It may have gone on between the look and the reading.
    if (!text.startsWith("Nothing runs")) continue;
    const before = (await page.locator(".scrubber span").textContent()) ?? "";
    const answer = page.getByRole("button", { name: "Succeed" }).first();
    if (await answer.isVisible()) await answer.click();
    else await press(page, "Skip time");
    // A click that came too late for what it was meant for changes nothing, and the next one is for what is there then.
    await page.getByText(before, { exact: true }).waitFor({ state: "hidden" });
  }
}
