/** The texts of times, events and errors. */

import type { ApiError, ApiTime, HistoryEvent } from "./api/operations.ts";
import { timeOf } from "./api/operations.ts";

/** The day and the time of day here. */
export function dayTime(time: ApiTime | undefined): string {
  if (time === undefined) return "";
  const date = new Date(timeOf(time));
  const two = (part: number): string => String(part).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${clockTime(time)}`;
}

/** The time of day here. */
export function clockTime(time: ApiTime): string {
  return new Date(timeOf(time)).toTimeString().slice(0, 8);
}

export function errorText({ ErrorType, ErrorMessage }: ApiError = {}): string {
  return [ErrorType, ErrorMessage].filter((part) => part !== undefined && part !== "").join(": ");
}

/** The rest of an event's text beside its name: an outcome, an error, a time, a callee. */
export function eventDetail(event: HistoryEvent): string {
  const details = Object.entries(event).find(([key]) => key.endsWith("Details"))?.[1];
  if (typeof details !== "object" || details === null) return "";
  const { Result, Error: error, Input: input, CallbackId, Duration, FunctionName, RetryDetails } = details as Details;
  const { NextAttemptDelaySeconds: delay } = RetryDetails ?? {};
  const retry = delay === undefined ? "" : ` (tried again after ${delay} s)`;
  if (error?.Payload !== undefined) return `${errorText(error.Payload)}${retry}`;
  return (
    CallbackId ?? FunctionName ?? Result?.Payload ?? input?.Payload ?? (Duration === undefined ? "" : `${Duration} s`)
  );
}

interface Details {
  readonly Result?: { readonly Payload?: string };
  readonly Input?: { readonly Payload?: string };
  readonly Error?: { readonly Payload?: ApiError };
  readonly CallbackId?: string;
  readonly Duration?: number;
  readonly FunctionName?: string;
  readonly RetryDetails?: { readonly NextAttemptDelaySeconds?: number };
}

/** One line of a history that is told as it happens. */
export function eventLine(event: HistoryEvent): string {
  const { EventId, EventType, EventTimestamp, Name, SubType } = event;
  const head = `${clockTime(EventTimestamp)} ${String(EventId).padStart(4)}  ${EventType.padEnd(22)} ${Name ?? SubType ?? ""}`;
  return `${head.trimEnd()}  ${eventDetail(event)}`.trimEnd();
}

/** The API's answers as AWS's own command prints them: times are ISO texts. */
export function readable(value: unknown): unknown {
  const text = JSON.stringify(value, (key, inner: unknown) =>
    key.endsWith("Timestamp") && typeof inner === "number" ? isoTime(inner) : inner,
  );
  return JSON.parse(text) as unknown;
}

/** Seconds since the epoch as ISO 8601 has them; the number itself where no date can be made of it. */
export function isoTime(seconds: number): string | number {
  const date = new Date(Math.round(seconds * 1000));
  return Number.isNaN(date.getTime()) ? seconds : date.toISOString();
}
