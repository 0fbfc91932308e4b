/**
 * The run of the handler that an execution is in, and the results that this run took from the log. The log tells of a
 * run once it has recorded something; the worker tells of its present run before.
 */

import { isSettled, OperationSubType } from "perdure/engine";
import { type ExecutionView, firstSeqOf, operationAt } from "./execution-view.ts";

/** A run of the handler, from the top, as the worker that has it in memory tells of it. */
export interface CodeRun {
  /** The number of commits when the run began. */
  readonly seq: number;
  /** Ms since the epoch. */
  readonly at: number;
  /** The positions that it has called, in their order. */
  readonly reached: Set<string>;
}

export interface RunAt {
  /** 1 for the first. */
  readonly number: number;
  /** The commits that were there when it began. */
  readonly seq: number;
  /** When it began, ms since the epoch. */
  readonly at: number;
  /** Results that it took from the log so far. */
  readonly replayed: number;
  /** The positions that the run has called, as far as the worker that has it in memory tells. */
  readonly reached?: ReadonlySet<string>;
}

/** `current` is the run that the worker has in memory, if it is to count. */
export function runAt(view: ExecutionView, seq: number, current?: CodeRun): RunAt | undefined {
  const logged = view.invocationAt(seq);
  if (current === undefined || logged === undefined || current.seq < logged.firstSeq) {
    if (logged === undefined) return undefined;
    const { number, firstSeq, replayed } = logged;
    // The log has no time of its beginning, only of the first thing that it recorded.
    if (current === undefined || current.seq < (view.invocations[number - 2]?.firstSeq ?? 0)) {
      return { number, seq: firstSeq - 1, at: logged.at, replayed };
    }
    const { reached } = current;
    return { number, seq: firstSeq - 1, at: Math.min(current.at, logged.at), replayed, reached };
  }
  const { seq: before, at, reached } = current;
  const replayed = [...reached].filter((id) => isSettledAt(view, id, before)).length;
  return { number: logged.number + 1, seq: before, at, replayed, reached };
}

/**
 * True if the run has found the outcome of an operation in the log. `partedAt` is the position at which the code called
 * something else and was stopped: of what comes after it in the log nothing was looked for.
 */
export function isReplayed(view: ExecutionView, id: string, run: RunAt | undefined, partedAt?: string): boolean {
  if (run === undefined || run.number === 1 || !isSettledAt(view, id, run.seq)) return false;
  if (run.reached !== undefined) return id !== partedAt && isReached(view, id, run.reached);
  return partedAt === undefined || isBefore(view, id, partedAt);
}

/** True if the log tells of an operation before it tells of another one. */
function isBefore(view: ExecutionView, id: string, other: string): boolean {
  const [track, parted] = [view.track(id), view.track(other)];
  if (track === undefined || parted === undefined || id === other) return false;
  const [first, last] = [firstSeqOf(track), firstSeqOf(parted)];
  return first === last ? view.tracks.indexOf(track) < view.tracks.indexOf(parted) : first < last;
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
