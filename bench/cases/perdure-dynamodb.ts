/**
 * A step over DynamoDB beside one bare put of an item of its size, in turns within one execution; what executions of so
 * many steps send; and how long a log of ten times as many takes to be read and replayed.
 */

import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { DynamoStore } from "../../src/adapters/dynamodb/dynamodb-store.ts";
import { systemHost } from "../../src/adapters/hosts/system-host.ts";
import type { ExecutionStore } from "../../src/engine/ports/execution-store.ts";
import { Runner } from "../../src/engine/runner/runner.ts";
import { MemoryStore } from "../../src/homes/memory/index.ts";
import { readFunctions } from "../../src/lambda-compat/functions.ts";
import { withDurableExecution } from "../../src/lambda-compat/index.ts";
import { type Figures, median, report, size } from "../case.ts";
import { openDynamoDb, TABLE, type Traffic } from "../dynalite-thread.ts";
import { atOnce, type Context, mapped, type Marks, sequence, staysOpen } from "../programs.ts";

const BLOCKS = 20;
const IN_A_BLOCK = 25;
const WARM_BLOCKS = 4;
/** As long as the commit of a step. */
const BODY = "x".repeat(220);
const REPLAYED = 10 * size;
const REPLAYS = 3;
const WRITERS = 50;

const { client, traffic } = await openDynamoDb();
const store = new DynamoStore({ client, table: TABLE });

let finished: (marks: Marks) => void = () => {};
const functions = readFunctions({
  sequence: withDurableExecution<number, unknown>(sequence),
  atOnce: withDurableExecution<number, unknown>(atOnce),
  mapped: withDurableExecution<number, unknown>(mapped),
  beside: withDurableExecution<number, unknown>((_, context) => beside(context)),
  open: withDurableExecution<number, unknown>(staysOpen(sequence, (marks) => finished(marks))),
});

function openRunner(on: ExecutionStore): Runner {
  const alarm = { schedule: () => {}, cancel: () => {} };
  return new Runner({ store: on, alarm, host: systemHost(), functions, arnOf: ({ id }) => id });
}

async function run(functionName: string, steps: number): Promise<string> {
  const runner = openRunner(store);
  const { execution } = await runner.start({ functionName, input: String(steps) });
  const { status, result = "" } = await runner.settled(execution.id, Number.POSITIVE_INFINITY);
  runner.close();
  if (status !== "SUCCEEDED") throw new Error(`${functionName} ended as ${status}.`);
  return result;
}

/** Milliseconds a block: bare puts and steps, by turns. */
async function beside(context: Context): Promise<{ puts: number[]; steps: number[] }> {
  const [puts, steps]: [number[], number[]] = [[], []];
  for (let block = 0; block < BLOCKS + WARM_BLOCKS; block++) {
    const began = performance.now();
    for (let put = 0; put < IN_A_BLOCK; put++) await putOne(`${block}-${put}`);
    const between = performance.now();
    for (let step = 0; step < IN_A_BLOCK; step++) await context.step("step", async () => step);
    puts.push(between - began);
    steps.push(performance.now() - between);
  }
  return { puts: puts.slice(WARM_BLOCKS), steps: steps.slice(WARM_BLOCKS) };
}

async function putOne(sort: string): Promise<void> {
  const ConditionExpression = "attribute_not_exists(pk)";
  await client.send(new PutCommand({ TableName: TABLE, Item: { pk: "raw", sk: sort, b: BODY }, ConditionExpression }));
}

async function sent(what: string, steps: number): Promise<Figures> {
  const before: Traffic = { ...traffic };
  await run(what, steps);
  const names = Object.keys(before) as (keyof Traffic)[];
  return Object.fromEntries(names.map((name) => [`${what} ${name}`, traffic[name] - before[name]]));
}

/** Steps in a row that were run in memory, with their log as it would be in the table. */
async function copyOne(): Promise<string> {
  const memory = new MemoryStore();
  const runner = openRunner(memory);
  const done = sequenceDone();
  const { execution } = await runner.start({ functionName: "open", input: String(REPLAYED) });
  await done;
  await new Promise((resolve) => setTimeout(resolve, 50));
  runner.close();
  const { id, incarnation } = execution;
  const [first = "", ...others] = bodiesOf(memory, id);
  await store.create(memory.row(id) as NonNullable<ReturnType<MemoryStore["row"]>>, first);
  const left = others.entries();
  const write = async (): Promise<void> => {
    for (const [at, body] of left) await store.append(id, at + 2, body, incarnation);
  };
  await Promise.all(Array.from({ length: WRITERS }, write));
  return id;
}

function bodiesOf(memory: MemoryStore, id: string): string[] {
  const bodies: string[] = [];
  for (let next: number | undefined = 1; next !== undefined; ) {
    const page = memory.read(id, next);
    bodies.push(...(page?.bodies ?? []));
    next = page?.next;
  }
  return bodies;
}

function sequenceDone(): Promise<Marks> {
  return new Promise((resolve) => (finished = resolve));
}

async function replay(id: string): Promise<{ load: number; replay: number }> {
  const runner = openRunner(store);
  const done = sequenceDone();
  const began = performance.now();
  await runner.wake(id);
  const marks = await done;
  const ended = performance.now();
  await new Promise((resolve) => setTimeout(resolve, 50));
  runner.close();
  return { load: (marks[0] ?? 0) - began, replay: ended - (marks[0] ?? 0) };
}

const { puts, steps } = JSON.parse(await run("beside", 0)) as Awaited<ReturnType<typeof beside>>;
const figures = { put: median(puts) / IN_A_BLOCK, step: median(steps) / IN_A_BLOCK };
const sending = { ...(await sent("sequence", size)), ...(await sent("atOnce", size)), ...(await sent("mapped", size)) };
const id = await copyOne();
const replays: Awaited<ReturnType<typeof replay>>[] = [];
while (replays.length < REPLAYS) replays.push(await replay(id));
report({
  ...figures,
  ...sending,
  load: median(replays.map(({ load }) => load)),
  replay: median(replays.map(({ replay: took }) => took)),
});
