/**
 * What is about the execution as a whole and not about an operation of it: what comes from outside, and that an
 * invocation still runs. What is about one operation is in the file of its kind.
 */

import type { Fact, InvocationCompleted } from "../model/commit.ts";
import type { Decision, HaltExecution, ResumeExecution, Stop } from "./command.ts";
import { invalid, NOTHING_CHANGES } from "./command.ts";
import { checkErrorSize, checkText, storedFailure, VERSION } from "./limits.ts";
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

export function decideResume(state: ExecutionState, { version, after }: ResumeExecution): Decision {
  if (after !== undefined && state.header.halt?.reason !== after) return NOTHING_CHANGES;
  if (state.header.halt === undefined) return { rejected: invalid("The execution is not halted.") };
  if (version === undefined || version === state.header.version) return { facts: [{ kind: "RESUMED" }] };
  const refused = checkText(version, VERSION);
  return refused === undefined ? { facts: [{ kind: "RESUMED", version }] } : { rejected: refused };
}

export function decideRenewal({ header }: ExecutionState): Decision {
  return header.status === "RUNNING" && header.halt === undefined ? SIGN_OF_LIFE : NOTHING_CHANGES;
}

export function decideNotification(state: ExecutionState): Decision {
  const { status, parent, parentNotified } = state.header;
  if (status === "RUNNING" || parent === undefined || parentNotified === true) return NOTHING_CHANGES;
  return { facts: [{ kind: "PARENT_NOTIFIED" }] };
}
