/**
 * The alarm as a queue with delays, and schedules for what is further away than a delay reaches. It keeps every order, so
 * it gives none that follows on one to come: this process knows its own, and the index of what is due those of others.
 *
 * Without schedules a wake that is further away comes every 15 minutes until its time has come.
 */

import type { Alarm, AlarmOrder } from "../../engine/ports/alarm.ts";
import { OutstandingWakes } from "../hosts/outstanding-wakes.ts";
import { groupOfId } from "./wake-message.ts";
import { LONGEST_DELAY_SECONDS, type WakeQueue } from "./wake-queue.ts";
import type { WakeSchedules } from "./wake-schedules.ts";

/** The state of an expected wake; `before` is the one that was expected until then, ms since the epoch. */
export type ExpectedWake =
  | { readonly kind: "NOTED"; readonly before: number | undefined }
  | { readonly kind: "KNOWN" }
  | { readonly kind: "OVER"; readonly before: number | undefined };

/** An order, and when it is given, ms since the epoch. */
export interface TimedOrder extends AlarmOrder {
  readonly now: number;
}

/** Keeps by when executions should have been woken, for whoever looks for wakes that were lost. */
export interface ExpectedWakes {
  /** A wake is to come. KNOWN if it was expected already, OVER if nothing of the execution is to come by this order. */
  expect(id: string, at: number, order: TimedOrder): Promise<ExpectedWake>;
  /** None is to come by itself; answers the one that was expected, ms since the epoch. */
  expectNone(id: string, order: TimedOrder): Promise<number | undefined>;
}

export interface QueueAlarmOptions {
  readonly queue: WakeQueue;
  readonly schedules: WakeSchedules | undefined;
  readonly expected: ExpectedWakes;
  readonly now: () => number;
  /** Told of a schedule that stands for nothing and could not be deleted. It wakes once, for nothing. */
  readonly onError: (executionId: string, error: unknown) => void;
}

const LONGEST_DELAY_MS = LONGEST_DELAY_SECONDS * 1000;
/**
 * A wake that is due within this time is ordered though it is known: it may have come already, by a clock that is
 * ahead.
 */
const SOON_MS = 5000;

export class QueueAlarm implements Alarm {
  readonly #options: QueueAlarmOptions;
  readonly #outstanding = new OutstandingWakes();
  /** Executions with an order that could not be given: it is expected, but will not come. */
  readonly #missing = new Set<string>();

  constructor(options: QueueAlarmOptions) {
    this.#options = options;
  }

  /** `group` is that of the execution's function by default. */
  async schedule(id: string, at: number, order: AlarmOrder, group: string = groupOfId(id)): Promise<void> {
    const { now } = this.#options;
    if (await this.#isExpectedElsewhere(id, at, order)) return;
    if (!this.#outstanding.add(id, at, now())) return;
    try {
      await this.#give({ id, at, group }, order);
      this.#missing.delete(id);
    } catch (error) {
      this.#outstanding.forget(id, at);
      this.#missing.add(id);
      throw error;
    }
  }

  async cancel(id: string, order: AlarmOrder): Promise<void> {
    const { expected, now } = this.#options;
    const before = await expected.expectNone(id, { ...order, now: now() });
    await this.#takeBack(id, before, order.incarnation);
  }

  /** A wake that was ordered for `at` has come to this process. */
  arrived(id: string, at: number | undefined): void {
    if (at !== undefined) this.#outstanding.forget(id, at);
  }

  async #isExpectedElsewhere(id: string, at: number, order: AlarmOrder): Promise<boolean> {
    const { expected, now, schedules } = this.#options;
    // The log could not be read: nothing is known of the execution.
    if (order.incarnation === "") return false;
    const wake = await expected.expect(id, at, { ...order, now: now() });
    if (wake.kind === "KNOWN") return schedules !== undefined && !this.#missing.has(id) && at - now() > SOON_MS;
    if (wake.before !== at) await this.#takeBack(id, wake.before, order.incarnation);
    return wake.kind === "OVER";
  }

  async #give(wake: { id: string; at: number; group: string }, { incarnation }: AlarmOrder): Promise<void> {
    const { queue, schedules, now } = this.#options;
    if (schedules === undefined || wake.at - now() <= LONGEST_DELAY_MS) await queue.send(wake);
    else await schedules.set(wake, incarnation);
  }

  /** Of a wake that is not wanted any more, only a schedule can be taken back. */
  async #takeBack(id: string, before: number | undefined, incarnation: string): Promise<void> {
    const { schedules, now, onError } = this.#options;
    if (schedules === undefined || before === undefined || before - now() <= LONGEST_DELAY_MS) return;
    try {
      await schedules.take(id, before, incarnation);
    } catch (error) {
      onError(id, error);
    }
  }
}
