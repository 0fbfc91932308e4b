/** The types of AWS's programming model: what handlers, contexts and configurations look like. */

import type { ChildContextError, DurableOperationError } from "../engine/model/errors.ts";
import type { TagChanges } from "../engine/model/tags.ts";
import type { DurablePromise } from "./durable-promise.ts";
import type {
  BatchItemStatus,
  CompletionOutcome,
  FileSystemPathEncoding,
  FileSystemSerdesMode,
  JitterStrategy,
  NestingType,
  StepSemantics,
} from "./literals.ts";
import type { DurableInstrumentationPlugin, DurableInstrumentationPluginFactory } from "./plugins.ts";
import type {
  CheckpointDurableExecutionRequest,
  CheckpointDurableExecutionResponse,
  DurableExecutionInvocationInput,
  DurableExecutionInvocationOutput,
  GetDurableExecutionStateRequest,
  GetDurableExecutionStateResponse,
} from "./wire-types.ts";

export type { DurableExecutionInvocationInput, DurableExecutionInvocationOutput } from "./wire-types.ts";

/** A length of time: the sum of its members, of which at least one is there. */
export type Duration =
  | { days: number; hours?: number; minutes?: number; seconds?: number }
  | { hours: number; minutes?: number; seconds?: number }
  | { minutes: number; seconds?: number }
  | { seconds: number };

/** The context that the Lambda runtime hands to a handler. */
export interface LambdaContext {
  /** Lambda's own setting for handlers with callbacks. */
  callbackWaitsForEmptyEventLoop: boolean;
  /** The function's name. */
  functionName: string;
  /** The version that runs. */
  functionVersion: string;
  /** The ARN that the function was invoked by. */
  invokedFunctionArn: string;
  /** The function's memory, in MiB, as text. */
  memoryLimitInMB: string;
  /** The id of the invocation's request. */
  awsRequestId: string;
  /** The log group of the function. */
  logGroupName: string;
  /** The log stream of the instance. */
  logStreamName: string;
  /** The Amazon Cognito identity of a mobile client. */
  identity?: { cognitoIdentityId: string; cognitoIdentityPoolId: string } | undefined;
  /** The mobile client's account of itself. */
  clientContext?: LambdaClientContext | undefined;
  /** The tenant that the function was invoked for. */
  tenantId?: string | undefined;
  /** The time that the invocation has left, in ms. */
  getRemainingTimeInMillis(): number;
  /** @deprecated Of Node.js runtime 0.10; use the handler's result. */
  done(error?: Error, result?: unknown): void;
  /** @deprecated Of Node.js runtime 0.10; use the handler's result. */
  fail(error: Error | string): void;
  /** @deprecated Of Node.js runtime 0.10; use the handler's result. */
  succeed(messageOrObject: unknown): void;
  /** @deprecated Of Node.js runtime 0.10; use the handler's result. */
  succeed(message: string, object: unknown): void;
}

/** A mobile client's account of itself. */
export interface LambdaClientContext {
  client: {
    installationId: string;
    appTitle: string;
    appVersionName: string;
    appVersionCode: string;
    appPackageName: string;
  };
  // oxlint-disable-next-line typescript/no-explicit-any -- AWS's declaration: callers read members of it unchecked
  custom?: any;
  env: { platformVersion: string; platform: string; make: string; model: string; locale: string };
}

/** A handler for the Lambda runtime, which `withDurableExecution` makes of a durable handler. */
export type DurableLambdaHandler = (
  event: DurableExecutionInvocationInput,
  context: LambdaContext,
) => Promise<DurableExecutionInvocationOutput>;

declare const SIGNATURE: unique symbol;

/** The result of `withDurableExecution`: a Lambda handler with the types of its function's event and result. */
export interface DurableHandler<TEvent, TResult> extends DurableLambdaHandler {
  /** For the compiler; there is no such member. */
  readonly [SIGNATURE]?: (event: TEvent) => TResult;
}

