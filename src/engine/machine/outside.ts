/**
 * Commands about the execution as a whole, not about an operation of it: those from outside, and the renewal of an
 * invocation. Commands about one operation are in the file of its kind.
 */

import type { ExecutionRewound, Fact, InvocationCompleted } from "../model/commit.ts";
import type { Draft } from "../model/draft.ts";
import { EXECUTION_PAUSED, EXECUTION_REWINDING, HaltReason, isPaused, isPausedForRewind } from "../model/execution.ts";
import type { Failure } from "../model/failure.ts";
import type {
  Decision,
  HaltExecution,
  InvocationIdentity,
  NoteFork,
  PauseExecution,
  ResumeExecution,
  RewindExecution,
  Stop,
} from "./command.ts";
import { invalid, NOTHING_CHANGES } from "./command.ts";
import { checkErrorSize, checkPauseReason, checkText, storedFailure, VERSION } from "./limits.ts";
import type { ExecutionState } from "./state.ts";

const SIGN_OF_LIFE: Decision = { facts: [], isSign: true };

export function decideStop(state: ExecutionState, { error }: Stop): Decision {
  if (state.header.status !== "RUNNING") return NOTHING_CHANGES;
  if (error == null) return { facts: [{ kind: "EXECUTION_STOPPED" }] };
  const refused = checkErrorSize(error);
  if (refused !== undefined) return { rejected: refused };
  return { facts: [{ kind: "EXECUTION_STOPPED", error: storedFailure(error) }] };
}

export function decideHalt(state: ExecutionState, { reason, error, invocation }: HaltExecution): Decision {
  if (state.header.status !== "RUNNING" || state.header.halt?.reason === reason) return NOTHING_CHANGES;
  if (isPaused(state.header)) return leftWith(state, error, invocation);
  const failure = storedFailure(error);
  const halted: Fact = { kind: "HALTED", reason, error: failure };
  if (invocation === undefined) return { facts: [halted] };
  const completed: InvocationCompleted = { kind: "INVOCATION_COMPLETED", ...identity(invocation), error: failure };
  return { facts: [completed, halted] };
}

function identity({ requestId, startedAt }: { requestId: string; startedAt: number }): {
  requestId: string;
  startedAt: number;
} {
  return { requestId, startedAt };
}

/** An invocation that a pause has let go of comes to its end. The reason to halt shows again after the pause. */
function leftWith(state: ExecutionState, error: Failure, invocation: InvocationIdentity | undefined): Decision {
  if (invocation === undefined || state.invocation.activeAt === undefined) return NOTHING_CHANGES;
  return { facts: [{ kind: "INVOCATION_COMPLETED", ...identity(invocation), error: storedFailure(error) }] };
}

/** A pause takes the place of another halt, so that no process goes on by itself, and that of a pause for a rewind. */
export function decidePause({ header }: ExecutionState, { reason, isForRewind = false }: PauseExecution): Decision {
  if (header.status !== "RUNNING") return { rejected: invalid("The execution has ended, and cannot be paused.") };
  if (isPaused(header) && (isForRewind || !isPausedForRewind(header))) return NOTHING_CHANGES;
  const refused = checkPauseReason(reason);
  if (refused !== undefined) return { rejected: refused };
  const errorType = isForRewind ? EXECUTION_REWINDING : EXECUTION_PAUSED;
  const error = { errorType, errorMessage: reason ?? "The execution was paused." };
  return { facts: [{ kind: "HALTED", reason: HaltReason.PAUSED, error }] };
}

export function decidePurge({ header }: ExecutionState): Decision {
  if (header.status === "RUNNING")
    return { rejected: invalid("The execution runs, and cannot be removed: stop it first.") };
  if (header.parent !== undefined && header.parentNotified !== true)
    return { rejected: invalid("The execution that invoked this one does not know its outcome yet. Try again.") };
  return header.purged === true ? NOTHING_CHANGES : { facts: [{ kind: "PURGED" }] };
}

/** Naming a fork twice names it once. */
export function decideFork({ header }: ExecutionState, { executionId, incarnation, version }: NoteFork): Decision {
  const isKnown = header.forks?.some((fork) => fork.executionId === executionId && fork.incarnation === incarnation);
  if (isKnown === true || header.purged === true) return NOTHING_CHANGES;
  return { facts: [{ kind: "FORKED", executionId, incarnation, version }] };
}

/** An outcome that was told to the invoking execution cannot be taken back. */
export function decideRewind({ header, seq }: ExecutionState, command: RewindExecution): Decision {
  if (header.purged === true) return { rejected: invalid("The execution is being removed, and cannot be rewound.") };
  if (header.status !== "RUNNING" && header.parent !== undefined)
    return { rejected: invalid("The execution that invoked this one is told its outcome: it cannot be rewound.") };
  if (seq !== command.seq) return NOTHING_CHANGES;
  const { cursor, operationId, version, commits, tags } = command;
  const fact: Draft<ExecutionRewound> = { kind: "REWOUND", cursor, commits };
  if (operationId !== undefined) fact.operationId = operationId;
  if (tags !== undefined) fact.tags = tags;
  if (version !== undefined && version !== header.version) fact.version = version;
  if (header.halt === undefined || !isPaused(header) || isPausedForRewind(header)) return { facts: [fact] };
  return { facts: [fact, { kind: "HALTED", reason: HaltReason.PAUSED, error: header.halt.error }] };
}

export function decideResume(state: ExecutionState, { version, after }: ResumeExecution): Decision {
  if (after !== undefined && state.header.halt?.reason !== after) return NOTHING_CHANGES;
  if (state.header.halt === undefined) return { rejected: invalid("The execution is not halted.") };
  if (version === undefined || version === state.header.version) return { facts: [{ kind: "RESUMED" }] };
  const refused = checkText(version, VERSION);
  return refused === undefined ? { facts: [{ kind: "RESUMED", version }] } : { rejected: refused };
}

/** An invocation that a pause lets go of runs until its steps have ended. */
export function decideRenewal({ header }: ExecutionState): Decision {
  const mayRun = header.status === "RUNNING" && (header.halt === undefined || isPaused(header));
  return mayRun ? SIGN_OF_LIFE : NOTHING_CHANGES;
}

export function decideNotification(state: ExecutionState): Decision {
  const { status, parent, parentNotified } = state.header;
  if (status === "RUNNING" || parent === undefined || parentNotified === true) return NOTHING_CHANGES;
  return { facts: [{ kind: "PARENT_NOTIFIED" }] };
}
