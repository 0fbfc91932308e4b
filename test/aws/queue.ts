/** SQS in this process, by fauxqs: on loopback alone, in memory. */

import type { AddressInfo } from "node:net";
import { CreateQueueCommand, GetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { buildApp } from "fauxqs";

export interface QueueServer {
  /** `http://127.0.0.1:<port>`: a client of this server needs `useQueueUrlAsEndpoint: false` beside it. */
  readonly endpoint: string;
  readonly client: SQSClient;
  /** Makes a queue with attributes as SQS names them, and gives its URL. */
  create(name: string, attributes?: Readonly<Record<string, string>>): Promise<string>;
  arnOf(queueUrl: string): Promise<string>;
  stop(): Promise<void>;
}

export async function startQueueServer(): Promise<QueueServer> {
  const server = buildApp({ logger: false });
  await server.listen({ host: "127.0.0.1", port: 0 });
  const endpoint = `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`;
  const client = new SQSClient({
    endpoint,
    // The queues' own URLs name a host that there is not.
    useQueueUrlAsEndpoint: false,
    region: "us-east-1",
    credentials: { accessKeyId: "AKIDLOCAL", secretAccessKey: "local" },
  });
  return {
    endpoint,
    client,
    async create(name, attributes = {}) {
      const { QueueUrl } = await client.send(
        new CreateQueueCommand({ QueueName: name, Attributes: { ...attributes } }),
      );
      return QueueUrl as string;
    },
    async arnOf(QueueUrl) {
      const wanted = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] });
      return (await client.send(wanted)).Attributes?.["QueueArn"] as string;
    },
    async stop() {
      client.destroy();
      server.server.closeAllConnections();
      await server.close();
    },
  };
}
