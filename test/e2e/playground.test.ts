import { type DurableContext, withDurableExecution } from "perdure";
import { createMemoryHost } from "perdure/memory";
import { expect, test } from "vitest";
import { createHttpFace } from "../../src/lambda-compat/http/face.ts";
import { serve } from "../http/serve.ts";
import { inChromium } from "./in-chromium.ts";
import { anotherVisit, newTab, openExample, press, row, says, setCode, violations, visit } from "./playground-visit.ts";

/** A function with two quick steps and a long wait between them. */
const patientCode = (first: string): string => `
import { type DurableContext, withDurableExecution } from "perdure";
export const patient = withDurableExecution(async (_event: unknown, context: DurableContext) => {
  const a = await context.step("${first}", async () => 1);
  await context.wait("long", { hours: 5 });
  return a + (await context.step("second", async () => 2));
});
`;

const askingCode = `
import { type DurableContext, withDurableExecution } from "perdure";
export const asking = withDurableExecution(async (_event: unknown, context: DurableContext) =>
  context.waitForCallback("question", async () => undefined, { heartbeatTimeout: { hours: 1 } }),
);
`;

const dozingCode = `
import { type DurableContext, withDurableExecution } from "perdure";
export const dozing = withDurableExecution(async (days: number, context: DurableContext) => {
  await context.wait("doze", { days });
  return days;
});
`;

const endlessCode = `
import { withDurableExecution } from "perdure";
export const endless = withDurableExecution(async () => {
  for (;;);
});
`;

/** Tries what a script of the page could do. */
const reachingCode = `
import { type DurableContext, withDurableExecution } from "perdure";
export const reaching = withDurableExecution(async (_event: unknown, context: DurableContext) =>
  context.step("reach", async () => [
    attempt("localStorage", () => localStorage.length),
    await new Promise((resolve) => {
      try {
        const request = indexedDB.open("perdure-playground");
        request.onsuccess = () => resolve("indexedDB: reached");
        request.onerror = () => resolve("indexedDB: " + request.error?.name);
      } catch (error) {
        resolve("indexedDB: " + (error as Error).name);
      }
    }),
    attempt("document", () => document.body),
    attempt("cookies", () => cookieStore.get("a")),
  ]),
);
function attempt(what: string, reach: () => unknown): string {
  try {
    reach();
    return what + ": reached";
  } catch (error) {
    return what + ": " + (error as Error).name;
  }
}
`;

interface ServedWorker extends AsyncDisposable {
  readonly url: string;
  readonly token: string;
  /** Another execution. */
  start(): Promise<unknown>;
}

async function serveWorker(origin: string): Promise<ServedWorker> {
  const asking = withDurableExecution(async (_event: unknown, context: DurableContext) =>
    context.waitForCallback("remote question", async () => undefined),
  );
  const host = createMemoryHost({ functions: { asking } });
  await host.client.start({ functionName: "asking" });
  const token = crypto.randomUUID();
  const face = createHttpFace({
    client: host.client,
    credentials: [{ id: "test", rights: ["admin"], bearer: token }],
    options: { allowedOrigins: [origin] },
  });
  const served = await serve(face);
  return {
    url: served.url,
    token,
    start: () => host.client.start({ functionName: "asking" }),
    async [Symbol.asyncDispose]() {
      host.close();
      await served.close();
    },
  };
}

/** An execution of many steps, five to a commit. */
function longLog(steps: number): readonly string[] {
  const started = { name: "long", incarnation: "c0ffee", functionName: "absent", version: "1", retentionDays: 14 };
  const log = [{ v: 1, writer: "w.0", at: 0, facts: [{ kind: "EXECUTION_STARTED", ...started }] as object[] }];
  for (let id = 1; id <= steps; id++) {
    if (id % 5 === 1) log.push({ v: 1, writer: `w.${id}`, at: id * 10, facts: [] });
    log.at(-1)?.facts.push({ kind: "SUCCEEDED", id: `${id}`, type: "STEP", name: `step ${id}`, subType: "Step" });
  }
  return log.map((commit) => JSON.stringify(commit));
}

