/**
 * The types of AWS's package against ours, name by name. A key of `verdicts` that does not compile names a type that has
 * drifted; the error says which way it no longer fits.
 */

import type * as aws from "@aws/durable-execution-sdk-js";
import type { LambdaClient } from "@aws-sdk/client-lambda";
import type { Context } from "aws-lambda";
import type * as ours from "../../src/lambda-compat/index.ts";
import type { LambdaClientLike } from "../../src/lambda-compat/types.ts";

type Fits<From, To> = [From] extends [To] ? true : false;

/** Each may stand for the other. */
type Same<Ours, Theirs> = [Ours] extends [Theirs]
  ? [Theirs] extends [Ours]
    ? true
    : "what is AWS's no longer fits here"
  : "what is ours no longer fits AWS's";

/** What is AWS's may be used here, but not the other way round; `true` would mean that the reason is gone. */
type OnlyTheirs<Ours, Theirs> = [Theirs] extends [Ours]
  ? [Ours] extends [Theirs]
    ? "fits both ways by now: say so"
    : true
  : "what is AWS's no longer fits here";

/** What is ours may be used with AWS's, but not the other way round. */
type OnlyOurs<Ours, Theirs> = [Ours] extends [Theirs]
  ? [Theirs] extends [Ours]
    ? "fits both ways by now: say so"
    : true
  : "what is ours no longer fits AWS's";

interface Value {
  a: string;
}
type Logger = aws.DurableLogger;

interface Verdicts {
  // Enums: ours are taken for AWS's and AWS's for ours, values and types.
  StepSemantics: Same<ours.StepSemantics, aws.StepSemantics>;
  JitterStrategy: Same<ours.JitterStrategy, aws.JitterStrategy>;
  InvocationStatus: Same<ours.InvocationStatus, aws.InvocationStatus>;
  OperationSubType: Same<ours.OperationSubType, aws.OperationSubType>;
  BatchItemStatus: Same<ours.BatchItemStatus, aws.BatchItemStatus>;
  CompletionOutcome: Same<ours.CompletionOutcome, aws.CompletionOutcome>;
  NestingType: Same<ours.NestingType, aws.NestingType>;
  FileSystemSerdesMode: Same<ours.FileSystemSerdesMode, aws.FileSystemSerdesMode>;
  FileSystemPathEncoding: Same<ours.FileSystemPathEncoding, aws.FileSystemPathEncoding>;
  FieldMatchMode: Same<ours.FieldMatchMode, aws.FieldMatchMode>;
  PreviewMode: Same<ours.PreviewMode, aws.PreviewMode>;
  enumMembers: Same<
    [ours.StepSemantics.AtMostOncePerRetry, ours.JitterStrategy.FULL, ours.InvocationStatus.PENDING],
    [aws.StepSemantics.AtMostOncePerRetry, aws.JitterStrategy.FULL, aws.InvocationStatus.PENDING]
  >;
  enumObjects: Same<
    [typeof ours.JitterStrategy, typeof ours.OperationSubType, typeof ours.BatchItemStatus],
    [typeof aws.JitterStrategy, typeof aws.OperationSubType, typeof aws.BatchItemStatus]
  >;
  OperationType: Same<ours.OperationType, aws.OperationType>;
  OperationStatus: Same<ours.OperationStatus, aws.OperationStatus>;
  OperationAction: Same<ours.OperationAction, aws.OperationAction>;
  DurableExecutionClientErrorScope: Same<ours.DurableExecutionClientErrorScope, aws.DurableExecutionClientErrorScope>;
  PluginInvocationStatus: Same<ours.PluginInvocationStatus, aws.PluginInvocationStatus>;
  PluginOperationStatus: Same<ours.PluginOperationStatus, aws.PluginOperationStatus>;
  AttemptEndInfoOutcome: Same<ours.AttemptEndInfoOutcome, aws.AttemptEndInfoOutcome>;

