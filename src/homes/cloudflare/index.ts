/** `perdure/cloudflare`: durable functions on Workers and Durable Objects. */

export type { FunctionDefinition, Functions, VersionedFunction } from "../../lambda-compat/functions.ts";
export type { Credential, Right } from "../../lambda-compat/http/credentials.ts";
export type { HttpLimits } from "../../lambda-compat/http/limits.ts";
export { BindingError, type BindingErrorCode, type BindingNames } from "./bindings.ts";
export { ClientError, ClientErrorCode } from "../../engine/runner/client.ts";
export { OptionError } from "../options/option-error.ts";
export { createWorker, type ObjectClass, type PerdureWorker } from "./create-worker.ts";
export type { WorkerOptions } from "./worker-options.ts";
export { StorageFormatError } from "../../adapters/durable-objects/storage-format.ts";
export {
  type EventOf,
  ExecutionError,
  type ExecutionErrorCode,
  type ExecutionHandle,
  type ResultOf,
  type Start,
  type StartOptions,
} from "../../lambda-compat/typed-client.ts";
