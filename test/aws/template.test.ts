import { readFileSync } from "node:fs";
import { Duration } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { Code } from "aws-cdk-lib/aws-lambda";
import { describe, expect, test } from "vitest";
import { templatePath } from "../../scripts/aws-template.ts";
import { tableDefinition } from "../../src/adapters/dynamodb/schema.ts";
import { DurableLambdaHost, type DurableLambdaHostProps } from "../../src/aws-cdk/index.ts";
import { allowedTo, type AnyResource, type AnyTemplate, newStack, only, template, text } from "./template.ts";
import { checkTemplate } from "./template-check.ts";

test("the template in deploy/ is that of the construct: npm run aws:template writes it", () => {
  expect(readFileSync(templatePath, "utf8")).toBe(text);
});

test("the template fits AWS's resource model", async () => {
  expect(await checkTemplate(template)).toEqual([]);
});

test.each<[mistake: string, edit: (properties: AnyResource["Properties"]) => void, found: string]>([
  ["a property that there is not", (fn) => (fn.RecursiveLop = "Allow"), "Function.RecursiveLop is no property"],
  ["one that is missing", (fn) => delete fn.Role, "Function.Role is missing"],
  ["a text for a list", (fn) => (fn.Architectures = "arm64"), "Function.Architectures must be a list"],
  ["a text for a number", (fn) => (fn.Timeout = "60"), "Function.Timeout must be a number"],
  [
    "a value that there is not",
    (fn) => (fn.RecursiveLoop = "Maybe"),
    "Function.RecursiveLoop must be one of Allow, Terminate",
  ],
])("the check finds %s", async (_, edit, found) => {
  const Function = structuredClone(only("AWS::Lambda::Function", "HostQueue"));
  edit(Function.Properties);
  expect(await checkTemplate({ Resources: { Function } })).toEqual([found]);
});

test("the table is the store's", () => {
  const { AttributeDefinitions, KeySchema, GlobalSecondaryIndexes, TimeToLiveSpecification, BillingMode } =
    only("AWS::DynamoDB::GlobalTable").Properties;
  const { TableName: _, ...definition } = tableDefinition("");
  const sorted = (list: readonly { AttributeName: string }[]): unknown =>
    list.toSorted((a, b) => a.AttributeName.localeCompare(b.AttributeName));
  expect({
    KeySchema,
    GlobalSecondaryIndexes,
    BillingMode,
    AttributeDefinitions: sorted(AttributeDefinitions),
  }).toEqual({
    ...definition,
    AttributeDefinitions: sorted(definition.AttributeDefinitions),
  });
  expect(TimeToLiveSpecification).toEqual({ AttributeName: "ttl", Enabled: true });
});

test("a message is not seen again while the function may still be at it, and a loop is no loop", () => {
  const { Timeout, RecursiveLoop } = only("AWS::Lambda::Function", "HostQueue").Properties;
  const { VisibilityTimeout, RedrivePolicy } = only("AWS::SQS::Queue", "HostWakes").Properties;
  expect(VisibilityTimeout).toBe(Timeout + 10);
  expect(RedrivePolicy.maxReceiveCount).toBeGreaterThanOrEqual(10);
  expect(RecursiveLoop).toBe("Allow");
  expect(only("AWS::Lambda::EventSourceMapping").Properties.FunctionResponseTypes).toEqual(["ReportBatchItemFailures"]);
});

describe("the functions may do what they need, and nothing else", () => {
  const table = ["GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "BatchWriteItem"];
  const objects = ["GetObject", "PutObject", "DeleteObject", "ListBucket"];
  const writing = [
    ...table.map((action) => `dynamodb:${action} HostExecutions`),
    "sqs:SendMessage HostWakes",
    ...objects.map((action) => `s3:${action} HostPayloads`),
  ];
  const running = [
    ...writing,
    "scheduler:CreateSchedule HostSchedules",
    "scheduler:DeleteSchedule HostSchedules",
    "iam:PassRole HostScheduleRole",
  ];

  test("the one behind the queue", () => {
    const consuming = [
      "ReceiveMessage",
      "ChangeMessageVisibility",
      "GetQueueUrl",
      "DeleteMessage",
      "GetQueueAttributes",
    ];
    expect(allowedTo("Queue")).toEqual([...running, ...consuming.map((action) => `sqs:${action} HostWakes`)]);
  });

  test("the sweeper", () => {
    const redriving = ["sqs:ReceiveMessage HostDeadLetters", "sqs:DeleteMessage HostDeadLetters"];
    expect(allowedTo("Sweeper")).toEqual([...running, ...redriving]);
  });

  test("the one behind the URL", () => {
    const reading = ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"];
    expect(allowedTo("Http")).toEqual([...writing, ...reading.map((action) => `${action} CredentialsArn`)]);
  });

  test("Scheduler sends wakes, and takes on its role for nobody else", () => {
    const { AssumeRolePolicyDocument } = only("AWS::IAM::Role", "HostScheduleRole").Properties;
    expect(AssumeRolePolicyDocument.Statement[0].Principal).toEqual({ Service: "scheduler.amazonaws.com" });
    const { PolicyDocument } = only("AWS::IAM::Policy", "HostScheduleRoleDefaultPolicy").Properties;
    expect(JSON.stringify(PolicyDocument.Statement)).toMatch(/sqs:SendMessage.*HostWakes/);
  });
});

test("the function behind the URL is told where the one behind the queue logs", () => {
  const { LogGroup } = only("AWS::Lambda::Function", "HostQueue").Properties.LoggingConfig;
  const { PERDURE_LOG_GROUP } = only("AWS::Lambda::Function", "HostHttp").Properties.Environment.Variables;
  expect(PERDURE_LOG_GROUP).toEqual(LogGroup);
  expect(JSON.stringify(LogGroup)).toContain("HostqueueLog");
});

describe("the bucket for large payloads", () => {
  const bucketOf = (offload: DurableLambdaHostProps["offload"]): readonly AnyResource[] => {
    const stack = newStack();
    new DurableLambdaHost(stack, "H", { code: Code.fromInline("x"), ...(offload !== undefined && { offload }) });
    const { Resources: all } = Template.fromStack(stack).toJSON() as AnyTemplate;
    return Object.values(all).filter(({ Type }) => Type === "AWS::S3::Bucket");
  };

  test("is closed to the public and stays with what is in it; objects stay as long as executions do", () => {
    const { Properties, DeletionPolicy } = only("AWS::S3::Bucket") as AnyResource & { DeletionPolicy: string };
    expect(Object.values(Properties.PublicAccessBlockConfiguration)).toEqual([true, true, true, true]);
    expect([DeletionPolicy, Properties.LifecycleConfiguration]).toEqual(["Retain", undefined]);
    expect(only("AWS::Lambda::Function", "HostHttp").Properties.Environment.Variables.PERDURE_BUCKET).toBeDefined();
  });

  test("is there if it is asked for, and deletes what is older than it is told", () => {
    expect(bucketOf(undefined)).toEqual([]);
    const [bucket] = bucketOf({ expireAfter: Duration.days(90) });
    expect(bucket?.Properties.LifecycleConfiguration.Rules).toEqual([{ ExpirationInDays: 90, Status: "Enabled" }]);
  });
});

test("a timeout below ten seconds is refused", () => {
  const host = (): DurableLambdaHost =>
    new DurableLambdaHost(newStack(), "H", { code: Code.fromInline("x"), timeout: Duration.seconds(9) });
  expect(host).toThrow("The timeout must be 10 s at least and is 9 s.");
});
