/** S3 in this process. */

import { CreateBucketCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { Fauxqs } from "./fauxqs.ts";

export class LocalS3 {
  readonly client: S3Client;
  readonly #service: Fauxqs;

  private constructor(service: Fauxqs) {
    this.#service = service;
    const credentials = { accessKeyId: "local", secretAccessKey: "local" };
    this.client = new S3Client({ endpoint: this.endpoint, region: "us-east-1", credentials, forcePathStyle: true });
  }

  static async start(): Promise<LocalS3> {
    return new LocalS3(await Fauxqs.start());
  }

  /** The address for other processes. */
  get endpoint(): string {
    return this.#service.endpoint;
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
    await this.#service.stop();
  }
}
