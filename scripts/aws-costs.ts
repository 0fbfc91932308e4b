/**
 * `npm run aws:costs` counts what the home on AWS asks for (units of DynamoDB with those of its indexes, messages,
 * schedules), and writes it with its prices into docs/aws.md. It needs Java, for DynamoDB Local, which alone counts what
 * an index costs.
 */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { createTimer } from "../src/adapters/hosts/timer.ts";
import { systemHost } from "../src/adapters/hosts/system-host.ts";
import { type LambdaHost, lambdaHostOn } from "../src/homes/aws/create-lambda-host.ts";
import { type DurableContext, withDurableExecution } from "../src/lambda-compat/index.ts";
import { root } from "./command.ts";
import { DynamoDbLocal } from "./local-aws/dynamodb-local.ts";
import { LocalSqs } from "./local-aws/local-queue.ts";
import { LocalScheduler } from "./local-aws/local-scheduler.ts";
import { inProcess, QueueMapping } from "./local-aws/queue-mapping.ts";

/** US dollars a million, on demand, us-east-1, November 2026. */
const PRICES = { writes: 0.625, reads: 0.125, requests: 0.4, schedules: 1 } as const;
/** A message is sent, received and deleted; receiving and deleting several at once costs less. */
const REQUESTS_A_MESSAGE = 3;
const TABLE = "costs";
/** Executions of which each figure is the mean. */
const RUNS = 5;
const STEPS = 100;

interface Counts {
  writes: number;
  reads: number;
  messages: number;
  schedules: number;
}

type Body = (context: DurableContext) => Promise<unknown>;

const programs = {
  nothing: async () => {},
  steps: async (context) => {
    for (let step = 0; step < STEPS; step++) await context.step(`step-${step}`, async () => "x".repeat(200));
  },
  map: (context) =>
    context.map(
      Array.from({ length: STEPS }, (_, item) => item),
      (child, item) => child.step("item", async () => item),
      { maxConcurrency: 10 },
    ),
  shortWait: (context) => context.wait("short", { seconds: 1 }),
  longWait: (context) => context.wait("long", { hours: 1 }),
  callback: (context) => context.waitForCallback("answer", async (id) => void callbacks.push(id)),
} satisfies Record<string, Body>;

type Program = keyof typeof programs;

const counts: Counts = { writes: 0, reads: 0, messages: 0, schedules: 0 };
const callbacks: string[] = [];
let skippedMs = 0;

const dynamodb = await DynamoDbLocal.start();
const client = dynamodb.client();
await dynamodb.createTable(TABLE);
countUnits(client);
const sqs = await LocalSqs.start();
const queue = await sqs.createQueue(TABLE, {});
const now = (): number => Date.now() + skippedMs;
const scheduler = await LocalScheduler.start({ sqs: sqs.client, now });
const host = openHost();
const mapping = new QueueMapping({
  sqs,
  url: queue.url,
  invoke: inProcess(host.handlers.queue, 60),
  onError: console.error,
});

const measured = {} as Record<Program, Counts>;
for (const program of Object.keys(programs) as Program[]) measured[program] = await measure(program);
writeTable(measured);

await mapping.stop();
await scheduler.stop();
await sqs.stop();
await dynamodb.kill();

function openHost(): LambdaHost {
  const functions = Object.fromEntries(
    Object.entries<Body>(programs).map(([name, body]) => [
      name,
      withDurableExecution((_event: unknown, context) => body(context)),
    ]),
  );
  countMessages();
  return lambdaHostOn(
    { ...systemHost(), now, timer: createTimer({ now, recheckMs: 50 }) },
    {
      functions,
      table: TABLE,
      queue: queue.url,
      clients: { dynamodb: client, sqs: sqs.client, scheduler: scheduler.client },
      schedules: { roleArn: "arn:aws:iam::000000000000:role/schedules" },
    },
  );
}

