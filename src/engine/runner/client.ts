/**
 * The calls from outside on executions. The runner implements them in process; a host that spreads executions over
 * several processes (one Durable Object each) implements them by routing. The HTTP face speaks to nothing else.
 */

import { branded } from "../model/branded.ts";
import type { ExecutionHeader, ExecutionStatus, ForkReference, ParentReference } from "../model/execution.ts";
import type { Failure } from "../model/failure.ts";
import type { HistoryEvent } from "../model/history.ts";
import type { Operation } from "../model/operation.ts";
import type { Tags } from "../model/tags.ts";
import type { OperationUpdate } from "../model/update.ts";
import type { DirectoryRow } from "../ports/execution-store.ts";

/** A request to start an execution. */
export interface StartRequest {
  /** A registered function: 1 to 140 of `[a-zA-Z0-9-_]`. */
  readonly functionName: string;
  /** 1 to 64 of `[a-zA-Z0-9-_]`; a random one when absent. */
  readonly name?: string;
  /** A registered version; `$LATEST` or absent for the newest. */
  readonly version?: string;
  /** The event as JSON text. */
  readonly input?: string;
  /** 1 to 256 printable ASCII characters; none by default. Functions read it from their context. */
  readonly tenantId?: string;
  /** The trace that the start belongs to: 1 to 1024 printable ASCII characters; none by default. */
  readonly traceHeader?: string;
  /** The chained invoke that starts the execution, and is told how it ended; none by default. */
  readonly parent?: ParentReference;
  /**
   * Texts to find the execution by: up to 10, of at most 256 characters, each under a key of 1 to 64 letters, digits
   * and `_ . : / @ + -`. None by default. Starting an execution that is there already leaves its tags as they are.
   */
  readonly tags?: Tags;
  /**
   * When the function is first called: a Date, ms since the epoch, or a time as ISO 8601 has it, at most 366 days
   * ahead. At once by default, and for a time that has come. The execution's timeout runs from then on.
   */
  readonly startAt?: Date | number | string;
  /** The execution that this one begins as a copy of; none by default. See `ExecutionClient.fork`. */
  readonly forkedFrom?: ForkReference;
}

/** Where a fork begins, and in which version. */
export interface ForkOptions {
  /** The fork's name, 1 to 64 of `[a-zA-Z0-9-_]`; a random one when absent. */
  readonly name?: string;
  /** The id of an operation as it is recorded: the fork has the records before that operation, and begins with it. */
  readonly operationId?: string;
  /** The number of a commit, 1 or more: the fork has the records up to that commit. Not beside `operationId`. */
  readonly cursor?: number;
  /** A registered version; `$LATEST` for the newest. That of the execution when absent. */
  readonly version?: string;
}

/** The point that an execution is rewound to: an operation or a commit. */
export interface RewindOptions {
  /** The id of an operation as it is recorded: the execution goes on with it, from the records before it. */
  readonly operationId?: string;
  /** The number of a commit, 1 or more: the execution goes on from the records up to that commit. */
  readonly cursor?: number;
  /** A registered version to go on in; `$LATEST` for the newest. That of the execution when absent. */
  readonly version?: string;
}

/** The answer to a start. */
export interface StartAnswer {
  /** The execution that has the name now. */
  readonly execution: ExecutionHeader;
  /** False when an execution of that name with the same input and version was there already. */
  readonly created: boolean;
}

/** Which executions to list: those that match everything given. Times are ms since the epoch. */
export interface ListQuery {
  /** Of this function; of all by default. */
  readonly functionName?: string;
  /** With exactly this name. */
  readonly name?: string;
  /** Begun in, or resumed with, this version. */
  readonly version?: string;
  /** Any of these; none at all for an empty list. */
  readonly statuses?: readonly ExecutionStatus[];
  /** With a name that begins with this. */
  readonly namePrefix?: string;
  /** Halted when true, not halted when false; both by default. */
  readonly halted?: boolean;
  /** With all of these tags. */
  readonly tags?: Tags;
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
  /** At most as many as were asked for; fewer, or none, before the end where many had to be passed over. */
  readonly rows: readonly DirectoryRow[];
  /** Where the next page begins; absent when there are no more rows. Good for the same filters in the same direction. */
  readonly marker?: string;
}

/** Which events of a history to read. */
export interface HistoryQuery {
  /** Events with an id above this; 0 or absent for all. With `reverse`: below this. */
  readonly after?: number;
  /** 1 to 1000. */
  readonly limit: number;
  /** Newest first when true; oldest first by default. */
  readonly reverse?: boolean;
  /** Leaves payloads and errors out when false. */
  readonly includeData: boolean;
  /** Only of this incarnation; by default of the execution that has the id now. */
  readonly incarnation?: string;
}

