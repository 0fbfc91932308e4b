/** S3 in this process, by fauxqs: on loopback alone, and in memory. */

import type { AddressInfo } from "node:net";
import { CreateBucketCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { buildApp } from "fauxqs";

export class LocalS3 {
  /** Where another process finds it. */
  readonly endpoint: string;
  readonly client: S3Client;
  readonly #app: ReturnType<typeof buildApp>;

  private constructor(app: ReturnType<typeof buildApp>, endpoint: string) {
    this.#app = app;
    this.endpoint = endpoint;
    const credentials = { accessKeyId: "local", secretAccessKey: "local" };
    this.client = new S3Client({ endpoint, region: "us-east-1", credentials, forcePathStyle: true });
  }

  static async start(): Promise<LocalS3> {
    const app = buildApp({ logger: false });
    await app.listen({ host: "127.0.0.1", port: 0 });
    const { port } = app.server.address() as AddressInfo;
    return new LocalS3(app, `http://127.0.0.1:${port}`);
  }

  async createBucket(Bucket: string): Promise<void> {
    await this.client.send(new CreateBucketCommand({ Bucket }));
  }

  /** The keys of all objects. */
  async keys(Bucket: string): Promise<readonly string[]> {
    const { Contents = [] } = await this.client.send(new ListObjectsV2Command({ Bucket }));
    return Contents.map(({ Key = "" }) => Key);
  }

  async stop(): Promise<void> {
    this.client.destroy();
    this.#app.server.closeAllConnections();
    await this.#app.close();
  }
}
