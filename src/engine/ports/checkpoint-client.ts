/**
 * The contract between the replay half and the machine half. Two implementations: our machine in process, and the
 * Lambda API.
 *
 * `checkpoint` records all of `updates` or none. Every operation that changed, by its own updates or outside, is told
 * once: with the answer, or before it to the invocation's `absorb`, for machines that can push. Newly settled operations
 * carry their delivery number, and those numbers grow from one telling to the next. Calls are made one at a time. An
 * empty list is legal and asks for changes only.
 */

import type { Operation } from "../model/operation.ts";
import type { OperationUpdate } from "../model/update.ts";
import type { MaybePromise } from "./maybe-promise.ts";

/** Where an invocation's updates are recorded. */
export interface CheckpointClient {
  /**
   * Records all of `updates` or none, and answers with the operations that changed. It throws or rejects if none is
   * recorded.
   */
  checkpoint(updates: readonly OperationUpdate[]): MaybePromise<readonly Operation[]>;
}

/** How far a failed checkpoint reaches: the invocation is tried again, or the execution fails. */
export const FaultScope = { INVOCATION: "INVOCATION", EXECUTION: "EXECUTION" } as const;
export type FaultScope = (typeof FaultScope)[keyof typeof FaultScope];
