/** The contract of every Alarm, case by case. Times are milliseconds since the epoch on the subject's own clock. */

import type { Alarm, AlarmOrder } from "../engine/ports/alarm.ts";
import type { MaybePromise } from "../engine/ports/maybe-promise.ts";
import { assert, assertEqual } from "./assert.ts";
import type { ContractCase } from "./contract.ts";

/** The access of the contract's cases to the alarm under test. */
export interface AlarmSubject {
  /** An alarm that calls `wake`, and again after each restart. */
  open(wake: Wake): MaybePromise<OpenAlarm>;
}

/** Called by an alarm with the id of the execution whose time has come. */
export type Wake = (id: string) => MaybePromise<void>;

/** An alarm under test, with its clock. */
export interface OpenAlarm {
  /** The alarm to talk to; another object after a restart, perhaps. */
  readonly alarm: Alarm;
  /** The time on the alarm's clock, ms since the epoch. */
  now(): number;
  /** Lets time pass until `at` at least: sleeps, or moves a virtual clock. */
  pass(at: number): Promise<void>;
  /**
   * Ends the process that holds the alarm without a goodbye, lets `downMs` pass and starts it again. Absent where
   * nothing is meant to survive that.
   */
  restart?(downMs: number): Promise<void>;
  /** Called when a case is over. */
  close?(): MaybePromise<void>;
}

type AlarmCase = ContractCase<AlarmSubject>;

/** The unit of these tests: far enough apart to tell two times from each other on a busy machine. */
const SHORT_MS = 60;
/** The time after which a wake counts as lost, in ms on the subject's clock. */
const LOST_MS = 60_000;

/** Of every execution of these cases. */
export const ALARM_INCARNATION: string = "a".repeat(32);
/** Of an execution that was removed before the other one took its name. */
const EARLIER = { incarnation: "b".repeat(32) };

interface Woken {
  readonly id: string;
  readonly at: number;
}

/** An open alarm and the wakes it made so far. */
class Watched {
  readonly woken: Woken[] = [];
  /** The number of the next wakes that fail. */
  failing = 0;
  #seq = 0;
  #open: OpenAlarm | undefined;

  static async open(subject: AlarmSubject): Promise<Watched> {
    const watched = new Watched();
    watched.#open = await subject.open(async (id) => watched.#wake(id));
    return watched;
  }

