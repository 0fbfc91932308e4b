/** An operator's actions on executions, as calls of a face. */

import type { CallbackOutcome } from "perdure/engine";
import type { Outcome } from "../../src/lambda-compat/do-to-many.ts";
import { wireId } from "../../src/lambda-compat/wire-id.ts";
import { text } from "../views/wire/fields.ts";
import { readResults, readVerdict, type ReplayVerdict } from "./answers.ts";
import { executionPath, type Face, type FaceCalls } from "./face.ts";

/**
 * The point from which an execution is to go on: before an operation, or after a commit; its end if neither is given.
 */
export interface Point {
  /** The position of the operation, such as `1-2`. */
  readonly operationId?: string;
  readonly cursor?: number;
}

export interface ForkRequest extends Point {
  /** Empty for a name that the face makes. */
  readonly name: string;
  /** Empty for the version that the execution has. */
  readonly version: string;
}

export async function stopExecution(face: Face, arn: string, reason = ""): Promise<void> {
  const error = reason === "" ? undefined : { ErrorType: "Stopped", ErrorMessage: reason };
  await post(face, executionPath(arn, "/stop"), error);
}

export async function pauseExecution(face: FaceCalls, arn: string, reason = ""): Promise<void> {
  await post(face, executionPath(arn, "/pause"), reason === "" ? {} : { Reason: reason });
}

export async function resumeExecution(face: Face, arn: string, version = ""): Promise<void> {
  await post(face, executionPath(arn, "/resume"), version === "" ? {} : { Version: version });
}

/** Answers the ARN of the new execution. */
export async function forkExecution(face: Face, arn: string, request: ForkRequest): Promise<string> {
  const { name, version, ...point } = request;
  const answer = await face.json(executionPath(arn, "/fork"), {
    method: "POST",
    body: JSON.stringify({
      ...pointOf(point),
      ...(name !== "" && { Name: name }),
      ...(version !== "" && { Version: version }),
    }),
  });
  return text(answer["DurableExecutionArn"]);
}

export async function rewindExecution(face: FaceCalls, arn: string, point: Point, version = ""): Promise<void> {
  await post(face, executionPath(arn, "/rewind"), { ...pointOf(point), ...(version !== "" && { Version: version }) });
}

export async function purgeExecution(face: Face, arn: string): Promise<void> {
  await face.call(executionPath(arn), { method: "DELETE" });
}

export type ManyDeed = "stop" | "pause" | "resume" | "purge";

/**
 * Does it to as many as a face takes in one call.
 *
 * @throws {FaceError} that `isLacking` knows, where a face has no such call.
 */
export async function actOnMany<T extends { readonly arn: string }>(
  face: Face,
  deed: ManyDeed,
  items: readonly T[],
): Promise<readonly Outcome<T>[]> {
  const body = JSON.stringify({ DurableExecutionArns: items.map(({ arn }) => arn) });
  const answer = await face.json(`/2025-12-01/durable-executions/${deed}`, { method: "POST", body });
  const told = readResults(answer);
  return items.flatMap((item) => {
    const result = told.get(item.arn);
    return result === undefined ? [] : [{ item, ...result }];
  });
}

/** Does it to one. */
export function actOnOne(face: Face, deed: ManyDeed, arn: string): Promise<void> {
  switch (deed) {
    case "stop":
      return stopExecution(face, arn);
    case "pause":
      return pauseExecution(face, arn);
    case "resume":
      return resumeExecution(face, arn);
    case "purge":
      return purgeExecution(face, arn);
  }
}

export async function completeCallback(face: Face, callbackId: string, outcome: CallbackOutcome): Promise<void> {
  const path = `/2025-12-01/durable-execution-callbacks/${encodeURIComponent(callbackId)}`;
  if (outcome.type === "HEARTBEAT") await post(face, `${path}/heartbeat`, undefined);
  else if (outcome.type === "SUCCEEDED") {
    await face.call(`${path}/succeed`, { method: "POST", body: outcome.result ?? "" });
  } else {
    const { errorType, errorMessage } = outcome.error;
    await post(face, `${path}/fail`, { ErrorType: errorType, ErrorMessage: errorMessage });
  }
}

/** Has the command that serves this page hold a log against the code on its machine. A face elsewhere has no such call. */
export async function replayOnThisMachine(
  face: Face,
  functionName: string,
  log: readonly string[],
): Promise<ReplayVerdict> {
  const body = JSON.stringify({ FunctionName: functionName, Log: log });
  return readVerdict(await face.json("/perdure/replay", { method: "POST", body }));
}

function pointOf({ operationId, cursor }: Point): object {
  if (operationId !== undefined) return { OperationId: wireId(operationId) };
  return cursor === undefined ? {} : { Cursor: cursor };
}

async function post(face: FaceCalls, path: string, body: object | undefined): Promise<void> {
  await face.call(path, { method: "POST", ...(body !== undefined && { body: JSON.stringify(body) }) });
}
