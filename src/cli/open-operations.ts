/** What an execution waits for or does now, read from its history: operations that have begun and not ended. */

import { type ApiTime, type HistoryEvent, timeOf } from "./api/operations.ts";
import { dayTime } from "./texts.ts";

const LONGEST_LIST = 10;

/** A line for each operation that is open, contexts aside, the newest first; the last one counts those left out. */
export function openOperations(events: readonly HistoryEvent[]): readonly string[] {
  const last = new Map<string, HistoryEvent>();
  const named = new Map<string, string>();
  for (const event of events) {
    if (event.Id === undefined) continue;
    last.set(event.Id, event);
    if (event.Name !== undefined) named.set(event.Id, event.Name);
  }
  const open = [...last.values()].toReversed().flatMap((event) => openLine(event, named) ?? []);
  const rest = open.length - LONGEST_LIST;
  return rest > 0 ? [...open.slice(0, LONGEST_LIST), `${rest} more`] : open;
}

function openLine(event: HistoryEvent, named: ReadonlyMap<string, string>): string | undefined {
  const name = named.get(event.Id ?? "") ?? named.get(event.ParentId ?? "");
  const what = (kind: string): string => (name === undefined ? kind : `${kind} "${name}"`);
  const details = (event[`${event.EventType}Details`] ?? {}) as OpenDetails;
  switch (event.EventType) {
    case "WaitStarted":
      return `${what("wait")} until ${dayTime(details.ScheduledEndTimestamp)}`;
    case "CallbackStarted":
      return `${what("callback")}, ${details.CallbackId ?? ""}`;
    case "ChainedInvokeStarted":
      return `${what("invoke")} of ${details.FunctionName ?? ""}`;
    case "StepStarted":
      return `${what("step")}, which runs since ${dayTime(event.EventTimestamp)}`;
    case "StepFailed":
    case "StepSucceeded":
      return retryLine(what("step"), event.EventTimestamp, details.RetryDetails?.NextAttemptDelaySeconds);
    default:
      return undefined;
  }
}

/** An attempt that is followed by another one; a condition that is asked again has succeeded so far. */
function retryLine(step: string, ended: ApiTime, delaySeconds: number | undefined): string | undefined {
  if (delaySeconds === undefined) return undefined;
  return `${step}, whose next attempt is at ${dayTime(timeOf(ended) / 1000 + delaySeconds)}`;
}

interface OpenDetails {
  readonly ScheduledEndTimestamp?: ApiTime;
  readonly CallbackId?: string;
  readonly FunctionName?: string;
  readonly RetryDetails?: { readonly NextAttemptDelaySeconds?: number };
}