/** Has DynamoDB tell of each call what it consumes, indexes included. */
function countUnits(counted: DynamoDBDocumentClient): void {
  counted.middlewareStack.add(
    (next, { commandName = "" }) =>
      async (args) => {
        const answer = await next({ ...args, input: { ...args.input, ReturnConsumedCapacity: "TOTAL" } });
        const { ConsumedCapacity } = answer.output as { ConsumedCapacity?: Capacity | readonly Capacity[] };
        const isWrite = /Put|Update|Delete|Write/.test(commandName);
        for (const { CapacityUnits = 0 } of [ConsumedCapacity ?? []].flat() as readonly Capacity[])
          counts[isWrite ? "writes" : "reads"] += CapacityUnits;
        return answer;
      },
    { step: "initialize" },
  );
}

interface Capacity {
  readonly CapacityUnits?: number;
}

function countMessages(): void {
  sqs.client.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        const { Entries } = args.input as { Entries?: readonly unknown[] };
        if (commandName?.startsWith("SendMessage") === true) counts.messages += Entries?.length ?? 1;
        return next(args);
      },
    { step: "initialize" },
  );
  scheduler.client.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        if (commandName === "CreateScheduleCommand") counts.schedules++;
        return next(args);
      },
    { step: "initialize" },
  );
}

/** The requests of one execution of a program from its start to its end, without those of the client while it waits. */
async function measure(program: Program): Promise<Counts> {
  const before = { ...counts };
  for (let run = 0; run < RUNS; run++) await runOnce(program, `${program}-${run}`);
  const names = Object.keys(counts) as (keyof Counts)[];
  return Object.fromEntries(names.map((name) => [name, (counts[name] - before[name]) / RUNS])) as unknown as Counts;
}

async function runOnce(functionName: Program, name: string): Promise<void> {
  const { execution } = await host.client.start({ functionName, name, input: "{}" });
  if (functionName === "longWait") {
    await until(() => scheduler.names.length > 0);
    skippedMs += 3_600_000;
  }
  if (functionName === "callback") {
    await until(() => callbacks.length > 0);
    await host.client.completeCallback(callbacks.shift() ?? "", { type: "SUCCEEDED", result: "yes" });
  }
  for (;;) {
    const { reads } = counts;
    const { status } = await host.client.describe(execution.id);
    // Looking costs reads that are not the execution's own.
    counts.reads = reads;
    if (status === "SUCCEEDED") return;
    if (status !== "RUNNING") throw new Error(`${execution.id} is ${status}`);
    await pause(200);
  }
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await pause(50);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function less(whole: Counts, part: Counts, by = 1): Counts {
  const difference = (name: keyof Counts): number => (whole[name] - part[name]) / by;
  return {
    writes: difference("writes"),
    reads: difference("reads"),
    messages: difference("messages"),
    schedules: difference("schedules"),
  };
}

function writeTable({ nothing, steps, map, shortWait, longWait, callback }: Record<Program, Counts>): void {
  const rows: readonly (readonly [string, Counts])[] = [
    ["an execution that does nothing", nothing],
    ["a step of 200 bytes, one after the other", less(steps, nothing, STEPS)],
    ["an item of a `map` of 100, ten at a time", less(map, nothing, STEPS)],
    ["a wait of less than 15 minutes", less(shortWait, nothing)],
    ["a wait of an hour", less(longWait, nothing)],
    ["a callback, answered from outside", less(callback, nothing)],
  ];
  const lines = rows.map(([what, { writes, reads, messages, schedules }]) => {
    const requests = messages * REQUESTS_A_MESSAGE;
    const dollars =
      writes * PRICES.writes + reads * PRICES.reads + requests * PRICES.requests + schedules * PRICES.schedules;
    const cells = [...[writes, reads, requests, schedules].map((count) => String(Math.round(count * 100) / 100))];
    return `| ${[what, ...cells, `$${dollars.toFixed(2)}`].join(" | ")} |`;
  });
  const head = [
    "| what | write units | read units | SQS requests | schedules | a million |",
    "| --- | --- | --- | --- | --- | --- |",
  ];
  const path = join(root, "docs", "aws.md");
  const page = readFileSync(path, "utf8");
  const [, before = "", after = ""] =
    /^([\s\S]*<!-- counted -->\n)[\s\S]*(<!-- \/counted -->[\s\S]*)$/.exec(page) ?? [];
  if (before === "") throw new Error("docs/aws.md has no place for the table: <!-- counted --> ... <!-- /counted -->.");
  writeFileSync(path, `${before}${[...head, ...lines].join("\n")}\n${after}`);
  console.log(lines.join("\n"));
}
