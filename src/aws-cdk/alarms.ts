import { Duration } from "aws-cdk-lib";
import {
  Alarm,
  type AlarmProps,
  ComparisonOperator,
  type IAlarmAction,
  TreatMissingData,
} from "aws-cdk-lib/aws-cloudwatch";
import type { TableV2 } from "aws-cdk-lib/aws-dynamodb";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";

interface Watched extends Construct {
  readonly table: TableV2;
  readonly queue: Queue;
  readonly deadLetterQueue: Queue;
  readonly queueFunction: LambdaFunction;
  readonly sweeperFunction: LambdaFunction;
  readonly httpFunction: LambdaFunction;
}

type Watch = Pick<AlarmProps, "metric" | "alarmDescription"> & {
  readonly over?: number;
  /** In a row. */
  readonly periods: number;
};

export interface AlarmSettings {
  /** When a message comes again whose call has failed. */
  readonly visibility: Duration;
  readonly action: IAlarmAction | undefined;
}

const period = Duration.minutes(1);
/** Five minutes beyond the longest delay of a message: AWS does not say whether one that is still delayed has an age. */
const BACKLOG_SECONDS = 900 + 300;
/** Messages that are no wakes stay there, and so does what was not swept for so long. */
const UNSWEPT_MINUTES = 15;
/**
 * Throttles are counted by operation, the table and its indexes together. Each operation has an alarm of its own: a sum
 * of metrics of which one has no data has none either.
 */
const OPERATIONS = ["PutItem", "UpdateItem", "GetItem", "Query"] as const;

/** Alarms for what is not mended by itself. */
export function addAlarms(host: Watched, { visibility, action }: AlarmSettings): void {
  const { table, queue, deadLetterQueue, queueFunction, sweeperFunction, httpFunction } = host;
  const watches: Readonly<Record<string, Watch>> = {
    Backlog: {
      metric: queue.metricApproximateAgeOfOldestMessage({ period }),
      over: BACKLOG_SECONDS,
      periods: 5,
      alarmDescription: "Wakes wait for minutes: executions stand still. Raise the concurrency.",
    },
    DeadLetters: {
      metric: deadLetterQueue.metricApproximateNumberOfMessagesVisible({ period }),
      periods: UNSWEPT_MINUTES,
      alarmDescription: "Messages stay in the dead-letter queue: they are no wakes, or the sweeper does not run.",
    },
    QueueErrors: {
      // One execution that ends the process each time fails once in this time.
      metric: queueFunction.metricErrors({
        period: Duration.minutes(Math.ceil(visibility.toMinutes({ integral: false }))),
      }),
      periods: 5,
      alarmDescription: "The function that runs executions fails as a whole: see its log.",
    },
    Throttles: {
      metric: queueFunction.metricThrottles({ period }),
      periods: 5,
      alarmDescription: "The function that runs executions is throttled: the account's concurrency is used up.",
    },
    SweeperErrors: {
      metric: sweeperFunction.metricErrors({ period }),
      periods: 5,
      alarmDescription: "The sweeper fails: lost wakes are not found, and nothing is removed.",
    },
    HttpErrors: {
      metric: httpFunction.metricErrors({ period }),
      periods: 5,
      alarmDescription: "The HTTP function fails as a whole: see its log.",
    },
    ...Object.fromEntries(OPERATIONS.map((operation) => [`${operation}Throttles`, throttled(table, operation)])),
  };
  const alarms = Object.entries(watches).map(
    ([name, { metric, over = 0, periods, alarmDescription }]) =>
      new Alarm(host, `${name}Alarm`, {
        metric,
        threshold: over,
        comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
        evaluationPeriods: periods,
        treatMissingData: TreatMissingData.NOT_BREACHING,
        ...(alarmDescription !== undefined && { alarmDescription }),
      }),
  );
  alarms.push(silenceOf(host));
  if (action !== undefined) for (const alarm of alarms) alarm.addAlarmAction(action);
}

function throttled(table: TableV2, operation: (typeof OPERATIONS)[number]): Watch {
  const dimensionsMap = { TableName: table.tableName, Operation: operation };
  return {
    metric: table.metric("ThrottledRequests", { period, statistic: "Sum", dimensionsMap }),
    periods: 5,
    alarmDescription: `The table or an index of it is throttled, and refuses ${operation}: see the reasons in the functions' logs.`,
  };
}

/** An alarm for missing calls: a function that is not called has no metrics, and so no errors. */
function silenceOf(host: Watched): Alarm {
  return new Alarm(host, "SweeperSilentAlarm", {
    metric: host.sweeperFunction.metricInvocations({ period: Duration.minutes(UNSWEPT_MINUTES) }),
    threshold: 1,
    comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
    evaluationPeriods: 1,
    treatMissingData: TreatMissingData.BREACHING,
    alarmDescription: "Nobody calls the sweeper: lost wakes are not found, and nothing is removed. See its schedule.",
  });
}
