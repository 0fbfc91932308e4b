/** A table, a queue, a bucket and schedules for one run, over services that many runs share. Their clock can be moved. */

import { type DynamoDBDocumentClient, ScanCommand } from "@aws-sdk/lib-dynamodb";
import type { LocalS3 } from "../../../scripts/local-aws/local-bucket.ts";
import type { LocalQueue, LocalSqs } from "../../../scripts/local-aws/local-queue.ts";
import { LocalScheduler } from "../../../scripts/local-aws/local-scheduler.ts";
import { systemHost } from "../../../src/adapters/hosts/system-host.ts";
import { createTimer } from "../../../src/adapters/hosts/timer.ts";
import type { Host } from "../../../src/engine/ports/host.ts";

/** DynamoDB on this machine: dynalite, or AWS's own stand-in. */
export interface LocalDynamoDb {
  readonly endpoint: string;
  readonly client: DynamoDBDocumentClient;
  createTable(name: string): Promise<void>;
}

const RECHECK_MS = 50;
const VISIBILITY_SECONDS = 4;
const MOST_RECEIVES = 100;

/** What many runs share. */
export interface SharedServices {
  readonly sqs: LocalSqs;
  readonly s3: LocalS3;
  readonly dynamodb: LocalDynamoDb;
}

export class Services {
  readonly table: string;
  readonly queue: LocalQueue;
  /** Of the same name as the table. */
  readonly bucket: string;
  readonly sqs: LocalSqs;
  readonly s3: LocalS3;
  readonly dynamodb: LocalDynamoDb;
  readonly scheduler: LocalScheduler;
  readonly world: Host;
  readonly #clock: { skippedMs: number };

  private constructor(
    parts: SharedServices & Pick<Services, "table" | "queue" | "scheduler" | "world">,
    clock: { skippedMs: number },
  ) {
    this.table = this.bucket = parts.table;
    this.queue = parts.queue;
    this.sqs = parts.sqs;
    this.s3 = parts.s3;
    this.dynamodb = parts.dynamodb;
    this.scheduler = parts.scheduler;
    this.world = parts.world;
    this.#clock = clock;
  }

  static async open(name: string, shared: SharedServices): Promise<Services> {
    const { sqs, s3, dynamodb } = shared;
    const clock = { skippedMs: 0 };
    const now = (): number => Date.now() + clock.skippedMs;
    const world = { ...systemHost(), now, timer: createTimer({ now, recheckMs: RECHECK_MS }) };
    await dynamodb.createTable(name);
    await s3.createBucket(name);
    const queue = await sqs.createQueue(name, {
      visibilitySeconds: VISIBILITY_SECONDS,
      maxReceiveCount: MOST_RECEIVES,
    });
    const scheduler = await LocalScheduler.start({ sqs: sqs.client, now });
    return new Services({ ...shared, table: name, queue, scheduler, world }, clock);
  }

  /** Moves the clock of processes and schedules. What is delayed in the queue takes its time. */
  skip(ms: number): void {
    this.#clock.skippedMs += ms;
  }

  /** The keys of all items and objects, but for the functions that are noted. */
  async left(): Promise<readonly string[]> {
    const keys: string[] = [...(await this.s3.keys(this.bucket))];
    let after: Record<string, unknown> | undefined;
    do {
      const command = new ScanCommand({ TableName: this.table, ExclusiveStartKey: after, ConsistentRead: true });
      const { Items = [], LastEvaluatedKey } = await this.dynamodb.client.send(command);
      for (const { pk, sk } of Items) if (pk !== "#functions") keys.push(`${pk} ${sk}`);
      after = LastEvaluatedKey;
    } while (after !== undefined);
    return keys;
  }

  async close(): Promise<void> {
    await this.scheduler.stop();
  }
}
