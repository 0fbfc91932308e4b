/**
 * The duties for an execution, and when to look at it again. Pure: they follow from the state, from what runs in this
 * process and from the time. The runner carries the duties out and asks again, until none is left.
 */

import { type ExecutionHeader, HaltReason, isPaused } from "../model/execution.ts";
import type { ChainedInvokeOperation } from "../model/operation.ts";
import { isEnded, openInvokes } from "./pending.ts";
import type { ExecutionState } from "./state.ts";

/** A task that a state asks for. */
export type Duty =
  /** An invocation runs here although the execution has ended or is halted. */
  | { readonly kind: "STOP_INVOCATION" }
  /** An invocation runs here although the execution is paused: operations under way are recorded, and none begins. */
  | { readonly kind: "LEAVE_OFF" }
  /** A wait, a retry, a callback's timeout or the execution's own timeout is due. */
  | { readonly kind: "FIRE_TIMERS" }
  /** A chained invoke has no outcome, and this process has not called its function. */
  | { readonly kind: "CALL"; readonly operation: ChainedInvokeOperation }
  /** A change came that an invocation has to see, and no invocation runs here. */
  | { readonly kind: "INVOKE" }
  /** The invocation that runs here has to write, lest another process takes it for gone. */
  | { readonly kind: "RENEW" }
  /** The execution is halted for want of a version that this process has. */
  | { readonly kind: "RESUME" }
  /** The execution that invoked this one does not know its outcome. */
  | { readonly kind: "TELL_PARENT" }
  /** The directory shows an older row. */
  | { readonly kind: "SHOW" }
  /** The retention is over. */
  | { readonly kind: "REMOVE" };

/**
 * Where processes share executions, a woken process tells an invocation that runs elsewhere from one whose process is
 * gone only by the time since that invocation's last commit.
 */
export interface Lease {
  /** Milliseconds since the invocation's last commit. */
  readonly ms: number;
  /** Whether invocations read the log for news themselves before they end. A parked invocation hears of none. */
  readonly hearsNews: boolean;
  /** Whether this process wrote the invocation's last commit: then it knows how that invocation ended. */
  readonly isOwn: boolean;
}

/** The work that this process has under way for the execution. */
export interface Here {
  /** Whether this process may run the execution now. A process that may not has no duties. */
  readonly mayRun: boolean;
  /** The invocation in this process: PARKED waits in memory for changes, LEAVING for its steps to end. */
  readonly invocation: "NONE" | "RUNNING" | "PARKED" | "LEAVING";
  /** When the invocation began, ms since the epoch, while its code may run for long without writing. */
  readonly runsSince: number | undefined;
  /** Whether this process has the function in the version that the execution runs. */
  readonly hasVersion: boolean;
  /** Where processes share executions: how long an invocation in another process is left alone. */
  readonly lease: Lease | undefined;
  /**
   * Chained invokes that this process has seen to, by operation id: when a call that could not be made is tried again,
   * ms since the epoch; Infinity for a call that was made.
   */
  readonly sent: ReadonlyMap<string, number>;
  /** The number of the newest directory row that this process knows to be written; see `ExecutionState.rowSeq`. */
  readonly shown: number;
}

/** The duties for an execution now, and when to look at it again. */
export interface Plan {
  /** In the order in which they are to be carried out. */
  readonly duties: readonly Duty[];
  /** When to look again if nothing else happens, ms since the epoch. It may have passed while there are duties. */
  readonly wakeAt: number | undefined;
  /**
   * When the invocation that runs here has to write next, ms since the epoch. Only this process need wake for that: were
   * it gone by then, there would be nothing to renew.
   */
  readonly renewAt?: number;
}

const AT_REST: Plan = { duties: [], wakeAt: undefined };
const FIRE_TIMERS: readonly Duty[] = [{ kind: "FIRE_TIMERS" }];
const STOP_INVOCATION: readonly Duty[] = [{ kind: "STOP_INVOCATION" }];
const LEAVE_OFF: readonly Duty[] = [{ kind: "LEAVE_OFF" }];
const DAY_MS = 86_400_000;
/** How soon another process is offered an execution whose version this one lacks; then less and less often. */
const FIRST_OFFER_MS = 1000;

/** The plan for a state, given what this process has under way. `now` in ms since the epoch. */
export function planOf(state: ExecutionState, here: Here, now: number): Plan {
  if (state.seq === 0) return AT_REST;
  const duties = stopOf(state, here);
  if (duties !== undefined) return { duties, wakeAt: now };
  if (!here.mayRun) return AT_REST;
  if (isEnded(state)) return afterEnd(state, here, now);
  return isPaused(state.header) ? whilePaused(state, here, now) : whileRunning(state, here, now);
}

/** The duty to end an invocation that runs here against the state, if there is one. */
function stopOf(state: ExecutionState, { invocation }: Here): readonly Duty[] | undefined {
  if (invocation === "NONE") return undefined;
  if (isEnded(state)) return STOP_INVOCATION;
  if (state.header.halt === undefined) return undefined;
  if (!isPaused(state.header) || invocation === "PARKED") return STOP_INVOCATION;
  return invocation === "RUNNING" ? LEAVE_OFF : undefined;
}

