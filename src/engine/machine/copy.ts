/**
 * The part of a log that another execution may begin with, or the same execution go on with: the facts about operations
 * up to a point, as if the process had died there. Four rules go beyond a cut:
 *
 * 1. Answers from outside are kept. A callback or an invoke that is open at the point, and has its answer by now, has
 *    the answer right behind the point: an answer can arrive at any time.
 * 2. A callback that is open and unanswered belongs to its execution, and so does its id. A copy for another execution
 *    ends before the callback, so that the other execution opens its own.
 * 3. An attempt that was under way at the point is not in the copy: the execution that goes on makes that attempt.
 * 4. Calls of a source that was rewound say after which rewind they began. In a copy for another execution they do not:
 *    its own rewinds are counted from its start, and a call after a rewind would have the name of an earlier callee.
 */

import type { Commit, CopiedCommit, ExecutionStarted, Fact } from "../model/commit.ts";
import type { Operation, OperationStatus } from "../model/operation.ts";
import type { Tags } from "../model/tags.ts";
import { fold } from "./fold.ts";
import type { OperationFact } from "./kinds/kind.ts";
import { CorruptLogError } from "./log-errors.ts";
import { emptyState, type ExecutionState } from "./state.ts";

/** Where a copy ends: before an operation, after a commit, or before the failure of the execution. */
export type CopyPoint =
  | { readonly type: "OPERATION"; readonly id: string }
  | { readonly type: "COMMIT"; readonly seq: number }
  | { readonly type: "LATEST" };

export interface CopyOptions {
  /** The copy is for the same execution: its open callbacks stay open. */
  readonly isOwn?: boolean;
}

/** A fact, and where it stands: commits are counted as they were recorded. */
interface Recorded {
  /** The number of the commit in this log. */
  readonly seq: number;
  /** Tells commits apart, also those copied from another log. */
  readonly commit: number;
  readonly at: number;
  readonly fact: OperationFact;
}

/** The copy of a log, given its commits from the start. Undefined if the log has no such operation. */
export function copyOf(
  commits: readonly Commit[],
  point: CopyPoint,
  { isOwn = false }: CopyOptions = {},
): readonly CopiedCommit[] | undefined {
  const recorded = recordedOf(commits);
  const failed = point.type === "LATEST" ? failuresOf(commits, recorded) : NO_OPERATIONS;
  let end = endOf(recorded, point, failed);
  if (end < 0) return undefined;
  for (;;) {
    // Rules 1 and 3: with the answers from outside, without attempts under way.
    const copy = [...attempted(recorded.slice(0, end), failed), ...answers(commits, recorded, end, failed)];
    const state = stateOf(commits, copy);
    if (isOwn) return grouped(copy);
    // Rule 2: the copy ends before the first callback that is open.
    const earliest = firstOf(recorded, new Set(state.callbacks.values()));
    // Rule 4: the rewinds of the source do not count.
    if (earliest < 0) return grouped(copy.map(asFirstCalled));
    end = earliest;
  }
}

const NO_OPERATIONS: ReadonlySet<string> = new Set();

/** The facts about operations that still count, including those copied from another log. */
function recordedOf(commits: readonly Commit[]): Recorded[] {
  let recorded: Recorded[] = [];
  let commit = 0;
  const add = (seq: number, { at, facts }: CopiedCommit): void => {
    commit++;
    for (const fact of facts) if ("id" in fact) recorded.push({ seq, commit, at, fact });
  };
  for (const [index, each] of commits.entries()) {
    for (const fact of each.facts) {
      if (fact.kind === "REWOUND") recorded = [];
      if (fact.kind === "COPIED" || fact.kind === "REWOUND") fact.commits.forEach((copied) => add(index + 1, copied));
    }
    add(index + 1, each);
  }
  return recorded;
}

/** As a call of an execution that was never rewound. */
function asFirstCalled(recorded: Recorded): Recorded {
  const { fact } = recorded;
  if (fact.kind !== "STARTED" || fact.rewinds === undefined) return recorded;
  const { rewinds: _, ...first } = fact;
  return { ...recorded, fact: first };
}

/** How many facts lie before the point; negative if there is no such operation. */
function endOf(recorded: readonly Recorded[], point: CopyPoint, failed: ReadonlySet<string>): number {
  if (point.type === "OPERATION") return firstOf(recorded, new Set([point.id]));
  const end = recorded.findIndex(({ seq, fact }) =>
    point.type === "COMMIT" ? seq > point.seq : failed.has(fact.id) && isEnd(fact),
  );
  return end < 0 ? recorded.length : end;
}

function firstOf(recorded: readonly Recorded[], ids: ReadonlySet<string>): number {
  return ids.size === 0 ? -1 : recorded.findIndex(({ fact }) => ids.has(fact.id));
}

