/** Rules that several kinds share. */

import type { Draft } from "../../model/draft.ts";
import type { Operation } from "../../model/operation.ts";
import type { OperationUpdate } from "../../model/update.ts";
import type { OperationFact, OperationKind, UpdateRules } from "./kind.ts";

/** AWS's rules for what an outcome may carry. */
export function misplacedOutcome(update: OperationUpdate): string | undefined {
  if (update.action === "FAIL" && update.payload != null) return "Cannot provide a Payload for FAIL action.";
  if (update.action === "SUCCEED" && update.error != null) return "Cannot provide an Error for SUCCEED action.";
  return undefined;
}

/** For members of a record that have nothing to do for their kind. */
export function nothing(): undefined {
  return undefined;
}

/** For the `finish` of kinds that have nothing to leave out. */
export function copy<Op extends Operation>(operation: Op): Draft<Op> {
  return { ...operation };
}

/** For a record's `events`: no fact stands for an event unless the record says so. */
export const noEvents: Readonly<Record<OperationFact["kind"], undefined>> = {
  STARTED: undefined,
  SUCCEEDED: undefined,
  FAILED: undefined,
  RETRIED: undefined,
  READY: undefined,
  HEARTBEAT: undefined,
  TIMED_OUT: undefined,
  STOPPED: undefined,
  CANCELLED: undefined,
};

/** The rules of the execution's own outcome, which an SDK may send as an update. */
export const executionRules: UpdateRules = {
  actions: ["SUCCEED", "FAIL"],
  illegalTransition: misplacedOutcome,
  check: nothing,
};

type Awaited = Pick<OperationKind, "actions" | "mayFollowStart" | "illegalTransition" | "conclude">;

/** The rules of kinds that an invocation starts or cancels, and that end without the invocation's code. */
export const awaited: Awaited = {
  actions: ["START", "CANCEL"],
  mayFollowStart: false,
  illegalTransition: illegalAwaited,
  conclude: nothing,
};

function illegalAwaited({ type, action }: OperationUpdate, known: Operation | undefined): string | undefined {
  if (action === "START") return known === undefined ? undefined : `Cannot start a ${type} that already exists.`;
  return known?.status === "STARTED"
    ? undefined
    : `Cannot cancel a ${type} that does not exist or has already completed.`;
}
