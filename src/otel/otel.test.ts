import { context, type DiagLogger, diag, type TracerProvider as Provider } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import {
  InMemorySpanExporter,
  ParentBasedSampler,
  type ReadableSpan,
  SimpleSpanProcessor,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createMemoryHost } from "../homes/memory/index.ts";
import type { DurableContext } from "../lambda-compat/types.ts";
import type { DurableInstrumentationPluginFactory } from "../lambda-compat/plugins.ts";
import { withDurableExecution } from "../lambda-compat/with-durable-execution.ts";
import { DurableTestRunner } from "../testing/test-runner.ts";
import { createIdGenerator, openTelemetry, parseTraceParent } from "./index.ts";

beforeAll(() => void context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable()));
afterAll(() => context.disable());

type Handler = (event: unknown, context: DurableContext) => Promise<unknown>;

/** A process that reports on its own, with the SDK as it is. */
function reportingHost(options: ConstructorParameters<typeof TracerProvider>[0] = {}) {
  const exporter = new InMemorySpanExporter();
  const spanProcessors = [new SimpleSpanProcessor({ exporter })];
  const provider = new TracerProvider({ idGenerator: createIdGenerator(), ...options, spanProcessors });
  return { exporter, provider, spans: () => exporter.getFinishedSpans() };
}

function durable(handler: Handler, plugin: DurableInstrumentationPluginFactory) {
  return withDurableExecution(handler, { plugins: [plugin] });
}

/** Each span as `parent > name status`, sorted; parents that are none of the spans by their id. */
function treeOf(spans: readonly ReadableSpan[]): readonly string[] {
  const byId = new Map(spans.map((span) => [span.spanContext().spanId, span]));
  const lines = spans.map(({ name, parentSpanContext, status }) => {
    const parentId = parentSpanContext?.spanId ?? "";
    return `${byId.get(parentId)?.name ?? parentId} > ${name}${status.code === 2 ? " failed" : ""}`;
  });
  return lines.toSorted();
}

const ids = (spans: readonly ReadableSpan[]): readonly string[] => spans.map((span) => span.spanContext().spanId);
const seconds = (span: ReadableSpan | undefined): number | undefined => span?.duration[0];

