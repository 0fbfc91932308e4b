/**
 * The open operations of an execution: those whose outcome is to come, contexts among them. A perdure host lists them,
 * since its history does not say which of them a rewind has left behind. AWS has only its history, and no rewinds.
 */

import type { Api } from "./api/api.ts";
import { type ApiTime, type HistoryEvent, type OpenOperation, timeOf } from "./api/operations.ts";
import { historyOf, pages } from "./executions.ts";
import { dayTime } from "./texts.ts";

const PAGE = 1000;
const LONGEST_LIST = 10;

/** In the order in which they began. */
export async function openOperations(api: Api, arn: string): Promise<readonly OpenOperation[]> {
  if (api.isAws) return openInHistory(await historyOf(api, arn, false));
  const open: OpenOperation[] = [];
  for await (const page of pages(api, "GetOpenOperations", { DurableExecutionArn: arn, MaxItems: PAGE })) {
    for (const operation of page.Operations ?? []) open.push(operation);
  }
  return open;
}

/** The operations that have begun and not ended by these events, which are a whole history without rewinds. */
export function openInHistory(events: readonly HistoryEvent[]): readonly OpenOperation[] {
  const open = new Map<string, OpenOperation>();
  for (const event of events) {
    const operation = begun(event) ?? retried(event);
    if (operation !== undefined) open.set(operation.Id, { ...open.get(operation.Id), ...operation });
    else if (event.Id !== undefined) close(open, event.Id);
  }
  return [...open.values()];
}

const STARTED: Readonly<Record<string, OpenOperation["Type"]>> = {
  ContextStarted: "CONTEXT",
  StepStarted: "STEP",
  WaitStarted: "WAIT",
  CallbackStarted: "CALLBACK",
  ChainedInvokeStarted: "CHAINED_INVOKE",
};

/** The operation that an event begins; a step begins with each of its attempts. */
function begun(event: HistoryEvent): OpenOperation | undefined {
  const { EventType } = event;
  const Type = STARTED[EventType];
  if (Type === undefined) return undefined;
  const details = event[`${EventType}Details`] ?? {};
  const member = EventType.replace("Started", "Details");
  return { ...described(event), Type, Status: "STARTED", [member]: details };
}

/** The step whose attempt an event ends, if another one follows; a condition that is asked again has succeeded so far. */
function retried(event: HistoryEvent): OpenOperation | undefined {
  if (event.EventType !== "StepFailed" && event.EventType !== "StepSucceeded") return undefined;
  const { RetryDetails } = (event[`${event.EventType}Details`] ?? {}) as RetriedDetails;
  const delaySeconds = RetryDetails?.NextAttemptDelaySeconds;
  if (delaySeconds === undefined) return undefined;
  const NextAttemptTimestamp = timeOf(event.EventTimestamp) / 1000 + delaySeconds;
  return { ...described(event), Type: "STEP", Status: "PENDING", StepDetails: { NextAttemptTimestamp } };
}

interface RetriedDetails {
  readonly RetryDetails?: { readonly NextAttemptDelaySeconds?: number };
}

function described(event: HistoryEvent): Pick<OpenOperation, "Id" | "ParentId" | "Name" | "StartTimestamp"> {
  const { Id = "", ParentId, Name, EventTimestamp: StartTimestamp } = event;
  return { Id, StartTimestamp, ...(ParentId && { ParentId }), ...(Name && { Name }) };
}

/** Nothing waits for what a context that has ended had begun. */
function close(open: Map<string, OpenOperation>, id: string): void {
  open.delete(id);
  for (const [child, { ParentId }] of open) if (ParentId === id) close(open, child);
}

/** Its own name, and that of the context around it, by which waitForCallback is called. */
export function namesOf({ Name, ParentId }: OpenOperation, open: readonly OpenOperation[]): readonly string[] {
  const parent = open.find(({ Id }) => Id === ParentId);
  return [Name, parent?.Name].filter((name) => name !== undefined);
}

/** A line for each operation that is open, contexts aside, the newest first; the last one counts those left out. */
export function openLines(open: readonly OpenOperation[]): readonly string[] {
  const awaited = open.filter(({ Type }) => Type !== "CONTEXT").toReversed();
  const lines = awaited.slice(0, LONGEST_LIST).map((each) => openLine(each, namesOf(each, open)[0]));
  const rest = awaited.length - lines.length;
  return rest > 0 ? [...lines, `${rest} more`] : lines;
}

function openLine(operation: OpenOperation, name: string | undefined): string {
  const { Type, WaitDetails, CallbackDetails, ChainedInvokeDetails } = operation;
  const what = (kind: string): string => (name === undefined ? kind : `${kind} "${name}"`);
  switch (Type) {
    case "WAIT":
      return `${what("wait")} until ${dayTime(WaitDetails?.ScheduledEndTimestamp)}`;
    case "CALLBACK":
      return `${what("callback")}, ${CallbackDetails?.CallbackId ?? ""}`;
    case "CHAINED_INVOKE":
      return `${what("invoke")} of ${ChainedInvokeDetails?.FunctionName ?? ""}`;
    case "STEP":
      return stepLine(what("step"), operation);
    default:
      return what(Type.toLowerCase());
  }
}

function stepLine(step: string, { Status, StepDetails, StartTimestamp }: OpenOperation): string {
  const next: ApiTime | undefined = StepDetails?.NextAttemptTimestamp;
  if (Status !== "STARTED" && next !== undefined) return `${step}, whose next attempt is at ${dayTime(next)}`;
  return `${step}, which began at ${dayTime(StartTimestamp)}`;
}
