/** The promises that must hold of a run when it is over, whatever happened to its processes. */

import { decodeCommit } from "../engine/machine/commit-codec.ts";
import { fold } from "../engine/machine/fold.ts";
import { violations } from "../engine/machine/invariants.ts";
import { kindOf } from "../engine/machine/kinds/kinds.ts";
import { emptyState, type ExecutionState } from "../engine/machine/state.ts";
import type { Commit, Fact } from "../engine/model/commit.ts";
import type { Tags } from "../engine/model/tags.ts";
import { dueTimeOf } from "../engine/model/operation-traits.ts";
import type { ExecutionView } from "./execution-view.ts";

/** The outcome of an execution as text: two runs that agree have the same. */
export function outcomeOf({ state: { header } }: ExecutionView): string {
  const { status, result, error, halt, tags } = header;
  const ended = error === undefined ? (result ?? "") : `${error.errorType}: ${error.errorMessage}`;
  const outcome = halt === undefined ? `${status} ${ended}` : `${status}, halted: ${halt.error.errorMessage}`;
  return tags === undefined ? outcome : `${outcome}, tags ${inOrder(tags)}`;
}

/** Branches may give them in any order. */
function inOrder(tags: Tags): string {
  return JSON.stringify(Object.fromEntries(Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1))));
}

/** Folds the log again, commit by commit, and collects what is wrong on the way. */
export function brokenPromises({ id, log }: Pick<ExecutionView, "id" | "log">): string[] {
  const state = emptyState({ keepsAll: true });
  for (const [index, body] of log.entries()) {
    const commit = decodeCommit(body);
    const early = earlyFacts(state, commit);
    fold(state, commit);
    const broken = [...early, ...violations(state)];
    if (broken.length > 0) return broken.map((what) => `${id}, commit ${index + 1}: ${what}`);
  }
  return [];
}

/** Timers that fired before their time. */
function earlyFacts(state: ExecutionState, { at, facts }: Commit): string[] {
  return facts.flatMap((fact) => {
    const due = dueOf(state, fact);
    return due !== undefined && at < due ? [`${fact.kind} ${"id" in fact ? fact.id : ""} at ${at}, due at ${due}`] : [];
  });
}

/** When the timer is due that the fact tells of; undefined for a fact that no timer gives. */
function dueOf(state: ExecutionState, fact: Fact): number | undefined {
  if (fact.kind === "EXECUTION_TIMED_OUT") return state.header.timeoutAt;
  const operation = "id" in fact ? state.operations.get(fact.id) : undefined;
  if (operation === undefined || kindOf(operation).fired(operation)?.kind !== fact.kind) return undefined;
  return dueTimeOf(operation);
}
