import { MediaConvertClient } from "@aws-sdk/client-mediaconvert";
import { S3Client } from "@aws-sdk/client-s3";

let s3Client: S3Client | undefined;
const mediaConvertClients = new Map<string | undefined, MediaConvertClient>();

/** The client for S3. Region, credentials and endpoint come from the environment, in a Worker as in Node. */
export function s3(): S3Client {
  s3Client ??= new S3Client({});
  return s3Client;
}

/** The client for an account's MediaConvert endpoint; without one, for the region's. */
export function mediaConvert(endpoint?: string): MediaConvertClient {
  let client = mediaConvertClients.get(endpoint);
  if (client === undefined) {
    client = new MediaConvertClient(endpoint === undefined ? {} : { endpoint });
    mediaConvertClients.set(endpoint, client);
  }
  return client;
}
