/**
 * What the outside may do with executions. The runner implements it in process; a host that spreads executions over
 * several processes (one Durable Object each) implements it by routing. The HTTP face speaks to nothing else.
 */

import type { ExecutionHeader, ExecutionStatus, ParentReference } from "../model/execution.ts";
import type { Failure } from "../model/failure.ts";
import type { HistoryEvent } from "../model/history.ts";
import type { Operation } from "../model/operation.ts";
import type { OperationUpdate } from "../model/update.ts";
import type { DirectoryRow } from "../ports/execution-store.ts";

export interface StartRequest {
  readonly functionName: string;
  /** 1 to 64 of `[a-zA-Z0-9-_]`; a random one when absent. */
  readonly name?: string;
  /** A registered version; `$LATEST` or absent for the newest. */
  readonly version?: string;
  /** The event as JSON text. */
  readonly input?: string;
  readonly tenantId?: string;
  readonly parent?: ParentReference;
}

export interface StartAnswer {
  readonly execution: ExecutionHeader;
  /** False when an execution of that name with the same input and version was there already. */
  readonly created: boolean;
}

/** Which executions to list. Those match that match everything given; times are ms since the epoch. */
export interface ListQuery {
  readonly functionName?: string;
  readonly name?: string;
  readonly version?: string;
  /** Any of these; none at all for an empty list. */
  readonly statuses?: readonly ExecutionStatus[];
  /** Started at this time or later. */
  readonly startedAfter?: number;
  /** Started at this time or earlier. */
  readonly startedBefore?: number;
  /** Newest first when true; oldest first by default. */
  readonly reverse?: boolean;
  /** The `marker` of the page before. */
  readonly marker?: string;
  /** Rows of a page, 1 to 1000. */
  readonly limit: number;
}

/** One page of a list, in the order of starts, and of ids among those that started in the same millisecond. */
export interface DirectoryPage {
  readonly rows: readonly DirectoryRow[];
  /** Where the next page begins; absent when there are no more rows. Good for the same filters in the same direction. */
  readonly marker?: string;
}

export interface HistoryQuery {
  /** Events with an id above this; 0 or absent for all. With `reverse`: below this. */
  readonly after?: number;
  /** 1 to 1000. */
  readonly limit: number;
  readonly reverse?: boolean;
  /** Leaves payloads and errors out when false. */
  readonly includeData: boolean;
  /** Only of this incarnation; by default of the one that has the id now. */
  readonly incarnation?: string;
}

export interface HistoryPage {
  readonly events: readonly HistoryEvent[];
  readonly more: boolean;
}

export interface StatePage {
  readonly header: ExecutionHeader;
  /** In the order in which they started; contexts that completed without `replayChildren` hide what is in them. */
  readonly operations: readonly Operation[];
  readonly marker?: string;
}

export type CallbackOutcome =
  | { readonly type: "SUCCEEDED"; readonly result?: string }
  | { readonly type: "FAILED"; readonly error: Failure }
  | { readonly type: "HEARTBEAT" };

/** How a chained invoke ended. */
export type InvokeOutcome =
  | { readonly status: "SUCCEEDED"; readonly result?: string }
  | { readonly status: "FAILED" | "TIMED_OUT" | "STOPPED"; readonly error?: Failure };

export interface CheckpointRequest {
  readonly token: string;
  readonly updates: readonly OperationUpdate[];
}

export interface CheckpointAnswer {
  readonly token: string;
  readonly operations: readonly Operation[];
}

/** What a live view is told: the commits as they land, by number, so that it can go on from any cursor. */
export interface LiveEvent {
  /** The number of the commit; the cursor to resume after. */
  readonly seq: number;
  /** The commit's text, see docs/log-format.md. */
  readonly body: string;
}

export interface ExecutionClient {
  /** What can be started here. */
  functionNames(): readonly string[];
  start(request: StartRequest): Promise<StartAnswer>;
  describe(executionId: string): Promise<ExecutionHeader>;
  /**
   * A page of the history that people read.
   *
   * @throws {ClientError} ResourceNotFoundException for an execution, or an incarnation of it, that is not there.
   */
  history(executionId: string, query: HistoryQuery): Promise<HistoryPage>;
  /** The operations as an SDK sees them. `token` is checked when given. */
  state(executionId: string, page: { token?: string; marker?: string; limit: number }): Promise<StatePage>;
  /**
   * Lists executions, page by page. Rows that come and go between two pages neither repeat nor hide others.
   *
   * @throws {ClientError} InvalidParameterValueException for a limit, a status, a time or a marker that cannot be.
   */
  list(query: ListQuery): Promise<DirectoryPage>;
  /** Answers when it was stopped, ms since the epoch; stopping what has ended changes nothing. */
  stop(executionId: string, error?: Failure): Promise<number>;
  /** Goes on after a halt, with another version if one is named. */
  resume(executionId: string, options?: { version?: string }): Promise<void>;
  completeCallback(callbackId: string, outcome: CallbackOutcome): Promise<void>;
  /** Tells an execution how a function it invoked has ended; a second outcome for the same operation changes nothing. */
  completeInvoke(parent: ParentReference, outcome: InvokeOutcome): Promise<void>;
  /** For an SDK that runs elsewhere and holds a token. */
  checkpoint(executionId: string, request: CheckpointRequest): Promise<CheckpointAnswer>;
  /** Resolves with the header once the execution has ended or halted, or at `deadline` (ms since the epoch) with what it is then. */
  settled(executionId: string, deadline: number): Promise<ExecutionHeader>;
  /** The log after commit `cursor`, then live, until the execution has ended. */
  watch(executionId: string, cursor: number): AsyncIterable<LiveEvent>;
}

/** What a client refuses, by a stable code; the names are those of the Lambda API. */
export const ClientErrorCode = {
  INVALID_PARAMETER: "InvalidParameterValueException",
  NOT_FOUND: "ResourceNotFoundException",
  ALREADY_STARTED: "DurableExecutionAlreadyStartedException",
  CALLBACK_CLOSED: "CallbackTimeoutException",
  THROTTLED: "TooManyRequestsException",
  SERVICE: "ServiceException",
  /** The host was closed. perdure's own: nothing of it is asked again in this process. */
  HOST_CLOSED: "HostClosedException",
} as const;
export type ClientErrorCode = (typeof ClientErrorCode)[keyof typeof ClientErrorCode];

export class ClientError extends Error {
  override readonly name = "ClientError";
  readonly code: ClientErrorCode;
  constructor(code: ClientErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