/** Nothing begins. The execution's own timeout goes on: the caller that started the execution counts on it. */
function whilePaused(state: ExecutionState, here: Here, now: number): Plan {
  const wakeAt = state.header.timeoutAt;
  if (wakeAt !== undefined && wakeAt <= now) return { duties: FIRE_TIMERS, wakeAt };
  const duties: Duty[] = [];
  if (here.shown < state.rowSeq) duties.push({ kind: "SHOW" });
  return withRenewal({ duties, wakeAt }, renewalAt(state, here), now);
}

/** When the earliest timer of a running execution is due, its own timeout among them, ms since the epoch. */
export function nextTimer({ timers, header }: ExecutionState): number | undefined {
  return earliest(timers.earliest?.at, header.timeoutAt);
}

/** When an execution that has ended may be removed, ms since the epoch. */
export function expiryOf({ endedAt, retentionDays }: ExecutionHeader): number | undefined {
  return endedAt === undefined ? undefined : endedAt + retentionDays * DAY_MS;
}

function whileRunning(state: ExecutionState, here: Here, now: number): Plan {
  const timer = nextTimer(state);
  // The timers that fire decide what the next duties are.
  if (timer !== undefined && timer <= now) return { duties: FIRE_TIMERS, wakeAt: timer };
  const duties: Duty[] = [];
  if (here.hasVersion && state.header.halt?.reason === HaltReason.VERSION_MISSING) duties.push({ kind: "RESUME" });
  if (here.shown < state.rowSeq) duties.push({ kind: "SHOW" });
  const callAt = state.openInvokes.size === 0 ? undefined : planCalls(state, here, { now, duties });
  const invokeAt = here.invocation === "NONE" ? invocationAt(state, here, now) : undefined;
  if (invokeAt !== undefined && invokeAt <= now) duties.push({ kind: "INVOKE" });
  const wakeAt = earliest(timer, earliest(callAt, invokeAt));
  return withRenewal({ duties, wakeAt }, renewalAt(state, here), now);
}

function withRenewal(plan: Plan, renewAt: number | undefined, now: number): Plan {
  if (renewAt === undefined) return plan;
  const { duties, wakeAt } = plan;
  return { duties: renewAt <= now ? [...duties, { kind: "RENEW" }] : duties, wakeAt, renewAt };
}

/** Half of a lease is kept for delays of the write. */
function renewalAt({ invocation }: ExecutionState, { runsSince, lease }: Here): number | undefined {
  if (lease === undefined || runsSince === undefined) return undefined;
  return Math.max(runsSince, invocation.activeAt ?? 0) + lease.ms / 2;
}

/** Adds the calls that are due, and answers when the next one is. */
function planCalls(
  state: ExecutionState,
  { sent }: Here,
  { now, duties }: { now: number; duties: Duty[] },
): number | undefined {
  let next: number | undefined;
  for (const operation of openInvokes(state)) {
    const at = sent.get(operation.id) ?? now;
    if (at <= now) duties.push({ kind: "CALL", operation });
    else if (at !== Number.POSITIVE_INFINITY) next = earliest(next, at);
  }
  return next;
}

/**
 * When this process has to invoke. Where processes share executions, a process that lacks the version leaves the
 * invocation to the others for as long as a lease, and has another process woken now and then. After that it invokes,
 * which halts the execution.
 */
function invocationAt(state: ExecutionState, { hasVersion, lease }: Here, now: number): number | undefined {
  const at = dueAt(state, lease, now);
  if (at === undefined || at > now || hasVersion || lease === undefined) return at;
  const until = at + lease.ms;
  return until <= now ? now : Math.min(until, now + Math.max(FIRST_OFFER_MS, now - at));
}

/** Since when, or from when on, an invocation is due, ms since the epoch. */
function dueAt({ header, invocation }: ExecutionState, lease: Lease | undefined, now: number): number | undefined {
  const { activeAt, dueSince, retryAt } = invocation;
  if (header.halt !== undefined) return undefined;
  if (retryAt !== undefined) return retryAt;
  if (activeAt === undefined) return dueSince === undefined ? undefined : notBefore(header, Math.min(dueSince, now));
  // The invocation has written and not ended: it runs elsewhere, or its process is gone. The lease tells which.
  const isLeftAlone = lease !== undefined && !lease.isOwn && (lease.hearsNews || dueSince === undefined);
  return isLeftAlone ? activeAt + lease.ms : Math.min(dueSince ?? activeAt, now);
}

/** An execution that was started for later has nothing to do until then. */
function notBefore({ startAt }: ExecutionHeader, at: number): number {
  return startAt === undefined ? at : Math.max(startAt, at);
}

function afterEnd(state: ExecutionState, here: Here, now: number): Plan {
  const { parent, parentNotified } = state.header;
  const expiresAt = expiryOf(state.header);
  const isPurged = state.header.purged === true;
  const isExpired = isPurged || (expiresAt !== undefined && expiresAt <= now);
  const duties: Duty[] = [];
  // First: an execution that the directory shows as running is found by a process that starts.
  if (parent !== undefined && parentNotified !== true) duties.push({ kind: "TELL_PARENT" });
  if (isExpired) duties.push({ kind: "REMOVE" });
  else if (here.shown < state.rowSeq) duties.push({ kind: "SHOW" });
  return { duties, wakeAt: isPurged ? now : expiresAt };
}

function earliest(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Math.min(a, b);
}
