/**
 * `perdure/http`: the Lambda REST API over any `ExecutionClient`, as one fetch handler, and the names that this API has
 * for functions and executions.
 */

export { ClientError, ClientErrorCode, type ExecutionClient } from "../../engine/runner/client.ts";
export {
  type ArnScope,
  type ExecutionArnParts,
  executionIdOf,
  formatExecutionArn,
  formatFunctionArn,
  type FunctionReference,
  LOCAL_SCOPE,
  parseExecutionArn,
  parseFunctionReference,
} from "../arn.ts";
export type { Credential, Right } from "./credentials.ts";
export { createHttpFace, type HttpFaceOptions, type HttpFaceParts } from "./face.ts";
export { KeptLogs, type KeptLogsOptions } from "./kept-logs.ts";
export type { LogLine, LogPage, LogPageQuery, LogPlace, LogSource } from "./log-source.ts";
export type { HttpLimits } from "./limits.ts";
