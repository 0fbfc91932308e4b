/**
 * The operations that complete with a context. No code waits for operations left open inside a completed context, so
 * their timers, callbacks and invokes are closed with the context; they keep their status, as on AWS, but nothing about
 * them changes any more. All operations inside are also forgotten, unless the context is rebuilt from its children at
 * replay. Each operation is closed once and forgotten once, so the cost is that of recording it.
 */

import type { ContextOperation, Operation } from "../model/operation.ts";
import { isSettled } from "../model/operation.ts";
import { allKinds, kindOf } from "./kinds/kinds.ts";
import type { ExecutionState } from "./state.ts";

/** Notes the place of a new operation. */
export function adopt(state: ExecutionState, operation: Operation): void {
  if (operation.parentId === undefined) return;
  const siblings = state.children.get(operation.parentId);
  if (siblings === undefined) state.children.set(operation.parentId, [operation.id]);
  else siblings.push(operation.id);
}

/** Closes what is open inside a context that has its outcome, and forgets operations that no replay will read again. */
export function closeContext(state: ExecutionState, context: ContextOperation): void {
  const forgets = context.replayChildren !== true && !state.keepsAll;
  const contexts = [context.id];
  for (let id = contexts.pop(); id !== undefined; id = contexts.pop()) {
    for (const childId of state.children.get(id) ?? []) {
      const child = state.operations.get(childId);
      if (child === undefined) continue;
      if (!isSettled(child.status)) release(state, child);
      if (child.type === "CONTEXT" && (forgets || abandon(state, child))) contexts.push(childId);
      if (forgets) forget(state, childId);
    }
    if (forgets) state.children.delete(id);
  }
}

/** Disarms everything when the execution itself is over. */
export function closeAll(state: ExecutionState): void {
  state.timers.clear();
  for (const { register } of allKinds) register?.closeAll(state);
}

/** Takes an operation out of everything that could still change it. */
export function release(state: ExecutionState, operation: Operation): void {
  state.timers.disarm(operation.id);
  kindOf(operation).register?.close(state, operation);
}

/** True if the context was open, so that operations are left to close inside it. */
function abandon(state: ExecutionState, context: ContextOperation): boolean {
  if (context.status !== "STARTED" || state.abandoned.has(context.id)) return false;
  state.abandoned.add(context.id);
  return true;
}

function forget(state: ExecutionState, id: string): void {
  state.operations.delete(id);
  state.abandoned.delete(id);
  state.forgotten.add(id);
}
