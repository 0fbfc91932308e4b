export { alarmContract, type AlarmSubject, type OpenAlarm, type Wake } from "./alarm-contract.ts";
export { ContractViolation } from "./assert.ts";
export { AsyncStore, type AsyncStoreOptions } from "./async-store.ts";
export { applicable, type ContractCase, type ContractException } from "./contract.ts";
export { type CrashPoint, SimulatedProcess, type SimulatedProcessOptions } from "./crash.ts";
export {
  type Exploration,
  type ExploredProgram,
  type ExploreOptions,
  exploreCrashes,
  exploreStalls,
} from "./crash-explorer.ts";
export {
  type FaultRates,
  type FaultRecord,
  FaultyStore,
  type FaultyStoreOptions,
  StoreFault,
  type StoreMethod,
  StoreUnavailableError,
} from "./faulty-store.ts";
export { LateAlarm, type LateAlarmOptions } from "./late-alarm.ts";
export type { Effects, NamedExecution } from "./ledger.ts";
export type { Answer, StartedExecution } from "./outside-world.ts";
export { replayLog, type ReplayLogOptions, type ReplayReport } from "./replay-log.ts";
export { type SeededRandom, seededRandom } from "./seeded-random.ts";
export {
  SimulatedClock,
  type SimulatedClockOptions,
  type SimulatedHost,
  type UntilIdleOptions,
} from "./simulated-host.ts";
export type { StoreSubject } from "./store-case.ts";
export { storeContract } from "./store-contract.ts";
export {
  type CallbackReaction,
  type DurableTestExecution,
  type DurableTestResult,
  DurableTestRunner,
  type DurableTestRunnerOptions,
  type RunOptions,
  type TestCallback,
} from "./test-runner.ts";
