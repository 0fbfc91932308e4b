/**
 * The only way a state changes: one commit after the other. Folding is total on every log that `decide` can have
 * written, and throws on any other, since going on from a state that never was would break every promise there is.
 * A state that a commit was refused on is half changed: load it anew.
 */

import type {
  Commit,
  CopiedCommit,
  ExecutionEnded,
  ExecutionForked,
  ExecutionRewound,
  ExecutionStarted,
  Fact,
  InvocationCompleted,
} from "../model/commit.ts";
import { type ExecutionHeader, type ExecutionStatus, isPaused } from "../model/execution.ts";
import type { Operation } from "../model/operation.ts";
import { changedTags, type Tags, TAGS_SUB_TYPE } from "../model/tags.ts";
import { closeAll } from "./context-tree.ts";
import type { Draft } from "../model/draft.ts";
import { type FactOrigin, foldOperation } from "./fold-operation.ts";
import { isReadable } from "./commit-codec.ts";
import type { OperationFact } from "./kinds/kind.ts";
import { Limits } from "./limits.ts";
import { CorruptLogError, UnsupportedLogVersionError } from "./log-errors.ts";
import { emptyState, type ExecutionState } from "./state.ts";
import { newTags } from "./tags.ts";

/**
 * Applies a commit and returns the operations it changed: each once, as it is now, in the order of their first change.
 *
 * @throws {UnsupportedLogVersionError} UNSUPPORTED_LOG_VERSION for a log of a newer format.
 * @throws {CorruptLogError} CORRUPT_LOG for facts that cannot follow on what was folded before.
 */
export function fold(state: ExecutionState, commit: Commit): Operation[] {
  if (!isReadable(commit.v)) throw new UnsupportedLogVersionError(commit.v);
  if (commit.owner !== undefined) takeOver(state, commit.owner, commit.at);
  const { invocation } = state;
  if (invocation.failures > 0 && commit.owner !== undefined && commit.facts.some(isProgress)) invocation.failures = 0;
  const origin: FactOrigin = { at: commit.at, before: state.deliveries };
  const changed: Operation[] = [];
  let isReady = false;
  for (const fact of commit.facts) {
    if (fact.kind === "COPIED" || fact.kind === "REWOUND") {
      if (fact.kind === "REWOUND") rewind(state, fact, commit.at);
      else requireFork(state);
      foldCopies(state, fact.commits, changed);
      continue;
    }
    if (fact.kind === "READY") isReady = true;
    const operation = foldFact(state, fact, origin);
    // The start of a step mostly comes with its outcome: one operation, changed twice in a row.
    if (operation === undefined) continue;
    if (operation.id === changed.at(-1)?.id) changed.pop();
    changed.push(operation);
  }
  state.seq++;
  const isNews = isReady || state.deliveries !== origin.before;
  if (commit.owner === undefined && isNews && state.header.status === "RUNNING") {
    state.invocation.dueSince ??= commit.at;
    state.invocation.newsSeq = state.seq;
  }
  // A commit without facts is written before its invocation is told of changes, or while it runs.
  if (commit.owner !== undefined && commit.facts.length > 0) hear(state);
  return changed.length > 1 ? newestOfEach(changed) : changed;
}

/**
 * True for facts that the next invocation builds on if this one breaks. Facts of a step that is tried again and again,
 * or that ends the process each time, are no progress, or an execution could break for ever.
 */
function isProgress(fact: Fact): boolean {
  switch (fact.kind) {
    case "SUCCEEDED":
    case "FAILED":
      return true;
    case "STARTED":
      // An operation that is started again is not introduced again.
      return fact.type !== undefined;
    case "RETRIED":
      // The state of a waitForCondition after an attempt.
      return fact.result !== undefined;
    default:
      return false;
  }
}

function requireFork({ header, seq }: ExecutionState): void {
  if (header.forkedFrom === undefined || seq > 0) throw new CorruptLogError("The log has COPIED where it cannot be.");
}

/** No invocation has to be told of the copied facts that an execution begins with: no code waits for them. */
function foldCopies(state: ExecutionState, commits: readonly CopiedCommit[], changed: Operation[]): void {
  const closed = new Set(state.closedCallbacks);
  state.closedCallbacks.clear();
  for (const { at, facts } of commits) {
    const origin: FactOrigin = { at, before: state.deliveries };
    for (const fact of facts) {
      if (!("id" in fact)) throw misplaced(fact);
      changed.push(foldAboutOperation(state, fact, origin));
    }
  }
  state.invocation.heard = state.deliveries;
  for (const callbackId of closed) if (!state.callbacks.has(callbackId)) state.closedCallbacks.add(callbackId);
}

