import type { Host } from "../engine/ports/host.ts";
import type { MaybePromise } from "../engine/ports/maybe-promise.ts";
import {
  type DirectoryRow,
  type DirectoryScan,
  type ExecutionStore,
  type LogPage,
  type ReadOptions,
  StorageFullError,
} from "../engine/ports/execution-store.ts";
import { type SeededRandom, seededRandom } from "./seeded-random.ts";

/** The faults of a call. */
export const StoreFault = {
  /** The call fails and never reached the store. */
  REFUSED: "REFUSED",
  /** A write landed, and the call fails all the same. */
  UNACKNOWLEDGED: "UNACKNOWLEDGED",
  /** A write finds no room. */
  FULL: "FULL",
} as const;
export type StoreFault = (typeof StoreFault)[keyof typeof StoreFault];

/** The name of a store's method. */
export type StoreMethod = keyof ExecutionStore;

/** Probabilities from 0 to 1, each 0 by default. */
export interface FaultRates {
  /** The share of calls that are refused. */
  readonly refused?: number;
  /** The share of writes that land and fail all the same. */
  readonly unacknowledged?: number;
  /** The share of writes that find no room. */
  readonly full?: number;
  /** The share of calls that are delayed. */
  readonly delayed?: number;
}

/** The faults that happen, and their times. */
export interface FaultyStoreOptions {
  /** Default 1. */
  readonly seed?: number;
  /** The probability of each fault; none by default. */
  readonly rates?: FaultRates;
  /** The clock of delays and outages; without it there are neither. */
  readonly host?: Pick<Host, "now" | "timer">;
  /** The longest delay, in ms of the host. Default 1000. */
  readonly longestDelayMs?: number;
  /** Windows in which every call is refused: `from` included, `to` not, ms since the epoch. */
  readonly outages?: readonly { readonly from: number; readonly to: number }[];
}

/** One fault that happened: enough to tell what was lost. */
export interface FaultRecord {
  /** The number of the call, 1 for the first. */
  readonly call: number;
  /** The method that was called. */
  readonly method: StoreMethod;
  /** The execution that it was called for. */
  readonly id?: string;
  /** The number of the commit that was written or read. */
  readonly seq?: number;
  /** The fault. */
  readonly fault: StoreFault | "DELAYED";
}

/** The error of a refused or unacknowledged call. */
export class StoreUnavailableError extends Error {
  override readonly name = "StoreUnavailableError";
  /** Always STORE_UNAVAILABLE. */
  readonly code = "STORE_UNAVAILABLE";
}

const LONGEST_DELAY_MS = 1_000;

interface Call<T> {
  readonly method: StoreMethod;
  readonly id?: string;
  readonly seq?: number;
  readonly run: () => MaybePromise<T>;
}

interface Ordered {
  readonly method: StoreMethod;
  readonly fault: StoreFault;
}

/**
 * A store that fails as stores do: by chance from a seed, or on order. It keeps a record of every fault; `report` tells
 * the seed and the record, which is what a failing test should print.
 */
export class FaultyStore implements ExecutionStore {
  readonly #store: ExecutionStore;
  readonly #options: FaultyStoreOptions;
  readonly #random: SeededRandom;
  readonly #faults: FaultRecord[] = [];
  readonly #ordered: Ordered[] = [];
  #calls = 0;
  #healed = false;

  constructor(store: ExecutionStore, options: FaultyStoreOptions = {}) {
    this.#store = store;
    this.#options = options;
    this.#random = seededRandom(options.seed ?? 1);
  }

  /** Every fault so far, in order. */
  get faults(): readonly FaultRecord[] {
    return this.#faults;
  }

  /** Makes the next `times` calls of a method fail, whatever the rates say. */
  failNext(method: StoreMethod, fault: StoreFault, times = 1): void {
    for (let order = 0; order < times; order++) this.#ordered.push({ method, fault });
  }

  /** From now on nothing fails and nothing is delayed. */
  heal(): void {
    this.#healed = true;
    this.#ordered.length = 0;
  }

