import type { Fact } from "../model/commit.ts";
import { isPaused } from "../model/execution.ts";
import type { Decision } from "./command.ts";
import { NOTHING_CHANGES } from "./command.ts";
import { kindOf } from "./kinds/kinds.ts";
import type { ExecutionState } from "./state.ts";

/** What is due at `now`: earliest first, and what was armed first among what is due together. Never early. */
export function decideTimers(state: ExecutionState, now: number): Decision {
  if (state.header.status !== "RUNNING") return NOTHING_CHANGES;
  const timeoutAt = state.header.timeoutAt ?? Infinity;
  const facts: Fact[] = [];
  // What falls due during a pause fires when that is over. Whoever started the execution counts on its timeout.
  const due = isPaused(state.header) ? [] : state.timers.due(Math.min(now, timeoutAt));
  for (const { id } of due) {
    const operation = state.operations.get(id);
    const fact = operation === undefined ? undefined : kindOf(operation).fired(operation);
    if (fact !== undefined) facts.push(fact);
  }
  if (timeoutAt <= now) facts.push({ kind: "EXECUTION_TIMED_OUT" });
  return facts.length === 0 ? NOTHING_CHANGES : { facts };
}
