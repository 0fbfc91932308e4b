/**
 * Ids that follow from what they name. An execution lasts for months, in many invocations and on many hosts, none of
 * which has seen the span that another one will report. With derived ids they agree on it beforehand: all spans are of
 * one trace, a span can be the parent of others before it is reported, and one that is reported twice is the same span.
 */

import {
  type Context,
  type Span,
  type SpanContext,
  type TraceFlags,
  type Tracer,
  type SpanOptions,
} from "@opentelemetry/api";
import { md5 } from "../lambda-compat/md5.ts";

/** Makes the ids of spans: what a tracer provider takes as `idGenerator`. */
export interface IdGenerator {
  /** 32 hex digits. */
  generateTraceId(): string;
  /** 16 hex digits. */
  generateSpanId(): string;
}

/** The ids of the spans of one execution. */
export class ExecutionIds {
  /** Of the trace that all of them are in. */
  readonly traceId: string;
  readonly #arn: string;

  /** In the trace of the parent, if the execution has one. */
  constructor(arn: string, startedAt: Date | undefined, parent: SpanContext | undefined) {
    this.#arn = arn;
    this.traceId = parent?.traceId ?? traceIdOf(arn, startedAt);
  }

  get execution(): string {
    return this.#derive("execution");
  }

  invocation(requestId: string): string {
    return this.#derive(`invocation ${requestId}`);
  }

  operation(id: string): string {
    return this.#derive(`operation ${id}`);
  }

  /** An attempt that was interrupted is made again, by another invocation. */
  attempt(id: string, attempt: number, requestId: string): string {
    return this.#derive(`attempt ${attempt} of ${id} in ${requestId}`);
  }

  /** The context of a span of the execution, which may be reported elsewhere, at another time. */
  contextOf(spanId: string, traceFlags: TraceFlags): SpanContext {
    return { traceId: this.traceId, spanId, traceFlags, isRemote: true };
  }

  #derive(what: string): string {
    return md5(`${this.#arn} ${what}`).slice(0, 16);
  }
}

/** Begins with the time of the start in seconds, without which X-Ray takes no trace. */
function traceIdOf(arn: string, startedAt: Date | undefined): string {
  const seconds = Math.floor((startedAt?.getTime() ?? 0) / 1000);
  return seconds.toString(16).padStart(8, "0").slice(-8) + md5(arn).slice(0, 24);
}

/** The ids for the next span; taken once. Set and cleared around one synchronous call. */
let next: { traceId: string | undefined; spanId: string | undefined } | undefined;

/**
 * An id generator that gives the spans of durable executions the ids that follow from them, and others those of the
 * generator it is given; random ones by default.
 */
export function createIdGenerator(others: IdGenerator = randomIds): IdGenerator {
  return {
    generateTraceId() {
      const traceId = next?.traceId;
      if (next !== undefined) next.traceId = undefined;
      return traceId ?? others.generateTraceId();
    },
    generateSpanId() {
      const spanId = next?.spanId;
      if (next !== undefined) next.spanId = undefined;
      return spanId ?? others.generateSpanId();
    },
  };
}

const randomIds: IdGenerator = {
  generateTraceId: () => randomHex(16),
  generateSpanId: () => randomHex(8),
};

function randomHex(bytes: number): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) => byte.toString(16).padStart(2, "0")).join(
    "",
  );
}

/** Starts a span with an id of its own, provided that the tracer's provider has the generator. */
export function startSpan(
  tracer: Tracer,
  { name, ids, ...options }: SpanOptions & { readonly name: string; readonly ids: { traceId: string; spanId: string } },
  context: Context,
): Span {
  next = { ...ids };
  try {
    return tracer.startSpan(name, options, context);
  } finally {
    next = undefined;
  }
}