/** A durable function: gets the event and a context, and is run again from the top on every replay. */
export type DurableExecutionHandler<
  // oxlint-disable-next-line typescript/no-explicit-any -- AWS's default: an untyped event is read unchecked
  TEvent = any,
  // oxlint-disable-next-line typescript/no-explicit-any -- AWS's default
  TResult = any,
  TLogger extends DurableLogger = DurableLogger,
> = (event: TEvent, context: DurableContext<TLogger>) => Promise<TResult>;

/** As much of `LambdaClient` of `@aws-sdk/client-lambda` as is used; that package is an optional peer. */
export interface LambdaClientLike {
  send(command: never): Promise<unknown>;
}

/** The configuration of a durable handler. */
export interface DurableExecutionConfig {
  /** @deprecated Use `durableExecutionClient`, for example `new DurableExecutionApiClient(lambdaClient)`. */
  client?: LambdaClientLike;
  /** The client that sends checkpoints to the service; the default is the Lambda API. */
  durableExecutionClient?: DurableExecutionClient;
  /** Plugins, in the order in which their hooks are called; none by default. */
  plugins?: (DurableInstrumentationPlugin | DurableInstrumentationPluginFactory)[];
  /** The operations that are kept for plugins. */
  pluginsConfig?: {
    /**
     * The number of levels of finished child contexts that keep their operations for plugins: 0 (default) to Infinity.
     */
    childOperationsDepth?: number;
  };
}

/** The connection of an invocation to the service that keeps its execution. */
export interface DurableExecutionClient {
  /** One page of the execution's operations. */
  getExecutionState(
    params: GetDurableExecutionStateRequest,
    logger?: DurableLogger,
  ): Promise<GetDurableExecutionStateResponse>;
  /** Records all of the updates or none, and answers with the next token. */
  checkpoint(
    params: CheckpointDurableExecutionRequest,
    logger?: DurableLogger,
  ): Promise<CheckpointDurableExecutionResponse>;
}

/** The facts about the logging code that a logger gets. */
export interface DurableLogData {
  /** The id of the invocation's request. */
  requestId: string;
  /** The execution's ARN. */
  executionArn: string;
  /** The tenant that the function was invoked for; absent without one. */
  tenantId?: string;
  /** 16 hex digits; absent outside operations. */
  operationId?: string;
  /** The name of the operation; absent without one. */
  operationName?: string;
  /** From 1; only in steps and checks. */
  attempt?: number;
  [key: string]: unknown;
}

/** Answers, at the time of the call, where the code that logs stands. */
export interface DurableLoggingContext {
  /** The place of the calling code. */
  getDurableLogData: () => DurableLogData;
}

export type DurableLogLevel = "INFO" | "WARN" | "ERROR" | "DEBUG";

/** A logger for durable functions: it has the levels of a console. */
export interface DurableLogger {
  /** Logs at a level that is named; left out by loggers that cannot. */
  log?(level: DurableLogLevel, ...params: unknown[]): void;
  /** Logs at level ERROR. */
  error(...params: unknown[]): void;
  /** Logs at level WARN. */
  warn(...params: unknown[]): void;
  /** Logs at level INFO. */
  info(...params: unknown[]): void;
  /** Logs at level DEBUG. */
  debug(...params: unknown[]): void;
  /** Told once where to ask for the place of the code that logs. */
  configureDurableLoggingContext?(durableLoggingContext: DurableLoggingContext): void;
}

/** The logger of a context: the methods that log, and nothing else of it. */
export type DurableContextLogger<Logger extends DurableLogger> = Pick<
  Logger,
  "log" | "warn" | "info" | "error" | "debug"
>;

export interface LoggerConfig<Logger extends DurableLogger> {
  customLogger?: Logger;
  /** Drop what is logged while replaying; the default is true. */
  modeAware?: boolean;
}

export interface OperationContext<Logger> {
  logger: Logger;
}