  Duration: Same<ours.Duration, aws.Duration>;
  RetryDecision: Same<ours.RetryDecision, aws.RetryDecision>;
  InvokeConfig: Same<ours.InvokeConfig<Value, string>, aws.InvokeConfig<Value, string>>;
  WaitForConditionCheckFunc: Same<ours.WaitForConditionCheckFunc<Value>, aws.WaitForConditionCheckFunc<Value>>;
  WaitForConditionConfig: Same<ours.WaitForConditionConfig<Value>, aws.WaitForConditionConfig<Value>>;
  WaitForConditionDecision: Same<ours.WaitForConditionDecision, aws.WaitForConditionDecision>;
  WaitForConditionWaitStrategyFunc: Same<
    ours.WaitForConditionWaitStrategyFunc<Value>,
    aws.WaitForConditionWaitStrategyFunc<Value>
  >;
  ChildConfig: Same<ours.ChildConfig<Value>, aws.ChildConfig<Value>>;
  BatchItem: Same<ours.BatchItem<Value>, aws.BatchItem<Value>>;
  CompletionConfig: Same<ours.CompletionConfig, aws.CompletionConfig>;
  ThresholdCompletionConfig: Same<ours.ThresholdCompletionConfig, aws.ThresholdCompletionConfig>;
  CustomCompletionConfig: Same<ours.CustomCompletionConfig, aws.CustomCompletionConfig>;
  CompletionReason: Same<ours.CompletionReason, aws.CompletionReason>;
  CompletionStatus: Same<ours.CompletionStatus, aws.CompletionStatus>;
  CompletionItemStatus: Same<ours.CompletionItemStatus, aws.CompletionItemStatus>;
  CompletionDecision: Same<ours.CompletionDecision, aws.CompletionDecision>;
  ConcurrentExecutionItem: Same<ours.ConcurrentExecutionItem<Value>, aws.ConcurrentExecutionItem<Value>>;
  DurableLogger: Same<ours.DurableLogger, aws.DurableLogger>;
  DurableContextLogger: Same<ours.DurableContextLogger<Logger>, aws.DurableContextLogger<Logger>>;
  DurableLogData: Same<ours.DurableLogData, aws.DurableLogData>;
  DurableLoggingContext: Same<ours.DurableLoggingContext, aws.DurableLoggingContext>;
  DurableExecutionInvocationInput: Same<ours.DurableExecutionInvocationInput, aws.DurableExecutionInvocationInput>;
  DurableExecutionInvocationOutput: Same<ours.DurableExecutionInvocationOutput, aws.DurableExecutionInvocationOutput>;
  DurableExecutionClient: Same<ours.DurableExecutionClient, aws.DurableExecutionClient>;
  DurableLambdaHandler: Same<ours.DurableLambdaHandler, aws.DurableLambdaHandler>;
  LambdaContext: Same<ours.LambdaContext, Context>;
  Serdes: Same<ours.Serdes<Value>, aws.Serdes<Value>>;
  SerdesContext: Same<ours.SerdesContext, aws.SerdesContext>;
  SerdesConfig: Same<ours.SerdesConfig, aws.SerdesConfig>;
  AnySerdes: Same<ours.AnySerdes, aws.AnySerdes>;
  AnySerdesDeserializer: Same<ours.AnySerdesDeserializer, aws.AnySerdesDeserializer>;

  WireTimestamp: Same<ours.WireTimestamp, aws.WireTimestamp>;
  Operation: Same<ours.Operation, aws.Operation>;
  WireOperation: Same<ours.WireOperation, aws.WireOperation>;
  WireStepDetails: Same<ours.WireStepDetails, aws.WireStepDetails>;
  WireWaitDetails: Same<ours.WireWaitDetails, aws.WireWaitDetails>;
  OperationUpdate: Same<ours.OperationUpdate, aws.OperationUpdate>;
  ErrorObject: Same<ours.ErrorObject, aws.ErrorObject>;
  ExecutionDetails: Same<ours.ExecutionDetails, aws.ExecutionDetails>;
  ContextDetails: Same<ours.ContextDetails, aws.ContextDetails>;
  StepDetails: Same<ours.StepDetails, aws.StepDetails>;
  WaitDetails: Same<ours.WaitDetails, aws.WaitDetails>;
  CallbackDetails: Same<ours.CallbackDetails, aws.CallbackDetails>;
  ChainedInvokeDetails: Same<ours.ChainedInvokeDetails, aws.ChainedInvokeDetails>;
  ContextOptions: Same<ours.ContextOptions, aws.ContextOptions>;
  StepOptions: Same<ours.StepOptions, aws.StepOptions>;
  WaitOptions: Same<ours.WaitOptions, aws.WaitOptions>;
  CallbackOptions: Same<ours.CallbackOptions, aws.CallbackOptions>;
  ChainedInvokeOptions: Same<ours.ChainedInvokeOptions, aws.ChainedInvokeOptions>;
  CheckpointUpdatedExecutionState: Same<ours.CheckpointUpdatedExecutionState, aws.CheckpointUpdatedExecutionState>;
  CheckpointRequest: Same<ours.CheckpointDurableExecutionRequest, aws.CheckpointDurableExecutionRequest>;
  CheckpointResponse: Same<ours.CheckpointDurableExecutionResponse, aws.CheckpointDurableExecutionResponse>;
  StateRequest: Same<ours.GetDurableExecutionStateRequest, aws.GetDurableExecutionStateRequest>;
  StateResponse: Same<ours.GetDurableExecutionStateResponse, aws.GetDurableExecutionStateResponse>;

