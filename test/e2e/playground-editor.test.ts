/** What the editor knows of types and determinism, through what is seen of it. */

import type { Locator, Page } from "playwright";
import { expect, test } from "vitest";
import { inChromium } from "./in-chromium.ts";
import { openExample, press, revisit, row, says, setCode, violations, visit } from "./playground-visit.ts";

const handler = (body: string): string => `import { type DurableContext, withDurableExecution } from "perdure";

export const run = withDurableExecution(async (event: { who: string }, context: DurableContext) => {
${body}
});
`;

const editor = (page: Page): Locator => page.getByLabel("Workflow code");
const errors = (page: Page): Locator => page.locator(".cm-lintRange-error");
const warnings = (page: Page): Locator => page.locator(".cm-lintRange-warning");
const tooltip = (page: Page, text: string | RegExp): Promise<void> =>
  page.locator(".cm-tooltip").filter({ hasText: text }).first().waitFor();

/** Puts the cursor where the code has a bar. */
async function setCursor(page: Page, code: string): Promise<void> {
  const [before = "", after = ""] = code.split("|");
  await setCode(page, after);
  await editor(page).press("Control+Home");
  await page.keyboard.insertText(before);
}

/** Through the clipboard: the editor reads it in one piece, however long it is. */
async function pasteCode(page: Page, code: string): Promise<void> {
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.evaluate((text) => navigator.clipboard.writeText(text), code);
  await editor(page).press("ControlOrMeta+a");
  await page.keyboard.press("ControlOrMeta+v");
}

/** Points at a piece of code, which need not be an element of its own. */
async function pointAt(page: Page, text: string): Promise<void> {
  const [x, y] = await editor(page).evaluate((content, wanted) => {
    const nodes = document.createTreeWalker(content, NodeFilter.SHOW_TEXT);
    for (let node = nodes.nextNode(); node !== null; node = nodes.nextNode()) {
      const from = node.textContent?.indexOf(wanted) ?? -1;
      if (from < 0) continue;
      const range = document.createRange();
      range.setStart(node, from);
      range.setEnd(node, from + wanted.length);
      const { left, top, width, height } = range.getBoundingClientRect();
      return [left + width / 2, top + height / 2] as const;
    }
    throw new Error(`${wanted} is not in the editor`);
  }, text);
  await page.mouse.move(x, y, { steps: 5 });
}

/** TypeScript has had its say of the code that is in the editor now. */
async function checked(page: Page): Promise<void> {
  const probe = "export const probe: number = 'text';";
  await setCode(page, probe);
  await errors(page).getByText("probe").waitFor();
}

/** The line that a mark is in, by the number in the gutter. */
async function lineOf(page: Page, mark: Locator): Promise<string> {
  const { y, height } = (await mark.boundingBox()) ?? { y: 0, height: 0 };
  const numbers = await page.locator(".cm-lineNumbers .cm-gutterElement").all();
  for (const number of numbers) {
    const box = await number.boundingBox();
    const middle = y + height / 2;
    if (box !== null && box.y <= middle && middle <= box.y + box.height) return (await number.textContent()) ?? "";
  }
  return "none";
}

