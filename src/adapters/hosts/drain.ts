/**
 * Calls back once user code has drained: every microtask that is queued, or gets queued meanwhile, has run.
 *
 * What comes right after the microtask queue differs by platform. In Node a tick that was asked for by a microtask runs
 * when that queue is empty, 30 times cheaper than a turn of the event loop; but ticks starve I/O, so every so often a
 * real turn is taken. Elsewhere a task has to do: an event between two listeners, or a timer.
 *
 * Callbacks run in order, one between two empty queues. Two asked for at once would otherwise run back to back, and
 * the second would overtake the code that the first one has woken.
 */

import { eventTurns, type Listen } from "./event-turns.ts";
import { platformTasks, type PlatformTasks } from "./platform-tasks.ts";

/** Makes a function of `task`: each call of it runs the task once, when the microtask queue is empty. */
export type AfterMicrotasks = (task: () => void) => () => void;

/** Makes a callback run later in the asynchronous context of now. */
export type BindContext = (next: () => void) => () => void;

export function createDrain(
  afterMicrotasks: AfterMicrotasks = systemAfterMicrotasks(),
  bind: BindContext = (next) => next,
): (next: () => void) => void {
  const ask = afterMicrotasks(pump);
  /** The callback that the pump was started for; the others wait behind it. */
  let current: (() => void) | undefined;
  const waiting: (() => void)[] = [];
  let head = 0;

  function pump(): void {
    const next = current;
    current = head < waiting.length ? waiting[head++] : undefined;
    if (current !== undefined) ask();
    else if (head > 0) {
      waiting.length = 0;
      head = 0;
    }
    next?.();
  }

  return (next) => {
    // Whoever starts the pump is called back in its own context; the others would be in that one's.
    if (current !== undefined) {
      waiting.push(bind(next));
      return;
    }
    current = next;
    ask();
  };
}

/** A drain that also comes, at no cost, when an event has been told that was listened to through it. */
export function createEventDrain(bind?: BindContext): { drain: (next: () => void) => void; listen: Listen } {
  let pump = (): void => {};
  const { ask, listen } = eventTurns(() => pump());
  const drain = createDrain((task) => {
    pump = task;
    return ask;
  }, bind);
  return { drain, listen };
}

/** Ticks in a row before a turn of the event loop lets I/O and timers in. */
const TICKS_PER_TURN = 128;

interface Platform {
  readonly process?: { readonly nextTick?: (task: () => void) => void };
  readonly navigator?: { readonly userAgent?: string };
  readonly setImmediate?: (task: () => void) => unknown;
  readonly MessageChannel?: typeof MessageChannel;
}

const ownTasks = platformTasks();

/** The cheapest way that this platform has. `own` are its tasks from before a test could replace them. */
export function systemAfterMicrotasks(own: PlatformTasks = ownTasks): AfterMicrotasks {
  const { process, navigator, setImmediate, MessageChannel }: Platform = globalThis;
  // A Worker with Node's names has a nextTick that is only another microtask.
  if (navigator?.userAgent === "Cloudflare-Workers") return afterTimer;
  if (process?.nextTick !== undefined && setImmediate !== undefined) {
    return afterTicks(own.nextTick ?? process.nextTick, own.setImmediate ?? setImmediate);
  }
  return MessageChannel === undefined ? afterTimer : (task) => eventTurns(task).ask;
}

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
