/**
 * Lambda's event source mapping from an SQS queue to a function, with `ReportBatchItemFailures`: what the function does
 * not name as failed is deleted; everything else comes again when its visibility timeout is over.
 */

import { DeleteMessageBatchCommand, type Message, ReceiveMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { SQSBatchResponse, SQSRecord } from "aws-lambda";
import type { LambdaFunction } from "./lambda-function.ts";
import type { InvocationOutcome } from "./outcome.ts";

export interface MappingSettings {
  readonly client: SQSClient;
  readonly queueUrl: string;
  readonly target: Pick<LambdaFunction, "invoke">;
  /** Messages an invocation, 1 to 10; 10 unless told otherwise. */
  readonly batchSize?: number;
  /** Invocations at a time; 2 unless told otherwise, which is the least that AWS takes. */
  readonly maxConcurrency?: number;
}

export class QueueMapping {
  readonly #settings: MappingSettings;
  readonly #stopping = new AbortController();
  readonly #pollers: readonly Promise<void>[];

  /** It begins at once. */
  constructor(settings: MappingSettings) {
    this.#settings = settings;
    this.#pollers = Array.from({ length: settings.maxConcurrency ?? 2 }, () => this.#poll());
  }

  /** Resolves when the invocations that are under way have ended. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#pollers);
  }

  async #poll(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      const messages = await this.#receive();
      if (messages.length === 0) continue;
      const outcome = await this.#settings.target.invoke({ Records: messages.map(recordOf) });
      await this.#remove(done(messages, outcome));
    }
  }

  async #receive(): Promise<readonly Message[]> {
    const { client, queueUrl, batchSize = 10 } = this.#settings;
    const receive = new ReceiveMessageCommand({
      QueueUrl: queueUrl,
      MaxNumberOfMessages: batchSize,
      WaitTimeSeconds: 20,
      MessageSystemAttributeNames: ["All"],
      MessageAttributeNames: ["All"],
    });
    try {
      return (await client.send(receive, { abortSignal: this.#stopping.signal })).Messages ?? [];
    } catch (error) {
      if (this.#stopping.signal.aborted) return [];
      throw error;
    }
  }

  async #remove(messages: readonly Message[]): Promise<void> {
    if (messages.length === 0) return;
    const { client, queueUrl } = this.#settings;
    const Entries = messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
    await client.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
  }
}

/** What need not come again. A failure, a malformed answer and an id that nobody sent are the failure of them all. */
function done(messages: readonly Message[], outcome: InvocationOutcome): readonly Message[] {
  if (outcome.status !== "SUCCEEDED") return [];
  const failed = failuresIn(outcome.payload);
  const isKnown = (id: string): boolean => messages.some(({ MessageId }) => MessageId === id);
  if (failed === undefined || !failed.every(isKnown)) return [];
  return messages.filter(({ MessageId = "" }) => !failed.includes(MessageId));
}

/** Undefined for an answer that is none. */
function failuresIn(payload: string): readonly string[] | undefined {
  try {
    const { batchItemFailures } = (JSON.parse(payload) ?? {}) as Partial<SQSBatchResponse>;
    return (batchItemFailures ?? []).map(({ itemIdentifier }) => itemIdentifier);
  } catch {
    return undefined;
  }
}

function recordOf(message: Message): SQSRecord {
  return {
    messageId: message.MessageId as string,
    receiptHandle: message.ReceiptHandle as string,
    body: message.Body as string,
    attributes: (message.Attributes ?? {}) as unknown as SQSRecord["attributes"],
    messageAttributes: {},
    md5OfBody: message.MD5OfBody as string,
    eventSource: "aws:sqs",
    eventSourceARN: "arn:aws:sqs:us-east-1:123456789012:queue",
    awsRegion: "us-east-1",
  };
}