export interface StepContext<Logger extends DurableLogger> extends OperationContext<DurableContextLogger<Logger>> {
  /** From 1. */
  attempt: number;
  /**
   * Aborted when nothing is recorded any more of what the function comes to: at the step's `timeout`, when the execution
   * has ended or was stopped, when the context around the step has ended, and when another worker runs the execution
   * now. To be handed to `fetch` and its like. Not in AWS's SDK.
   */
  readonly signal: AbortSignal;
}

export interface WaitForConditionContext<Logger extends DurableLogger>
  extends OperationContext<DurableContextLogger<Logger>> {
  /** From 1. */
  attempt: number;
}

export type WaitForCallbackContext<Logger extends DurableLogger> = OperationContext<DurableContextLogger<Logger>>;

/** The place of a value that passes a serdes. */
export interface SerdesContext {
  /** The operation's position, such as `1-2`. */
  entityId: string;
  /** The execution's ARN. */
  durableExecutionArn: string;
}

/** Turns values into the text that is stored, and back. */
export interface Serdes<T> {
  /** The text to store for a value; undefined for none. */
  serialize: (value: T | undefined, context: SerdesContext) => Promise<string | undefined>;
  /** The value of a stored text; undefined where no text was stored. */
  deserialize: (data: string | undefined, context: SerdesContext) => Promise<T | undefined>;
}

/** A serdes for values of any type. */
// oxlint-disable-next-line typescript/no-explicit-any -- a serdes for whatever a step returns: no other type takes every Serdes<T>
export type AnySerdes = Serdes<any>;
/** The half of a serdes that reads. */
export type AnySerdesDeserializer = Pick<AnySerdes, "deserialize">;

/** The serdes for the operations of a context that name none themselves. */
export interface SerdesConfig {
  /** For results, states and inputs; JSON by default. */
  defaultSerdes?: AnySerdes;
  /** For what the outside completes callbacks with; the text as it is by default. */
  defaultCallbackDeserializer?: AnySerdesDeserializer;
}

/** The payloads that go to files, and the files' names. */
export interface FileSystemSerdesConfig {
  /** The default is ALWAYS. */
  storageMode?: `${FileSystemSerdesMode}`;
  /** The default is URI. */
  pathEncoding?: `${FileSystemPathEncoding}`;
  /** Makes the part of a value that the log shows beside its file. */
  generatePreview?: (value: unknown) => Record<string, unknown> | undefined;
}

/** The decision of a retry strategy. */
export interface RetryDecision {
  /** False ends the step with the error. */
  shouldRetry: boolean;
  /** The default is one second. */
  delay?: Duration;
}

/** Decides after each failure. `attemptCount` is 1 after the first. */
export type RetryStrategy = (error: Error, attemptCount: number) => RetryDecision;

/** The configuration of a step. */
export interface StepConfig<T> {
  /** After a failure; by default `retryPresets.default`, six attempts with up to 60 s between two. */
  retryStrategy?: RetryStrategy;
  /**
   * The longest time of one attempt; unlimited by default. Then its signal is aborted, and the attempt has failed with
   * a `StepTimeoutError`, even if its function goes on; the retry strategy decides what follows. Of a step with a
   * timeout, an attempt that the platform cut off counts as one that failed, with a `StepInterruptedError`, once its
   * start is recorded. Not in AWS's SDK.
   */
  timeout?: Duration;
  /** The guarantee for the function within one attempt; at least once by default. */
  semantics?: `${StepSemantics}`;
  /** For the result; the context's own by default. */
  serdes?: Serdes<T>;
  /** The recorded subtype of the step, compared on replay: 1 to 32 letters, digits, `-` and `_`. Default: `Step`. */
  subType?: string;
}

/** The function of a step; it runs again only if its outcome was not recorded. */
export type StepFunc<T, Logger extends DurableLogger = DurableLogger> = (context: StepContext<Logger>) => Promise<T>;

/** The storage of an invoke's input and result, and its tenant. */
export interface InvokeConfig<I, O> {
  /** For the input; the context's own by default. */
  payloadSerdes?: Serdes<I>;
  /** For the result; the context's own by default. */
  resultSerdes?: Serdes<O>;
  /** The tenant to invoke the function for; none by default. */
  tenantId?: string;
}

