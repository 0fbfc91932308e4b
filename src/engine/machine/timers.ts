import type { Fact } from "../model/commit.ts";
import { isPaused } from "../model/execution.ts";
import type { Decision } from "./command.ts";
import { NOTHING_CHANGES } from "./command.ts";
import { kindOf } from "./kinds/kinds.ts";
import type { ExecutionState } from "./state.ts";

/** The facts of timers due at `now`: earliest first, those due together in the order of arming. Never early. */
export function decideTimers(state: ExecutionState, now: number): Decision {
  if (state.header.status !== "RUNNING") return NOTHING_CHANGES;
  const timeoutAt = state.header.timeoutAt ?? Infinity;
  const facts: Fact[] = [];
  // Timers that fall due during a pause fire after it, but not the execution's timeout: its caller counts on that.
  const due = isPaused(state.header) ? [] : state.timers.due(Math.min(now, timeoutAt));
  for (const { id } of due) {
    const operation = state.operations.get(id);
    const fact = operation === undefined ? undefined : kindOf(operation).fired(operation);
    if (fact !== undefined) facts.push(fact);
  }
  if (timeoutAt <= now) facts.push({ kind: "EXECUTION_TIMED_OUT" });
  return facts.length === 0 ? NOTHING_CHANGES : { facts };
}
