/**
 * The place of the lines that the code of executions logs: CloudWatch. The HTTP function is another one than the
 * function that runs executions, so it can only name the place.
 */

import type { LogSource } from "../../lambda-compat/http/log-source.ts";
import { environment } from "../../lambda-compat/platform.ts";
import type { LambdaLogs } from "./lambda-options.ts";

/** Undefined where neither the options nor the environment name a region and a log group. */
export function linesInCloudWatch(options: LambdaLogs = {}): LogSource | undefined {
  const { region = environment("AWS_REGION"), logGroup = environment("AWS_LAMBDA_LOG_GROUP_NAME") } = options;
  if (region === undefined || logGroup === undefined) return undefined;
  const elsewhere = { service: "CloudWatch Logs", region, logGroup };
  return { lines: () => ({ lines: [], more: false, elsewhere }) };
}
