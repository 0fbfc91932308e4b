/** Looking at executions, and what an administrator may do to them. */

import { type ExecutionHeader, ExecutionStatus, type Fork, type ForkReference } from "../../engine/model/execution.ts";
import type { DirectoryRow } from "../../engine/ports/execution-store.ts";
import type { LiveEvent } from "../../engine/runner/client.ts";
import { present } from "../../engine/model/present.ts";
import { formatExecutionArn, formatFunctionArn } from "../arn.ts";
import { wireId } from "../wire-id.ts";
import { errorToWire } from "../wire.ts";
import { invalidParameter } from "./api-error.ts";
import { readJson, readShape } from "./body.ts";
import {
  type Call,
  type Face,
  findExecution,
  readChoice,
  readFlag,
  readFunction,
  readLimit,
  readTags,
  readTime,
  readWhole,
  seconds,
} from "./call.ts";
import { readError } from "./reports.ts";
import { eventStream } from "./event-stream.ts";
import { readableBy, shown } from "./shown.ts";

const STATUSES = Object.values(ExecutionStatus);

export async function getExecution(face: Face, call: Call): Promise<Response> {
  const { label, query } = call;
  const included = readFlag(query, "IncludeExecutionData") ?? true;
  const execution = await findExecution(face, label);
  const { version, retentionDays, executionTimeoutSeconds, traceHeader, input, result, halt, fault } = execution;
  const { forkedFrom, forks } = execution;
  const error = execution.error ?? halt?.error ?? fault?.error;
  return shown(call, {
    ...summary(execution, face),
    Version: version,
    DurableConfig: { RetentionPeriodInDays: retentionDays, ExecutionTimeout: executionTimeoutSeconds },
    TraceHeader: traceHeader && { XAmznTraceId: traceHeader },
    ExecutionDataIncluded: included,
    ...(included && { InputPayload: input, Result: result, Error: error && errorToWire(error) }),
    Halt: halt && { Reason: halt.reason, Timestamp: seconds(halt.at) },
    ForkedFrom: forkedFrom && originToWire(forkedFrom, face),
    Forks: forks?.map((fork) => ({ DurableExecutionArn: arnOf(fork, face), Timestamp: seconds(fork.at) })),
    ...own(execution),
    Fault: fault && { Count: fault.count, Timestamp: seconds(fault.at), RetryTimestamp: seconds(fault.retryAt) },
  });
}

function originToWire(origin: ForkReference, face: Face): object {
  const { operationId, cursor } = origin;
  return {
    DurableExecutionArn: arnOf(origin, face),
    Cursor: cursor,
    OperationId: operationId === undefined ? undefined : wireId(operationId),
  };
}

function arnOf({ executionId, incarnation, version }: Fork | ForkReference, { scope }: Face): string {
  const [functionName = "", name = ""] = executionId.split("/");
  return formatExecutionArn({ functionName, name, incarnation, version }, scope);
}

/** Of one function, as AWS lists them; perdure's own filters may come beside AWS's. */
export function listExecutions(face: Face, call: Call): Promise<Response> {
  return list(face, call, readFunction(call));
}

/** Of all functions, or of one that the query names. */
export function searchExecutions(face: Face, call: Call): Promise<Response> {
  const named = call.query.get("FunctionName");
  return list(face, call, named === null ? {} : readFunction({ ...call, label: named }));
}

