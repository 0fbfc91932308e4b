/** The environment variables of a function's process: those of this process, and what Lambda sets. */

import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

const REGION = "us-east-1";

/** `endpoint` is the Lambda API for functions. */
export function functionEnvironment(
  functionName: string,
  endpoint: string,
): Readonly<Record<string, string | undefined>> {
  const { env } = process;
  const region = env["AWS_REGION"] ?? env["AWS_DEFAULT_REGION"] ?? REGION;
  return {
    ...credentials(env),
    ...env,
    AWS_ENDPOINT_URL_LAMBDA: endpoint,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_LAMBDA_FUNCTION_NAME: functionName,
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "128",
    AWS_LAMBDA_LOG_GROUP_NAME: `/perdure/${functionName}`,
    AWS_LAMBDA_LOG_STREAM_NAME: "local",
  };
}

const SOURCES = [
  "AWS_ACCESS_KEY_ID",
  "AWS_PROFILE",
  "AWS_WEB_IDENTITY_TOKEN_FILE",
  "AWS_CONTAINER_CREDENTIALS_FULL_URI",
];

/** AWS's clients sign before they call. Where there is nothing to sign with, anything will do: the address lets in. */
function credentials(env: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  const files = [
    env["AWS_SHARED_CREDENTIALS_FILE"] ?? join(homedir(), ".aws", "credentials"),
    env["AWS_CONFIG_FILE"] ?? join(homedir(), ".aws", "config"),
  ];
  if (SOURCES.some((name) => env[name] !== undefined) || files.some((file) => existsSync(file))) return {};
  return { AWS_ACCESS_KEY_ID: "local", AWS_SECRET_ACCESS_KEY: "local" };
}
