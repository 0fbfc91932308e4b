import { chain, type MaybePromise } from "../engine/ports/maybe-promise.ts";
import type {
  DirectoryRow,
  DirectoryScan,
  ExecutionStore,
  LogPage,
  ReadOptions,
} from "../engine/ports/execution-store.ts";
import { createDrain } from "../adapters/hosts/drain.ts";
import { type SeededRandom, seededRandom } from "./seeded-random.ts";

/** The delays of calls. */
export interface AsyncStoreOptions {
  /** Default 1. */
  readonly seed?: number;
  /** The source of the longer turns; default: the platform's. */
  readonly drain?: (next: () => void) => void;
}

/** The most microtasks that one side of a call waits. */
const MOST_MICROTASKS = 4;
const CHANCE_OF_TURN = 0.3;

/**
 * Makes a store take its time: each call reaches it some turns later, and the answer takes some more, so that calls
 * overtake each other as they do on a network. The seed decides which.
 */
export class AsyncStore implements ExecutionStore {
  readonly #store: ExecutionStore;
  readonly #random: SeededRandom;
  readonly #drain: (next: () => void) => void;

  constructor(store: ExecutionStore, options: AsyncStoreOptions = {}) {
    this.#store = store;
    this.#random = seededRandom(options.seed ?? 1);
    this.#drain = options.drain ?? createDrain();
  }

  create(row: DirectoryRow, body: string): Promise<"created" | "exists"> {
    const kept = { ...row };
    return this.#later(() => this.#store.create(kept, body));
  }

  append(id: string, seq: number, body: string, incarnation: string): Promise<"appended" | "taken" | "gone"> {
    return this.#later(() => this.#store.append(id, seq, body, incarnation));
  }

  read(id: string, from: number, options?: ReadOptions): Promise<LogPage | undefined> {
    return this.#later(() => this.#store.read(id, from, options));
  }

  putRow(row: DirectoryRow): Promise<void> {
    const kept = { ...row };
    return this.#later(() => this.#store.putRow(kept));
  }

  list(scan: DirectoryScan): Promise<readonly DirectoryRow[]> {
    return this.#later(() => this.#store.list(scan));
  }

  expired(now: number, limit: number): Promise<readonly DirectoryRow[]> {
    return this.#later(() => this.#store.expired(now, limit));
  }

  keepSnapshot(id: string, snapshot: string, incarnation: string): Promise<void> {
    return this.#later(() => this.#store.keepSnapshot(id, snapshot, incarnation));
  }

  snapshot(id: string, incarnation: string): Promise<string | undefined> {
    return this.#later(() => this.#store.snapshot(id, incarnation));
  }

  remove(id: string, incarnation: string): Promise<void> {
    return this.#later(() => this.#store.remove(id, incarnation));
  }

  async #later<T>(call: () => MaybePromise<T>): Promise<T> {
    const wayBack = this.#turns();
    await this.#pass(this.#turns());
    return chain(call(), (answer) => chain(this.#pass(wayBack), () => answer));
  }

  /** The length of one way: a number of microtasks, or undefined for a whole turn. */
  #turns(): number | undefined {
    return this.#random.chance(CHANCE_OF_TURN) ? undefined : this.#random.below(MOST_MICROTASKS + 1);
  }

  async #pass(turns: number | undefined): Promise<void> {
    if (turns === undefined) return new Promise((resolve) => this.#drain(resolve));
    for (let turn = 0; turn < turns; turn++) await Promise.resolve();
  }
}
