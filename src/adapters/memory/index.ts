export { MemoryAlarm, type MemoryAlarmOptions } from "./memory-alarm.ts";
export { MemoryStore, type MemoryStoreOptions } from "./memory-store.ts";
