import type { Alarm, AlarmOrder } from "../engine/ports/alarm.ts";
import type { Host } from "../engine/ports/host.ts";
import type { MaybePromise } from "../engine/ports/maybe-promise.ts";
import { type SeededRandom, seededRandom } from "./seeded-random.ts";

/** The delay after which orders take effect. */
export interface LateAlarmOptions {
  /**
   * Its timers carry orders and answers. With one that outlives the process which gave them, orders take effect after
   * that process has died, as they do on a network.
   */
  readonly host: Pick<Host, "now" | "timer">;
  /** Default 1. */
  readonly seed?: number;
  /** The longest way of an order, and of its answer, in ms of the host. Default 1000. */
  readonly longestDelayMs?: number;
}

const LONGEST_DELAY_MS = 1_000;

/**
 * An alarm somewhere else: each order takes effect some time after it was given, and the acknowledgement takes some more.
 * Orders of several processes overtake each other; those of one do not, as long as it waits for its answers.
 */
export class LateAlarm implements Alarm {
  readonly #alarm: Alarm;
  readonly #options: LateAlarmOptions;
  readonly #random: SeededRandom;

  constructor(alarm: Alarm, options: LateAlarmOptions) {
    this.#alarm = alarm;
    this.#options = options;
    this.#random = seededRandom(options.seed ?? 1);
  }

  schedule(id: string, at: number, order: AlarmOrder): Promise<void> {
    return this.#later(() => this.#alarm.schedule(id, at, order));
  }

  cancel(id: string, order: AlarmOrder): Promise<void> {
    return this.#later(() => this.#alarm.cancel(id, order));
  }

  async #later(give: () => MaybePromise<void>): Promise<void> {
    // Both are drawn now, so that they do not depend on what else is under way.
    const [way, wayBack] = [this.#delay(), this.#delay()];
    await this.#sleep(way);
    await give();
    await this.#sleep(wayBack);
  }

  #delay(): number {
    return this.#random.below((this.#options.longestDelayMs ?? LONGEST_DELAY_MS) + 1);
  }

  #sleep(ms: number): Promise<void> {
    const { host } = this.#options;
    return new Promise((resolve) => void host.timer(host.now() + ms, resolve));
  }
}
