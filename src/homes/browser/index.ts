/** `perdure/browser`: durable functions in a page, over IndexedDB, shared by all tabs of a site. */

export type { FunctionDefinition, Functions, VersionedFunction } from "../../lambda-compat/function-map.ts";
export {
  type BrowserHost,
  createBrowserHost,
  serveBrowserHost,
  type StorageReport,
} from "./browser-host.ts";
export type { BrowserHostOptions, ServedHostOptions } from "./browser-options.ts";
export type { ExecutionFile } from "./execution-file.ts";
export {
  type Durability,
  IndexedDbStore,
  type IndexedDbStoreOptions,
} from "../../adapters/indexeddb/indexeddb-store.ts";
export type { Live } from "./live-value.ts";
export type { ExecutionSnapshot, ListSnapshot } from "./live-views.ts";
export { BrowserStorageError, BrowserStorageErrorCode } from "../../adapters/indexeddb/storage-error.ts";
export type { TabStatus } from "./tab.ts";
export { ClientError, ClientErrorCode } from "../../engine/runner/client.ts";
export { OptionError } from "../options/option-error.ts";
export { BrowserWorkerError, BrowserWorkerErrorCode } from "./worker-error.ts";
export {
  type EventOf,
  ExecutionError,
  type ExecutionErrorCode,
  type ExecutionHandle,
  type ResultOf,
  type Start,
  type StartOptions,
} from "../../lambda-compat/typed-client.ts";
