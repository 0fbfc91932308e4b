/**
 * What observes and wraps user code from outside: AWS's instrumentation plugins are built on this. Absent, it costs
 * nothing.
 */

export interface OperationInfo {
  /** The stored id. */
  readonly id: string;
  readonly name?: string | undefined;
  readonly type: string;
  readonly subType?: string | undefined;
  readonly parentId?: string | undefined;
  readonly isReplay: boolean;
  /** Steps: the attempt that runs, from 1. */
  readonly attempt?: number | undefined;
}

export interface OperationOutcome {
  readonly status: string;
  readonly startedAt?: number | undefined;
  readonly endedAt?: number | undefined;
  readonly result?: string | undefined;
  readonly error?: unknown;
}

export interface Instrument {
  operationStarted(info: OperationInfo): void;
  operationEnded(info: OperationInfo, outcome: OperationOutcome): void;
  /** Runs one attempt of a step or check. */
  attempt<T>(info: OperationInfo, body: () => T | Promise<T>): T | Promise<T>;
  /** Runs the function of a child context. */
  child<T>(info: OperationInfo, body: () => T | Promise<T>): T | Promise<T>;
}
