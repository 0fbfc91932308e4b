/** What is deployed: three Lambda functions of one host. Each step says to the test that it runs. */

import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SchedulerClient } from "@aws-sdk/client-scheduler";
import { SQSClient } from "@aws-sdk/client-sqs";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { createLambdaHost } from "../../../../src/homes/aws/index.ts";
import { withDurableExecution } from "../../../../src/lambda-compat/with-durable-execution.ts";

const env = process.env as Record<string, string>;
const at = (name: string) => ({
  endpoint: env[name] ?? "",
  region: "us-east-1",
  credentials: { accessKeyId: "local", secretAccessKey: "local" },
});

/** Before its work, and after: what is killed in between has not done it. */
async function report(what: string): Promise<void> {
  await fetch(`${env["REPORT_URL"]}/${encodeURIComponent(what)}`);
}

const seed = withDurableExecution(async ({ name }: { name: string }, context) => {
  const step = (of: typeof context, what: string): Promise<string> =>
    of.step(what, async () => {
      await report(`ran ${name} ${what}`);
      return what;
    });
  const first = await step(context, "first");
  await report(`completed ${name} first`);
  await context.wait("pause", { seconds: 1 });
  const items = await context.map([1, 2, 3], async (child, item) => step(child, `item ${item}`), { maxConcurrency: 2 });
  await report(`completed ${name} item 3`);
  const answer = await context.waitForCallback<string>("approve", async (id) => report(`asks ${name} ${id}`));
  const doubled = await context.invoke<number, number>("twice", "double", 21);
  const last = await step(context, "last");
  return [first, items.getResults(), answer, doubled, last];
});

const double = withDurableExecution(async (n: number, context) => context.step("double", async () => 2 * n));

export const { queue, sweeper, http } = createLambdaHost({
  functions: { seed, double },
  table: env["TABLE"] ?? "",
  queue: env["QUEUE_URL"] ?? "",
  clients: {
    dynamodb: DynamoDBDocumentClient.from(new DynamoDBClient(at("DYNAMODB_URL"))),
    sqs: new SQSClient({ ...at("SQS_URL"), useQueueUrlAsEndpoint: false }),
    scheduler: new SchedulerClient(at("SQS_URL")),
  },
  credentials: [{ id: "test", rights: ["admin"], bearer: env["TOKEN"] }],
  streaming: true,
  lostAfterSeconds: 10,
}).handlers;
