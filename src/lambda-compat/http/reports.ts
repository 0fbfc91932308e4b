/**
 * Reports from elsewhere: the checkpoints of an SDK that runs a handler there, and the outcomes of callbacks. The
 * checkpoint token and the callback's id are the proof of the sender; neither is ever repeated in an answer. Only types
 * are checked here: the machine checks sizes, and which update may follow which.
 */

import type { Failure } from "../../engine/model/failure.ts";
import type { Operation } from "../../engine/model/operation.ts";
import type { CallbackOutcome, CheckpointRequest } from "../../engine/runner/client.ts";
import { present } from "../../engine/model/present.ts";
import { errorFromWire, executionToWire, operationToWire, updateFromWire } from "../wire.ts";
import type { OptionsShape } from "../wire-kinds/wire-kind.ts";
import { kindsAtService } from "../wire-kinds/wire-kinds.ts";
import type { OperationUpdate } from "../wire-types.ts";
import { invalidParameter } from "./api-error.ts";
import { readJson, readShape, readText } from "./body.ts";
import { type Call, type Face, findExecution, readArn, readLimit, seconds } from "./call.ts";

const ERROR = { ErrorType: "string", ErrorMessage: "string", ErrorData: "string", StackTrace: ["string"] } as const;

/** As many as the Lambda API takes, and its SDKs send, in one call. */
const MAX_UPDATES = 250;

const optionsShape: OptionsShape = Object.assign({}, ...Object.values(kindsAtService).map(({ shape }) => shape));

const UPDATES = [
  {
    Id: "string",
    ParentId: "string",
    Name: "string",
    Type: "string",
    SubType: "string",
    Action: "string",
    Payload: "string",
    Error: ERROR,
    ...optionsShape,
  },
] as const;

export async function checkpoint({ client }: Face, { label, body }: Call): Promise<Response> {
  const { id } = readArn(label);
  const request = readJson(body);
  const { CheckpointToken } = readShape(request, { CheckpointToken: "string" }, "Body") ?? {};
  const proof = required(CheckpointToken);
  // A caller without a valid token is refused before its updates are read.
  await client.checkToken(id, proof);
  const updates = readUpdates((request as { Updates?: unknown }).Updates);
  const { token, operations } = await client.checkpoint(id, { token: proof, updates });
  return Response.json({ CheckpointToken: token, NewExecutionState: { Operations: operations.map(toWire) } });
}

/** Counted before they are looked at. */
function readUpdates(value: unknown): CheckpointRequest["updates"] {
  if (Array.isArray(value) && value.length > MAX_UPDATES) {
    throw invalidParameter(`Updates must have at most ${MAX_UPDATES} members; it has ${value.length}.`);
  }
  const updates = readShape(value, UPDATES, "Body.Updates") ?? [];
  return updates.map((update) => updateFromWire(update as OperationUpdate));
}

/** The execution is the first of its own operations, and counts as one. */
export async function getState(face: Face, { label, query }: Call): Promise<Response> {
  const marker = query.get("Marker") ?? undefined;
  const isFirst = marker === undefined;
  const page = { token: required(query.get("CheckpointToken")), limit: readLimit(query) - (isFirst ? 1 : 0), marker };
  const { id } = await findExecution(face, label);
  const { header, operations, marker: next } = await face.client.state(id, present(page));
  const first = isFirst ? [executionToWire(header, seconds)] : [];
  return Response.json({ Operations: [...first, ...operations.map(toWire)], NextMarker: next });
}

function required(token: string | null | undefined): string {
  if (token) return token;
  throw invalidParameter("CheckpointToken must be given.");
}

function toWire(operation: Operation): unknown {
  return operationToWire(operation, seconds);
}

/** Undefined when the body says nothing, which is how AWS's client sends that there is no error. */
export function readError(body: Uint8Array): Failure | undefined {
  const failure = errorFromWire(readShape(readJson(body), ERROR, "Body") ?? {});
  return Object.keys(failure).length > 0 ? failure : undefined;
}

export function succeedCallback(face: Face, call: Call): Promise<Response> {
  return complete(face, call, present({ type: "SUCCEEDED", result: readText(call.body) || undefined }));
}

export function failCallback(face: Face, call: Call): Promise<Response> {
  return complete(face, call, { type: "FAILED", error: readError(call.body) ?? {} });
}

export function heartbeatCallback(face: Face, call: Call): Promise<Response> {
  return complete(face, call, { type: "HEARTBEAT" });
}

async function complete({ client }: Face, { label }: Call, outcome: CallbackOutcome): Promise<Response> {
  if (!/^[\w+/=-]{1,1024}$/.test(label)) throw invalidParameter("CallbackId must be 1 to 1024 characters of base64.");
  await client.completeCallback(label, outcome);
  return Response.json({});
}
