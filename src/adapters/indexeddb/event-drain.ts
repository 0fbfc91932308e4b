/**
 * A drain that takes no task of its own when the database has just answered. Between two listeners of one event the
 * browser runs every microtask there is. So of three listeners the first gives out the answer, the second finds drained
 * code and hands over the result of a step, and the third sends off what the code did with that: three messages less.
 */

import { type AfterMicrotasks, type BindContext, createDrain, systemAfterMicrotasks } from "../hosts/drain.ts";
import type { Listen } from "./connection.ts";

export interface EventDrain {
  readonly drain: (next: () => void) => void;
  /** Calls a listener when the event comes, and drains after that. */
  readonly listen: Listen;
}

export function createEventDrain(
  bind?: BindContext,
  afterMicrotasks: AfterMicrotasks = systemAfterMicrotasks(),
): EventDrain {
  let pump = (): void => {};
  let pumpByTask = pump;
  /** Listeners of the event that is being told that are still to be called. */
  let turnsLeft = 0;
  let isAsked = false;
  let hasDrained = false;

  const drain = createDrain((task) => {
    pump = task;
    pumpByTask = afterMicrotasks(task);
    return () => {
      if (turnsLeft > 0) isAsked = true;
      else pumpByTask();
    };
  }, bind);

  function turn(): void {
    turnsLeft--;
    // When code tells an event, rather than the browser, microtasks wait until that code is done.
    if (!hasDrained) turnsLeft = 0;
    if (!isAsked) return;
    isAsked = false;
    if (hasDrained) pump();
    else pumpByTask();
  }

  // Told apart by identity: one function would be one listener.
  const turns = [() => turn(), () => turn()];
  return {
    drain,
    listen(target, type, listener) {
      target.addEventListener(type, () => {
        turnsLeft = turns.length;
        hasDrained = false;
        void settled.then(() => {
          hasDrained = true;
        });
        listener();
      });
      for (const each of turns) target.addEventListener(type, each);
    },
  };
}

const settled = Promise.resolve();
