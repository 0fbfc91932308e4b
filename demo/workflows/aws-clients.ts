import { MediaConvertClient } from "@aws-sdk/client-mediaconvert";
import { S3Client } from "@aws-sdk/client-s3";

type Environment = Readonly<Record<string, string | undefined>>;

let s3Client: S3Client | undefined;
const mediaConvertClients = new Map<string | undefined, MediaConvertClient>();

/** The client for S3, or for what `AWS_ENDPOINT_URL_S3` names. */
export function s3(): S3Client {
  s3Client ??= new S3Client({ ...clientConfig(environment()["AWS_ENDPOINT_URL_S3"]), forcePathStyle: true });
  return s3Client;
}

/** The client for an account's MediaConvert endpoint; without one, for the region's. */
export function mediaConvert(endpoint = environment()["AWS_ENDPOINT_URL_MEDIACONVERT"]): MediaConvertClient {
  let client = mediaConvertClients.get(endpoint);
  if (client === undefined) {
    client = new MediaConvertClient(clientConfig(endpoint));
    mediaConvertClients.set(endpoint, client);
  }
  return client;
}

interface ClientConfig {
  readonly region: string;
  readonly endpoint?: string;
  readonly credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
}

/** AWS's clients read these variables by themselves in Node, and in Workers that are bundled as for Node, but in no tab. */
function clientConfig(endpoint: string | undefined): ClientConfig {
  const env = environment();
  const accessKeyId = env["AWS_ACCESS_KEY_ID"];
  const secretAccessKey = env["AWS_SECRET_ACCESS_KEY"];
  const sessionToken = env["AWS_SESSION_TOKEN"];
  return {
    region: env["AWS_REGION"] ?? "us-east-1",
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(accessKeyId === undefined || secretAccessKey === undefined
      ? {}
      : { credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) } }),
  };
}

function environment(): Environment {
  return (globalThis as { process?: { env: Environment } }).process?.env ?? {};
}
