/** The invariants of every state that a log can lead to, each with a name. Tests check them after every commit. */

import { dueTimeOf } from "../model/operation-traits.ts";
import { isSettled, type RecordedType } from "../model/operation.ts";
import { misplacedCallbacks } from "./kinds/callback.ts";
import { misplacedInvokes } from "./kinds/chained-invoke.ts";
import { isLive } from "./open-context.ts";
import { hasPending } from "./pending.ts";
import type { ExecutionState } from "./state.ts";

/** A rule that every state keeps that a log can lead to. */
export interface Invariant {
  /** The rule in a few words, as violations of it are reported. */
  readonly name: string;
  /** The violations, in words; none when the rule holds. */
  readonly violations: (state: ExecutionState) => Iterable<string>;
}

/**
 * True if nothing will ever go on by itself: the execution runs, it is not halted, no invocation runs or is due, and
 * no wait, retry, callback or invoke is open (P7).
 */
export function isStuck(state: ExecutionState): boolean {
  const { header, invocation } = state;
  if (state.seq === 0 || header.status !== "RUNNING" || header.halt !== undefined) return false;
  const { activeAt, dueSince, retryAt } = invocation;
  return activeAt === undefined && dueSince === undefined && retryAt === undefined && !hasPending(state);
}

function* settledOperationsAreComplete({ operations }: ExecutionState): Generator<string> {
  for (const { id, status, endedAt, delivery } of operations.values()) {
    const isComplete = endedAt !== undefined && delivery !== undefined;
    const isBlank = endedAt === undefined && delivery === undefined;
    if (isSettled(status) ? !isComplete : !isBlank) yield `${id} is ${status}, ended ${endedAt}, delivery ${delivery}`;
  }
}

function* deliveryNumbersAreUnique({ operations, deliveries }: ExecutionState): Generator<string> {
  const seen = new Map<number, string>();
  for (const operation of operations.values()) {
    for (const number of [operation.opened, operation.delivery]) {
      if (number === undefined) continue;
      if (number < 1 || number > deliveries) yield `${operation.id} has delivery ${number} of ${deliveries}`;
      if (seen.has(number)) yield `${operation.id} and ${seen.get(number)} share delivery ${number}`;
      seen.set(number, operation.id);
    }
  }
}

/** Nothing is missing in the numbers while nothing has been forgotten. */
function* deliveryNumbersAreDense({ operations, deliveries, keepsAll }: ExecutionState): Generator<string> {
  if (!keepsAll) return;
  let count = 0;
  for (const operation of operations.values()) {
    if (operation.delivery !== undefined) count++;
    if (operation.opened !== undefined) count++;
  }
  if (count !== deliveries) yield `${count} deliveries are numbered up to ${deliveries}`;
}

function* runningExecutionsCanGoOn(state: ExecutionState): Generator<string> {
  if (isStuck(state)) yield "the execution runs, and nothing will ever wake it";
}

function* timersAreThoseOfLiveOperations(state: ExecutionState): Generator<string> {
  const armed = new Map<string, number>();
  for (const { id, at } of state.timers) armed.set(id, at);
  for (const operation of state.operations.values()) {
    const expected = isLive(state, operation) ? dueTimeOf(operation) : undefined;
    if (armed.get(operation.id) !== expected) {
      yield `${operation.id} is due at ${expected}, its timer at ${armed.get(operation.id)}`;
    }
    armed.delete(operation.id);
  }
  for (const id of armed.keys()) yield `a timer is armed for ${id}, which is unknown`;
}

function* parentsAreContexts({ operations }: ExecutionState): Generator<string> {
  for (const { id, parentId } of operations.values()) {
    if (parentId === undefined) continue;
    const parent = operations.get(parentId);
    if (parent?.type !== "CONTEXT") yield `${id} lies inside ${parentId}, a ${parent?.type ?? "stranger"}`;
  }
}

/** Operations that no replay reads are kept only if the state keeps all. */
function* completedContextsAreEmpty({ operations, keepsAll }: ExecutionState): Generator<string> {
  if (keepsAll) return;
  for (const { id, parentId } of operations.values()) {
    const parent = parentId === undefined ? undefined : operations.get(parentId);
    if (parent?.type !== "CONTEXT" || !isSettled(parent.status) || parent.replayChildren === true) continue;
    yield `${id} is kept inside ${parent.id}, which is ${parent.status}`;
  }
}

function* endedExecutionsAreAtRest({ header, seq, invocation }: ExecutionState): Generator<string> {
  if (seq === 0) return;
  if ((header.status === "RUNNING") !== (header.endedAt === undefined))
    yield `${header.status} ended ${header.endedAt}`;
  if (header.status === "RUNNING") return;
  if (invocation.dueSince !== undefined || invocation.retryAt !== undefined) yield "an invocation is to come";
  if (header.halt !== undefined) yield "it is halted";
}

/** The invariants of operations of one type; the timers of all types are looked at together. */
const ofKinds: Readonly<Record<RecordedType, readonly Invariant[]>> = {
  CONTEXT: [],
  STEP: [],
  WAIT: [],
  CALLBACK: [{ name: "callbacks are those of live operations", violations: misplacedCallbacks }],
  CHAINED_INVOKE: [{ name: "invokes are those of live operations", violations: misplacedInvokes }],
};

/** Every invariant there is. */
export const invariants: readonly Invariant[] = [
  { name: "settled operations are complete", violations: settledOperationsAreComplete },
  { name: "delivery numbers are unique", violations: deliveryNumbersAreUnique },
  { name: "delivery numbers are dense", violations: deliveryNumbersAreDense },
  { name: "running executions can go on", violations: runningExecutionsCanGoOn },
  { name: "timers are those of live operations", violations: timersAreThoseOfLiveOperations },
  ...Object.values(ofKinds).flat(),
  { name: "parents are contexts", violations: parentsAreContexts },
  { name: "completed contexts are empty", violations: completedContextsAreEmpty },
  { name: "ended executions are at rest", violations: endedExecutionsAreAtRest },
];

/**
 * Every breach of an invariant, as `<name>: <what>`; empty for a sound state. Slow: for tests and doctors.
 */
export function violations(state: ExecutionState): string[] {
  return invariants.flatMap(({ name, violations: find }) => [...find(state)].map((what) => `${name}: ${what}`));
}

/**
 * The facts of `before`, the state of an ended execution, that `after`, a later state of it, has lost or changed
 * against the rule: an ended execution changes no more, apart from its bookkeeping.
 */
export function changesAfterEnd(before: ExecutionState, after: ExecutionState): string[] {
  if (before.header.status === "RUNNING") return [];
  const { parentNotified: _before, forks: _forksBefore, purged: _purgedBefore, ...old } = before.header;
  const { parentNotified: _after, forks: _forks, purged: _purged, ...now } = after.header;
  const changes = JSON.stringify(old) === JSON.stringify(now) ? [] : ["the header has changed"];
  for (const [id, operation] of before.operations) {
    if (after.operations.get(id) !== operation) changes.push(`operation ${id} has changed`);
  }
  if (after.operations.size !== before.operations.size) changes.push("operations were added");
  return changes;
}
