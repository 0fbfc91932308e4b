/** What a Worker on this machine shows to others on it: its API, which asks for a credential, and nothing else. */

import { readdirSync, readFileSync, readlinkSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort, newCredential } from "../../scripts/local-settings.ts";
import { type LocalWorker, startLocalWorker } from "../../scripts/local-worker.ts";
import { temporaryFolder, until } from "./seed-world.ts";

const credential = newCredential("local worker test");
const lines: string[] = [];
let folder: string;
let worker: LocalWorker;

beforeAll(async () => {
  folder = temporaryFolder("local-worker");
  worker = await startLocalWorker({
    port: await freePort(18_987, 18_987),
    folder,
    environment: { PERDURE_CREDENTIALS: JSON.stringify([credential]) },
    onLine: (line) => lines.push(line),
  });
});

afterAll(async () => {
  await worker?.stop();
  rmSync(folder, { recursive: true, force: true });
});

function ask(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = { authorization: `Bearer ${credential.bearer}`, ...init.headers };
  return fetch(worker.url + path, { ...init, headers });
}

test.for([
  ["GET", "/cdn-cgi/local/explorer"],
  ["GET", "/cdn-cgi/local/explorer/api/local/workers"],
  ["GET", "/cdn-cgi/local/explorer/api/workers/durable_objects/namespaces"],
  ["POST", "/cdn-cgi/local/explorer/api/workers/durable_objects/namespaces/perdure-Execution/query"],
])("no explorer answers %s %s without a credential", async ([method, path]) => {
  const body = method === "POST" ? '{"queries":[{"sql":"SELECT * FROM commits"}]}' : undefined;
  const response = await fetch(worker.url + path!, { method: method!, ...(body !== undefined && { body }) });
  expect([response.status, response.headers.get("x-amzn-errortype")]).toEqual([
    401,
    "MissingAuthenticationTokenException",
  ]);
});

test.runIf(process.platform === "linux")("no port of its processes leads to an inspector", async () => {
  const ports = listeningPorts(worker.pid);
  expect(ports).toContain(Number(new URL(worker.url).port));
  for (const port of ports) {
    for (const path of ["/json", "/json/list", "/json/version"]) {
      const answer = await fetch(`http://127.0.0.1:${port}${path}`).then((response) => response.text(), String);
      expect(answer, `port ${port}`).not.toMatch(/webSocketDebuggerUrl|Protocol-Version|Browser/);
    }
  }
});

describe("an execution that waits for a callback", () => {
  test("leaves its id in no log, and what it logs is told", async () => {
    const arn = await startApproval();
    const path = `/2025-12-01/durable-executions/${encodeURIComponent(arn)}`;
    let id: string | undefined;
    await until("the callback", async () => {
      const { Events } = (await (await ask(`${path}/history`)).json()) as { Events: StartedEvent[] };
      id = Events.find((event) => event.CallbackStartedDetails !== undefined)?.CallbackStartedDetails?.CallbackId;
      return id !== undefined;
    });
    const completed = await ask(`/2025-12-01/durable-execution-callbacks/${encodeURIComponent(id!)}/succeed`, {
      method: "POST",
      body: "{}",
    });
    expect(completed.status).toBe(200);
    await ask(`${path}?X-Amz-Signature=00ff00ff`);
    await until("the requests to be logged", () => lines.some((line) => line.includes("/succeed")));
    await until("what the workflow logged", () => lines.some((line) => /^\{.*"message":"asked/.test(line)));
    for (const file of textFiles(folder)) {
      const text = readFileSync(file, "latin1");
      expect(text, file).not.toContain(id!.replaceAll("=", "").slice(-40));
      expect(text, file).not.toContain("00ff00ff");
    }
  });

  test("is kept where nobody else can read", () => {
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    const open = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
      (path) => (statSync(join(folder, path)).mode & 0o077) !== 0,
    );
    expect(open).toEqual([]);
  });
});

interface StartedEvent {
  readonly CallbackStartedDetails?: { readonly CallbackId: string };
}

async function startApproval(): Promise<string> {
  const started = await ask("/2015-03-31/functions/approve-expense/invocations", {
    method: "POST",
    headers: { "x-amz-invocation-type": "Event" },
    body: JSON.stringify({ id: "e-1", amount: 5000, employee: "Ada", approvers: ["Grace"] }),
  });
  expect(started.status).toBe(202);
  return started.headers.get("x-amz-durable-execution-arn") ?? "";
}

/** All but where the executions themselves are kept. */
function textFiles(path: string): string[] {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.startsWith(join(path, "state")))
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Of the process group of `leader`. */
function listeningPorts(leader: number): number[] {
  const members = readdirSync("/proc").filter((pid) => /^\d+$/.test(pid) && groupOf(pid) === leader);
  const sockets = new Set(members.flatMap(socketsOf));
  const rows = ["/proc/net/tcp", "/proc/net/tcp6"].flatMap((file) => readFileSync(file, "utf8").split("\n"));
  return rows.flatMap((row) => {
    const [, local, , state, , , , , , inode] = row.trim().split(/\s+/);
    const isOurs = state === "0A" && sockets.has(inode ?? "");
    return isOurs ? [Number.parseInt(local?.split(":")[1] ?? "", 16)] : [];
  });
}

function groupOf(pid: string): number | undefined {
  try {
    return Number(readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ")[2]);
  } catch {
    return undefined;
  }
}

function socketsOf(pid: string): string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
    } catch {
      return [];
    }
  });
}
