/**
 * Calls back once user code has drained: every microtask that is queued, or gets queued meanwhile, has run.
 *
 * Callbacks run in order, one between two empty queues. Two asked for at once would otherwise run back to back, and
 * the second would overtake the code that the first one has woken.
 */

/** Makes a function of `task`: each call of it runs the task once, when the microtask queue is empty. */
export type AfterMicrotasks = (task: () => void) => () => void;

/** Makes a callback run later in the asynchronous context of now. */
export type BindContext = (next: () => void) => () => void;

export function drainAfter(afterMicrotasks: AfterMicrotasks, bind: BindContext): (next: () => void) => void {
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
    // The pump runs in the context of the caller that started it; each later caller is bound to its own context.
    if (current !== undefined) {
      waiting.push(bind(next));
      return;
    }
    current = next;
    ask();
  };
}