export interface CreateCallbackConfig<TOutput = string> {
  timeout?: Duration;
  heartbeatTimeout?: Duration;
  serdes?: Omit<Serdes<TOutput>, "serialize">;
  /** As of a step; the default is `Callback`. `waitForCallback` takes no notice of it. */
  subType?: string;
}

export interface WaitForCallbackConfig<TOutput = string> extends CreateCallbackConfig<TOutput> {
  /** For the step that hands out the callback's id. */
  retryStrategy?: RetryStrategy;
}

/** The promise of the outcome, and the id by which the outside completes it. */
export type CreateCallbackResult<T = string> = [DurablePromise<T>, string];

export type WaitForCallbackSubmitterFunc<TLogger extends DurableLogger> = (
  callbackId: string,
  context: WaitForCallbackContext<TLogger>,
) => Promise<void>;

/** The decision of a wait strategy about a state: check again after a delay, or stop. */
export type WaitForConditionDecision = { shouldContinue: true; delay: Duration } | { shouldContinue: false };

/** Gets the state of the check before, and answers with the new one. */
export type WaitForConditionCheckFunc<T, Logger extends DurableLogger = DurableLogger> = (
  state: T,
  context: WaitForConditionContext<Logger>,
) => Promise<T>;

/** Decides after each check. `attempt` is 1 after the first. */
export type WaitForConditionWaitStrategyFunc<T> = (state: T, attempt: number) => WaitForConditionDecision;

/** The initial state of a condition, and the strategy of its checks. */
export interface WaitForConditionConfig<T> {
  /** Says after each check whether to go on, and when. */
  waitStrategy: WaitForConditionWaitStrategyFunc<T>;
  /** The state that the first check gets. */
  initialState: T;
  /** For the state; the context's own by default. */
  serdes?: Serdes<T>;
}

export type ChildFunc<T, Logger extends DurableLogger = DurableLogger> = (
  context: DurableContext<Logger>,
) => Promise<T>;

/** The storage of a child context. */
export interface ChildConfig<T> {
  /** For the result; the context's own by default. */
  serdes?: Serdes<T>;
  /** The sub type of its operation; `RunInChildContext` by default. */
  subType?: string;
  /** Makes the text that is stored instead of a result over 256 KiB; the function then runs again on replay. */
  summaryGenerator?: (result: T) => string;
  /** Makes the error that the caller gets of the one that was stored; a ChildContextError by default. */
  errorMapper?: (originalError: DurableOperationError) => DurableOperationError;
  /** Records nothing for the context itself; the function then runs again on replay. */
  virtualContext?: boolean;
}

/** One item of a batch. */
export interface BatchItem<TResult> {
  /** The item's value, if it succeeded. */
  result?: TResult;
  /** The failure of the item; absent without one. */
  error?: ChildContextError;
  /** The item's place among those given, from 0. */
  index: number;
  /** STARTED if the batch was complete before the item was. */
  status: BatchItemStatus;
}

/** Why a batch was complete. */
export type CompletionReason =
  | "ALL_COMPLETED"
  | "MIN_SUCCESSFUL_REACHED"
  | "FAILURE_TOLERANCE_EXCEEDED"
  | "CUSTOM_COMPLETION_SUCCEEDED"
  | "CUSTOM_COMPLETION_FAILED";

/**
 * The outcome of a `map` or `parallel`. Iterating over it, or destructuring it, gives the results in the order of the
 * items and throws what `throwIfError` throws.
 */
