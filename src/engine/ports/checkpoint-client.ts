/**
 * The contract between the replay half and the machine half. Two implementations: our machine in process, and the
 * Lambda API.
 *
 * `checkpoint` records all of `updates` or none, and answers with every operation that changed since the last answer,
 * its own updates included. Newly settled operations in it carry their delivery number, and those numbers grow from
 * answer to answer. Calls are made one at a time. An empty list is legal and asks for changes only.
 */

import type { Operation } from "../model/operation.ts";
import type { OperationUpdate } from "../model/update.ts";
import type { MaybePromise } from "./maybe-promise.ts";

export interface CheckpointClient {
  checkpoint(updates: readonly OperationUpdate[]): MaybePromise<readonly Operation[]>;
}

/** How far a failed checkpoint reaches: the invocation is tried again, or the execution fails. */
export const FaultScope = { INVOCATION: "INVOCATION", EXECUTION: "EXECUTION" } as const;
export type FaultScope = (typeof FaultScope)[keyof typeof FaultScope];
