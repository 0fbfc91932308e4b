/** Every name of `@aws/durable-execution-sdk-js` 2.4.0, on any runtime, and `SerdesError`, `StepTimeoutError` and `collectionSerdes`. */

export {
  CallbackError,
  CallbackExternalError,
  CallbackSubmitterError,
  CallbackTimeoutError,
  ChildContextError,
  DurableOperationError,
  InvokeError,
  PromiseCombinatorError,
  SerdesError,
  StepError,
  StepTimeoutError,
  WaitForConditionError,
} from "../engine/model/errors.ts";
export { StepInterruptedError } from "../engine/replay/faults.ts";
export { DurableExecutionApiClient } from "./api-client.ts";
export { BatchCompletionError, completeBatch, continueBatch } from "./batch-result.ts";
export {
  DurableExecutionClientError,
  type DurableExecutionClientErrorOptions,
  DurableExecutionClientErrorScope,
  isDurableExecutionClientError,
} from "./client-error.ts";
export { collectionSerdes } from "./collection-serdes.ts";
export { DurablePromise } from "./durable-promise.ts";
export { createFileSystemSerdes } from "./file-system-serdes.ts";
export { DurableExecutionInvocationInputWithClient } from "./invocation-input.ts";
export {
  BatchItemStatus,
  CompletionOutcome,
  FieldMatchMode,
  FileSystemPathEncoding,
  FileSystemSerdesMode,
  InvocationStatus,
  JitterStrategy,
  NestingType,
  OperationAction,
  OperationStatus,
  OperationSubType,
  OperationType,
  PreviewMode,
  StepSemantics,
} from "./literals.ts";
export { refreshLogConfig } from "./logger.ts";
export { PluginLoadError } from "./plugin-loader.ts";
export {
  type AttemptEndInfo,
  AttemptEndInfoOutcome,
  type AttemptInfo,
  DURABLE_INSTRUMENTATION_PLUGIN_API_VERSION,
  type DurableInstrumentationPlugin,
  type DurableInstrumentationPluginFactory,
  type DurableInstrumentationPluginProvider,
  type DurableInstrumentationPluginType,
  type InvocationEndInfo,
  type InvocationInfo,
  type OperationChangeInfo,
  type OperationEndInfo,
  type OperationInfo,
  PluginInvocationStatus,
  PluginOperationStatus,
} from "./plugins.ts";
export { buildPreview, type PreviewConfig, type PreviewField } from "./preview.ts";
export { createLinearRetryStrategy, createRetryStrategy, retryPresets } from "./retry-strategy.ts";
export { SDK_VERSION } from "./sdk-version.ts";
export { createClassSerdes, createClassSerdesWithDates, defaultSerdes } from "./serdes.ts";
export type {
  AnySerdes,
  AnySerdesDeserializer,
  BatchItem,
  BatchResult,
  BatchTuple,
  ChildConfig,
  CompletionConfig,
  CompletionDecision,
  CompletionItemStatus,
  CompletionReason,
  CompletionStatus,
  ConcurrencyConfig,
  ConcurrentExecutionItem,
  ConcurrentExecutor,
  CustomCompletionConfig,
  DurableContext,
  DurableContextLogger,
  DurableExecutionClient,
  DurableExecutionConfig,
  DurableExecutionHandler,
  DurableExecutionInvocationInput,
  DurableExecutionInvocationOutput,
  DurableHandler,
  DurableLambdaHandler,
  DurableLogData,
  DurableLogger,
  DurableLoggingContext,
  Duration,
  FileSystemSerdesConfig,
  InvokeConfig,
  LambdaContext,
  LinearRetryStrategyConfig,
  MapConfig,
  MapFunc,
  RetryableFunc,
  RetryDecision,
  RetryStrategyConfig,
  Serdes,
  SerdesConfig,
  SerdesContext,
  StepConfig,
  StepFunc,
  ThresholdCompletionConfig,
  WaitForConditionCheckFunc,
  WaitForConditionConfig,
  WaitForConditionDecision,
  WaitForConditionWaitStrategyFunc,
  WaitStrategyConfig,
  WithRetryConfig,
} from "./types.ts";
export { createWaitStrategy } from "./wait-strategy.ts";
export type {
  CallbackDetails,
  CallbackOptions,
  ChainedInvokeDetails,
  ChainedInvokeOptions,
  CheckpointDurableExecutionRequest,
  CheckpointDurableExecutionResponse,
  CheckpointUpdatedExecutionState,
  ContextDetails,
  ContextOptions,
  ErrorObject,
  ExecutionDetails,
  GetDurableExecutionStateRequest,
  GetDurableExecutionStateResponse,
  Operation,
  OperationUpdate,
  StepDetails,
  StepOptions,
  WaitDetails,
  WaitOptions,
  WireOperation,
  WireStepDetails,
  WireTimestamp,
  WireWaitDetails,
} from "./wire-types.ts";
export { withDurableExecution } from "./with-durable-execution.ts";
export { withRetry } from "./with-retry.ts";
