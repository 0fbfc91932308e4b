import type { ExecutionHeader } from "../model/execution.ts";
import type { ExecutionState } from "./state.ts";

const DAY_MS = 86_400_000;

/** What the next wake is for. A hint: after it, the log decides what is due. */
export type WakeReason = "TIMER" | "EXECUTION_TIMEOUT" | "INVOCATION" | "PARENT" | "PURGE";

export interface Wake {
  /** Milliseconds since the epoch; 0 for at once. */
  readonly at: number;
  readonly why: WakeReason;
}

/**
 * When an execution must be woken next, if nothing else happens. For one that runs: its earliest timer, its own
 * timeout, or an invocation that is to come (at once, or after a fault). For one that has ended: at once while its
 * parent does not know, then when its retention is over.
 */
export function nextWake(state: ExecutionState): Wake | undefined {
  if (state.seq === 0) return undefined;
  if (state.header.status !== "RUNNING") return afterEnd(state);
  const wake = nextTimer(state);
  const invokeAt = invocationAt(state);
  return invokeAt === undefined ? wake : earlier(wake, { at: invokeAt, why: "INVOCATION" });
}

/** The earliest of the timers of an execution that runs: all that an invocation which is in memory waits for. */
export function nextTimer(state: ExecutionState): Wake | undefined {
  const timer = state.timers.earliest;
  const wake: Wake | undefined = timer === undefined ? undefined : { at: timer.at, why: "TIMER" };
  const { timeoutAt } = state.header;
  return timeoutAt === undefined ? wake : earlier(wake, { at: timeoutAt, why: "EXECUTION_TIMEOUT" });
}

function invocationAt({ header, invocation }: ExecutionState): number | undefined {
  if (header.halt !== undefined) return undefined;
  return invocation.retryAt ?? (invocation.due ? 0 : undefined);
}

function earlier(first: Wake | undefined, second: Wake): Wake {
  return first === undefined || second.at < first.at ? second : first;
}

function afterEnd({ header }: ExecutionState): Wake | undefined {
  if (header.parent !== undefined && header.parentNotified !== true) return { at: 0, why: "PARENT" };
  const expiresAt = expiryOf(header);
  return expiresAt === undefined ? undefined : { at: expiresAt, why: "PURGE" };
}

/** When an execution that has ended may be removed, ms since the epoch. */
export function expiryOf({ endedAt, retentionDays }: ExecutionHeader): number | undefined {
  return endedAt === undefined ? undefined : endedAt + retentionDays * DAY_MS;
}
