/**
 * Enough of S3 for the example workflows: path-style HEAD, GET and PUT of objects with their metadata, creation of
 * buckets, conditional writes, and errors in S3's XML. Signatures are not checked.
 */

import { createHash } from "node:crypto";
import type { CallLog } from "./call-log.ts";
import type { StandInHandler, StandInRequest, StandInResponse } from "./loopback-server.ts";

export interface StoredObject {
  readonly body: Buffer;
  readonly contentType: string;
  /** Names without `x-amz-meta-`, in lower case. */
  readonly metadata: Readonly<Record<string, string>>;
  /** ms since the epoch */
  readonly modifiedAt: number;
}

export interface NewObject {
  readonly body: string | Buffer;
  /** Default `application/octet-stream`. */
  readonly contentType?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

const METADATA_PREFIX = "x-amz-meta-";

export class ObjectStore {
  readonly #buckets = new Map<string, Map<string, StoredObject>>();
  readonly #log: CallLog;
  readonly #changed: () => void;

  constructor(log: CallLog, changed: () => void = () => {}) {
    this.#log = log;
    this.#changed = changed;
  }

  createBucket(bucket: string): void {
    if (!this.#buckets.has(bucket)) this.#buckets.set(bucket, new Map());
    this.#changed();
  }

  /** Creates the bucket too if it is not there. */
  put(bucket: string, key: string, object: NewObject): StoredObject {
    this.createBucket(bucket);
    const stored: StoredObject = {
      body: Buffer.from(object.body),
      contentType: object.contentType ?? "application/octet-stream",
      metadata: object.metadata ?? {},
      modifiedAt: Date.now(),
    };
    this.#buckets.get(bucket)?.set(key, stored);
    this.#changed();
    return stored;
  }

  get(bucket: string, key: string): StoredObject | undefined {
    return this.#buckets.get(bucket)?.get(key);
  }

  keys(bucket: string): string[] {
    return [...(this.#buckets.get(bucket)?.keys() ?? [])].toSorted();
  }

  /** Everything in it, as JSON can hold it. */
  dump(): unknown {
    return [...this.#buckets].map(([bucket, objects]) => ({
      bucket,
      objects: [...objects].map(([key, object]) => ({ ...object, key, body: object.body.toString("base64") })),
    }));
  }

  restore(dumped: unknown): void {
    type Dump = { bucket: string; objects: (Omit<StoredObject, "body"> & { key: string; body: string })[] };
    for (const { bucket, objects } of dumped as Dump[]) {
      const entries = objects.map(
        ({ key, ...object }) => [key, { ...object, body: Buffer.from(object.body, "base64") }] as const,
      );
      this.#buckets.set(bucket, new Map(entries));
    }
  }

  readonly handle: StandInHandler = async (request) => {
    const [bucket = "", ...rest] = request.path;
    const key = rest.join("/");
    const target = key === "" ? bucket : `${bucket}/${key}`;
    await this.#log.record(operationOf(request.method, key), target);
    if (key === "") return this.#handleBucket(request, bucket);
    if (!this.#buckets.has(bucket)) return failure(404, "NoSuchBucket", "The specified bucket does not exist", target);
    if (request.method === "PUT") return this.#handlePut(request, bucket, key);
    if (request.method === "GET" || request.method === "HEAD") return this.#handleGet(bucket, key);
    return failure(405, "MethodNotAllowed", "The specified method is not allowed against this resource.", target);
  };

  #handleBucket(request: StandInRequest, bucket: string): StandInResponse {
    if (bucket !== "" && request.method === "PUT") {
      this.createBucket(bucket);
      return { status: 200, headers: { location: `/${bucket}` } };
    }
    if (request.method === "HEAD") return { status: this.#buckets.has(bucket) ? 200 : 404 };
    return failure(501, "NotImplemented", "This stand-in only knows single objects.", bucket);
  }

  #handlePut(request: StandInRequest, bucket: string, key: string): StandInResponse {
    const exists = this.get(bucket, key) !== undefined;
    if (exists && request.headers["if-none-match"] === "*") {
      const message = "At least one of the pre-conditions you specified did not hold";
      return failure(412, "PreconditionFailed", message, `${bucket}/${key}`);
    }
    if (request.headers["content-encoding"]?.includes("aws-chunked")) {
      return failure(501, "NotImplemented", "This stand-in takes plain bodies only.", `${bucket}/${key}`);
    }
    const metadata = Object.entries(request.headers)
      .filter(([name]) => name.startsWith(METADATA_PREFIX))
      .map(([name, value]) => [name.slice(METADATA_PREFIX.length), value]);
    const stored = this.put(bucket, key, {
      body: request.body,
      metadata: Object.fromEntries(metadata) as Record<string, string>,
      ...(request.headers["content-type"] === undefined ? {} : { contentType: request.headers["content-type"] }),
    });
    return { status: 200, headers: { etag: etagOf(stored) } };
  }

  #handleGet(bucket: string, key: string): StandInResponse {
    const object = this.get(bucket, key);
    if (object === undefined) return failure(404, "NoSuchKey", "The specified key does not exist.", `${bucket}/${key}`);
    const metadata = Object.entries(object.metadata).map(([name, value]) => [`${METADATA_PREFIX}${name}`, value]);
    return {
      status: 200,
      headers: {
        ...(Object.fromEntries(metadata) as Record<string, string>),
        "content-type": object.contentType,
        "last-modified": new Date(object.modifiedAt).toUTCString(),
        etag: etagOf(object),
      },
      body: object.body,
    };
  }
}

function operationOf(method: string, key: string): string {
  const verb = { PUT: "Put", GET: "Get", HEAD: "Head" }[method] ?? method;
  return key === "" ? `s3:${verb}Bucket` : `s3:${verb}Object`;
}

function etagOf(object: StoredObject): string {
  return `"${createHash("md5").update(object.body).digest("hex")}"`;
}

function failure(status: number, code: string, message: string, resource: string): StandInResponse {
  const body =
    `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message>` +
    `<Resource>/${escapeXml(resource)}</Resource></Error>`;
  return { status, headers: { "content-type": "application/xml" }, body };
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
