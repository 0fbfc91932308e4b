/** Users' bundlers, with and without the optional client of the Lambda API. */

import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build, type BuildOptions } from "esbuild";
import { beforeAll, describe, expect, test } from "vitest";
import webpack from "webpack";
import { root } from "../../scripts/command.ts";
import { packedPackage } from "./packed.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const modules = join(root, "node_modules");
const project = temporaryFolder("bundled");
const entry = join(project, "entry.mjs");

/** What a project without the client finds. */
const withoutClient: Readonly<Record<string, string>> = {
  "node_modules/perdure": packedPackage().folder,
  "node_modules/idb": join(modules, "idb"),
};

beforeAll(() => {
  for (const [path, source] of Object.entries(withoutClient)) cpSync(source, join(project, path), { recursive: true });
  writeFileSync(
    entry,
    `import { withDurableExecution } from "perdure";
     export { createBrowserHost } from "perdure/browser";
     export { createMemoryHost } from "perdure/memory";
     export const handler = withDurableExecution(async (event, context) => context.step("echo", async () => event));`,
  );
});

/** The options of a bundle for Lambda. */
const forLambda: BuildOptions = {
  entryPoints: [entry],
  bundle: true,
  platform: "node",
  format: "esm",
  write: false,
  metafile: true,
  logLevel: "silent",
};

test("a bundle for Lambda holds nothing of AWS's client when esbuild is told to leave that out", async () => {
  const { metafile } = await build({ ...forLambda, external: ["@aws-sdk/*"], nodePaths: [modules] });
  const inputs = Object.keys(metafile?.inputs ?? {});
  expect(inputs.filter((path) => /@(aws-sdk|smithy|aws)\//.test(path))).toEqual([]);
  expect(inputs.some((path) => path.includes("with-lambda-client"))).toBe(true);
  const outside = Object.values(metafile?.outputs ?? {}).flatMap(({ imports }) => imports.map(({ path }) => path));
  expect(outside).toContain("@aws-sdk/client-lambda");
});

describe("where AWS's client is not installed", () => {
  test("esbuild bundles for Node, and at most warns", async () => {
    const { errors, outputFiles } = await build(forLambda);
    expect(errors).toEqual([]);
    expect(outputFiles).toHaveLength(1);
  });

  test.for(["node", "web"])("webpack bundles for %s, and at most warns", async (target) => {
    const stats = await bundleByWebpack(target);
    const { errors = [], warnings = [] } = stats.toJson({ all: false, errors: true, warnings: true });
    expect(errors.map(({ message }) => message)).toEqual([]);
    expect(warnings.filter(({ message }) => !message.includes("@aws-sdk/client-lambda"))).toEqual([]);
  });
});

function bundleByWebpack(target: string): Promise<webpack.Stats> {
  const compiler = webpack({
    mode: "none",
    context: project,
    target,
    entry,
    performance: false,
    experiments: { outputModule: true },
    output: { path: join(project, `out-${target}`), module: true, library: { type: "module" } },
  });
  return new Promise((resolve, reject) => {
    compiler?.run((error, stats) => {
      if (stats === undefined) reject(error ?? new Error("webpack has no result"));
      else compiler.close(() => resolve(stats));
    });
  });
}
