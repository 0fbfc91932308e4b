import type { MaybePromise } from "./maybe-promise.ts";

/** The state that an order to the alarm follows from. */
export interface AlarmOrder {
  /**
   * The incarnation of the execution: a later execution of the same name has another. Empty if the log could not be
   * read: such an order follows from no commit, and stands beside those that do.
   */
  readonly incarnation: string;
  /** The number of the newest commit that the process which gives the order has seen. */
  readonly seq: number;
}

/**
 * Wakes an execution. It fires at least once for the order that stands, never before its time, and survives a restart
 * however long that took. A wake is a hint: the log decides what is due, so a needless wake does no harm.
 *
 * What an alarm may rely on: one process gives one order at a time for an execution, and waits for the answer before it
 * gives the next. A process that knows that another process has taken the execution over gives no orders.
 *
 * What the engine relies on: an order may take effect late, and two processes may each give one before they know of each
 * other. So an alarm that keeps one time for an execution lets an order stand if it has the higher `seq` of the same
 * incarnation; of two with the same `seq`, the earlier time, and any time before none. An alarm that keeps every order
 * (a queue with delays) need not compare, but must not multiply its wakes: it passes over an order while another order
 * of this process stands for the same time or sooner. The look after that wake orders what is due then.
 */
export interface Alarm {
  /** `at` in ms since the epoch; a time in the past fires as soon as can be. */
  schedule(id: string, at: number, order: AlarmOrder): MaybePromise<void>;
  /** Cancels the execution's wake, as of `order`. */
  cancel(id: string, order: AlarmOrder): MaybePromise<void>;
}
