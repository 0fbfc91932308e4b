/** The lines that handlers wrote, where somebody keeps them. AWS has them in CloudWatch, so this call is perdure's own. */

import type { ExecutionHeader } from "../../engine/model/execution.ts";
import type { MaybePromise } from "../../engine/ports/maybe-promise.ts";
import { ApiError } from "./api-error.ts";
import { type Call, type Face, findExecution, readLimit, readWhole, seconds } from "./call.ts";
import { shown } from "./shown.ts";

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

const LARGEST_NUMBER = Number.MAX_SAFE_INTEGER;

/** A marker is the number of the line before, so it stays good while lines are added. */
export async function getLogs(face: Face, call: Call): Promise<Response> {
  const { logs } = face;
  if (logs === undefined) {
    throw new ApiError("UnknownOperationException", 404, "This host does not keep what handlers write.");
  }
  const query = { after: readWhole(call.query.get("Marker"), "Marker", LARGEST_NUMBER), limit: readLimit(call.query) };
  const execution = await findExecution(face, call.label);
  const { lines, more } = await logs.lines(execution, query);
  const NextMarker = more ? String(lines.at(-1)?.number) : undefined;
  return shown(call, { Lines: lines.map(toWire), NextMarker });
}

function toWire({ number, at, level, text, operationId, attempt }: LogLine): object {
  return {
    Number: number,
    Timestamp: seconds(at),
    Level: level,
    Text: text,
    OperationId: operationId,
    Attempt: attempt,
  };
}
