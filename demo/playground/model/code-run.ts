/**
 * Which run of the handler an execution is in, and what that run took from the log. The log tells of a run once it has
 * recorded something; what the worker tells of its present run is known before.
 */

import { isSettled, OperationSubType } from "perdure/engine";
import type { CodeRun } from "./call-sites.ts";
import { type ExecutionView, operationAt } from "./execution-view.ts";

export interface RunAt {
  /** 1 for the first. */
  readonly number: number;
  /** The commits that were there when it began. */
  readonly seq: number;
  /** When it began, ms since the epoch. */
  readonly at: number;
  /** Results that it took from the log so far. */
  readonly replayed: number;
  /** What it has called, if it has recorded nothing yet. */
  readonly reached?: ReadonlySet<string>;
}

/** `current` is the run that the worker has in memory, if it is to count. */
export function runAt(view: ExecutionView, seq: number, current?: CodeRun): RunAt | undefined {
  const logged = view.invocationAt(seq);
  if (current === undefined || logged === undefined || current.seq < logged.firstSeq) {
    if (logged === undefined) return undefined;
    const { number, firstSeq, replayed } = logged;
    // The log has no time of its beginning, only of the first thing that it recorded.
    const isCurrent = current !== undefined && current.seq >= (view.invocations[number - 2]?.firstSeq ?? 0);
    return { number, seq: firstSeq - 1, at: isCurrent ? Math.min(current.at, logged.at) : logged.at, replayed };
  }
  const { seq: before, at, reached } = current;
  const replayed = [...reached].filter((id) => isSettledAt(view, id, before)).length;
  return { number: logged.number + 1, seq: before, at, replayed, reached };
}

/** True if the run has found the outcome of an operation in the log. */
export function isReplayed(view: ExecutionView, id: string, run: RunAt | undefined): boolean {
  if (run === undefined || run.number === 1 || !isSettledAt(view, id, run.seq)) return false;
  return run.reached === undefined || isReached(view, id, run.reached);
}

/** Contexts whose operations are called by the engine, not by the code. */
const engineCalls: ReadonlySet<string | undefined> = new Set([
  OperationSubType.MAP,
  OperationSubType.PARALLEL,
  OperationSubType.WAIT_FOR_CALLBACK,
]);

/** Called, or part of something that was called and not entered. */
function isReached(view: ExecutionView, id: string, reached: ReadonlySet<string>): boolean {
  if (reached.has(id)) return true;
  const parent = view.track(view.track(id)?.parentId ?? "")?.versions.at(-1)?.operation;
  if (parent === undefined) return false;
  return (isSettled(parent.status) || engineCalls.has(parent.subType)) && isReached(view, parent.id, reached);
}

function isSettledAt(view: ExecutionView, id: string, seq: number): boolean {
  const track = view.track(id);
  const operation = track === undefined ? undefined : operationAt(track, seq);
  return operation !== undefined && isSettled(operation.status);
}
