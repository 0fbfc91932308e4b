/**
 * A history of AWS's API as the commits of a log, so that an execution of AWS's service can be replayed here. What the
 * history does not say is left out: heartbeats, and whether a context runs again on replay.
 */

import type { Commit, Fact } from "../engine/model/commit.ts";
import type { Failure } from "../engine/model/failure.ts";
import type { OperationType } from "../engine/model/operation.ts";
import { parseExecutionArn } from "../lambda-compat/arn.ts";
import { errorFromWire } from "../lambda-compat/wire.ts";

/**
 * A history as `perdure history --json` writes it, and AWS's command. Times are ISO texts, or seconds since the epoch.
 */
export interface RecordedHistory {
  readonly DurableExecutionArn?: string;
  readonly Events: readonly RecordedEvent[];
}

export interface RecordedEvent {
  readonly EventId: number;
  readonly EventType: string;
  readonly EventTimestamp: string | number;
  readonly Id?: string;
  readonly ParentId?: string;
  readonly Name?: string;
  readonly SubType?: string;
  readonly [details: string]: unknown;
}

interface Details {
  readonly Input?: { readonly Payload?: string };
  readonly Result?: { readonly Payload?: string; readonly Truncated?: boolean };
  readonly Error?: { readonly Payload?: Parameters<typeof errorFromWire>[0] };
  readonly RetryDetails?: { readonly NextAttemptDelaySeconds?: number };
  readonly Duration?: number;
  readonly CallbackId?: string;
  readonly FunctionName?: string;
  readonly RequestId?: string;
}

/** An event, and the operation or the execution that it is about. */
interface Subject {
  readonly event: RecordedEvent;
  readonly details: Details;
  readonly at: number;
  /** The operation was not mentioned before. */
  readonly isNew: boolean;
}

const TYPES: Readonly<Record<string, OperationType>> = {
  Step: "STEP",
  Wait: "WAIT",
  Callback: "CALLBACK",
  Context: "CONTEXT",
  ChainedInvoke: "CHAINED_INVOKE",
};

const ENDS: Readonly<Record<string, "SUCCEEDED" | "FAILED" | "TIMED_OUT" | "STOPPED" | "CANCELLED">> = {
  Succeeded: "SUCCEEDED",
  Failed: "FAILED",
  TimedOut: "TIMED_OUT",
  Stopped: "STOPPED",
  Cancelled: "CANCELLED",
};

/** @throws {Error} for a history that was read without its payloads, and for one that does not begin with its start. */
export function commitsOfHistory({
  DurableExecutionArn: arn = "",
  Events: events,
}: RecordedHistory): readonly Commit[] {
  const known = new Set<string>();
  if (events[0]?.EventType !== "ExecutionStarted") throw new Error("its first event is not ExecutionStarted.");
  if (events.some(({ EventType }) => EventType === "ExecutionRewound"))
    throw new Error("the execution was rewound, and its history does not say to where: read it with --log.");
  return events.map((event) => {
    const details = (event[`${event.EventType}Details`] ?? {}) as Details;
    if (details.Result?.Truncated === true)
      throw new Error("its payloads are cut off: read it with IncludeExecutionData.");
    const { Id: id = "" } = event;
    const facts = factsOf({ event, details, at: timeOf(event.EventTimestamp), isNew: !known.has(id) }, arn);
    known.add(id);
    return { v: 2, writer: `history.${event.EventId}`, at: timeOf(event.EventTimestamp), facts };
  });
}

function factsOf(subject: Subject, arn: string): readonly Fact[] {
  const { event, details, at } = subject;
  const [, about = "", what = ""] =
    /^(Execution|Invocation|[A-Z]\w*?)(Started|Completed|Succeeded|Failed|TimedOut|Stopped|Cancelled)$/.exec(
      event.EventType,
    ) ?? [];
  if (event.EventType === "ExecutionStarted") return [executionStarted(subject, arn)];
  if (about === "Execution") return [{ kind: `EXECUTION_${ENDS[what] as "SUCCEEDED"}`, ...outcomeOf(details) }];
  if (about === "Invocation")
    return [{ kind: "INVOCATION_COMPLETED", requestId: details.RequestId ?? "", startedAt: at }];
  const type = TYPES[about];
  if (type === undefined) throw new Error(`it has an event of an unknown kind, ${event.EventType}.`);
  return what === "Started" ? started(subject, type) : ended(subject, type, what);
}

function executionStarted({ event, details }: Subject, arn: string): Fact {
  const { functionName = "function", version = "$LATEST", name, incarnation } = parseExecutionArn(arn) ?? {};
  return {
    kind: "EXECUTION_STARTED",
    name: name ?? event.Name ?? "execution",
    incarnation: incarnation ?? "0".repeat(32),
    functionName,
    version,
    retentionDays: 14,
    ...(details.Input?.Payload !== undefined && { input: details.Input.Payload }),
  };
}

function started(subject: Subject, type: OperationType): readonly Fact[] {
  const { event, details, at, isNew } = subject;
  const { Id: id = "" } = event;
  // The next attempt of a step.
  if (!isNew)
    return [
      { kind: "READY", id },
      { kind: "STARTED", id },
    ];
  const { Duration: waitSeconds, CallbackId: callbackId, FunctionName: functionName, Input: input } = details;
  return [
    {
      kind: "STARTED",
      id,
      ...introduction(event, type),
      ...(waitSeconds !== undefined && { waitSeconds, dueAt: at + waitSeconds * 1000 }),
      ...(callbackId !== undefined && { callbackId }),
      ...(functionName !== undefined && { functionName }),
      ...(input?.Payload !== undefined && { input: input.Payload }),
    },
  ];
}

function ended({ event, details, at, isNew }: Subject, type: OperationType, what: string): readonly Fact[] {
  const { Id: id = "" } = event;
  const about = { id, ...(isNew && introduction(event, type)) };
  const delaySeconds = details.RetryDetails?.NextAttemptDelaySeconds;
  if (type === "STEP" && delaySeconds !== undefined) {
    return [{ kind: "RETRIED", ...about, delaySeconds, dueAt: at + delaySeconds * 1000, ...outcomeOf(details) }];
  }
  const kind = ENDS[what] ?? "FAILED";
  if (type === "WAIT") return [{ kind: kind === "CANCELLED" ? kind : "SUCCEEDED", ...about }];
  return [{ kind, ...about, ...outcomeOf(details) }];
}

function introduction({ Name: name, ParentId: parentId, SubType: subType }: RecordedEvent, type: OperationType) {
  return {
    type,
    ...(parentId !== undefined && { parentId }),
    ...(name !== undefined && { name }),
    ...(subType !== undefined && { subType }),
  };
}

function outcomeOf({ Result: result, Error: error }: Details): { result?: string; error?: Failure } {
  return {
    ...(result?.Payload !== undefined && { result: result.Payload }),
    ...(error?.Payload !== undefined && { error: errorFromWire(error.Payload) }),
  };
}

function timeOf(time: string | number): number {
  return typeof time === "number" ? Math.round(time * 1000) : Date.parse(time);
}
