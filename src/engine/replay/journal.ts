/**
 * What is recorded of the execution, as far as its invocation has heard. Changes come from several sides (the answer to
 * a checkpoint, the outside), so one may be told twice or late: whatever is known already, or better, is no news.
 */

import { isRebuilt, isSettled, type Operation } from "../model/operation.ts";

export class Journal {
  readonly #operations = new Map<string, Operation>();
  /** Contexts that had their outcome before this invocation, and those in them: nobody looks into them again. */
  readonly #sealed = new Set<string>();

  get(key: string): Operation | undefined {
    return this.#operations.get(key);
  }

  /** Takes what was recorded before this invocation; answers what of it concerns the invocation. */
  load(operations: Iterable<Operation>): Operation[] {
    const visible: Operation[] = [];
    for (const operation of operations) {
      if (this.#isOutOfReach(operation)) continue;
      if (isSealed(operation)) this.#sealed.add(operation.id);
      this.#operations.set(operation.id, operation);
      visible.push(operation);
    }
    return visible;
  }

  /** Takes an operation as it is now, given how it was `known`. False if that is no news. */
  take(operation: Operation, known: Operation | undefined): boolean {
    if (known === undefined ? this.#isOutOfReach(operation) : !isNewer(operation, known)) return false;
    this.#operations.set(operation.id, operation);
    return true;
  }

  #isOutOfReach({ id, parentId, type }: Operation): boolean {
    if (parentId === undefined || !this.#sealed.has(parentId)) return false;
    if (type === "CONTEXT") this.#sealed.add(id);
    return true;
  }
}

/** True if nobody looks into this context again: it has its outcome and its value. */
function isSealed(operation: Operation): boolean {
  return operation.type === "CONTEXT" && isSettled(operation.status) && !isRebuilt(operation);
}

/** What is settled changes no more; a step has as many attempts as before or more, and after each of them waits once. */
function isNewer(operation: Operation, known: Operation): boolean {
  if (operation === known || isSettled(known.status)) return false;
  if (operation.type !== "STEP" || known.type !== "STEP" || operation.attempt > known.attempt) return true;
  return operation.attempt === known.attempt && !(operation.status === "PENDING" && known.status === "READY");
}
