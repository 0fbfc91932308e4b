/**
 * The life of an execution object on its platform: what it stores, what keeps it in memory, what wakes it. It knows
 * nothing of durable execution; `wake` is the runner's.
 *
 * An object can die at any moment without a word. So before anything runs here, an alarm stands that outlives it: the
 * outbox sets one in the transaction that creates an execution, the guard one when work begins, and `alarm()` one before
 * it does anything else. The work itself goes on in the background, because the platform measures what it allows (CPU
 * time, 15 minutes of waiting) by event, and the guard's alarms keep bringing new ones.
 */

import type { Alarm } from "../../engine/ports/alarm.ts";
import { AlarmClock, AlarmReason } from "./alarm-clock.ts";
import type { DirectoryShards } from "./directory-shards.ts";
import { clearFault, readFault, recordFault } from "./fault-record.ts";
import { RecordCell } from "./object-record.ts";
import { DurableObjectStore } from "./object-store.ts";
import { Outbox } from "./outbox.ts";

/**
 * The time between two alarms that guard work in progress, in ms. Each costs a row and a request, little beside the
 * cost of the object's work, and brings the event that renews the object's CPU time, 30 seconds by default.
 */
const GUARD_MS = 10_000;

/** The platform gives up after six retries. A fresh alarm, set before anything can go wrong, starts the count anew. */
const RETRIES_TO_TRUST = 5;

export interface ObjectLifeOptions {
  readonly state: Pick<DurableObjectState, "storage" | "waitUntil">;
  readonly directory: DirectoryShards;
  readonly now: () => number;
  /** Does whatever is due. */
  readonly wake: (executionId: string) => Promise<void>;
  readonly onFault: (error: unknown) => void;
}

export class ObjectLife {
  readonly store: DurableObjectStore;
  readonly alarm: Alarm;
  readonly #options: ObjectLifeOptions;
  readonly #clock: AlarmClock;
  readonly #record: RecordCell;
  readonly #outbox: Outbox;
  readonly #running = new Set<Promise<unknown>>();
  #loaded: Promise<void> | undefined;
  #hasFailed = false;

  constructor(options: ObjectLifeOptions) {
    const { state, directory, now, onFault } = options;
    const { storage } = state;
    this.#options = options;
    const clock = new AlarmClock(storage, now);
    const record = new RecordCell(storage);
    this.#clock = clock;
    this.#record = record;
    this.#outbox = new Outbox({
      record,
      clock,
      send: (shard, change) => directory.publish(shard, change),
      onFault,
      onForgotten: () => this.#forget(),
    });
    this.store = new DurableObjectStore({ storage, record, directory, onUnpublished: () => this.#publish() });
    this.alarm = {
      schedule: (_, at, { incarnation }) => {
        if (this.#mayHold(incarnation)) clock.need(AlarmReason.EXECUTION, at);
      },
      cancel: (_, { incarnation }) => {
        if (this.#mayHold(incarnation)) clock.drop(AlarmReason.EXECUTION);
      },
    };
  }

  /** To be awaited by every event but the alarm before it does anything. */
  ready(): Promise<void> {
    this.#loaded ??= this.#clock.load().then(() => this.#recover());
    return this.#loaded;
  }

  /** The platform's `alarm()`. Without `info`, as in the platform's test kit, it is taken for the alarm that stands. */
  async onAlarm(info?: AlarmInvocationInfo): Promise<void> {
    const isNew = this.#loaded === undefined;
    this.#loaded ??= this.#clock.load();
    await this.#loaded;
    const due = this.#clock.fire(info?.scheduledTime);
    if ((info?.retryCount ?? 0) >= RETRIES_TO_TRUST) return this.#clock.needAbout(AlarmReason.RETRY, GUARD_MS);
    this.#publish();
    const goOnAt = isNew && this.#clock.isRounded(info?.scheduledTime) ? this.#afterDeath() : 0;
    if (goOnAt > this.#options.now()) return this.#clock.need(AlarmReason.RETRY, goOnAt);
    const isWake = due.some((reason) => reason !== AlarmReason.OUTBOX);
    if (isWake || this.#running.size > 0) this.#guard();
    if (isWake) this.background(this.#wake());
  }

  /** Keeps the object in memory, and watched over, until `work` has settled. */
  background(work: Promise<unknown>): void {
    const settled = work.catch(this.#options.onFault).finally(() => {
      this.#running.delete(settled);
      if (this.#running.size === 0) this.#rest();
    });
    this.#running.add(settled);
    this.#guard();
  }

  /** Reports what went wrong while something due was done, and sees to it that it is tried again. */
  failed(error: unknown): void {
    const { state, now, onFault } = this.#options;
    const at = now();
    this.#hasFailed = true;
    onFault(error);
    this.#clock.need(AlarmReason.RETRY, at + recordFault(state.storage, error, at));
  }

  /** Resolves once nothing runs in the background and the directory was told, or will be later. */
  async idle(): Promise<void> {
    await this.#outbox.flush();
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  /** False for what an earlier execution of this name orders, whose session has not heard of its removal. */
  #mayHold(incarnation: string): boolean {
    return (this.#record.get()?.row?.incarnation ?? incarnation) === incarnation;
  }

  #guard(): void {
    this.#clock.needAbout(AlarmReason.GUARD, GUARD_MS);
    this.#options.state.waitUntil(Promise.all(this.#running));
  }

  /** Takes up work that an earlier life may have left undone: a caller need not wait for the guard's alarm. */
  #recover(): void {
    const record = this.#record.get();
    if (record?.unpublished === true) this.#publish();
    if (record?.row?.status !== "RUNNING") return;
    const { armedAt } = this.#clock;
    if (armedAt === undefined) this.#clock.need(AlarmReason.EXECUTION, this.#options.now());
    else if (this.#clock.isRounded(armedAt)) this.#clock.need(AlarmReason.EXECUTION, this.#afterDeath());
  }

  /**
   * When an execution goes on whose object died at its work: at once the first time, as after a deploy; later each time
   * if the work itself is what kills the object.
   */
  #afterDeath(): number {
    const { state, now } = this.#options;
    const at = now();
    const isFirst = readFault(state.storage) === undefined;
    const pauseMs = recordFault(state.storage, new Error("the object died at its work"), at);
    return isFirst ? at : at + pauseMs;
  }

  #rest(): void {
    this.#clock.drop(AlarmReason.GUARD);
    if (!this.#hasFailed) clearFault(this.#options.state.storage);
  }

  async #wake(): Promise<void> {
    const id = this.#record.get()?.row?.id;
    if (id === undefined) return;
    this.#hasFailed = false;
    await this.#options.wake(id).catch((error: unknown) => this.failed(error));
    if (!this.#hasFailed) this.#clock.drop(AlarmReason.RETRY);
  }

  #publish(): void {
    if (this.#record.get()?.unpublished !== true) return;
    this.#clock.needAbout(AlarmReason.OUTBOX, GUARD_MS);
    this.#options.state.waitUntil(this.#outbox.flush());
  }

  #forget(): void {
    const { storage } = this.#options.state;
    this.#clock.clear();
    this.#record.forget();
    void storage.deleteAlarm();
    void storage.deleteAll();
  }
}
