/** `perdure/aws`: durable functions on Lambda, with DynamoDB, SQS and EventBridge Scheduler. */

export { OffloadError, type OffloadErrorCode } from "../../adapters/dynamodb/offloading.ts";
export { tableDefinition, type TableDefinition } from "../../adapters/dynamodb/schema.ts";
export type { FunctionDefinition, Functions, VersionedFunction } from "../../lambda-compat/functions.ts";
export type { Credential, Right } from "../../lambda-compat/http/credentials.ts";
export type { HttpLimits } from "../../lambda-compat/http/limits.ts";
export { ClientError, ClientErrorCode } from "../../engine/runner/client.ts";
export { OptionError } from "../options/option-error.ts";
export { createLambdaHost, type LambdaHandlers, type LambdaHost } from "./create-lambda-host.ts";
export type { CredentialSource, HttpHandler } from "./http-handler.ts";
export { PayloadFormatError } from "./http-request.ts";
export type {
  HttpEvent,
  HttpResult,
  LambdaCallContext,
  QueueEvent,
  QueueRecord,
  QueueResponse,
} from "./lambda-events.ts";
export type { LambdaClients, LambdaHostOptions, LambdaLogs, LambdaOffload, LambdaSchedules } from "./lambda-options.ts";
export { WakeMessageError } from "./queue-handler.ts";
export { NoStreamingError, type StreamedHandler } from "./response-stream.ts";
export type { SweepReport } from "./sweeper.ts";
export {
  type EventOf,
  ExecutionError,
  type ExecutionErrorCode,
  type ExecutionHandle,
  type ResultOf,
  type Start,
  type StartOptions,
} from "../../lambda-compat/typed-client.ts";
