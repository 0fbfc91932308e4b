import { decodeCommit } from "../engine/machine/commit-codec.ts";
import { fold } from "../engine/machine/fold.ts";
import { historyOf } from "../engine/machine/history.ts";
import { violations } from "../engine/machine/invariants.ts";
import { emptyState, type ExecutionState } from "../engine/machine/state.ts";
import type { HistoryEvent } from "../engine/model/history.ts";
import type { CallbackOperation, Operation } from "../engine/model/operation.ts";
import type { MemoryStore } from "../adapters/memory/memory-store.ts";

/** An execution as its log says it is, read from the store and from nobody's memory. */
export class ExecutionView {
  readonly id: string;
  readonly #disk: MemoryStore;
  readonly #state: ExecutionState = emptyState({ keepsAll: true });
  readonly #log: string[] = [];
  readonly #changes = new Map<string, number>();

  constructor(id: string, disk: MemoryStore) {
    this.id = id;
    this.#disk = disk;
  }

  /** The commits' texts, oldest first. */
  get log(): readonly string[] {
    this.#read();
    return this.#log;
  }

  get state(): ExecutionState {
    this.#read();
    return this.#state;
  }

  get hasSettled(): boolean {
    const { header } = this.state;
    return header.status !== "RUNNING" || header.halt !== undefined;
  }

  /** In the order in which they started. */
  get operations(): readonly Operation[] {
    return [...this.state.operations.values()];
  }

  get history(): readonly HistoryEvent[] {
    return [...historyOf(this.log.map(decodeCommit))];
  }

  /** The machine's invariants that the state breaks. */
  get violations(): readonly string[] {
    return violations(this.state);
  }

  /** The `index`-th operation with this name. */
  operation(name: string, index = 0): Operation | undefined {
    return this.operations.filter((operation) => operation.name === name)[index];
  }

  /** The number of the commit that changed an operation last. */
  changedAt(operation: Operation): number {
    return this.#changes.get(operation.id) ?? 0;
  }

  /** The `index`-th callback with this name; a callback that `waitForCallback` made has the name of that. */
  callback(name: string, index = 0): CallbackOperation | undefined {
    const named = this.operations.filter(
      (operation) => operation.type === "CALLBACK" && this.isCallbackOf(operation, name),
    );
    return named[index] as CallbackOperation | undefined;
  }

  /** Callbacks that may still be completed. */
  get openCallbacks(): readonly CallbackOperation[] {
    const { callbacks, operations } = this.state;
    return [...callbacks.values()].map((id) => operations.get(id) as CallbackOperation);
  }

  /** Steps and conditions whose function may be running, in words. */
  get running(): readonly string[] {
    const started = this.operations.filter(({ type, status }) => type === "STEP" && status === "STARTED");
    return started.map(({ id, name }) => `step ${name === undefined ? id : `"${name}"`}`);
  }

  /** The operations that the execution waits for, in words. */
  get awaited(): readonly string[] {
    const open = this.operations.filter(
      ({ status }) => status === "STARTED" || status === "PENDING" || status === "READY",
    );
    return open.map(({ id, type, status, name }) => `${type} ${name === undefined ? id : `"${name}"`} ${status}`);
  }

  /** True if this is the name of the callback, or of the `waitForCallback` around it. */
  isCallbackOf(operation: CallbackOperation, name: string): boolean {
    if (operation.name === name) return true;
    const parent = operation.parentId === undefined ? undefined : this.#state.operations.get(operation.parentId);
    return parent?.name === name && parent.subType === "WaitForCallback";
  }

  #read(): void {
    for (;;) {
      const { bodies, next } = this.#disk.read(this.id, this.#log.length + 1) ?? { bodies: [] };
      for (const body of bodies) {
        const changed = fold(this.#state, decodeCommit(body));
        this.#log.push(body);
        for (const { id } of changed) this.#changes.set(id, this.#log.length);
      }
      if (next === undefined) return;
    }
  }
}