  DurableInstrumentationPlugin: Same<ours.DurableInstrumentationPlugin, aws.DurableInstrumentationPlugin>;
  PluginProvider: Same<ours.DurableInstrumentationPluginProvider, aws.DurableInstrumentationPluginProvider>;
  PluginType: Same<ours.DurableInstrumentationPluginType, aws.DurableInstrumentationPluginType>;
  InvocationInfo: Same<ours.InvocationInfo, aws.InvocationInfo>;
  InvocationEndInfo: Same<ours.InvocationEndInfo, aws.InvocationEndInfo>;
  OperationChangeInfo: Same<ours.OperationChangeInfo, aws.OperationChangeInfo>;
  OperationInfo: Same<ours.OperationInfo, aws.OperationInfo>;
  OperationEndInfo: Same<ours.OperationEndInfo, aws.OperationEndInfo>;
  AttemptInfo: Same<ours.AttemptInfo, aws.AttemptInfo>;
  AttemptEndInfo: Same<ours.AttemptEndInfo, aws.AttemptEndInfo>;

  DurableOperationError: Same<ours.DurableOperationError, aws.DurableOperationError>;
  CallbackError: Same<ours.CallbackError, aws.CallbackError>;
  CallbackExternalError: Same<ours.CallbackExternalError, aws.CallbackExternalError>;
  CallbackTimeoutError: Same<ours.CallbackTimeoutError, aws.CallbackTimeoutError>;
  CallbackSubmitterError: Same<ours.CallbackSubmitterError, aws.CallbackSubmitterError>;
  InvokeError: Same<ours.InvokeError, aws.InvokeError>;
  ChildContextError: Same<ours.ChildContextError, aws.ChildContextError>;
  WaitForConditionError: Same<ours.WaitForConditionError, aws.WaitForConditionError>;
  PromiseCombinatorError: Same<ours.PromiseCombinatorError, aws.PromiseCombinatorError>;
  BatchCompletionError: Same<ours.BatchCompletionError, aws.BatchCompletionError>;
  PluginLoadError: Same<ours.PluginLoadError, aws.PluginLoadError>;
  DurableExecutionClientError: Same<ours.DurableExecutionClientError, aws.DurableExecutionClientError>;
  ClientErrorOptions: Same<ours.DurableExecutionClientErrorOptions, aws.DurableExecutionClientErrorOptions>;
  InvocationInputWithClient: Same<
    ours.DurableExecutionInvocationInputWithClient,
    aws.DurableExecutionInvocationInputWithClient
  >;

