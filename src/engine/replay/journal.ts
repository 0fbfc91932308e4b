/**
 * The recorded operations of the execution, as far as its invocation has heard. Changes come from several sides (the
 * answer to a checkpoint, the outside), so a change may be told twice or late: an operation that is known in this
 * state, or in a later one, is no news.
 *
 * No code looks again at operations in a context that has its outcome and its value. Those recorded before this
 * invocation are not taken, and the others are let go of once the context has ended here, so that an invocation that is
 * parked for long holds few. Late changes of them are no news: their context is sealed, or was let go of itself.
 */

import { isRebuilt, isSettled, type Operation } from "../model/operation.ts";

/** Whether an operation changes what is known. STRAY: it lies in a context that is not known. */
type Novelty = "NEWS" | "KNOWN" | "STRAY";

export class Journal {
  readonly #operations = new Map<string, Operation>();
  /** By context: the ids of the operations recorded directly inside. */
  readonly #inside = new Map<string, string[]>();
  /** Contexts whose operations are not kept. */
  readonly #sealed = new Set<string>();
  /** Contexts whose outcome was recorded in this invocation, and whose operations are still kept. */
  #ended: string[] = [];

  /** How many operations are kept. */
  get size(): number {
    return this.#operations.size;
  }

  get(key: string): Operation | undefined {
    return this.#operations.get(key);
  }

  /** Takes the operations recorded before this invocation; answers those that concern the invocation. */
  load(operations: Iterable<Operation>): Operation[] {
    const visible: Operation[] = [];
    const hidden = new Set<string>();
    for (const operation of operations) {
      const { id, parentId, type } = operation;
      if (parentId !== undefined && (this.#sealed.has(parentId) || hidden.has(parentId))) {
        if (type === "CONTEXT") hidden.add(id);
        continue;
      }
      if (isSealed(operation)) this.#sealed.add(id);
      this.#add(operation);
      visible.push(operation);
    }
    return visible;
  }

  /**
   * Takes an operation as it is now, given how it was `known`, if that is news. A stray operation is not taken: it was
   * let go of, or its context is told after it.
   */
  take(operation: Operation, known: Operation | undefined): Novelty {
    if (known === undefined) {
      const { parentId } = operation;
      if (parentId !== undefined && this.#sealed.has(parentId)) return "KNOWN";
      if (parentId !== undefined && !this.#operations.has(parentId)) return "STRAY";
      this.#add(operation);
    } else {
      if (!isNewer(operation, known)) return "KNOWN";
      this.#operations.set(operation.id, operation);
    }
    if (isSealed(operation)) this.#ended.push(operation.id);
    return "NEWS";
  }

  /** True if something may be let go of. */
  get hasEnded(): boolean {
    return this.#ended.length > 0;
  }

  /**
   * Lets go of the operations in contexts that have ended and are closed. Answers the ids of these contexts and of
   * their operations. The cost is proportional to their number.
   */
  letGo(isClosed: (context: string) => boolean): string[] {
    const gone: string[] = [];
    for (const context of this.#ended) {
      if (!this.#operations.has(context) || !isClosed(context)) continue;
      this.#sealed.add(context);
      gone.push(context);
      this.#dropInside(context, gone);
    }
    this.#ended = [];
    return gone;
  }

  #dropInside(context: string, gone: string[]): void {
    const contexts = [context];
    for (let id = contexts.pop(); id !== undefined; id = contexts.pop()) {
      for (const inner of this.#inside.get(id) ?? []) {
        this.#operations.delete(inner);
        this.#sealed.delete(inner);
        gone.push(inner);
        if (this.#inside.has(inner)) contexts.push(inner);
      }
      this.#inside.delete(id);
    }
  }

  #add(operation: Operation): void {
    const { id, parentId } = operation;
    this.#operations.set(id, operation);
    if (parentId === undefined) return;
    const siblings = this.#inside.get(parentId);
    if (siblings === undefined) this.#inside.set(parentId, [id]);
    else siblings.push(id);
  }
}

/** True if no code looks into this context again: it has its outcome and its value. */
function isSealed(operation: Operation): boolean {
  return operation.type === "CONTEXT" && isSettled(operation.status) && !isRebuilt(operation);
}

/**
 * A settled operation changes no more; a step has as many attempts as before or more, and waits once after each.
 */
function isNewer(operation: Operation, known: Operation): boolean {
  if (operation === known || isSettled(known.status)) return false;
  if (operation.type !== "STEP" || known.type !== "STEP" || operation.attempt > known.attempt) return true;
  return operation.attempt === known.attempt && !(operation.status === "PENDING" && known.status === "READY");
}
