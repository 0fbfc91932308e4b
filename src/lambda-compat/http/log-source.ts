/** Where the lines are that handlers wrote. */

import type { ExecutionHeader } from "../../engine/model/execution.ts";
import type { MaybePromise } from "../../engine/ports/maybe-promise.ts";

/** A line that a handler wrote. */
export interface LogLine {
  /** Its place among the lines of its execution, from 1. */
  readonly number: number;
  /** When it was written, ms since the epoch. */
  readonly at: number;
  /** As the logger calls it: `DEBUG`, `INFO`, `WARN` or `ERROR`. */
  readonly level: string;
  /** What it says. */
  readonly text: string;
  /** The id on the wire of the operation that wrote it; absent for the handler's own. */
  readonly operationId?: string;
  /** Which attempt of that operation, from 1. */
  readonly attempt?: number;
}

/** Which lines are asked for. */
export interface LogPageQuery {
  /** Those behind the line of this number; 0 for all. */
  readonly after: number;
  /** How many at most. */
  readonly limit: number;
}

/** Some lines of an execution, the oldest first. */
export interface LogPage {
  /** The lines. */
  readonly lines: readonly LogLine[];
  /** There are others behind the last one. */
  readonly more: boolean;
}

/** Keeps lines, or knows where they are: a host's own memory, or a service that gathers them. */
export interface LogSource {
  /** Lines of one execution. Of an execution that nothing is known of there are none. */
  lines(execution: Pick<ExecutionHeader, "id" | "incarnation">, query: LogPageQuery): MaybePromise<LogPage>;
}
