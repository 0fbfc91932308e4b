/**
 * What comes right after the microtask queue differs by platform. In Node a tick that was asked for by a microtask runs
 * when that queue is empty, 30 times cheaper than a turn of the event loop; but ticks starve I/O, so every so often a
 * real turn is taken. Elsewhere a task has to do: an event between two listeners, or a timer.
 */

import { type AfterMicrotasks, type BindContext, drainAfter } from "./drain-queue.ts";
import { eventTurns, type Listen } from "./event-turns.ts";

const asItIs: BindContext = (next) => next;

/** Calls back once user code has drained, by the cheapest way that this platform has unless told another one. */
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
  const ticks = processTicks();
  if (ticks !== undefined) return { afterMicrotasks: ticks, listen: listenPlainly };
  let pump = (): void => {};
  const { ask, listen } = eventTurns(() => pump());
  const afterMicrotasks: AfterMicrotasks = (task) => {
    pump = task;
    return ask;
  };
  return { afterMicrotasks, listen };
}

/** Ticks in a row before a turn of the event loop lets I/O and timers in. */
const TICKS_PER_TURN = 128;

interface PlatformTasks {
  readonly process?: { readonly nextTick?: (task: () => void) => void };
  readonly navigator?: { readonly userAgent?: string };
  readonly setImmediate?: (task: () => void) => unknown;
  readonly MessageChannel?: typeof MessageChannel;
}

/**
 * Node's own, taken before a test can put a clock that stands still in their place: a drain is not a matter of time, and
 * under such a clock (AWS's test runner installs one to skip time) every turn would wait for the next move of it.
 */
const loadedOn: PlatformTasks = globalThis;
const ownNextTick = loadedOn.process?.nextTick;
const ownSetImmediate = loadedOn.setImmediate;

/** The cheapest way that this platform has. */
export function systemAfterMicrotasks(): AfterMicrotasks {
  const { navigator, MessageChannel }: PlatformTasks = globalThis;
  // A Worker with Node's names has a nextTick that is only another microtask.
  if (navigator?.userAgent === "Cloudflare-Workers") return afterTimer;
  return processTicks() ?? (MessageChannel === undefined ? afterTimer : (task) => eventTurns(task).ask);
}

/** Undefined in a page. */
function processTicks(): AfterMicrotasks | undefined {
  const { process, setImmediate }: PlatformTasks = globalThis;
  if (process?.nextTick === undefined || setImmediate === undefined) return undefined;
  return afterTicks(ownNextTick ?? process.nextTick, ownSetImmediate ?? setImmediate);
}

const listenPlainly: Listen = (target, type, listener) => target.addEventListener(type, listener);

/** A microtask by promise, since queueMicrotask may be a test's. */
const settled = Promise.resolve();

function afterTicks(
  nextTick: (task: () => void) => void,
  setImmediate: (task: () => void) => unknown,
): AfterMicrotasks {
  let ticks = 0;
  return (task) => {
    const tick = (): void => nextTick(task);
    return () => {
      if (++ticks % TICKS_PER_TURN === 0) setImmediate(task);
      // Asked for outside a microtask, a tick would run before the microtasks that are queued already.
      else void settled.then(tick);
    };
  };
}

function afterTimer(task: () => void): () => void {
  return () => {
    setTimeout(task, 0);
  };
}
