/** Runs the demo Worker under `wrangler dev`: on loopback, its state on disk, as a process group that ends as one. */

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseEnv } from "node:util";
import { root } from "./command.ts";
import { privateFolder } from "./local-settings.ts";
import type { ServeOptions } from "./serve-worker.ts";
import { WorkerLog } from "./worker-log.ts";

export interface LocalWorkerOptions {
  readonly port: number;
  /** The folder for all state that must outlive the process. */
  readonly folder: string;
  /** The Worker's environment, secrets too: it does not appear on the command line. */
  readonly environment: Readonly<Record<string, string>>;
  /** A folder of files that are served to whoever asks for them; none when absent. */
  readonly assets?: string;
  /** Gets each line that the Worker or wrangler writes. */
  readonly onLine?: (line: string) => void;
}

export interface LocalWorker {
  readonly url: string;
  /** The leader of the process group. */
  readonly pid: number;
  /** Resolves when the leader has ended, with its exit code. */
  readonly ended: Promise<number>;
  /** Ends all of its processes, giving them a moment to end by themselves. */
  stop(): Promise<void>;
  /** Ends all of its processes at once, as a crash would. */
  kill(): Promise<void>;
}

const READY_WITHIN_MS = 60_000;
const GRACE_MS = 3_000;

/** Resolves once it answers requests. Rejects with what wrangler wrote when it does not come up. */
export async function startLocalWorker(options: LocalWorkerOptions): Promise<LocalWorker> {
  privateFolder(options.folder);
  // These folders hold a build of wrangler's for a start that was killed, and its logs of earlier versions.
  for (const left of [".wrangler", "wrangler-logs"]) {
    rmSync(join(options.folder, left), { recursive: true, force: true });
  }
  const child = spawnWrangler(options);
  const ended = new Promise<number>((done) => child.once("close", (code) => done(code ?? 1)));
  const output = collectOutput(child, options);
  const worker: LocalWorker = {
    url: `http://127.0.0.1:${options.port}`,
    pid: child.pid ?? 0,
    ended,
    stop: () => endGroup(child, ended, GRACE_MS),
    kill: () => endGroup(child, ended, 0),
  };
  try {
    await untilReady(worker, output);
  } catch (error) {
    await worker.kill();
    throw new Error(`${(error as Error).message}\n${output().slice(-4000)}`, { cause: error });
  }
  return worker;
}

function spawnWrangler(options: LocalWorkerOptions): ChildProcess {
  if (!existsSync(join(root, "node_modules", "wrangler"))) {
    throw new Error('wrangler is not installed: run "npm ci" first.');
  }
  const envFile = join(options.folder, "worker.env");
  writeFileSync(envFile, envFileText(options.environment), { mode: 0o600 });
  const preload = pathToFileURL(join(root, "scripts", "exit-with-parent.mjs")).href;
  // Wrangler builds beside its configuration: a copy in the folder keeps starts apart and leaves nothing elsewhere.
  const config = join(options.folder, "wrangler.toml");
  writeFileSync(config, withoutSite(readFileSync(join(root, "wrangler.toml"), "utf8")), { mode: 0o600 });
  const serve: ServeOptions = {
    config,
    entrypoint: join(root, "demo", "worker.ts"),
    port: options.port,
    state: join(options.folder, "state"),
    envFile,
    ...(options.assets !== undefined && { assets: options.assets }),
  };
  const script = join(root, "scripts", "serve-worker.ts");
  return spawn(process.execPath, ["--import", preload, script, JSON.stringify(serve)], {
    cwd: options.folder,
    detached: true,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    env: {
      ...process.env,
      ...wranglerSettings(),
      PERDURE_GROUP_LEADER: String(process.pid),
      CI: "true",
      NO_COLOR: "1",
      // Nothing here needs anything but this machine.
      CLOUDFLARE_CF_FETCH_ENABLED: "false",
      X_LOCAL_EXPLORER: "false",
      X_LOCAL_OBSERVABILITY: "false",
      WRANGLER_HIDE_BANNER: "true",
      WRANGLER_SEND_METRICS: "false",
      WRANGLER_SEND_ERROR_REPORTS: "false",
      // It would have every request with its path and query, and nothing takes the secrets out of those.
      WRANGLER_WRITE_LOGS: "false",
      WRANGLER_REGISTRY_PATH: join(options.folder, "wrangler-registry"),
    },
  });
}

/** A start says by itself which files it serves, if any. */
function withoutSite(config: string): string {
  return config.replaceAll(/^\[(?:build|assets)\]\n(?:[^[\n].*\n)*/gm, "");
}

/** The variables that the command finds in `.env`, and its API does not look for. */
function wranglerSettings(): NodeJS.Dict<string> {
  return parseEnv(readFileSync(join(root, ".env"), "utf8"));
}

function envFileText(environment: Readonly<Record<string, string>>): string {
  return Object.entries(environment)
    .map(([name, value]) => {
      if (/['\n$]/.test(value)) throw new Error(`${name} cannot be written to an env file`);
      return `${name}='${value}'\n`;
    })
    .join("");
}

function collectOutput(child: ChildProcess, { folder, onLine }: LocalWorkerOptions): () => string {
  const log = new WorkerLog({ path: join(folder, "worker.log"), onLine });
  for (const stream of [child.stdout, child.stderr]) {
    const collector = log.collector();
    stream?.setEncoding("utf8");
    stream?.on("data", (text: string) => collector.take(text));
    stream?.once("end", () => collector.end());
  }
  return () => log.tail;
}

/** Any answer will do: without a credential it is a refusal, but it comes from the Worker. */
async function untilReady(worker: LocalWorker, output: () => string): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  let ended: number | undefined;
  void worker.ended.then((code) => (ended = code));
  while (Date.now() < deadline) {
    if (ended !== undefined) throw new Error(`wrangler ended with code ${ended} before the Worker was ready:`);
    if (output().includes("Build failed")) throw new Error("wrangler could not build the Worker:");
    const answered = await fetch(worker.url, { signal: AbortSignal.timeout(5_000) }).then(
      (response) => response.status,
      () => 0,
    );
    if (answered > 0 && answered < 500) return;
    await new Promise((next) => setTimeout(next, 100));
  }
  throw new Error(`the Worker did not answer within ${READY_WITHIN_MS / 1000} s:`);
}

async function endGroup(child: ChildProcess, ended: Promise<number>, graceMs: number): Promise<void> {
  if (graceMs > 0) {
    signalGroup(child, "SIGTERM");
    const timer = Promise.withResolvers<void>();
    const timeout = setTimeout(timer.resolve, graceMs);
    await Promise.race([ended, timer.promise]);
    clearTimeout(timeout);
  }
  signalGroup(child, "SIGKILL");
  await ended;
}

/** Also after the leader's end: others of its group may be left. */
function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === "win32") child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
