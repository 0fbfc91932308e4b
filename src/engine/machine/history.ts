/**
 * The history that people read: AWS's events, derived from the facts of the log, commit by commit.
 */

import type { Commit, ExecutionStarted, Fact } from "../model/commit.ts";
import type { HistoryEvent } from "../model/history.ts";
import type { OperationType } from "../model/operation.ts";
import type { Draft } from "../model/draft.ts";
import { historyEventType } from "./history-event-type.ts";

/** What later events repeat of an operation's first fact. */
interface Subject {
  readonly type: OperationType;
  readonly parentId: string | undefined;
  readonly name: string | undefined;
  readonly subType: string | undefined;
  readonly waitSeconds: number | undefined;
  attempt: number;
}

/** Reads commits in order and remembers what it needs of the operations that are open. */
export class HistoryReader {
  readonly #subjects = new Map<string, Subject>();
  #execution: { readonly id: string; readonly name: string } | undefined;
  #events = 0;

  /** The events of the next commit. */
  read(commit: Commit): HistoryEvent[] {
    const events: HistoryEvent[] = [];
    for (const fact of commit.facts) {
      const event = this.#event(fact, commit.at);
      if (event !== undefined) events.push(event);
    }
    return events;
  }

  #event(fact: Fact, committedAt: number): HistoryEvent | undefined {
    const subject = "id" in fact ? this.#follow(fact) : undefined;
    const eventType = historyEventType(fact, subject?.type ?? "EXECUTION");
    if (eventType === undefined) return undefined;
    const at = "at" in fact && fact.at !== undefined ? fact.at : committedAt;
    const event: Draft<HistoryEvent> = { eventType, eventId: ++this.#events, at };
    if (fact.kind === "EXECUTION_STARTED") this.#execution = { id: fact.incarnation, name: fact.name };
    if (subject !== undefined && "id" in fact) identify(event, fact.id, subject);
    else if (fact.kind !== "INVOCATION_COMPLETED") Object.assign(event, this.#execution);
    detail(event, fact, subject);
    return event;
  }

  /** The operation that a fact is about, as it is after the fact. */
  #follow(fact: Extract<Fact, { readonly id: string }>): Subject | undefined {
    let subject = this.#subjects.get(fact.id);
    if (subject === undefined && "type" in fact && fact.type !== undefined) {
      const { type, parentId, name, subType } = fact;
      const waitSeconds = fact.kind === "STARTED" ? fact.waitSeconds : undefined;
      subject = { type, parentId, name, subType, waitSeconds, attempt: 0 };
      this.#subjects.set(fact.id, subject);
    }
    if (subject?.type === "STEP" && endsAttempt(fact)) subject.attempt++;
    if (isEnd(fact)) this.#subjects.delete(fact.id);
    return subject;
  }
}

/** The events of a whole log, lazily. */
export function* historyOf(commits: Iterable<Commit>): Generator<HistoryEvent> {
  const reader = new HistoryReader();
  for (const commit of commits) yield* reader.read(commit);
}

function endsAttempt({ kind }: Fact): boolean {
  return kind === "SUCCEEDED" || kind === "FAILED" || kind === "RETRIED";
}

function isEnd({ kind }: Fact): boolean {
  return (
    kind === "SUCCEEDED" || kind === "FAILED" || kind === "TIMED_OUT" || kind === "STOPPED" || kind === "CANCELLED"
  );
}

function identify(event: Draft<HistoryEvent>, id: string, subject: Subject): void {
  event.id = id;
  if (subject.parentId !== undefined) event.parentId = subject.parentId;
  if (subject.name !== undefined) event.name = subject.name;
  if (subject.subType !== undefined) event.subType = subject.subType;
}

function detail(event: Draft<HistoryEvent>, fact: Fact, subject: Subject | undefined): void {
  if ("result" in fact && fact.result !== undefined) event.result = fact.result;
  if ("error" in fact && fact.error !== undefined) event.error = fact.error;
  switch (fact.kind) {
    case "EXECUTION_STARTED":
      return begun(event, fact);
    case "STARTED":
      return started(event, fact);
    case "SUCCEEDED":
    case "FAILED":
    case "CANCELLED":
      if (subject?.type === "STEP") event.attempt = subject.attempt;
      if (subject?.waitSeconds !== undefined) event.waitSeconds = subject.waitSeconds;
      return;
    case "RETRIED":
      if (subject !== undefined) event.attempt = subject.attempt;
      event.nextAttemptDelaySeconds = fact.delaySeconds;
      return;
    case "INVOCATION_COMPLETED":
      event.requestId = fact.requestId;
      event.startedAt = fact.startedAt;
      return;
    default:
  }
}

function begun(event: Draft<HistoryEvent>, fact: ExecutionStarted): void {
  if (fact.input !== undefined) event.input = fact.input;
  if (fact.tenantId !== undefined) event.tenantId = fact.tenantId;
  if (fact.executionTimeoutSeconds !== undefined) event.executionTimeoutSeconds = fact.executionTimeoutSeconds;
}

function started(event: Draft<HistoryEvent>, fact: Extract<Fact, { readonly kind: "STARTED" }>): void {
  const { input, waitSeconds, dueAt, callbackId, timeoutSeconds, heartbeatTimeoutSeconds, functionName, tenantId } =
    fact;
  if (input !== undefined) event.input = input;
  if (waitSeconds !== undefined) event.waitSeconds = waitSeconds;
  if (dueAt !== undefined) event.dueAt = dueAt;
  if (callbackId !== undefined) event.callbackId = callbackId;
  if (timeoutSeconds !== undefined) event.timeoutSeconds = timeoutSeconds;
  if (heartbeatTimeoutSeconds !== undefined) event.heartbeatTimeoutSeconds = heartbeatTimeoutSeconds;
  if (functionName !== undefined) event.functionName = functionName;
  if (tenantId !== undefined) event.tenantId = tenantId;
}
