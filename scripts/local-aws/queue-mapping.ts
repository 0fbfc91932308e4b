/**
 * Lambda's part between a queue and a function, with `ReportBatchItemFailures`: messages that the function does not
 * name as failed are deleted; the others come again when their visibility timeout is over.
 */

import { randomUUID } from "node:crypto";
import type { Message } from "@aws-sdk/client-sqs";
import type { SQSBatchResponse, SQSRecord } from "aws-lambda";
import type { LambdaCallContext, QueueEvent, QueueResponse } from "../../src/homes/aws/lambda-events.ts";
import type { LocalSqs } from "./local-queue.ts";

/** A function behind a queue, in this process. */
export type QueueFunction = (event: QueueEvent, context: LambdaCallContext) => Promise<QueueResponse>;

export interface MappingOptions {
  readonly sqs: LocalSqs;
  readonly url: string;
  /** Calls the function and gives what it answers. If it rejects, all of the call's messages come again. */
  readonly invoke: (event: { readonly Records: readonly SQSRecord[] }) => Promise<unknown>;
  /** Messages a call, 1 to 10; 10 by default. */
  readonly batchSize?: number;
  /** The number of calls at a time; 4 by default. */
  readonly concurrency?: number;
  /** Told of a call that failed as a whole. */
  readonly onError: (error: unknown) => void;
}

/** A context as Lambda hands it to a function that begins now. */
export function localContext(timeoutSeconds: number): LambdaCallContext {
  const deadline = Date.now() + 1000 * timeoutSeconds;
  return { getRemainingTimeInMillis: () => deadline - Date.now(), awsRequestId: randomUUID() };
}

/** Has calls run in this process, each of which may take so long. */
export function inProcess(call: QueueFunction, timeoutSeconds: number): MappingOptions["invoke"] {
  return (event) => call(event as unknown as QueueEvent, localContext(timeoutSeconds));
}

export class QueueMapping {
  readonly #options: MappingOptions;
  readonly #pollers: readonly Promise<void>[];
  #isStopped = false;

  /** It begins at once. */
  constructor(options: MappingOptions) {
    this.#options = options;
    this.#pollers = Array.from({ length: options.concurrency ?? 4 }, () => this.#poll());
  }

  /** Resolves when the calls under way are done. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all(this.#pollers);
  }

  async #poll(): Promise<void> {
    const { sqs, url, batchSize, onError } = this.#options;
    while (!this.#isStopped) {
      try {
        const messages = await sqs.receive(url, 1, batchSize);
        if (messages.length > 0) await this.#call(messages);
      } catch (error) {
        if (!this.#isStopped) onError(error);
      }
    }
  }

  async #call(messages: readonly Message[]): Promise<void> {
    const { sqs, url, invoke } = this.#options;
    await sqs.delete(url, done(messages, await invoke({ Records: messages.map(recordOf) })));
  }
}

/**
 * The messages that need not come again. An answer that is none, or that names a message which nobody sent, is the
 * failure of all.
 */
export function done(messages: readonly Message[], answer: unknown): readonly Message[] {
  const { batchItemFailures = [] } = (answer ?? {}) as Partial<SQSBatchResponse>;
  if (!Array.isArray(batchItemFailures)) return [];
  const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
  const known = new Set(messages.map(({ MessageId = "" }) => MessageId));
  if (![...failed].every((id) => known.has(id))) return [];
  return messages.filter(({ MessageId = "" }) => !failed.has(MessageId));
}

export function recordOf(message: Message): SQSRecord {
  const { MessageId = "", ReceiptHandle = "", Body = "", MD5OfBody = "", Attributes = {} } = message;
  return {
    messageId: MessageId,
    receiptHandle: ReceiptHandle,
    body: Body,
    attributes: Attributes as unknown as SQSRecord["attributes"],
    messageAttributes: {},
    md5OfBody: MD5OfBody,
    eventSource: "aws:sqs",
    eventSourceARN: "arn:aws:sqs:us-east-1:000000000000:queue",
    awsRegion: "us-east-1",
  };
}
