import type { ContextOperation, Operation } from "../../model/operation.ts";
import type { OperationUpdate } from "../../model/update.ts";
import type { Draft } from "../../model/draft.ts";
import type { OperationKind, SettlingFact } from "./kind.ts";
import { misplacedOutcome, noEvents, nothing } from "./rules.ts";

/** Contains other operations; context-tree.ts says which of them end with the context. */
export const context: OperationKind<ContextOperation> = {
  type: "CONTEXT",
  actions: ["START", "SUCCEED", "FAIL"],
  mayFollowStart: true,
  illegalTransition,
  check: nothing,

  begin: nothing,
  conclude: (fact, update) => {
    if (update.replayChildren === true) fact.replayChildren = true;
    if (update.after != null) fact.after = update.after;
  },

  introduce: ({ id }, at) => ({ type: "CONTEXT", id, status: "STARTED", startedAt: at }),
  progress: nothing,
  mayEnd: (known, status) => known.status === "STARTED" && (status === "SUCCEEDED" || status === "FAILED"),
  finish,

  register: undefined,
  fired: nothing,

  events: {
    ...noEvents,
    STARTED: "ContextStarted",
    SUCCEEDED: "ContextSucceeded",
    FAILED: "ContextFailed",
  },
  describe: nothing,
};

function illegalTransition(update: OperationUpdate, known: Operation | undefined): string | undefined {
  if (update.action === "START") return known === undefined ? undefined : "Cannot start a CONTEXT that already exists.";
  const isOpen = known === undefined || known.status === "STARTED";
  return isOpen ? misplacedOutcome(update) : "Invalid current CONTEXT state to close.";
}

function finish(known: ContextOperation, fact: SettlingFact): Draft<ContextOperation> {
  const draft: Draft<ContextOperation> = { ...known };
  if ("replayChildren" in fact && fact.replayChildren === true) draft.replayChildren = true;
  return draft;
}
