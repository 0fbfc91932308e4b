import type { CallbackOutcome, DirectoryRow, ExecutionStatus } from "perdure/engine";

export interface ListFilter {
  readonly functionName?: string;
  readonly status?: ExecutionStatus;
}

export interface Listener {
  /** The text of the next commit, from the first one on. */
  readonly onCommit: (body: string) => void;
  readonly onError: (error: unknown) => void;
}

/** Where executions are looked at: those of this browser, or those of a Worker. */
export interface ExecutionSource {
  readonly kind: "local" | "remote";
  /** The functions that can be started. */
  functionNames(): Promise<readonly string[]>;
  /** Newest first. */
  list(filter: ListFilter): Promise<readonly DirectoryRow[]>;
  /** Tells the log from its beginning, then live, until the answer is called. */
  watch(executionId: string, listener: Listener): () => void;
  completeCallback(callbackId: string, outcome: CallbackOutcome): Promise<void>;
  stop(executionId: string): Promise<void>;
  resume(executionId: string): Promise<void>;
}

/** How many executions a list shows. */
export const LIST_LIMIT = 500;
