import type { Ambient, InvocationHost } from "../../engine/ports/host.ts";
import { bindAmbient } from "./async-ambient.ts";
import { type AfterMicrotasks, drainAfter } from "./drain-queue.ts";
import { createTimer } from "./timer.ts";

/** The longest time that a jump of the clock may go unnoticed, in ms. */
const RECHECK_MS = 60_000;

export interface InvocationHostOptions {
  readonly ambient: Ambient;
  /** Receives each platform timer as it is set; see `TimerOptions.onSet`. */
  readonly onTimerSet?: ((handle: unknown) => void) | undefined;
}

/** As much of a host as handlers need: the platform's own clock and timers, and its end of the microtask queue. */
export function invocationHost(
  afterMicrotasks: AfterMicrotasks,
  { ambient, onTimerSet }: InvocationHostOptions,
): InvocationHost {
  const now = Date.now;
  return {
    now,
    drain: drainAfter(afterMicrotasks, bindAmbient(ambient)),
    timer: createTimer({ now, recheckMs: RECHECK_MS, onSet: onTimerSet }),
    ambient,
  };
}
