/**
 * The client of executions that live in objects of their own: it finds the object by the id of the execution, or by a
 * callback id, which carries it, and passes the call on.
 */

import type { ExecutionHeader, ParentReference } from "../../engine/model/execution.ts";
import type { Failure } from "../../engine/model/failure.ts";
import { executionIdOfCallback } from "../../engine/model/callback-id.ts";
import {
  type CallbackOutcome,
  type CheckpointAnswer,
  type CheckpointRequest,
  ClientError,
  ClientErrorCode,
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
} from "../../engine/runner/client.ts";
import { listExecutions } from "../../engine/runner/directory-list.ts";
import type { FunctionRegistry } from "../../engine/runner/function.ts";
import { randomId } from "../hosts/random-id.ts";
import { unwrap } from "./answer.ts";
import type { DirectoryShards } from "./directory-shards.ts";
import type { CallArguments, CallResult, ExecutionCall, ExecutionRpc } from "./execution-rpc.ts";
import { LiveEvents } from "./live-stream.ts";
import type { ObjectNamespace } from "./object-namespace.ts";
import { reach } from "./reach.ts";

/** Calls that change nothing when they are made twice. */
const REPEATABLE: ReadonlySet<ExecutionCall> = new Set<ExecutionCall>([
  "start",
  "describe",
  "history",
  "state",
  "checkToken",
  "stop",
  "pause",
  "fork",
  "completeInvoke",
  "settled",
]);

const LONGEST_WAIT_MS = 60_000;

export class DurableObjectClient implements ExecutionClient {
  readonly #executions: ObjectNamespace<ExecutionRpc>;
  readonly #directory: DirectoryShards;
  readonly #functions: FunctionRegistry;

  /** `functions` are those of the Worker, which every object of it has. */
  constructor(executions: ObjectNamespace<ExecutionRpc>, directory: DirectoryShards, functions: FunctionRegistry) {
    this.#executions = executions;
    this.#directory = directory;
    this.#functions = functions;
  }

  functionNames(): readonly string[] {
    return this.#functions.names;
  }

  hasFunction(functionName: string, version?: string): boolean {
    return this.#functions.resolve(functionName, version) !== undefined;
  }

  start(request: StartRequest): Promise<StartAnswer> {
    const name = request.name ?? randomId();
    return this.#call(`${request.functionName}/${name}`, "start", [{ ...request, name }]);
  }

  describe(executionId: string): Promise<ExecutionHeader> {
    return this.#call(executionId, "describe", [executionId]);
  }

  history(executionId: string, query: HistoryQuery): Promise<HistoryPage> {
    return this.#call(executionId, "history", [executionId, query]);
  }

  state(executionId: string, query: StateQuery): Promise<StatePage> {
    return this.#call(executionId, "state", [executionId, query]);
  }

  list(query: ListQuery): Promise<DirectoryPage> {
    return listExecutions(query, (scan) => this.#directory.list(scan));
  }

  stop(executionId: string, error?: Failure): Promise<number> {
    return this.#call(executionId, "stop", [executionId, error]);
  }

  resume(executionId: string, options?: { version?: string }): Promise<void> {
    return this.#call(executionId, "resume", [executionId, options]);
  }

  pause(executionId: string, options?: { reason?: string }): Promise<void> {
    return this.#call(executionId, "pause", [executionId, options]);
  }

  fork(executionId: string, options: ForkOptions = {}): Promise<StartAnswer> {
    const name = options.name ?? randomId();
    return this.#call(executionId, "fork", [executionId, { ...options, name }]);
  }

  rewind(executionId: string, options: RewindOptions): Promise<void> {
    return this.#call(executionId, "rewind", [executionId, options]);
  }

  purge(executionId: string): Promise<void> {
    return this.#call(executionId, "purge", [executionId]);
  }

  async completeCallback(callbackId: string, outcome: CallbackOutcome): Promise<void> {
    const executionId = executionIdOfCallback(callbackId);
    if (executionId === undefined) throw new ClientError(ClientErrorCode.INVALID_PARAMETER, "Invalid callback id.");
    await this.#call(executionId, "completeCallback", [callbackId, outcome]);
  }

  completeInvoke(parent: ParentReference, outcome: InvokeOutcome): Promise<void> {
    return this.#call(parent.executionId, "completeInvoke", [parent, outcome]);
  }

  checkToken(executionId: string, token: string): Promise<void> {
    return this.#call(executionId, "checkToken", [executionId, token]);
  }

  checkpoint(executionId: string, request: CheckpointRequest): Promise<CheckpointAnswer> {
    return this.#call(executionId, "checkpoint", [executionId, request]);
  }

  /** In slices, so that a caller who went away does not keep an object in memory for long. */
  async settled(executionId: string, deadline: number): Promise<ExecutionHeader> {
    for (;;) {
      const until = Math.min(deadline, Date.now() + LONGEST_WAIT_MS);
      const header = await this.#call(executionId, "settled", [executionId, until]);
      if (header.status !== "RUNNING" || header.halt !== undefined || Date.now() >= deadline) return header;
    }
  }

  watch(executionId: string, cursor: number): AsyncIterable<LiveEvent> {
    const open = (from: number): Promise<ReadableStream<Uint8Array>> =>
      this.#stub(executionId).watch(executionId, from);
    return { [Symbol.asyncIterator]: () => new LiveEvents(cursor, open) };
  }

  async #call<Call extends ExecutionCall>(
    executionId: string,
    call: Call,
    args: CallArguments<Call>,
  ): Promise<CallResult<Call>> {
    return unwrap(await reach(() => this.#stub(executionId).call(call, args), REPEATABLE.has(call)));
  }

  /** A new stub for every try: one that has seen its object fail stays broken. */
  #stub(executionId: string): ExecutionRpc {
    return this.#executions.get(this.#executions.idFromName(executionId));
  }
}
