/**
 * One context of user code: it hands out positions, and knows whether it is still open. A position is the path of
 * counters from the root (`1`, `1-2`), so the same code reaches the same positions in every run.
 *
 * A virtual scope has positions of its own but no record: its operations belong to the nearest recorded context.
 */

import type { InvocationCore } from "./core.ts";

export interface ScopeOptions {
  readonly position: string;
  readonly name?: string | undefined;
  /** The stored id of the nearest recorded context; absent in the root. */
  readonly recordedKey?: string | undefined;
  /** True if this scope has a record of its own. */
  readonly isRecorded: boolean;
  /** The context has its outcome and runs only to rebuild the value: nothing new may start in it. */
  readonly isRebuilding: boolean;
}

export class Scope {
  readonly invocation: InvocationCore;
  readonly parent: Scope | undefined;
  readonly position: string;
  readonly name: string | undefined;
  readonly recordedKey: string | undefined;
  readonly isRebuilding: boolean;
  /** Of a branch written without a parameter: the outer scope whose calls inside the branch belong to the branch. */
  adopts: Scope | undefined = undefined;
  /** Added to the message when another context is used in this one. */
  hint = "";
  readonly #isRecorded: boolean;
  /** Made for the first child: most contexts of a large batch have none. */
  #children: Set<Scope> | undefined;
  #closeListeners: Set<() => void> | undefined;
  #count = 0;
  #closed = false;
  #executing = 0;
  #waiting = 0;

  constructor(invocation: InvocationCore, parent: Scope | undefined, options: ScopeOptions) {
    this.invocation = invocation;
    this.parent = parent;
    this.position = options.position;
    this.name = options.name;
    this.recordedKey = options.recordedKey;
    this.isRebuilding = options.isRebuilding;
    this.#isRecorded = options.isRecorded;
    if (parent !== undefined) parent.#adopt(this);
  }

  get isClosed(): boolean {
    return this.#closed || this.invocation.isOver;
  }

  /** The position of the next operation. */
  nextPosition(): string {
    this.#count++;
    return this.position === "" ? `${this.#count}` : `${this.position}-${this.#count}`;
  }

  startExecuting(): void {
    if (this.isClosed) return;
    this.#executing++;
    this.invocation.executing++;
  }

  stopExecuting(): void {
    if (this.#closed) return;
    this.#executing--;
    this.invocation.executing--;
    this.invocation.schedule();
  }

  startWaiting(): void {
    if (this.isClosed) return;
    this.#waiting++;
    this.invocation.waiting++;
    this.invocation.schedule();
  }

  stopWaiting(): void {
    if (this.#closed) return;
    this.#waiting--;
    this.invocation.waiting--;
  }

  /** Closes this context and all in it: late calls start nothing, late results reach no code. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.invocation.executing -= this.#executing;
    this.invocation.waiting -= this.#waiting;
    if (this.parent !== undefined) this.parent.#children?.delete(this);
    if (this.#isRecorded && this.recordedKey !== undefined) this.invocation.delivery.takers.close(this.recordedKey);
    else if (!this.invocation.isOver) hideFrom(this.invocation, this.position, this.#count + 1);
    this.#children?.forEach((child) => child.close());
    this.#closeListeners?.forEach((listener) => listener());
  }

  /** Calls back once this context is closed. The returned function takes that back. */
  onClose(listener: () => void): () => void {
    const listeners = (this.#closeListeners ??= new Set());
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }

  /** How many listeners are called back once this context is closed. */
  get listenerCount(): number {
    return this.#closeListeners?.size ?? 0;
  }

  #adopt(child: Scope): void {
    this.#children ??= new Set();
    this.#children.add(child);
  }
}

/**
 * Closes the operations that the log holds in a virtual context whose function has ended without calling them this
 * time: code that the function does not wait for was on its way to them. A recorded context closes all that is in it.
 */
function hideFrom(invocation: InvocationCore, position: string, first: number): void {
  for (let number = first; ; number++) {
    const inner = `${position}-${number}`;
    const key = invocation.keyOf(inner);
    if (invocation.stored(key) !== undefined) invocation.delivery.takers.close(key);
    else if (invocation.stored(invocation.keyOf(`${inner}-1`)) !== undefined) hideFrom(invocation, inner, 1);
    else return;
  }
}
