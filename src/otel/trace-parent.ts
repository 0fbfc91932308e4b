/** The trace that an execution was started in, as far as its start says. */

import { isSpanContextValid, type SpanContext, TraceFlags } from "@opentelemetry/api";
import type { InvocationInfo } from "../lambda-compat/plugins.ts";

/** A `traceparent` header of W3C Trace Context; undefined for anything else. */
export function parseTraceParent(value: unknown): SpanContext | undefined {
  const match =
    typeof value === "string" ? /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})/.exec(value) : null;
  if (match === null) return undefined;
  const [, traceId = "", spanId = "", flags = ""] = match;
  const traceFlags = Number.parseInt(flags, 16) & TraceFlags.SAMPLED;
  const parent = { traceId, spanId, traceFlags, isRemote: true };
  return isSpanContextValid(parent) ? parent : undefined;
}

/** The `traceparent` that the event carries as a member, as CloudEvents do. It is the same in every invocation. */
export function parentInEvent({ executionInput }: InvocationInfo): SpanContext | undefined {
  const isObject = typeof executionInput === "object" && executionInput !== null;
  return isObject && "traceparent" in executionInput ? parseTraceParent(executionInput.traceparent) : undefined;
}