/** One page of a history. It may end before the limit, when one more event would make it too large to carry. */
export interface HistoryPage {
  /** In the order that was asked for; at least one unless there are none. */
  readonly events: readonly HistoryEvent[];
  /** Whether there are events behind the last one. */
  readonly more: boolean;
}

/** Which operations of an execution to read. */
export interface StateQuery {
  /** The token of the last checkpoint; checked when given. */
  readonly token?: string;
  /** Where the page begins: the marker of the page before, read with the same `open`. */
  readonly marker?: string;
  /** The most operations of the page, from 1 on. */
  readonly limit: number;
  /** True for those alone whose outcome is to come; all by default. */
  readonly open?: boolean;
}

/** One page of the operations of an execution. */
export interface StatePage {
  /** The execution that the operations belong to. */
  readonly header: ExecutionHeader;
  /** In the order in which they started; contexts that completed without `replayChildren` hide their operations. */
  readonly operations: readonly Operation[];
  /** Where the next page begins; absent when there are no more. */
  readonly marker?: string;
}

/** What a callback is completed with: JSON text of at most 256 KiB, an error, or a sign of life. */
export type CallbackOutcome =
  | { readonly type: "SUCCEEDED"; readonly result?: string }
  | { readonly type: "FAILED"; readonly error: Failure }
  | { readonly type: "HEARTBEAT" };

/** How a chained invoke ended. */
export type InvokeOutcome =
  | { readonly status: "SUCCEEDED"; readonly result?: string }
  | { readonly status: "FAILED" | "TIMED_OUT" | "STOPPED"; readonly error?: Failure };

/** A checkpoint by an SDK that runs elsewhere. */
export interface CheckpointRequest {
  /** The token of the last answer, or of the invocation. */
  readonly token: string;
  /** The updates to record, in order; none, to hear of changes. */
  readonly updates: readonly OperationUpdate[];
}

/** The answer to a checkpoint. */
export interface CheckpointAnswer {
  /** For the next checkpoint; absent if the invocation is to end, since another one has taken over. */
  readonly token?: string;
  /** The operations that have changed since the last answer, as they are now. */
  readonly operations: readonly Operation[];
}

/** A commit for a live view: told as it lands, with its number, so that the view can go on from any cursor. */
export interface LiveEvent {
  /** The number of the commit; the cursor to resume after. */
  readonly seq: number;
  /** The commit's text, see docs/log-format.md. */
  readonly body: string;
}

/**
 * Starts, reads and changes executions. Their ids are `<function name>/<execution name>`. Every call may be refused with a
 * `ClientError`.
 */