/** Without attempts that were under way, and without any attempt of failed operations: theirs are counted anew. */
function attempted(recorded: readonly Recorded[], failed: ReadonlySet<string>): Recorded[] {
  const underWay = new Map<string, Recorded>();
  const steps = new Set<string>();
  for (const each of recorded) {
    const { fact } = each;
    if ("type" in fact && fact.type === "STEP") steps.add(fact.id);
    if (!steps.has(fact.id)) continue;
    if (fact.kind === "STARTED") underWay.set(fact.id, each);
    else underWay.delete(fact.id);
  }
  return recorded.filter((each) => {
    const { id } = each.fact;
    return underWay.get(id) !== each && !(steps.has(id) && failed.has(id));
  });
}

/** The answers from outside that came after the end of the copy to operations open there. */
function answers(
  commits: readonly Commit[],
  recorded: readonly Recorded[],
  end: number,
  failed: ReadonlySet<string>,
): Recorded[] {
  const state = stateOf(commits, recorded.slice(0, end));
  const open = new Set([...state.callbacks.values(), ...state.openInvokes]);
  return recorded.slice(end).filter(({ fact }) => {
    const isAnswer = open.has(fact.id) && !failed.has(fact.id);
    // A deadline is no answer: it passes again.
    return isAnswer && (state.openInvokes.has(fact.id) || fact.kind !== "TIMED_OUT");
  });
}

function stateOf(commits: readonly Commit[], copy: readonly Recorded[]): ExecutionState {
  const state = emptyState({ keepsAll: true });
  const started = startOf(commits);
  const facts: readonly Fact[] = [started, { kind: "COPIED", commits: grouped(copy) }];
  fold(state, { v: 3, writer: "copy", at: commits[0]?.at ?? 0, facts });
  return state;
}

/** The log begins as a fork does. */
function startOf(commits: readonly Commit[]): ExecutionStarted {
  const [started] = commits[0]?.facts ?? [];
  if (started?.kind !== "EXECUTION_STARTED")
    throw new CorruptLogError("The log does not begin with EXECUTION_STARTED.");
  const { functionName, name, incarnation, version } = started;
  return { ...started, forkedFrom: { executionId: `${functionName}/${name}`, incarnation, version, cursor: 0 } };
}

/** The tags that the execution of this log was started with. */
export function firstTags(commits: readonly Commit[]): Tags | undefined {
  return startOf(commits).tags;
}

function grouped(copy: readonly Recorded[]): CopiedCommit[] {
  const commits: { at: number; facts: Fact[] }[] = [];
  let last: number | undefined;
  for (const { commit, at, fact } of copy) {
    if (commit === last) commits.at(-1)?.facts.push(fact);
    else commits.push({ at, facts: [fact] });
    last = commit;
  }
  return commits;
}

const FAILURES: ReadonlySet<OperationStatus> = new Set<OperationStatus>(["FAILED", "TIMED_OUT", "STOPPED"]);
/** Contexts that may succeed with failures in them: their result says so. */
const BATCHES: ReadonlySet<string | undefined> = new Set(["Map", "Parallel"]);

/** The operations whose failure made the execution fail, as far as the log shows. */
function failuresOf(commits: readonly Commit[], recorded: readonly Recorded[]): ReadonlySet<string> {
  const hasFailed = commits.some(({ facts }) => facts.some(({ kind }) => kind === "EXECUTION_FAILED"));
  if (!hasFailed) return NO_OPERATIONS;
  const children = new Map<string | undefined, Operation[]>();
  for (const operation of stateOf(commits, recorded).operations.values()) {
    const siblings = children.get(operation.parentId);
    if (siblings === undefined) children.set(operation.parentId, [operation]);
    else siblings.push(operation);
  }
  return new Set(failuresIn(undefined, children));
}

/** Of operations that a context called one after the other the last failure counts: code went on after earlier ones. */
function failuresIn(
  context: Operation | undefined,
  children: ReadonlyMap<string | undefined, readonly Operation[]>,
): readonly string[] {
  const failed = (children.get(context?.id) ?? [])
    .filter(({ status, delivery }) => delivery !== undefined && status !== "CANCELLED")
    .map((operation) => ({ delivery: operation.delivery ?? 0, ids: failureOf(operation, children) }))
    .filter(({ ids }) => ids.length > 0)
    .sort((a, b) => a.delivery - b.delivery);
  if (BATCHES.has(context?.subType)) return failed.flatMap(({ ids }) => ids);
  return failed.at(-1)?.ids ?? [];
}

function failureOf(
  operation: Operation,
  children: ReadonlyMap<string | undefined, readonly Operation[]>,
): readonly string[] {
  const hasFailed = FAILURES.has(operation.status);
  if (operation.type !== "CONTEXT") return hasFailed ? [operation.id] : [];
  if (!hasFailed && !BATCHES.has(operation.subType)) return [];
  const inner = failuresIn(operation, children);
  // A context failed by its own code if no operation in it failed.
  return inner.length === 0 && hasFailed ? [operation.id] : inner;
}

function isEnd({ kind }: OperationFact): boolean {
  return kind === "SUCCEEDED" || kind === "FAILED" || kind === "TIMED_OUT" || kind === "STOPPED";
}