async function list(face: Face, call: Call, of: Partial<ReturnType<typeof readFunction>>): Promise<Response> {
  const { query } = call;
  const statuses = query.getAll("Statuses").flatMap((value) => readChoice(value, "Statuses", STATUSES) ?? []);
  const { rows, marker } = await face.client.list(
    present({
      ...of,
      limit: readLimit(query),
      // AWS lists the newest first unless asked for the reverse; the directory counts the other way.
      reverse: !readFlag(query, "ReverseOrder"),
      name: query.get("DurableExecutionName") ?? undefined,
      statuses: statuses.length > 0 ? statuses : undefined,
      startedAfter: readTime(query.get("StartedAfter"), "StartedAfter"),
      startedBefore: readTime(query.get("StartedBefore"), "StartedBefore"),
      namePrefix: query.get("NamePrefix") ?? undefined,
      halted: readFlag(query, "Halted"),
      tags: readTags(query.getAll("Tag").map(readTag), "Tag"),
      marker: query.get("Marker") ?? undefined,
    }),
  );
  const executions = rows.map((row) => ({ ...summary(row, face), Halted: row.halted, Halt: haltOf(row), ...own(row) }));
  return shown(call, { DurableExecutions: executions, NextMarker: marker });
}

function readTag(text: string): readonly [key: string, value: string] {
  const end = text.indexOf("=");
  if (end > 0) return [text.slice(0, end), text.slice(end + 1)];
  throw invalidParameter("Tag must be given as key=value.");
}

/** Rows of before say that an execution is halted, and not why. */
function haltOf({ haltReason, haltedAt }: DirectoryRow): object | undefined {
  return haltReason === undefined ? undefined : { Reason: haltReason, Timestamp: seconds(haltedAt) };
}

function own({ startAt, tags }: ExecutionHeader | DirectoryRow): Readonly<Record<string, unknown>> {
  return { StartAt: seconds(startAt), Tags: tags };
}

function summary(execution: ExecutionHeader | DirectoryRow, { scope }: Face): Readonly<Record<string, unknown>> {
  const { functionName, version, name, status, startedAt, endedAt } = execution;
  return {
    DurableExecutionArn: formatExecutionArn(execution, scope),
    DurableExecutionName: name,
    FunctionArn: formatFunctionArn(functionName, version, scope),
    Status: status,
    StartTimestamp: seconds(startedAt),
    EndTimestamp: seconds(endedAt),
  };
}

export async function stopExecution(face: Face, { label, body }: Call): Promise<Response> {
  const error = readError(body);
  const { id } = await findExecution(face, label);
  return Response.json({ StopTimestamp: seconds(await face.client.stop(id, error)) });
}

export async function resumeExecution(face: Face, { label, body }: Call): Promise<Response> {
  const { Version } = readShape(readJson(body), { Version: "string" }, "Body") ?? {};
  const { id } = await findExecution(face, label);
  await face.client.resume(id, present({ version: Version }));
  return Response.json({});
}

/**
 * A reader that was cut off says with its last id where to go on. Beside a link nobody signs that id, so it leads
 * forward from the link's own cursor, never back. An `EventSource` comes back after the end as well, until it is told by
 * 204 that nothing follows.
 */
export async function watchExecution(face: Face, call: Call): Promise<Response> {
  const { label, query, headers } = call;
  const cursor = readWhole(query.get("cursor"), "cursor", Number.MAX_SAFE_INTEGER);
  const from = Math.max(cursor, readWhole(headers.get("last-event-id"), "Last-Event-ID", Number.MAX_SAFE_INTEGER));
  const { id, status } = await findExecution(face, label);
  const { client, heartbeatMs, limits } = face;
  const readable = await readableBy(call);
  const onClosed = limits.openStream();
  const events = client.watch(id, from)[Symbol.asyncIterator]();
  const isBack = headers.has("last-event-id");
  const first = isBack && status !== "RUNNING" ? await firstOf(events, onClosed) : undefined;
  if (first?.done === true) return new Response(null, { status: 204 });
  return eventStream(events, { first, heartbeatMs, readable, onClosed });
}

/** Of an execution that has ended it is there at once, or there is none. */
async function firstOf(
  events: AsyncIterator<LiveEvent, undefined>,
  onClosed: () => void,
): Promise<IteratorResult<LiveEvent, undefined>> {
  let first: IteratorResult<LiveEvent, undefined> | undefined;
  try {
    first = await events.next();
    return first;
  } finally {
    if (first?.done !== false) onClosed();
  }
}
