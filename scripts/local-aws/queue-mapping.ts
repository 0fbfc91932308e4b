/** What Lambda does between a queue and a function: receives, calls, and deletes what was not reported as a failure. */

import { randomUUID } from "node:crypto";
import type { Message } from "@aws-sdk/client-sqs";
import type { LambdaCallContext, QueueEvent, QueueResponse } from "../../src/homes/aws/lambda-events.ts";
import type { LocalSqs } from "./local-queue.ts";

export type QueueFunction = (event: QueueEvent, context: LambdaCallContext) => Promise<QueueResponse>;

export interface MappingOptions {
  readonly sqs: LocalSqs;
  readonly url: string;
  readonly call: QueueFunction;
  /** How long a call may take. */
  readonly timeoutSeconds: number;
  /** How many calls at a time; 4 by default. */
  readonly concurrency?: number;
  /** Told of a call that failed as a whole. Its messages come again. */
  readonly onError: (error: unknown) => void;
}

/** A context as Lambda hands it to a function that begins now. */
export function localContext(timeoutSeconds: number): LambdaCallContext {
  const deadline = Date.now() + 1000 * timeoutSeconds;
  return { getRemainingTimeInMillis: () => deadline - Date.now(), awsRequestId: randomUUID() };
}

export class QueueMapping {
  readonly #options: MappingOptions;
  readonly #pollers: readonly Promise<void>[];
  #isStopped = false;

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
    const { sqs, url, onError } = this.#options;
    while (!this.#isStopped) {
      try {
        const messages = await sqs.receive(url, 1);
        if (messages.length > 0) await this.#call(messages);
      } catch (error) {
        if (!this.#isStopped) onError(error);
      }
    }
  }

  async #call(messages: readonly Message[]): Promise<void> {
    const { sqs, url, call, timeoutSeconds } = this.#options;
    const { batchItemFailures } = await call({ Records: messages.map(recordOf) }, localContext(timeoutSeconds));
    const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    await sqs.delete(
      url,
      messages.filter(({ MessageId = "" }) => !failed.has(MessageId)),
    );
  }
}

export function recordOf({ MessageId = "", Body = "", Attributes = {} }: Message): QueueEvent["Records"][number] {
  return { messageId: MessageId, body: Body, attributes: Attributes };
}
