import type { OperationRetried } from "../../model/commit.ts";
import type { Draft } from "../../model/draft.ts";
import type { HistoryEvent } from "../../model/history.ts";
import type { Operation, StepOperation } from "../../model/operation.ts";
import type { OperationUpdate } from "../../model/update.ts";
import { checkSeconds } from "../limits.ts";
import type { EventSubject, OperationFact, OperationKind } from "./kind.ts";
import { misplacedOutcome, noEvents, nothing } from "./rules.ts";

/** A user function that runs until it succeeds or is given up, attempt by attempt. */
export const step: OperationKind<StepOperation> = {
  type: "STEP",
  actions: ["START", "SUCCEED", "FAIL", "RETRY"],
  mayFollowStart: true,
  illegalTransition,
  check: ({ action, nextAttemptDelaySeconds }) =>
    action === "RETRY" ? checkSeconds(nextAttemptDelaySeconds, "Delay of the next attempt in seconds", 1) : undefined,

  begin: nothing,
  conclude: nothing,

  introduce: ({ id }, at) => ({ type: "STEP", id, status: "STARTED", startedAt: at, attempt: 0 }),
  progress,
  mayEnd: (known, status) => isClosable(known) && (status === "SUCCEEDED" || status === "FAILED"),
  finish,

  register: undefined,
  fired: ({ id }) => ({ kind: "READY", id }),

  events: {
    ...noEvents,
    STARTED: "StepStarted",
    SUCCEEDED: "StepSucceeded",
    FAILED: "StepFailed",
    RETRIED: "StepFailed",
  },
  describe,
};

function illegalTransition(update: OperationUpdate, known: Operation | undefined): string | undefined {
  switch (update.action) {
    case "START":
      return known === undefined || known.status === "READY" ? undefined : "Invalid current STEP state to start.";
    case "RETRY":
      if (!isClosable(known)) return "Invalid current STEP state to re-attempt.";
      if (update.nextAttemptDelaySeconds == null) return "Invalid StepOptions for the given action.";
      if (update.error != null && update.payload != null) {
        return "Cannot provide both error and payload to RETRY a STEP.";
      }
      return undefined;
    default:
      return isClosable(known) ? misplacedOutcome(update) : "Invalid current STEP state to close.";
  }
}

/** True if an attempt may end now: an attempt runs, or its start is not worth a record of its own. */
function isClosable(known: Operation | undefined): boolean {
  return known === undefined || known.status === "STARTED" || known.status === "READY";
}

function progress(known: StepOperation, fact: OperationFact): StepOperation | undefined {
  switch (fact.kind) {
    case "STARTED":
      return known.status === "READY" ? restarted(known) : undefined;
    case "RETRIED":
      return isClosable(known) ? retried(known, fact) : undefined;
    case "READY":
      return known.status === "PENDING" ? { ...known, status: "READY" } : undefined;
    default:
      return undefined;
  }
}

/** The next attempt begins, with the state of a waitForCondition from the last attempt. */
function restarted(known: StepOperation): StepOperation {
  const { error: _error, nextAttemptAt: _nextAttemptAt, ...rest } = known;
  return { ...rest, status: "STARTED" };
}

function retried(known: StepOperation, fact: OperationRetried): StepOperation {
  const { result: _result, error: _error, ...rest } = known;
  const draft: Draft<StepOperation> = {
    ...rest,
    status: "PENDING",
    attempt: known.attempt + 1,
    nextAttemptAt: fact.dueAt,
  };
  if (fact.result !== undefined) draft.result = fact.result;
  if (fact.error !== undefined) draft.error = fact.error;
  return draft;
}

/** The attempt is over, and the fields of the attempt before are gone. */
function finish(known: StepOperation): Draft<StepOperation> {
  if (known.attempt === 0) return { ...known, attempt: 1 };
  const { result: _result, error: _error, nextAttemptAt: _nextAttemptAt, ...rest } = known;
  return { ...rest, attempt: known.attempt + 1 };
}

function describe(event: Draft<HistoryEvent>, fact: OperationFact, subject: EventSubject): void {
  const { kind } = fact;
  if (kind === "SUCCEEDED" || kind === "FAILED" || kind === "RETRIED") event.attempt = ++subject.attempt;
  if (kind === "RETRIED") event.nextAttemptDelaySeconds = fact.delaySeconds;
}
