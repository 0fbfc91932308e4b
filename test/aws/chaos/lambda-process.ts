/** A Lambda environment: a host with clients of its own, on whose way to the services anything may happen. */

import { Readable } from "node:stream";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SchedulerClient } from "@aws-sdk/client-scheduler";
import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import type { SQSRecord } from "aws-lambda";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { localContext } from "../../../scripts/local-aws/queue-mapping.ts";
import { type LambdaHost, lambdaHostOn } from "../../../src/homes/aws/create-lambda-host.ts";
import type { LambdaCallContext, QueueEvent, QueueResponse } from "../../../src/homes/aws/lambda-events.ts";
import type { ExecutionClient } from "../../../src/engine/runner/client.ts";
import { parseExecutionArn } from "../../../src/lambda-compat/arn.ts";
import { withDurableExecution } from "../../../src/lambda-compat/with-durable-execution.ts";
import type { Program } from "../../../src/testing/chaos/act.ts";
import type { Faults } from "../../../src/testing/chaos/faults.ts";
import { Gate } from "../../../src/testing/chaos/gate.ts";
import { Link, LinkError } from "../../../src/testing/chaos/link.ts";
import { Pace, type PaceKind } from "../../../src/testing/chaos/pace.ts";
import { Performer, type PlainCall } from "../../../src/testing/chaos/performer.ts";
import { ProcessHost } from "../../../src/testing/chaos/process-host.ts";
import { type History, textOf } from "./history.ts";
import type { Services } from "./services.ts";
import type { Witness } from "./witness.ts";

export interface LambdaProcessOptions {
  readonly name: string;
  readonly pace: PaceKind;
  readonly services: Services;
  readonly faults: Faults;
  readonly witness: Witness;
  /**
   * Told of each request to a service before it is sent, and whether it may change anything. What it answers with is
   * called when the request has been carried out, before the process hears of that.
   */
  readonly onRequest: (changes: boolean) => () => void;
  /** Keeps all requests and their answers. */
  readonly history: History;
  /** Told of background work that failed, and of user code that should not have run. */
  readonly onFailure: (error: unknown) => void;
}

type Handler = DynamoDBClient["config"]["requestHandler"];
type Answer = Awaited<ReturnType<Handler["handle"]>>;

/** How long a call of a function may take, in seconds. */
const TIMEOUT_SECONDS = 8;
/** What a removed execution's writers write after this time is swept up by nobody. */
const LOST_AFTER_SECONDS = 90;
/** So no request takes as long, even if the clock jumps meanwhile. */
const LONGEST_WAY_SECONDS = 15;
export const LONGEST_JUMP_MS = 15_000;
const RETENTION_DAYS = 1;
/** As little as may be. */
export const OFFLOADED_ABOVE_BYTES = 4096;

export class LambdaProcess {
  readonly name: string;
  readonly gate: Gate;
  readonly host: LambdaHost;
  readonly #options: LambdaProcessOptions;
  readonly #clock: ProcessHost;
  readonly #links: Link[] = [];
  #underWay = 0;

