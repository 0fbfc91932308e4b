/** Waits for a machine that others use too: what runs beside a benchmark is in its figures. */

import { cpus } from "node:os";

/** The part of all processors that must have nothing to do. */
const IDLE = 0.75;
const LOOK_MS = 2000;

/** Resolves when the machine has been idle for a moment, or after so many seconds. */
export async function untilIdle(seconds: number): Promise<void> {
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end && (await idlePart()) < IDLE);
}

async function idlePart(): Promise<number> {
  const before = ticks();
  await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  const after = ticks();
  return (after.idle - before.idle) / (after.all - before.all);
}

function ticks(): { idle: number; all: number } {
  let [idle, all] = [0, 0];
  for (const { times } of cpus()) {
    idle += times.idle;
    for (const spent of Object.values(times)) all += spent;
  }
  return { idle, all };
}
