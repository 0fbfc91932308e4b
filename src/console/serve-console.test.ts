import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { OneTimeLinks } from "./one-time-links.ts";
import { createConsole } from "./serve-console.ts";
import { temporaryFolder } from "../../test/temporary-folder.ts";

const folder = temporaryFolder("site");
mkdirSync(join(folder, "assets"));
writeFileSync(join(folder, "index.html"), "<!doctype html>");
writeFileSync(join(folder, "assets", "index-1.js"), "1");
writeFileSync(join(folder, "secret.txt"), "secret");

const links = new OneTimeLinks("the-token");
const page = createConsole({ folder, links });
const get = (path: string): Promise<Response | undefined> => page(new Request(`http://127.0.0.1:1${path}`));
const handIn = (body: string): Promise<Response | undefined> =>
  page(new Request("http://127.0.0.1:1/console/session", { method: "POST", body }));

describe("the console's files", () => {
  test("are the page, which connects to its own origin only and is framed by nobody", async () => {
    const answer = await get("/console/");
    expect(await answer?.text()).toBe("<!doctype html>");
    const policy = answer?.headers.get("content-security-policy");
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(answer?.headers.get("referrer-policy")).toBe("no-referrer");
  });

  test("have names that change with what is in them, but for the page", async () => {
    expect((await get("/console/assets/index-1.js"))?.headers.get("cache-control")).toContain("immutable");
    expect((await get("/console/"))?.headers.get("cache-control")).toBe("no-cache");
  });

  test("are found without the slash at the end", async () => {
    expect((await get("/console"))?.headers.get("location")).toBe("/console/");
  });

  test.for([
    "/",
    "/2025-12-01/durable-executions/x",
    "/console/../secret.txt",
    "/console/secret.txt",
    "/console/%2e%2e/x.js",
  ])("%s is no file of the page", async (path) => {
    expect(await get(path)).toBeUndefined();
  });

  test("say how they are made where they are not there", async () => {
    const empty = createConsole({ folder: join(folder, "absent") });
    const answer = await empty(new Request("http://127.0.0.1:1/console/"));
    expect(answer?.status).toBe(404);
    expect(await answer?.text()).toContain("npm run build");
  });
});

describe("a one-time link", () => {
  test("has its code behind the #, which is sent nowhere, and hands out the token once", async () => {
    const link = new URL(links.linkTo("http://127.0.0.1:1/console/"));
    expect(link.search).toBe("");
    const code = link.hash.replace("#once=", "");
    expect(await (await handIn(code))?.json()).toEqual({ token: "the-token" });
    expect((await handIn(code))?.status).toBe(403);
  });

  test("is good beside others, and the oldest of many is forgotten", () => {
    const own = new OneTimeLinks("t");
    const codes = Array.from({ length: 20 }, () => own.linkTo("").replace("#once=", ""));
    expect(codes.map((code) => own.exchange(code) !== undefined)).toEqual([
      ...Array(4).fill(false),
      ...Array(16).fill(true),
    ]);
  });

  test.for(["", "guess", "the-token"])("%j lets nobody in", async (code) => {
    expect((await handIn(code))?.status).toBe(403);
  });

  test("is read no further than a code is long, since anybody may send one", async () => {
    let sent = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent++;
        controller.enqueue(new Uint8Array(1024));
        // For a reader that would take all of it.
        if (sent === 100) controller.close();
      },
    });
    const streamed: RequestInit & { duplex: "half" } = { method: "POST", body: endless, duplex: "half" };
    expect((await page(new Request("http://127.0.0.1:1/console/session", streamed)))?.status).toBe(403);
    expect(sent).toBeLessThan(5);
  });

  test("that is cut off lets nobody in", async () => {
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.error(new Error("gone"));
      },
    });
    const streamed: RequestInit & { duplex: "half" } = { method: "POST", body, duplex: "half" };
    expect((await page(new Request("http://127.0.0.1:1/console/session", streamed)))?.status).toBe(403);
  });

  test("is handed in by POST alone", async () => {
    expect((await get("/console/session"))?.status).toBe(405);
  });

  test("is not there where none are issued", async () => {
    const closed = createConsole({ folder });
    expect(await closed(new Request("http://127.0.0.1:1/console/session", { method: "POST" }))).toBeUndefined();
  });
});
