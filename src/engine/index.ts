/**
 * For people who write an adapter or a tool: the ports, the runner, the machine's pure functions and the model. What
 * handlers import is in `perdure`.
 */

export type { Command, Decision, DecisionEnvironment, MachineRejection } from "./machine/command.ts";
export { decodeCommit, encodeCommit } from "./machine/commit-codec.ts";
export { decide } from "./machine/decide.ts";
export { fold } from "./machine/fold.ts";
export { decodeForeignCommit, type ForeignCommitOptions } from "./machine/foreign-commit.ts";
export {
  type FoldedCommit,
  ForeignLog,
  type ForeignLogOptions,
  type ReadLog,
  readForeignLog,
} from "./machine/foreign-log.ts";
export { HistoryReader, historyOf } from "./machine/history.ts";
export { journalOf } from "./machine/journal.ts";
export { violations } from "./machine/invariants.ts";
export { CorruptLogError, UnsupportedLogVersionError } from "./machine/log-errors.ts";
export { LogLimitError } from "./machine/log-limit-error.ts";
export { type Duty, type Here, type Plan, planOf } from "./machine/plan.ts";
export { emptyState, type ExecutionState } from "./machine/state.ts";
export { executionIdOfCallback } from "./model/callback-id.ts";
export { type Commit, type CopiedCommit, type Fact, formatOf, LOG_FORMAT_VERSION } from "./model/commit.ts";
export {
  type ExecutionHeader,
  ExecutionStatus,
  type Fork,
  type ForkReference,
  type Halt,
  HaltReason,
  type ParentReference,
} from "./model/execution.ts";
export type { Failure } from "./model/failure.ts";
export type { HistoryEvent, HistoryEventType } from "./model/history.ts";
export { dueTimeOf } from "./model/operation-traits.ts";
export {
  isSettled,
  type Operation,
  OperationAction,
  OperationStatus,
  OperationSubType,
  OperationType,
} from "./model/operation.ts";
export { hasTag, type Tags } from "./model/tags.ts";
export type { OperationUpdate } from "./model/update.ts";
export type { Alarm, AlarmOrder } from "./ports/alarm.ts";
export type { CheckpointClient } from "./ports/checkpoint-client.ts";
export {
  type DirectoryPlace,
  type DirectoryRow,
  type DirectoryScan,
  type ExecutionStore,
  type LogPage,
  type ReadOptions,
  StorageFullError,
} from "./ports/execution-store.ts";
export type { Ambient, Host } from "./ports/host.ts";
export type { MaybePromise } from "./ports/maybe-promise.ts";
export type { Serdes, SerdesContext } from "./ports/serdes.ts";
export {
  type CallbackOutcome,
  type CheckpointAnswer,
  type CheckpointRequest,
  ClientError,
  ClientErrorCode,
  type DirectoryPage,
  type ExecutionClient,
  type ForkOptions,
  type HistoryPage,
  type HistoryQuery,
  type InvokeOutcome,
  type ListQuery,
  type LiveEvent,
  type RewindOptions,
  type StartAnswer,
  type StartRequest,
  type StatePage,
  type StateQuery,
} from "./runner/client.ts";
export { comparePlaces, listExecutions, mergeRows, type OrderedRow, scanAll } from "./runner/directory-list.ts";
export type {
  DurableFunction,
  FunctionOutput,
  FunctionVersions,
  InvocationPeers,
  InvocationRequest,
  PlainFunction,
  RegisteredFunction,
  RunningInvocation,
} from "./runner/function.ts";
export { Runner, type RunnerOptions } from "./runner/runner.ts";
