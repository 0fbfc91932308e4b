/** Starting durable functions by the functions themselves: what they take and what they answer is theirs to say. */

import { branded } from "../engine/model/branded.ts";
import { causeFromFailure } from "../engine/model/errors.ts";
import type { ExecutionHeader, ExecutionStatus } from "../engine/model/execution.ts";
import type { ExecutionClient, StartRequest } from "../engine/runner/client.ts";
import type { FunctionDefinition, Functions, VersionedFunction } from "./function-map.ts";
import { InvalidArgumentError, shown } from "./invalid-argument.ts";
import type { DurableHandler } from "./types.ts";

/** The options of a start beside the event. */
export type StartOptions = Pick<StartRequest, "name" | "tenantId" | "tags" | "startAt">;

// oxlint-disable-next-line typescript/no-explicit-any -- any handler, whatever it takes and answers
type AnyHandler = DurableHandler<any, any>;
/** The event of a durable function. */
export type EventOf<Handler> = Handler extends DurableHandler<infer Event, infer _Result> ? Event : never;
/** The result of a durable function. */
export type ResultOf<Handler> = Handler extends DurableHandler<infer _Event, infer Result> ? Result : never;

/** Starts executions, typed by their functions. */
export interface Start {
  /**
   * Starts an execution of a function that this host runs, in the version that was given. Asking again with the same name
   * and event answers with the execution that is there.
   *
   * @throws {InvalidArgumentError} INVALID_ARGUMENT for a function that the host was not given, and an event that JSON
   * cannot write.
   * @throws {ClientError} as `client.start` does.
   */
  <Event, Result>(
    handler: DurableHandler<Event, Result>,
    event: Event,
    options?: StartOptions,
  ): Promise<ExecutionHandle<Result>>;
  /** The same by name, where the function itself is elsewhere: `start<typeof order>("order", event)`. */
  <Handler extends AnyHandler>(
    functionName: string,
    event: EventOf<Handler>,
    options?: StartOptions,
  ): Promise<ExecutionHandle<ResultOf<Handler>>>;
}

/** One execution, and what becomes of it. */
export interface ExecutionHandle<Result> {
  /** `<function name>/<execution name>`, by which the client knows it. */
  readonly id: string;
  /** True if this call started the execution; false if it existed already. */
  readonly created: boolean;
  /** The execution's status now. */
  status(): Promise<ExecutionStatus>;
  /**
   * The execution's result, once it has ended; undefined if it has none. Waits for `timeoutMs`, without end by default.
   *
   * @throws {ExecutionError} EXECUTION_FAILED, EXECUTION_TIMED_OUT or EXECUTION_STOPPED if it has ended otherwise,
   * EXECUTION_HALTED if it waits for a repair, EXECUTION_RUNNING if `timeoutMs` was not enough.
   * @throws {InvalidArgumentError} INVALID_ARGUMENT for a `timeoutMs` that is no number.
   * @throws {ClientError} ResourceNotFoundException once it is not retained any more, HostClosedException.
   */
  result(options?: { readonly timeoutMs?: number }): Promise<Result>;
}

/** Why an execution has no result. */
export type ExecutionErrorCode =
  | "EXECUTION_FAILED"
  | "EXECUTION_TIMED_OUT"
  | "EXECUTION_STOPPED"
  | "EXECUTION_HALTED"
  | "EXECUTION_RUNNING";

/** An execution has no result, or none yet. `cause` is the error that it ended with, if there is one. */
export class ExecutionError extends Error {
  override readonly name = "ExecutionError";
  /** Why there is no result. */
  readonly code: ExecutionErrorCode;
  /** The execution as it was then. */
  readonly execution: ExecutionHeader;

  constructor(execution: ExecutionHeader) {
    const { status, halt, error = halt?.error } = execution;
    const state = halt === undefined ? status : "HALTED";
    const why = error?.errorMessage === undefined ? "" : `: ${error.errorMessage}`;
    super(
      `Execution ${execution.id} is ${state}${why}`,
      error === undefined ? undefined : { cause: causeFromFailure(error) },
    );
    this.code = `EXECUTION_${state}` as ExecutionErrorCode;
    this.execution = execution;
  }
}

branded(ExecutionError, "ExecutionError");

const LONGEST_WAIT_MS = 600_000;

/** `functions` are those that the host was given; a host that was given none starts by name alone. */
export function typedStart(client: ExecutionClient, functions: Functions = {}): Start {
  return async (
    handler: AnyHandler | string,
    event: unknown,
    options: StartOptions = {},
  ): Promise<ExecutionHandle<never>> => {
    const subject = typeof handler === "string" ? { functionName: handler } : nameOf(handler, functions);
    const input = write(event);
    const { name, tenantId, tags, startAt } = options;
    const { execution, created } = await client.start({
      ...subject,
      ...(input !== undefined && { input }),
      ...(name !== undefined && { name }),
      ...(tenantId !== undefined && { tenantId }),
      ...(tags !== undefined && { tags }),
      ...(startAt !== undefined && { startAt }),
    });
    return new Handle(client, execution.id, created);
  };
}

class Handle implements ExecutionHandle<never> {
  readonly #client: ExecutionClient;
  readonly id: string;
  readonly created: boolean;

  constructor(client: ExecutionClient, id: string, created: boolean) {
    this.#client = client;
    this.id = id;
    this.created = created;
  }

  async status(): Promise<ExecutionStatus> {
    return (await this.#client.describe(this.id)).status;
  }

  async result({ timeoutMs = Number.POSITIVE_INFINITY }: { readonly timeoutMs?: number } = {}): Promise<never> {
    // The sum of the time and what is no number would be over at once, or never.
    if (typeof timeoutMs !== "number" || Number.isNaN(timeoutMs))
      throw new InvalidArgumentError(`result got timeoutMs: ${shown(timeoutMs)}: write timeoutMs: 60_000.`);
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const header = await this.#client.settled(this.id, Math.min(deadline, Date.now() + LONGEST_WAIT_MS));
      if (header.status === "SUCCEEDED") return read(header.result) as never;
      const goesOn = header.status === "RUNNING" && header.halt === undefined && Date.now() < deadline;
      if (!goesOn) throw new ExecutionError(header);
    }
  }
}

function nameOf(handler: AnyHandler, functions: Functions): Pick<StartRequest, "functionName" | "version"> {
  for (const [functionName, definition] of Object.entries(functions)) {
    if (isVersioned(definition)) {
      const version = Object.entries(definition.versions).find(([, each]) => isOf(each, handler))?.[0];
      if (version !== undefined) return { functionName, version };
    } else if (isOf(definition, handler)) return { functionName };
  }
  throw new InvalidArgumentError(
    `start got ${shown(handler)}, which this host was not given: name it among its functions, or start it by its name.`,
  );
}

function isVersioned(definition: FunctionDefinition | VersionedFunction): definition is VersionedFunction {
  return typeof definition === "object" && "versions" in definition;
}

function isOf(definition: FunctionDefinition, handler: unknown): boolean {
  return definition === handler || (typeof definition === "object" && definition.awsDurable === handler);
}

function write(event: unknown): string | undefined {
  try {
    return JSON.stringify(event);
  } catch (error) {
    throw new InvalidArgumentError(`The event cannot be written as JSON: ${String(error)}`);
  }
}

function read(result: string | undefined): unknown {
  return result === undefined ? undefined : (JSON.parse(result) as unknown);
}
