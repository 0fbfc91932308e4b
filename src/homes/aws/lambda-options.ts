import type { S3Client } from "@aws-sdk/client-s3";
import type { SchedulerClient } from "@aws-sdk/client-scheduler";
import type { SQSClient } from "@aws-sdk/client-sqs";
import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { type Form, type Forms, flag, name, text, wholeNumber } from "../options/check-options.ts";
import { HOME_FORMS, type HomeOptions } from "../options/home-options.ts";
import { HTTP_FORMS, type HttpOptions } from "../options/http-options.ts";
import type { CredentialSource } from "./http-handler.ts";

/** The official clients, which a host is given and does not configure. */
export interface LambdaClients {
  /** `DynamoDBDocumentClient.from(new DynamoDBClient())`. Its own retries are welcome: a commit that was written twice is recognised. */
  readonly dynamodb: DynamoDBDocumentClient;
  /** For the queue. */
  readonly sqs: SQSClient;
  /** For waits of more than 15 minutes; without it these are waited for in steps of 15 minutes. */
  readonly scheduler?: SchedulerClient;
  /** For `offload`. */
  readonly s3?: S3Client;
}

/** The bucket for large payloads, in place of the table. */
export interface LambdaOffload {
  /** The name of the bucket. It stays as long as there are executions with objects in it. */
  readonly bucket: string;
  /** The prefix of the objects' keys; `perdure/` by default. */
  readonly prefix?: string;
  /**
   * The most bytes of a commit or a snapshot, as a whole and compressed, that the table keeps: a larger one goes to the
   * bucket. 4,096 to 350,000; 65,536 by default.
   */
  readonly aboveBytes?: number;
}

/** The group of the schedules, and the role for their messages. */
export interface LambdaSchedules {
  /** The ARN of the role that EventBridge Scheduler takes on: it may `sqs:SendMessage` to the queue. */
  readonly roleArn: string;
  /** The schedule group, which exists; `perdure` by default. */
  readonly group?: string;
  /** The ARN of a queue for messages that Scheduler could not send; none by default. */
  readonly deadLetterArn?: string;
}

/** The place of the lines that the code of executions logs. */
export interface LambdaLogs {
  /** The log group of the function behind the queue; by default that of the function which serves HTTP. */
  readonly logGroup?: string;
  /** The region that it is in; by default that of the function which serves HTTP. */
  readonly region?: string;
}

/** The options of `createLambdaHost`. */
export interface LambdaHostOptions extends Omit<HomeOptions, "parks">, HttpOptions {
  /** The name of the table, made with `tableDefinition`. */
  readonly table: string;
  /** The URL of the queue of wakes: a standard queue. */
  readonly queue: string;
  /** The official clients. */
  readonly clients: LambdaClients;
  /** For waits of more than 15 minutes, together with `clients.scheduler`. */
  readonly schedules?: LambdaSchedules;
  /** Large payloads go to S3, together with `clients.s3`. By default they are in the table, in parts. */
  readonly offload?: LambdaOffload;
  /**
   * The place of the log lines that the HTTP API names, since it has none itself: the console makes a query of it.
   * Without it, outside of Lambda, the API names no place.
   */
  readonly logs?: LambdaLogs;
  /** The URL of the queue's dead-letter queue, for the sweeper to take wakes out of; none by default. */
  readonly deadLetterQueue?: string;
  /**
   * The credentials of HTTP callers: a list, or a function that reads a list, or its JSON text, when it is needed
   * first. By default nobody may call.
   */
  readonly credentials?: CredentialSource;
  /**
   * True if the HTTP function streams its answers, for live events: its Function URL then has the invoke mode
   * RESPONSE_STREAM. False by default, as for HTTP APIs: a watcher then gets the events so far, and calls again.
   */
  readonly streaming?: boolean;
  /**
   * The delay after which the sweeper takes a wake for lost, in seconds, 10 to 3,600; 120 by default. It must be longer
   * than the queue's usual backlog.
   */
  readonly lostAfterSeconds?: number;
}

const client: Form = {
  must: "a client of the AWS SDK",
  accepts: (given) =>
    typeof given === "object" && given !== null && "send" in given && typeof given.send === "function",
};
const { parks: _, ...forms } = HOME_FORMS;

export const LAMBDA_FORMS: Forms = {
  ...forms,
  table: name,
  queue: text("the URL of a queue", /^https?:\/\/\S+$/),
  clients: { dynamodb: client, sqs: client, scheduler: client, s3: client },
  schedules: {
    roleArn: text("the ARN of a role", /^arn:\S+$/),
    group: name,
    deadLetterArn: text("an ARN", /^arn:\S+$/),
  },
  offload: { bucket: name, prefix: name, aboveBytes: wholeNumber(4096, 350_000) },
  logs: { logGroup: name, region: text('a name such as "eu-west-1"', /^[\w-]+$/) },
  deadLetterQueue: text("the URL of a queue", /^https?:\/\/\S+$/),
  credentials: {
    must: "a list of credentials, or a function that reads one",
    accepts: (given) => Array.isArray(given) || typeof given === "function",
  },
  streaming: flag,
  lostAfterSeconds: wholeNumber(10, 3600),
  ...HTTP_FORMS,
};
