/**
 * `perdure/memory`: durable functions in this process, and the parts of that host which a host of your own needs too,
 * whatever it stores executions in.
 */

export { type Functions, readFunctions } from "../../lambda-compat/functions.ts";
export { createDrain } from "../../adapters/hosts/drain.ts";
export type { AfterMicrotasks, BindContext } from "../../adapters/hosts/drain-queue.ts";
export { systemHost } from "../../adapters/hosts/system-host.ts";
export {
  type KeptAlarm,
  type KeptAlarms,
  MemoryAlarm,
  type MemoryAlarmOptions,
} from "../../adapters/memory/memory-alarm.ts";
export { createMemoryHost, type MemoryHost, type MemoryHostOptions } from "./memory-host.ts";
export { MemoryStore, type MemoryStoreOptions } from "../../adapters/memory/memory-store.ts";
export { ClientError, ClientErrorCode } from "../../engine/runner/client.ts";
export { OptionError } from "../options/option-error.ts";
export {
  type EventOf,
  ExecutionError,
  type ExecutionErrorCode,
  type ExecutionHandle,
  type ResultOf,
  type Start,
  type StartOptions,
} from "../../lambda-compat/typed-client.ts";
