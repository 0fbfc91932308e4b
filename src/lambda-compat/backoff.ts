import { toSeconds } from "./duration.ts";
import type { JitterStrategy } from "./literals.ts";
import type { Duration } from "./types.ts";

/** A delay as it may be asked for: capped, spread, in whole seconds and at least one. */
export function delayOf(
  seconds: number,
  { maxDelay, jitter }: { maxDelay: Duration; jitter: `${JitterStrategy}` },
): Duration {
  const capped = Math.min(seconds, toSeconds(maxDelay));
  return { seconds: Math.max(1, Math.round(spread(capped, jitter))) };
}

/** `attempt` counts from 1. */
export function exponential(first: Duration, rate: number, attempt: number): number {
  return toSeconds(first) * rate ** (attempt - 1);
}

function spread(seconds: number, jitter: `${JitterStrategy}`): number {
  if (jitter === "FULL") return Math.random() * seconds;
  return jitter === "HALF" ? seconds / 2 + Math.random() * (seconds / 2) : seconds;
}
