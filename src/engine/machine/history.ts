/**
 * The history that people read: AWS's events, derived from the facts of the log, commit by commit.
 */

import type { Commit, CopiedCommit, ExecutionStarted, Fact, InvocationCompleted } from "../model/commit.ts";
import type { HistoryEvent } from "../model/history.ts";
import type { Draft } from "../model/draft.ts";
import { executionEventType, operationEventType } from "./history-event-type.ts";
import type { EventSubject, OperationFact, OperationKind } from "./kinds/kind.ts";
import { kindNamed } from "./kinds/kinds.ts";

/** The parts of an operation's first fact that later events repeat. */
interface Subject extends EventSubject {
  readonly kind: OperationKind;
  readonly parentId: string | undefined;
  readonly name: string | undefined;
  readonly subType: string | undefined;
}

/** Reads commits in order and remembers the open operations, as far as later events repeat them. */
export class HistoryReader {
  readonly #subjects = new Map<string, Subject>();
  #execution: { readonly id: string; readonly name: string } | undefined;
  #events = 0;

  /** The id of the newest event that was read; 0 for none. */
  get lastId(): number {
    return this.#events;
  }

  /** How many operations are remembered: those that are open. */
  get openCount(): number {
    return this.#subjects.size;
  }

  /** Another reader that goes on from the same place. */
  fork(): HistoryReader {
    const reader = new HistoryReader();
    reader.#execution = this.#execution;
    reader.#events = this.#events;
    for (const [id, subject] of this.#subjects) reader.#subjects.set(id, { ...subject });
    return reader;
  }

  /** The events of the next commit. */
  read(commit: Commit): HistoryEvent[] {
    const events: HistoryEvent[] = [];
    for (const fact of commit.facts) {
      if (fact.kind === "COPIED") {
        for (const copied of fact.commits) for (const event of this.read({ ...commit, ...copied })) events.push(event);
        continue;
      }
      const event = "id" in fact ? this.#operationEvent(fact, commit.at) : this.#executionEvent(fact, commit.at);
      if (event !== undefined) events.push(event);
    }
    return events;
  }

  /** Begins the operations anew with copied facts, without events: those were told before. */
  #goBack(commits: readonly CopiedCommit[]): void {
    const events = this.#events;
    this.#subjects.clear();
    for (const { at, facts } of commits) for (const fact of facts) if ("id" in fact) this.#operationEvent(fact, at);
    this.#events = events;
  }

  #executionEvent(fact: Exclude<Fact, OperationFact>, at: number): HistoryEvent | undefined {
    const eventType = executionEventType(fact);
    if (eventType === undefined) return undefined;
    const event: Draft<HistoryEvent> = { eventType, eventId: ++this.#events, at };
    if (fact.kind === "EXECUTION_STARTED") this.#execution = { id: fact.incarnation, name: fact.name };
    if (fact.kind !== "INVOCATION_COMPLETED") Object.assign(event, this.#execution);
    takeOutcome(event, fact);
    if (fact.kind === "EXECUTION_STARTED") begun(event, fact);
    if (fact.kind === "REWOUND") this.#goBack(fact.commits);
    if (fact.kind === "INVOCATION_COMPLETED") invoked(event, fact);
    return event;
  }

  #operationEvent(fact: OperationFact, committedAt: number): HistoryEvent | undefined {
    const subject = this.#follow(fact);
    const eventType = subject === undefined ? undefined : operationEventType(fact, subject.kind);
    if (subject === undefined || eventType === undefined) return undefined;
    const event: Draft<HistoryEvent> = { eventType, eventId: ++this.#events, at: fact.at ?? committedAt };
    identify(event, fact.id, subject);
    takeOutcome(event, fact);
    subject.kind.describe(event, fact, subject);
    return event;
  }

  /** The operation that a fact is about. */
  #follow(fact: OperationFact): Subject | undefined {
    let subject = this.#subjects.get(fact.id);
    if (subject === undefined) {
      subject = introduced(fact);
      if (subject !== undefined) this.#subjects.set(fact.id, subject);
    }
    if (isEnd(fact)) this.#subjects.delete(fact.id);
    return subject;
  }
}

/** The events of a whole log, lazily. */
export function* historyOf(commits: Iterable<Commit>): Generator<HistoryEvent> {
  const reader = new HistoryReader();
  for (const commit of commits) yield* reader.read(commit);
}

function introduced(fact: OperationFact): Subject | undefined {
  if (!("type" in fact)) return undefined;
  const kind = kindNamed(fact.type);
  if (kind === undefined) return undefined;
  const { parentId, name, subType } = fact;
  return { kind, parentId, name, subType, waitSeconds: undefined, attempt: 0 };
}

function isEnd({ kind }: OperationFact): boolean {
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

function takeOutcome(event: Draft<HistoryEvent>, fact: Fact): void {
  if ("result" in fact && fact.result !== undefined) event.result = fact.result;
  if ("error" in fact && fact.error !== undefined) event.error = fact.error;
}

function begun(event: Draft<HistoryEvent>, fact: ExecutionStarted): void {
  if (fact.input !== undefined) event.input = fact.input;
  if (fact.tenantId !== undefined) event.tenantId = fact.tenantId;
  if (fact.executionTimeoutSeconds !== undefined) event.executionTimeoutSeconds = fact.executionTimeoutSeconds;
}

function invoked(event: Draft<HistoryEvent>, fact: InvocationCompleted): void {
  event.requestId = fact.requestId;
  event.startedAt = fact.startedAt;
}
