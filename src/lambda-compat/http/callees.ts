/**
 * The executions that chained invokes of a history have started. The caller's log says only whom it called; under which
 * ARN and in which version the callee runs is in the callee's own header.
 */

import type { ExecutionHeader } from "../../engine/model/execution.ts";
import type { HistoryEvent } from "../../engine/model/history.ts";
import { ClientErrorCode } from "../../engine/runner/client.ts";
import { childName, splitTarget } from "../../engine/runner/invoke-target.ts";
import { executionIdOf, formatExecutionArn } from "../arn.ts";
import { hasCode } from "./api-error.ts";
import type { Face } from "./call.ts";

/** The execution whose history is shown. */
type Caller = Pick<ExecutionHeader, "id" | "incarnation">;

/** The most callees that are looked up for one page: each is another object to ask, and platforms count these. */
const MAX_CALLEES = 32;

/** The facts about a callee in a history; a plain function has no execution. */
export interface Callee {
  readonly ExecutedVersion: string;
  readonly DurableExecutionArn: string;
}

/** The first of the events, as many as have callees that can be looked up for one page. */
export function withFewCallees(events: readonly HistoryEvent[]): readonly HistoryEvent[] {
  let callees = 0;
  const end = events.findIndex((event) => isCall(event) && ++callees > MAX_CALLEES);
  return end < 0 ? events : events.slice(0, end);
}

/** By the id of the event that started them. */
export async function calleesOf(
  { client, scope }: Face,
  caller: Caller,
  events: readonly HistoryEvent[],
): Promise<ReadonlyMap<number, Callee>> {
  const found = await Promise.all(
    events.filter(isCall).map(async (event) => {
      const callee = await client.describe(calleeId(caller, event)).catch(absent);
      if (callee === undefined || !isCalledBy(callee, caller, event)) return [];
      const { version } = callee;
      return [
        [event.eventId, { ExecutedVersion: version, DurableExecutionArn: formatExecutionArn(callee, scope) }],
      ] as const;
    }),
  );
  return new Map(found.flat());
}

function isCall({ eventType, id, functionName }: HistoryEvent): boolean {
  return eventType === "ChainedInvokeStarted" && id !== undefined && functionName !== undefined;
}

function calleeId({ incarnation }: Caller, { id = "", functionName = "", rewinds }: HistoryEvent): string {
  return executionIdOf({ functionName: splitTarget(functionName).name, name: childName(incarnation, id, rewinds) });
}

/** A name can be taken by somebody else's execution. */
function isCalledBy({ parent }: ExecutionHeader, caller: Caller, { id }: HistoryEvent): boolean {
  return parent?.executionId === caller.id && parent.operationId === id && parent.incarnation === caller.incarnation;
}

function absent(error: unknown): undefined {
  if (!hasCode(error, ClientErrorCode.NOT_FOUND)) throw error;
}
