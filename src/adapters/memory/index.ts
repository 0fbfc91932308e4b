export { type Functions, readFunctions } from "../../lambda-compat/functions.ts";
export { systemHost } from "../hosts/system-host.ts";
export { MemoryAlarm, type MemoryAlarmOptions } from "./memory-alarm.ts";
export { createMemoryHost, type MemoryHost, type MemoryHostOptions } from "./memory-host.ts";
export { MemoryStore, type MemoryStoreOptions } from "./memory-store.ts";
