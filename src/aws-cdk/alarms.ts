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

type Watch = Pick<AlarmProps, "metric" | "alarmDescription"> & { readonly over?: number; readonly minutes?: number };

const period = Duration.minutes(1);
const BACKLOG_SECONDS = 300;
/** Messages that are no wakes stay there, and so does what was not swept for so long. */
const UNSWEPT_MINUTES = 15;

/** Alarms for what is not mended by itself. */
export function addAlarms(host: Watched, action: IAlarmAction | undefined): void {
  const { table, queue, deadLetterQueue, queueFunction, sweeperFunction, httpFunction } = host;
  const watches: Readonly<Record<string, Watch>> = {
    Backlog: {
      metric: queue.metricApproximateAgeOfOldestMessage({ period }),
      over: BACKLOG_SECONDS,
      minutes: 5,
      alarmDescription: "Wakes wait for minutes: executions stand still. Raise the concurrency.",
    },
    DeadLetters: {
      metric: deadLetterQueue.metricApproximateNumberOfMessagesVisible({ period }),
      minutes: UNSWEPT_MINUTES,
      alarmDescription: "Messages stay in the dead-letter queue: they are no wakes, or the sweeper does not run.",
    },
    QueueErrors: {
      metric: queueFunction.metricErrors({ period }),
      minutes: 5,
      alarmDescription: "The function that runs executions fails as a whole: see its log.",
    },
    Throttles: {
      metric: queueFunction.metricThrottles({ period }),
      minutes: 5,
      alarmDescription: "The function that runs executions is throttled: the account's concurrency is used up.",
    },
    SweeperErrors: {
      metric: sweeperFunction.metricErrors({ period }),
      minutes: 5,
      alarmDescription: "The sweeper fails: lost wakes are not found, and nothing is removed.",
    },
    HttpErrors: {
      metric: httpFunction.metricErrors({ period }),
      minutes: 5,
      alarmDescription: "The HTTP function fails as a whole: see its log.",
    },
    TableThrottles: {
      metric: table.metric("WriteThrottleEvents", { period, statistic: "Sum" }),
      minutes: 5,
      alarmDescription: "The table takes no more writes at this rate.",
    },
  };
  for (const [name, { metric, over = 0, minutes = 1, alarmDescription }] of Object.entries(watches)) {
    const alarm = new Alarm(host, `${name}Alarm`, {
      metric,
      threshold: over,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: minutes,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      ...(alarmDescription !== undefined && { alarmDescription }),
    });
    if (action !== undefined) alarm.addAlarmAction(action);
  }
}