inChromium("a newcomer", () => {
  test("presses Run, Kill, reloads, and sees it finish with finished steps not run again", async () => {
    const page = await visit();
    await says(page, "Press Run.");
    await press(page, "Run");
    await row(page, /mix batter.*, succeeded/).waitFor();
    await press(page, "Kill");
    await says(page, "The worker is gone");
    await page.reload();
    await says(page, /Finished: "cake for 8, from oven \d+, with cream and candles"/);
    await says(page, /In run 2 of the code, \d results came from the log/);
    await row(page, /take order.*, succeeded.*from the log/).waitFor();
    await row(page, /take order/).click();
    await says(page, "position 1");
    await says(page, "position 1");
    expect(await page.getByText(/times? since this page was opened/).count()).toBe(0);
    // The line is known again, from a replay.
    await page.reload();
    await row(page, /serve.*, succeeded/).waitFor();
    await page.getByLabel(/^Commit/).press("Home");
    await page.getByLabel(/^Commit/).press("ArrowRight");
    await page.locator(".cm-mark-reached", { hasText: "take order" }).waitFor();
  });

  test("starts another worker in place of a killed one", async () => {
    const page = await visit();
    await press(page, "Run");
    await row(page, /choose oven.*, succeeded/).waitFor();
    await press(page, "Kill");
    await press(page, "Restart worker");
    await says(page, "Finished:");
  });
});

inChromium("the view", () => {
  test("goes through the log, as history, as commits, and by the scrubber", async () => {
    const page = await visit();
    await setCode(page, patientCode("first"));
    await press(page, "Run");
    await row(page, /long.*started/).waitFor();
    await press(page, "Skip time");
    await says(page, "Finished: 3");
    await page.getByRole("tab", { name: "History" }).click();
    for (const event of ["ExecutionStarted", "StepSucceeded", "WaitStarted", "WaitSucceeded", "ExecutionSucceeded"]) {
      await says(page, event);
    }
    await page.getByRole("tab", { name: "Log" }).click();
    await row(page, /EXECUTION_STARTED/).click();
    await says(page, /"kind": "EXECUTION_STARTED"/);
    await page.getByRole("tab", { name: "Timeline" }).click();
    await says(page, "No operation yet");
    await page.getByLabel(/^Commit 1 of/).press("ArrowRight");
    await row(page, /first.*, succeeded/).waitFor();
    expect(await row(page, /second/).count()).toBe(0);
    await press(page, "Live");
    await row(page, /second.*, succeeded/).waitFor();
  });
});

inChromium("faults", () => {
  test("a refused write, a lost acknowledgement, a doubled alarm and slow storage change nothing", async () => {
    const page = await visit();
    await setCode(page, patientCode("first"));
    await press(page, "Slow storage");
    await press(page, "Lose an acknowledgement");
    await press(page, "Run");
    await row(page, /long.*started/).waitFor();
    await press(page, "Slow storage");
    await press(page, "Fail the next write");
    await press(page, "Duplicate the alarm");
    await press(page, "Skip time");
    await says(page, "Finished: 3");
    await row(page, /first.*, succeeded/).click();
    await says(page, "1 time since this page was opened");
  });

  test("a second tab looks on, and takes over when the first one closes", async () => {
    const page = await visit();
    await press(page, "Run");
    await row(page, /take order.*, succeeded/).waitFor();
    const second = await newTab(page.url());
    await says(second, "Another tab has the worker");
    await row(second, /take order.*, succeeded/).waitFor();
    await page.close();
    await says(second, "The worker runs");
    await says(second, "Finished:");
  });
});

