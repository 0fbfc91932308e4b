/**
 * The report of one invocation: its span, its attempts, the operations that have their outcome while it runs or had it
 * since the one before, and the execution, if the invocation ends it. Nothing is reported twice: a replay makes no
 * attempts, and hears of no outcome that an earlier invocation heard of.
 */

import {
  type Attributes,
  context,
  diag,
  isSpanContextValid,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
  type Tracer,
} from "@opentelemetry/api";
import type {
  AttemptEndInfo,
  AttemptInfo,
  DurableInstrumentationPlugin,
  InvocationEndInfo,
  InvocationInfo,
  OperationEndInfo,
  OperationInfo,
} from "../lambda-compat/plugins.ts";
import type { DurableExecutionInvocationOutput } from "../lambda-compat/types.ts";
import {
  errorAttributes,
  executionAttributes,
  functionAttributes,
  functionName,
  kindAttributes,
  operationAttributes,
} from "./attributes.ts";
import { ExecutionIds, startSpan } from "./ids.ts";
import type { Measurements } from "./measurements.ts";

export interface Reporting {
  readonly tracer: Tracer;
  readonly measurements: Measurements;
  readonly parent: (info: InvocationInfo) => SpanContext | undefined;
  readonly now: () => number;
  readonly flush: () => Promise<void>;
}

/** The members of a span at its start. */
interface Beginning {
  readonly name: string;
  readonly spanId: string;
  readonly parent: SpanContext | undefined;
  readonly kind?: SpanKind;
  readonly startTime: Date | number;
  readonly attributes: Attributes;
  /** The invocation in which it is reported. */
  readonly link?: SpanContext;
}

/** The members of a span at its end. */
interface Ending {
  readonly at: Date | number;
  readonly error?: Error | undefined;
  readonly isFailed: boolean;
  readonly attributes?: Attributes;
}

const FAILURES: ReadonlySet<string> = new Set(["FAILED", "TIMED_OUT", "STOPPED"]);

export class InvocationTelemetry implements DurableInstrumentationPlugin {
  readonly #reporting: Reporting;
  readonly #ids: ExecutionIds;
  /** Reported by the invocation that ends the execution; in the others it says whether the execution is sampled. */
  readonly #execution: Span;
  readonly #invocation: Span;
  readonly #requestId: string;
  readonly #startedAt: number;
  readonly #attempts = new Map<string, { readonly span: Span; readonly startedAt: number }>();
  readonly #reported = new Set<string>();

