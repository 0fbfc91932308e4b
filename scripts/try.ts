/**
 * `npm run try`: starts, watches and approves the workflow encode-video on the Worker of `npm start`, or on what
 * `npm run start:aws` plays, through AWS's own Lambda client. Either may be killed and started again while this watches.
 */

import { randomBytes } from "node:crypto";
import { createInterface } from "node:readline/promises";
import {
  type Event,
  GetDurableExecutionCommand,
  GetDurableExecutionHistoryCommand,
  InvokeCommand,
  LambdaClient,
  LambdaServiceException,
  ListDurableExecutionsByFunctionCommand,
  SendDurableExecutionCallbackSuccessCommand,
} from "@aws-sdk/client-lambda";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { loadCredential, readPorts, readStartCommand } from "./local-settings.ts";

const FUNCTION = "encode-video";
const usage = `Usage: npm run try -- [command]

  run [key] [name]         start the workflow for a source (default talk.mov), watch it, ask you for approval
  start [key] [name]       start it and return
  watch <name>             show what happened, and what happens
  approve <name> [who]     approve its video
  reject <name> [reason]   reject it
  upload <key> [height]    bring a source into the bucket (try: start late.mov, then upload late.mov)
  list                     what was started

talk.mov is in the bucket; any other source is looked for until it is uploaded, ten times at most. Once there, one named
broken*.mov cannot be encoded, and one named endless*.mov is never done.`;

const ports = readPorts();
if (ports === undefined) {
  console.error('Nothing was started here yet: run "npm start" in another terminal first.');
  process.exit(1);
}
const credential = loadCredential();
const url = `http://127.0.0.1:${ports.worker}`;
const lambda = new LambdaClient({
  endpoint: url,
  region: "us-east-1",
  credentials: { ...credential.sigv4 },
  maxAttempts: 1,
});

