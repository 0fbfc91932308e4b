/**
 * `npm run start:aws`: the example workflows on Lambda, DynamoDB, SQS and EventBridge Scheduler, all of them played in
 * this process. What is in the queue is lost with it; everything else is in `.perdure/`, and the sweeper wakes what has
 * missed its wake. So it may be killed at any moment and started again, and `npm run try` works with it.
 */

import { join } from "node:path";
import type { LambdaHost } from "perdure/aws";
import { lambdaHost } from "../demo/lambda.ts";
import { type StandIns, startStandIns } from "../demo/stand-ins/stand-ins.ts";
import { createConsole } from "../src/console/serve-console.ts";
import { buildConsole } from "./build-console.ts";
import { Dynalite } from "./local-aws/dynalite.ts";
import { HttpGateway } from "./local-aws/http-gateway.ts";
import { LocalScheduler } from "./local-aws/local-scheduler.ts";
import { LocalSqs } from "./local-aws/local-queue.ts";
import { inProcess, localContext, QueueMapping } from "./local-aws/queue-mapping.ts";
import {
  choosePorts,
  type LocalCredential,
  loadCredential,
  lockSettings,
  privateFolder,
  settingsFolder,
} from "./local-settings.ts";

const TABLE = "perdure";
const ENCODING_MS = 20_000;
/** Short, so that what was killed is taken over soon. */
const TIMEOUT_SECONDS = 15;
const LOST_AFTER_SECONDS = 10;
const SWEEP_MS = 5000;

try {
  await start();
} catch (error) {
  console.error(`\nperdure did not start: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}

async function start(): Promise<void> {
  process.umask(0o077);
  process.once("exit", lockSettings("npm run start:aws"));
  const credential = loadCredential();
  const ports = await choosePorts();
  const standIns = await startStandIns({
    objectStorePort: ports.objectStore,
    mediaConvertPort: ports.mediaConvert,
    progress: { milliseconds: ENCODING_MS },
    stateFile: join(settingsFolder, "stand-ins.json"),
  });
  addSource(standIns);
  // On Lambda a function finds the stand-ins' addresses in its environment.
  Object.assign(process.env, standIns.environment);
  const folder = join(settingsFolder, "aws");
  privateFolder(folder);
  const site = join(folder, "console");
  await buildConsole(site);
  const services = await startServices(folder, credential);
  const gateway = await HttpGateway.start({
    call: services.host.handlers.http,
    page: createConsole({ folder: site }),
    port: ports.worker,
    timeoutSeconds: 900,
  });
  console.log(welcome(gateway.url, credential));
  await untilStopped();
  await gateway.stop();
  await services.stop();
  await standIns.close();
  console.log("\nStopped. npm run start:aws goes on where this left off.");
}

interface Services {
  readonly host: LambdaHost;
  stop(): Promise<void>;
}

async function startServices(folder: string, credential: LocalCredential): Promise<Services> {
  const dynalite = await Dynalite.start(join(folder, "table"));
  await dynalite.createTable(TABLE).catch(unlessThere);
  const sqs = await LocalSqs.start();
  const queue = await sqs.createQueue(TABLE, { visibilitySeconds: TIMEOUT_SECONDS + 5 });
  const scheduler = await LocalScheduler.start({ sqs: sqs.client, file: join(folder, "schedules.json") });
  const host = lambdaHost({
    table: TABLE,
    queue: queue.url,
    deadLetterQueue: queue.deadLetterUrl,
    clients: { dynamodb: dynalite.client, sqs: sqs.client, scheduler: scheduler.client },
    schedules: { roleArn: "arn:aws:iam::000000000000:role/schedules" },
    credentials: [credential as LocalCredential & { readonly rights: readonly ["admin"] }],
    lostAfterSeconds: LOST_AFTER_SECONDS,
  });
  const mapping = new QueueMapping({
    sqs,
    url: queue.url,
    invoke: inProcess(host.handlers.queue, TIMEOUT_SECONDS),
    onError: console.error,
  });
  const sweep = (): void => void host.handlers.sweeper({}, localContext(TIMEOUT_SECONDS));
  sweep();
  const sweeping = setInterval(sweep, SWEEP_MS);
  return {
    host,
    async stop() {
      clearInterval(sweeping);
      await mapping.stop();
      await scheduler.stop();
      await sqs.stop();
      await dynalite.stop();
    },
  };
}

function unlessThere(error: unknown): void {
  if (!(error instanceof Error) || error.name !== "ResourceInUseException") throw error;
}

/** A film to begin with. */
function addSource(standIns: StandIns): void {
  if (standIns.objectStore.get("media", "talk.mov") !== undefined) return;
  standIns.objectStore.put("media", "talk.mov", { body: "a film, in its way", metadata: { height: "2160" } });
}

function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => resolve());
  });
}

function welcome(url: string, { bearer, sigv4 }: LocalCredential): string {
  return `
perdure on Lambda, DynamoDB and SQS, as far as one machine can play them, is ready at ${url}

  The credential, made for this machine and kept in ${settingsFolder}/credential.json:

    bearer token        ${bearer}
    access key id       ${sigv4.accessKeyId}
    secret access key   ${sigv4.secretAccessKey}

The console, with what runs here: ${url}/console/#token=${bearer}

Try, in another terminal:

  npm run try                     starts the workflow encode-video, shows what it does, asks for your approval

  Meanwhile kill this process, as rudely as you like (kill -9 ${process.pid}), and "npm run start:aws" again:
  the workflow goes on where it was, within half a minute. Nothing that was done is done twice.

Or with the AWS CLI, which needs nothing but the address and the keys:

  export AWS_ENDPOINT_URL_LAMBDA=${url} AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1
  export AWS_ACCESS_KEY_ID=${sigv4.accessKeyId} AWS_SECRET_ACCESS_KEY=${sigv4.secretAccessKey}
  aws lambda list-durable-executions-by-function --function-name encode-video

Stop with Ctrl-C.
`;
}
