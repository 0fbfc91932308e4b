/**
 * Each alarm of the template: that AWS emits its metric with those dimensions, and that it rings for the fault which it is
 * there for and for nothing beside. CloudWatch is a few lines here: an alarm rings when all of its periods in a row breach.
 */

import { loadAwsServiceSpec } from "@aws-cdk/aws-service-spec";
import { Duration } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { Code } from "aws-cdk-lib/aws-lambda";
import { describe, expect, test } from "vitest";
import { DurableLambdaHost, type DurableLambdaHostProps } from "../../src/aws-cdk/index.ts";
import { type AnyTemplate, newStack, template } from "./template.ts";

interface AlarmProperties {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions: readonly { readonly Name: string; readonly Value: unknown }[];
  readonly Statistic: "Sum" | "Maximum";
  /** Seconds. */
  readonly Period: number;
  readonly EvaluationPeriods: number;
  readonly Threshold: number;
  readonly ComparisonOperator: "GreaterThanThreshold" | "LessThanThreshold";
  readonly TreatMissingData: "breaching" | "notBreaching";
  readonly AlarmActions?: readonly unknown[];
}

/** What is emitted: a value at a second. */
type Point = readonly [second: number, value: number];

const HOUR = 3600;

function alarmsOf({ Resources }: AnyTemplate, host = "Host"): Readonly<Record<string, AlarmProperties>> {
  const alarms = Object.entries(Resources).filter(([, { Type }]) => Type === "AWS::CloudWatch::Alarm");
  const nameOf = (id: string): string => id.replace(/Alarm[0-9A-F]{8}$/, "").replace(host, "");
  return Object.fromEntries(alarms.map(([id, { Properties }]) => [nameOf(id), Properties as AlarmProperties]));
}

function alarmsWith(props: Partial<DurableLambdaHostProps>): Readonly<Record<string, AlarmProperties>> {
  const stack = newStack();
  new DurableLambdaHost(stack, "H", { code: Code.fromInline("x"), ...props });
  return alarmsOf(Template.fromStack(stack).toJSON() as AnyTemplate, "H");
}

/** A text, or the resource that it is of. */
function shown(value: unknown): string {
  if (typeof value === "string") return value;
  return JSON.stringify(value).match(/Host[A-Za-z]+?(?=[0-9A-F]{8})/)?.[0] ?? "";
}

/** Whether an alarm rings within so many seconds. */
function rings(alarm: AlarmProperties, points: readonly Point[], seconds: number): boolean {
  let inARow = 0;
  for (let from = 0; from + alarm.Period <= seconds; from += alarm.Period) {
    const values = points.filter(([at]) => at >= from && at < from + alarm.Period).map(([, value]) => value);
    inARow = breaches(alarm, values) ? inARow + 1 : 0;
    if (inARow === alarm.EvaluationPeriods) return true;
  }
  return false;
}

function breaches(alarm: AlarmProperties, values: readonly number[]): boolean {
  if (values.length === 0) return alarm.TreatMissingData === "breaching";
  const value = alarm.Statistic === "Sum" ? values.reduce((sum, each) => sum + each, 0) : Math.max(...values);
  return alarm.ComparisonOperator === "GreaterThanThreshold" ? value > alarm.Threshold : value < alarm.Threshold;
}

/** The same value every so many seconds. */
function every(step: number, value: number, seconds: number, from = 0): readonly Point[] {
  return Array.from({ length: Math.ceil((seconds - from) / step) }, (_, at) => [from + at * step, value] as const);
}

const alarms = alarmsOf(template);

test("there is one for each fault that is not mended by itself", () => {
  const watched = Object.entries(alarms).map(([name, { MetricName, Dimensions }]) => {
    const on = Dimensions.map(({ Name, Value }) => `${Name} ${shown(Value)}`);
    return `${name}: ${MetricName} of ${on.toSorted().join(", ")}`;
  });
  expect(watched.toSorted()).toEqual([
    "Backlog: ApproximateAgeOfOldestMessage of QueueName HostWakes",
    "DeadLetters: ApproximateNumberOfMessagesVisible of QueueName HostDeadLetters",
    "GetItemThrottles: ThrottledRequests of Operation GetItem, TableName HostExecutions",
    "HttpErrors: Errors of FunctionName HostHttp",
    "PutItemThrottles: ThrottledRequests of Operation PutItem, TableName HostExecutions",
    "QueryThrottles: ThrottledRequests of Operation Query, TableName HostExecutions",
    "QueueErrors: Errors of FunctionName HostQueue",
    "SweeperErrors: Errors of FunctionName HostSweeper",
    "SweeperSilent: Invocations of FunctionName HostSweeper",
    "Throttles: Throttles of FunctionName HostQueue",
    "UpdateItemThrottles: ThrottledRequests of Operation UpdateItem, TableName HostExecutions",
  ]);
});