inChromium("two tabs", () => {
  test("the one where Run is pressed has the worker, and nothing is lost or done twice", async () => {
    const first = await visit();
    await setCode(first, patientCode("first"));
    await press(first, "Run");
    await row(first, /long.*started/).waitFor();
    const second = await newTab(first.url());
    await says(second, "Another tab has the worker");
    await press(second, "Run");
    await says(first, "Another tab has the worker");
    await says(second, "The worker runs");
    await row(second, /long.*started/).waitFor();
    await press(first, "Skip time");
    await says(first, "Finished: 3");
    await says(second, "Finished: 3");
    await row(first, /first.*succeeded/).click();
    await says(first, "1 time since this page was opened");
  });
});

inChromium("callbacks", () => {
  test("are answered from the inbox, with a heartbeat before", async () => {
    const page = await visit();
    await setCode(page, askingCode);
    await press(page, "Run");
    await says(page, "It waits for an answer to “question”");
    await press(page, "Heartbeat");
    await says(page, "Heartbeat sent.");
    await page.getByLabel("It waits for an answer").fill("forty-two");
    await press(page, "Succeed");
    await says(page, 'Finished: "forty-two"');
  });

  test("race a timer", async () => {
    const page = await visit();
    await openExample(page, "Order, with a payment against time");
    await press(page, "Run");
    await says(page, "It waits for an answer to “payment”");
    await press(page, "Fail");
    await says(page, /"status": "undone"/);
    await press(page, "Run");
    await says(page, "It waits for an answer to “payment”");
    await press(page, "Skip time");
    await says(page, /"status": "expired"/);
  });
});

inChromium("a breach of determinism", () => {
  test("is shown side by side, repaired and resumed", async () => {
    const page = await visit();
    await setCode(page, patientCode("first"));
    await press(page, "Run");
    await row(page, /long.*started/).waitFor();
    await press(page, "Kill");
    await setCode(page, patientCode("renamed"));
    await press(page, "Restart worker");
    await says(page, "At position 1 the code calls something else than the log has there.");
    await page.getByText('step("first")', { exact: true }).waitFor();
    await page.getByText('step("renamed")', { exact: true }).waitFor();
    expect(await row(page, /first.*from the log/).count()).toBe(0);
    await press(page, "Put the earlier code back");
    await press(page, "Resume with this code");
    await row(page, /long.*started/).waitFor();
    await press(page, "Skip time");
    await says(page, "Finished: 3");
  });
});

inChromium("the editor", () => {
  test("warns of what replays differently, and shows errors at their line", async () => {
    const page = await visit({ hasTypes: true });
    await setCode(page, "export const now = (context: DurableContext) => Date.now();");
    await page.locator(".cm-lintRange-warning").waitFor();
    await setCode(page, "const fine = 1;\nconst broken = ;");
    await page.locator(".cm-lintRange-error").waitFor();
    await press(page, "Run");
    await says(page, /^Line 2:/);
  });

  test("shares code by a link that runs nothing", async () => {
    const page = await visit();
    await setCode(page, patientCode("shared"));
    await press(page, "Share");
    const link = (await page.getByRole("link", { name: "Link" }).getAttribute("href")) ?? "";
    const other = await anotherVisit(link);
    await other.getByText('"shared"').waitFor();
    await says(other, "The worker runs");
    expect(await other.getByRole("option").filter({ hasText: "shared" }).count()).toBe(0);
    await says(other, "Press Run.");
  });
});

