import { DynamoStore } from "../../adapters/dynamodb/dynamodb-store.ts";
import { systemHost } from "../../adapters/hosts/system-host.ts";
import { QueueAlarm } from "../../adapters/sqs/queue-alarm.ts";
import { WakeQueue } from "../../adapters/sqs/wake-queue.ts";
import { WakeSchedules } from "../../adapters/sqs/wake-schedules.ts";
import type { Host } from "../../engine/ports/host.ts";
import type { ExecutionClient } from "../../engine/runner/client.ts";
import { Runner } from "../../engine/runner/runner.ts";
import { readFunctions } from "../../lambda-compat/functions.ts";
import { type Start, typedStart } from "../../lambda-compat/typed-client.ts";
import { checkOptions, refused } from "../options/check-options.ts";
import { arnScope, homeFunctions, runnerSettings } from "../options/home-options.ts";
import { httpOptions } from "../options/http-options.ts";
import { createHttpHandler, type HttpHandler, patienceNow } from "./http-handler.ts";
import { LAMBDA_FORMS, type LambdaHostOptions } from "./lambda-options.ts";
import { linesInCloudWatch } from "./log-group.ts";
import type { LambdaCallContext, QueueEvent, QueueResponse } from "./lambda-events.ts";
import { handleQueue, type QueueParts } from "./queue-handler.ts";
import type { StreamedHandler } from "./response-stream.ts";
import { type SweepReport, sweep } from "./sweeper.ts";
import { WakingClient } from "./waking-client.ts";

/** The functions that a Lambda host exports as handlers. */
export interface LambdaHandlers {
  /** Behind the queue, with `ReportBatchItemFailures`: it runs executions. */
  readonly queue: (event: QueueEvent, context: LambdaCallContext) => Promise<QueueResponse>;
  /** Called each minute: it wakes what was missed, and removes what is kept no longer. */
  readonly sweeper: (event: unknown, context: LambdaCallContext) => Promise<SweepReport>;
  /** Behind a Function URL or an HTTP API: the Lambda REST API. Nothing runs in it. */
  readonly http: HttpHandler | StreamedHandler;
}

/** Durable functions on Lambda and DynamoDB. */
export interface LambdaHost {
  /** The Lambda functions. */
  readonly handlers: LambdaHandlers;
  /** Reaches executions from other code. Nothing runs where it is used: it writes to the table and sends a wake. */
  readonly client: ExecutionClient;
  /** Starts an execution of one of the functions, typed by it, from other code as `client` does. */
  readonly start: Start;
}

const DAY_SECONDS = 86_400;
/** Of DynamoDB's own deletion, which is for what nobody has removed. */
const SPARE_DAYS = 7;
const RETENTION_DAYS = 14;

/**
 * Durable functions on Lambda, with their executions in one DynamoDB table and one SQS queue that wakes them.
 *
 * @throws {OptionError} INVALID_OPTION for an option that there is not or that is of another form, functions included.
 *
 * @example
 * ```ts
 * import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
 * import { SchedulerClient } from "@aws-sdk/client-scheduler";
 * import { SQSClient } from "@aws-sdk/client-sqs";
 * import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
 * import { createLambdaHost } from "perdure/aws";
 * import { order } from "./order.ts";
 *
 * const { handlers } = createLambdaHost({
 *   functions: { order },
 *   table: process.env.TABLE,
 *   queue: process.env.QUEUE_URL,
 *   clients: {
 *     dynamodb: DynamoDBDocumentClient.from(new DynamoDBClient()),
 *     sqs: new SQSClient(),
 *     scheduler: new SchedulerClient(),
 *   },
 *   schedules: { roleArn: process.env.SCHEDULES_ROLE_ARN },
 * });
 *
 * export const { queue, sweeper, http } = handlers;
 * ```
 */
export function createLambdaHost(options: LambdaHostOptions): LambdaHost {
  return lambdaHostOn(systemHost(), options);
}

/** The same on a host of one's own, whose clock a test may move. */
export function lambdaHostOn(host: Host, options: LambdaHostOptions): LambdaHost {
  checkOptions(options, LAMBDA_FORMS);
  for (const required of ["table", "queue", "clients"] as const)
    if (options[required] === undefined) throw refused(required, "given", undefined);
  const { clients, deadLetterQueue, offload } = options;
  if (offload !== undefined && offload.bucket === undefined) throw refused("offload.bucket", "given", undefined);
  if (offload !== undefined && clients.s3 === undefined) throw refused("clients.s3", "given with offload", undefined);
  const settings = runnerSettings(options);
  const functions = homeFunctions(options.functions, readFunctions);
  const { store, alarm, queue } = openStorage(host, options);
  const runner = new Runner({ ...settings, store, alarm, host, functions, parks: false, mayRun: () => false });
  const client = new WakingClient({
    runner,
    due: store.due,
    queue,
    host,
    onError: settings.onError,
    patience: patienceNow,
  });
  const parts: QueueParts = { settings, functions, store, alarm, queue, host, peers: client };
  return {
    client,
    start: typedStart(client, options.functions),
    handlers: {
      queue: (event, context) => handleQueue(parts, event, context),
      sweeper: (_, context) => sweep({ ...parts, store, sqs: clients.sqs, deadLetterQueue }, context),
      http: httpOf(options, client, () => host.now()),
    },
  };
}

interface Storage {
  readonly store: DynamoStore;
  readonly alarm: QueueAlarm;
  readonly queue: WakeQueue;
}

function openStorage(host: Host, options: LambdaHostOptions): Storage {
  const { clients, table, schedules, lostAfterSeconds, offload } = options;
  const { onError } = runnerSettings(options);
  const queue = new WakeQueue(clients.sqs, options.queue, () => host.now());
  const store = new DynamoStore({
    client: clients.dynamodb,
    table,
    now: () => host.now(),
    ...ttlOf(options),
    ...(lostAfterSeconds !== undefined && { slackMs: 1000 * lostAfterSeconds }),
    ...(offload !== undefined && clients.s3 !== undefined && { offload: { ...offload, client: clients.s3 } }),
  });
  const isScheduled = clients.scheduler !== undefined && schedules !== undefined;
  const alarm = new QueueAlarm({
    queue,
    schedules: isScheduled ? new WakeSchedules({ client: clients.scheduler, ...schedules }, queue.url) : undefined,
    expected: store.due,
    now: () => host.now(),
    onError,
  });
  return { store, alarm, queue };
}

/** Items may go by themselves where all executions are known to end. */
function ttlOf({ executionTimeoutSeconds, retentionDays = RETENTION_DAYS }: LambdaHostOptions): { ttlDays?: number } {
  if (executionTimeoutSeconds === undefined) return {};
  return { ttlDays: Math.ceil(executionTimeoutSeconds / DAY_SECONDS) + retentionDays + SPARE_DAYS };
}

function httpOf(options: LambdaHostOptions, client: ExecutionClient, now: () => number): LambdaHandlers["http"] {
  const { credentials = [], streaming = false } = options;
  const face = { arn: arnScope(options), ...httpOptions(options) };
  const { onError } = runnerSettings(options);
  return createHttpHandler(
    { client, credentials, logs: linesInCloudWatch(options.logs), face, now, onError },
    streaming,
  );
}
