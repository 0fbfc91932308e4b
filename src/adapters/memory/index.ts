export { MemoryAlarm, type MemoryAlarmOptions } from "./memory-alarm.ts";
export { createMemoryHost, type MemoryHost, type MemoryHostOptions } from "./memory-host.ts";
export { MemoryStore, type MemoryStoreOptions } from "./memory-store.ts";