export interface BatchResult<TResult> extends Iterable<TResult> {
  /** In the order of the items; those never started are absent. Not to be changed. */
  all: Array<BatchItem<TResult>>;
  /** Succeeded items with a result other than `undefined`. */
  succeeded(): Array<BatchItem<TResult> & { result: TResult }>;
  /** The items that failed, in the order of the items. */
  failed(): Array<BatchItem<TResult> & { error: ChildContextError }>;
  /** Items that were still running when the batch was complete. */
  started(): Array<BatchItem<TResult> & { status: BatchItemStatus.STARTED }>;
  /** FAILED if an item failed; with `shouldComplete`, what it said. */
  status: BatchItemStatus.SUCCEEDED | BatchItemStatus.FAILED;
  /** Why the batch was complete. */
  completionReason: CompletionReason;
  /** True if an item failed. */
  hasFailure: boolean;
  /** Throws the first failed item's error; a BatchCompletionError if the batch failed without one. */
  throwIfError(): void;
  /** The results of `succeeded()`: failed items leave no gap. */
  getResults(): Array<TResult>;
  /** The errors of the items that failed, in the order of the items. */
  getErrors(): Array<ChildContextError>;
  /** The number of items that succeeded. */
  successCount: number;
  /** The number of items that failed. */
  failureCount: number;
  /** The number of items that were still running when the batch was complete. */
  startedCount: number;
  /** The number of items that were started. */
  totalCount: number;
}

/** A batch whose items have types of their own: `const [user, price] = await context.parallel([...])`. */
export type BatchTuple<Results extends readonly unknown[]> = BatchResult<Results[number]> &
  (number extends Results["length"] ? unknown : Positions<Results>);

/**
 * Destructuring takes the types of its elements from positions only for what has every member of an array. A batch has
 * the positions; the array's methods are there to be `never`, so that nothing calls them, and the index is `unknown`, so
 * that a batch is not taken for an array of its results.
 */
type Positions<Results extends readonly unknown[]> = { readonly [position: number]: unknown } & {
  readonly [Key in Exclude<
    keyof (readonly unknown[]),
    keyof object | "toString" | "toLocaleString" | number | typeof Symbol.iterator
  >]: never;
} & { readonly [Key in keyof Results as Key extends `${number}` ? Key : never]: Results[Key] };

/** The decision of `shouldComplete`; the outcome is SUCCEEDED by default. */
export type CompletionDecision = { complete: false } | { complete: true; outcome?: CompletionOutcome };

/** The state of one item. */
export interface CompletionItemStatus {
  /** The item's place among those given, from 0. */
  index: number;
  /** The item's name; absent without one. */
  name?: string;
  /** Absent while the item has not started. */
  status?: BatchItemStatus;
}

/** The progress of a batch. */
export interface CompletionStatus {
  /** The number of items that have succeeded. */
  successCount: number;
  /** The number of items that have failed. */
  failureCount: number;
  /** The number of items that have an outcome. */
  completedCount: number;
  /** The number of items that were given. */
  totalCount: number;
  /** Every item, in order. */
  items: readonly CompletionItemStatus[];
}

/** Completes a batch by numbers. Without any of them, the first failure completes it. */
export interface ThresholdCompletionConfig {
  /** So many successes complete the batch. */
  minSuccessful?: number;
  /** One failure more than this completes the batch. */
  toleratedFailureCount?: number;
  /** 0 to 100, of all items. */
  toleratedFailurePercentage?: number;
  /** Not together with numbers. */
  shouldComplete?: never;
}

/** Completes a batch by a function. */
export interface CustomCompletionConfig {
  /** Asked several times for each item; must be pure. */
  shouldComplete: (status: CompletionStatus) => CompletionDecision;
  /** Not together with `shouldComplete`. */
  minSuccessful?: never;
  /** Not together with `shouldComplete`. */
  toleratedFailureCount?: never;
  /** Not together with `shouldComplete`. */
  toleratedFailurePercentage?: never;
}

/** When a batch is complete. */
export type CompletionConfig = ThresholdCompletionConfig | CustomCompletionConfig;

export interface ParallelConfig<TResult> {
  /** The default is no limit. */
  maxConcurrency?: number;
  /** For the result of the batch; the context's own by default. */
  serdes?: Serdes<BatchResult<TResult>>;
  /** For the result of each item; the context's own by default. */
  itemSerdes?: Serdes<TResult>;
  /** Without one, the first failure completes the batch. */
  completionConfig?: CompletionConfig;
  /** Makes the text that is stored instead of a result over 256 KiB; the items are then read again on replay. */
  summaryGenerator?: (result: BatchResult<TResult>) => string;
  /** NESTED, the default: each item is a recorded context of its own. FLAT: it is not. */
  nesting?: `${NestingType}`;
}

