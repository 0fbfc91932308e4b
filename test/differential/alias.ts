/**
 * AWS's testing package as somebody has it who installed perdure under the name of AWS's SDK: bundled anew, with every
 * import of that SDK leading to perdure.
 */

import { mkdtempSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { LocalDurableTestRunner } from "@aws/durable-execution-sdk-js-testing";
import { build, type Plugin } from "esbuild";
import type { Sdk } from "./case.ts";
import { loadRunner } from "./virtual-time.ts";

export interface AliasedPackages {
  readonly sdk: Sdk;
  readonly Runner: typeof LocalDurableTestRunner;
  remove(): void;
}

const root = join(import.meta.dirname, "../..");

export async function installAlias(): Promise<AliasedPackages> {
  const testing = dirname(fileURLToPath(import.meta.resolve("@aws/durable-execution-sdk-js-testing")));
  // Inside node_modules, where what stays outside the bundle is found.
  const outdir = mkdtempSync(join(root, "node_modules/.perdure-alias-"));
  await build({
    entryPoints: {
      index: join(testing, "index.mjs"),
      "checkpoint-server/index": join(testing, "checkpoint-server/index.mjs"),
      sdk: join(root, "src/lambda-compat/index.ts"),
    },
    outdir,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    packages: "external",
    plugins: [alias],
    // The testing package finds its server by the place of its own file.
    chunkNames: "chunk-[hash]",
  });
  const load = (file: string): Promise<unknown> => import(/* @vite-ignore */ pathToFileURL(join(outdir, file)).href);
  const { LocalDurableTestRunner: Runner } = (await loadRunner(() => load("index.mjs"))) as Pick<
    AliasedPackages,
    never
  > & {
    LocalDurableTestRunner: AliasedPackages["Runner"];
  };
  const sdk = (await load("sdk.mjs")) as Sdk;
  return { sdk, Runner, remove: () => rmSync(outdir, { recursive: true, force: true }) };
}

const alias: Plugin = {
  name: "alias",
  setup({ onResolve }) {
    onResolve({ filter: /^@aws\/durable-execution-sdk-js$/ }, () => ({
      path: join(root, "src/lambda-compat/index.ts"),
    }));
  },
};
