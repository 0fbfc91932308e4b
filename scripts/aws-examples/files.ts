/** The files of AWS's examples. */

import { globSync } from "node:fs";
import { basename, join } from "node:path";

export interface ExampleFile {
  /** The name of the deployed function. */
  readonly name: string;
  readonly path: string;
}

/** Each file that may export a handler. */
export function exampleFiles(folder: string): readonly ExampleFile[] {
  return globSync("src/examples/**/*.ts", { cwd: folder })
    .filter((path) => !/\.test\.ts$|(^|\/)index\.ts$/.test(path))
    .map((path) => ({ name: basename(path, ".ts"), path: join(folder, path) }));
}
