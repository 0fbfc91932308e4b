/** The home on AWS over stand-ins: a table, a queue, schedules, and as many hosts as a test wants. Its clock can be moved. */

import { onTestFinished as onCurrentFinished, type TestContext } from "vitest";
import { createTimer } from "../../src/adapters/hosts/timer.ts";
import { systemHost } from "../../src/adapters/hosts/system-host.ts";
import type { Host } from "../../src/engine/ports/host.ts";
import { type LambdaHost, lambdaHostOn } from "../../src/homes/aws/create-lambda-host.ts";
import type { LambdaHostOptions } from "../../src/homes/aws/lambda-options.ts";
import { Dynalite } from "../../scripts/local-aws/dynalite.ts";
import { type LocalQueue, LocalSqs, type QueueSettings } from "../../scripts/local-aws/local-queue.ts";
import { LocalScheduler } from "../../scripts/local-aws/local-scheduler.ts";
import { inProcess, localContext, type QueueFunction, QueueMapping } from "../../scripts/local-aws/queue-mapping.ts";

const roleArn = "arn:aws:iam::000000000000:role/schedules";
const RECHECK_MS = 50;
let worlds = 0;

export const credential = {
  id: "test",
  rights: ["admin"],
  bearer: "a-token-of-this-test",
  sigv4: { accessKeyId: "LOCAL", secretAccessKey: "secret-of-this-test" },
} as const;

/** Of tests that run side by side each says itself which one a world belongs to. */
export interface WorldSettings extends QueueSettings {
  readonly onTestFinished?: TestContext["onTestFinished"];
}

/** The services of one test file. */
export class LocalAws {
  readonly dynalite: Dynalite;
  readonly sqs: LocalSqs;

  private constructor(dynalite: Dynalite, sqs: LocalSqs) {
    this.dynalite = dynalite;
    this.sqs = sqs;
  }

  static async start(): Promise<LocalAws> {
    return new LocalAws(await Dynalite.start(), await LocalSqs.start());
  }

  /** A table, a queue and schedules that no other test has. */
  async open({ onTestFinished = onCurrentFinished, ...settings }: WorldSettings = {}): Promise<LambdaWorld> {
    const name = `world-${worlds++}`;
    await this.dynalite.createTable(name);
    const clock = { skippedMs: 0 };
    const now = (): number => Date.now() + clock.skippedMs;
    const scheduler = await LocalScheduler.start({ sqs: this.sqs.client, now });
    onTestFinished(() => scheduler.stop());
    const queue = await this.sqs.createQueue(name, settings);
    return new LambdaWorld({ aws: this, table: name, queue, scheduler, clock, onTestFinished });
  }

  async stop(): Promise<void> {
    await this.sqs.stop();
    await this.dynalite.stop();
  }
}

export interface Serving {
  readonly timeoutSeconds?: number;
  readonly concurrency?: number;
  /** What comes between the queue and the function. */
  readonly through?: (call: QueueFunction) => QueueFunction;
}

interface WorldParts {
  readonly aws: LocalAws;
  readonly table: string;
  readonly queue: LocalQueue;
  readonly scheduler: LocalScheduler;
  readonly clock: { skippedMs: number };
  readonly onTestFinished: TestContext["onTestFinished"];
}

export class LambdaWorld {
  readonly queue: LocalQueue;
  readonly scheduler: LocalScheduler;
  /** What the hosts have told. */
  readonly errors: unknown[] = [];
  readonly #parts: WorldParts;

  constructor(parts: WorldParts) {
    this.queue = parts.queue;
    this.scheduler = parts.scheduler;
    this.#parts = parts;
  }

  /** What a process of its own needs to find everything. */
  get variables(): Readonly<Record<string, string>> {
    const { aws, table } = this.#parts;
    return {
      DYNAMODB_URL: aws.dynalite.endpoint,
      SQS_URL: aws.sqs.endpoint,
      TABLE: table,
      QUEUE_URL: this.queue.url,
    };
  }

  now(): number {
    return Date.now() + this.#parts.clock.skippedMs;
  }

  /** Moves the clock of hosts and schedules. What is delayed in the queue takes its time. */
  skip(ms: number): void {
    this.#parts.clock.skippedMs += ms;
  }

  /** A host as one Lambda environment has it. */
  host(functions: LambdaHostOptions["functions"], more: Partial<LambdaHostOptions> = {}): LambdaHost {
    const { aws, table, scheduler } = this.#parts;
    const { dynalite, sqs } = aws;
    return lambdaHostOn(this.#host(), {
      functions,
      table,
      queue: this.queue.url,
      deadLetterQueue: this.queue.deadLetterUrl,
      clients: { dynamodb: dynalite.client, sqs: sqs.client, scheduler: scheduler.client },
      schedules: { roleArn },
      credentials: [credential],
      onError: (id, error) => this.errors.push(id === undefined ? error : [id, error]),
      ...more,
    });
  }

  /** Has a host run what comes through the queue, until the test is over. */
  serve({ handlers }: LambdaHost, serving: Serving = {}): QueueMapping {
    const { timeoutSeconds = 60, concurrency = 2, through = (call) => call } = serving;
    const mapping = new QueueMapping({
      sqs: this.#parts.aws.sqs,
      url: this.queue.url,
      invoke: inProcess(through(handlers.queue), timeoutSeconds),
      concurrency,
      onError: (error) => this.errors.push(error),
    });
    this.#parts.onTestFinished(() => mapping.stop());
    return mapping;
  }

  sweep({ handlers }: LambdaHost): ReturnType<LambdaHost["handlers"]["sweeper"]> {
    return handlers.sweeper({}, localContext(60));
  }

  #host(): Host {
    const now = (): number => this.now();
    return { ...systemHost(), now, timer: createTimer({ now, recheckMs: RECHECK_MS }) };
  }
}
