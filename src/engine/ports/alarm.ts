import type { MaybePromise } from "./maybe-promise.ts";

/**
 * Wakes an execution: one alarm per execution, the newest wins. It fires at least once, never before its time, and
 * survives a restart however long that took. A wake is a hint: the log decides what is due.
 */
export interface Alarm {
  /** `at` in ms since the epoch; a time in the past fires as soon as can be. */
  schedule(id: string, at: number): MaybePromise<void>;
  cancel(id: string): MaybePromise<void>;
}