export interface ExecutionClient {
  /** The functions that can be started here. */
  functionNames(): readonly string[];
  /** True if an execution of this function, in this version or in the newest, could be started here. */
  hasFunction(functionName: string, version?: string): boolean;
  /**
   * Starts an execution. A second request for the same name, input and version is answered with the first execution.
   *
   * @throws {ClientError} ResourceNotFoundException for an unknown function or version; InvalidParameterValueException;
   * DurableExecutionAlreadyStartedException if the name is taken by another one; TooManyRequestsException.
   */
  start(request: StartRequest): Promise<StartAnswer>;
  /**
   * The header of an execution, as it is now.
   *
   * @throws {ClientError} ResourceNotFoundException
   */
  describe(executionId: string): Promise<ExecutionHeader>;
  /**
   * A page of the history that people read.
   *
   * @throws {ClientError} ResourceNotFoundException for an execution, or an incarnation of it, that is not there.
   */
  history(executionId: string, query: HistoryQuery): Promise<HistoryPage>;
  /**
   * A page of the operations, as an SDK sees them.
   *
   * @throws {ClientError} ResourceNotFoundException; InvalidParameterValueException for a marker that no page has given,
   * and for a token that is not the last one.
   */
  state(executionId: string, query: StateQuery): Promise<StatePage>;
  /**
   * Lists executions, page by page. Rows that come and go between two pages neither repeat nor hide others.
   *
   * @throws {ClientError} InvalidParameterValueException for a limit, a status, a time or a marker that cannot be.
   */
  list(query: ListQuery): Promise<DirectoryPage>;
  /** Stops an execution; answers when, ms since the epoch. Stopping an execution that has ended changes nothing. */
  stop(executionId: string, error?: Failure): Promise<number>;
  /** Goes on after a halt or a pause, with another version if one is named. */
  resume(executionId: string, options?: { version?: string }): Promise<void>;
  /**
   * Has nothing begin in an execution until it is resumed: no invocation, no attempt of a step, no timer, no invoked
   * function. Callbacks are taken all the same. A step that runs comes to its end, and its outcome is recorded. Pausing
   * a paused execution changes nothing. `reason` is for people, at most 1,024 characters.
   *
   * @throws {ClientError} ResourceNotFoundException; InvalidParameterValueException for an execution that has ended.
   */
  pause(executionId: string, options?: { reason?: string }): Promise<void>;
  /**
   * Starts a new execution of the same function and event that has the records of this one up to a point, and goes on
   * from there, in another version if one is named. Without a point the fork has everything but the end, and of an
   * execution that has failed everything before the failure. Results from there on are left out; answers from outside
   * to operations that were open there are kept. A callback that is open and unanswered is asked for anew, in the fork
   * alone, so the copy ends before it; functions that are still being invoked are invoked anew. The execution itself
   * goes on as before, and names its newest forks. Asking again by the same name answers with the fork that is there.
   *
   * @throws {ClientError} ResourceNotFoundException for an execution, an operation or a version that there is not;
   * InvalidParameterValueException; DurableExecutionAlreadyStartedException if the name is taken by another one.
   */
  fork(executionId: string, options?: ForkOptions): Promise<StartAnswer>;
  /**
   * Has an execution go on from its records up to a point, in another version if one is named. Records since then count
   * no more, but stay in its log and its history; answers from outside to operations that were open at that point are
   * kept. An invocation that runs is let go of first, an execution that has ended runs again, one that is paused stays
   * paused, and its timeout begins anew. Functions that it had invoked since run on, and no operation waits for them.
   *
   * @throws {ClientError} ResourceNotFoundException for an execution, an operation or a version that there is not;
   * InvalidParameterValueException for a point that cannot be, among them commits from before it was rewound last, and for
   * an execution whose outcome is for the execution that invoked it.
   */
  rewind(executionId: string, options: RewindOptions): Promise<void>;
  /**
   * Removes an execution that has ended before its retention is over. Its name is free again.
   *
   * @throws {ClientError} ResourceNotFoundException; InvalidParameterValueException for an execution that runs, or whose
   * outcome the execution that invoked it does not know yet.
   */
  purge(executionId: string): Promise<void>;
  /**
   * Completes a callback, or tells that its answer is still to come.
   *
   * @throws {ClientError} InvalidParameterValueException for an id that is none, or an outcome that is too large;
   * ResourceNotFoundException; CallbackTimeoutException for one that is closed: completed, timed out, or its context
   * has ended.
   */
  completeCallback(callbackId: string, outcome: CallbackOutcome): Promise<void>;
  /** Tells an execution how a function it invoked has ended; a second outcome for the same operation changes nothing. */
  completeInvoke(parent: ParentReference, outcome: InvokeOutcome): Promise<void>;
  /**
   * Checks that a checkpoint with this token would be taken, without the work of reading the rest of the request.
   *
   * @throws {ClientError} InvalidParameterValueException for any other token than the last one given out;
   * ResourceNotFoundException.
   */
  checkToken(executionId: string, token: string): Promise<void>;
  /** For an SDK that runs elsewhere and holds a token. */
  checkpoint(executionId: string, request: CheckpointRequest): Promise<CheckpointAnswer>;
  /** Resolves with the header once the execution has ended or halted, or as it is at `deadline`, ms since the epoch. */
  settled(executionId: string, deadline: number): Promise<ExecutionHeader>;
  /** The log after commit `cursor`, then live, until the execution has ended. */
  watch(executionId: string, cursor: number): AsyncIterable<LiveEvent>;
}

/** Why a client refuses a call, by a stable code; the names are those of the Lambda API. */
export const ClientErrorCode = {
  INVALID_PARAMETER: "InvalidParameterValueException",
  NOT_FOUND: "ResourceNotFoundException",
  ALREADY_STARTED: "DurableExecutionAlreadyStartedException",
  CALLBACK_CLOSED: "CallbackTimeoutException",
  THROTTLED: "TooManyRequestsException",
  SERVICE: "ServiceException",
  /** The host was closed. perdure's own: this process answers no more calls. */
  HOST_CLOSED: "HostClosedException",
} as const;
export type ClientErrorCode = (typeof ClientErrorCode)[keyof typeof ClientErrorCode];

/** A refusal of a client's call. */
export class ClientError extends Error {
  override readonly name = "ClientError";
  /** Why, by the names of the Lambda API. */
  readonly code: ClientErrorCode;
  constructor(code: ClientErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

branded(ClientError, "ClientError");
