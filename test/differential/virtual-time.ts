/**
 * The clock that AWS's test runner installs to skip time. Left alone it keeps pace with the real one, 20 ms at a time;
 * here it is pushed, so that what waits for 20 ms of quiet waits for a few.
 */

interface FakeClock {
  tick(ms: number): number;
  nextAsync(): Promise<number>;
  countTimers(): number;
  setSystemTime(now: number): void;
}

const real = { setTimeout, setInterval, clearInterval, setImmediate, now: Date.now };
const PUSH_EVERY_MS = 1;
const PUSH_MS = 4;
/** How often to look for the end of a history, 1 ms apart, before a run is taken as it is. */
const MOST_TRIES = 1000;

let adopted: FakeClock | undefined;
let pushing: ReturnType<typeof setInterval> | undefined;

/** The run under way: once its handler has ended, whether its whole history has arrived. */
let isHistoryComplete: (() => boolean) | undefined;

export function expectHistory(isComplete: () => boolean): void {
  isHistoryComplete = isComplete;
}

/**
 * Loads a copy of AWS's runner. It keeps the setTimeout that it finds then, to wait after every run, 100 ms, for the rest
 * of the history. It gets one that waits for exactly that.
 */
export async function loadRunner<T>(load: () => Promise<T>): Promise<T> {
  const { setTimeout } = globalThis;
  globalThis.setTimeout = ((done: () => void) => waitForHistory(done)) as unknown as typeof setTimeout;
  try {
    return await load();
  } finally {
    globalThis.setTimeout = setTimeout;
  }
}

function waitForHistory(done: () => void, tries = 0): void {
  if (isHistoryComplete?.() !== false || tries === MOST_TRIES) done();
  else real.setTimeout(() => waitForHistory(done, tries + 1), 1);
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

/** The clock that a runner has installed becomes the one to drive. */
export function adoptClock(runner: object): FakeClock {
  ({ fakeClock: adopted } = runner as { fakeClock: FakeClock });
  return adopted;
}

function clock(): FakeClock {
  if (adopted === undefined) throw new Error("No clock is installed");
  return adopted;
}
