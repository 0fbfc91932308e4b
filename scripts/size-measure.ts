/** The sizes of the public entries, each as a user's bundler would make it. */

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build, type BuildOptions, type Plugin } from "esbuild";
import { root } from "./command.ts";
import { publicEntries, readRootPackage } from "./entries.ts";
import { buildPackage } from "./package-build.ts";

export interface EntrySize {
  /** Bytes after minifying, of what importing the entry loads. */
  readonly minified: number;
  /** The same after gzip at level 9. */
  readonly gzip: number;
  /** Minified and gzipped, together with what is loaded only when it is used. */
  readonly gzipWhole: number;
}

/** By specifier: "perdure", "perdure/cloudflare"; and `onLambda`. */
export type Sizes = Readonly<Record<string, EntrySize>>;

/** A handler with all that it needs on Lambda, in one file, without AWS's clients: what users deploy there. */
export const onLambda = "a handler on Lambda";

/** The file of the sizes that the documentation cites. */
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
    const entry = join(folder, `${name}.js`);
    const loaded = await bundle(entry, { lazily: false });
    const whole = await bundle(entry, { lazily: true });
    sizes[specifier] = { minified: loaded.byteLength, gzip: zipped(loaded), gzipWhole: zipped(whole) };
  }
  const handler = await bundleForLambda(folder);
  sizes[onLambda] = { minified: handler.byteLength, gzip: zipped(handler), gzipWhole: zipped(handler) };
  return sizes;
}

function zipped(bundled: Uint8Array): number {
  return gzipSync(bundled, { level: 9 }).byteLength;
}

const HANDLER = `import { withDurableExecution } from "./index.js";
export const handler = withDurableExecution(async (event, context) => context.step("echo", async () => event));`;

/** With the options that AWS's tools have for esbuild. */
async function bundleForLambda(folder: string): Promise<Uint8Array> {
  return bundled({
    stdin: { contents: HANDLER, resolveDir: folder },
    platform: "node",
    target: "node22",
    external: ["@aws-sdk/*"],
  });
}

/** One file, with or without what is imported by `import()`. */
async function bundle(entry: string, { lazily }: { lazily: boolean }): Promise<Uint8Array> {
  const { peerDependencies } = readRootPackage();
  return bundled({
    entryPoints: [entry],
    platform: "neutral",
    target: "es2022",
    mainFields: ["module", "main"],
    conditions: ["browser"],
    nodePaths: [join(root, "node_modules")],
    external: ["node:*", "cloudflare:*", ...Object.keys(peerDependencies)],
    plugins: lazily ? [] : [leaveOutDynamicImports],
  });
}

async function bundled(options: BuildOptions): Promise<Uint8Array> {
  const { outputFiles } = await build({
    ...options,
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    logLevel: "error",
  });
  const [file] = outputFiles ?? [];
  if (file === undefined) throw new Error("nothing was built");
  return file.contents;
}

const leaveOutDynamicImports: Plugin = {
  name: "leave out dynamic imports",
  setup(bundler) {
    bundler.onResolve({ filter: /^[.#]/ }, ({ kind, path }) =>
      kind === "dynamic-import" ? { path, external: true } : undefined,
    );
  },
};
