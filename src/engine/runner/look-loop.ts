/**
 * Looks at one execution whenever something has happened: reads other processes' commits if that was asked for, carries
 * out the plan until nothing is left, and has the alarm set.
 *
 * 1. One look is under way at a time. A request meanwhile gets another look after it.
 * 2. After `stop` the look under way does nothing more, and no other look begins until one is asked for. After
 *    `interrupt` another look begins at once if a read was asked for and has not been done, also a read by a timer that
 *    the interruption takes away: a wake has come, or something failed, and no other process may know of it.
 * 3. A duty is carried out on the state that it follows from. If an earlier duty has waited, and the state has gone on,
 *    there is another plan.
 * 4. The alarm is told only after the log was read to its end in the same look, so that a process which has been
 *    replaced learns of that first.
 */

import type { Duty, Plan } from "../machine/plan.ts";
import type { MaybePromise } from "../ports/maybe-promise.ts";

/** The execution that is looked at. */
export interface Outlook {
  /** The number of the newest commit that was read; 0 for none. */
  readonly seq: number;
  /** Takes over other processes' commits. */
  read(): MaybePromise<void>;
  plan(): Plan;
  carryOut(duty: Duty): MaybePromise<void>;
  /** Nothing is left to do of the plan until one of its times has come; `orders` says whether the alarm is to be told. */
  rest(plan: Plan, orders: boolean): void;
  failed(error: unknown): void;
  /** Called when no look is under way any more. */
  onIdle(): void;
}

/** The tasks of the next look besides the duties. */
export interface Wish {
  /** Read other processes' commits first. That uses up the alarm or the call that has woken this process. */
  readonly reads?: boolean;
  /** The alarm's order is used up, or follows from a state that is past. */
  readonly orders?: boolean;
}

export class LookLoop {
  readonly #outlook: Outlook;
  readonly #background: (work: Promise<void>) => void;
  #looking: Promise<void> | undefined;
  /** Something has happened that the look under way may have missed. */
  #again = false;
  #reads = false;
  #orders = false;
  #stops = 0;
  #interruptions = 0;

  constructor(outlook: Outlook, background: (work: Promise<void>) => void) {
    this.#outlook = outlook;
    this.#background = background;
  }

  get isLooking(): boolean {
    return this.#looking !== undefined;
  }

  /** Counts the calls of `stop` and `interrupt`: code that waits sees by the count whether it may go on. */
  get stops(): number {
    return this.#stops;
  }

  /** Asks for a look; resolves once one that began after this call is done. Never rejects. */
  ask({ reads = false, orders = false }: Wish = {}): Promise<void> {
    this.wish({ reads, orders });
    this.#again = true;
    // Invariant 1: a look under way goes on with another one instead.
    if (this.#looking === undefined) {
      this.#looking = this.#lookUntilDone();
      this.#background(this.#looking);
    }
    return this.#looking;
  }

  /** Adds to the tasks of the next look, without asking for a look. */
  wish({ reads = false, orders = false }: Wish): void {
    this.#reads ||= reads;
    this.#orders ||= orders;
  }

  stop(): void {
    // Invariant 2: the look under way finds another count, and nothing asks for the next.
    this.#stops++;
    this.#again = this.#reads = this.#orders = false;
  }

  /** Ends the look under way. A read that was asked for is done at once, by another look. */
  interrupt(): void {
    const isOwed = this.#reads;
    this.#interruptions++;
    this.stop();
    // Invariant 2: the read that was asked for and has not been done.
    if (isOwed) void this.ask({ reads: true, orders: true });
  }

  async #lookUntilDone(): Promise<void> {
    // Not at once: a look must not run inside the task of the log whose news have asked for it.
    await Promise.resolve();
    while (this.#again) await this.#look();
    this.#looking = undefined;
    this.#outlook.onIdle();
  }

  async #look(): Promise<void> {
    const outlook = this.#outlook;
    let stops = this.#stops;
    this.#again = false;
    try {
      const interruptions = this.#interruptions;
      // The read may have ended an invocation here. The wake is this process's to see to all the same, and so is a read
      // that has failed.
      const isRead = await this.#readFirst().finally(() => (stops += this.#interruptions - interruptions));
      const plan = await this.#workOff(stops, isRead);
      // A request meanwhile may change when to wake.
      if (plan === undefined || stops !== this.#stops || this.#again) return;
      outlook.rest(plan, this.#orders);
      this.#orders = false;
    } catch (error) {
      if (stops === this.#stops) outlook.failed(error);
    }
  }

  async #readFirst(): Promise<boolean> {
    if (!this.#reads && this.#outlook.seq > 0) return false;
    this.#reads = false;
    await this.#outlook.read();
    this.#orders = true;
    return true;
  }

  /** Answers the plan that has nothing left to do; undefined if the look has to begin again, or has been stopped. */
  async #workOff(stops: number, isRead: boolean): Promise<Plan | undefined> {
    const outlook = this.#outlook;
    for (let isNewest = isRead; stops === this.#stops; ) {
      // A wake that came during a read may know of commits that the read has not found.
      if (this.#reads) {
        this.#again = true;
        return undefined;
      }
      this.#again = false;
      const plan = outlook.plan();
      await this.#carryOut(plan.duties, stops);
      if (plan.duties.length > 0 || this.#again) continue;
      // Invariant 4: orders follow only from a plan that was made after a read.
      if (isNewest || !this.#orders) return plan;
      await outlook.read();
      isNewest = true;
    }
    return undefined;
  }

  async #carryOut(duties: readonly Duty[], stops: number): Promise<void> {
    const outlook = this.#outlook;
    const { seq } = outlook;
    for (const duty of duties) {
      // Invariant 3: the state has gone on.
      if (stops !== this.#stops || seq !== outlook.seq) return;
      const done = outlook.carryOut(duty);
      if (done instanceof Promise) await done;
    }
  }
}
