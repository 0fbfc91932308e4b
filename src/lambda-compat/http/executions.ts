/** Looking at executions, and what an administrator may do to them. */

import { type ExecutionHeader, ExecutionStatus, type Fork, type ForkReference } from "../../engine/model/execution.ts";
import type { DirectoryRow } from "../../engine/ports/execution-store.ts";
import { formatExecutionArn, formatFunctionArn } from "../arn.ts";
import { wireId } from "../wire-id.ts";
import { errorToWire } from "../wire.ts";
import { present, readJson, readShape } from "./body.ts";
import {
  type Call,
  type Face,
  findExecution,
  readChoice,
  readFlag,
  readFunction,
  readLimit,
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

export async function listExecutions(face: Face, call: Call): Promise<Response> {
  const { query } = call;
  const statuses = query.getAll("Statuses").flatMap((value) => readChoice(value, "Statuses", STATUSES) ?? []);
  const { rows, marker } = await face.client.list(
    present({
      ...readFunction(call),
      limit: readLimit(query),
      // AWS lists the newest first unless asked for the reverse; the directory counts the other way.
      reverse: !readFlag(query, "ReverseOrder"),
      name: query.get("DurableExecutionName") ?? undefined,
      statuses: statuses.length > 0 ? statuses : undefined,
      startedAfter: readTime(query, "StartedAfter"),
      startedBefore: readTime(query, "StartedBefore"),
      marker: query.get("Marker") ?? undefined,
    }),
  );
  const executions = rows.map((row) => ({ ...summary(row, face), Halted: row.halted }));
  return Response.json({ DurableExecutions: executions, NextMarker: marker });
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
 * forward from the link's own cursor, never back.
 */
export async function watchExecution(face: Face, call: Call): Promise<Response> {
  const { label, query, headers } = call;
  const cursor = readWhole(query.get("cursor"), "cursor", Number.MAX_SAFE_INTEGER);
  const from = Math.max(cursor, readWhole(headers.get("last-event-id"), "Last-Event-ID", Number.MAX_SAFE_INTEGER));
  const { id } = await findExecution(face, label);
  const { client, heartbeatMs, limits } = face;
  const readable = await readableBy(call);
  const onClosed = limits.openStream();
  return eventStream(client.watch(id, from), { heartbeatMs, readable, onClosed });
}
