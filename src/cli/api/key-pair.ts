/** The key pair that calls of `--sigv4` are signed with. */

import { usageError } from "../failures.ts";

export interface KeyPair {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/** Asked for each call: what AWS gives out for a while is renewed. */
export type KeyPairSource = () => Promise<KeyPair>;

/** As much of `@aws-sdk/client-lambda` as finds credentials. */
interface AwsModule {
  readonly LambdaClient: new (config: object) => { readonly config: { readonly credentials: KeyPairSource } };
}

/**
 * perdure's own, if the environment has one; otherwise that of the user, as AWS's client finds it, and where that client
 * is not installed, in AWS's variables.
 *
 * @throws {CommandError} USAGE if there is none.
 */
export async function findKeyPair(): Promise<KeyPairSource> {
  const own = keyPairOf("PERDURE");
  if (own !== undefined) return async () => own;
  const source = (await sourceOfAws()) ?? sourceOfVariables();
  try {
    await source();
  } catch (cause) {
    throw usageError(`With --sigv4 a key pair is needed, and none was found: ${(cause as Error).message}`);
  }
  return source;
}

async function sourceOfAws(): Promise<KeyPairSource | undefined> {
  const { importLambdaClient } = await import("../../lambda-compat/with-lambda-client.ts");
  try {
    const { LambdaClient } = (await importLambdaClient()) as AwsModule;
    const { config } = new LambdaClient({ region: "us-east-1" });
    return () => config.credentials();
  } catch {
    return undefined;
  }
}

function sourceOfVariables(): KeyPairSource {
  return async () => {
    const keyPair = keyPairOf("AWS");
    if (keyPair !== undefined) return keyPair;
    throw new Error("set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or install @aws-sdk/client-lambda for profiles.");
  };
}

function keyPairOf(prefix: "AWS" | "PERDURE"): KeyPair | undefined {
  const { [`${prefix}_ACCESS_KEY_ID`]: accessKeyId, [`${prefix}_SECRET_ACCESS_KEY`]: secretAccessKey } = process.env;
  if (!accessKeyId || !secretAccessKey) return undefined;
  return { accessKeyId, secretAccessKey, sessionToken: process.env[`${prefix}_SESSION_TOKEN`] || undefined };
}
