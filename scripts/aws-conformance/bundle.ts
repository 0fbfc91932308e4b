/** AWS's handlers, each in a file that Node can import. */

import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build, type Plugin } from "esbuild";
import type { Functions } from "../../src/homes/memory/index.ts";
import { root } from "../command.ts";
import type { ConformanceFunction } from "./scenarios.ts";

/** The package behind `@aws/durable-execution-sdk-js` in a handler. */
export type Sdk = "aws" | "perdure";

export interface BundleOptions {
  readonly sdk: Sdk;
  /** The folder for the files. */
  readonly outdir: string;
  /** The functions run in one process, which none of them may end, and in which each line belongs to one of them. */
  readonly isShared: boolean;
}

/** Inside node_modules, where what stays outside the bundles is found. Gone when the process is. */
export function bundleFolder(): string {
  const folder = mkdtempSync(join(root, "node_modules/.perdure-conformance-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The path of the file of each function, by its name. */
export async function bundle(
  functions: readonly ConformanceFunction[],
  { sdk, outdir, isShared }: BundleOptions,
): Promise<ReadonlyMap<string, string>> {
  const paths = functions.map(({ name }) => [name, join(outdir, `${name}.mjs`)] as const);
  const byName = new Map(paths);
  await Promise.all(
    functions.map(({ name, file, environment }) =>
      build({
        entryPoints: [file],
        outfile: byName.get(name) ?? "",
        bundle: true,
        format: "esm",
        platform: "node",
        packages: "external",
        plugins: [substitutes(sdk)],
        define: asDefinitions(environment),
        ...(isShared && { banner: { js: ownGlobals(name) } }),
        logLevel: "error",
      }),
    ),
  );
  return byName;
}

export async function importHandlers(paths: ReadonlyMap<string, string>): Promise<Functions> {
  const handlers: { [name: string]: Functions[string] } = {};
  for (const [name, path] of paths) {
    const { handler } = (await import(pathToFileURL(path).href)) as { readonly handler: Functions[string] };
    handlers[name] = handler;
  }
  return handlers;
}

/** One copy of the SDK for all, and a stand-in for DynamoDB. */
function substitutes(sdk: Sdk): Plugin {
  return {
    name: "substitutes",
    setup(bundling) {
      const path = pathToFileURL(join(root, "src/lambda-compat/index.ts")).href;
      if (sdk === "perdure") {
        bundling.onResolve({ filter: /^@aws\/durable-execution-sdk-js$/ }, () => ({ path, external: true }));
      }
      bundling.onResolve({ filter: /^@aws-sdk\/client-dynamodb$/ }, () => ({
        path: join(root, "scripts/aws-conformance/attempts-table.ts"),
      }));
    },
  };
}

function asDefinitions(environment: Readonly<Record<string, string>>): Record<string, string> {
  const definitions = Object.entries(environment).map(([name, value]) => [
    `process.env.${name}`,
    JSON.stringify(value),
  ]);
  return Object.fromEntries(definitions) as Record<string, string>;
}

function ownGlobals(name: string): string {
  const path = pathToFileURL(join(root, "scripts/aws-conformance/function-lines.ts")).href;
  const from = `import { globalsOf } from ${JSON.stringify(path)};`;
  return `${from}\nconst { console, process } = globalsOf(${JSON.stringify(name)});`;
}
