import type { Host } from "../../engine/ports/host.ts";
import { bindAmbient, systemAmbient } from "./ambient.ts";
import { createDrain, systemAfterMicrotasks } from "./drain.ts";
import type { PlatformTasks } from "./platform-tasks.ts";
import { randomId } from "./random-id.ts";
import { createTimer } from "./timer.ts";

/** How long a clock that jumped may go unnoticed, in ms. */
const RECHECK_MS = 60_000;

export interface SystemHostOptions {
  /** Receives each platform timer as it is set; see `TimerOptions.onSet`. */
  readonly onTimerSet?: (handle: unknown) => void;
  /** The platform's tasks from before a test could replace them. Default: as they were when this file was loaded. */
  readonly tasks?: PlatformTasks;
}

/** The host of a long-lived process or page: the platform's own clock, timers, chance and task queue. */
export function systemHost(options: SystemHostOptions = {}): Host {
  const now = Date.now;
  const ambient = systemAmbient();
  const { onTimerSet, tasks } = options;
  return {
    now,
    random: Math.random,
    randomId,
    drain: createDrain(systemAfterMicrotasks(tasks), bindAmbient(ambient)),
    timer: createTimer({ now, recheckMs: RECHECK_MS, ...(onTimerSet && { onSet: onTimerSet }) }),
    // The process lives on by itself. A rejection is nobody's business here and must not pass in silence.
    background: (work) => void work,
    ambient,
  };
}
