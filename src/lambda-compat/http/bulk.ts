/**
 * The same done to many executions by one call, each told by itself. What is so already counts as unchanged, so that a
 * caller whose connection was lost sends the same names again.
 */

import { type ExecutionHeader, isPaused } from "../../engine/model/execution.ts";
import { present } from "../../engine/model/present.ts";
import { ClientErrorCode } from "../../engine/runner/client.ts";
import { hasCode, invalidParameter, toApiError } from "./api-error.ts";
import { readJson, readShape } from "./body.ts";
import { type Call, type Face, findExecution } from "./call.ts";
import { readError } from "./reports.ts";

/** Executions of one call: few enough for the subrequests that a Worker may make. */
const MAX_EXECUTIONS = 100;
/** Of one call. How many calls there are at a time is a limit of the host. */
const AT_A_TIME = 8;

const ARNS = ["string"] as const;

interface Deed {
  /** True for an execution that is as this would make it. */
  readonly isDone: (execution: ExecutionHeader) => boolean;
  readonly act: (executionId: string) => Promise<unknown>;
  /** True if one that is not there is as this would make it. */
  readonly removes?: boolean;
}

/** The outcome for one execution. */
interface Result {
  readonly DurableExecutionArn: string;
  readonly Status: "DONE" | "UNCHANGED" | "FAILED";
  readonly ErrorType?: string;
  readonly ErrorMessage?: string;
}

export async function actOnMany(face: Face, call: Call): Promise<Response> {
  const body = readJson(call.body);
  const arns = readArns((body as { DurableExecutionArns?: unknown } | undefined)?.DurableExecutionArns);
  const deed = deedOf(face, call);
  const release = face.limits.openBulk();
  try {
    return Response.json({ Results: await carryOut(face, { arns, deed, signal: call.signal }) });
  } finally {
    release();
  }
}

/** Counted before they are looked at. */
function readArns(value: unknown): readonly string[] {
  if (Array.isArray(value) && value.length > MAX_EXECUTIONS) {
    throw invalidParameter(`DurableExecutionArns must have at most ${MAX_EXECUTIONS} members; it has ${value.length}.`);
  }
  const arns = readShape(value, ARNS, "Body.DurableExecutionArns") ?? [];
  if (arns.length === 0) throw invalidParameter("DurableExecutionArns must name at least one execution.");
  if (new Set(arns).size < arns.length) throw invalidParameter("DurableExecutionArns must name each execution once.");
  return arns;
}

/** The deed for all names of the body; its other members are read as by the call for a single execution. */
function deedOf({ client }: Face, { label, body }: Call): Deed {
  const shape = { Version: "string", Reason: "string" } as const;
  const { Version, Reason } = readShape(readJson(body), shape, "Body") ?? {};
  switch (label) {
    case "stop": {
      const error = readError(body);
      return { isDone: ({ status }) => status !== "RUNNING", act: (id) => client.stop(id, error) };
    }
    case "pause":
      return {
        isDone: isPaused,
        act: (id) => client.pause(id, present({ reason: Reason })),
      };
    case "resume":
      return {
        isDone: ({ status, halt }) => status === "RUNNING" && halt === undefined && Version === undefined,
        act: (id) => client.resume(id, present({ version: Version })),
      };
    default:
      return { isDone: () => false, act: (id) => client.purge(id), removes: true };
  }
}

interface Work {
  readonly arns: readonly string[];
  readonly deed: Deed;
  /** Once it is aborted no further one is begun: nobody hears of it. */
  readonly signal: AbortSignal;
}

async function carryOut(face: Face, { arns, deed, signal }: Work): Promise<readonly Result[]> {
  const results: Result[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < arns.length && !signal.aborted) {
      const place = next++;
      results[place] = await resultOf(face, arns[place] ?? "", deed);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
  return results;
}

async function resultOf(face: Face, arn: string, { isDone, act, removes = false }: Deed): Promise<Result> {
  try {
    const execution = await findExecution(face, arn);
    if (isDone(execution)) return { DurableExecutionArn: arn, Status: "UNCHANGED" };
    await act(execution.id);
    return { DurableExecutionArn: arn, Status: "DONE" };
  } catch (error) {
    if (removes && hasCode(error, ClientErrorCode.NOT_FOUND)) return { DurableExecutionArn: arn, Status: "UNCHANGED" };
    const { code, status, message } = toApiError(error);
    if (status === 500) face.onError(error);
    return { DurableExecutionArn: arn, Status: "FAILED", ErrorType: code, ErrorMessage: message };
  }
}
