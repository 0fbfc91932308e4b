import type { Alarm } from "../../engine/ports/alarm.ts";
import type { Host } from "../../engine/ports/host.ts";

/** How long to wait after a wake that failed, in ms: doubled from the first to the second at each failure in a row. */
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;

export interface MemoryAlarmOptions {
  readonly host: Pick<Host, "now" | "timer">;
  /** Called when an execution's time has come. A rejection is tried again later. */
  readonly wake: (id: string) => unknown;
  /** The alarms of an earlier process, by id, in ms since the epoch; kept up to date. Default: none. */
  readonly kept?: Map<string, number>;
}

/** Alarms on the host's timers. An alarm is forgotten once its wake is over, so that one cut off by a crash comes again. */
export class MemoryAlarm implements Alarm {
  readonly #options: MemoryAlarmOptions;
  readonly #kept: Map<string, number>;
  readonly #timers = new Map<string, () => void>();
  readonly #failures = new Map<string, number>();
  /** The number of the newest order for each execution: tells what was overtaken while its wake ran. */
  readonly #orders = new Map<string, number>();
  #orderCount = 0;
  #closed = false;

  constructor(options: MemoryAlarmOptions) {
    this.#options = options;
    this.#kept = options.kept ?? new Map<string, number>();
    for (const [id, at] of [...this.#kept]) this.schedule(id, at);
  }

  schedule(id: string, at: number): void {
    if (this.#closed) return;
    const order = ++this.#orderCount;
    this.#orders.set(id, order);
    this.#kept.set(id, at);
    this.#failures.delete(id);
    this.#arm(id, order, at);
  }

  cancel(id: string): void {
    if (this.#closed) return;
    this.#orders.delete(id);
    this.#kept.delete(id);
    this.#failures.delete(id);
    this.#disarm(id);
  }

  /** Stops every timer. The kept alarms stay as they are, for the next process. */
  close(): void {
    this.#closed = true;
    for (const id of [...this.#timers.keys()]) this.#disarm(id);
  }

  #arm(id: string, order: number, at: number): void {
    this.#disarm(id);
    const cancel = this.#options.host.timer(at, () => {
      this.#timers.delete(id);
      void this.#fire(id, order);
    });
    this.#timers.set(id, cancel);
  }

  #disarm(id: string): void {
    this.#timers.get(id)?.();
    this.#timers.delete(id);
  }

  async #fire(id: string, order: number): Promise<void> {
    let failed = false;
    try {
      await this.#options.wake(id);
    } catch {
      failed = true;
    }
    if (this.#closed || this.#orders.get(id) !== order) return;
    if (failed) this.#arm(id, order, this.#nextTry(id));
    else this.cancel(id);
  }

  #nextTry(id: string): number {
    const failures = this.#failures.get(id) ?? 0;
    this.#failures.set(id, failures + 1);
    return this.#options.host.now() + Math.min(FIRST_RETRY_MS * 2 ** failures, LONGEST_RETRY_MS);
  }
}
