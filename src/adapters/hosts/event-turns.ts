/**
 * Turns on the cheap, where there is no tick: between two listeners of one event the browser runs every microtask there
 * is. So an event with many listeners is as many tasks for the price of one, and an event that comes anyway (the end of
 * a transaction) is some for nothing.
 */

/** Has a listener called when an event comes. */
export type Listen = (target: EventTarget, type: string, listener: () => void) => void;

export interface EventTurns {
  /** Runs the task once, when the microtask queue is empty. Not to be called again before that. */
  readonly ask: () => void;
  /** Gives the next turns while that event is being told. */
  readonly listen: Listen;
}

/** An answer is handed over in one turn, and what the code does with it leaves in the next. */
const TURNS_PER_EVENT = 2;
/** With results one behind the other a message a turn would be most of their cost. */
const TURNS_PER_MESSAGE = 8;

export function eventTurns(task: () => void): EventTurns {
  /** Listeners of the event that is being told that are still to be called. */
  let turnsLeft = 0;
  let isAsked = false;
  let hasDrained = false;
  const { port1, port2 } = new MessageChannel();
  const turns = Array.from({ length: TURNS_PER_MESSAGE }, () => () => turn());

  function ask(): void {
    isAsked = true;
    if (turnsLeft === 0) port2.postMessage(undefined);
  }

  function turn(): void {
    if (turnsLeft === 0) return;
    // When code tells an event, rather than the browser, microtasks wait until that code is done.
    turnsLeft = hasDrained ? turnsLeft - 1 : 0;
    if (hasDrained) run();
    else if (isAsked) ask();
  }

  function run(): void {
    // Another event may have come before the message.
    if (!isAsked) return;
    isAsked = false;
    task();
  }

  function listenFor(count: number, target: EventTarget, [type, listener]: readonly [string, () => void]): void {
    target.addEventListener(type, () => {
      turnsLeft = count;
      hasDrained = false;
      void settled.then(() => {
        hasDrained = true;
      });
      listener();
    });
    // Told apart by identity: one function would be one listener.
    for (const each of turns.slice(0, count)) target.addEventListener(type, each);
  }

  listenFor(TURNS_PER_MESSAGE, port1, ["message", run]);
  port1.start();
  return { ask, listen: (target, type, listener) => listenFor(TURNS_PER_EVENT, target, [type, listener]) };
}

const settled = Promise.resolve();