  constructor(reporting: Reporting, info: InvocationInfo) {
    const { executionArn, executionStartTimestamp, requestId } = info;
    this.#reporting = reporting;
    this.#requestId = requestId;
    this.#startedAt = reporting.now();
    const parent = reporting.parent(info);
    this.#ids = new ExecutionIds(executionArn, executionStartTimestamp, parent);
    this.#execution = this.#start({
      name: functionName(executionArn) ?? "execution",
      spanId: this.#ids.execution,
      parent,
      startTime: executionStartTimestamp ?? this.#startedAt,
      attributes: executionAttributes(info),
    });
    this.#invocation = this.#start({
      name: "invocation",
      spanId: this.#ids.invocation(requestId),
      parent: this.#execution.spanContext(),
      startTime: this.#startedAt,
      attributes: { ...executionAttributes(info), "faas.invocation_id": requestId },
    });
  }

  /** True if spans are collected, and have the ids that follow from the execution. */
  get hasIds(): boolean {
    return this.#execution.spanContext().spanId === this.#ids.execution;
  }

  /** True if spans are collected, and have ids of another kind. */
  get hasOtherIds(): boolean {
    return this.#execution.isRecording() && !this.hasIds;
  }

  async onInvocationStart({ updatedOperations }: InvocationInfo): Promise<void> {
    for (const operation of Object.values(updatedOperations)) this.#report(operation);
  }

  wrapInvocation(
    _info: InvocationInfo,
    fn: () => Promise<DurableExecutionInvocationOutput>,
  ): Promise<DurableExecutionInvocationOutput> {
    return context.with(trace.setSpan(context.active(), this.#invocation), fn);
  }

  async onInvocationEnd(info: InvocationEndInfo): Promise<void> {
    const { measurements, now, flush } = this.#reporting;
    const { executionArn, executionStartTimestamp, status, executionError: error } = info;
    const at = now();
    const measured = { ...functionAttributes(executionArn), ...errorAttributes(error) };
    const isFailed = status === "FAILED" || status === "RETRYING";
    this.#end(this.#invocation, { at, error, isFailed, attributes: { "durable.invocation.status": status } });
    measurements.invocation(at - this.#startedAt, { ...measured, "durable.invocation.status": status });
    if (status === "SUCCEEDED" || status === "FAILED") {
      const attributes = { "durable.execution.status": status };
      this.#end(this.#execution, { at, error, isFailed, attributes });
      const startedAt = executionStartTimestamp?.getTime() ?? this.#startedAt;
      measurements.execution(at - startedAt, { ...measured, ...attributes });
    }
    await flush();
  }

  async onOperationEnd(info: OperationEndInfo): Promise<void> {
    // An earlier invocation has reported what the replay meets again.
    if (!info.isReplay) this.#report(info);
  }

  wrapChildContextFn({ id }: OperationInfo, fn: () => unknown): unknown {
    const around = this.#ids.contextOf(this.#ids.operation(id), this.#flags);
    return context.with(this.hasIds ? trace.setSpanContext(context.active(), around) : context.active(), fn);
  }

  async onOperationAttemptStart(info: AttemptInfo): Promise<void> {
    const startedAt = this.#reporting.now();
    const span = this.#start({
      name: `${nameOf(info)} attempt`,
      spanId: this.#ids.attempt(info.id, info.attempt, this.#requestId),
      parent: this.#ids.contextOf(this.#ids.operation(info.id), this.#flags),
      startTime: startedAt,
      attributes: { ...operationAttributes(info), "durable.attempt.number": info.attempt },
      link: this.#invocation.spanContext(),
    });
    this.#attempts.set(info.id, { span, startedAt });
  }

  wrapOperationAttemptFn({ id }: AttemptInfo, fn: () => unknown): unknown {
    const attempt = this.#attempts.get(id);
    return attempt === undefined ? fn() : context.with(trace.setSpan(context.active(), attempt.span), fn);
  }

  async onOperationAttemptEnd({ id, outcome, error, ...info }: AttemptEndInfo): Promise<void> {
    const attempt = this.#attempts.get(id);
    if (attempt === undefined) return;
    this.#attempts.delete(id);
    const at = this.#reporting.now();
    const attributes = { "durable.attempt.outcome": outcome };
    this.#end(attempt.span, { at, error, isFailed: outcome === "FAILED", attributes });
    const measured = { ...kindAttributes(info), ...attributes, ...errorAttributes(error) };
    this.#reporting.measurements.attempt(at - attempt.startedAt, measured);
  }

  enrichLogContext(): Record<string, string> | undefined {
    if (!this.hasIds) return undefined;
    const { traceId, spanId } = (trace.getActiveSpan() ?? this.#invocation).spanContext();
    return { traceId, spanId };
  }

  get #flags(): number {
    return this.#execution.spanContext().traceFlags;
  }

  /** Once an operation has its outcome. */
  #report(info: OperationInfo): void {
    const { id, parentId, startTimestamp, endTimestamp, status = "", error } = info;
    if (endTimestamp === undefined || startTimestamp === undefined || this.#reported.has(id)) return;
    this.#reported.add(id);
    const span = this.#start({
      name: nameOf(info),
      spanId: this.#ids.operation(id),
      parent: this.#ids.contextOf(
        parentId === undefined ? this.#ids.execution : this.#ids.operation(parentId),
        this.#flags,
      ),
      kind: info.type === "CHAINED_INVOKE" ? SpanKind.CLIENT : SpanKind.INTERNAL,
      startTime: startTimestamp,
      attributes: operationAttributes(info),
      link: this.#invocation.spanContext(),
    });
    this.#end(span, { at: endTimestamp, error, isFailed: FAILURES.has(status) });
    const measured = { ...kindAttributes(info), ...errorAttributes(error) };
    this.#reporting.measurements.operation(endTimestamp.getTime() - startTimestamp.getTime(), measured);
  }

  #start({ name, spanId, parent, link, ...options }: Beginning): Span {
    const around = parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent);
    const ids = { traceId: this.#ids.traceId, spanId };
    const links = link !== undefined && isSpanContextValid(link) ? [{ context: link }] : [];
    return startSpan(this.#reporting.tracer, { name, ids, ...options, links }, around);
  }

  #end(span: Span, { at, error, isFailed, attributes = {} }: Ending): void {
    if (!this.hasIds) return;
    span.setAttributes({ ...attributes, ...errorAttributes(error) });
    if (error !== undefined) span.recordException(error, at);
    if (isFailed) span.setStatus({ code: SpanStatusCode.ERROR, ...(error && { message: error.message }) });
    span.end(at);
  }
}

function nameOf({ name, subType, type }: OperationInfo): string {
  return name ?? subType ?? type;
}

/** Tells once, in the words of the API's own log, that spans are not reported. */
export function complain(): void {
  diag.error(
    "perdure/otel reports no spans: the tracer provider has another id generator. Create it with " +
      "`idGenerator: createIdGenerator()` of perdure/otel, so that the spans of an execution get the ids that follow from it.",
  );
}
