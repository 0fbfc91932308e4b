/** One origin with the page under test, the services that its functions speak to, and a count of what they asked for. */

import { build } from "esbuild";
import { CallLog } from "../../../demo/stand-ins/call-log.ts";
import {
  type LoopbackServer,
  serveOnLoopback,
  type StandInRequest,
  type StandInResponse,
} from "../../../demo/stand-ins/loopback-server.ts";
import { MediaConvert } from "../../../demo/stand-ins/media-convert.ts";
import { ObjectStore } from "../../../demo/stand-ins/object-store.ts";
import { root } from "../../../scripts/command.ts";

/** Nothing but files of the site's own: no code from text, and no workers from text. */
const STRICT = "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'";
const policies: Readonly<Record<string, string>> = {
  strict: STRICT,
  "workers from text": STRICT.replace("worker-src", "worker-src blob:"),
  /** Without an origin a page has neither storage nor locks, as in some private windows. */
  sandbox: `${STRICT}; sandbox allow-scripts`,
};
const anyOrigin = { "access-control-allow-origin": "*" };

/** What a page found in its logs when it was loaded. */
export interface Known {
  readonly id: string;
  readonly done: readonly string[];
  /** How many requests had come by then. */
  readonly after: number;
}

export class SiteServer {
  readonly log: CallLog;
  readonly objectStore: ObjectStore;
  readonly known: Known[] = [];
  /** How long a step's answer takes, in ms. */
  pace: () => number = () => 0;
  /** How far the clocks of the pages that ask for it are from the right time, in ms. */
  skew = 0;
  readonly #mediaConvert: MediaConvert;
  readonly #files: ReadonlyMap<string, string>;
  #server: LoopbackServer | undefined;

  private constructor(files: ReadonlyMap<string, string>) {
    this.#files = files;
    this.log = new CallLog();
    this.objectStore = new ObjectStore(this.log);
    this.#mediaConvert = new MediaConvert(this.log, {
      progress: { polls: 2 },
      onComplete: ({ output }) => {
        const { hostname, pathname } = new URL(output);
        this.objectStore.put(hostname, pathname.slice(1), { body: "a film", contentType: "video/mp4" });
      },
    });
  }

  static async open(): Promise<SiteServer> {
    files ??= bundle();
    const site = new SiteServer(await files);
    site.#server = await serveOnLoopback((request) => site.#answer(request), 0);
    site.objectStore.createBucket("media");
    return site;
  }

  url(parameters: Readonly<Record<string, string>> = {}): string {
    // localhost is a secure context, with locks and storage.
    const url = new URL((this.#server?.url ?? "").replace("127.0.0.1", "localhost"));
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    return url.href;
  }

  /** How often the steps of an execution were asked for, by name. */
  asked(execution: string): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { operation, target } of this.log.calls) {
      const [of, step = ""] = target.split("/");
      if (operation === "step" && of === execution) counts[step] = (counts[step] ?? 0) + 1;
    }
    return counts;
  }

  async close(): Promise<void> {
    await this.#server?.close();
  }

  async #answer(request: StandInRequest): Promise<StandInResponse> {
    const [first = "", second = "", third = ""] = request.path;
    if (first === "") return page(request.query.get("policy") ?? "strict");
    const file = this.#files.get(first);
    if (file !== undefined)
      return { status: 200, headers: { ...anyOrigin, "content-type": "text/javascript" }, body: file };
    if (first === "known") return this.#learn(request);
    if (first === "steps") return this.#step(`${second}/${third}`);
    if (first === "skew") return { status: 200, body: String(this.skew) };
    if (first === "clear") return { status: 204, headers: { "clear-site-data": '"storage"' } };
    if (first === "nothing") return { status: 200, headers: { "content-type": "text/html" }, body: "" };
    if (first === "favicon.ico") return { status: 404 };
    const isMediaConvert = first === "endpoints" || first === "2017-08-29";
    return isMediaConvert ? this.#mediaConvert.handle(request) : this.objectStore.handle(request);
  }

  #learn({ body }: StandInRequest): StandInResponse {
    const { id, done } = JSON.parse(body.toString()) as { id: string; done: string[] };
    this.known.push({ id, done, after: this.log.calls.length });
    return { status: 204, headers: anyOrigin };
  }

  /** A step that is called flaky fails every other time. */
  async #step(target: string): Promise<StandInResponse> {
    await this.log.record("step", target);
    const count = this.log.calls.filter((call) => call.operation === "step" && call.target === target).length;
    const pause = this.pace();
    if (pause > 0) await new Promise((next) => setTimeout(next, pause));
    if (target.includes("flaky") && count % 2 === 1) return { status: 503 };
    return { status: 200, body: `${target} ${count}` };
  }
}

function page(policy: string): StandInResponse {
  return {
    status: 200,
    headers: { "content-type": "text/html", "content-security-policy": policies[policy] ?? "" },
    body: '<!doctype html><meta charset="utf-8"><title>perdure</title><script type="module" src="/page.js"></script>',
  };
}

/** The same for all sites of a test file. */
let files: ReturnType<typeof bundle> | undefined;

async function bundle(): Promise<ReadonlyMap<string, string>> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: {
      page: "test/e2e/browser/site/page.ts",
      worker: "test/e2e/browser/site/worker.ts",
      clock: "src/adapters/indexeddb/clock.ts",
    },
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    outdir: "site",
    chunkNames: "[name]-[hash]",
    external: ["@aws-sdk/client-lambda"],
    write: false,
    logLevel: "error",
  });
  return new Map(outputFiles.map(({ path, text }) => [path.split("/").at(-1) ?? path, text]));
}