/** The configuration of a `map`. */
export interface MapConfig<TItem, TResult> extends ParallelConfig<TResult> {
  /** The name of an item; `map-item-<index>` by default. If it throws, or gives what is no text, the `map` fails. */
  itemNamer?: (item: TItem, index: number) => string;
}

/** The function that a `map` runs for each item. */
export type MapFunc<TInput, TOutput, Logger extends DurableLogger> = (
  context: DurableContext<Logger>,
  item: TInput,
  index: number,
  array: TInput[],
) => Promise<TOutput>;

export type ParallelFunc<TResult, Logger extends DurableLogger = DurableLogger> = (
  context: DurableContext<Logger>,
) => Promise<TResult>;

export interface NamedParallelBranch<TResult, Logger extends DurableLogger> {
  name?: string;
  func: ParallelFunc<TResult, Logger>;
}

type ParallelBranch<TResult, Logger extends DurableLogger> =
  | ParallelFunc<TResult, Logger>
  | NamedParallelBranch<TResult, Logger>;

type BranchResult<Branch, Logger extends DurableLogger> =
  Branch extends ParallelFunc<infer Result, Logger>
    ? Result
    : Branch extends NamedParallelBranch<infer Result, Logger>
      ? Result
      : never;

type BranchResults<Branches extends readonly unknown[], Logger extends DurableLogger> = {
  -readonly [Index in keyof Branches]: BranchResult<Branches[Index], Logger>;
};

/** One item of a concurrent execution. */
export interface ConcurrentExecutionItem<T> {
  /** The item's id. */
  id: string;
  /** The item's data. */
  data: T;
  /** The item's place, from 0. */
  index: number;
  /** The item's name; absent without one. */
  name?: string;
}

/** The function that runs for each item of a concurrent execution. */
export type ConcurrentExecutor<TItem, TResult, Logger extends DurableLogger> = (
  item: ConcurrentExecutionItem<TItem>,
  childContext: DurableContext<Logger>,
) => Promise<TResult>;

/** The configuration of a concurrent execution. */
export interface ConcurrencyConfig<TResult> extends ParallelConfig<TResult> {
  /** The sub type of the batch's own context. */
  topLevelSubType?: string;
  /** The sub type of the items' contexts. */
  iterationSubType?: string;
}

/** The operations of a durable handler. Every operation may be named by a first argument. */
export interface DurableContext<TLogger extends DurableLogger = DurableLogger> {
  /** The context that the Lambda runtime, or the host in its place, gave the invocation. */
  lambdaContext: LambdaContext;
  /** Logs, and says nothing while the code replays. */
  logger: DurableContextLogger<TLogger>;
  /** The execution's ARN. */
  executionContext: { readonly durableExecutionArn: string };

  /** Runs a function once and records its outcome; retries it on failure. */
  step<TOutput>(
    name: string | undefined,
    fn: StepFunc<TOutput, TLogger>,
    config?: StepConfig<TOutput>,
  ): DurablePromise<TOutput>;
  step<TOutput>(fn: StepFunc<TOutput, TLogger>, config?: StepConfig<TOutput>): DurablePromise<TOutput>;

  /** Runs another function by its name or ARN, and waits for its result. */
  invoke<TInput, TOutput>(
    name: string,
    funcId: string,
    input?: TInput,
    config?: InvokeConfig<TInput, TOutput>,
  ): DurablePromise<TOutput>;
  invoke<TInput, TOutput>(
    funcId: string,
    input?: TInput,
    config?: InvokeConfig<TInput, TOutput>,
  ): DurablePromise<TOutput>;