inChromium("types", () => {
  test.each([
    [
      "a method that does not exist",
      handler(`  await context.stepp("a", async () => 1);`),
      "stepp",
      "Did you mean 'step'?",
    ],
    ["a duration in no unit", handler(`  await context.wait("a", { hourz: 1 });`), "hourz", "does not exist in type"],
    ["a missing argument", handler(`  await context.step();`), "step", "Expected 1-3 arguments"],
    ["a wrong type", handler(`  const n: number = await context.step(async () => event.who);`), "n", "not assignable"],
    [
      "an unknown import",
      `\n\n\nimport { map } from "lodash";\nexport const x = map;`,
      '"lodash"',
      'Only "perdure" and "perdure/schedules" can be imported',
    ],
  ])("%s is found at its line", async (_, code, at, message) => {
    const page = await revisit();
    await setCode(page, code);
    const mark = errors(page).getByText(at, { exact: true });
    await mark.waitFor();
    expect(await lineOf(page, mark)).toBe("4");
    await mark.hover();
    await tooltip(page, message);
  });

  test("a type error keeps nothing from running", async () => {
    const page = await visit({ hasTypes: true });
    await setCode(
      page,
      handler(`  const n: number = await context.step("greet", async () => "hello " + event.who);\n  return n;`),
    );
    await errors(page).waitFor();
    await errors(page).hover();
    await tooltip(page, "Run runs the code all the same");
    await page.getByLabel("Payload").fill('{ "who": "Ada" }');
    await press(page, "Run");
    await says(page, 'Finished: "hello Ada"');
    await errors(page).waitFor();
  });

  test("the examples have no problem", async () => {
    const page = await visit({ hasTypes: true });
    const titles = await page.getByLabel("Example").locator("option").allTextContents();
    expect(titles.length).toBeGreaterThan(6);
    for (const title of titles) {
      await openExample(page, title);
      await checked(page);
      await press(page, "Reset");
      await errors(page).waitFor({ state: "detached" });
      // A second look, after the mark of the code before is gone: the answer for this code.
      await page.waitForFunction(() => document.querySelector(".cm-lint-marker") === null);
      expect(await warnings(page).count(), title).toBe(0);
    }
  });

  test("an error of loading is shown beside those of the types, until the code changes", async () => {
    const page = await visit({ hasTypes: true });
    await setCode(page, `export const n: number = "a";\n\nthrow new Error("it does not load");`);
    await errors(page).first().waitFor();
    await press(page, "Run");
    await says(page, "it does not load");
    await expect.poll(() => errors(page).count()).toBe(2);
    await setCode(page, `export const n: number = "b";`);
    await expect.poll(() => errors(page).count()).toBe(1);
  });
});

inChromium("completion", () => {
  test("has a context's methods, with their types and docs, and writes the call", async () => {
    const page = await revisit();
    await setCursor(page, handler("  await |"));
    await page.keyboard.type("context.wai");
    await page.getByRole("option", { name: "waitForCallback" }).waitFor();
    await tooltip(page, "Waits at least this long");
    await tooltip(page, "wait(name: string, duration: Duration): DurablePromise<void>");
    await page.getByRole("option", { name: "wait", exact: true }).click();
    await editor(page).getByText(`await context.wait("name", { seconds: 10 })`).waitFor();
  });

  test("has what perdure exports, and imports it", async () => {
    const page = await revisit();
    await setCode(page, handler("  return "));
    await editor(page).press("Control+End");
    await page.keyboard.type("\nexport const retry = createRetryS");
    await page.getByRole("option", { name: "createRetryStrategy" }).click();
    await editor(page)
      .getByText(/^import \{ createRetryStrategy, type DurableContext, withDurableExecution \}/)
      .waitFor();
  });

  test("has the units of a duration", async () => {
    const page = await revisit();
    await setCursor(page, handler("  await context.wait(|"));
    await page.keyboard.type("{ h");
    await page.getByRole("option", { name: "hours" }).waitFor();
  });
});

inChromium("hints", () => {
  test("say what a name is", async () => {
    const page = await revisit();
    await openExample(page, "First steps: a cake");
    await checked(page);
    await press(page, "Reset");
    await pointAt(page, " order ");
    await tooltip(page, "const order: string");
  });

  test("show the parameters of a call, until Escape", async () => {
    const page = await revisit();
    await checked(page);
    await setCursor(page, handler("  await context.wait|"));
    await page.keyboard.type('("a", ');
    const parameter = page.locator(".cm-tooltip strong");
    await parameter.getByText("duration: Duration").waitFor();
    // The first may close a list of suggestions.
    await expect
      .poll(async () => {
        await page.keyboard.press("Escape");
        return parameter.count();
      })
      .toBe(0);
  });
});

inChromium("the determinism lint", () => {
  test.each([
    ["Date.now", "  const at = Date.now();\n  return at;"],
    ["Math.random", "  return Math.random();"],
    ["crypto.randomUUID", "  return crypto.randomUUID();"],
    ["fetch", `  return (await fetch("https://a.example")).status;`],
    [
      "context.wait",
      `  await context.runInChildContext(async (child) => { await context.wait({ seconds: 1 }); return child; });`,
    ],
    ["context.step", `  await context.step("a", async () => { await context.step("b", async () => 1); });`],
  ])("warns of %s", async (at, body) => {
    const page = await revisit();
    await setCode(page, handler(body));
    await warnings(page).first().waitFor();
    expect((await warnings(page).allTextContents()).join("")).toContain(at);
    expect(await lineOf(page, warnings(page).first())).toBe("4");
  });

  test("offers what to write instead, which settles it", async () => {
    const page = await revisit();
    await setCode(page, handler("  return Date.now();"));
    await warnings(page).first().hover();
    await page.getByRole("button", { name: "Put it into a step" }).click();
    await editor(page).getByText(`return await context.step("now", async () => Date.now());`).waitFor();
    await warnings(page).first().waitFor({ state: "detached" });
    await press(page, "Run");
    await row(page, /now.*succeeded/).waitFor();
  });
});

