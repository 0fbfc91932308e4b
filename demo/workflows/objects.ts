import { HeadObjectCommand, type HeadObjectCommandOutput, NotFound, PutObjectCommand } from "@aws-sdk/client-s3";
import { s3 } from "./aws-clients.ts";

/** What S3 tells about an object, or undefined when there is none. */
export async function headObject(bucket: string, key: string): Promise<HeadObjectCommandOutput | undefined> {
  try {
    return await s3().send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
  } catch (error) {
    if (error instanceof NotFound) return undefined;
    throw error;
  }
}

/** Writing the same again changes nothing, so a step may repeat it. */
export async function putJson(bucket: string, key: string, value: unknown): Promise<void> {
  const body = JSON.stringify(value);
  await s3().send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentType: "application/json" }));
}

/** Takes `s3://bucket/key` apart. */
export function splitUri(uri: string): [bucket: string, key: string] {
  const [bucket = "", ...key] = uri.slice("s3://".length).split("/");
  return [bucket, key.join("/")];
}
