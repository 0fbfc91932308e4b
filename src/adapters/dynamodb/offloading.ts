/**
 * Texts that are kept in S3 in place of the table: an object for each, written before the item that names it.
 *
 * 1. An object's key has the incarnation of its execution and a hash of its content. So what is written twice is there
 *    once, nobody overwrites what another has written, and what is read is checked against its name.
 * 2. An object that no item names, since its commit was refused or its process has died, is read by nobody. It goes with
 *    its execution, as everything under an incarnation does.
 * 3. An execution's head goes first, and then its objects: one that is missing while the head is there is a fault.
 */

import type * as S3 from "@aws-sdk/client-s3";

/** The bucket for large texts. */
export interface OffloadSettings {
  /** The official client of S3. */
  readonly client: S3.S3Client;
  readonly bucket: string;
  /** The prefix of all keys; `perdure/` by default. */
  readonly prefix?: string;
  /** A commit or a snapshot with more bytes, compressed, goes to S3; 64 KiB by default. */
  readonly aboveBytes?: number;
}

/** A text in S3, as an item holds it: the key of an object, and the packing of its bytes. */
export interface OffloadedText {
  readonly o: string;
  readonly e: "z" | "w";
}

/** OBJECT_MISSING and OBJECT_DAMAGED: what the table names is not in the bucket. NO_BUCKET: this process was told of none. */
export type OffloadErrorCode = "OBJECT_MISSING" | "OBJECT_DAMAGED" | "NO_BUCKET";

/** A text that was offloaded cannot be read. It is tried again in any case: whoever brings the object back mends it. */
export class OffloadError extends Error {
  override readonly name = "OffloadError";
  /** The reason. */
  readonly code: OffloadErrorCode;

  constructor(code: OffloadErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

const PREFIX = "perdure/";
const ABOVE_BYTES = 65_536;

export class Offloading {
  /** Texts of more bytes go to S3. */
  readonly aboveBytes: number;
  readonly #settings: OffloadSettings;
  readonly #prefix: string;

  constructor(settings: OffloadSettings) {
    this.aboveBytes = settings.aboveBytes ?? ABOVE_BYTES;
    this.#settings = settings;
    this.#prefix = settings.prefix ?? PREFIX;
  }

  /** Writes the bytes of one text of a log's partition, and answers with their key. */
  async write(partition: string, bytes: Uint8Array): Promise<string> {
    const { PutObjectCommand } = await importS3();
    const { client, bucket: Bucket } = this.#settings;
    const Key = `${this.#folder(partition)}${await hashOf(bytes)}`;
    await client.send(new PutObjectCommand({ Bucket, Key, Body: bytes, ContentType: "application/octet-stream" }));
    return Key;
  }

  /** @throws {OffloadError} OBJECT_MISSING, OBJECT_DAMAGED. */
  async read(key: string): Promise<Uint8Array> {
    const bytes = await this.#get(key);
    if (key.endsWith(`/${await hashOf(bytes)}`)) return bytes;
    throw new OffloadError("OBJECT_DAMAGED", `The object ${key} of ${this.#settings.bucket} is not what was written.`);
  }

  /** Deletes one object. */
  async forget(key: string): Promise<void> {
    const { DeleteObjectCommand } = await importS3();
    const { client, bucket: Bucket } = this.#settings;
    await client.send(new DeleteObjectCommand({ Bucket, Key: key }));
  }

  /** Deletes all that a log's partition has, whether an item names it or not. Answers whether there was anything. */
  async forgetAll(partition: string): Promise<boolean> {
    const { ListObjectsV2Command, DeleteObjectsCommand } = await importS3();
    const { client, bucket: Bucket } = this.#settings;
    for (let hasFound = false; ; hasFound = true) {
      // From the start each time: what was listed before is deleted.
      const listed = await client.send(new ListObjectsV2Command({ Bucket, Prefix: this.#folder(partition) }));
      const Objects = (listed.Contents ?? []).map(({ Key }) => ({ Key }));
      if (Objects.length === 0) return hasFound;
      const { Errors: [first] = [] } = await client.send(
        new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }),
      );
      if (first !== undefined) throw new Error(`${first.Key} could not be deleted: ${first.Code} ${first.Message}`);
    }
  }

  async #get(Key: string): Promise<Uint8Array> {
    const { GetObjectCommand } = await importS3();
    const { client, bucket: Bucket } = this.#settings;
    try {
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
      return (await Body?.transformToByteArray()) ?? new Uint8Array();
    } catch (error) {
      if (!(error instanceof Error) || error.name !== "NoSuchKey") throw error;
      throw new OffloadError("OBJECT_MISSING", `The object ${Key} is not in ${Bucket} any more.`);
    }
  }

  #folder(partition: string): string {
    return `${this.#prefix}${partition.replaceAll("#", "/")}/`;
  }
}

/** Inside `try`, which tells bundlers that the package may be missing: only who offloads needs it. */
async function importS3(): Promise<typeof S3> {
  try {
    return await import("@aws-sdk/client-s3");
  } catch (cause) {
    throw new Error("To offload texts to S3 install @aws-sdk/client-s3 beside perdure.", { cause });
  }
}

/** SHA-256 in hex. */
async function hashOf(bytes: Uint8Array): Promise<string> {
  return Buffer.from(await crypto.subtle.digest("SHA-256", Buffer.from(bytes))).toString("hex");
}
