/** What the playground's code may reach: code from a link, other pages of the same site, and a Worker that means ill. */

import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { deflateRawSync } from "node:zlib";
import type { Page } from "playwright";
import { describe, expect, test } from "vitest";
import { toHash } from "../../demo/playground/model/share-link.ts";
import { inChromium } from "./in-chromium.ts";
import { newTab, press, row, says, setCode, violations, visit } from "./playground-visit.ts";

interface Site extends AsyncDisposable {
  readonly url: string;
}

/** Another port of this machine: another origin, and the same site. */
async function serveSite(listener: RequestListener): Promise<Site> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Frames the sandbox without a sandbox, and hands it a script that tells where it runs. */
const framing = (sandbox: string): string => `<!doctype html><title>not run</title><script>
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data }) => { document.title = "ran in " + data; };
  const frame = document.createElement("iframe");
  frame.src = ${JSON.stringify(sandbox)};
  frame.onload = () => {
    const script = "onmessage = ({ ports: [port] }) => port.postMessage(self.origin)";
    try { frame.contentWindow.postMessage({ script }, "*", [port2]); } catch {}
    setTimeout(() => { document.body.dataset.over = "true"; }, 2000);
  };
  document.body.append(frame);
</script>`;

/** What the sandbox's page is without its checks, without its headers, or as it is. */
type Change = (html: string) => string;

async function titleOfFraming(page: Page, change?: Change): Promise<string> {
  const playground = page.url();
  if (change !== undefined) {
    await page.context().route(/sandbox\.html$/, async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ status: 200, contentType: "text/html", body: change(await answer.text()) });
    });
  }
  await using site = await serveSite((_request, response) => {
    response.setHeader("Content-Type", "text/html");
    // The script wants a body to put the frame into.
    response.end(framing(`${playground}sandbox.html`).replace("<script>", "<body><script>"));
  });
  const attacker = await newTab(site.url);
  await attacker.locator("body[data-over]").waitFor();
  return attacker.title();
}

inChromium("the policies of the pages", () => {
  test("refuse them nothing that they ask for themselves", async () => {
    const page = await visit();
    const refused: string[] = [];
    page.on("console", (message) => {
      if (message.text().includes("Content Security Policy")) refused.push(message.text());
    });
    await press(page, "Run");
    await row(page, /take order/).waitFor();
    await press(page, "Look at a Worker");
    await page.getByLabel("Address").fill("http://127.0.0.1:9");
    await page.getByLabel("Bearer token").fill("of nobody");
    await press(page, "Connect");
    await says(page, /^No answer from/);
    expect(refused).toEqual([]);
  });
});

