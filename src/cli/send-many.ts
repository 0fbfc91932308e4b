/** One call for a part of many executions, or on AWS, which has no such call, one for each of them. */

import type { Outcome } from "../lambda-compat/do-to-many.ts";
import type { Api } from "./api/api.ts";
import type { ApiError, ExecutionSummary } from "./api/operations.ts";
import { CommandError, ExitCode } from "./failures.ts";

export interface Sent {
  /** The last word of the call's path. */
  readonly name: string;
  readonly body: object;
}

/** Does it to a part of them. */
export function sendPart(
  api: Api,
  part: readonly ExecutionSummary[],
  sent: Sent,
): Promise<readonly Outcome<ExecutionSummary>[]> {
  return api.isAws ? stopEach(api, part, sent.body) : sendAll(api, part, sent);
}

interface Result {
  readonly DurableExecutionArn: string;
  readonly Status: Outcome<unknown>["status"];
  readonly ErrorType?: string;
  readonly ErrorMessage?: string;
}

async function sendAll(
  api: Api,
  part: readonly ExecutionSummary[],
  { name, body }: Sent,
): Promise<readonly Outcome<ExecutionSummary>[]> {
  const DurableExecutionArns = part.map(({ DurableExecutionArn }) => DurableExecutionArn);
  const answer = await api.own(`2025-12-01/durable-executions/${name}`, { DurableExecutionArns, ...body });
  const { Results } = answer as { readonly Results: readonly Result[] };
  const items = new Map(part.map((item) => [item.DurableExecutionArn, item]));
  return Results.flatMap(({ DurableExecutionArn, Status: status, ...error }) => {
    const item = items.get(DurableExecutionArn);
    return item === undefined ? [] : [{ item, status, ...(status === "FAILED" && { error }) }];
  });
}

/** AWS has no call for many. */
async function stopEach(
  api: Api,
  part: readonly ExecutionSummary[],
  failure: ApiError,
): Promise<readonly Outcome<ExecutionSummary>[]> {
  const outcomes: Outcome<ExecutionSummary>[] = [];
  const named = Object.keys(failure).length > 0 ? { Error: failure } : {};
  for (const item of part) {
    try {
      await api.call("StopDurableExecution", { DurableExecutionArn: item.DurableExecutionArn, ...named });
      outcomes.push({ item, status: "DONE" });
    } catch (error) {
      if (isPassing(error) || !(error instanceof CommandError) || error.exitCode !== ExitCode.REFUSED) throw error;
      outcomes.push({ item, status: "FAILED", error: { ErrorMessage: error.message } });
    }
  }
  return outcomes;
}

const PASSING: readonly unknown[] = ["TooManyRequestsException", "ServiceException"];

/** True for what is refused for now: of an execution, or a whole call. */
export function isPassing(error: unknown): boolean {
  if (error instanceof CommandError) return error.isPassing;
  return PASSING.includes((error as ApiError).ErrorType);
}