/** The invocation has heard of every delivery, unless it ended without a look at them and is to be invoked again. */
function hear({ invocation, deliveries }: ExecutionState): void {
  const hasNotLooked = invocation.retryAt !== undefined && invocation.failures === 0;
  if (!hasNotLooked) invocation.heard = deliveries;
}

function newestOfEach(changes: readonly Operation[]): Operation[] {
  const newest = new Map<string, Operation>();
  for (const operation of changes) newest.set(operation.id, operation);
  return [...newest.values()];
}

/** An owner that writes has seen everything before: its commit follows on all of it. */
function takeOver(state: ExecutionState, owner: string, at: number): void {
  state.owner = owner;
  state.invocation.activeAt = at;
  state.invocation.dueSince = undefined;
  state.invocation.retryAt = undefined;
}

function foldFact(state: ExecutionState, fact: Fact, origin: FactOrigin): Operation | undefined {
  const { at } = origin;
  if (fact.kind === "EXECUTION_STARTED") {
    start(state, fact, at);
    return undefined;
  }
  if (state.header.id === "") throw new CorruptLogError(`The log begins with ${fact.kind}.`);
  switch (fact.kind) {
    case "EXECUTION_SUCCEEDED":
      return end(state, { fact, at, status: "SUCCEEDED" });
    case "EXECUTION_FAILED":
      return end(state, { fact, at, status: "FAILED" });
    case "EXECUTION_TIMED_OUT":
      return end(state, { fact, at, status: "TIMED_OUT" });
    case "EXECUTION_STOPPED":
      return end(state, { fact, at, status: "STOPPED" });
    case "INVOCATION_COMPLETED":
      return completeInvocation(state, fact, at);
    case "HALTED":
      requireRunning(state, fact);
      replaceHeader(state, { ...state.header, halt: { reason: fact.reason, error: fact.error, at } });
      // A pause lets the invocation come to its end.
      if (!isPaused(state.header)) state.invocation.activeAt = undefined;
      return undefined;
    case "RESUMED":
      return resume(state, fact.version, at);
    case "PARENT_NOTIFIED":
      if (state.header.endedAt === undefined || state.header.parent === undefined) throw misplaced(fact);
      state.header = { ...state.header, parentNotified: true };
      return undefined;
    case "PURGED":
      if (state.header.endedAt === undefined) throw misplaced(fact);
      state.header = { ...state.header, purged: true };
      return undefined;
    case "FORKED":
      return noteFork(state, fact, at);
    case "COPIED":
    case "REWOUND":
      throw misplaced(fact);
    default:
      requireRunning(state, fact);
      return foldAboutOperation(state, fact, origin);
  }
}

function foldAboutOperation(state: ExecutionState, fact: OperationFact, origin: FactOrigin): Operation {
  const operation = foldOperation(state, fact, origin);
  if (operation.subType === TAGS_SUB_TYPE) {
    const tags = newTags(state, fact);
    if (tags !== undefined) replaceHeader(state, withTags(state.header, tags));
  }
  return operation;
}

function withTags({ tags: _, ...rest }: ExecutionHeader, tags: Tags): ExecutionHeader {
  return Object.keys(tags).length === 0 ? rest : { ...rest, tags };
}

function start(state: ExecutionState, fact: ExecutionStarted, at: number): void {
  if (state.header.id !== "") throw misplaced(fact);
  const { name, incarnation, functionName, version, retentionDays } = fact;
  const id = `${functionName}/${name}`;
  const header: Draft<ExecutionHeader> = {
    ...{ id, name, incarnation, functionName, version, retentionDays },
    status: "RUNNING",
    startedAt: at,
  };
  if (fact.input !== undefined) header.input = fact.input;
  if (fact.parent !== undefined) header.parent = fact.parent;
  if (fact.tenantId !== undefined) header.tenantId = fact.tenantId;
  if (fact.traceHeader !== undefined) header.traceHeader = fact.traceHeader;
  if (fact.tags !== undefined) header.tags = changedTags(undefined, fact.tags);
  if (fact.startAt !== undefined) header.startAt = fact.startAt;
  if (fact.forkedFrom !== undefined) header.forkedFrom = fact.forkedFrom;
  if (fact.executionTimeoutSeconds !== undefined) {
    header.executionTimeoutSeconds = fact.executionTimeoutSeconds;
    header.timeoutAt = (fact.startAt ?? at) + fact.executionTimeoutSeconds * 1000;
  }
  replaceHeader(state, header);
  state.invocation.dueSince = at;
}

