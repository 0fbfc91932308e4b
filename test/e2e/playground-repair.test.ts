/** The repair loop: what ran is looked at, the code is changed, and what ran goes on with the code that is shown. */

import type { Locator, Page } from "playwright";
import { expect, test } from "vitest";
import { inChromium } from "./in-chromium.ts";
import { moveUntilWithheld } from "./moving-pointer.ts";
import { newTab, openExample, press, row, says, setCode, violations, visit } from "./playground-visit.ts";

/** Three quick steps, a long wait, and a last step whose result tells which code ran it. */
const code = ({ second = "two", result = 1, name = "patient" } = {}): string => `
import { type DurableContext, withDurableExecution } from "perdure";
export const ${name} = withDurableExecution(async (_event: unknown, context: DurableContext) => {
  await context.step("one", async () => 1);
  await context.step("${second}", async () => 2);
  await context.step("three", async () => 3);
  await context.wait("long", { hours: 5 });
  return context.step("last", async () => ${result});
});
`;

const handler = (body: string, event = "unknown"): string => `
import { type DurableContext, withDurableExecution } from "perdure";
export const run = withDurableExecution(async (event: ${event}, context: DurableContext) => {
${body}
});
`;

const details = (page: Page): Locator => page.locator(".details");
const lines = (page: Page): Locator => page.getByRole("region", { name: "Log lines" }).getByRole("listitem");
const marked = (page: Page): Locator => page.locator(".cm-mark-chosen");
const name = async (page: Page): Promise<string> => (await page.locator(".pane-head .name").textContent()) ?? "";

async function runPatient(page: Page): Promise<void> {
  await setCode(page, code());
  await press(page, "Run");
  await row(page, /long.*started/).waitFor();
}

inChromium("restarting from an operation", () => {
  test("runs the code of the editor, says so, and links the two executions both ways", async () => {
    const page = await visit();
    await runPatient(page);
    const parent = await name(page);
    await setCode(page, code({ result: 2 }));
    await row(page, /three/).click();
    await press(page, "Restart from here");
    await says(page, "From there it runs the code that is in the editor, bake-cake.ts.");
    await row(page, /two.*copied.*succeeded/).waitFor();
    await row(page, /long.*started/).waitFor();
    await press(page, "Skip time");
    await says(page, "Finished: 2");
    await details(page).getByText("anew from “three” on.").waitFor();
    expect(await violations(page)).toEqual([]);
    const fork = await name(page);
    await press(page, parent.replace("patient / ", ""));
    await details(page).getByText("Made from this one:").waitFor();
    expect(await name(page)).toBe(parent);
    await press(page, fork.replace("patient / ", ""));
    await says(page, "Finished: 2");
  });

  test("refuses code of another function, and keeps what runs as it is", async () => {
    const page = await visit();
    await runPatient(page);
    const parent = await name(page);
    await setCode(page, code({ name: "other" }));
    await row(page, /three/).click();
    await press(page, "Restart from here");
    await says(page, "This execution is one of “patient”, and the code in the editor (bake-cake.ts) exports other.");
    expect(await name(page)).toBe(parent);
  });

  test("takes the editor's function also where another file has one of the same name", async () => {
    const page = await visit();
    await runPatient(page);
    await openExample(page, "Poll until ready");
    await setCode(page, code({ result: 7 }));
    await row(page, /three/).click();
    await press(page, "Restart from here");
    await says(page, "the code that is in the editor, poll-until-ready.ts.");
    await row(page, /long.*started/).waitFor();
    await press(page, "Skip time");
    await says(page, "Finished: 7");
  });
});

inChromium("a breach", () => {
  test("marks as replayed what the code got to, and is resumed with what the editor shows", async () => {
    const page = await visit();
    await runPatient(page);
    await press(page, "Kill");
    await setCode(page, code({ second: "renamed" }));
    await press(page, "Restart worker");
    await says(page, "At position 2 the code calls something else");
    await row(page, /one.*from the log/).waitFor();
    expect(await row(page, /(two|three).*from the log/).count()).toBe(0);
    expect(await page.getByText("The storage did not answer").count()).toBe(0);
    await page.reload();
    await says(page, "At position 2 the code calls something else");
    await row(page, /one.*from the log/).waitFor();
    expect(await row(page, /(two|three).*from the log/).count()).toBe(0);
    await setCode(page, code({ name: "other" }));
    await press(page, "Resume with this code");
    await says(page, "exports other.");
    await setCode(page, "throw new Error('it does not load');");
    await press(page, "Resume with this code");
    await says(page, "it does not load");
    await setCode(page, code({ result: 5 }));
    await press(page, "Resume with this code");
    await says(page, "Resumed. It runs the code that is in the editor, bake-cake.ts.");
    await row(page, /long.*started/).waitFor();
    await press(page, "Skip time");
    await says(page, "Finished: 5");
  });
});

