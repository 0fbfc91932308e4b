/**
 * What observes and wraps user code from outside: AWS's instrumentation plugins are built on this. Absent, it costs
 * nothing.
 */

import type { Operation } from "../model/operation.ts";
import type { OperationUpdate } from "../model/update.ts";

/** An operation whose user function is about to run. */
export interface Running {
  /** The stored id. */
  readonly id: string;
  readonly name?: string | undefined;
  readonly type: string;
  readonly subType?: string | undefined;
  readonly parentId?: string | undefined;
  /** It is known from an earlier invocation. */
  readonly isReplay: boolean;
  /** Steps: the attempt that runs, from 1. */
  readonly attempt?: number | undefined;
}

export interface Instrument {
  /** An operation starts that was never recorded. */
  started(update: OperationUpdate): void;
  /** The machine says that these have changed. */
  changed(operations: readonly Operation[]): void;
  /** Runs one attempt of a step or check. */
  attempt<T>(running: Running, body: () => T | Promise<T>): T | Promise<T>;
  /** Runs the function of a child context. */
  child<T>(running: Running, body: () => T | Promise<T>): T | Promise<T>;
}
