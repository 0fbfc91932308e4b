import type { Alarm, AlarmOrder } from "../../engine/ports/alarm.ts";
import type { Host } from "../../engine/ports/host.ts";

/** The pause after a failed wake, in ms: doubled from the first to the second at each failure in a row. */
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;

/** An alarm that has not been answered by a wake. */
export interface KeptAlarm extends AlarmOrder {
  /** The execution that it wakes: `<function name>/<execution name>`. */
  readonly id: string;
  /** Ms since the epoch. */
  readonly at: number;
}

/** The alarms that outlive a process. The keys are the alarm's own. */
export type KeptAlarms = Map<string, KeptAlarm>;

/** The parts of an alarm in memory. */
export interface MemoryAlarmOptions {
  /** Its clock and its timers. */
  readonly host: Pick<Host, "now" | "timer">;
  /** Called when an execution's time has come. A rejection is tried again later. */
  readonly wake: (id: string) => unknown;
  /** The alarms of an earlier process; kept up to date for the next one. Default: none. */
  readonly kept?: KeptAlarms;
}

/** The order that stands for one incarnation of an execution. */
interface Standing extends AlarmOrder {
  readonly id: string;
  readonly at: number;
  /** Its wake has begun: whatever is ordered from now on knows of it. */
  hasFired: boolean;
  failures: number;
  disarm: () => void;
}

/**
 * Alarms on the host's timers. An alarm is forgotten once its wake is over, so that one cut off by a crash comes again.
 * Incarnations are kept apart: a late order for an execution that was removed changes nothing for the next one of its
 * name, and at most wakes it once too often.
 */
export class MemoryAlarm implements Alarm {
  readonly #options: MemoryAlarmOptions;
  readonly #kept: KeptAlarms;
  readonly #standing = new Map<string, Standing>();
  #closed = false;

  constructor(options: MemoryAlarmOptions) {
    this.#options = options;
    this.#kept = options.kept ?? new Map<string, KeptAlarm>();
    for (const { id, at, ...order } of [...this.#kept.values()]) this.schedule(id, at, order);
  }

  schedule(id: string, at: number, { incarnation, seq }: AlarmOrder): void {
    const key = keyOf(id, incarnation);
    const before = this.#standing.get(key);
    if (this.#closed || (before !== undefined && !isOvertaken(before, seq, at))) return;
    before?.disarm();
    const standing: Standing = { id, at, incarnation, seq, hasFired: false, failures: 0, disarm: noop };
    this.#standing.set(key, standing);
    this.#kept.set(key, { id, at, incarnation, seq });
    this.#arm(standing, at);
  }

  cancel(id: string, { incarnation, seq }: AlarmOrder): void {
    const before = this.#standing.get(keyOf(id, incarnation));
    if (before !== undefined && isOvertaken(before, seq, Number.POSITIVE_INFINITY)) this.#forget(before);
  }

  /** Stops every timer. The kept alarms stay as they are, for the next process. */
  close(): void {
    this.#closed = true;
    for (const { disarm } of this.#standing.values()) disarm();
  }

  #arm(standing: Standing, at: number): void {
    standing.disarm = this.#options.host.timer(at, () => void this.#fire(standing));
  }

  async #fire(standing: Standing): Promise<void> {
    standing.hasFired = true;
    let failed = false;
    try {
      await this.#options.wake(standing.id);
    } catch {
      failed = true;
    }
    const isNewest = this.#standing.get(keyOf(standing.id, standing.incarnation)) === standing;
    if (this.#closed || !isNewest) return;
    if (failed) this.#arm(standing, this.#nextTry(standing));
    else this.#forget(standing);
  }

  #nextTry(standing: Standing): number {
    return this.#options.host.now() + Math.min(FIRST_RETRY_MS * 2 ** standing.failures++, LONGEST_RETRY_MS);
  }

  #forget({ id, incarnation, disarm }: Standing): void {
    if (this.#closed) return;
    disarm();
    const key = keyOf(id, incarnation);
    this.#standing.delete(key);
    this.#kept.delete(key);
  }
}

function isOvertaken(before: Standing, seq: number, at: number): boolean {
  return seq > before.seq || (seq === before.seq && (before.hasFired || at < before.at));
}

function keyOf(id: string, incarnation: string): string {
  return `${id} ${incarnation}`;
}

function noop(): void {}
