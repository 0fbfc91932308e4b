/** The permissions of the functions: only those that they need. */

import type { TableV2 } from "aws-cdk-lib/aws-dynamodb";
import { Effect, type IRole, PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import type { Bucket } from "aws-cdk-lib/aws-s3";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import { Stack } from "aws-cdk-lib";

/** Reads and writes executions, and sends wakes. */
export function grantRunning(fn: LambdaFunction, { table, queue }: { table: TableV2; queue: Queue }): void {
  fn.addToRolePolicy(
    new PolicyStatement({
      effect: Effect.ALLOW,
      actions: ["GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "BatchWriteItem"].map(
        (action) => `dynamodb:${action}`,
      ),
      resources: [table.tableArn, `${table.tableArn}/index/*`],
    }),
  );
  fn.addToRolePolicy(
    new PolicyStatement({ effect: Effect.ALLOW, actions: ["sqs:SendMessage"], resources: [queue.queueArn] }),
  );
}

/** Writes, reads and removes payloads. Without the list, what is missing would look like what is forbidden. */
export function grantOffloading(fn: LambdaFunction, { bucketArn }: Bucket): void {
  const actions = ["GetObject", "PutObject", "DeleteObject"].map((action) => `s3:${action}`);
  fn.addToRolePolicy(new PolicyStatement({ effect: Effect.ALLOW, actions, resources: [`${bucketArn}/*`] }));
  fn.addToRolePolicy(new PolicyStatement({ effect: Effect.ALLOW, actions: ["s3:ListBucket"], resources: [bucketArn] }));
}

/** Sets and takes back schedules, which take on the role that may send wakes. */
export function grantScheduling(fn: LambdaFunction, group: string, role: IRole): void {
  const schedules = Stack.of(fn).formatArn({
    service: "scheduler",
    resource: "schedule",
    resourceName: `${group}/*`,
  });
  fn.addToRolePolicy(
    new PolicyStatement({
      effect: Effect.ALLOW,
      actions: ["scheduler:CreateSchedule", "scheduler:DeleteSchedule"],
      resources: [schedules],
    }),
  );
  fn.addToRolePolicy(
    new PolicyStatement({
      effect: Effect.ALLOW,
      actions: ["iam:PassRole"],
      resources: [role.roleArn],
      conditions: { StringEquals: { "iam:PassedToService": "scheduler.amazonaws.com" } },
    }),
  );
}

/** Takes wakes out of the dead-letter queue. */
export function grantSweeping(fn: LambdaFunction, deadLetterQueue: Queue): void {
  fn.addToRolePolicy(
    new PolicyStatement({
      effect: Effect.ALLOW,
      actions: ["sqs:ReceiveMessage", "sqs:DeleteMessage"],
      resources: [deadLetterQueue.queueArn],
    }),
  );
}
