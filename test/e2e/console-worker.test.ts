/** The console against the Worker as `npm start` runs it: under workerd, with its state on disk. */

import { rmSync } from "node:fs";
import type { Browser } from "playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newCredential } from "../../scripts/local-settings.ts";
import { type LocalWorker, startLocalWorker } from "../../scripts/local-worker.ts";
import { unusedPort } from "../../scripts/unused-port.ts";
import { launchChromium, Visitor } from "./console-visit.ts";
import { type ConsoleFront, openConsoleFront } from "./console-world.ts";
import { inChromium } from "./in-chromium.ts";
import { temporaryFolder } from "./seed-world.ts";

const credential = newCredential("console test");
let folder: string;
let port: number;
let worker: LocalWorker;
let front: ConsoleFront;
let browser: Browser;

inChromium("the console of a Worker", () => {
  beforeAll(async () => {
    folder = temporaryFolder("console");
    port = await unusedPort();
    worker = await startWorker();
    front = await openConsoleFront({
      ...{ url: worker.url, token: credential.bearer },
      files: ["demo/workflows/approve-expense.ts#approveExpense"],
    });
    browser = await launchChromium();
    for (const name of ["trip", "desk", "lamp"]) await start(name, { amount: 80 }, "team=north");
    await start("pen", { amount: 3 }, "team=south");
  });

  afterAll(async () => {
    await browser?.close();
    await front?.[Symbol.asyncDispose]();
    await worker?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test("finds by tag and by status, and pauses, goes on, answers, forks, takes back and purges", async () => {
    await using visitor = await Visitor.open(browser, front.link());
    await visitor.sees(/^4 executions$/);
    await visitor.press("/");
    await visitor.tabTo("Tag");
    await visitor.type("team=north");
    await visitor.sees(/^3 executions$/);
    await visitor.press("Enter", "/");
    await visitor.type("trip");
    await visitor.sees(/^1 execution$/);
    await visitor.press("Enter", "ArrowDown", "Enter");
    await visitor.sees(/It waits for an answer to “ask manager”/);
    const line = visitor.page.getByRole("region", { name: "Log lines" }).getByRole("listitem");
    await line.first().waitFor();
    expect(await line.allInnerTexts()).toEqual([
      expect.stringMatching(/^[\d:.]+\s+submitter of ask manager\s+asked \{ approver: 'manager', amount: 80 \}$/),
    ]);
    await visitor.activate("Check with code here");
    await visitor.sees(/The code in approve-expense.ts#approveExpense makes the calls/);
    await visitor.activate("Close");

    await visitor.activate("Pause");
    await visitor.press("Enter");
    await visitor.sees("Paused by an operator");
    await visitor.activate("Resume");
    await visitor.press("Enter");
    await visitor.sees("It goes on.");

    await visitor.activate("Succeed");
    await visitor.isOn("The answer (optional)");
    await visitor.type("yes");
    await visitor.press("Enter");
    await visitor.sees(/^Finished: .*approved/);

    await visitor.tabTo("Operations as a graph");
    await visitor.press("ArrowDown");
    await visitor.page.getByRole("heading", { name: "ask manager" }).waitFor();
    await visitor.activate("Restart from here");
    await visitor.tabTo("Its name");
    await visitor.press("Control+a");
    await visitor.type("trip-again");
    await visitor.press("Enter");
    await visitor.page.getByRole("heading", { name: "trip-again" }).waitFor();
    await visitor.sees("Forked from");
    await visitor.sees(/It waits for an answer to “ask manager”/);
    await visitor.activate("Fail");
    await visitor.press("Enter");
    await visitor.sees(/^Failed: /);

    await visitor.page.getByRole("link", { name: "trip", exact: true }).click();
    await visitor.page.getByRole("heading", { name: "trip", exact: true }).waitFor();
    await visitor.page.getByRole("link", { name: "trip-again" }).waitFor();
    await visitor.tabTo("Operations as a graph");
    await visitor.press("ArrowDown");
    await visitor.activate("Rewind");
    await visitor.press("Enter");
    await visitor.sees(/It waits for an answer to “ask manager”/);
    await visitor.activate("Stop");
    await visitor.press("Enter");
    await visitor.activate("Purge");
    await visitor.press("Enter");
    await visitor.sees("It was purged.");
  });

  test("stops many at once, and says of those that have ended why not", async () => {
    await using visitor = await Visitor.open(browser, front.link());
    await visitor.sees(/^\d executions$/);
    await visitor.press("/");
    await visitor.tabTo("Status");
    await visitor.type("succ");
    await visitor.sees(/^1 execution$/);
    await visitor.activate("Mark all that match");
    await visitor.activate("Resume");
    await visitor.press("Enter");
    await visitor.sees(/^0 of 1 resumed, 1 not$/);
    await visitor.page.getByRole("list", { name: "What failed" }).getByText("pen").waitFor();
    expect(await visitor.violations()).toEqual([]);
  });

  test("says of a Worker that was started anew from when on it has lines, and where earlier ones are", async () => {
    await worker.stop();
    worker = await startWorker();
    await using visitor = await Visitor.open(browser, front.link());
    await visitor.openNamed("desk");
    await visitor.sees(/^Log lines since [\d:]{8}; earlier ones are in Workers Logs \(wrangler tail\)\.$/);
    expect(await visitor.violations()).toEqual([]);
  });
});

/** At the same address each time, with what it has on disk. */
function startWorker(): Promise<LocalWorker> {
  return startLocalWorker({ port, folder, environment: { PERDURE_CREDENTIALS: JSON.stringify([credential]) } });
}

async function start(name: string, event: object, tags: string): Promise<void> {
  const answer = await fetch(`${worker.url}/2015-03-31/functions/approve-expense/invocations`, {
    method: "POST",
    headers: {
      Authorization: `Bearer ${credential.bearer}`,
      "X-Amz-Invocation-Type": "Event",
      "X-Amz-Durable-Execution-Name": name,
      "X-Perdure-Tags": tags,
    },
    body: JSON.stringify(event),
  });
  if (answer.status !== 202) throw new Error(`${name} was not started: ${await answer.text()}`);
}
