/** So many executions of one step wait for their first wake in a queue: how long the home on AWS takes to run them all. */

import { LocalSqs } from "../../scripts/local-aws/local-queue.ts";
import { inProcess, QueueMapping } from "../../scripts/local-aws/queue-mapping.ts";
import { createLambdaHost } from "../../src/homes/aws/index.ts";
import { withDurableExecution } from "../../src/lambda-compat/index.ts";
import { report, size } from "../case.ts";
import { openDynamoDb, TABLE } from "../dynalite-thread.ts";

const CALLS_AT_A_TIME = 4;

const { client } = await openDynamoDb();
const sqs = await LocalSqs.start();
const { url } = await sqs.createQueue(TABLE);
const ended = new Set<string>();
const one = withDurableExecution(async (name: string, context) => {
  await context.step("step", async () => name);
  ended.add(name);
  if (ended.size === size) report({ wakes: (1000 * size) / (performance.now() - began) });
});
const host = createLambdaHost({
  functions: { one },
  table: TABLE,
  queue: url,
  clients: { dynamodb: client, sqs: sqs.client },
});
for (let at = 0; at < size; at++) await host.client.start({ functionName: "one", name: `e${at}`, input: `"${at}"` });
const began = performance.now();
new QueueMapping({
  sqs,
  url,
  invoke: inProcess(host.handlers.queue, 60),
  concurrency: CALLS_AT_A_TIME,
  onError: (error) => console.error(error),
});
