/**
 * Which operations user code has called and still waits for, and which it can no longer call: those in contexts that
 * have closed. Results of the former are handed over, results of the latter passed over.
 */

import type { Operation } from "../model/operation.ts";
import type { Due } from "./due-results.ts";
import type { Taker } from "./taker.ts";

export class Takers {
  /** By stored id: takers whose result is not the next one, or not there yet. */
  readonly #takers = new Map<string, Taker>();
  /** Keys of recorded contexts that have closed in this invocation, and of operations left uncalled in virtual ones. */
  readonly #closed = new Set<string>();
  /** Takers of results that this invocation does not decide; some in contexts that have closed. */
  readonly #outside = new Set<Taker>();
  readonly #operation: (key: string) => Operation | undefined;

  constructor(operation: (key: string) => Operation | undefined) {
    this.#operation = operation;
  }

  get(key: string): Taker | undefined {
    return this.#takers.get(key);
  }

  set(key: string, taker: Taker): void {
    this.#takers.set(key, taker);
  }

  delete(key: string): void {
    this.#takers.delete(key);
  }

  /** Who called the operation of this result. */
  of(due: Due): Taker | undefined {
    return due.taker ?? this.#takers.get(due.operation.id);
  }

  /** The result has reached its taker, or was passed over. The taker of a start stays for the outcome. */
  release(due: Due): void {
    const { id } = due.operation;
    const taker = this.of(due);
    if (!due.opening && taker !== undefined) this.#outside.delete(taker);
    if (due.taker === undefined) {
      if (!due.opening) this.#takers.delete(id);
    } else if (due.opening) {
      this.#takers.set(id, due.taker);
    }
  }

  /** A result is to come whose time this invocation does not decide. */
  expectOutside(taker: Taker): void {
    this.#outside.add(taker);
  }

  /** True if a result may be recorded that reaches user code, and whose place this invocation does not decide. */
  get expectsOutside(): boolean {
    for (const taker of this.#outside) {
      if (!taker.scope.isClosed) return true;
      this.#outside.delete(taker);
    }
    return false;
  }

  /** The recorded state of the operations that user code has called and that have no outcome yet. */
  *awaited(): Generator<Operation> {
    for (const key of this.#takers.keys()) {
      const operation = this.#operation(key);
      if (operation !== undefined) yield operation;
    }
  }

  /** User code will not call this operation, or any in it, from now on. */
  close(key: string): void {
    this.#closed.add(key);
  }

  /** True if this context has closed, or if this operation was closed by itself. */
  hasClosed(key: string): boolean {
    return this.#closed.has(key);
  }

  /** No result of this operation will come any more, nor of the operations in it. */
  forget(key: string): void {
    const taker = this.#takers.get(key);
    if (taker !== undefined) this.#outside.delete(taker);
    this.#takers.delete(key);
    this.#closed.delete(key);
  }

  /** How many operations are kept: those that have a taker, and those that are closed. */
  get size(): number {
    return this.#takers.size + this.#closed.size;
  }

  /** True if the operation, or a context around it, is closed, so that user code will never call it. */
  isClosed(operation: Operation): boolean {
    return this.liesIn(operation, this.#closed);
  }

  /** True if the operation is one of these contexts, or in one of them. */
  liesIn({ id }: Operation, contexts: ReadonlySet<string>): boolean {
    for (let key: string | undefined = id; key !== undefined; key = this.#operation(key)?.parentId) {
      if (contexts.has(key)) return true;
    }
    return false;
  }
}