test("AWS emits each metric with just these dimensions", async () => {
  const database = await loadAwsServiceSpec();
  for (const [name, { Namespace, MetricName, Dimensions }] of Object.entries(alarms)) {
    const metric = database.all("metric").find((each) => each.namespace === Namespace && each.name === MetricName);
    expect(metric, `${name}: ${Namespace} ${MetricName}`).toBeDefined();
    const emitted = [...database.follow("usesDimensionSet", metric!)].map(({ entity }) =>
      entity.dimensions
        .map(({ name: dimension, value }) => `${dimension}=${value ?? ""}`)
        .toSorted()
        .join(),
    );
    const asked = Dimensions.map(({ Name, Value }) => `${Name}=${Name === "Operation" ? shown(Value) : ""}`)
      .toSorted()
      .join();
    expect(emitted, name).toContain(asked);
  }
});

test("what is told of alarms is told of each", () => {
  const told = alarmsWith({ alarmAction: { bind: () => ({ alarmActionArn: "arn:aws:sns:eu-west-1:1:told" }) } });
  expect(Object.keys(told).toSorted()).toEqual(Object.keys(alarms).toSorted());
  for (const { AlarmActions } of Object.values(told)) expect(AlarmActions).toEqual(["arn:aws:sns:eu-west-1:1:told"]);
});

describe("an alarm rings", () => {
  const alarm = (name: string): AlarmProperties => {
    const found = alarms[name];
    if (found === undefined) throw new Error(`There is no alarm ${name}.`);
    return found;
  };
  const ages = (longest: number): Point[] => every(60, 1, 2 * HOUR).map(([at]) => [at, at % longest]);

  test("when wakes wait, and not for one that is delayed for 15 minutes", () => {
    expect(
      rings(
        alarm("Backlog"),
        every(60, 0, HOUR).map(([at]) => [at, at]),
        HOUR,
      ),
    ).toBe(true);
    expect(rings(alarm("Backlog"), ages(901), 2 * HOUR)).toBe(false);
  });

  test("when a message stays among the dead letters, and not when the sweeper takes it each time", () => {
    expect(rings(alarm("DeadLetters"), every(60, 1, HOUR), HOUR)).toBe(true);
    const taken = every(60, 0, HOUR).map(([at], minute): Point => [at, minute % 10 < 2 ? 1 : 0]);
    expect(rings(alarm("DeadLetters"), taken, HOUR)).toBe(false);
  });

  test.each([10, 60, 300, 890])(
    "when one execution ends the process each time, whose message comes again with a timeout of %i s",
    (timeout) => {
      const { QueueErrors } = alarmsWith({ timeout: Duration.seconds(timeout) });
      const horizon = 10 * HOUR;
      expect(rings(QueueErrors!, every(timeout + 10, 1, horizon), horizon)).toBe(true);
      // One that failed twice and then went on.
      expect(rings(QueueErrors!, every(timeout + 10, 1, 2 * (timeout + 10)), horizon)).toBe(false);
      // CloudWatch looks back a day at the most.
      expect(QueueErrors!.Period * QueueErrors!.EvaluationPeriods).toBeLessThanOrEqual(24 * HOUR);
    },
  );

  test.each([
    "Throttles",
    "SweeperErrors",
    "HttpErrors",
    "PutItemThrottles",
    "UpdateItemThrottles",
    "GetItemThrottles",
    "QueryThrottles",
  ])("when it goes on for five minutes, and not for one: %s", (name) => {
    expect(rings(alarm(name), every(60, 1, 300), HOUR)).toBe(true);
    expect(rings(alarm(name), every(60, 1, 60), HOUR)).toBe(false);
    expect(rings(alarm(name), every(60, 0, HOUR), HOUR)).toBe(false);
    expect(rings(alarm(name), [], HOUR)).toBe(false);
  });

  test("when nobody calls the sweeper, which has no metrics then, and not when it is called each minute", () => {
    expect(rings(alarm("SweeperSilent"), [], HOUR)).toBe(true);
    expect(rings(alarm("SweeperSilent"), every(60, 1, 10 * 60), HOUR)).toBe(true);
    expect(rings(alarm("SweeperSilent"), every(60, 1, HOUR), HOUR)).toBe(false);
  });
});
