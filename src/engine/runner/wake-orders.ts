/**
 * When an execution is to be looked at again: the orders to the alarm, the timer of this process, and the next try
 * after a failure.
 *
 * 1. The alarm gets no order from a process that may not run the execution.
 * 2. While a function runs here its timers are watched in memory, since moving the alarm costs a write. The alarm then
 *    stands for the case that this process dies, where processes can die alone.
 */

import { nextTimer, type Plan } from "../machine/plan.ts";
import type { ExecutionState } from "../machine/state.ts";
import type { AlarmOrder } from "../ports/alarm.ts";
import type { Wish } from "./look-loop.ts";
import type { Retries } from "./retries.ts";
import type { RunnerSetup } from "./setup.ts";
import { WakeClock } from "./wake-clock.ts";

export interface WakeOrdersOptions {
  readonly retries: Retries;
  readonly state: () => ExecutionState;
  /** True while a function runs here. */
  readonly isRunning: () => boolean;
  /** Called when it is time to look, with the tasks of the look besides its duties. */
  readonly onDue: (wish: Wish) => void;
  /** Called when the alarm has answered every order. */
  readonly onRest: () => void;
}

/** The task that is tried again when reading, carrying out a duty or a command from outside has failed. */
const LOOK = "look";

/**
 * The state of an order whose process could not read the log. Under the number that the process knows, the alarm would
 * pass over the order for a newer one: that which has woken this process, and is used up.
 */
export const UNREAD: AlarmOrder = { incarnation: "", seq: 0 };

export class WakeOrders {
  readonly #id: string;
  readonly #setup: RunnerSetup;
  readonly #options: WakeOrdersOptions;
  readonly #clock: WakeClock;

  constructor(id: string, setup: RunnerSetup, options: WakeOrdersOptions) {
    this.#id = id;
    this.#setup = setup;
    this.#options = options;
    this.#clock = new WakeClock(id, setup, options);
  }

  /** True while a timer runs here or the alarm has not answered. */
  get isBusy(): boolean {
    return this.#clock.isBusy;
  }

  /** Nothing is left to do until one of the plan's times has come; `orders` says whether the alarm is told. */
  rest({ wakeAt, renewAt }: Plan, orders: boolean): void {
    if (orders) this.order(wakeAt);
    this.#options.retries.succeeded(LOOK);
    if (!this.#options.isRunning()) this.#clock.watch(undefined);
    else if (renewAt === undefined || (wakeAt !== undefined && wakeAt <= renewAt)) this.#clock.watch(wakeAt);
    // A renewal does not change the order to the alarm.
    else this.#clock.watch(renewAt, {});
  }

  /** Has the alarm set for `wakeAt`, ms since the epoch, or cancelled. */
  order(wakeAt: number | undefined): void {
    const { seq, header } = this.#options.state();
    this.#give(wakeAt, { incarnation: header.incarnation, seq });
  }

  /**
   * Has the failed work tried again later: by a timer, and by the alarm, since this process may be gone by then, and
   * the alarm that has woken it is used up.
   */
  later(): void {
    const now = this.#setup.host.now();
    const at = this.#options.retries.failed(LOOK, now);
    this.#clock.watch(at);
    // The alarm keeps one time: timers that are due before the next try must not wait for it.
    const due = nextTimer(this.#options.state());
    this.#give(due !== undefined && due > now ? Math.min(due, at) : at, UNREAD);
  }

  /** Forgets the timers, and the order that was not given yet. */
  stop(): void {
    this.#clock.stop();
  }

  #give(wakeAt: number | undefined, order: AlarmOrder): void {
    const { host, mayRun, watchdogMs, wakesFromQueue } = this.#setup;
    // Invariant 1; and a queue wakes again by itself while a function runs.
    if (!mayRun(this.#id) || (wakesFromQueue && this.#options.isRunning())) return;
    // Invariant 2: while a function runs the alarm stands for the death of the process.
    const isGuarded = watchdogMs !== undefined && this.#options.isRunning();
    const at = isGuarded ? Math.min(wakeAt ?? Number.POSITIVE_INFINITY, host.now() + watchdogMs) : wakeAt;
    this.#clock.order(at, order);
  }
}