  // Configurations accept the bare text of an enum's member too, or a member that AWS's has not.
  StepConfig: OnlyTheirs<ours.StepConfig<Value>, aws.StepConfig<Value>>;
  // Here it has a subclass, whose type of error is another.
  StepError: OnlyTheirs<ours.StepError, aws.StepError>;
  // What runs as a step here may use a signal, which AWS's context has not.
  StepFunc: OnlyTheirs<ours.StepFunc<Value>, aws.StepFunc<Value>>;
  RetryStrategyConfig: OnlyTheirs<ours.RetryStrategyConfig, aws.RetryStrategyConfig>;
  LinearRetryStrategyConfig: OnlyTheirs<ours.LinearRetryStrategyConfig, aws.LinearRetryStrategyConfig>;
  WaitStrategyConfig: OnlyTheirs<ours.WaitStrategyConfig<Value>, aws.WaitStrategyConfig<Value>>;
  FileSystemSerdesConfig: OnlyTheirs<ours.FileSystemSerdesConfig, aws.FileSystemSerdesConfig>;
  PreviewConfig: OnlyTheirs<ours.PreviewConfig, aws.PreviewConfig>;
  PreviewField: OnlyTheirs<ours.PreviewField, aws.PreviewField>;
  WithRetryConfig: Same<ours.WithRetryConfig<Value>, aws.WithRetryConfig<Value>>;

  // A client is asked for no more than it is used for: AWS's package is an optional peer.
  LambdaClient: OnlyTheirs<LambdaClientLike, LambdaClient>;
  DurableExecutionConfig: OnlyTheirs<ours.DurableExecutionConfig, aws.DurableExecutionConfig>;

  // Batches can be iterated here, which AWS's cannot.
  BatchResult: OnlyOurs<ours.BatchResult<Value>, aws.BatchResult<Value>>;

  // Functions: ours take all that AWS's take, and give what AWS's give.
  createRetryStrategy: Fits<typeof ours.createRetryStrategy, typeof aws.createRetryStrategy>;
  createLinearRetryStrategy: Fits<typeof ours.createLinearRetryStrategy, typeof aws.createLinearRetryStrategy>;
  createWaitStrategy: Fits<typeof ours.createWaitStrategy<Value>, typeof aws.createWaitStrategy<Value>>;
  retryPresets: Same<typeof ours.retryPresets, typeof aws.retryPresets>;
  completeBatch: Same<typeof ours.completeBatch, typeof aws.completeBatch>;
  continueBatch: Same<typeof ours.continueBatch, typeof aws.continueBatch>;
  createClassSerdes: Same<typeof ours.createClassSerdes<Value>, typeof aws.createClassSerdes<Value>>;
  createClassSerdesWithDates: Same<
    typeof ours.createClassSerdesWithDates<Value>,
    typeof aws.createClassSerdesWithDates<Value>
  >;
  createFileSystemSerdes: Fits<typeof ours.createFileSystemSerdes, typeof aws.createFileSystemSerdes>;
  buildPreview: Fits<typeof ours.buildPreview, typeof aws.buildPreview>;
  defaultSerdes: Same<typeof ours.defaultSerdes, typeof aws.defaultSerdes>;
  refreshLogConfig: Same<typeof ours.refreshLogConfig, typeof aws.refreshLogConfig>;
  isDurableExecutionClientError: Same<
    typeof ours.isDurableExecutionClientError,
    typeof aws.isDurableExecutionClientError
  >;
  DurableExecutionApiClient: Fits<ours.DurableExecutionApiClient, aws.DurableExecutionClient>;
  apiClientParameters: Fits<
    ConstructorParameters<typeof aws.DurableExecutionApiClient>,
    ConstructorParameters<typeof ours.DurableExecutionApiClient>
  >;

  withDurableExecution: Fits<ReturnType<typeof ours.withDurableExecution>, ReturnType<typeof aws.withDurableExecution>>;
  withRetry: Fits<Parameters<typeof aws.withRetry<Value>>[2], Parameters<typeof ours.withRetry<Value>>[2]>;

  // AWS's DurablePromise has private members, so no other class fits it, and nothing that returns one fits.
  DurablePromise: Fits<ours.DurablePromise<Value>, Promise<Value>>;
  DurablePromiseExecutor: Same<
    ConstructorParameters<typeof ours.DurablePromise<Value>>,
    ConstructorParameters<typeof aws.DurablePromise<Value>>
  >;
  DurableContext: Fits<keyof aws.DurableContext, keyof ours.DurableContext>;
  // Tags are perdure's own.
  DurableContextAdditions: Same<Exclude<keyof ours.DurableContext, "setTags">, keyof aws.DurableContext>;
}

export const verdicts: { readonly [Name in keyof Verdicts]: true } = {} as Verdicts;
