/** The benchmark's Worker in a real workerd, its state on disk. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";

export interface Measured {
  readonly ms: number;
  readonly rows: number;
}

export class BenchWorker {
  readonly #miniflare: Miniflare;
  readonly #folder: string;
  #names = 0;

  private constructor(miniflare: Miniflare, folder: string) {
    this.#miniflare = miniflare;
    this.#folder = folder;
  }

  static async start(): Promise<BenchWorker> {
    const folder = await mkdtemp(join(tmpdir(), "perdure-bench-"));
    const options = convertV4MiniflareOptions({
      name: "perdure-bench",
      modules: [{ type: "ESModule", path: "worker.js", contents: await bundle() }],
      compatibilityDate: "2026-10-01",
      compatibilityFlags: ["nodejs_compat"],
      host: "127.0.0.1",
      port: 0,
      durableObjects: {
        EXECUTIONS: { className: "Execution", useSQLite: true },
        DIRECTORY: { className: "Directory", useSQLite: true },
        RAW: { className: "Raw", useSQLite: true },
        SINK: { className: "Sink", useSQLite: true },
      },
    });
    // The conversion drops where objects are kept.
    options.resourcePersistencePath = join(folder, "state");
    const miniflare = new Miniflare(options);
    await miniflare.ready;
    return new BenchWorker(miniflare, folder);
  }

  /** Runs something `count` times, in an object of its own. */
  async measure(what: string, count: number): Promise<Measured> {
    const url = `http://bench/${what}?name=${what}-${++this.#names}&count=${count}`;
    const started = performance.now();
    const response = await this.#miniflare.dispatchFetch(url);
    const text = await response.text();
    const ms = performance.now() - started;
    if (!response.ok) throw new Error(`${what} failed: ${text}`);
    const { rows } = JSON.parse(text) as { rows: number };
    return { ms, rows };
  }

  async stop(): Promise<void> {
    await this.#miniflare.dispose();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("worker/worker.ts", import.meta.url))],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2022",
    conditions: ["workerd", "worker"],
    external: ["cloudflare:*", "node:*", "@aws-sdk/*"],
  });
  return outputFiles[0]?.text ?? "";
}
