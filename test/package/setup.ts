/**
 * Builds and packs the package once for all tests of this folder. A build that fails is handed to these tests instead of
 * thrown: an error in a global set-up would keep every other project's tests from running.
 */

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
    packed: Packed | { readonly error: string };
  }
}

export async function setup(project: TestProject): Promise<() => void> {
  const temporary = mkdtempSync(join(tmpdir(), "perdure-package-"));
  try {
    project.provide("packed", await pack(temporary));
  } catch (error) {
    project.provide("packed", { error: String(error) });
  }
  return () => rmSync(temporary, { recursive: true, force: true });
}

async function pack(temporary: string): Promise<Packed> {
  const folder = join(temporary, "dist");
  await buildPackage(folder);
  const { code, output } = await runNpm(["pack", "--json", "--silent", "--pack-destination", temporary], folder);
  if (code !== 0) throw new Error(`npm pack failed:\n${output}`);
  return { folder, ...readPack(temporary, output) };
}

/** npm 12 answers with an object by package name, older ones with a list. */
function readPack(temporary: string, output: string): { archive: string; files: string[] } {
  const answer = JSON.parse(output.slice(output.search(/^[[{]/m))) as object;
  const [pack] = Object.values(answer) as { filename: string; files: { path: string }[] }[];
  if (pack === undefined) throw new Error(`npm pack said: ${output}`);
  return { archive: join(temporary, pack.filename), files: pack.files.map(({ path }) => path) };
}
