import { MemoryAlarm } from "../adapters/memory/memory-alarm.ts";
import type { Alarm } from "../engine/ports/alarm.ts";
import type { Host } from "../engine/ports/host.ts";

/** A wake that takes longer is given to another process: the first one may hang. */
const PATIENCE_MS = 30_000;

/** A process that can be woken. */
export interface Wakeable {
  readonly isAlive: () => boolean;
  readonly wake: (id: string) => Promise<void>;
}

/**
 * Alarms as a service that outlives all processes: each alarm wakes one process that lives, the same one as before where
 * it can, and another one if that does not come back. It keeps one time for an execution, so that two processes which
 * both believe to run it overwrite each other's orders as far as the port lets them.
 */
export class SharedAlarm {
  readonly #host: Host;
  readonly #alarm: MemoryAlarm;
  readonly #members: Wakeable[] = [];
  /** The process that was woken last for each execution, unless that failed. */
  readonly #trusted = new Map<string, Wakeable>();
  readonly #awaited = new Map<Wakeable, Set<() => void>>();
  /** One for all wakes that find nobody, which are many when nothing comes back for a year: none has a place of its own. */
  readonly #nobody = new Error("No process lives");

  constructor(host: Host) {
    this.#host = host;
    this.#alarm = new MemoryAlarm({ host, wake: (id) => this.#wakeOne(id) });
  }

  /** The alarm as this process sees it; its orders go through `way`, which may let them arrive after its death. */
  join(member: Wakeable, way: (alarm: Alarm) => Alarm = (alarm) => alarm): Alarm {
    this.#members.push(member);
    const alarm = way(this.#alarm);
    return {
      schedule: (id, at, order) => (member.isAlive() ? alarm.schedule(id, at, order) : undefined),
      cancel: (id, order) => (member.isAlive() ? alarm.cancel(id, order) : undefined),
    };
  }

  /** Gives up on the wakes of processes that are gone. */
  noticeDeaths(): void {
    for (const [member, givingUp] of this.#awaited) {
      if (member.isAlive()) continue;
      this.#awaited.delete(member);
      for (const giveUp of givingUp) giveUp();
    }
  }

  async #wakeOne(id: string): Promise<void> {
    const member = this.#choose(id);
    if (member === undefined) throw this.#nobody;
    this.#trusted.set(id, member);
    try {
      await this.#within(member, member.wake(id));
    } catch (error) {
      if (this.#trusted.get(id) === member) this.#trusted.delete(id);
      throw error;
    }
  }

  #choose(id: string): Wakeable | undefined {
    const trusted = this.#trusted.get(id);
    if (trusted?.isAlive() === true) return trusted;
    const living = this.#members.filter(({ isAlive }) => isAlive());
    return living[Math.floor(this.#host.random() * living.length)];
  }

  /** Rejects if the process dies or takes too long; the wake is then tried again. */
  #within(member: Wakeable, wake: Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      const giveUp = (): void => reject(new Error("The process did not come back"));
      const givingUp = this.#awaited.get(member) ?? new Set();
      this.#awaited.set(member, givingUp.add(giveUp));
      const cancel = this.#host.timer(this.#host.now() + PATIENCE_MS, giveUp);
      const done = (): void => {
        cancel();
        givingUp.delete(giveUp);
      };
      wake.then(resolve, reject).finally(done);
    });
  }
}