inChromium("the list", () => {
  test("filters, stops, forks, exports, imports, replays and purges", async () => {
    const page = await visit();
    await setCode(page, patientCode("first"));
    await press(page, "Run");
    await row(page, /long.*started/).click();
    await press(page, "Restart from here");
    await says(page, "A new execution, with the log of the old one");
    await row(page, /long.*started/).waitFor();
    await page.getByRole("tab", { name: "Executions" }).click();
    await row(page, /patient.*running/)
      .nth(1)
      .waitFor();
    await press(page, "Stop");
    await row(page, /patient.*stopped/).waitFor();
    await page.getByLabel("Status").selectOption("RUNNING");
    await row(page, /patient.*running/).waitFor();
    await row(page, /patient.*stopped/).waitFor({ state: "hidden" });
    await page.getByLabel("Status").selectOption("");
    const downloading = page.waitForEvent("download");
    await press(page, "Export");
    const file = await (await downloading).path();
    await press(page, "Purge");
    await press(page, "Keep it");
    await press(page, "Purge");
    await press(page, "Purge for good");
    await says(page, "Purged");
    await page.getByLabel("Import", { exact: true }).setInputFiles(file);
    await says(page, "Imported");
    await press(page, "Replay with this code");
    await says(page, "The code in the editor replays this log");
    await setCode(page, patientCode("renamed"));
    await press(page, "Replay with this code");
    await says(page, /does not replay this log/);
  });

  test("goes on after a file with what no execution has, which is refused", async () => {
    const page = await visit();
    await page.getByRole("tab", { name: "Executions" }).click();
    const [first = "", ...rest] = longLog(1);
    for (const log of [[first.replace(/"at":\d+/, '"at":1e20'), ...rest], longLog(1)]) {
      const buffer = Buffer.from(JSON.stringify({ format: "perdure-execution", version: 1, log }));
      const file = { name: "log.json", mimeType: "application/json", buffer };
      await page.getByLabel("Import", { exact: true }).setInputFiles(file);
      await says(page, log[0] === first ? "Imported" : 'wrong value for "at"');
    }
    await page.reload();
    await row(page, /succeeded|running/).waitFor();
  });
});

inChromium("the clock", () => {
  test("put ahead is no reason to lose what ended before", async () => {
    const page = await visit();
    await setCode(page, dozingCode);
    for (const days of [1, 30]) {
      await page.getByLabel("Payload").fill(String(days));
      await press(page, "Run");
      await row(page, /doze.*started/).waitFor();
      await press(page, "Skip time");
      await says(page, `Finished: ${days}`);
    }
    await page.getByRole("tab", { name: "Executions" }).click();
    await press(page, "Refresh");
    await row(page, /dozing.*succeeded/)
      .nth(1)
      .waitFor();
  });
});

inChromium("a long log", () => {
  test("of 10,000 operations is scrolled and scrubbed with a screenful in the document", async () => {
    const page = await visit();
    const exported = JSON.stringify({ format: "perdure-execution", version: 1, log: longLog(10_000) });
    await page.getByRole("tab", { name: "Executions" }).click();
    await page
      .getByLabel("Import", { exact: true })
      .setInputFiles({ name: "long.json", mimeType: "application/json", buffer: Buffer.from(exported) });
    await says(page, "Imported");
    await page.getByRole("tab", { name: "Timeline" }).click();
    await says(page, "Commit 2001 of 2001");
    await row(page, /step 1 /).click();
    await page.getByRole("listbox").press("End");
    await row(page, /step 10000/).waitFor();
    await page.getByLabel(/^Commit/).press("Home");
    await page.getByLabel(/^Commit/).press("ArrowRight");
    await row(page, /step 5/).waitFor();
    expect(await row(page, /step \d/).count()).toBe(5);
    await press(page, "Live");
    expect(await row(page, /step \d/).count()).toBeLessThan(60);
  });
});

