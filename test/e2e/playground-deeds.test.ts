/** What is done to executions in the playground beside starting them: pause, resume, rewind; tags, starts for later, schedules. */

import type { Locator, Page } from "playwright";
import { type DurableContext, withDurableExecution } from "perdure";
import { createMemoryHost } from "perdure/memory";
import { expect, test } from "vitest";
import { createHttpFace } from "../../src/lambda-compat/http/face.ts";
import { serve } from "../http/serve.ts";
import { inChromium } from "./in-chromium.ts";
import { focused, openExample, press, row, says, setCode, violations, visit } from "./playground-visit.ts";

/** A function with a step, a long wait, and a step whose text is `last`. */
const patientCode = (last: string): string => `
import { type DurableContext, withDurableExecution } from "perdure";
export const patient = withDurableExecution(async (_event: unknown, context: DurableContext) => {
  await context.step("first", async () => 1);
  await context.wait("long", { hours: 5 });
  return context.step("last", async () => "${last}");
});
`;

const PARCEL = "A parcel, found by its tags";
const REMINDER = "A reminder, begun later";
const SCHEDULE = "A schedule: a report each morning";

const story = (page: Page): Locator => page.locator(".story");
const badge = (page: Page, state: string): Promise<void> =>
  page.locator(".pane-head .status").getByText(state, { exact: true }).waitFor();
const listed = (page: Page, name: RegExp): Locator =>
  page.getByRole("listbox", { name: "Executions" }).getByRole("option", { name });
const openList = (page: Page): Promise<void> => page.getByRole("tab", { name: "Executions" }).click();
const facts = (page: Page): Locator => page.getByRole("region", { name: "This execution" });

async function runPatient(page: Page): Promise<void> {
  await setCode(page, patientCode("done"));
  await press(page, "Run");
  await row(page, /long.*started/).waitFor();
}

inChromium("an execution", () => {
  test("is paused and resumed with the keyboard, and shows that wherever it is shown", async () => {
    const page = await visit();
    await runPatient(page);
    await page.getByRole("button", { name: "Pause" }).press("Enter");
    await focused(page, "Resume");
    await badge(page, "paused");
    await page.getByRole("status").getByText("It is paused.").waitFor();
    await story(page).getByText("Paused. Nothing begins until somebody resumes it.").waitFor();
    await page.locator(".timeline-head").getByText("paused").waitFor();
    await facts(page).getByText("since").waitFor();
    expect(await violations(page)).toEqual([]);
    await press(page, "Skip time");
    await says(page, "The execution is paused, and stays so.");
    await page.reload();
    await badge(page, "paused");
    await openList(page);
    await listed(page, /patient.*paused/).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole("button", { name: "Resume" }).press("Enter");
    await story(page).getByText('Finished: "done"').waitFor();
    await badge(page, "succeeded");
    expect(await page.getByRole("button", { name: /^(Pause|Resume)$/ }).count()).toBe(0);
  });

  test("takes an answer while it is paused", async () => {
    const page = await visit();
    await openExample(page, "Approve an expense");
    await press(page, "Run");
    await says(page, "It waits for an answer to “ask manager”");
    await press(page, "Pause");
    await badge(page, "paused");
    await press(page, "Succeed");
    await says(page, "The callback is completed.");
    await press(page, "Resume");
    await story(page).getByText("Finished:").waitFor();
  });

  test("that has ended is rewound, with other code from there on", async () => {
    const page = await visit();
    await runPatient(page);
    await press(page, "Skip time");
    await says(page, 'Finished: "done"');
    await setCode(page, patientCode("done otherwise"));
    await row(page, /last.*succeeded/).click();
    await page.getByRole("button", { name: "Rewind" }).press("Enter");
    await focused(page, "Rewind it");
    await says(page, "This execution goes on from its log before “last”.");
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await focused(page, "Rewind");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Enter");
    await says(page, "It goes on from there.");
    await story(page).getByText('Finished: "done otherwise"').waitFor();
    await openList(page);
    expect(await listed(page, /patient/).count()).toBe(1);
    await listed(page, /patient.*succeeded/).waitFor();
  });

  test("that is halted is rewound to before where code and log part", async () => {
    const page = await visit();
    await runPatient(page);
    await setCode(page, patientCode("mended").replace('"long"', '"short"').replace("hours: 5", "seconds: 1"));
    await press(page, "Kill");
    await press(page, "Restart worker");
    await says(page, "Halted: the code and the log do not match.");
    expect(await page.getByRole("button", { name: "Pause" }).count()).toBe(0);
    await row(page, /long/).click();
    await press(page, "Rewind");
    await press(page, "Rewind it");
    await story(page).getByText('Finished: "mended"').waitFor();
  });

  test("is rewound while its step runs, and again while it is paused, and does nothing twice", async () => {
    const page = await visit();
    await setCode(
      page,
      `
import { type DurableContext, withDurableExecution } from "perdure";
export const slow = withDurableExecution(async (_event: unknown, context: DurableContext) => {
  await context.step("first", async () => 1);
  return context.step("second", async ({ signal }) => {
    console.log("second begins");
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    return signal.aborted ? "late" : "in time";
  });
});
`,
    );
    await press(page, "Run");
    await row(page, /second.*started/).waitFor();
    await row(page, /first/).click();
    await press(page, "Rewind");
    await press(page, "Rewind it");
    await says(page, "It goes on from there.");
    await story(page).getByText('Finished: "in time"').waitFor();
    await row(page, /second/).click();
    expect(await page.locator(".log-lines .code").allTextContents()).toEqual(["second begins", "second begins"]);
    await press(page, "Rewind");
    await press(page, "Rewind it");
    await row(page, /second.*started/).waitFor();
    await press(page, "Pause");
    await badge(page, "paused");
    await row(page, /first/).click();
    await press(page, "Rewind");
    await press(page, "Rewind it");
    await says(page, "It is back there, and stays paused.");
    await badge(page, "paused");
    await press(page, "Resume");
    await story(page).getByText('Finished: "in time"').waitFor();
  });
});

