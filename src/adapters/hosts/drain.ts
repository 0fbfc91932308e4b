/**
 * A way to run code right after the microtask queue, which differs by platform. In Node a tick that was asked for by a
 * microtask runs when that queue is empty, 30 times cheaper than a turn of the event loop; but ticks starve I/O, so
 * every so often a real turn is taken. Elsewhere a task has to do: an event between two listeners, or a timer.
 */

import { type AfterMicrotasks, type BindContext, drainAfter } from "./drain-queue.ts";
import { eventTurns, type Listen } from "./event-turns.ts";
import { platformTasks, type PlatformTasks } from "./platform-tasks.ts";
import { afterTicks } from "./ticks.ts";

const asItIs: BindContext = (next) => next;

/** Makes a host's `drain`. By default with what the platform has, and without an asynchronous context to keep. */
export function createDrain(
  afterMicrotasks: AfterMicrotasks = systemAfterMicrotasks(),
  bind: BindContext = asItIs,
): (next: () => void) => void {
  return drainAfter(afterMicrotasks, bind);
}

/**
 * Drains that also come, at no cost, when an event has been told that was listened to through them. In a process ticks
 * are cheaper still, and the port that events need would keep the process alive.
 */
export function eventTasks(): { readonly afterMicrotasks: AfterMicrotasks; readonly listen: Listen } {
  const ticks = processTicks(ownTasks);
  if (ticks !== undefined) return { afterMicrotasks: ticks, listen: listenPlainly };
  let pump = (): void => {};
  const { ask, listen } = eventTurns(() => pump());
  const afterMicrotasks: AfterMicrotasks = (task) => {
    pump = task;
    return ask;
  };
  return { afterMicrotasks, listen };
}

interface Platform {
  readonly process?: { readonly nextTick?: (task: () => void) => void };
  readonly navigator?: { readonly userAgent?: string };
  readonly setImmediate?: (task: () => void) => unknown;
  readonly MessageChannel?: typeof MessageChannel;
}

const ownTasks = platformTasks();

/** The cheapest way that this platform has. */
export function systemAfterMicrotasks(): AfterMicrotasks {
  return processTicks(ownTasks) ?? (hasEvents() ? (task) => eventTurns(task).ask : afterTimer);
}

/** Not to be asked in a process, which takes milliseconds to load its MessageChannel once that is named. */
function hasEvents(): boolean {
  const { MessageChannel }: Platform = globalThis;
  return MessageChannel !== undefined && !isWorker();
}

/**
 * Ticks in a process, timers elsewhere: for what seldom runs elsewhere, and then need not be quick. `own` are the
 * platform's tasks from before a test could replace them.
 */
export function ticksOrTimers(own: PlatformTasks): AfterMicrotasks {
  return processTicks(own) ?? afterTimer;
}

/** Undefined in a page and in a Worker. */
function processTicks(own: PlatformTasks): AfterMicrotasks | undefined {
  const { process, setImmediate }: Platform = globalThis;
  if (isWorker() || process?.nextTick === undefined || setImmediate === undefined) return undefined;
  return afterTicks(own.nextTick ?? process.nextTick, own.setImmediate ?? setImmediate);
}

/** A Worker with Node's names has a nextTick that is only another microtask. */
function isWorker(): boolean {
  const { navigator }: Platform = globalThis;
  return navigator?.userAgent === "Cloudflare-Workers";
}

const listenPlainly: Listen = (target, type, listener) => target.addEventListener(type, listener);

function afterTimer(task: () => void): () => void {
  return () => {
    setTimeout(task, 0);
  };
}
