import {
  type DirectoryRow,
  type DirectoryScan,
  type ExecutionStore,
  type LogPage,
  type ReadOptions,
  StorageFullError,
} from "perdure/engine";
import type { FromWorker, StoreMethod, ToWorker } from "./protocol.ts";

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** The page's storage, as the worker sees it. */
export class PageStore implements ExecutionStore {
  readonly #send: (message: FromWorker) => void;
  readonly #waiting = new Map<number, Waiting>();
  readonly #lengths = new Map<string, number>();
  readonly #refusals = new WeakSet<object>();
  #calls = 0;

  constructor(send: (message: FromWorker) => void) {
    this.#send = send;
  }

  /** The number of commits of an execution that this process knows of. */
  lengthOf(id: string): number {
    return this.#lengths.get(id) ?? 0;
  }

  /** Takes the page's answer to a call. */
  take(message: Extract<ToWorker, { type: "stored" | "refused" }>): void {
    const waiting = this.#waiting.get(message.call);
    this.#waiting.delete(message.call);
    if (message.type === "stored") return waiting?.resolve(message.value);
    const refusal = message.isFull ? new StorageFullError(message.message) : new Error(message.message);
    this.#refusals.add(refusal);
    waiting?.reject(refusal);
  }

  /** True if the error came from the page's storage. */
  hasFailedWith(error: unknown): boolean {
    return typeof error === "object" && error !== null && this.#refusals.has(error);
  }

  create(row: DirectoryRow, body: string): Promise<"created" | "exists"> {
    this.#saw(row.id, 1);
    return this.#call("create", row, body);
  }

  append(id: string, seq: number, body: string, incarnation: string): Promise<"appended" | "taken" | "gone"> {
    this.#saw(id, seq);
    return this.#call("append", id, seq, body, incarnation);
  }

  async read(id: string, from: number, options?: ReadOptions): Promise<LogPage | undefined> {
    const page = await this.#call<LogPage | undefined>("read", id, from, options);
    if (page !== undefined) this.#saw(id, from + page.bodies.length - 1);
    return page;
  }

  putRow(row: DirectoryRow): Promise<void> {
    return this.#call("putRow", row);
  }

  list(scan: DirectoryScan): Promise<readonly DirectoryRow[]> {
    return this.#call("list", scan);
  }

  keepSnapshot(id: string, snapshot: string, incarnation: string): Promise<void> {
    return this.#call("keepSnapshot", id, snapshot, incarnation);
  }

  snapshot(id: string, incarnation: string): Promise<string | undefined> {
    return this.#call("snapshot", id, incarnation);
  }

  /** Nothing ages out by a clock that can be put a year ahead: the page clears away what is old by the right one. */
  async expired(): Promise<readonly DirectoryRow[]> {
    return [];
  }

  async remove(): Promise<void> {}

  #saw(id: string, length: number): void {
    this.#lengths.set(id, Math.max(length, this.lengthOf(id)));
  }

  #call<T>(method: StoreMethod, ...args: readonly unknown[]): Promise<T> {
    const call = ++this.#calls;
    return new Promise<T>((resolve, reject) => {
      this.#waiting.set(call, { resolve: resolve as (value: unknown) => void, reject });
      this.#send({ type: "store", call, method, args });
    });
  }
}
