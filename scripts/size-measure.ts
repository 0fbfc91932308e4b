/** How much of a bundle each public entry takes, as a user's bundler would make it. */

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { root } from "./command.ts";
import { publicEntries, readRootPackage } from "./entries.ts";
import { buildPackage } from "./package-build.ts";

export interface EntrySize {
  /** Bytes after minifying. */
  readonly minified: number;
  /** Bytes after minifying and gzip at level 9. */
  readonly gzip: number;
}

/** By specifier: "perdure", "perdure/cloudflare". */
export type Sizes = Readonly<Record<string, EntrySize>>;

/** Where the figures stand that the documentation cites. */
export const sizeReport: string = join(root, "docs", "reports", "sizes.json");

/** The most that `gzip` may be, in bytes, by specifier. */
export function readBudgets(): Readonly<Record<string, number>> {
  return JSON.parse(readFileSync(join(root, "test", "package", "size-budgets.json"), "utf8")) as Record<string, number>;
}

/** Builds the package and measures it. */
export async function measureSizes(): Promise<Sizes> {
  const folder = mkdtempSync(join(tmpdir(), "perdure-sizes-"));
  try {
    await buildPackage(folder);
    return await measureBuilt(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Measures a package that is built already. Optional peers and the runtimes' own modules are not counted. */
export async function measureBuilt(folder: string): Promise<Sizes> {
  const manifest = readRootPackage();
  const sizes: Record<string, EntrySize> = {};
  for (const { specifier, name } of publicEntries(manifest)) {
    const { outputFiles } = await build({
      entryPoints: [join(folder, `${name}.js`)],
      bundle: true,
      minify: true,
      write: false,
      format: "esm",
      platform: "neutral",
      target: "es2022",
      mainFields: ["module", "main"],
      conditions: ["browser"],
      nodePaths: [join(root, "node_modules")],
      external: ["node:*", "cloudflare:*", ...Object.keys(manifest.peerDependencies)],
      logLevel: "error",
    });
    const [file] = outputFiles;
    if (file === undefined) throw new Error(`nothing was built for ${specifier}`);
    sizes[specifier] = {
      minified: file.contents.byteLength,
      gzip: gzipSync(file.contents, { level: 9 }).byteLength,
    };
  }
  return sizes;
}