  constructor(options: LambdaProcessOptions) {
    const { name, services, faults, onFailure } = options;
    this.name = name;
    this.#options = options;
    this.gate = new Gate((next) => services.world.drain(next));
    this.#clock = new ProcessHost({ world: services.world, gate: this.gate, faults, onFailure });
    this.host = lambdaHostOn(this.#clock, {
      functions: this.#functions(),
      table: services.table,
      queue: services.queue.url,
      deadLetterQueue: services.queue.deadLetterUrl,
      clients: this.#clients(),
      schedules: { roleArn: "arn:aws:iam::000000000000:role/schedules" },
      offload: { bucket: services.bucket, aboveBytes: OFFLOADED_ABOVE_BYTES },
      lostAfterSeconds: LOST_AFTER_SECONDS,
      retentionDays: RETENTION_DAYS,
      // Whatever fails on the way is tried again: what comes of it is seen in the logs.
      onError: () => undefined,
    });
  }

  get isAlive(): boolean {
    return this.gate.isAlive;
  }

  /** Requests that may still change something, dead or alive as it is. */
  get pending(): number {
    return this.#links.reduce((sum, { late }) => sum + late, this.#underWay);
  }

  get client(): ExecutionClient {
    return this.host.client;
  }

  /** Calls the function behind the queue. Undefined if the process does not come back in time: it is gone, or frozen. */
  call(records: readonly SQSRecord[]): Promise<QueueResponse | undefined> {
    const event = { Records: records } as unknown as QueueEvent;
    return this.#inTime((context) => this.host.handlers.queue(event, context));
  }

  async sweep(): Promise<void> {
    await this.#inTime((context) => this.host.handlers.sweeper({}, context));
  }

  #inTime<T>(run: (context: LambdaCallContext) => Promise<T>): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      const timeout = setTimeout(() => resolve(undefined), 1000 * TIMEOUT_SECONDS);
      this.gate.enter(() => {
        run(localContext(TIMEOUT_SECONDS))
          .then(resolve, reject)
          .finally(() => clearTimeout(timeout));
      });
    });
  }

  #clients() {
    const { services, faults } = this.#options;
    const common = {
      region: "us-east-1",
      credentials: { accessKeyId: "local", secretAccessKey: "local" },
      requestHandler: this.#handler(services.dynamodb.client.config.requestHandler),
      maxAttempts: 1 + faults.random.below(3),
    };
    const { sqs, s3, scheduler } = services;
    return {
      dynamodb: DynamoDBDocumentClient.from(new DynamoDBClient({ ...common, endpoint: services.dynamodb.endpoint })),
      sqs: new SQSClient({ ...common, endpoint: sqs.endpoint, useQueueUrlAsEndpoint: false }),
      scheduler: new SchedulerClient({ ...common, endpoint: scheduler.endpoint }),
      s3: new S3Client({ ...common, endpoint: s3.endpoint, forcePathStyle: true }),
    };
  }

  /** Requests are refused, land late, or go unanswered; AWS's clients repeat what went unanswered. */
  #handler(inner: Handler): Pick<Handler, "handle"> {
    const { pace: kind, services, faults, onRequest, history } = this.#options;
    const { world } = services;
    const pace = new Pace(kind, {
      random: faults.random,
      clock: world,
      mostSeconds: LONGEST_WAY_SECONDS,
      onSlow: () => faults.happens("slow answer", 1),
    });
    const link = new Link({ faults, pace, clock: world, longestLateMs: 1000 * LONGEST_WAY_SECONDS });
    this.#links.push(link);
    const handle: Handler["handle"] = async (request, options) => {
      const what = String(request.headers["x-amz-target"] ?? request.method).replace(/^.*\./, "");
      const changes = !/^(GET|GetItem|Query|BatchGetItem|ReceiveMessage)$/.test(what);
      const onDone = onRequest(changes);
      const tell = history.sent({ process: this.name, what: `${what} ${request.path}`, body: request.body });
      const carryOut = async (): ReturnType<Handler["handle"]> => {
        const answer = await read(await inner.handle(request, options));
        tell(`carried out, ${answer.text}`);
        onDone();
        return answer;
      };
      const run = (): ReturnType<Handler["handle"]> => this.#counted(carryOut);
      const send = async (): ReturnType<Handler["handle"]> =>
        link.send({ what: changes ? "write" : "read", changes, run });
      try {
        const answer = await this.gate.call(() => this.#counted(send));
        tell("answered");
        return answer;
      } catch (error) {
        tell(`fails: ${String(error)}`);
        throw error instanceof LinkError ? unanswered() : error;
      }
    };
    return { handle };
  }

  async #counted<T>(task: () => Promise<T>): Promise<T> {
    this.#underWay++;
    return task().finally(() => this.#underWay--);
  }

  #functions() {
    const { witness } = this.#options;
    const main = withDurableExecution((program: Program, context) => {
      const incarnation = parseExecutionArn(context.executionContext.durableExecutionArn)?.incarnation ?? "";
      const deeds = witness.invocation(this, incarnation);
      return new Performer({ program, incarnation, deeds, host: this.#clock }).run(context);
    });
    const plain = async ({ takesMs, tag, name }: PlainCall): Promise<string> => {
      if (this.isAlive) witness.ran++;
      if (takesMs > 0)
        await new Promise<void>((resolve) => void this.#clock.timer(this.#clock.now() + takesMs, resolve));
      return `${tag}:${name}`;
    };
    return { main, plain };
  }
}

/** The whole answer at once: of what nobody reads the connection would stay taken. */
async function read(answer: Answer): Promise<Answer & { readonly text: string }> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer.response.body as Readable) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  answer.response.body = Readable.from([body], { objectMode: false });
  return { ...answer, text: `${answer.response.statusCode} ${textOf(body)}` };
}

/** As AWS's clients see a connection that breaks. */
function unanswered(): Error {
  return Object.assign(new Error("No answer"), { name: "TimeoutError" });
}
