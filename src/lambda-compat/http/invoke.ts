/** Invoke: the one way in. A name makes it repeatable: the same name, input and version find the same execution. */

import type { ExecutionHeader } from "../../engine/model/execution.ts";
import { ClientErrorCode, type StartAnswer, type StartRequest } from "../../engine/runner/client.ts";
import { isChildName } from "../../engine/runner/invoke-target.ts";
import { present } from "../../engine/model/present.ts";
import { type ArnScope, formatExecutionArn, formatFunctionArn } from "../arn.ts";
import { ApiError, hasCode, invalidParameter } from "./api-error.ts";
import { readJson, readText } from "./body.ts";
import { type Call, type Face, readChoice, readFunction, readTags, readTime } from "./call.ts";

/** As long as AWS lets a caller wait; the execution itself goes on. */
const MAX_SYNC_WAIT_MS = 900_000;
/** The time between two looks whether the caller has left, in ms. */
const LOOK_MS = 10_000;

export async function invoke(face: Face, call: Call): Promise<Response> {
  const header = (name: string): string | null => call.headers.get(`x-amz-${name}`);
  const type = readChoice(header("invocation-type"), "InvocationType", ["RequestResponse", "Event", "DryRun"]);
  const name = readName(header("durable-execution-name"));
  const input = readJson(call.body, Number.POSITIVE_INFINITY) === undefined ? undefined : readText(call.body);
  const tenantId = header("tenant-id") ?? undefined;
  const { tags, startAt } = readOwnHeaders(call);
  if (startAt !== undefined && type !== "Event") {
    throw invalidParameter("X-Perdure-Start-At takes the InvocationType Event: nobody can wait for what begins later.");
  }
  const traceHeader = readTrace(call);
  const request = present({ ...readFunction(call), name, input, tenantId, traceHeader, tags, startAt });
  if (type === "DryRun") return dryRun(face, request);
  const { execution } = await start(face, call, request);
  const headers = {
    "X-Amz-Durable-Execution-Arn": formatExecutionArn(execution, face.scope),
    "X-Amz-Executed-Version": execution.version,
  };
  if (type === "Event") return new Response(null, { status: 202, headers });
  return outcome(await settled(face, execution, call.signal), headers);
}

/** An incarnation can be read in an ARN, so a caller could take the name of a callee before its invoke does. */
function readName(name: string | null): string | undefined {
  if (name === null) return undefined;
  if (!/^[\w-]{1,64}$/.test(name)) {
    throw invalidParameter("DurableExecutionName must be 1 to 64 letters, digits, hyphens and underscores.");
  }
  if (!isChildName(name)) return name;
  throw invalidParameter(
    `DurableExecutionName ${name} is of the form that chained invokes give their callees, an incarnation and the ` +
      "place of an operation. Choose another one.",
  );
}

/** As it is when it has ended, when the time is over, or when nobody waits for it any more. */
async function settled(face: Face, { id }: ExecutionHeader, signal: AbortSignal): Promise<ExecutionHeader> {
  const { client, now } = face;
  for (let waited = LOOK_MS; ; waited += LOOK_MS) {
    const until = now() + LOOK_MS;
    const header = await client.settled(id, until);
    const isOpen = header.status === "RUNNING" && header.halt === undefined;
    // A host that cannot wait that long answers early.
    const isEarly = now() < until - LOOK_MS / 2;
    if (!isOpen || isEarly || signal.aborted || waited >= MAX_SYNC_WAIT_MS) return header;
  }
}

/** The parts of a start that AWS's Invoke has no member for: tags and the time of the start. */
function readOwnHeaders({ headers }: Call): Pick<StartRequest, "tags"> & { readonly startAt: number | undefined } {
  const tags = [...new URLSearchParams(headers.get("x-perdure-tags") ?? "")];
  return {
    ...present({ tags: readTags(tags, "X-Perdure-Tags") }),
    startAt: readTime(headers.get("x-perdure-start-at"), "X-Perdure-Start-At"),
  };
}

/** A trace is set by what lies between, too: one that is none is no reason to refuse anything. */
function readTrace({ headers }: Call): string | undefined {
  const trace = headers.get("x-amzn-trace-id") ?? "";
  return /^[\x20-\x7e]{1,1024}$/.test(trace) ? trace : undefined;
}

function dryRun({ client, scope }: Face, request: StartRequest): Response {
  if (!client.hasFunction(request.functionName, request.version)) throw noFunction(request, scope);
  return new Response(null, { status: 204 });
}

/**
 * Starts an execution. The client's refusal lists the functions and versions there are; only callers who may read get
 * it.
 */
async function start({ client, scope, limits }: Face, { may }: Call, request: StartRequest): Promise<StartAnswer> {
  limits.takeStart();
  try {
    return await client.start(request);
  } catch (error) {
    if (may("read") || !hasCode(error, ClientErrorCode.NOT_FOUND)) throw error;
    throw noFunction(request, scope);
  }
}

/** In AWS's words. */
function noFunction({ functionName, version }: StartRequest, scope: ArnScope): ApiError {
  const message = `Function not found: ${formatFunctionArn(functionName, version, scope)}`;
  return new ApiError(ClientErrorCode.NOT_FOUND, 404, message);
}

/**
 * The answer for an outcome. An execution that did not succeed in time is a function error, also when it has no error.
 */
function outcome({ status, result = "null", error, halt }: ExecutionHeader, headers: Record<string, string>): Response {
  const state = halt ? "HALTED" : status;
  const failure = {
    errorType: `Execution.${state}`,
    errorMessage: `The execution is ${state}.`,
    ...error,
    ...halt?.error,
  };
  const failed = state !== "SUCCEEDED";
  return new Response(failed ? JSON.stringify(failure) : result, {
    headers: { "Content-Type": "application/json", ...headers, ...(failed && { "X-Amz-Function-Error": "Unhandled" }) },
  });
}
