/**
 * A project with the newest Next, which bundles by Turbopack or by webpack what its pages, its routes and its server
 * actions import. AWS's client is not installed.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { root, run, runNpm } from "../../scripts/command.ts";
import { readRootPackage } from "../../scripts/entries.ts";
import { unusedPort } from "../../scripts/unused-port.ts";
import { packedPackage } from "./packed.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const project = temporaryFolder("next");

const sources: Readonly<Record<string, string>> = {
  "next.config.mjs": `export default { pageExtensions: ["jsx", "mjs"] };`,
  "lib/order.mjs": `
    import { withDurableExecution } from "perdure";
    export const order = withDurableExecution(async (event, context) =>
      context.step("charge", async () => "paid " + event.total));`,
  "lib/host.mjs": `
    import { createMemoryHost } from "perdure/memory";
    import { order } from "./order.mjs";
    const host = createMemoryHost({ functions: { order } });
    export const pay = async (total) => (await host.start("order", { total })).result();`,
  "app/layout.jsx": `
    export default function Layout({ children }) {
      return <html lang="en"><body>{children}</body></html>;
    }`,
  "app/page.jsx": `
    import { place } from "./actions.mjs";
    import { Orders } from "./orders.jsx";
    export default function Page() {
      return <form action={place}><Orders /><button type="submit">Order</button></form>;
    }`,
  "app/orders.jsx": `
    "use client";
    import { createBrowserHost } from "perdure/browser";
    import { useEffect, useMemo, useState, useSyncExternalStore } from "react";
    import { order } from "../lib/order.mjs";
    const host = createBrowserHost({ functions: { order } });
    export function Orders() {
      const [status, setStatus] = useState("not ordered");
      useEffect(() => {
        host.start("order", { total: 7 }).then((run) => run.result()).then(setStatus, String);
      }, []);
      const live = useMemo(() => host.execution("order/first"), []);
      const { isLoaded } = useSyncExternalStore(live.subscribe, live.get, live.get);
      return <p>{status}, {isLoaded ? "loaded" : "one moment"}</p>;
    }`,
  "app/actions.mjs": `
    "use server";
    import { withDurableExecution } from "perdure";
    import { pay } from "../lib/host.mjs";
    export const place = async () => { await pay(typeof withDurableExecution === "function" ? 9 : 0); };`,
  "app/api/order/route.mjs": `
    import { pay } from "../../../lib/host.mjs";
    export const dynamic = "force-dynamic";
    export const GET = async () => Response.json(await pay(1));`,
  "pages/api/order-before.mjs": `
    import { pay } from "../../lib/host.mjs";
    export default async (_request, response) => response.json(await pay(2));`,
};

const missing = await whyNoRegistry();
const title = "a Next project without AWS's client";

describe.skipIf(missing !== undefined)(missing === undefined ? title : `${title} [${missing}]`, () => {
  beforeAll(install);

  test.for([["turbopack"], ["webpack"]])(
    "is built by %s, and runs perdure wherever it imports it",
    async ([bundler]) => {
      rmSync(join(project, ".next"), { recursive: true, force: true });
      const { code, output } = await next(["build", `--${bundler}`]);
      expect(code, output).toBe(0);
      expect(output).not.toMatch(/Can't resolve|Module not found|warning/i);
      const url = await served();
      const answers = ["order", "order-before"].map(async (path) => (await fetch(`${url}/api/${path}`)).text());
      expect(await Promise.all(answers)).toEqual(['"paid 1"', '"paid 2"']);
      const page = await (await fetch(url)).text();
      expect(page.replaceAll("<!-- -->", "")).toContain("<p>not ordered, one moment</p>");
    },
  );
});

/** Why the registry cannot be asked from here; undefined when it can. */
async function whyNoRegistry(): Promise<string | undefined> {
  // Of a cache of its own: npm would answer from the user's.
  const cache = join(project, "empty-cache");
  const asked = ["view", "next", "version", "--cache", cache, "--fetch-retries", "0", "--fetch-timeout", "20000"];
  const { code, output } = await runNpm(asked, project);
  if (code === 0) return undefined;
  const [, why = "unknown"] = /npm error code (\S+)/.exec(output) ?? [];
  return `the npm registry cannot be asked: ${why}`;
}

async function install(): Promise<void> {
  const own = Object.keys(readRootPackage().dependencies);
  const dependencies = {
    ...Object.fromEntries(["next", "react", "react-dom"].map((name) => [name, "latest"])),
    ...Object.fromEntries(own.map((name) => [name, `file:${join(root, "node_modules", name)}`])),
    perdure: `file:${packedPackage().archive}`,
  };
  const files = { ...sources, "package.json": JSON.stringify({ private: true, dependencies }) };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(project, path)), { recursive: true });
    writeFileSync(join(project, path), text);
  }
  const { code, output } = await runNpm(["install", "--install-links", "--no-audit", "--no-fund"], project);
  if (code !== 0) throw new Error(`npm install failed:\n${output}`);
}

const program = join(project, "node_modules", "next", "dist", "bin", "next");
const env = { NEXT_TELEMETRY_DISABLED: "1", NODE_ENV: "production", CI: "true", NODE_OPTIONS: "" };

function next(args: readonly string[]): ReturnType<typeof run> {
  return run(process.execPath, [program, ...args], { cwd: project, capture: true, env });
}

/** Serves what was built until the test is over; resolves to where. */
async function served(): Promise<string> {
  const port = await unusedPort();
  const child: ChildProcess = spawn(
    process.execPath,
    [program, "start", "--hostname", "127.0.0.1", "--port", `${port}`],
    {
      cwd: project,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  const ended = new Promise((done) => child.once("close", done));
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  let printed = "";
  for await (const chunk of child.stdout ?? []) {
    printed += String(chunk);
    if (printed.includes("Ready")) return `http://127.0.0.1:${port}`;
  }
  throw new Error(`next start ended:\n${printed}`);
}
