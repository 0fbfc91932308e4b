/** The port to the lines that handlers wrote. */

import type { ExecutionHeader } from "../../engine/model/execution.ts";
import type { MaybePromise } from "../../engine/ports/maybe-promise.ts";

/** A line that a handler wrote. */
export interface LogLine {
  /** Its place among the lines of its execution: higher than that of any line before, and mostly from 1. */
  readonly number: number;
  /** When it was written, ms since the epoch. */
  readonly at: number;
  /** As the logger calls it: `DEBUG`, `INFO`, `WARN` or `ERROR`. */
  readonly level: string;
  /** The line's text. */
  readonly text: string;
  /** The id on the wire of the operation that wrote it; absent for the handler's own. */
  readonly operationId?: string;
  /** The number of that operation's attempt, from 1. */
  readonly attempt?: number;
}

/** The page of lines that is asked for. */
export interface LogPageQuery {
  /** Those behind the line of this number; 0 for all. */
  readonly after: number;
  /** The most lines in the page. */
  readonly limit: number;
}

/** A place outside the face that has more lines, for people to look there. */
export interface LogPlace {
  /** The service's name, such as `CloudWatch Logs`. */
  readonly service: string;
  /** The region that it is in, where it is a service of AWS's. */
  readonly region?: string;
  /** The log group in CloudWatch that has the lines. */
  readonly logGroup?: string;
}

/** Some lines of an execution, the oldest first. */
export interface LogPage {
  /** The lines. */
  readonly lines: readonly LogLine[];
  /** There are others behind the last one. */
  readonly more: boolean;
  /** From when on the source has all lines, ms since the epoch; earlier ones may be missing. Absent where none is. */
  readonly since?: number;
  /** The place of the lines that the source does not have. */
  readonly elsewhere?: LogPlace;
}

/** Keeps lines, or knows where they are: a host's own memory, or a service that gathers them. */
export interface LogSource {
  /** Lines of one execution. Of an execution that nothing is known of there are none. */
  lines(execution: Pick<ExecutionHeader, "id" | "incarnation">, query: LogPageQuery): MaybePromise<LogPage>;
}