inChromium("the sandbox, framed by another page of the same site", () => {
  test("runs nothing", async () => {
    expect(await titleOfFraming(await visit())).toBe("not run");
  });

  test("runs nothing on a host that sends no headers", async () => {
    expect(await titleOfFraming(await visit(), (html) => html)).toBe("not run");
  });

  test("would run in the playground's origin without its check", async () => {
    const page = await visit();
    const unchecked: Change = (html) => html.replace(/if \(self\.origin .*return;/, "");
    expect(await titleOfFraming(page, unchecked)).toBe(`ran in ${new URL(page.url()).origin}`);
  });
});

inChromium("the page", () => {
  test("connects to its own origin only", async () => {
    const page = await visit();
    let asked = 0;
    await using site = await serveSite((_request, response) => {
      asked++;
      response.setHeader("Access-Control-Allow-Origin", "*");
      response.end();
    });
    const answer = await page.evaluate(
      (url) =>
        fetch(url).then(
          () => "answered",
          () => "refused",
        ),
      site.url,
    );
    expect([answer, asked]).toEqual(["refused", 0]);
  });
});

const patientCode = `
import { type DurableContext, withDurableExecution } from "perdure";
export const patient = withDurableExecution(async (event: unknown, context: DurableContext) => {
  const secret = await context.step("secret", async () => "nobody else's");
  await context.wait("long", { hours: 5 });
  return secret;
});
`;

/** Takes the engine's port to the page, and asks through it for another execution's log, and for its own. */
const thievingCode = `
import { type DurableContext, withDurableExecution } from "perdure";
let port: MessagePort | undefined;
const post = MessagePort.prototype.postMessage;
MessagePort.prototype.postMessage = function (...args: any[]) {
  port = this;
  return post.apply(this, args as any);
};
function ask(call: number, method: string, args: unknown[]): Promise<string> {
  return new Promise((resolve) => {
    port!.addEventListener("message", ({ data }) => {
      if (data.call === call) resolve(data.type + (data.type === "refused" ? "" : " " + JSON.stringify(data.value)));
    });
    post.call(port!, { type: "store", call, method, args } as never);
  });
}
export const thief = withDurableExecution(async (event: { id: string; url: string }, context: DurableContext) => {
  const found = await context.step("steal", async () => {
    console.log("to be heard");
    const other = await ask(1e9, "read", [event.id, 1]);
    const list = await ask(1e9 + 1, "list", [{ limit: 100 }]);
    const removed = await ask(1e9 + 2, "remove", [event.id, ""]);
    const asked = await fetch(event.url).then(() => "answered", () => "no network");
    return [other, list.includes(event.id), list.includes("thief/"), removed, asked];
  });
  await context.wait("hide", { hours: 1 });
  return found;
});
`;

/** Speaks to the page in the engine's place, with what is no text where a text belongs, and no time where a time does. */
const lyingCode = `
import { type DurableContext, withDurableExecution } from "perdure";
let port: MessagePort | undefined;
const post = MessagePort.prototype.postMessage;
MessagePort.prototype.postMessage = function (...args: any[]) {
  // Other channels are the engine's own.
  if (args[0]?.type !== undefined) port = this;
  return post.apply(this, args as any);
};
export const liar = withDurableExecution(async (event: unknown, context: DurableContext) => {
  const executionId = await context.step("lie", async () => {
    console.log("said as a text");
    return "liar/" + context.executionContext.durableExecutionArn.split("/").at(-2);
  });
  const say = (message: object): void => post.call(port!, { executionId, id: "1", ...message } as never);
  say({ type: "said", level: "info", text: "late", at: 1e20 });
  say({ type: "said", level: "info", text: { type: "b", props: {} }, at: 1 });
  say({ type: "threw", stack: { length: 1 } });
  say({ type: "trouble", message: [{}] });
  say({ type: "ready", functions: [null], failures: 7 });
  say({ type: "constructor" });
  await context.step("end", async () => undefined);
  say({ type: "said", level: "info", text: "said last", at: 2 });
  await context.wait("hide", { hours: 1 });
});
`;

async function linkTo(page: Page, code: string, payload: unknown): Promise<string> {
  const shared = { file: "bake-cake.ts", code, payload: JSON.stringify(payload) };
  return new URL(await toHash(shared), page.url()).href;
}

async function openLink(page: Page, link: string): Promise<void> {
  await page.goto("about:blank");
  await page.goto(link);
  await says(page, "The worker runs");
}

inChromium("code from a link", () => {
  test("is marked, reaches no other execution and no network, and asks before it runs at a later visit", async () => {
    const page = await visit();
    await using site = await serveSite((_request, response) => {
      response.setHeader("Access-Control-Allow-Origin", "*");
      response.end();
    });
    await setCode(page, patientCode);
    await press(page, "Run");
    await row(page, /long.*started/).waitFor();
    const own = (await page.locator(".pane-head .name").textContent())?.replace(" / ", "/") ?? "";
    await openLink(page, await linkTo(page, thievingCode, { id: own, url: site.url }));
    await page.getByRole("note").getByText("This code came with a link.").waitFor();
    expect(await violations(page)).toEqual([]);
    await press(page, "Run");
    await row(page, /hide.*started/).waitFor();
    await row(page, /steal/).click();
    const result = await page.locator(".details pre").first().textContent();
    expect(JSON.parse(result ?? "")).toEqual(["refused", false, true, "refused", "no network"]);

    await page.reload();
    await says(page, "The worker runs");
    await says(page, "Nothing runs: its code came with a link, at an earlier visit.");
    expect(await violations(page)).toEqual([]);
    await press(page, "Let it run");
    await page.locator(".story").getByText("In run 2 of the code").waitFor();
    await press(page, "Skip time");
    await says(page, /^Finished: \[ "refused"/);
    // One's own code runs as before, from its file of the same name.
    await page.getByRole("tab", { name: "Executions" }).click();
    await row(page, /patient.*running/).click();
    await page.getByLabel("Workflow code").getByText("export const patient").waitFor();
    await press(page, "Open");
    await press(page, "Skip time");
    await says(page, `Finished: "nobody else's"`);
  });

  test("breaks nothing on the page, whatever it says in the engine's place", async () => {
    const page = await visit();
    const broken: string[] = [];
    page.on("pageerror", ({ message }) => broken.push(message));
    await openLink(page, await linkTo(page, lyingCode, {}));
    await press(page, "Run");
    await row(page, /hide.*started/).waitFor();
    await row(page, /^lie|lie.*succeeded/)
      .first()
      .click();
    await page.locator(".details").getByText("said as a text").waitFor();
    await page.locator(".details").getByText("said last").waitFor();
    expect(broken).toEqual([]);
  });

  test("does not go on with an execution of one's own until it is one's own", async () => {
    const page = await visit();
    await setCode(page, patientCode);
    await press(page, "Run");
    await row(page, /long.*started/).waitFor();
    await openLink(page, await linkTo(page, patientCode.replace("return secret", "return 'mine: ' + secret"), {}));
    await row(page, /long.*started/).click();
    await press(page, "Restart from here");
    await says(page, "The code in the editor came with a link, and this execution is not its own");
    await press(page, "Make it mine");
    expect(await page.getByRole("note").count()).toBe(0);
    await press(page, "Restart from here");
    await says(page, "From there it runs the code that is in the editor");
    await row(page, /long.*started/).waitFor();
    await press(page, "Skip time");
    await says(page, `Finished: "mine: nobody else's"`);
  });

  test("of 400 MB is not unpacked", async () => {
    const page = await visit();
    const bomb = deflateRawSync(Buffer.alloc(400_000_000, " ")).toString("base64url");
    const opened = page.goto(`${page.url()}?again#code=${bomb}`);
    await says(page, "The code of this link, unpacked, is larger than 1 MB, and was not read.");
    await opened;
    await says(page, "The worker runs");
  });
});

/** A Worker that lists one running execution, and answers as it is told where it matters. */
async function serveWorker(origin: string, answers: Readonly<Record<string, RequestListener>>): Promise<Site> {
  const usual: Readonly<Record<string, unknown>> = {
    "/2015-03-31/functions/": { Functions: [{ FunctionName: "f" }] },
    "/2025-12-01/functions/f/durable-executions": {
      DurableExecutions: [
        { DurableExecutionArn: "arn", DurableExecutionName: "run-1", Status: "RUNNING", StartTimestamp: 1 },
      ],
    },
  };
  return serveSite((request, response) => {
    response.setHeader("Access-Control-Allow-Origin", origin);
    response.setHeader("Access-Control-Allow-Headers", "authorization");
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const answer = answers[pathname];
    if (request.method !== "OPTIONS" && answer !== undefined) return answer(request, response);
    response.end(JSON.stringify(usual[pathname] ?? {}));
  });
}

async function connect(page: Page, url: string): Promise<void> {
  await press(page, "Look at a Worker");
  await page.getByLabel("Address").fill(url);
  await page.getByLabel("Bearer token").fill("any");
  await press(page, "Connect");
}

const events = "/2025-12-01/durable-executions/arn/events";

inChromium("a hostile Worker", () => {
  describe.each<[string, string, RequestListener, RegExp]>([
    [
      "whose list of functions has no end",
      "/2015-03-31/functions/",
      (_, response) => response.end(JSON.stringify({ Functions: [], NextMarker: "again" })),
      /The Worker's list of functions has no end/,
    ],
    [
      "whose answer is none of an API",
      "/2015-03-31/functions/",
      (_, response) => response.end("<html>"),
      /The Worker's answer is not JSON/,
    ],
    [
      "whose answer has no end",
      "/2015-03-31/functions/",
      (_, response) => {
        const more = (): void => {
          while (!response.destroyed && response.write(" ".repeat(1_000_000)));
        };
        response.on("drain", more);
        more();
      },
      /The Worker's answer is larger than 32 MB/,
    ],
  ])("%s", (_, path, answer, message) => {
    test("ends with a clear error", async () => {
      const page = await visit();
      await using worker = await serveWorker(new URL(page.url()).origin, { [path]: answer });
      await connect(page, worker.url);
      await says(page, message);
    });
  });

  test.each<[string, string, RegExp]>([
    ["skips commits", "id: 7\nevent: commit\ndata: {}\n\n", /The Worker sent commit 7 after commit 0\./],
    ["sends what is no commit", "id: 1\nevent: commit\ndata: {}\n\n", /commit|log/i],
  ])("that %s is asked once, and the error is told", async (_, text, message) => {
    const page = await visit();
    let asked = 0;
    await using worker = await serveWorker(new URL(page.url()).origin, {
      [events]: (_request, response) => {
        asked++;
        response.end(text);
      },
    });
    await connect(page, worker.url);
    await row(page, /run-1/).click();
    await page.locator(".foot-error").getByText(message).waitFor();
    await page.waitForTimeout(3_000);
    expect(asked).toBe(1);
  });
});
