/**
 * Observes and wraps user code from outside: AWS's instrumentation plugins are built on this interface. Costs nothing
 * when absent.
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
  /** The outcome is known from an earlier invocation: the function runs again for its value. */
  readonly isReplay: boolean;
  /** Contexts: true if there is no record of the context, nor will be. */
  readonly isVirtual?: boolean | undefined;
  /** Steps: the attempt that runs, from 1. */
  readonly attempt?: number | undefined;
}

export interface Instrument {
  /** An operation starts: for the first time, or another attempt of it. */
  started(update: OperationUpdate, isRetry: boolean): void;
  /** An operation is called of which there is a record. */
  found(operation: Operation): void;
  /** The machine says that these operations have changed. */
  changed(operations: readonly Operation[]): void;
  /** Runs one attempt of a step or check. */
  attempt<T>(running: Running, body: () => T | Promise<T>): T | Promise<T>;
  /** Runs the function of a child context; a virtual one has no record. */
  child<T>(running: Running, body: () => T | Promise<T>): T | Promise<T>;
}
