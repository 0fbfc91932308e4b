/**
 * A run of the tests has its own folder for temporary files, so that nothing stays behind of what packages and browsers
 * put there and nobody removes. A run that was killed leaves the one folder, which the next run removes.
 */

import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

const NAME = /^perdure-run-(\d+)-\w+$/;
/** The variables that say where temporary files go, on all platforms. */
const VARIABLES = ["TMPDIR", "TMP", "TEMP"];

/** From now on for this process and those that it starts, until it ends. Asked again, as configurations are, it has its own. */
export function useRunFolder(): void {
  const place = tmpdir();
  if (ownerOf(basename(place)) === process.pid) return;
  removeAbandoned(place);
  const folder = mkdtempSync(join(place, `perdure-run-${process.pid}-`));
  for (const name of VARIABLES) process.env[name] = folder;
  process.once("exit", () => remove(folder));
}

/** Removes the folders of runs that have ended. */
export function removeAbandoned(place: string): void {
  for (const name of readdirSync(place)) {
    const pid = ownerOf(name);
    if (pid !== undefined && !isAlive(pid)) remove(join(place, name));
  }
}

/** The process that a folder of this name belongs to; undefined for other names. */
function ownerOf(name: string): number | undefined {
  const pid = NAME.exec(name)?.[1];
  return pid === undefined ? undefined : Number(pid);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is somebody else's.
    return (error as { code?: string }).code === "EPERM";
  }
}

/** A process that has not ended yet may still write there: then it is left to the next run. */
function remove(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 2 });
  } catch {
    // As said.
  }
}
