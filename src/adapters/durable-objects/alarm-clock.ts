/**
 * The one owner of an object's one alarm. Whoever needs to be woken says why and when; the alarm stands at the earliest
 * of these times.
 *
 * Only the platform's alarm is stored, so after an eviction the reasons are forgotten. The alarm that was found then
 * counts as the execution's own until the execution says otherwise: a wake is a hint. One too many does no harm, while
 * one too few would leave the execution asleep.
 *
 * An alarm that is set for the millisecond of the one that fires, or for the past, can be lost: none is. Every move is
 * a billed row, so the times at which nobody in particular has to be woken are rounded up, and several needs of that
 * kind share one.
 */

/** The reasons for which an object is woken. */
export const AlarmReason = {
  /** The runner asked for it. */
  EXECUTION: "EXECUTION",
  /** Something runs: should the object die, somebody has to look. */
  GUARD: "GUARD",
  /** The directory has not acknowledged yet. */
  OUTBOX: "OUTBOX",
  /** The last wake failed. */
  RETRY: "RETRY",
} as const;
export type AlarmReason = (typeof AlarmReason)[keyof typeof AlarmReason];

const ROUNDED_TO_MS = 10_000;

export type AlarmStorage = Pick<DurableObjectStorage, "getAlarm" | "setAlarm" | "deleteAlarm">;

export class AlarmClock {
  readonly #storage: AlarmStorage;
  readonly #now: () => number;
  readonly #needs = new Map<AlarmReason, number>();
  #armedAt: number | undefined;
  #lastFiredAt = 0;

  constructor(storage: AlarmStorage, now: () => number) {
    this.#storage = storage;
    this.#now = now;
  }

  /** Finds the alarm that an earlier life of the object has left; to be awaited before anything else. */
  async load(): Promise<void> {
    const armedAt = await this.#storage.getAlarm();
    if (armedAt === null) return;
    this.#armedAt = armedAt;
    this.#needs.set(AlarmReason.EXECUTION, armedAt);
  }

  /**
   * True for the time of an alarm that was set for the object's own needs, rounded up: found by a new object, it tells
   * that the earlier one died at work. A due time that happens to be round counts as such a time, which costs a wake.
   */
  isRounded(at: number | undefined): boolean {
    return at !== undefined && at % ROUNDED_TO_MS === 0;
  }

  /** When the alarm goes off, ms since the epoch. */
  get armedAt(): number | undefined {
    return this.#armedAt;
  }

  /** Asks to be woken at `at` (ms since the epoch) for this reason, instead of when it last asked for. */
  need(reason: AlarmReason, at: number): void {
    this.#needs.set(reason, at);
    this.#arm();
  }

  /** Asks to be woken in about `delayMs`, or up to ten seconds later. */
  needAbout(reason: AlarmReason, delayMs: number): void {
    this.need(reason, Math.ceil((this.#now() + delayMs) / ROUNDED_TO_MS) * ROUNDED_TO_MS);
  }

  drop(reason: AlarmReason): void {
    if (this.#needs.delete(reason)) this.#arm();
  }

  /**
   * The alarm set for `scheduledAt` (the one that stands, by default) goes off. Answers what it is due for, and forgets those needs; empty when it went
   * off early. Whoever calls this asks for the next alarm before doing anything that might fail.
   */
  fire(scheduledAt: number = this.#armedAt ?? this.#now()): AlarmReason[] {
    const now = this.#now();
    this.#lastFiredAt = Math.max(this.#lastFiredAt, Math.min(scheduledAt, now));
    this.#armedAt = undefined;
    if (this.#needs.size === 0) return [AlarmReason.EXECUTION];
    const due = [...this.#needs].filter(([, at]) => at <= Math.max(scheduledAt, now)).map(([reason]) => reason);
    for (const reason of due) this.#needs.delete(reason);
    this.#arm();
    return due;
  }

  /** Forgets every need. */
  clear(): void {
    this.#needs.clear();
    this.#arm();
  }

  #arm(): void {
    let at = Number.POSITIVE_INFINITY;
    for (const need of this.#needs.values()) at = Math.min(at, need);
    if (at === Number.POSITIVE_INFINITY) this.#disarm();
    else this.#move(at);
  }

  #move(to: number): void {
    const soonest = Math.max(this.#lastFiredAt, this.#now()) + 1;
    // One that is overdue and about to fire is not put off by another that is.
    const standsWell = this.#armedAt === to || (to < soonest && (this.#armedAt ?? Infinity) <= soonest);
    if (standsWell) return;
    this.#armedAt = Math.max(to, soonest);
    void this.#storage.setAlarm(this.#armedAt);
  }

  #disarm(): void {
    if (this.#armedAt === undefined) return;
    this.#armedAt = undefined;
    void this.#storage.deleteAlarm();
  }
}
