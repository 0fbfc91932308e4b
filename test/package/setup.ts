/** Builds and packs the package once for all tests of this folder. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { runNpm } from "../../scripts/command.ts";
import { buildPackage } from "../../scripts/package-build.ts";

export interface Packed {
  /** The built package. */
  readonly folder: string;
  /** The archive that would be published. */
  readonly archive: string;
  /** The paths in the archive. */
  readonly files: readonly string[];
}

declare module "vitest" {
  interface ProvidedContext {
    packed: Packed;
  }
}

export async function setup(project: TestProject): Promise<() => void> {
  const temporary = mkdtempSync(join(tmpdir(), "perdure-package-"));
  const folder = join(temporary, "dist");
  await buildPackage(folder);
  const { code, output } = await runNpm(["pack", "--json", "--silent", "--pack-destination", temporary], folder);
  if (code !== 0) throw new Error(`npm pack failed:\n${output}`);
  project.provide("packed", { folder, ...readPack(temporary, output) });
  return () => rmSync(temporary, { recursive: true, force: true });
}

/** npm 12 answers with an object by package name, older ones with a list. */
function readPack(temporary: string, output: string): { archive: string; files: string[] } {
  const answer = JSON.parse(output.slice(output.search(/^[[{]/m))) as object;
  const [pack] = Object.values(answer) as { filename: string; files: { path: string }[] }[];
  if (pack === undefined) throw new Error(`npm pack said: ${output}`);
  return { archive: join(temporary, pack.filename), files: pack.files.map(({ path }) => path) };
}
