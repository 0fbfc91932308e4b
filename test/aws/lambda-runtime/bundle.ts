/** A function's code as it is deployed: TypeScript bundled into one file, in a folder of its own. */

import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

export interface Code {
  /** Holds `index.mjs`. */
  readonly folder: string;
  remove(): void;
}

export interface BundleOptions {
  /** What is not bundled but found when it runs; AWS's clients unless told otherwise, which Lambda provides. */
  readonly external?: readonly string[];
  /** Default false. */
  readonly minify?: boolean;
}

const packages = fileURLToPath(new URL("../../../node_modules", import.meta.url));

export async function bundle(
  entry: URL,
  { external = ["@aws-sdk/*"], minify = false }: BundleOptions = {},
): Promise<Code> {
  const folder = mkdtempSync(join(tmpdir(), "perdure-lambda-"));
  symlinkSync(packages, join(folder, "node_modules"));
  await build({
    entryPoints: { index: fileURLToPath(entry) },
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node22",
    external: [...external],
    minify,
    // What is CommonJS inside a bundle of this form looks for a `require` of its own.
    banner: {
      js: 'import { createRequire as requireFrom } from "node:module"; const require = requireFrom(import.meta.url);',
    },
    logLevel: "error",
  });
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
