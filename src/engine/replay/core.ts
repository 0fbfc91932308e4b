/** The invocation as its contexts and operations see it. */

import type { Operation } from "../model/operation.ts";
import type { OperationUpdate } from "../model/update.ts";
import type { InvocationHost } from "../ports/host.ts";
import type { Delivery } from "./delivery.ts";
import type { NonDeterministicExecutionError } from "./faults.ts";
import type { Instrument } from "./instrument.ts";

/** How an invocation ended. */
export type InvocationOutcome =
  | { readonly status: "SUCCEEDED"; readonly value: unknown }
  | { readonly status: "FAILED"; readonly error: unknown }
  | { readonly status: "PENDING" }
  /** To be tried again; `error` says why. */
  | { readonly status: "FAULT"; readonly error: Error }
  /** The code does not match the log. */
  | { readonly status: "BREACH"; readonly error: NonDeterministicExecutionError }
  /** Another worker has taken over; nothing more to do here. */
  | { readonly status: "FENCED" };

export interface InvocationCore {
  readonly host: InvocationHost;
  /** Names the execution to serdes and loggers. */
  readonly arn: string;
  readonly instrument: Instrument | undefined;
  readonly delivery: Delivery;
  readonly isOver: boolean;
  /** Nothing begins any more, and no result is handed over; running functions are recorded. */
  isLeaving: boolean;
  /** User functions running inside operations of open contexts. */
  executing: number;
  /** Awaited operations of open contexts that are not settled. */
  waiting: number;
  /** The operations whose serdes has not answered yet, in words. */
  readonly convertingAt: Set<string>;
  stored(key: string): Operation | undefined;
  /** The stored id of the operation at a position. */
  keyOf(position: string): string;
  /** A new operation is called: from here on the code runs for the first time. */
  leaveReplay(): void;
  /** Queues an update. One that is not urgent may wait for the next urgent one. */
  record(update: OperationUpdate, urgent: boolean): void;
  /** True if the value of a context may reach user code before the end of the context is recorded. */
  readonly handsOverAhead: boolean;
  /** Calls `next` once every result that is recorded and can be handed over has reached user code. */
  whenCaughtUp(next: () => void): void;
  /** Calls every `next` that `whenCaughtUp` keeps, at once; false if there is none. */
  takeUp(): boolean;
  /** Asks for a turn once user code has drained. */
  schedule(): void;
  /** Ends the invocation for a reason inside the engine; the first reason counts. */
  end(outcome: InvocationOutcome): void;
  /** Ends the invocation and throws: code that calls an operation that the log does not hold gets no further. */
  breach(error: NonDeterministicExecutionError): never;
}