  get subject(): OpenAlarm {
    if (this.#open === undefined) throw new Error("The alarm woke somebody before it was opened");
    return this.#open;
  }

  get alarm(): Alarm {
    return this.subject.alarm;
  }

  /** Gives an order that follows from one more commit than the order before, unless told otherwise. */
  schedule(id: string, at: number, order?: Partial<AlarmOrder>): MaybePromise<void> {
    return this.alarm.schedule(id, at, this.#order(order));
  }

  cancel(id: string, order?: Partial<AlarmOrder>): MaybePromise<void> {
    return this.alarm.cancel(id, this.#order(order));
  }

  now(): number {
    return this.subject.now();
  }

  times(id: string): number[] {
    return this.woken.filter((wake) => wake.id === id).map(({ at }) => at);
  }

  /** Passes time until `id` has been woken `count` times; fails when that takes too long. */
  async until(id: string, count = 1): Promise<void> {
    const lost = this.now() + LOST_MS;
    while (this.times(id).length < count) {
      assert(this.now() < lost, `${id} was not woken ${count} times within ${LOST_MS} ms`);
      await this.subject.pass(this.now() + SHORT_MS / 2);
    }
  }

  #order({ incarnation = ALARM_INCARNATION, seq = this.#seq + 1 }: Partial<AlarmOrder> = {}): AlarmOrder {
    this.#seq = Math.max(this.#seq, seq);
    return { incarnation, seq };
  }

  async #wake(id: string): Promise<void> {
    this.woken.push({ id, at: this.now() });
    if (this.failing === 0) return;
    this.failing--;
    throw new Error("This wake fails");
  }
}

function alarmCase(name: string, check: (watched: Watched) => Promise<void>): AlarmCase {
  return {
    name,
    async run(subject) {
      const watched = await Watched.open(subject);
      try {
        await check(watched);
      } finally {
        await watched.subject.close?.();
      }
    },
  };
}

function restartCase(name: string, check: (watched: Watched, restart: Restart) => Promise<void>): AlarmCase {
  const whole = alarmCase(name, async (watched) => {
    const restart = watched.subject.restart?.bind(watched.subject);
    assert(restart !== undefined, "the subject can restart");
    await check(watched, restart);
  });
  return { ...whole, needs: "restart" };
}

type Restart = (downMs: number) => Promise<void>;

function assertNotEarly(times: readonly number[], due: number): void {
  for (const at of times) assert(at >= due, `woken ${due - at} ms early`);
}

const liveCases: readonly AlarmCase[] = [
  alarmCase("wakes at its time, not before", async (watched) => {
    const due = watched.now() + SHORT_MS;
    await watched.schedule("a", due);
    await watched.until("a");
    assertNotEarly(watched.times("a"), due);
  }),
  alarmCase("wakes nobody without being asked", async (watched) => {
    await watched.subject.pass(watched.now() + SHORT_MS);
    assertEqual(watched.woken, [], "the wakes");
  }),
  alarmCase("never wakes within the call that schedules", async (watched) => {
    const scheduled = watched.schedule("a", watched.now() - 1);
    assertEqual(watched.woken, [], "the wakes");
    await scheduled;
    await watched.until("a");
  }),
  alarmCase("wakes as soon as can be when the time is past already", async (watched) => {
    for (const [at, ago] of [0, 1, 86_400_000].entries()) {
      await watched.schedule(`a${at}`, watched.now() - ago);
      await watched.until(`a${at}`);
    }
    await watched.schedule("epoch", 0);
    await watched.until("epoch");
  }),
  alarmCase("wakes executions apart, each at its own time", async (watched) => {
    const start = watched.now();
    const dues = [3, 1, 2].map((units, at) => ({ id: `e${at}`, due: start + units * SHORT_MS }));
    for (const { id, due } of dues) await watched.schedule(id, due);
    for (const { id, due } of dues) {
      await watched.until(id);
      assertNotEarly(watched.times(id), due);
    }
  }),
  alarmCase("takes the newest time: an earlier one", async (watched) => {
    await watched.schedule("a", watched.now() + 2 * LOST_MS);
    const due = watched.now() + SHORT_MS;
    await watched.schedule("a", due);
    await watched.until("a");
    assertNotEarly(watched.times("a"), due);
  }),
  alarmCase("takes the newest time: a later one", async (watched) => {
    await watched.schedule("a", watched.now() + 4 * SHORT_MS);
    const due = watched.now() + 6 * SHORT_MS;
    await watched.schedule("a", due);
    await watched.until("a");
    assertNotEarly(watched.times("a"), due);
  }),
  alarmCase("wakes nobody after a cancel", async (watched) => {
    const start = watched.now();
    await watched.schedule("a", start + 4 * SHORT_MS);
    await watched.schedule("b", start + 5 * SHORT_MS);
    await watched.cancel("a");
    await watched.until("b");
    await watched.subject.pass(watched.now() + SHORT_MS);
    assertEqual(watched.times("a"), [], "the wakes of the cancelled one");
  }),
  alarmCase("cancels what is not scheduled without a word, and schedules again after a cancel", async (watched) => {
    await watched.cancel("a");
    await watched.schedule("a", watched.now() + 2 * LOST_MS);
    await watched.cancel("a");
    const due = watched.now() + SHORT_MS;
    await watched.schedule("a", due);
    await watched.until("a");
    assertNotEarly(watched.times("a"), due);
  }),
  alarmCase("can be scheduled again after it woke", async (watched) => {
    for (let round = 1; round <= 3; round++) {
      const due = watched.now() + SHORT_MS;
      await watched.schedule("a", due);
      await watched.until("a", round);
      assertNotEarly(watched.times("a").slice(round - 1), due);
    }
  }),
  alarmCase("does not fire a time that is more than 24.8 days away", async (watched) => {
    await watched.schedule("a", watched.now() + 30 * 86_400_000);
    await watched.schedule("b", watched.now() + SHORT_MS);
    await watched.until("b");
    await watched.subject.pass(watched.now() + SHORT_MS);
    assertEqual(watched.times("a"), [], "the wakes of the far one");
  }),
  alarmCase("wakes again after a wake that failed", async (watched) => {
    watched.failing = 2;
    await watched.schedule("a", watched.now() + SHORT_MS);
    await watched.until("a", 3);
  }),
];

/** A case in which something that must not undo an order comes after it. */
function standsCase(name: string, disturb: (watched: Watched) => MaybePromise<void>): AlarmCase {
  return alarmCase(name, async (watched) => {
    const due = watched.now() + 4 * SHORT_MS;
    await watched.schedule("a", due, { seq: 5 });
    await disturb(watched);
    await watched.until("a");
  });
}

/** Orders of a process that has not heard that its execution was removed and started again. */
const incarnationCases: readonly AlarmCase[] = [
  standsCase("keeps its time when a late order is for an earlier execution of that name", (watched) =>
    watched.schedule("a", watched.now() + 2 * LOST_MS, { ...EARLIER, seq: 9 }),
  ),
  standsCase("keeps its time when a late cancel is for an earlier execution of that name", (watched) =>
    watched.cancel("a", { ...EARLIER, seq: 9 }),
  ),
  alarmCase("takes an order for a new execution of that name, whose numbers begin again", async (watched) => {
    await watched.schedule("a", watched.now() + 2 * LOST_MS, { ...EARLIER, seq: 9 });
    await watched.schedule("a", watched.now() + SHORT_MS, { seq: 1 });
    await watched.until("a");
  }),
  alarmCase("takes an order that follows from the same commit once the time before has come", async (watched) => {
    await watched.schedule("a", watched.now() + SHORT_MS, { seq: 5 });
    await watched.until("a");
    await watched.schedule("a", watched.now() + SHORT_MS, { seq: 5 });
    await watched.until("a", 2);
  }),
];

/**
 * Orders of several processes that do not know of each other, or over a network that lets orders overtake each other.
 */
const orderCases: readonly AlarmCase[] = [
  standsCase("keeps its time when an order arrives late that follows from fewer commits", (watched) =>
    watched.schedule("a", watched.now() + 2 * LOST_MS, { seq: 4 }),
  ),
  standsCase("keeps its time when a cancel arrives late that follows from fewer commits", (watched) =>
    watched.cancel("a", { seq: 4 }),
  ),
  standsCase("keeps the earlier of two times that follow from the same commit", (watched) =>
    watched.schedule("a", watched.now() + 2 * LOST_MS, { seq: 5 }),
  ),
  standsCase("keeps its time when a cancel follows from the same commit", (watched) => watched.cancel("a", { seq: 5 })),
  alarmCase("takes the earlier of two times that follow from the same commit", async (watched) => {
    await watched.schedule("a", watched.now() + 2 * LOST_MS, { seq: 5 });
    await watched.schedule("a", watched.now() + SHORT_MS, { seq: 5 });
    await watched.until("a");
  }),
  alarmCase("wakes for the order that follows from most commits, in whatever order they arrive", async (watched) => {
    const due = watched.now() + 4 * SHORT_MS;
    const orders = [7, 9, 8, 6].map(async (seq) => {
      if (seq === 8) return watched.cancel("a", { seq });
      return watched.schedule("a", seq === 9 ? due : due + 2 * LOST_MS, { seq });
    });
    await Promise.all(orders);
    await watched.until("a");
  }),
].map((each) => ({ ...each, needs: "several processes" }));

const restartCases: readonly AlarmCase[] = [
  restartCase("wakes after a restart, at its time", async (watched, restart) => {
    const due = watched.now() + 6 * SHORT_MS;
    await watched.schedule("a", due);
    await restart(0);
    await watched.until("a");
    assertNotEarly(watched.times("a"), due);
  }),
  restartCase("wakes after a restart for a time that passed meanwhile", async (watched, restart) => {
    await watched.schedule("a", watched.now() + 2 * SHORT_MS);
    await restart(4 * SHORT_MS);
    await watched.until("a");
  }),
  restartCase("remembers a cancel and the newest time across a restart", async (watched, restart) => {
    const start = watched.now();
    await watched.schedule("a", start + 4 * SHORT_MS);
    await watched.cancel("a");
    await watched.schedule("b", start + 4 * SHORT_MS);
    await watched.schedule("b", start + 8 * SHORT_MS);
    await restart(0);
    await watched.until("b");
    assertNotEarly(watched.times("b"), start + 8 * SHORT_MS);
    assertEqual(watched.times("a"), [], "the wakes of the cancelled one");
  }),
];

/**
 * Every promise of the port. Cases with `needs: "restart"` are for subjects that have `restart`, those with `needs:
 * "several processes"` for alarms that more than one process gives orders to.
 */
export const alarmContract: readonly AlarmCase[] = [...liveCases, ...incarnationCases, ...orderCases, ...restartCases];
