/** SQS in this process. */

import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { Fauxqs } from "./fauxqs.ts";

export interface QueueSettings {
  /** Seconds for which a message that was received is hidden from others. */
  readonly visibilitySeconds?: number;
  /** After so many receives a message goes to the dead-letter queue. */
  readonly maxReceiveCount?: number;
}

/** A queue, and the one that messages fall into which were received too often. */
export interface LocalQueue {
  readonly url: string;
  readonly deadLetterUrl: string;
}

export class LocalSqs {
  readonly client: SQSClient;
  readonly #service: Fauxqs;

  private constructor(service: Fauxqs) {
    this.#service = service;
    this.client = new SQSClient({
      endpoint: this.endpoint,
      region: "us-east-1",
      credentials: { accessKeyId: "local", secretAccessKey: "local" },
      // A queue's URL names a host that does not resolve here.
      useQueueUrlAsEndpoint: false,
    });
  }

  static async start(): Promise<LocalSqs> {
    return new LocalSqs(await Fauxqs.start());
  }

  /** The address for other processes. */
  get endpoint(): string {
    return this.#service.endpoint;
  }

  async createQueue(name: string, settings: QueueSettings = {}): Promise<LocalQueue> {
    const { visibilitySeconds = 70, maxReceiveCount = 10 } = settings;
    const deadLetterUrl = await this.#create(`${name}-dead`, {});
    const arn = await this.client.send(
      new GetQueueAttributesCommand({ QueueUrl: deadLetterUrl, AttributeNames: ["QueueArn"] }),
    );
    const deadLetterTargetArn = arn.Attributes?.["QueueArn"];
    const url = await this.#create(name, {
      VisibilityTimeout: String(visibilitySeconds),
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount }),
    });
    return { url, deadLetterUrl };
  }

  /** The number of messages that wait, are delayed or are hidden. */
  async size(url: string): Promise<number> {
    const { Attributes = {} } = await this.client.send(
      new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["All"] }),
    );
    const { ApproximateNumberOfMessages: waiting } = Attributes;
    const { ApproximateNumberOfMessagesNotVisible: hidden, ApproximateNumberOfMessagesDelayed: delayed } = Attributes;
    return [waiting, hidden, delayed].reduce((sum, count) => sum + Number(count ?? 0), 0);
  }

  async receive(url: string, waitSeconds: number, most: number = 10): Promise<readonly Message[]> {
    const command = new ReceiveMessageCommand({
      QueueUrl: url,
      MaxNumberOfMessages: most,
      WaitTimeSeconds: waitSeconds,
      MessageSystemAttributeNames: ["All"],
    });
    return (await this.client.send(command)).Messages ?? [];
  }

  async delete(url: string, messages: readonly Message[]): Promise<void> {
    if (messages.length === 0) return;
    const Entries = messages.map(({ ReceiptHandle }, at) => ({ Id: String(at), ReceiptHandle }));
    await this.client.send(new DeleteMessageBatchCommand({ QueueUrl: url, Entries }));
  }

  async stop(): Promise<void> {
    this.client.destroy();
    await this.#service.stop();
  }

  async #create(name: string, attributes: Record<string, string>): Promise<string> {
    const { QueueUrl } = await this.client.send(new CreateQueueCommand({ QueueName: name, Attributes: attributes }));
    if (QueueUrl === undefined) throw new Error(`The queue ${name} has no address.`);
    return QueueUrl;
  }
}