  /** The seed and every fault so far, as text. */
  report(): string {
    const lines = this.#faults.map(({ call, method, id, seq, fault }) =>
      [`call ${call}`, method, id, seq, fault].filter((part) => part !== undefined).join(" "),
    );
    return [`seed ${this.#options.seed ?? 1}, ${this.#calls} calls, ${lines.length} faults`, ...lines].join("\n");
  }

  create(row: DirectoryRow, body: string): MaybePromise<"created" | "exists"> {
    return this.#call({ method: "create", id: row.id, seq: 1, run: () => this.#store.create(row, body) });
  }

  append(id: string, seq: number, body: string, incarnation: string): MaybePromise<"appended" | "taken" | "gone"> {
    return this.#call({ method: "append", id, seq, run: () => this.#store.append(id, seq, body, incarnation) });
  }

  read(id: string, from: number, options?: ReadOptions): MaybePromise<LogPage | undefined> {
    return this.#call({ method: "read", id, seq: from, run: () => this.#store.read(id, from, options) });
  }

  putRow(row: DirectoryRow): MaybePromise<void> {
    return this.#call({ method: "putRow", id: row.id, run: () => this.#store.putRow(row) });
  }

  list(scan: DirectoryScan): MaybePromise<readonly DirectoryRow[]> {
    return this.#call({ method: "list", run: () => this.#store.list(scan) });
  }

  expired(now: number, limit: number): MaybePromise<readonly DirectoryRow[]> {
    return this.#call({ method: "expired", run: () => this.#store.expired(now, limit) });
  }

  keepSnapshot(id: string, snapshot: string, incarnation: string): MaybePromise<void> {
    const run = (): MaybePromise<void> => this.#store.keepSnapshot(id, snapshot, incarnation);
    return this.#call({ method: "keepSnapshot", id, run });
  }

  snapshot(id: string, incarnation: string): MaybePromise<string | undefined> {
    return this.#call({ method: "snapshot", id, run: () => this.#store.snapshot(id, incarnation) });
  }

  remove(id: string, incarnation: string): MaybePromise<void> {
    return this.#call({ method: "remove", id, run: () => this.#store.remove(id, incarnation) });
  }

  #call<T>(call: Call<T>): MaybePromise<T> {
    this.#calls++;
    const fault = this.#pick(call.method);
    const before = this.#delay(call);
    const after = fault === "REFUSED" || fault === "FULL" ? undefined : this.#delay(call);
    if (fault !== undefined) this.#record(call, fault);
    if (before !== undefined || after !== undefined) return this.#slowly(call, fault, [before ?? 0, after ?? 0]);
    if (fault === undefined) return call.run();
    if (fault === "UNACKNOWLEDGED") return thenFail(call.run());
    throw failure(fault);
  }

  async #slowly<T>(call: Call<T>, fault: StoreFault | undefined, [before, after]: [number, number]): Promise<T> {
    await this.#sleep(before);
    if (fault === "REFUSED" || fault === "FULL") throw failure(fault);
    const answer = await call.run();
    await this.#sleep(after);
    if (fault !== undefined) throw failure(fault);
    return answer;
  }

  #pick(method: StoreMethod): StoreFault | undefined {
    if (this.#healed) return undefined;
    const ordered = this.#ordered.findIndex((order) => order.method === method);
    if (ordered >= 0) return this.#ordered.splice(ordered, 1)[0]?.fault;
    const now = this.#options.host?.now() ?? Number.NaN;
    if (this.#options.outages?.some(({ from, to }) => now >= from && now < to) === true) return "REFUSED";
    return this.#pickByChance(isWrite(method));
  }

  /** Draws as often whatever comes of it, so that a change of one rate leaves the other faults where they were. */
  #pickByChance(write: boolean): StoreFault | undefined {
    const { refused = 0, unacknowledged = 0, full = 0 } = this.#options.rates ?? {};
    const [isRefused, isUnacknowledged, isFull] = [refused, unacknowledged, full].map((rate) =>
      this.#random.chance(rate),
    );
    if (isRefused === true) return "REFUSED";
    if (write && isUnacknowledged === true) return "UNACKNOWLEDGED";
    return write && isFull === true ? "FULL" : undefined;
  }

  #delay(call: Call<unknown>): number | undefined {
    const { host, rates, longestDelayMs = LONGEST_DELAY_MS } = this.#options;
    if (this.#healed || host === undefined || !this.#random.chance(rates?.delayed ?? 0)) return undefined;
    this.#record(call, "DELAYED");
    return 1 + this.#random.below(longestDelayMs);
  }

  async #sleep(ms: number): Promise<void> {
    const { host } = this.#options;
    if (ms === 0 || host === undefined) return;
    await new Promise<void>((resolve) => {
      host.timer(host.now() + ms, resolve);
    });
  }

  #record({ method, id, seq }: Call<unknown>, fault: FaultRecord["fault"]): void {
    this.#faults.push({
      call: this.#calls,
      method,
      ...(id !== undefined && { id }),
      ...(seq !== undefined && { seq }),
      fault,
    });
  }
}

const READS: readonly StoreMethod[] = ["read", "list", "expired", "snapshot"];

function isWrite(method: StoreMethod): boolean {
  return !READS.includes(method);
}

function thenFail(answer: MaybePromise<unknown>): Promise<never> {
  return Promise.resolve(answer).then(() => {
    throw failure("UNACKNOWLEDGED");
  });
}

function failure(fault: StoreFault): Error {
  if (fault === "FULL") return new StorageFullError("The store has no room left");
  return new StoreUnavailableError(fault === "REFUSED" ? "The store refused the call" : "The store did not answer");
}
