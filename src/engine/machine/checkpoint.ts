/** Updates become facts: all of a batch, or none. The cost of a batch depends on the batch alone. */

import type { ExecutionEnded, Fact } from "../model/commit.ts";
import { isPaused } from "../model/execution.ts";
import type { Operation, OperationAction } from "../model/operation.ts";
import { type Tags, TAGS_SUB_TYPE } from "../model/tags.ts";
import type { OperationUpdate } from "../model/update.ts";
import type { Decision, DecisionEnvironment, MachineRejection } from "./command.ts";
import { invalid, RejectionCode } from "./command.ts";
import type { Draft } from "../model/draft.ts";
import type { Beginning, UpdateFact } from "./kinds/kind.ts";
import { kindNamed, kinds } from "./kinds/kinds.ts";
import { refusal } from "./legality.ts";
import { storedFailure } from "./limits.ts";
import { isOpenContext, isPlace } from "./open-context.ts";
import type { ExecutionState } from "./state.ts";
import { checkTagUpdate, tagsAfter } from "./tags.ts";

/** A batch while it is decided. */
interface Batch {
  readonly state: ExecutionState;
  readonly env: DecisionEnvironment;
  /** By operation: its first update and its last so far. */
  readonly updates: Map<string, Updates>;
  /** Contexts that the batch has closed so far. */
  closed: Set<string> | undefined;
  /** The execution's tags as the batch has changed them so far. */
  tags: Tags | undefined;
}

interface Updates {
  readonly first: OperationUpdate;
  latest: OperationUpdate;
}

export function decideCheckpoint(
  state: ExecutionState,
  updates: readonly OperationUpdate[],
  env: DecisionEnvironment,
): Decision {
  const { header } = state;
  if (header.status !== "RUNNING") return { rejected: invalid("Invalid checkpoint token") };
  if (header.halt === undefined) return decideUpdates(state, updates, env);
  // Functions that have run need not run again. Nothing begins before the pause is over.
  if (isPaused(header)) return decideUpdates(state, withoutBeginnings(updates), env);
  return { rejected: invalid("Invalid checkpoint token") };
}

/** Without starts of operations that have yet to run: code asks for them again. Contexts are places of outcomes. */
function withoutBeginnings(updates: readonly OperationUpdate[]): OperationUpdate[] {
  const ended = new Set<string>();
  for (const { id, action } of updates) if (action !== "START") ended.add(id);
  const wouldBegin = ({ id, type, action, hasBegun }: OperationUpdate): boolean =>
    action === "START" && type !== "CONTEXT" && hasBegun !== true && !ended.has(id);
  return updates.filter((update) => update.type !== "EXECUTION" && !wouldBegin(update));
}

function decideUpdates(state: ExecutionState, updates: readonly OperationUpdate[], env: DecisionEnvironment): Decision {
  const batch: Batch = { state, env, updates: new Map(), closed: undefined, tags: state.header.tags };
  const misplaced = misplacedExecutionUpdate(updates) ?? misplacedUpdate(batch, updates) ?? tooMany(batch);
  if (misplaced !== undefined) return { rejected: misplaced };
  const facts: Fact[] = [];
  for (const update of updates) {
    const known = state.operations.get(update.id);
    const first = batch.updates.get(update.id)?.first;
    const refused = refusal(update, known, first) ?? misplacedEnd(state, update) ?? refusedTags(batch, update);
    if (refused !== undefined) return { rejected: refused };
    facts.push(factOf(update, { env, state, known, isNew: known === undefined && first === update }));
  }
  return { facts };
}

/** Counted one by one only near the limit. */
function tooMany({ state, env: { maxOperations }, updates }: Batch): MachineRejection | undefined {
  const known = state.operations.size + state.forgotten.size;
  if (maxOperations === undefined || known + updates.size <= maxOperations) return undefined;
  let added = 0;
  for (const [id, { first }] of updates) if (first.type !== "EXECUTION" && !state.operations.has(id)) added++;
  if (added === 0 || known + added <= maxOperations) return undefined;
  const message = `The execution would have ${known + added} operations; the limit of this host is ${maxOperations}.`;
  return { code: RejectionCode.THROTTLED, message, size: known + added, limit: maxOperations };
}

function misplacedExecutionUpdate(updates: readonly OperationUpdate[]): MachineRejection | undefined {
  let count = 0;
  for (const update of updates) if (update.type === "EXECUTION") count++;
  if (count === 0) return undefined;
  if (count > 1) return invalid("Cannot checkpoint multiple EXECUTION updates.");
  if (updates.at(-1)?.type !== "EXECUTION") return invalid("EXECUTION checkpoint must be the last update.");
  return undefined;
}