describe("an execution of a month, in two processes", () => {
  const [first, second] = [reportingHost(), reportingHost()];
  const runner = new DurableTestRunner(durable(order, tracing(first.provider)));
  const now = (): number => runner.clock.now();
  function tracing(tracerProvider: Provider): DurableInstrumentationPluginFactory {
    return openTelemetry({ tracerProvider, now: () => now() });
  }
  async function order(_event: unknown, context: DurableContext): Promise<string> {
    await context.step("charge", async ({ attempt }) => {
      if (attempt === 1) throw new RangeError("declined");
      return first.provider.getTracer("user").startSpan("query").end();
    });
    await Promise.all([context.wait("day", { days: 1 }), context.wait("month", { days: 30 })]);
    await context.runInChildContext("ship", async (child) => child.step("label", async () => "l-1"));
    await context.waitForCallback("signed", async () => {});
    return "done";
  }

  beforeAll(async () => {
    const execution = await runner.start({ name: "o-1" });
    // Plugins are loaded in real time.
    const until = async (isSo: () => boolean): Promise<void> => {
      while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 1)).then(() => runner.advance(100));
    };
    await until(() => execution.operation("month") !== undefined);
    await runner.advance({ days: 2 });
    await until(() => first.spans().some(({ name }) => name === "day"));
    // Another process takes over in the middle of the month, and replays.
    await runner.restart(durable(order, tracing(second.provider)));
    runner.onCallback("signed", (callback) => callback.succeed("yes"));
    await execution.finish();
  });

  test("is one trace, in which no span is reported twice", () => {
    const spans = [...first.spans(), ...second.spans()];
    expect(new Set(spans.map((span) => span.spanContext().traceId)).size).toBe(1);
    expect(ids(spans)).toHaveLength(new Set(ids(spans)).size);
    expect(second.spans().length).toBeGreaterThan(5);
  });

  test("has a span for the execution, each invocation, each operation and each attempt, where it belongs", () => {
    const spans = [...first.spans(), ...second.spans()];
    const tree = treeOf(spans);
    expect(tree.filter((line) => line !== "handler > invocation")).toEqual([
      " > handler",
      "Step > Step attempt",
      "charge > charge attempt",
      "charge > charge attempt failed",
      "charge attempt > query",
      "handler > charge",
      "handler > day",
      "handler > month",
      "handler > ship",
      "handler > signed",
      "label > label attempt",
      "ship > label",
      "signed > Callback",
      "signed > Step",
    ]);
    expect(tree.filter((line) => line === "handler > invocation").length).toBeGreaterThan(3);
  });

  test("shows how long what took, whoever saw its end", () => {
    const spans = [...first.spans(), ...second.spans()];
    const named = (name: string) => spans.find((span) => span.name === name);
    expect(seconds(named("day"))).toBe(86_400);
    expect(seconds(named("month"))).toBe(30 * 86_400);
    expect(seconds(named("handler"))).toBeGreaterThanOrEqual(30 * 86_400);
    expect(first.spans()).toContain(named("day"));
    expect(second.spans()).toContain(named("month"));
  });

  test("says what failed, and where it was reported", () => {
    const failed = first.spans().find(({ status }) => status.code === 2);
    expect(failed?.status.message).toBe("declined");
    expect(failed?.events.map(({ name }) => name)).toEqual(["exception"]);
    expect(failed?.attributes).toMatchObject({
      "durable.operation.name": "charge",
      "durable.operation.type": "STEP",
      "durable.attempt.number": 1,
      "durable.attempt.outcome": "FAILED",
      "error.type": "RangeError",
    });
    const invocations = first.spans().filter(({ name }) => name === "invocation");
    const [link] = failed?.links ?? [];
    expect(ids(invocations)).toContain(link?.context.spanId);
  });
});