/** Nothing that was recorded of operations and of the end counts any more. The timeout begins anew. */
function rewind(state: ExecutionState, fact: ExecutionRewound, at: number): void {
  const {
    status,
    endedAt: _endedAt,
    result: _result,
    error: _error,
    halt: _halt,
    fault: _fault,
    tags: _tags,
    ...rest
  } = state.header;
  if (status !== "RUNNING" && (rest.parent !== undefined || rest.purged === true)) throw misplaced(fact);
  const header: Draft<ExecutionHeader> = { ...rest, status: "RUNNING", rewinds: (rest.rewinds ?? 0) + 1 };
  if (fact.version !== undefined) header.version = fact.version;
  if (fact.tags !== undefined) header.tags = fact.tags;
  if (header.executionTimeoutSeconds !== undefined) header.timeoutAt = at + header.executionTimeoutSeconds * 1000;
  replaceHeader(state, header);
  closeAll(state);
  state.operations.clear();
  state.children.clear();
  state.abandoned.clear();
  state.forgotten.clear();
  state.deliveries = 0;
  Object.assign(state.invocation, { ...emptyState().invocation, dueSince: at, newsSeq: state.seq + 1 });
}

/** The directory shows no forks, so its row stays the same. */
function noteFork(
  state: ExecutionState,
  { executionId, incarnation, version }: ExecutionForked,
  at: number,
): undefined {
  const others = (state.header.forks ?? []).filter((fork) => fork.executionId !== executionId);
  const forks = [...others, { executionId, incarnation, version, at }].slice(-Limits.FORKS_NAMED);
  state.header = { ...state.header, forks };
}

interface Ending {
  readonly fact: ExecutionEnded;
  readonly at: number;
  readonly status: ExecutionStatus;
}

function end(state: ExecutionState, { fact, at, status }: Ending): undefined {
  requireRunning(state, fact);
  const { halt: _halt, fault: _fault, ...rest } = state.header;
  const header: Draft<ExecutionHeader> = { ...rest, status, endedAt: at };
  if (fact.result !== undefined) header.result = fact.result;
  if (fact.error !== undefined) header.error = fact.error;
  replaceHeader(state, header);
  state.invocation.dueSince = undefined;
  state.invocation.retryAt = undefined;
  closeAll(state);
}

function completeInvocation(state: ExecutionState, fact: InvocationCompleted, at: number): undefined {
  const { invocation } = state;
  const { error, retryAt } = fact;
  invocation.activeAt = undefined;
  invocation.dueSince = undefined;
  invocation.retryAt = retryAt;
  const isFault = error !== undefined && retryAt !== undefined;
  invocation.failures = isFault ? invocation.failures + 1 : 0;
  const { fault, ...rest } = state.header;
  // The directory shows no faults, so its row stays the same.
  if (isFault) state.header = { ...rest, fault: { error, count: invocation.failures, at, retryAt } };
  else if (fault !== undefined) state.header = rest;
}

function resume(state: ExecutionState, version: string | undefined, at: number): undefined {
  const { halt, fault: _fault, ...rest } = state.header;
  if (halt === undefined) throw new CorruptLogError("The log resumes an execution that is not halted.");
  replaceHeader(state, version === undefined ? rest : { ...rest, version });
  state.invocation.dueSince = at;
  state.invocation.failures = 0;
  state.invocation.retryAt = undefined;
}

/** Replaces the header by one that changes the directory row. */
function replaceHeader(state: ExecutionState, header: ExecutionHeader): void {
  state.header = header;
  state.rowSeq = state.seq + 1;
}

function requireRunning(state: ExecutionState, fact: Fact): void {
  if (state.header.status !== "RUNNING") throw misplaced(fact);
}

function misplaced(fact: Fact): CorruptLogError {
  return new CorruptLogError(`The log has ${fact.kind} where it cannot be.`);
}
