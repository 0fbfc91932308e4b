/** The logs of all golden histories, of every format that there has been. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface GoldenLog {
  /** Which it is, to people. */
  readonly name: string;
  /** The texts of its commits. */
  readonly bodies: readonly string[];
}

export function goldenLogs(): readonly GoldenLog[] {
  const folders = readdirSync(import.meta.dirname).filter((name) => /^v\d+$/.test(name));
  return folders.flatMap((folder) =>
    readdirSync(join(import.meta.dirname, folder)).flatMap((file) => logsOf(join(folder, file))),
  );
}

/** A history has what was written for all of its executions, in order, behind a line of what they came to. */
function logsOf(file: string): readonly GoldenLog[] {
  const [, ...writes] = readFileSync(join(import.meta.dirname, file), "utf8").trimEnd().split("\n");
  const logs = new Map<string, string[]>();
  for (const line of writes) {
    const { id, row, body } = JSON.parse(line) as { id?: string; row?: { id: string }; body?: string };
    const key = id ?? row?.id ?? "";
    if (body !== undefined) logs.set(key, [...(logs.get(key) ?? []), body]);
  }
  return [...logs].map(([id, bodies]) => ({ name: `${file} ${id}`, bodies }));
}
