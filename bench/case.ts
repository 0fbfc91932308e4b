/** A case is a program of its own that prints its figures: each is measured in a fresh process, with nothing beside it. */

import { execFile } from "node:child_process";
import { writeSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Marks } from "./programs.ts";

/** What one run of a case measured, by name. */
export type Figures = Readonly<Record<string, number>>;

/** The size that a case was started with. */
export const size: number = Number(process.argv[2]);

/** Ends a case with what it measured. */
export function report(figures: Figures): never {
  writeSync(1, `${JSON.stringify(figures)}\n`);
  process.exit(0);
}

/** Runs `cases/<name>.ts` in a process of its own. */
export async function runCase(name: string, parameter: number): Promise<Figures> {
  const path = fileURLToPath(new URL(`cases/${name}.ts`, import.meta.url));
  const args = ["--no-warnings", "--expose-gc", path, String(parameter)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Figures;
}

/** The median; of an even number, the upper one of the two in the middle. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

/** Microseconds for each step of several runs: over all of it, over its first tenth and over its last. */
export function stepFigures(runs: readonly Marks[], steps: number): Figures {
  const perStep = (from: number, to: number, count: number): number =>
    median(runs.map((marks) => (((marks.at(to) ?? 0) - (marks.at(from) ?? 0)) * 1000) / count));
  return { step: perStep(0, -1, steps), first: perStep(0, 1, steps / 10), last: perStep(-2, -1, steps / 10) };
}

/** How often a program is run until the compiler has seen it, and how long those runs are. */
export const WARM_UP = { runs: 3, steps: 1000 } as const;

/** How often it is run to be measured: short runs more often. A single run may meet a collection that others do not. */
export function measuredRuns(steps: number): number {
  return Math.max(3, Math.round(2000 / steps));
}

/** Milliseconds from the start of a run to its end. */
export function elapsed(marks: Marks): number {
  return (marks.at(-1) ?? 0) - (marks[0] ?? 0);
}

/** Bytes in use once everything that can be collected is. */
export function heapInUse(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}
