/** The source of a function, as people write it: `FILE`, `FILE#EXPORT` or `NAME=FILE#EXPORT`. */

import { basename, dirname, resolve } from "node:path";
import type { ExportedFunction } from "./process-messages.ts";

export interface FunctionSource {
  /** An absolute path. */
  readonly file: string;
  /** Empty for all that the file exports. */
  readonly exportName: string;
  /** Of the function; undefined for one that follows from the file or the export. */
  readonly name: string | undefined;
}

export function parseSource(text: string): FunctionSource {
  const [, name, path = text] = /^([\w-]+)=(.+)$/.exec(text) ?? [];
  const [, file = path, exportName = ""] = /^(.+)#([\w$]+)$/.exec(path) ?? [];
  return { file: resolve(file), exportName, name };
}

/** `handler` and the default are called as their file is, other exports by their own name. */
export function nameOf({ file, name }: FunctionSource, { exportName }: ExportedFunction): string {
  if (name !== undefined) return name;
  return exportName === "handler" || exportName === "default" ? fileName(file) : exportName;
}

function fileName(file: string): string {
  const [base = ""] = basename(file).split(".");
  const own = base === "index" || base === "" ? basename(dirname(file)) : base;
  return own.replaceAll(/[^\w-]/g, "-") || "function";
}
