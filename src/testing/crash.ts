/**
 * Crashes: a process is abandoned in the middle of what it does, and nothing of it can have an effect any more. Its
 * timers never fire, its drains never come back, and what it asks of its store or its alarm is neither done nor
 * answered. The store's contents and the alarms stay, for the next process.
 */

import { type KeptAlarms, MemoryAlarm } from "../adapters/memory/memory-alarm.ts";
import type { ExecutionStore } from "../engine/ports/execution-store.ts";
import { chain, type MaybePromise } from "../engine/ports/maybe-promise.ts";
import type { SimulatedClock, SimulatedHost } from "./simulated-host.ts";

/** A moment in the life of a process: around its n-th write. */
export interface CrashPoint {
  /** The number of the process's write, 1 for the first: creates, appends, rows, snapshots and removals all count. */
  readonly write: number;
  /** Before the write lands, or after it landed and before anybody hears of it. */
  readonly side: "BEFORE" | "AFTER";
}

/** The surroundings of a process, and its crash point. */
export interface SimulatedProcessOptions {
  /** The time of its world. */
  readonly clock: SimulatedClock;
  /** The store, which survives. */
  readonly store: ExecutionStore;
  /** The alarms that survive; shared with the next process. Default: none. */
  readonly alarms?: KeptAlarms;
  /** The point at which the process dies; by default it lives. */
  readonly crashAt?: CrashPoint;
  /** From here on the store does not answer, until `release`. The process knows nothing of it and lives on. */
  readonly stallAt?: CrashPoint;
}

/** A host and a store that can be taken away at any moment. */
export class SimulatedProcess {
  /** The host of what runs in it. */
  readonly host: SimulatedHost;
  /** The way to what survives; it answers nothing once the process is dead. */
  readonly store: ExecutionStore;
  readonly #options: SimulatedProcessOptions;
  readonly #alarms: MemoryAlarm[] = [];
  #writes = 0;
  /** Set while the store does not answer. */
  #stall: Stall | undefined;

  constructor(options: SimulatedProcessOptions) {
    this.#options = options;
    this.host = options.clock.host();
    this.store = this.#severable(options.store);
  }

  /** False once it was killed or has crashed. */
  get alive(): boolean {
    return this.host.alive;
  }

  /** The number of writes that the process has begun. */
  get writes(): number {
    return this.#writes;
  }

  /** True while its store does not answer. */
  get isStalled(): boolean {
    return this.#stall !== undefined;
  }

  /** The store answers again, what it was asked meanwhile included. */
  release(): void {
    this.#stall?.end();
    this.#stall = undefined;
  }

  /** An alarm in this process, over the alarms that survive it. */
  alarm(wake: (id: string) => unknown): MemoryAlarm {
    const { alarms } = this.#options;
    const alarm = new MemoryAlarm({ host: this.host, wake, ...(alarms && { kept: alarms }) });
    this.#alarms.push(alarm);
    if (!this.alive) alarm.close();
    return alarm;
  }

  /** Ends it: nothing of it has an effect any more. */
  kill(): void {
    this.host.kill();
    for (const alarm of this.#alarms) alarm.close();
  }

  #severable(store: ExecutionStore): ExecutionStore {
    return {
      create: (row, body) => this.#write(() => store.create(row, body)),
      append: (id, seq, body, incarnation) => this.#write(() => store.append(id, seq, body, incarnation)),
      putRow: (row) => this.#write(() => store.putRow(row)),
      keepSnapshot: (id, snapshot, incarnation) => this.#write(() => store.keepSnapshot(id, snapshot, incarnation)),
      remove: (id, incarnation) => this.#write(() => store.remove(id, incarnation)),
      read: (id, from, options) => this.#call(() => store.read(id, from, options)),
      list: (scan) => this.#call(() => store.list(scan)),
      expired: (now, limit) => this.#call(() => store.expired(now, limit)),
      snapshot: (id, incarnation) => this.#call(() => store.snapshot(id, incarnation)),
    };
  }

  #write<T>(call: () => MaybePromise<T>): MaybePromise<T> {
    if (!this.alive) return never();
    const { crashAt, stallAt } = this.#options;
    const write = ++this.#writes;
    const isLast = write === crashAt?.write;
    const stalls = write === stallAt?.write;
    if (isLast && crashAt.side === "BEFORE") this.kill();
    if (stalls && stallAt.side === "BEFORE") this.#beginStall();
    const landed = (answer: T): T => {
      if (isLast) this.kill();
      if (stalls && stallAt.side === "AFTER") this.#beginStall();
      return answer;
    };
    return this.#call(() => chain(call(), landed));
  }

  #call<T>(call: () => MaybePromise<T>): MaybePromise<T> {
    if (!this.alive) return never();
    const asked = this.#stall === undefined ? call() : this.#stall.over.then(call);
    return chain(asked, (answer) => {
      if (this.#stall !== undefined) return this.#stall.over.then(() => this.#ifAlive(answer));
      return this.#ifAlive(answer);
    });
  }

  #ifAlive<T>(answer: T): MaybePromise<T> {
    return this.alive ? answer : never<T>();
  }

  #beginStall(): void {
    let end = (): void => undefined;
    const over = new Promise<void>((resolve) => {
      end = resolve;
    });
    this.#stall = { over, end };
  }
}

interface Stall {
  readonly over: Promise<void>;
  readonly end: () => void;
}

function never<T>(): Promise<T> {
  return new Promise(() => undefined);
}
