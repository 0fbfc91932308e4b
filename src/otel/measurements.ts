/** The measurements: the durations of executions, invocations and operations, and the attempts of steps. */

import type { Attributes, Meter } from "@opentelemetry/api";

/** Bounds in seconds, from a step to a subscription. */
const BUCKETS = [0.005, 0.05, 0.25, 1, 5, 30, 120, 600, 3_600, 21_600, 86_400, 604_800, 2_592_000, 31_536_000];

export interface Measurements {
  /** All durations in ms. */
  readonly execution: (duration: number, attributes: Attributes) => void;
  readonly invocation: (duration: number, attributes: Attributes) => void;
  readonly operation: (duration: number, attributes: Attributes) => void;
  readonly attempt: (duration: number, attributes: Attributes) => void;
}

export function createMeasurements(meter: Meter): Measurements {
  const duration = (name: string, description: string): Measurements["execution"] => {
    const histogram = meter.createHistogram(name, {
      description,
      unit: "s",
      advice: { explicitBucketBoundaries: BUCKETS },
    });
    return (ms, attributes) => histogram.record(Math.max(0, ms) / 1000, attributes);
  };
  return {
    execution: duration("durable.execution.duration", "From the start of an execution to its end"),
    invocation: duration("durable.invocation.duration", "How long an invocation ran, or waited in memory"),
    operation: duration("durable.operation.duration", "From the start of an operation to its outcome"),
    attempt: duration("durable.attempt.duration", "How long a step's function ran"),
  };
}