  /** Runs a function with a context of its own, whose operations are recorded under it. */
  runInChildContext<TOutput>(
    name: string | undefined,
    fn: ChildFunc<TOutput, TLogger>,
    config?: ChildConfig<TOutput>,
  ): DurablePromise<TOutput>;
  runInChildContext<TOutput>(fn: ChildFunc<TOutput, TLogger>, config?: ChildConfig<TOutput>): DurablePromise<TOutput>;

  /** Waits at least this long, at no cost while waiting. */
  wait(name: string, duration: Duration): DurablePromise<void>;
  wait(duration: Duration): DurablePromise<void>;

  /** Checks again and again, waiting between the checks, until the wait strategy says that the state will do. */
  waitForCondition<TOutput>(
    name: string | undefined,
    checkFunc: WaitForConditionCheckFunc<TOutput, TLogger>,
    config: WaitForConditionConfig<TOutput>,
  ): DurablePromise<TOutput>;
  waitForCondition<TOutput>(
    checkFunc: WaitForConditionCheckFunc<TOutput, TLogger>,
    config: WaitForConditionConfig<TOutput>,
  ): DurablePromise<TOutput>;

  /** A promise that the outside completes, and the id by which it does. */
  createCallback<TOutput = string>(
    name: string | undefined,
    config?: CreateCallbackConfig<TOutput>,
  ): DurablePromise<CreateCallbackResult<TOutput>>;
  createCallback<TOutput = string>(
    config?: CreateCallbackConfig<TOutput>,
  ): DurablePromise<CreateCallbackResult<TOutput>>;

  /** Creates a callback, hands its id to `submitter` in a step, and waits for the outcome. */
  waitForCallback<TOutput = string>(
    name: string | undefined,
    submitter: WaitForCallbackSubmitterFunc<TLogger>,
    config?: WaitForCallbackConfig<TOutput>,
  ): DurablePromise<TOutput>;
  waitForCallback<TOutput = string>(
    submitter: WaitForCallbackSubmitterFunc<TLogger>,
    config?: WaitForCallbackConfig<TOutput>,
  ): DurablePromise<TOutput>;

  /** Runs a function for every item, each in a child context. */
  map<TInput, TOutput>(
    name: string | undefined,
    items: TInput[],
    mapFunc: MapFunc<TInput, TOutput, TLogger>,
    config?: MapConfig<TInput, TOutput>,
  ): DurablePromise<BatchResult<TOutput>>;
  map<TInput, TOutput>(
    items: TInput[],
    mapFunc: MapFunc<TInput, TOutput, TLogger>,
    config?: MapConfig<TInput, TOutput>,
  ): DurablePromise<BatchResult<TOutput>>;

  /** Runs several functions side by side, each in a child context. */
  parallel<const Branches extends readonly ParallelBranch<unknown, TLogger>[]>(
    name: string | undefined,
    branches: readonly [...Branches],
    config?: ParallelConfig<BranchResults<Branches, TLogger>[number]>,
  ): DurablePromise<BatchTuple<BranchResults<Branches, TLogger>>>;
  parallel<const Branches extends readonly ParallelBranch<unknown, TLogger>[]>(
    branches: readonly [...Branches],
    config?: ParallelConfig<BranchResults<Branches, TLogger>[number]>,
  ): DurablePromise<BatchTuple<BranchResults<Branches, TLogger>>>;
  parallel<TOutput>(
    name: string | undefined,
    branches: ParallelBranch<TOutput, TLogger>[],
    config?: ParallelConfig<TOutput>,
  ): DurablePromise<BatchResult<TOutput>>;
  parallel<TOutput>(
    branches: ParallelBranch<TOutput, TLogger>[],
    config?: ParallelConfig<TOutput>,
  ): DurablePromise<BatchResult<TOutput>>;

