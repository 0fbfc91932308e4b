import type { ExecutionHeader, ParentReference } from "../../src/engine/model/execution.ts";
import type { Failure } from "../../src/engine/model/failure.ts";
import type { HistoryEvent } from "../../src/engine/model/history.ts";
import type { Operation } from "../../src/engine/model/operation.ts";
import type { DirectoryRow } from "../../src/engine/ports/execution-store.ts";
import {
  type CallbackOutcome,
  type CheckpointAnswer,
  type CheckpointRequest,
  ClientError,
  type DirectoryPage,
  type ExecutionClient,
  type ForkOptions,
  type HistoryPage,
  type HistoryQuery,
  type InvokeOutcome,
  type ListQuery,
  type LiveEvent,
  type RewindOptions,
  type StartAnswer,
  type StartRequest,
  type StatePage,
  type StateQuery,
} from "../../src/engine/runner/client.ts";

export const STARTED_AT = 1_700_000_000_250;

/** Answers from plain data and notes what it was told, so that the tests see exactly what crossed the HTTP face. */
export class PlainClient implements ExecutionClient {
  readonly executions = new Map<string, ExecutionHeader>();
  readonly events: HistoryEvent[] = [];
  readonly operations: Operation[] = [];
  readonly live: LiveEvent[] = [];
  readonly notes: unknown[] = [];
  /** What every new execution becomes before `settled` answers. */
  outcome: Partial<ExecutionHeader> = { status: "SUCCEEDED", result: '{"done":true}', endedAt: STARTED_AT + 1000 };
  /** Thrown by every call while it is set. */
  failure: Error | undefined;

  functionNames(): readonly string[] {
    this.#note("functionNames");
    return ["refund", "order"];
  }

  hasFunction(functionName: string, version?: string): boolean {
    this.#note("hasFunction", functionName, version);
    return ["refund", "order"].includes(functionName) && version !== "missing";
  }

  async start(request: StartRequest): Promise<StartAnswer> {
    this.#note("start", request);
    if (request.functionName === "nobody")
      throw new ClientError("ResourceNotFoundException", "Function not found: nobody");
    const name = request.name ?? `generated-${this.executions.size + 1}`;
    const id = `${request.functionName}/${name}`;
    const existing = this.executions.get(id);
    if (existing && existing.input !== request.input) {
      throw new ClientError("DurableExecutionAlreadyStartedException", `An execution named ${name} exists.`);
    }
    const execution = existing ?? newExecution(id, { ...request, name });
    this.executions.set(id, execution);
    return { execution, created: !existing };
  }

  async describe(executionId: string): Promise<ExecutionHeader> {
    this.#note("describe", executionId);
    const execution = this.executions.get(executionId);
    if (!execution) throw new ClientError("ResourceNotFoundException", "There is no such execution.");
    return execution;
  }

  async history(executionId: string, query: HistoryQuery): Promise<HistoryPage> {
    this.#note("history", executionId, query);
    const execution = this.executions.get(executionId);
    if (!execution || execution.incarnation !== (query.incarnation ?? execution.incarnation))
      throw new ClientError("ResourceNotFoundException", "There is no such execution.");
    const ordered = query.reverse ? this.events.toReversed() : this.events;
    const { after = 0 } = query;
    const rest = ordered.filter(({ eventId }) => (query.reverse && after ? eventId < after : eventId > after));
    return { events: rest.slice(0, query.limit), more: rest.length > query.limit };
  }

  async state(executionId: string, query: StateQuery): Promise<StatePage> {
    this.#note("state", executionId, query);
    const from = Number(query.marker ?? 0);
    const end = from + query.limit;
    const operations = this.operations.slice(from, end);
    const header = await this.describe(executionId);
    return end < this.operations.length ? { header, operations, marker: String(end) } : { header, operations };
  }

  async list(query: ListQuery): Promise<DirectoryPage> {
    this.#note("list", query);
    const rows = [...this.executions.values()].filter((each) => each.functionName === query.functionName).map(toRow);
    const from = Number(query.marker ?? 0);
    const end = from + query.limit;
    return { rows: rows.slice(from, end), ...(end < rows.length && { marker: String(end) }) };
  }

  async stop(executionId: string, error?: Failure): Promise<number> {
    this.#note("stop", executionId, error);
    return STARTED_AT + 5000;
  }

  async resume(executionId: string, options?: { version?: string }): Promise<void> {
    this.#note("resume", executionId, options);
  }

  async pause(executionId: string, options?: { reason?: string }): Promise<void> {
    this.#note("pause", executionId, options);
  }

  async fork(executionId: string, options?: ForkOptions): Promise<StartAnswer> {
    this.#note("fork", executionId, options);
    return { execution: await this.describe(executionId), created: true };
  }

  async rewind(executionId: string, options: RewindOptions): Promise<void> {
    this.#note("rewind", executionId, options);
  }

  async purge(executionId: string): Promise<void> {
    this.#note("purge", executionId);
  }

  async completeCallback(callbackId: string, outcome: CallbackOutcome): Promise<void> {
    this.#note("completeCallback", callbackId, outcome);
  }

  async completeInvoke(parent: ParentReference, outcome: InvokeOutcome): Promise<void> {
    this.#note("completeInvoke", parent, outcome);
  }

  async checkToken(executionId: string, token: string): Promise<void> {
    this.#note("checkToken", executionId, token);
    if (token === "wrong") throw new ClientError("InvalidParameterValueException", "Invalid Checkpoint Token");
  }

  async checkpoint(executionId: string, request: CheckpointRequest): Promise<CheckpointAnswer> {
    this.#note("checkpoint", executionId, request);
    return { token: `${request.token}-next`, operations: this.operations };
  }

  async settled(executionId: string, deadline: number): Promise<ExecutionHeader> {
    this.#note("settled", executionId, deadline);
    const execution = { ...(await this.describe(executionId)), ...this.outcome };
    this.executions.set(executionId, execution);
    return execution;
  }

  watch(executionId: string, cursor: number): AsyncIterable<LiveEvent> {
    this.#note("watch", executionId, cursor);
    return from(this.live.filter(({ seq }) => seq > cursor));
  }

  /** What the last call of that name was told. */
  told(name: string): unknown[] {
    const [, ...rest] = (this.notes as unknown[][]).findLast(([noted]) => noted === name) ?? [];
    return rest;
  }

  /** The notes but those of a look at a token, which changes nothing. */
  get changes(): unknown[] {
    return (this.notes as unknown[][]).filter(([noted]) => noted !== "checkToken");
  }

  #note(...note: unknown[]): void {
    this.notes.push(note);
    if (this.failure) throw this.failure;
  }
}

async function* from<T>(items: readonly T[]): AsyncIterable<T> {
  yield* items;
}

function newExecution(id: string, request: StartRequest & { name: string }): ExecutionHeader {
  return {
    id,
    name: request.name,
    functionName: request.functionName,
    version: request.version ?? "$LATEST",
    incarnation: "0123456789abcdef",
    status: "RUNNING",
    startedAt: STARTED_AT,
    retentionDays: 14,
    ...(request.input !== undefined && { input: request.input }),
  };
}

function toRow(execution: ExecutionHeader): DirectoryRow {
  const { id, functionName, name, version, incarnation, status, startedAt, endedAt } = execution;
  const row = { id, functionName, name, version, incarnation, seq: 1, status, startedAt };
  return endedAt === undefined ? row : { ...row, endedAt };
}
