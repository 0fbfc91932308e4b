import type { Host } from "../../engine/ports/host.ts";
import { systemAmbient } from "./ambient.ts";
import { systemAfterMicrotasks } from "./drain.ts";
import type { AfterMicrotasks } from "./drain-queue.ts";
import { invocationHost, type InvocationHostOptions } from "./invocation-host.ts";
import { randomId } from "./random-id.ts";

export type SystemHostOptions = Omit<InvocationHostOptions, "ambient">;

/** The host of a long-lived process or page: the platform's own clock, timers, chance and task queue. */
export function systemHost(options: SystemHostOptions = {}): Host {
  return platformHost(systemAfterMicrotasks(), options);
}

/** The same for a platform that comes to the end of the microtask queue in a way of its own. */
export function platformHost(afterMicrotasks: AfterMicrotasks, options: SystemHostOptions = {}): Host {
  return {
    ...invocationHost(afterMicrotasks, { ...options, ambient: systemAmbient() }),
    random: Math.random,
    randomId,
    // The process lives on by itself. A rejection is nobody's business here and must not pass in silence.
    background: (work) => void work,
  };
}