/** Ids and parents of the whole batch come before anything else about it. */
function misplacedUpdate(batch: Batch, updates: readonly OperationUpdate[]): MachineRejection | undefined {
  for (const update of updates) {
    const { id } = update;
    if (!id) return invalid("Operation update must have an Id.");
    const previous = batch.updates.get(id);
    if (previous !== undefined && !mayFollow(previous.latest, update)) {
      return invalid("Cannot update the same operation twice in a single request.");
    }
    if (!hasOpenParent(batch, update)) return invalid("Invalid parent operation id.");
    if (previous === undefined) batch.updates.set(id, { first: update, latest: update });
    else previous.latest = update;
    if (update.type === "CONTEXT" && (update.action === "SUCCEED" || update.action === "FAIL")) {
      batch.closed ??= new Set();
      batch.closed.add(id);
    }
  }
  return undefined;
}

function mayFollow(previous: OperationUpdate, update: OperationUpdate): boolean {
  const isStart = previous.action === "START" && update.action !== "START";
  return isStart && kindNamed(previous.type)?.mayFollowStart === true;
}

function hasOpenParent(batch: Batch, update: OperationUpdate): boolean {
  const { parentId } = update;
  if (parentId && !isOpenIn(batch, parentId)) return false;
  if (update.type === "EXECUTION") return true;
  const { operations, forgotten } = batch.state;
  if (forgotten.has(update.id)) return false;
  const recorded = operations.get(update.id)?.parentId;
  return recorded === undefined || recorded === parentId || isOpenIn(batch, recorded);
}

function isOpenIn(batch: Batch, contextId: string): boolean {
  const { state, updates, closed } = batch;
  const update = updates.get(contextId)?.latest;
  const isOpen =
    update?.type === "CONTEXT" && update.action === "START"
      ? true
      : update === undefined && isOpenContext(state, contextId);
  return isOpen && (closed === undefined || !isInsideClosed(batch, contextId));
}

/** True if this batch has closed a context around this one. */
function isInsideClosed({ state, updates, closed }: Batch, contextId: string): boolean {
  for (let id: string | undefined = contextId; id; ) {
    if (closed?.has(id) === true) return true;
    const parentId: string | undefined = state.operations.get(id)?.parentId ?? updates.get(id)?.latest.parentId;
    id = parentId;
  }
  return false;
}

/** A context ends after results that user code has seen, and those are recorded. */
function misplacedEnd(state: ExecutionState, { after }: OperationUpdate): MachineRejection | undefined {
  return after == null || isPlace(state, after) ? undefined : invalid("Invalid place of the end of a context.");
}

function refusedTags(batch: Batch, update: OperationUpdate): MachineRejection | undefined {
  if (update.subType !== TAGS_SUB_TYPE) return undefined;
  const refused = checkTagUpdate(batch.tags, update);
  if (refused === undefined) batch.tags = tagsAfter(batch.tags, update) ?? batch.tags;
  return refused;
}

interface FactContext extends Beginning {
  readonly known: Operation | undefined;
  /** True for the first update about the operation. */
  readonly isNew: boolean;
}

const FACT_KINDS = {
  START: "STARTED",
  SUCCEED: "SUCCEEDED",
  FAIL: "FAILED",
  RETRY: "RETRIED",
  CANCEL: "CANCELLED",
} as const satisfies Readonly<Record<OperationAction, UpdateFact["kind"]>>;

function factOf(update: OperationUpdate, context: FactContext): Fact {
  if (update.type === "EXECUTION") return executionEnded(update);
  const { action } = update;
  const fact: Draft<UpdateFact> = { kind: FACT_KINDS[action], id: update.id };
  const at = timeOf(update, context);
  if (context.isNew) introduce(fact, update);
  if (at !== context.env.now) fact.at = at;
  const kind = kinds[update.type];
  if (action === "START") {
    kind.begin(fact, update, context);
  } else {
    conclude(fact, update, at);
    kind.conclude(fact, update);
  }
  return fact as Fact;
}

function executionEnded(update: OperationUpdate): ExecutionEnded {
  const hasFailed = update.action === "FAIL";
  const fact: Draft<ExecutionEnded> = { kind: hasFailed ? "EXECUTION_FAILED" : "EXECUTION_SUCCEEDED" };
  if (update.payload != null) fact.result = update.payload;
  if (update.error != null) fact.error = storedFailure(update.error);
  return fact;
}

function introduce(fact: Draft<UpdateFact>, update: OperationUpdate): void {
  fact.type = update.type;
  if (update.parentId) fact.parentId = update.parentId;
  if (update.name != null) fact.name = update.name;
  if (update.subType != null) fact.subType = update.subType;
}

function conclude(fact: Draft<UpdateFact>, update: OperationUpdate, at: number): void {
  const { action, payload, error } = update;
  if (action === "RETRY") {
    fact.delaySeconds = update.nextAttemptDelaySeconds ?? 0;
    fact.dueAt = at + fact.delaySeconds * 1000;
  }
  if (payload != null && action !== "CANCEL") fact.result = payload;
  if (error != null) fact.error = storedFailure(error);
}

/** The time that the sender gives the update, as far as that can be true. */
function timeOf({ at }: OperationUpdate, { env, state, known }: FactContext): number {
  if (at === undefined || !Number.isFinite(at)) return env.now;
  return Math.min(Math.max(at, known?.startedAt ?? state.header.startedAt), env.now);
}
