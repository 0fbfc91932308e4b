/**
 * Which operations have changed between two invocations: AWS's service tells its SDK, which tells plugins.
 *
 * It follows from the journal. What reached user code before has a number, and whatever an invocation recorded says how
 * many results had reached it by then. An outcome from outside with a higher number came later.
 */

import { type Operation, placeOf } from "../engine/model/operation.ts";

/** In the order of the journal. */
export function updatedOperations(journal: readonly Operation[]): Operation[] {
  const seen = journal.reduce((most, operation) => Math.max(most, seenBy(operation)), 0);
  return journal.filter(
    (operation) => operation.status === "READY" || (isFromOutside(operation) && (placeOf(operation) ?? 0) > seen),
  );
}

/** How many results had reached user code, at least, when this was recorded. */
function seenBy(operation: Operation): number {
  const own = isFromOutside(operation) ? 0 : (placeOf(operation) ?? 0);
  return Math.max(operation.after ?? 0, operation.opened ?? 0, own);
}

/** Its outcome, if it has one, is recorded by the machine or by a client. */
function isFromOutside({ type }: Operation): boolean {
  return type === "WAIT" || type === "CALLBACK" || type === "CHAINED_INVOKE";
}
