import { isSettled, type Operation } from "../model/operation.ts";
import type { ExecutionState } from "./state.ts";

/**
 * The operations that replay reads, in the order in which they started: without what lies inside contexts that
 * completed and are not rebuilt from their children.
 */
export function journalOf(state: ExecutionState): readonly Operation[] {
  if (!state.keepsAll) return [...state.operations.values()];
  const sealed = new Set<string>();
  const journal: Operation[] = [];
  for (const operation of state.operations.values()) {
    const isHidden = operation.parentId !== undefined && sealed.has(operation.parentId);
    if (!isHidden) journal.push(operation);
    if (isHidden || isSealed(operation)) sealed.add(operation.id);
  }
  return journal;
}

function isSealed(operation: Operation): boolean {
  return operation.type === "CONTEXT" && isSettled(operation.status) && operation.replayChildren !== true;
}
