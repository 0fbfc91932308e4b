import type { Fact, OperationEnded } from "../model/commit.ts";
import type { CallbackOperation } from "../model/operation.ts";
import type { Decision } from "./command.ts";
import { NOTHING_CHANGES } from "./command.ts";
import type { ExecutionState } from "./state.ts";

/** What is due at `now`: earliest first, and what was armed first among what is due together. Never early. */
export function decideTimers(state: ExecutionState, now: number): Decision {
  if (state.header.status !== "RUNNING") return NOTHING_CHANGES;
  const timeoutAt = state.header.timeoutAt ?? Infinity;
  const facts: Fact[] = [];
  for (const { id } of state.timers.due(Math.min(now, timeoutAt))) facts.push(fired(state, id));
  if (timeoutAt <= now) facts.push({ kind: "EXECUTION_TIMED_OUT" });
  return facts.length === 0 ? NOTHING_CHANGES : { facts };
}

function fired(state: ExecutionState, id: string): Fact {
  const operation = state.operations.get(id);
  if (operation?.type === "STEP") return { kind: "READY", id };
  return operation?.type === "CALLBACK" ? timedOut(operation) : { kind: "SUCCEEDED", id };
}

/** Whichever of its two deadlines comes first. */
function timedOut({ id, timeoutAt, heartbeatAt }: CallbackOperation): OperationEnded {
  const error =
    (timeoutAt ?? Infinity) <= (heartbeatAt ?? Infinity)
      ? { errorType: "Callback.Timeout", errorMessage: "Callback timed out" }
      : { errorType: "Callback.Heartbeat", errorMessage: "Callback timed out on heartbeat" };
  return { kind: "TIMED_OUT", id, error };
}
