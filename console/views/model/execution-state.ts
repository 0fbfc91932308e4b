/** The state of an execution, in one word: its status, or why a running one does nothing. */

import type { DirectoryRow, ExecutionHeader, ExecutionStatus } from "perdure/engine";

export type ExecutionStateName = ExecutionStatus | "HALTED" | "PAUSED" | "SCHEDULED";

/** As of `now`, ms since the epoch. */
export function stateOfRow({ status, halted, haltReason, startAt }: DirectoryRow, now: number): ExecutionStateName {
  if (halted === true) return haltReason === "PAUSED" ? "PAUSED" : "HALTED";
  return isToCome(status, startAt, now) ? "SCHEDULED" : status;
}

/** As of `now`, ms since the epoch. */
export function stateOfHeader({ status, halt, startAt }: ExecutionHeader, now: number): ExecutionStateName {
  if (halt !== undefined) return halt.reason === "PAUSED" ? "PAUSED" : "HALTED";
  return isToCome(status, startAt, now) ? "SCHEDULED" : status;
}

function isToCome(status: ExecutionStatus, startAt: number | undefined, now: number): boolean {
  return status === "RUNNING" && startAt !== undefined && startAt > now;
}
