/**
 * The clock that AWS's test runner installs to skip time. Left alone it keeps pace with the real one, 20 ms at a time;
 * here it is pushed, so that what waits for 20 ms of quiet waits for a few.
 */

import type { LocalDurableTestRunner } from "@aws/durable-execution-sdk-js-testing";

type Runner = typeof LocalDurableTestRunner;

interface FakeClock {
  tick(ms: number): number;
  nextAsync(): Promise<number>;
  countTimers(): number;
  setSystemTime(now: number): void;
}

const real = { setInterval, clearInterval, setImmediate, now: Date.now };
const PUSH_EVERY_MS = 1;
const PUSH_MS = 4;

let runner: Runner | undefined;
let pushing: ReturnType<typeof setInterval> | undefined;

/** AWS's runner. It keeps the setTimeout it finds when it is loaded, to wait 100 ms after every run; here a tenth of it. */
export async function loadRunner(): Promise<Runner> {
  const { setTimeout } = globalThis;
  globalThis.setTimeout = ((fire: () => void, ms = 0) => setTimeout(fire, ms / 10)) as typeof setTimeout;
  try {
    ({ LocalDurableTestRunner: runner } = await import("@aws/durable-execution-sdk-js-testing"));
  } finally {
    globalThis.setTimeout = setTimeout;
  }
  return runner;
}

export function startVirtualTime(): void {
  pushing = real.setInterval(() => clock().tick(PUSH_MS), PUSH_EVERY_MS);
}

export function stopVirtualTime(): void {
  real.clearInterval(pushing);
}

/** Undoes the jumps that earlier runs made: the runner's own server keeps the real time. */
export function resetVirtualTime(): void {
  clock().setSystemTime(real.now());
}

/** What somebody who looks on says: it is over, something was done and the rest has to see it first, or nothing. */
export type Look = "done" | "busy" | "idle";

/** Jumps from timer to timer until it is done; asks whenever all is quiet. False when nothing is left to happen. */
export async function runUntilDone(look: () => Promise<Look>): Promise<boolean> {
  for (let idle = 0; idle < 20; ) {
    await quiet();
    const seen = await look();
    if (seen === "done") return true;
    if (seen === "busy") continue;
    if (clock().countTimers() === 0) idle++;
    else await clock().nextAsync();
  }
  return false;
}

async function quiet(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise<void>((resolve) => real.setImmediate(resolve));
}

export function clock(): FakeClock {
  return (runner as unknown as { fakeClock: FakeClock }).fakeClock;
}