inChromium("tags", () => {
  test("are given at the start and by the handler, shown, and what the list is filtered by", async () => {
    const page = await visit();
    await runPatient(page);
    await openExample(page, PARCEL);
    await says(page, "With customer=c-7");
    await press(page, "Start options");
    const tags = page.getByRole("textbox", { name: "Tags" });
    await tags.fill("customer");
    await page.getByRole("status").getByText('"customer" has no "="').waitFor();
    await press(page, "Run");
    await page.locator(".notice").getByText('"customer" has no "="').waitFor();
    await tags.fill(`customer=${"x".repeat(257)}`);
    await says(page, 'The value of tag "customer" has 257 characters; the limit is 256.');
    expect(await violations(page)).toEqual([]);
    await tags.fill("customer=c-8");
    await press(page, "Run");
    await row(page, /ride.*started/).waitFor();
    for (const tag of ["customer=c-8", "stage=on the road", "courier=bike"]) await facts(page).getByText(tag).waitFor();
    await openList(page);
    await listed(page, /patient/).waitFor();
    const filter = page.getByRole("textbox", { name: "Tag", exact: true });
    // As it is written, with a pause before the blank, while the page's clock ticks.
    await filter.pressSequentially("stage=on");
    await says(page, "No execution is like that.");
    await filter.pressSequentially(" the road", { delay: 100 });
    expect(await filter.inputValue()).toBe("stage=on the road");
    await listed(page, /patient/).waitFor({ state: "detached" });
    await listed(page, /sendParcel.*customer=c-8.*running/).waitFor();
    expect(await violations(page)).toEqual([]);
    await filter.fill("customer=c-7");
    await says(page, "No execution is like that.");
    await filter.fill("");
    await listed(page, /sendParcel/).click();
    await press(page, "Skip time");
    await listed(page, /stage=delivered.*succeeded/).waitFor();
    await facts(page).waitFor({ state: "detached" });
    await page.getByRole("tab", { name: "Timeline" }).click();
    await facts(page).getByText("courier=bike").waitFor({ state: "detached" });
  });
});

inChromium("a start for later", () => {
  test("is shown as scheduled until then, survives a reload, and begins when time is skipped", async () => {
    const page = await visit();
    await openExample(page, REMINDER);
    await says(page, "With in 1 hours");
    await press(page, "Run");
    await story(page)
      .getByText(/Nothing runs\. It is scheduled to begin in (1 h|60 min)/)
      .waitFor();
    await badge(page, "scheduled");
    await facts(page).getByText("Begins").waitFor();
    expect(await violations(page)).toEqual([]);
    await openList(page);
    await listed(page, /remindMe.*scheduled/).waitFor();
    await page.reload();
    await badge(page, "scheduled");
    await press(page, "Skip time");
    await story(page)
      .getByText(/Finished: "20.*: the cake"/)
      .waitFor();
    await facts(page).getByText("Scheduled for").waitFor();
  });

  test("takes a day and a time, is refused beyond the limit, and is stopped before", async () => {
    const page = await visit();
    await openExample(page, REMINDER);
    await press(page, "Start options");
    await page.getByLabel("Begins").selectOption("at …");
    await page.getByLabel("Day and time").fill("2999-01-01T09:00");
    await says(page, "366 days from now");
    await press(page, "Run");
    await page.locator(".notice").getByText("366 days from now").waitFor();
    const inTwoDays = await page.evaluate(() => {
      const at = new Date(Date.now() + 2 * 86_400_000);
      return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
    });
    await page.getByLabel("Day and time").fill(inTwoDays);
    expect(await violations(page)).toEqual([]);
    await press(page, "Run");
    await says(page, /Scheduled: it begins on .*\d\d:\d\d\. Skip time/);
    await openList(page);
    await listed(page, /remindMe.*scheduled/).waitFor();
    await press(page, "Stop");
    await listed(page, /remindMe.*stopped/).waitFor();
    await press(page, "Skip time");
    await says(page, "Nothing waits for a time.");
  });
});