const [command = "run", first, second] = process.argv.slice(2);
try {
  await runCommand();
} catch (error) {
  if (error instanceof LambdaServiceException) console.error(`${error.name}: ${error.message}`);
  else if (isAway(error)) console.error(`Nobody answers at ${url}: is "${readStartCommand()}" running?`);
  else console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function runCommand(): Promise<void> {
  const newName = (): string => second ?? `film-${randomBytes(3).toString("hex")}`;
  if (command === "run") return await watch(await start(first ?? "talk.mov", newName()));
  if (command === "start") return void (await start(first ?? "talk.mov", newName()));
  if (command === "list") return await list();
  if (command === "upload" && first !== undefined) return await upload(first, second ?? "1080");
  if (command === "watch" && first !== undefined) return await watch(await arnOf(first));
  if (command === "approve" && first !== undefined) {
    return await answer(await arnOf(first), { approved: true, by: second ?? "you" });
  }
  if (command === "reject" && first !== undefined) {
    return await answer(await arnOf(first), { approved: false, reason: second ?? "you did not like it" });
  }
  console.log(usage);
}

async function start(key: string, name: string): Promise<string> {
  const pace = { source: { seconds: 5 }, job: { seconds: 5 }, approval: { hours: 24 } };
  const { DurableExecutionArn } = await lambda.send(
    new InvokeCommand({
      FunctionName: FUNCTION,
      Qualifier: "$LATEST",
      InvocationType: "Event",
      DurableExecutionName: name,
      Payload: JSON.stringify({ bucket: "media", key, pace }),
    }),
  );
  console.log(`started ${name}\n  ${DurableExecutionArn}`);
  return DurableExecutionArn ?? "";
}

async function list(): Promise<void> {
  const { DurableExecutions = [] } = await lambda.send(
    new ListDurableExecutionsByFunctionCommand({ FunctionName: FUNCTION, ReverseOrder: true }),
  );
  if (DurableExecutions.length === 0) console.log("Nothing was started yet.");
  for (const { DurableExecutionName, Status, StartTimestamp } of DurableExecutions) {
    console.log(`${DurableExecutionName}  ${Status}  ${StartTimestamp?.toISOString()}`);
  }
}

async function arnOf(name: string): Promise<string> {
  const { DurableExecutions = [] } = await lambda.send(
    new ListDurableExecutionsByFunctionCommand({ FunctionName: FUNCTION, DurableExecutionName: name }),
  );
  const arn = DurableExecutions[0]?.DurableExecutionArn;
  if (arn === undefined) throw new Error(`There is no execution ${name} of ${FUNCTION}.`);
  return arn;
}

/** Prints every event once, in order, until the execution has ended; patient while the Worker is away. */
async function watch(arn: string): Promise<void> {
  let seen = 0;
  let away = false;
  let asked = false;
  for (;;) {
    try {
      const events = await history(arn);
      if (away) console.log("  ... it is back");
      away = false;
      for (const event of events.slice(seen)) console.log(describe(event));
      seen = events.length;
      if (events.some(({ EventType }) => /^Execution(Succeeded|Failed|TimedOut|Stopped)$/.test(EventType ?? ""))) {
        return await printResult(arn);
      }
      if (!asked && openCallback(events) !== undefined) {
        asked = true;
        await ask(arn);
      }
    } catch (error) {
      if (!isAway(error)) throw error;
      if (!away) console.log(`  ... nobody answers; waiting for "${readStartCommand()}"`);
      away = true;
    }
    await new Promise((next) => setTimeout(next, 500));
  }
}

async function history(arn: string): Promise<Event[]> {
  const events: Event[] = [];
  let Marker: string | undefined;
  do {
    const input = { DurableExecutionArn: arn, MaxItems: 1000, IncludeExecutionData: true };
    const page = await lambda.send(
      new GetDurableExecutionHistoryCommand(Marker === undefined ? input : { ...input, Marker }),
    );
    events.push(...(page.Events ?? []));
    Marker = page.NextMarker;
  } while (Marker !== undefined && Marker !== "");
  return events;
}

function describe({ EventId, EventTimestamp, EventType, Name, SubType }: Event): string {
  const time = EventTimestamp?.toTimeString().slice(0, 8) ?? "";
  return `${time} ${String(EventId).padStart(4)}  ${(EventType ?? "").padEnd(20)} ${Name ?? SubType ?? ""}`.trimEnd();
}

/** The id of the callback that waits for an answer. */
function openCallback(events: readonly Event[]): string | undefined {
  const closed = new Set(
    events.filter(({ EventType }) => /^Callback(?!Started)/.test(EventType ?? "")).map(({ Id }) => Id),
  );
  const open = events.find(({ EventType, Id }) => EventType === "CallbackStarted" && !closed.has(Id));
  return open?.CallbackStartedDetails?.CallbackId;
}

async function ask(arn: string): Promise<void> {
  const name = /durable-execution\/([^/]+)/.exec(arn)?.[1] ?? "";
  if (!process.stdin.isTTY) {
    console.log(`  ... it waits for approval: npm run try -- approve ${name}`);
    return;
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const reply = await terminal.question("  ... it waits for approval. Publish the video? [Y/n] ");
  terminal.close();
  const approved = !/^n/i.test(reply.trim());
  await answer(arn, approved ? { approved, by: "you" } : { approved, reason: "you did not like it" });
}

async function answer(arn: string, approval: Readonly<Record<string, unknown>>): Promise<void> {
  const CallbackId = openCallback(await history(arn));
  if (CallbackId === undefined) throw new Error("It does not wait for an answer now.");
  const Result = JSON.stringify(approval);
  await lambda.send(new SendDurableExecutionCallbackSuccessCommand({ CallbackId, Result }));
  console.log("  answered, and it goes on");
}

async function printResult(arn: string): Promise<void> {
  const {
    Status,
    Result,
    Error: failure,
  } = await lambda.send(new GetDurableExecutionCommand({ DurableExecutionArn: arn }));
  console.log(Status, Result === undefined ? failure : JSON.parse(Result));
}

async function upload(key: string, height: string): Promise<void> {
  const credentials = { accessKeyId: "stand-in", secretAccessKey: "stand-in" };
  const endpoint = `http://127.0.0.1:${ports?.objectStore}`;
  const s3 = new S3Client({ endpoint, region: "us-east-1", forcePathStyle: true, credentials });
  await s3.send(new PutObjectCommand({ Bucket: "media", Key: key, Body: "a film", Metadata: { height } }));
  console.log(`uploaded s3://media/${key}`);
}

function isAway(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  return ["ECONNREFUSED", "ECONNRESET", "EPIPE"].includes(String(code)) || (error as Error).name === "TimeoutError";
}