inChromium("storage that fails", () => {
  test("is told of, and what was written to it is tried again", async () => {
    const page = await visit();
    await setCode(page, handler(`  return context.step("one", async () => 1);`));
    await press(page, "Slow storage");
    await press(page, "Run");
    await press(page, "Fail the next write");
    await says(page, "The storage did not answer (");
    await says(page, "Finished: 1");
  });
});

inChromium("skipped time", () => {
  test("has passed for the code too, does not run back by itself, and is put back by a press", async () => {
    const page = await visit();
    const ahead = page.getByText(/^Clock: \d+ s ahead$/);
    await setCode(
      page,
      handler(
        `  const before = await context.step("before", async () => Date.now());
  await context.wait("wait", { seconds: 50 });
  const after = await context.step("after", async () => new Date().getTime());
  return [(after - before) >= 50_000, Math.round((after - event) / 10_000)];`,
        "number",
      ),
    );
    await page.getByLabel("Payload").fill(String(Date.now()));
    await press(page, "Run");
    await row(page, /wait.*started/).waitFor();
    await press(page, "Skip time");
    await says(page, /^Finished: \[ true,/);
    const shown = await ahead.textContent();
    await page.waitForTimeout(3_000);
    expect(await ahead.textContent()).toBe(shown);
    await page.reload();
    await says(page, "The worker runs");
    expect(await ahead.textContent()).toBe(shown);
    await press(page, "Put the clock back");
    await ahead.waitFor({ state: "detached" });
    await setCode(page, handler(`  return context.step("now", async () => Date.now() - event < 40_000);`, "number"));
    await page.getByLabel("Payload").fill(String(Date.now()));
    await press(page, "Run");
    await says(page, "Finished: true");
  });
});

inChromium("inputs, results and errors", () => {
  test("are shown in full, and copied", async () => {
    const page = await visit();
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    const copied = (): Promise<string> => page.evaluate(() => navigator.clipboard.readText());
    await setCode(
      page,
      handler(`  return context.step("make", async () => Array.from({ length: 300 }, (_, n) => n));`),
    );
    await page.getByLabel("Payload").fill('{ "key": "a value" }');
    await press(page, "Run");
    await says(page, "Finished:");
    const whole = JSON.stringify(
      Array.from({ length: 300 }, (_, n) => n),
      null,
      2,
    );
    await press(page, "Copy input");
    expect(await copied()).toBe('{\n  "key": "a value"\n}');
    await press(page, "Copy result");
    expect(await copied()).toBe(whole);
    await row(page, /make/).click();
    await press(page, "Show all 302 lines");
    expect(await details(page).locator("pre").textContent()).toBe(whole);
    await press(page, "Copy result");
    expect(await copied()).toBe(whole);
  });

  test("of a step that threw come with its stack, and lead to its line", async () => {
    const page = await visit();
    await setCode(
      page,
      handler(`  await context.step("charge", async () => charge(), { retryStrategy: () => ({ shouldRetry: false }) });
}, {});
function charge(): never {
  throw new RangeError("no card");
}
void (async () => {`),
    );
    await press(page, "Run");
    await says(page, "Failed: no card");
    await row(page, /charge/).click();
    await details(page).getByText("RangeError: no card").first().waitFor();
    await details(page).getByText("at charge").waitFor();
    await press(page, "at line 7");
    await marked(page).getByText("no card").waitFor();
    expect(await violations(page)).toEqual([]);
  });
});

inChromium("log lines", () => {
  test("of consoles and loggers stand with their operation, those of the handler with the execution", async () => {
    const page = await visit();
    await setCode(
      page,
      handler(`  context.logger.info("in the handler");
  const talk = (what: string) => context.step(what, async ({ logger }) => {
    console.log(what, "begins");
    await new Promise((next) => setTimeout(next, 100));
    console.warn(what + " has waited");
    await new Promise((next) => setTimeout(next, 100));
    logger.info(what + " logs", { how: "well" });
  });
  await Promise.all([talk("left"), talk("right")]);
  console.error("after both");`),
    );
    await press(page, "Run");
    await says(page, "Finished");
    for (const each of ["left", "right"]) {
      await row(page, new RegExp(each)).click();
      await expect
        .poll(() => lines(page).locator(".code").allTextContents())
        .toEqual([`${each} begins`, `${each} has waited`, `${each} logs {"how":"well"}`]);
    }
    await press(page, "Close");
    const all = await lines(page).locator(".code").allTextContents();
    expect(all).toHaveLength(8);
    expect([all[0], all.at(-1)]).toEqual(["in the handler", "after both"]);
    await lines(page).first().getByRole("button", { name: "line 4" }).click();
    await marked(page).getByText("in the handler").waitFor();
    expect(await violations(page)).toEqual([]);
  });
});

inChromium("choosing", () => {
  test("an operation shows its line, and an execution its code, without losing what was edited since", async () => {
    const page = await visit();
    const editor = page.getByLabel("Workflow code");
    await runPatient(page);
    await row(page, /three/).click();
    await marked(page).getByText('"three"').waitFor();
    await setCode(page, code({ name: "other" }));
    await press(page, "Run");
    await says(page, "other / ");
    await setCode(page, `${code({ name: "other" })}// my edit`);
    await page.getByRole("tab", { name: "Executions" }).click();
    await row(page, /patient.*running/).click();
    await editor.getByText("export const patient").waitFor();
    await page
      .getByRole("note")
      .getByText(/The code that patient \/ run-\w+ runs with\./)
      .waitFor();
    expect(await violations(page)).toEqual([]);
    await press(page, "Back to my code");
    await editor.getByText("// my edit").waitFor();
    expect(await page.getByRole("note").count()).toBe(0);
  });
});

inChromium("the list of executions", () => {
  test("stands still under the pointer while new ones come in above, until the pointer leaves it or a key is used", async () => {
    const page = await visit();
    await runPatient(page);
    const first = await name(page);
    const other = await newTab(page.url());
    await page.getByRole("tab", { name: "Executions" }).click();
    const list = page.getByRole("listbox", { name: "Executions" });
    const runs = list.getByRole("option");
    await row(page, /patient.*running/).hover();
    await setCode(other, code({ name: "other" }));
    await press(other, "Run");
    await moveUntilWithheld(row(page, /patient.*running/));
    expect(await runs.count()).toBe(1);
    expect(await violations(page)).toEqual([]);
    await page.mouse.down();
    await page.mouse.up();
    await expect.poll(() => name(page)).toBe(first);
    await page.mouse.move(1, 1);
    await expect.poll(() => runs.count()).toBe(2);
    await runs.first().hover();
    await press(other, "Run");
    await moveUntilWithheld(runs.first());
    await list.press("Home");
    await expect.poll(() => runs.count()).toBe(3);
  });
});

inChromium("the callbacks", () => {
  test("are called what the texts call them, with an answer that fits", async () => {
    const page = await visit();
    await openExample(page, "Order, with a payment against time");
    await press(page, "Run");
    await page.getByRole("region", { name: "Callbacks" }).getByText("It waits for an answer to “payment”").waitFor();
    await page.getByRole("heading", { name: "Callbacks" }).waitFor();
    await press(page, "Succeed");
    await row(page, /payment.*callback.*succeeded/).click();
    await details(page).getByText("payment-1").waitFor();
  });
});

inChromium("the page", () => {
  test("says that its scale is logarithmic, and has one button that kills", async () => {
    const page = await visit();
    await runPatient(page);
    await page.locator(".timeline-head").getByText("log scale").waitFor();
    expect(await page.getByRole("button", { name: /kill/i }).count()).toBe(1);
  });

  test.each([false, true])("of 1024 x 768 has more than six operations in sight (one chosen: %s)", async (isChosen) => {
    const page = await visit({ viewport: { width: 1024, height: 768 } });
    await setCode(
      page,
      handler(`  for (const n of Array(20).keys()) await context.step("step " + n, async () => "result " + n);`),
    );
    await press(page, "Run");
    await says(page, "Finished");
    const list = page.getByRole("listbox", { name: "Operations" });
    await list.getByRole("option").nth(6).waitFor();
    if (isChosen) await list.getByRole("option").nth(2).click();
    const { y = 0, height = 0 } = (await list.boundingBox()) ?? {};
    const bottom = await page.locator("main").evaluate((main) => main.getBoundingClientRect().bottom);
    expect(Math.floor((Math.min(y + height, bottom) - y) / 32)).toBeGreaterThan(6);
  });
});
