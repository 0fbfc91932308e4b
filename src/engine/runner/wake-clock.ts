/**
 * Wakes an execution when its time has come: by the alarm, which outlives this process, and by a timer in this process,
 * which costs no write.
 *
 * 1. One order to the alarm is under way at a time; the newest order given meanwhile is the next, and those between are
 *    left out.
 * 2. After `stop` no order is given until the next one is asked for.
 */

import type { AlarmOrder } from "../ports/alarm.ts";
import type { Wish } from "./look-loop.ts";
import type { Retries } from "./retries.ts";
import type { RunnerSetup } from "./setup.ts";

const ORDERS: Wish = { orders: true };

/** When the alarm is to wake the execution, and the state that this follows from. */
interface Wanted {
  /** Milliseconds since the epoch; not at all when undefined. */
  readonly at: number | undefined;
  readonly order: AlarmOrder;
}

export interface WakeClockOptions {
  readonly retries: Retries;
  /** Called when the timer has come, and when an order that was refused is to be given again. */
  readonly onDue: (wish: Wish) => void;
  /** Called when the alarm has answered every order. */
  readonly onRest: () => void;
}

export class WakeClock {
  readonly #id: string;
  readonly #setup: RunnerSetup;
  readonly #retries: Retries;
  readonly #onDue: (wish: Wish) => void;
  readonly #onRest: () => void;
  #cancelTimer: (() => void) | undefined;
  /** Cancels the timer that has a refused order given again. */
  #cancelRetry: (() => void) | undefined;
  #wanted: Wanted | undefined;
  #isOrdering = false;

  constructor(id: string, setup: RunnerSetup, options: WakeClockOptions) {
    this.#id = id;
    this.#setup = setup;
    this.#retries = options.retries;
    this.#onDue = options.onDue;
    this.#onRest = options.onRest;
  }

  /** True while a timer runs here or the alarm has not answered: the session that the answer is for must stay open. */
  get isBusy(): boolean {
    return this.#isOrdering || this.#cancelTimer !== undefined || this.#cancelRetry !== undefined;
  }

  /** Sets the timer in this process, in place of the one before; `wish` has the tasks of the look to ask for. */
  watch(at: number | undefined, wish: Wish = ORDERS): void {
    this.#cancelTimer?.();
    this.#cancelTimer = at === undefined ? undefined : this.#setup.host.timer(at, () => this.#timerCame(wish));
  }

  /** Has the alarm set for `at`, or cancelled. */
  order(at: number | undefined, order: AlarmOrder): void {
    this.#wanted = { at, order };
    // Invariant 1: the order under way is followed by the newest one.
    if (!this.#isOrdering) this.#setup.host.background(this.#giveOrders());
  }

  /** Forgets the timers, and the order that was not given yet. */
  stop(): void {
    this.watch(undefined);
    // Invariant 2: the order that was to come next is dropped.
    this.#wanted = undefined;
    this.#cancelRetry?.();
    this.#cancelRetry = undefined;
  }

  #timerCame(wish: Wish): void {
    this.#cancelTimer = undefined;
    this.#onDue(wish);
  }

  async #giveOrders(): Promise<void> {
    this.#isOrdering = true;
    for (let wanted = this.#take(); wanted !== undefined; wanted = this.#take()) await this.#give(wanted);
    this.#isOrdering = false;
    this.#onRest();
  }

  #take(): Wanted | undefined {
    const wanted = this.#wanted;
    this.#wanted = undefined;
    return wanted;
  }

  async #give({ at, order }: Wanted): Promise<void> {
    const { alarm, host, onError } = this.#setup;
    this.#cancelRetry?.();
    this.#cancelRetry = undefined;
    try {
      await (at === undefined ? alarm.cancel(this.#id, order) : alarm.schedule(this.#id, at, order));
      this.#retries.succeeded("alarm");
    } catch (error) {
      onError(this.#id, error);
      this.#giveAgain(host.now());
    }
  }

  #giveAgain(now: number): void {
    this.#cancelRetry = this.#setup.host.timer(this.#retries.failed("alarm", now), () => {
      this.#cancelRetry = undefined;
      this.#onDue(ORDERS);
    });
  }
}
