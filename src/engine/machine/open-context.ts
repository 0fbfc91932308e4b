import type { Operation } from "../model/operation.ts";
import { isSettled } from "../model/operation.ts";
import type { ExecutionState } from "./state.ts";

/** True if operations may start and change inside this context. */
export function isOpenContext(state: ExecutionState, id: string): boolean {
  const context = state.operations.get(id);
  return context?.type === "CONTEXT" && context.status === "STARTED" && !state.abandoned.has(id);
}

/** True if a context can have ended after this delivery number: the number has been given out, or is 0. */
export function isPlace(state: ExecutionState, after: number): boolean {
  return Number.isInteger(after) && after >= 0 && after <= state.deliveries;
}

/** True if the operation is open, and its outcome may still come. */
export function isLive(state: ExecutionState, operation: Operation): boolean {
  if (state.header.status !== "RUNNING" || isSettled(operation.status)) return false;
  return operation.parentId === undefined || isOpenContext(state, operation.parentId);
}
