/**
 * Traces and measurements of durable executions, for OpenTelemetry.
 *
 * @example
 * ```ts
 * const provider = new BasicTracerProvider({ idGenerator: createIdGenerator(), spanProcessors });
 * trace.setGlobalTracerProvider(provider);
 *
 * export const handler = withDurableExecution(run, { plugins: [openTelemetry()] });
 * ```
 */

import { type MeterProvider, metrics, type SpanContext, trace, type TracerProvider } from "@opentelemetry/api";
import type { DurableInstrumentationPluginFactory, InvocationInfo } from "../lambda-compat/plugins.ts";
import { complain, InvocationTelemetry, type Reporting } from "./invocation-telemetry.ts";
import { createMeasurements } from "./measurements.ts";
import { parentInEvent } from "./trace-parent.ts";

export { createIdGenerator, type IdGenerator } from "./ids.ts";
export { parseTraceParent } from "./trace-parent.ts";

/** The options of the plugin. */
export interface OpenTelemetryOptions {
  /** Takes the spans; it must have been made with `createIdGenerator`. By default the global one, whenever it is set. */
  readonly tracerProvider?: TracerProvider;
  /** Takes the measurements. By default the global one, as it is when the first execution is invoked. */
  readonly meterProvider?: MeterProvider;
  /**
   * The span that an execution was started in, and whose trace it then belongs to. The answer must be the same for all
   * invocations of an execution. By default the W3C `traceparent` that the event has as a member; without one, each
   * execution has a trace of its own.
   */
  readonly parent?: (info: InvocationInfo) => SpanContext | undefined;
  /**
   * Awaited at the end of each invocation. For processes that are frozen or ended then, such as Lambda's:
   * `() => provider.forceFlush()`. Nothing by default.
   */
  readonly flush?: () => Promise<void>;
  /** The time in ms since the epoch; `Date.now` by default. */
  readonly now?: () => number;
}

/** The name under which tracers and meters are asked for. */
const SCOPE = "perdure";

/** A plugin for `withDurableExecution` that reports to OpenTelemetry. */
export function openTelemetry(options: OpenTelemetryOptions = {}): DurableInstrumentationPluginFactory {
  const { parent = parentInEvent, now = Date.now, flush = async () => {} } = options;
  let reporting: Reporting | undefined;
  let hasComplained = false;
  return {
    createPlugin(info) {
      reporting ??= {
        ...{ parent, now, flush },
        tracer: (options.tracerProvider ?? trace).getTracer(SCOPE),
        measurements: createMeasurements((options.meterProvider ?? metrics).getMeter(SCOPE)),
      };
      const telemetry = new InvocationTelemetry(reporting, info);
      if (telemetry.hasOtherIds && !hasComplained) {
        hasComplained = true;
        complain();
      }
      return telemetry;
    },
  };
}
