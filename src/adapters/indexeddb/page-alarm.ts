import type { Alarm, AlarmOrder } from "../../engine/ports/alarm.ts";
import type { Host } from "../../engine/ports/host.ts";

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;

export interface PageAlarmOptions {
  readonly host: Pick<Host, "now" | "timer">;
  /** Called when an execution's time has come. A rejection is tried again later. */
  readonly wake: (id: string) => unknown;
}

/** The timer of one incarnation of an execution. */
interface Standing {
  readonly id: string;
  readonly incarnation: string;
  readonly failures: number;
  readonly disarm: () => void;
}

/**
 * Alarms on the page's clock. They are not stored: whichever tab gets an execution reads its log first, and finds in it
 * what is due and when. So they survive a restart as long as some tab is opened. Each tab gives orders to its own, one
 * after the other, and the newest wins; but what it orders for an execution that was removed says nothing about the next
 * one of its name.
 */
export class PageAlarm implements Alarm {
  readonly #options: PageAlarmOptions;
  readonly #standing = new Map<string, Standing>();

  constructor(options: PageAlarmOptions) {
    this.#options = options;
  }

  schedule(id: string, at: number, { incarnation }: AlarmOrder): void {
    this.#arm({ id, incarnation, failures: 0 }, at);
  }

  cancel(id: string, { incarnation }: AlarmOrder): void {
    this.#disarm(keyOf({ id, incarnation }));
  }

  /** Whatever stands for an execution is dropped. */
  forget(id: string): void {
    for (const [key, standing] of this.#standing) if (standing.id === id) this.#disarm(key);
  }

  forgetAll(): void {
    for (const key of this.#standing.keys()) this.#disarm(key);
  }

  #disarm(key: string): void {
    this.#standing.get(key)?.disarm();
    this.#standing.delete(key);
  }

  #arm(order: Omit<Standing, "disarm">, at: number): void {
    const key = keyOf(order);
    this.#disarm(key);
    const standing: Standing = { ...order, disarm: this.#options.host.timer(at, () => void this.#fire(key, standing)) };
    this.#standing.set(key, standing);
  }

  async #fire(key: string, standing: Standing): Promise<void> {
    let hasFailed = false;
    try {
      await this.#options.wake(standing.id);
    } catch {
      hasFailed = true;
    }
    // A newer order, or none any more: it was given while the wake ran.
    if (this.#standing.get(key) !== standing) return;
    this.#standing.delete(key);
    if (!hasFailed) return;
    const pause = Math.min(FIRST_RETRY_MS * 2 ** standing.failures, LONGEST_RETRY_MS);
    this.#arm({ ...standing, failures: standing.failures + 1 }, this.#options.host.now() + pause);
  }
}

function keyOf({ id, incarnation }: Pick<Standing, "id" | "incarnation">): string {
  return `${id} ${incarnation}`;
}
