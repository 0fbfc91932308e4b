import type { ChainedInvokeOperation } from "../model/operation.ts";
import { allKinds } from "./kinds/kinds.ts";
import type { ExecutionState } from "./state.ts";

/** Chained invokes without an outcome, in the order in which they started. */
export function openInvokes(state: ExecutionState): readonly ChainedInvokeOperation[] {
  const open: ChainedInvokeOperation[] = [];
  for (const id of state.openInvokes) {
    const operation = state.operations.get(id);
    if (operation?.type === "CHAINED_INVOKE") open.push(operation);
  }
  return open;
}

/** True if something is under way that can wake the execution: a wait, a retry, a callback or an invoke. */
export function hasPending(state: ExecutionState): boolean {
  return state.timers.size > 0 || allKinds.some(({ register }) => register?.isUsed(state) === true);
}

export function isEnded(state: ExecutionState): boolean {
  return state.header.status !== "RUNNING";
}
