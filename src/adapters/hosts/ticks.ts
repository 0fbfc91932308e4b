import type { AfterMicrotasks } from "./drain-queue.ts";

/** Ticks in a row before a turn of the event loop lets I/O and timers in. */
const TICKS_PER_TURN = 128;

/** A microtask by promise, since queueMicrotask may be a test's. */
const settled = Promise.resolve();

/** The end of the microtask queue by Node's ticks. */
export function afterTicks(
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
