import type { LogListener } from "../../../console/views/wire/follow-log.ts";
import type { CallbackOutcome, DirectoryRow, ExecutionStatus, Tags } from "perdure/engine";

export interface ListFilter {
  readonly functionName?: string;
  readonly status?: ExecutionStatus;
  /** Key and value. */
  readonly tag?: readonly [key: string, value: string];
}

/** The source of the executions on the page: this browser, or a Worker. */
export interface ExecutionSource {
  readonly kind: "local" | "remote";
  /** The functions that can be started. */
  functionNames(): Promise<readonly string[]>;
  /** Newest first. */
  list(filter: ListFilter): Promise<readonly DirectoryRow[]>;
  /** Tells the log from its beginning, then live, until the answer is called. */
  watch(executionId: string, listener: LogListener): () => void;
  completeCallback(callbackId: string, outcome: CallbackOutcome): Promise<void>;
  stop(executionId: string): Promise<void>;
  resume(executionId: string): Promise<void>;
  pause(executionId: string): Promise<void>;
  /** Takes it back to before an operation. */
  rewind(executionId: string, operationId: string): Promise<void>;
}

/** The options of a start beside the event. */
export interface StartAs {
  readonly tags?: Tags;
  /** When it begins, ms since the epoch; at once when absent. */
  readonly startAt?: number;
}

/** The most executions that a list shows. */
export const LIST_LIMIT = 500;
