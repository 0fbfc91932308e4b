/** `npm start` as a person uses it: it says what to do, keeps what it knows over a kill, and leaves nothing behind. */

import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "../../scripts/command.ts";
import type { LocalPorts } from "../../scripts/local-settings.ts";
import { temporaryFolder, until } from "./seed-world.ts";

const folders: string[] = [];
const children: Started[] = [];

interface Started {
  readonly process: ChildProcess;
  readonly ended: Promise<number | null>;
  readonly output: () => string;
}

afterAll(async () => {
  for (const child of children.splice(0)) {
    child.process.kill("SIGKILL");
    await child.ended;
  }
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function newFolder(): string {
  const folder = temporaryFolder("start");
  folders.push(folder);
  return folder;
}

function runScript(script: string, folder: string, args: readonly string[] = []): Started {
  const child = spawn(process.execPath, [join(root, "scripts", script), ...args], {
    cwd: root,
    env: { ...process.env, PERDURE_FOLDER: folder },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise<number | null>((done) => child.once("close", done));
  const started: Started = { process: child, ended, output: () => output };
  children.push(started);
  return started;
}

async function startReady(folder: string, script = "start.ts"): Promise<Started & { readonly url: string }> {
  const started = runScript(script, folder);
  await until(`${script} to be ready`, () => {
    if (started.process.exitCode !== null) throw new Error(`${script} ended:\n${started.output()}`);
    return started.output().includes("Stop with Ctrl-C.");
  });
  return { ...started, url: /ready at (\S+)/.exec(started.output())?.[1] ?? "" };
}

async function isServing(port: number): Promise<boolean> {
  return await fetch(`http://127.0.0.1:${port}`).then(
    () => true,
    () => false,
  );
}

/** Wrangler, workerd and the stand-ins: none of them may outlive the start that they belong to. */
async function untilNothingServes(folder: string): Promise<void> {
  const ports = JSON.parse(readFileSync(join(folder, "ports.json"), "utf8")) as LocalPorts;
  for (const port of Object.values(ports) as number[]) {
    await until(`port ${port} to be free`, async () => !(await isServing(port)));
  }
}

/** The page at the link that a start has printed: with what comes along, and nothing that lets others in. */
async function expectConsole({ url, output }: Awaited<ReturnType<typeof startReady>>, folder: string): Promise<void> {
  const [link = ""] = /http:\S+\/console\/#token=\S+/.exec(output()) ?? [];
  expect(link).toBe(`${url}/console/#token=${readFileSync(join(folder, "token"), "utf8")}`);
  const page = await fetch(link);
  const html = await page.text();
  expect(page.status).toBe(200);
  expect(page.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
  const [, script = ""] = /<script [^>]*src="([^"]+)"/.exec(html) ?? [];
  const code = await fetch(new URL(script, page.url));
  expect(code.status).toBe(200);
  expect(code.headers.get("content-type")).toContain("javascript");
}

describe("npm start", () => {
  let folder: string;
  let first: Awaited<ReturnType<typeof startReady>>;

  beforeAll(async () => {
    folder = newFolder();
    first = await startReady(folder);
  });

  test("tells the address and a credential that opens it, and nothing opens it without", async () => {
    const token = readFileSync(join(folder, "token"), "utf8");
    expect(first.output()).toContain(token);
    for (const file of ["credential.json", "token", "worker.env"]) {
      expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
    }
    const list = `${first.url}/2025-12-01/functions/encode-video/durable-executions`;
    expect((await fetch(list)).status).toBe(401);
    expect((await fetch(list, { headers: { authorization: "Bearer guess" } })).status).toBe(401);
    const answer = await fetch(list, { headers: { authorization: `Bearer ${token}` } });
    expect({ status: answer.status, body: await answer.json() }).toMatchObject({
      status: 200,
      body: { DurableExecutions: [] },
    });
  });

  test("serves the console at the link that it tells", async () => {
    await expectConsole(first, folder);
  });

  test("a second time on the same state says who runs already", async () => {
    const second = runScript("start.ts", folder);
    expect(await second.ended).toBe(1);
    expect(second.output()).toContain(`perdure already runs here, as process ${first.process.pid}`);
  });

  test("ends everything on Ctrl-C", async () => {
    first.process.kill("SIGINT");
    expect(await first.ended).toBe(0);
    await untilNothingServes(folder);
  });
});

test("a killed start leaves no process behind, and the next one finishes what it began", async () => {
  const folder = newFolder();
  const first = await startReady(folder);
  const begun = runScript("try.ts", folder, ["start", "talk.mov", "film-1"]);
  expect(await begun.ended).toBe(0);
  first.process.kill("SIGKILL");
  await first.ended;
  await untilNothingServes(folder);

  const second = await startReady(folder);
  expect(second.url).toBe(first.url);
  const watching = runScript("try.ts", folder, ["watch", "film-1"]);
  await until("the request for approval", () => watching.output().includes("it waits for approval"));
  const approving = runScript("try.ts", folder, ["approve", "film-1", "Ada"]);
  expect(await approving.ended).toBe(0);
  expect(await watching.ended).toBe(0);
  expect(watching.output()).toContain("SUCCEEDED");
  expect(watching.output()).toContain("approvedBy: 'Ada'");
});

test("npm run start:aws serves the console beside the API, and ends on Ctrl-C", async () => {
  const folder = newFolder();
  const started = await startReady(folder, "start-aws.ts");
  await expectConsole(started, folder);
  const list = await fetch(`${started.url}/2025-12-01/durable-executions`, {
    headers: { authorization: `Bearer ${readFileSync(join(folder, "token"), "utf8")}` },
  });
  expect(await list.json()).toMatchObject({ DurableExecutions: [] });
  started.process.kill("SIGINT");
  expect(await started.ended).toBe(0);
  await untilNothingServes(folder);
});
