/** An operator's actions on an execution beside stopping and resuming it. All of them are perdure's own. */

import type { ExecutionHeader } from "../../engine/model/execution.ts";
import { present } from "../../engine/model/present.ts";
import { formatExecutionArn } from "../arn.ts";
import { wireId } from "../wire-id.ts";
import { ApiError } from "./api-error.ts";
import { readJson, readShape } from "./body.ts";
import { type Call, type Face, findExecution } from "./call.ts";

export async function pauseExecution(face: Face, { label, body }: Call): Promise<Response> {
  const { Reason } = readShape(readJson(body), { Reason: "string" }, "Body") ?? {};
  const { id } = await findExecution(face, label);
  await face.client.pause(id, present({ reason: Reason }));
  return Response.json({});
}

export async function forkExecution(face: Face, { label, body }: Call): Promise<Response> {
  const shape = { Name: "string", OperationId: "string", Cursor: "number", Version: "string" } as const;
  const { Name, OperationId, Cursor, Version } = readShape(readJson(body), shape, "Body") ?? {};
  const source = await findExecution(face, label);
  const operationId = await operationOf(face, source, OperationId);
  const options = present({ name: Name, operationId, cursor: Cursor, version: Version });
  const { execution } = await face.client.fork(source.id, options);
  return Response.json({ DurableExecutionArn: formatExecutionArn(execution, face.scope) });
}

export async function rewindExecution(face: Face, { label, body }: Call): Promise<Response> {
  const shape = { OperationId: "string", Cursor: "number", Version: "string" } as const;
  const { OperationId, Cursor, Version } = readShape(readJson(body), shape, "Body") ?? {};
  const execution = await findExecution(face, label);
  const operationId = await operationOf(face, execution, OperationId);
  await face.client.rewind(execution.id, present({ operationId, cursor: Cursor, version: Version }));
  return Response.json({});
}

export async function purgeExecution(face: Face, { label }: Call): Promise<Response> {
  const { id } = await findExecution(face, label);
  await face.client.purge(id);
  return Response.json({});
}

const EVENTS_PER_PAGE = 1000;

/** The operation with this id of the wire, as it is recorded: an id of the wire cannot be turned back. */
async function operationOf(
  { client }: Face,
  { id: executionId, incarnation }: ExecutionHeader,
  wanted: string | undefined,
): Promise<string | undefined> {
  if (wanted === undefined) return undefined;
  for (let after = 0, more = true; more; ) {
    const query = { after, incarnation, limit: EVENTS_PER_PAGE, includeData: false };
    const page = await client.history(executionId, query);
    const event = page.events.find(({ id }) => id !== undefined && wireId(id) === wanted);
    if (event?.id !== undefined) return event.id;
    after = page.events.at(-1)?.eventId ?? after;
    more = page.more;
  }
  throw new ApiError("ResourceNotFoundException", 404, `The execution has no operation with the id ${wanted}.`);
}
