import type { Host } from "../../engine/ports/host.ts";
import { bindAmbient, systemAmbient } from "./ambient.ts";
import { systemAfterMicrotasks } from "./drain.ts";
import { type AfterMicrotasks, drainAfter } from "./drain-queue.ts";
import { randomId } from "./random-id.ts";
import { createTimer } from "./timer.ts";

/** How long a clock that jumped may go unnoticed, in ms. */
const RECHECK_MS = 60_000;

export interface SystemHostOptions {
  /** Receives each platform timer as it is set; see `TimerOptions.onSet`. */
  readonly onTimerSet?: (handle: unknown) => void;
}

/** The host of a long-lived process or page: the platform's own clock, timers, chance and task queue. */
export function systemHost(options: SystemHostOptions = {}): Host {
  return platformHost(systemAfterMicrotasks(), options);
}

/** The same for a platform that comes to the end of the microtask queue in a way of its own. */
export function platformHost(afterMicrotasks: AfterMicrotasks, { onTimerSet }: SystemHostOptions = {}): Host {
  const now = Date.now;
  const ambient = systemAmbient();
  return {
    now,
    random: Math.random,
    randomId,
    drain: drainAfter(afterMicrotasks, bindAmbient(ambient)),
    timer: createTimer({ now, recheckMs: RECHECK_MS, ...(onTimerSet && { onSet: onTimerSet }) }),
    // The process lives on by itself. A rejection is nobody's business here and must not pass in silence.
    background: (work) => void work,
    ambient,
  };
}
