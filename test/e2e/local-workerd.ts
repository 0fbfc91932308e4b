/**
 * A Worker bundled from source text and run by workerd with its state on disk, in a process tree of its own that can be
 * killed without a word, and its API as AWS's own client sees it.
 */

import { Agent } from "node:http";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { GetDurableExecutionHistoryCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { build } from "esbuild";

const root = new URL("../..", import.meta.url).pathname;
const token = "local-workerd";
const sigv4 = { accessKeyId: "AKIALOCALWORKERD", secretAccessKey: "not a secret" };

export interface LocalWorkerd {
  readonly url: string;
  /** The bearer token of whoever may do everything. */
  readonly token: string;
  readonly lambda: LambdaClient;
  /** For what is perdure's own; paths begin behind the API version. */
  get(path: string): Promise<Record<string, unknown>>;
  /** Answers the status. */
  post(path: string): Promise<number>;
  /** Ends the whole tree at once. */
  kill(): Promise<void>;
}

/** Runs `source`, which exports a Worker with the classes Execution and Directory. State is kept in `folder`. */
export async function startWorkerd(folder: string, source: string): Promise<LocalWorkerd> {
  await mkdir(folder, { recursive: true });
  const script = join(folder, "worker.js");
  await writeFile(script, await bundle(source));
  const child = spawn(
    process.execPath,
    [join(root, "test/e2e/local-workerd-process.mjs"), script, folder, credentials()],
    {
      stdio: ["ignore", "pipe", "inherit"],
      // A group of its own, so that workerd dies with it.
      detached: true,
    },
  );
  const url = await ready(child);
  const headers = { Authorization: `Bearer ${token}` };
  // A connection that was kept may be closed by the time of the next call, after a pause: nothing is tried twice here.
  const requestHandler = { httpAgent: new Agent({ keepAlive: false }) };
  const lambda = new LambdaClient({
    endpoint: url,
    region: "local",
    credentials: sigv4,
    maxAttempts: 1,
    requestHandler,
  });
  return {
    url,
    token,
    lambda,
    async get(path) {
      const answered = await fetch(`${url}2025-12-01/${path}`, { headers });
      return (await answered.json()) as Record<string, unknown>;
    },
    async post(path) {
      const { status } = await fetch(`${url}2025-12-01/${path}`, { method: "POST", headers });
      return status;
    },
    async kill() {
      lambda.destroy();
      if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, "exit");
      process.kill(-child.pid, "SIGKILL");
      await exited;
    },
  };
}

function credentials(): string {
  return JSON.stringify([{ id: "test", rights: ["admin"], bearer: token, sigv4 }]);
}

/** The script of a Worker, from its source in the root of the project. */
export async function bundle(source: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir: root, loader: "ts" },
    bundle: true,
    format: "esm",
    target: "es2022",
    conditions: ["workerd", "worker"],
    external: ["cloudflare:*", "node:*", "@aws-sdk/*"],
    write: false,
  });
  return outputFiles[0]?.text ?? "";
}

async function ready(child: ChildProcess): Promise<string> {
  let printed = "";
  for await (const chunk of child.stdout ?? []) {
    printed += String(chunk);
    const [url] = /http:\S+/.exec(printed) ?? [];
    if (url !== undefined) return url;
  }
  throw new Error(`workerd did not start: ${printed}`);
}

/** The id of the first callback that an execution opens, once it has. */
export async function openCallback(lambda: LambdaClient, arn: string): Promise<string> {
  for (;;) {
    const command = new GetDurableExecutionHistoryCommand({ DurableExecutionArn: arn, IncludeExecutionData: true });
    const { Events = [] } = await lambda.send(command);
    const started = Events.find(({ EventType }) => EventType === "CallbackStarted");
    if (started?.CallbackStartedDetails?.CallbackId) return started.CallbackStartedDetails.CallbackId;
    await pause(50);
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
