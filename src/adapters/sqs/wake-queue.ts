/** The queue of wakes: a standard queue of SQS. It keeps every message, delays none by more than 15 minutes, and may give one twice. */

import { SendMessageBatchCommand, SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { encodeWake, messageGroup, type Wake } from "./wake-message.ts";

/** The most that SQS takes for `DelaySeconds`. Stand-ins take more, so the limit is enforced here. */
export const LONGEST_DELAY_SECONDS = 900;
/** Messages that one call sends. */
const BATCH = 10;

export class WakeQueue {
  readonly url: string;
  readonly #client: SQSClient;
  readonly #now: () => number;

  constructor(client: SQSClient, url: string, now: () => number) {
    this.#client = client;
    this.url = url;
    this.#now = now;
  }

  /** Sends a wake for its time, or for as near to it as a delay gets. */
  async send(wake: Wake): Promise<void> {
    await this.#client.send(new SendMessageCommand({ QueueUrl: this.url, ...this.#message(wake) }));
  }

  /** Sends all of them. Throws if one could not be sent, with the others sent. */
  async sendAll(wakes: readonly Wake[]): Promise<void> {
    for (let at = 0; at < wakes.length; at += BATCH) await this.#sendSome(wakes.slice(at, at + BATCH));
  }

  async #sendSome(wakes: readonly Wake[]): Promise<void> {
    const Entries = wakes.map((wake, at) => ({ Id: String(at), ...this.#message(wake) }));
    const { Failed = [] } = await this.#client.send(new SendMessageBatchCommand({ QueueUrl: this.url, Entries }));
    const [first] = Failed;
    if (first === undefined) return;
    throw new Error(`${Failed.length} wakes could not be sent: ${first.Code} ${first.Message ?? ""}`.trimEnd());
  }

  #message(wake: Wake): { MessageBody: string; DelaySeconds: number; MessageGroupId: string } {
    return {
      MessageBody: encodeWake(wake),
      DelaySeconds: this.#delay(wake.at),
      MessageGroupId: messageGroup(wake.group),
    };
  }

  /** Never early. */
  #delay(at: number | undefined): number {
    const seconds = at === undefined ? 0 : Math.ceil((at - this.#now()) / 1000);
    return Math.min(Math.max(seconds, 0), LONGEST_DELAY_SECONDS);
  }
}
