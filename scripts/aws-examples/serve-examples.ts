/** The program of `ExampleHost`: perdure's host in memory, behind its HTTP API. */

import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build, type Plugin } from "esbuild";
import { createMemoryHost, type Functions } from "../../src/homes/memory/index.ts";
import { listen } from "../../src/homes/local/http-server.ts";
import { type Credential, createHttpFace } from "../../src/lambda-compat/http/index.ts";
import { root } from "../command.ts";
import type { ExampleFile } from "./files.ts";

export interface ToServe {
  readonly files: readonly ExampleFile[];
  readonly credential: Credential;
}

export interface Serving {
  readonly url: string;
  readonly names: readonly string[];
  /** The examples that could not be loaded, and the reasons: some ask for packages that are not here. */
  readonly left: readonly { readonly name: string; readonly reason: string }[];
}

interface ExampleModule {
  readonly handler?: Functions[string];
  /** Some examples are not for the cloud. */
  readonly config?: { readonly localOnly?: boolean };
}

process.on("disconnect", () => process.exit());
process.once("message", (asked: ToServe) => void serve(asked));

async function serve({ files, credential }: ToServe): Promise<void> {
  const { functions, left } = await load(files);
  // As on Lambda: what waits has ended its invocation, and each has its event in the history.
  const { client } = createMemoryHost({ functions, parks: false });
  const { url } = await listen(createHttpFace({ client, credentials: [credential] }), { host: "127.0.0.1", port: 0 });
  process.send?.({ url, names: Object.keys(functions), left } satisfies Serving);
}

async function load(files: readonly ExampleFile[]): Promise<{ functions: Functions; left: Serving["left"] }> {
  // Inside node_modules, where what stays outside the bundles is found.
  const outdir = mkdtempSync(join(root, "node_modules/.perdure-examples-"));
  process.on("exit", () => rmSync(outdir, { recursive: true, force: true }));
  const functions: { [name: string]: Functions[string] } = {};
  const left: { name: string; reason: string }[] = [];
  for (const { name, path } of files) {
    const outfile = join(outdir, `${name}.mjs`);
    try {
      await build({
        entryPoints: [path],
        outfile,
        bundle: true,
        format: "esm",
        platform: "node",
        packages: "external",
        plugins: [perdure],
        logLevel: "silent",
      });
      const { handler, config } = (await import(pathToFileURL(outfile).href)) as ExampleModule;
      if (handler !== undefined && config?.localOnly !== true) functions[name] = handler;
    } catch (error) {
      left.push({ name, reason: error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error) });
    }
  }
  return { functions, left };
}

/** One copy of perdure for the host and all examples. */
const perdure: Plugin = {
  name: "perdure",
  setup(bundling) {
    const path = pathToFileURL(join(root, "src/lambda-compat/index.ts")).href;
    bundling.onResolve({ filter: /^@aws\/durable-execution-sdk-js$/ }, () => ({ path, external: true }));
  },
};