inChromium("a schedule", () => {
  test("starts something each time that time is skipped, until it is stopped, and goes on when it is begun again", async () => {
    const page = await visit();
    await openExample(page, SCHEDULE);
    await press(page, "Run");
    await story(page).getByText("Finished:").waitFor();
    await openList(page);
    await listed(page, /everyMorning.*slot-.*scheduled/).waitFor();
    await press(page, "Skip time");
    await listed(page, /report.*everyMorning-.*kind=report.*succeeded/).waitFor();
    await listed(page, /everyMorning.*slot-.*scheduled/).click();
    await press(page, "Pause");
    await listed(page, /everyMorning.*slot-.*paused/).waitFor();
    await press(page, "Resume");
    await listed(page, /everyMorning.*slot-.*scheduled/).waitFor();
    await press(page, "Stop");
    await listed(page, /everyMorning.*slot-.*stopped/).waitFor();
    // Another worker, which was given no execution that has ended.
    await press(page, "Kill");
    await press(page, "Restart worker");
    await says(page, "The worker runs");
    await press(page, "Run");
    await openList(page);
    await listed(page, /everyMorning.*slot-.*scheduled/).waitFor();
    await press(page, "Skip time");
    await expect.poll(() => listed(page, /report.*succeeded/).count()).toBe(2);
  });
});

inChromium("a Worker's executions", () => {
  test("are started with tags and for later, paused and rewound", async () => {
    const napping = withDurableExecution(async (hours: number, context: DurableContext) => {
      await context.step("yawn", async () => "yawned");
      return context.wait("nap", { hours });
    });
    const page = await visit();
    const host = createMemoryHost({ functions: { napping } });
    const token = crypto.randomUUID();
    const credentials = [{ id: "test", rights: ["admin"], bearer: token }] as const;
    const options = { allowedOrigins: [new URL(page.url()).origin] };
    const served = await serve(createHttpFace({ client: host.client, credentials, options }));
    await press(page, "Look at a Worker");
    await page.getByLabel("Address").fill(served.url);
    await page.getByLabel("Bearer token").fill(token);
    await press(page, "Connect");
    await says(page, "The Worker has no execution yet.");
    await page.getByLabel("Payload").fill("5");
    await press(page, "Start options");
    await page.getByRole("textbox", { name: "Tags" }).fill("who=Ada Lovelace");
    await press(page, "Start at the Worker");
    await row(page, /nap.*started/).waitFor();
    await facts(page).getByText("who=Ada Lovelace").waitFor();
    await press(page, "Pause");
    await badge(page, "paused");
    await row(page, /yawn/).click();
    await press(page, "Rewind");
    await press(page, "Rewind it");
    await says(page, "It is back there, and stays paused.");
    await press(page, "Resume");
    await row(page, /nap.*started/).waitFor();
    await page.getByLabel("Begins").selectOption("in …");
    await press(page, "Start at the Worker");
    await badge(page, "scheduled");
    await openList(page);
    await page.getByRole("textbox", { name: "Tag", exact: true }).fill("who=Ada Lovelace");
    await listed(page, /napping.*scheduled/).waitFor();
    host.close();
    await served.close();
  });
});

inChromium("looks", () => {
  test("of 1024 x 768, paused and with one chosen, has more than six operations in sight", async () => {
    const page = await visit({ viewport: { width: 1024, height: 768 } });
    await setCode(
      page,
      `
import { type DurableContext, withDurableExecution } from "perdure";
export const many = withDurableExecution(async (_event: unknown, context: DurableContext) => {
  for (const n of Array(20).keys()) await context.step("step " + n, async () => n);
  await context.wait("long", { hours: 5 });
});
`,
    );
    await press(page, "Run");
    await story(page).getByText("It waits for “long”").waitFor();
    await press(page, "Pause");
    await badge(page, "paused");
    const list = page.getByRole("listbox", { name: "Operations" });
    await list.getByRole("option").nth(2).click();
    await page.getByRole("region", { name: "Chosen operation" }).waitFor();
    const { height = 0 } = (await list.boundingBox()) ?? {};
    expect(Math.floor(height / 32)).toBeGreaterThan(6);
  });

  test.each([
    ["light", 360],
    ["dark", 1024],
  ] as const)(
    "%s, %i px wide: the new states have no violation, and nothing is wider than the screen",
    async (colorScheme, width) => {
      const page = await visit({ colorScheme, viewport: { width, height: 768 } });
      const looksWell = async (state: string): Promise<void> => {
        expect(await violations(page), state).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth), state).toBeLessThanOrEqual(width);
      };
      await openExample(page, SCHEDULE);
      await press(page, "Start options");
      await page.getByLabel("Begins").selectOption("in …");
      await page.getByLabel("How many").fill("");
      await says(page, "Say in how long it is to begin");
      await looksWell("options");
      await openExample(page, PARCEL);
      await press(page, "Run");
      await row(page, /ride.*started/).waitFor();
      await press(page, "Pause");
      await badge(page, "paused");
      await row(page, /pack.*succeeded/).click();
      await press(page, "Rewind");
      await looksWell("rewind");
      await press(page, "Rewind it");
      await says(page, "It is back there, and stays paused.");
      await looksWell("rewound");
      await openList(page);
      await listed(page, /sendParcel.*paused/).waitFor();
      await looksWell("list");
    },
  );
});