inChromium("a Worker's executions", () => {
  test("are listed, watched live and answered, through a reload, with a credential that the tab's session keeps", async () => {
    const page = await visit();
    await using worker = await serveWorker(new URL(page.url()).origin);
    await press(page, "Look at a Worker");
    await page.getByLabel("Address").fill(worker.url);
    await page.getByLabel("Bearer token").fill("wrong");
    await press(page, "Connect");
    await says(page, "The Worker answered 401");
    await page.getByLabel("Bearer token").fill(worker.token);
    await press(page, "Connect");
    await row(page, /asking.*running/).click();
    await press(page, "Open");
    await row(page, /remote question.*started/).waitFor();
    await page.getByLabel("It waits for an answer").fill("from afar");
    await press(page, "Succeed");
    await says(page, 'Finished: "from afar"');
    await press(page, "Start at the Worker");
    await says(page, "Started at the Worker.");
    await row(page, /remote question.*started/).waitFor();
    await page.reload();
    await row(page, /remote question.*started/).waitFor();
    await page.getByText(new URL(worker.url).host).waitFor();
    const kept = (): Promise<string> =>
      page.evaluate(() => JSON.stringify([{ ...localStorage }, location.href, document.cookie]));
    expect(await kept()).not.toContain(worker.token);
    await press(page, "Back to this browser");
    await says(page, "Press Run.");
    expect(await page.evaluate(() => JSON.stringify({ ...sessionStorage }))).not.toContain(worker.token);
  });

  test("appear in the list by themselves", async () => {
    const page = await visit();
    await using worker = await serveWorker(new URL(page.url()).origin);
    await press(page, "Look at a Worker");
    await page.getByLabel("Address").fill(worker.url);
    await page.getByLabel("Bearer token").fill(worker.token);
    await press(page, "Connect");
    await row(page, /asking.*running/).waitFor();
    await worker.start();
    await row(page, /asking.*running/)
      .nth(1)
      .waitFor();
  });

  test("cannot be read from an origin that is not allowed, and that is explained", async () => {
    const page = await visit();
    await using worker = await serveWorker("https://elsewhere.example");
    await press(page, "Look at a Worker");
    await page.getByLabel("Address").fill(worker.url);
    await page.getByLabel("Bearer token").fill(worker.token);
    await press(page, "Connect");
    await says(page, /No answer from .* that this page may read.*allowedOrigins: \["http:\/\/localhost:\d+"\]/);
  });
});

inChromium("the sandbox", () => {
  test("code that never lets go is killed, and the page goes on", async () => {
    const page = await visit();
    await setCode(page, endlessCode);
    await press(page, "Run");
    await says(page, "The code runs.");
    await press(page, "Kill");
    await says(page, "No worker: killed");
    await page.getByRole("tab", { name: "Executions" }).click();
    await press(page, "Stop");
    await row(page, /endless.*stopped/).waitFor();
  });

  test("code reaches neither the storage nor the page", async () => {
    const page = await visit();
    await setCode(page, reachingCode);
    await press(page, "Run");
    await says(page, /Finished: \[ "localStorage: .*", "indexedDB: SecurityError", "document: .*", "cookies: .*" \]/);
  });
});

inChromium("looks", () => {
  test.each([
    ["light", 1280],
    ["dark", 1280],
    ["light", 360],
    ["dark", 360],
  ] as const)("%s, %i px wide: no violation, nothing wider than the screen", async (colorScheme, width) => {
    const page = await visit({ colorScheme, viewport: { width, height: 800 } });
    await openExample(page, "Approve an expense");
    await press(page, "Run");
    await says(page, "It waits for an answer to “ask manager”");
    await row(page, /ask manager/)
      .first()
      .click();
    for (const tab of ["Timeline", "History", "Log", "Executions"]) {
      await page.getByRole("tab", { name: tab }).click();
      expect(await violations(page), tab).toEqual([]);
    }
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  });

  test("everything is done with the keyboard", async () => {
    const page = await visit();
    await page.getByLabel("Workflow code").focus();
    await page.keyboard.press("Escape");
    await page.keyboard.press("Tab");
    await page.locator(".payload input:focus").waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await row(page, /choose oven.*succeeded/).waitFor();
    await page.getByRole("tab", { name: "Timeline" }).focus();
    await page.keyboard.press("ArrowRight");
    await says(page, "StepSucceeded");
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("Tab");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    await says(page, "position 2");
  });

  test("names and payloads are text", async () => {
    const page = await visit();
    await setCode(page, patientCode("<img src=x onerror=alert(1)>"));
    await press(page, "Run");
    await row(page, /<img src=x/).waitFor();
    expect(await page.locator("img").count()).toBe(0);
  });
});
