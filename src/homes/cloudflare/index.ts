/** `perdure/cloudflare`: durable functions on Workers and Durable Objects. */

export type { FunctionDefinition, Functions, VersionedFunction } from "../../lambda-compat/functions.ts";
export type { Credential, Right } from "../../lambda-compat/http/credentials.ts";
export type { HttpLimits } from "../../lambda-compat/http/limits.ts";
export { BindingError, type BindingNames } from "./bindings.ts";
export { createWorker, type ObjectClass, type PerdureWorker, type WorkerOptions } from "./create-worker.ts";
export { StorageFormatError } from "../../adapters/durable-objects/storage-format.ts";