describe("on the memory home", () => {
  async function run(handler: Handler, plugin: DurableInstrumentationPluginFactory, event: unknown = {}) {
    const host = createMemoryHost({ functions: { work: durable(handler, plugin) }, parks: false });
    const { execution } = await host.client.start({ functionName: "work", input: JSON.stringify(event) });
    const ended = await host.client.settled(execution.id, Date.now() + 60_000);
    host.close();
    return ended;
  }

  const waiting: Handler = async (_event, context) => {
    await context.step("a", async () => 1);
    await context.wait("w", { seconds: 1 });
    return context.step("b", async () => 2);
  };

  test("a replay reports nothing again", async () => {
    const { provider, spans } = reportingHost();
    await run(waiting, openTelemetry({ tracerProvider: provider }));
    expect(treeOf(spans())).toEqual(
      [
        " > work",
        ...["work > invocation", "work > invocation", "work > a", "work > b", "work > w"],
        ...["a > a attempt", "b > b attempt"],
      ].toSorted(),
    );
  });

  test("an execution is in the trace that its event names", async () => {
    const { provider, spans } = reportingHost();
    const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    await run(waiting, openTelemetry({ tracerProvider: provider }), { traceparent });
    const parent = parseTraceParent(traceparent);
    expect(new Set(spans().map((span) => span.spanContext().traceId))).toEqual(new Set([parent?.traceId]));
    const roots = spans().filter(({ parentSpanContext }) => parentSpanContext?.spanId === parent?.spanId);
    expect(roots.map(({ name }) => name)).toEqual(["work"]);
  });

  test("a sampler decides for the whole of an execution", async () => {
    const sampler = new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(0.5) });
    const sampled = reportingHost({ sampler });
    const all = reportingHost();
    for (let i = 0; i < 12; i++) {
      const plugins = [sampled, all].map(({ provider }) => openTelemetry({ tracerProvider: provider }));
      await run(withoutWait, { createPlugin: (info) => both(plugins.map((plugin) => plugin.createPlugin(info))) });
    }
    const counts = Map.groupBy(sampled.spans(), (span) => span.spanContext().traceId);
    expect([...counts.values()].every((spans) => spans.length === 4)).toBe(true);
    expect(counts.size).toBeLessThan(12);
  });

  test("durations, attempts and failures are measured", async () => {
    const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
    const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
    const meterProvider = new MeterProvider({ readers: [reader] });
    const failing: Handler = async (_event, context) => {
      await context.step(
        "s",
        async () => {
          throw new TypeError("no");
        },
        { retryStrategy: (_error, attempt) => ({ shouldRetry: attempt < 2, delay: { seconds: 1 } }) },
      );
    };
    await run(failing, openTelemetry({ meterProvider }));
    await reader.forceFlush();
    const [
      {
        scopeMetrics: [scope],
      } = { scopeMetrics: [] },
    ] = exporter.getMetrics();
    const counts = scope?.metrics.flatMap(({ descriptor, dataPoints }) =>
      dataPoints.map(({ value, attributes }) => {
        const { count } = value as { count: number };
        return `${descriptor.name} ${count} ${(attributes["error.type"] as string | undefined) ?? "-"}`;
      }),
    );
    expect(counts?.toSorted()).toEqual([
      "durable.attempt.duration 2 TypeError",
      "durable.execution.duration 1 StepError",
      "durable.invocation.duration 1 -",
      "durable.invocation.duration 1 StepError",
      "durable.operation.duration 1 StepError",
    ]);
    await meterProvider.shutdown();
  });

  test("lines of the log name the span they are of", async () => {
    const { provider, spans } = reportingHost();
    const plugin = openTelemetry({ tracerProvider: provider });
    const fields: unknown[] = [];
    const noting: DurableInstrumentationPluginFactory = {
      createPlugin(info) {
        const telemetry = plugin.createPlugin(info);
        return Object.assign(telemetry, {
          onOperationStart: async () => void fields.push(telemetry.enrichLogContext?.()),
        });
      },
    };
    await run(withoutWait, noting);
    const invocation = spans()
      .find(({ name }) => name === "invocation")
      ?.spanContext();
    expect(fields).toEqual([{ traceId: invocation?.traceId, spanId: invocation?.spanId }]);
  });

  test("a provider with other ids reports nothing, and the API's log says what to do", async () => {
    const said: string[] = [];
    const note = (line: string): void => void said.push(line);
    const logger: DiagLogger = { error: note, warn: note, info: () => {}, debug: () => {}, verbose: () => {} };
    diag.setLogger(logger, { suppressOverrideMessage: true });
    const exporter = new InMemorySpanExporter();
    const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
    const plugin = openTelemetry({ tracerProvider: provider });
    await run(withoutWait, plugin);
    await run(withoutWait, plugin);
    diag.disable();
    expect(exporter.getFinishedSpans()).toEqual([]);
    expect(said.filter((line) => line.includes("createIdGenerator()"))).toHaveLength(1);
  });

  test("without any SDK it does nothing", async () => {
    expect((await run(withoutWait, openTelemetry())).status).toBe("SUCCEEDED");
  });
});

const withoutWait: Handler = async (_event, context) => context.step("a", async () => 1);

/** Several plugins as one. */
function both(plugins: readonly object[]): object {
  const each = plugins as readonly Record<string, ((...given: unknown[]) => unknown) | undefined>[];
  const all = (hook: string) => async (info: unknown) => {
    for (const plugin of each) await plugin[hook]?.(info);
  };
  const hooks = [
    "onInvocationStart",
    "onInvocationEnd",
    "onOperationEnd",
    "onOperationAttemptStart",
    "onOperationAttemptEnd",
  ];
  return Object.fromEntries(hooks.map((hook) => [hook, all(hook)]));
}

test.each([
  ["00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00", 0],
  ["01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more", 1],
  ["00-00000000000000000000000000000000-00f067aa0ba902b7-01", undefined],
  ["00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01", undefined],
  ["ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", undefined],
  ["4bf92f3577b34da6a3ce929d0e0e4736", undefined],
  [7, undefined],
])("the traceparent %s has the flags %s", (given, flags) => {
  expect(parseTraceParent(given)?.traceFlags).toBe(flags);
});