inChromium("what the editor says", () => {
  test.each([
    ["light", 1280],
    ["dark", 1280],
    ["light", 360],
  ] as const)("%s, %i px wide: can be read by everybody, and fits", async (colorScheme, width) => {
    const page = await visit({ hasTypes: true, colorScheme, viewport: { width, height: 800 } });
    const fits = async (): Promise<void> => {
      const edges = async (): Promise<readonly number[]> => {
        const boxes = await Promise.all((await page.locator(".cm-tooltip").all()).map((each) => each.boundingBox()));
        return boxes.flatMap((box) => (box === null ? [] : [box.x, box.x + box.width]));
      };
      // It is measured, and put in its place, after it is there.
      await expect.poll(async () => (await edges()).every((x) => x >= 0 && x <= width)).toBe(true);
      expect(await violations(page)).toEqual([]);
    };
    await setCode(page, handler(`  const n: number = Date.now() + "a";\n  return n;`));
    await warnings(page).first().hover();
    await tooltip(page, "outside a step");
    await fits();
    await page.mouse.move(1, 1);
    await page.locator(".cm-tooltip").waitFor({ state: "detached" });
    await setCursor(page, handler("  await |"));
    await page.keyboard.type("context.wai");
    await page.getByRole("option", { name: "waitForCondition" }).waitFor();
    await fits();
  });

  test("is reached with the keyboard: the list of problems, and what settles them", async () => {
    const page = await visit({ hasTypes: true });
    await setCode(page, handler("  return Date.now();"));
    await warnings(page).first().waitFor();
    await editor(page).press("ControlOrMeta+Shift+M");
    const panel = page.getByRole("listbox", { name: "Diagnostics" });
    await panel.getByText("Date.now outside a step").waitFor();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press("Home");
    await page.keyboard.press("Enter");
    await page.keyboard.press("ControlOrMeta+.");
    await editor(page).getByText(`return await context.step("now", async () => Date.now());`).waitFor();
  });
});

inChromium("TypeScript", () => {
  test("is loaded after the worker that runs workflows", async () => {
    const page = await visit({ hasTypes: true });
    const scripts: string[] = [];
    page.on("request", (request) =>
      scripts.push(new URL(request.url()).pathname.replace(/.*\/(\w+)\.worker-.*/, "$1")),
    );
    await page.reload();
    await expect.poll(() => scripts).toContain("language");
    expect(scripts.indexOf("engine")).toBeGreaterThanOrEqual(0);
    expect(scripts.indexOf("engine")).toBeLessThan(scripts.indexOf("language"));
  });

  test("is not needed: without it syntax is checked, and code runs", async () => {
    const page = await visit({ hasTypes: true });
    const lost = page.waitForEvent("requestfailed", (request) => request.url().includes("language.worker"));
    await page.route(/language\.worker/, (route) => route.abort());
    await page.reload();
    await lost;
    await setCode(page, "export const broken = ;");
    await errors(page).first().waitFor();
    await setCode(page, handler(`  const n: number = "a";\n  return context.step("s", async () => n + event.who);`));
    await errors(page).first().waitFor({ state: "detached" });
    await page.getByLabel("Payload").fill('{ "who": "Ada" }');
    await press(page, "Run");
    await says(page, 'Finished: "aAda"');
  });
});

inChromium("a long file", () => {
  const lines = 2_000;

  test("is typed in without waiting for its check, whose answers are for what is there", async () => {
    const page = await visit({ hasTypes: true });
    await checked(page);
    const step = (n: number): string => `  await context.step("step ${n}", async () => ({ n: ${n}, who: event.who }));`;
    await pasteCode(page, handler(Array.from({ length: lines }, (_, n) => step(n)).join("\n")));
    await errors(page).first().waitFor({ state: "detached" });
    await editor(page).press("Control+End");
    await page.keyboard.type("\nexport const late: number = 'text';", { delay: 5 });
    await errors(page).getByText("late", { exact: true }).waitFor();
    for (let i = 0; i < "'text';".length; i++) await page.keyboard.press("Backspace");
    await page.keyboard.type("4;");
    await errors(page).first().waitFor({ state: "detached" });
  });
});
