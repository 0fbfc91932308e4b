import { type Operation, placeOf } from "../engine/model/operation.ts";
import type { InvocationRequest } from "../engine/runner/function.ts";

/**
 * The operations that have changed from outside since the invocation before, in the order of the journal: AWS's service
 * tells its SDK, which tells plugins.
 */
export function updatedOperations({ journal, heard }: Pick<InvocationRequest, "journal" | "heard">): Operation[] {
  return journal.filter(
    (operation) => operation.status === "READY" || (isFromOutside(operation) && (placeOf(operation) ?? 0) > heard),
  );
}

/** Its outcome, if it has one, is recorded by the machine or by a client. */
function isFromOutside({ type }: Operation): boolean {
  return type === "WAIT" || type === "CALLBACK" || type === "CHAINED_INVOKE";
}