  /** Combinators whose outcome is recorded. Nothing happens until the result is awaited. */
  promise: {
    all<TOutput>(name: string | undefined, promises: DurablePromise<TOutput>[]): DurablePromise<TOutput[]>;
    all<TOutput>(promises: DurablePromise<TOutput>[]): DurablePromise<TOutput[]>;
    allSettled<TOutput>(
      name: string | undefined,
      promises: DurablePromise<TOutput>[],
    ): DurablePromise<PromiseSettledResult<TOutput>[]>;
    allSettled<TOutput>(promises: DurablePromise<TOutput>[]): DurablePromise<PromiseSettledResult<TOutput>[]>;
    any<TOutput>(name: string | undefined, promises: DurablePromise<TOutput>[]): DurablePromise<TOutput>;
    any<TOutput>(promises: DurablePromise<TOutput>[]): DurablePromise<TOutput>;
    race<TOutput>(name: string | undefined, promises: DurablePromise<TOutput>[]): DurablePromise<TOutput>;
    race<TOutput>(promises: DurablePromise<TOutput>[]): DurablePromise<TOutput>;
  };

  /**
   * Changes what the execution is found by: each key gets its new value, null takes a tag away, and the others stay. Up to
   * 10 tags, with keys of 1 to 64 letters, digits and `_ . : / @ + -`, and values of at most 256 characters. It takes a
   * place among the operations and waits for nothing: it is recorded with what is recorded next. AWS's own service keeps it
   * as a step. Not in AWS's SDK.
   *
   * @throws {InvalidArgumentError} INVALID_ARGUMENT for tags over a limit, named with the limit.
   */
  setTags(tags: TagChanges): void;

  /** For this context and those created in it from now on. */
  configureLogger(config: LoggerConfig<TLogger>): void;
  /** For this context and those created in it from now on. */
  configureSerdes(config: SerdesConfig): void;
}

interface RetryFilter {
  /** At most so many attempts in all. */
  maxAttempts?: number;
  /** The longest delay; the default is five minutes. */
  maxDelay?: Duration;
  /** The default is FULL. */
  jitter?: `${JitterStrategy}`;
  /** Retry only errors whose message contains the text or matches the pattern. */
  retryableErrors?: (string | RegExp)[];
  /** Retry only errors of these classes. With `retryableErrors` too, either will do. */
  retryableErrorTypes?: (new () => Error)[];
}

interface InitialDelay {
  /** Before the second attempt. The default is 5 s for exponential, 1 s for linear strategies. */
  initialDelay?: Duration;
  /** The same in milliseconds; `initialDelay` goes before it. Delays are whole seconds, at least one. */
  initialInterval?: number;
}

/** Exponential: `initialDelay * backoffRate ^ (attempt - 1)`. */
export interface RetryStrategyConfig extends RetryFilter, InitialDelay {
  /** The default is 2. */
  backoffRate?: number;
}

/** Linear: `initialDelay + increment * (attempt - 1)`. */
export interface LinearRetryStrategyConfig extends RetryFilter, InitialDelay {
  /** The default is one second. */
  increment?: Duration;
}

/** When `createWaitStrategy` goes on, and how long it waits: `initialDelay * backoffRate ^ (attempt - 1)`. */
export interface WaitStrategyConfig<T> {
  /** The default is 60; the check after which polling should go on but may not throws. */
  maxAttempts?: number;
  /** The default is 5 s. */
  initialDelay?: Duration;
  /** The default is five minutes. */
  maxDelay?: Duration;
  /** The default is 1.5. */
  backoffRate?: number;
  /** The default is FULL. */
  jitter?: `${JitterStrategy}`;
  /** True if the state of the last check does not do yet. */
  shouldContinuePolling: (result: T) => boolean;
  /** Accepted for AWS's sake; neither implementation uses it. */
  timeoutSeconds?: number;
}

/** The configuration of `withRetry`. */
export interface WithRetryConfig<T> {
  /** Says after each failure whether to try again, and when. */
  retryStrategy: RetryStrategy;
  /** The default is true. */
  wrapWithRunInChildContext?: boolean;
  /** The storage of the block's child context. */
  childContextConfig?: ChildConfig<T>;
}

/** `attempt` counts from 1. */
export type RetryableFunc<T> = (context: DurableContext, attempt: number) => Promise<T>;
