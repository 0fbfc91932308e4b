import type { Alarm } from "../../engine/ports/alarm.ts";
import type { Host } from "../../engine/ports/host.ts";

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;

export interface PageAlarmOptions {
  readonly host: Pick<Host, "now" | "timer">;
  /** Called when an execution's time has come. A rejection is tried again later. */
  readonly wake: (id: string) => unknown;
}

/**
 * Alarms on the page's clock. They are not stored: whichever tab gets an execution reads its log first, and finds in it
 * what is due and when. So they survive a restart as long as some tab is opened.
 */
export class PageAlarm implements Alarm {
  readonly #options: PageAlarmOptions;
  readonly #cancels = new Map<string, () => void>();

  constructor(options: PageAlarmOptions) {
    this.#options = options;
  }

  schedule(id: string, at: number): void {
    this.#arm(id, at, 0);
  }

  cancel(id: string): void {
    this.#cancels.get(id)?.();
    this.#cancels.delete(id);
  }

  cancelAll(): void {
    for (const id of [...this.#cancels.keys()]) this.cancel(id);
  }

  #arm(id: string, at: number, failures: number): void {
    this.cancel(id);
    const cancel = this.#options.host.timer(at, () => void this.#fire(id, failures, cancel));
    this.#cancels.set(id, cancel);
  }

  async #fire(id: string, failures: number, order: () => void): Promise<void> {
    let hasFailed = false;
    try {
      await this.#options.wake(id);
    } catch {
      hasFailed = true;
    }
    // A newer order, or none any more: it was given while the wake ran.
    if (this.#cancels.get(id) !== order) return;
    this.#cancels.delete(id);
    if (!hasFailed) return;
    const pause = Math.min(FIRST_RETRY_MS * 2 ** failures, LONGEST_RETRY_MS);
    this.#arm(id, this.#options.host.now() + pause, failures + 1);
  }
}
