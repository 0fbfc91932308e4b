/** The types of AWS's programming model: what handlers, contexts and configurations look like. */

import type { ChildContextError, DurableOperationError } from "../engine/model/errors.ts";
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
import type { DurableInstrumentationPlugin } from "./plugins.ts";
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
  callbackWaitsForEmptyEventLoop: boolean;
  functionName: string;
  functionVersion: string;
  invokedFunctionArn: string;
  memoryLimitInMB: string;
  awsRequestId: string;
  logGroupName: string;
  logStreamName: string;
  identity?: { cognitoIdentityId: string; cognitoIdentityPoolId: string } | undefined;
  clientContext?: LambdaClientContext | undefined;
  tenantId?: string | undefined;
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

/** What a mobile client says of itself. */
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

export type DurableLambdaHandler = (
  event: DurableExecutionInvocationInput,
  context: LambdaContext,
) => Promise<DurableExecutionInvocationOutput>;

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

export interface DurableExecutionConfig {
  /** @deprecated Use `durableExecutionClient`, for example `new DurableExecutionApiClient(lambdaClient)`. */
  client?: LambdaClientLike;
  /** How checkpoints reach the service; the default is the Lambda API. */
  durableExecutionClient?: DurableExecutionClient;
  plugins?: DurableInstrumentationPlugin[];
  pluginsConfig?: {
    /** How many levels of finished child contexts keep their operations for plugins: 0 (default) to Infinity. */
    childOperationsDepth?: number;
  };
}

/** How an invocation reaches the service that keeps its execution. */
export interface DurableExecutionClient {
  getExecutionState(
    params: GetDurableExecutionStateRequest,
    logger?: DurableLogger,
  ): Promise<GetDurableExecutionStateResponse>;
  checkpoint(
    params: CheckpointDurableExecutionRequest,
    logger?: DurableLogger,
  ): Promise<CheckpointDurableExecutionResponse>;
}

export interface DurableLogData {
  requestId: string;
  executionArn: string;
  tenantId?: string;
  /** 16 hex digits; absent outside operations. */
  operationId?: string;
  operationName?: string;
  /** From 1; only in steps and checks. */
  attempt?: number;
  [key: string]: unknown;
}

/** Answers, at the time of the call, where the code that logs stands. */
export interface DurableLoggingContext {
  getDurableLogData: () => DurableLogData;
}

export type DurableLogLevel = "INFO" | "WARN" | "ERROR" | "DEBUG";

export interface DurableLogger {
  log?(level: DurableLogLevel, ...params: unknown[]): void;
  error(...params: unknown[]): void;
  warn(...params: unknown[]): void;
  info(...params: unknown[]): void;
  debug(...params: unknown[]): void;
  configureDurableLoggingContext?(durableLoggingContext: DurableLoggingContext): void;
}

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
}

export interface WaitForConditionContext<Logger extends DurableLogger>
  extends OperationContext<DurableContextLogger<Logger>> {
  /** From 1. */
  attempt: number;
}

export type WaitForCallbackContext<Logger extends DurableLogger> = OperationContext<DurableContextLogger<Logger>>;

export interface SerdesContext {
  /** The operation's position, such as `1-2`. */
  entityId: string;
  durableExecutionArn: string;
}

/** Turns values into the text that is stored, and back. */
export interface Serdes<T> {
  serialize: (value: T | undefined, context: SerdesContext) => Promise<string | undefined>;
  deserialize: (data: string | undefined, context: SerdesContext) => Promise<T | undefined>;
}

// oxlint-disable-next-line typescript/no-explicit-any -- a serdes for whatever a step returns: no other type takes every Serdes<T>
export type AnySerdes = Serdes<any>;
export type AnySerdesDeserializer = Pick<AnySerdes, "deserialize">;

export interface SerdesConfig {
  defaultSerdes?: AnySerdes;
  defaultCallbackDeserializer?: AnySerdesDeserializer;
}

export interface FileSystemSerdesConfig {
  /** The default is ALWAYS. */
  storageMode?: `${FileSystemSerdesMode}`;
  /** The default is URI. */
  pathEncoding?: `${FileSystemPathEncoding}`;
  /** What the log shows of a value beside its file. */
  generatePreview?: (value: unknown) => Record<string, unknown> | undefined;
}

export interface RetryDecision {
  shouldRetry: boolean;
  /** The default is one second. */
  delay?: Duration;
}

/** Decides after each failure. `attemptCount` is 1 after the first. */
export type RetryStrategy = (error: Error, attemptCount: number) => RetryDecision;

export interface StepConfig<T> {
  retryStrategy?: RetryStrategy;
  semantics?: `${StepSemantics}`;
  serdes?: Serdes<T>;
  /** What the step is recorded as, 1 to 32 letters, digits, `-` and `_`, and compared with on replay. Default: `Step`. */
  subType?: string;
}

export type StepFunc<T, Logger extends DurableLogger = DurableLogger> = (context: StepContext<Logger>) => Promise<T>;

export interface InvokeConfig<I, O> {
  payloadSerdes?: Serdes<I>;
  resultSerdes?: Serdes<O>;
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

export type WaitForConditionDecision = { shouldContinue: true; delay: Duration } | { shouldContinue: false };

export type WaitForConditionCheckFunc<T, Logger extends DurableLogger = DurableLogger> = (
  state: T,
  context: WaitForConditionContext<Logger>,
) => Promise<T>;

/** Decides after each check. `attempt` is 1 after the first. */
export type WaitForConditionWaitStrategyFunc<T> = (state: T, attempt: number) => WaitForConditionDecision;

export interface WaitForConditionConfig<T> {
  waitStrategy: WaitForConditionWaitStrategyFunc<T>;
  initialState: T;
  serdes?: Serdes<T>;
}

export type ChildFunc<T, Logger extends DurableLogger = DurableLogger> = (
  context: DurableContext<Logger>,
) => Promise<T>;

export interface ChildConfig<T> {
  serdes?: Serdes<T>;
  subType?: string;
  /** What is stored instead of a result over 256 KiB; the function then runs again on replay. */
  summaryGenerator?: (result: T) => string;
  errorMapper?: (originalError: DurableOperationError) => DurableOperationError;
  /** Records nothing for the context itself; the function then runs again on replay. */
  virtualContext?: boolean;
}

export interface BatchItem<TResult> {
  result?: TResult;
  error?: ChildContextError;
  index: number;
  status: BatchItemStatus;
}

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
  failed(): Array<BatchItem<TResult> & { error: ChildContextError }>;
  /** Items that were still running when the batch was complete. */
  started(): Array<BatchItem<TResult> & { status: BatchItemStatus.STARTED }>;
  status: BatchItemStatus.SUCCEEDED | BatchItemStatus.FAILED;
  completionReason: CompletionReason;
  hasFailure: boolean;
  /** Throws the first failed item's error; a BatchCompletionError if the batch failed without one. */
  throwIfError(): void;
  /** The results of `succeeded()`: failed items leave no gap. */
  getResults(): Array<TResult>;
  getErrors(): Array<ChildContextError>;
  successCount: number;
  failureCount: number;
  startedCount: number;
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

export type CompletionDecision = { complete: false } | { complete: true; outcome?: CompletionOutcome };

export interface CompletionItemStatus {
  index: number;
  name?: string;
  /** Absent while the item has not started. */
  status?: BatchItemStatus;
}

export interface CompletionStatus {
  successCount: number;
  failureCount: number;
  completedCount: number;
  totalCount: number;
  items: readonly CompletionItemStatus[];
}

export interface ThresholdCompletionConfig {
  minSuccessful?: number;
  toleratedFailureCount?: number;
  /** 0 to 100, of all items. */
  toleratedFailurePercentage?: number;
  shouldComplete?: never;
}

export interface CustomCompletionConfig {
  /** Asked several times for each item; must be pure. */
  shouldComplete: (status: CompletionStatus) => CompletionDecision;
  minSuccessful?: never;
  toleratedFailureCount?: never;
  toleratedFailurePercentage?: never;
}

export type CompletionConfig = ThresholdCompletionConfig | CustomCompletionConfig;

export interface ParallelConfig<TResult> {
  /** The default is no limit. */
  maxConcurrency?: number;
  serdes?: Serdes<BatchResult<TResult>>;
  itemSerdes?: Serdes<TResult>;
  /** Without one, the first failure completes the batch. */
  completionConfig?: CompletionConfig;
  summaryGenerator?: (result: BatchResult<TResult>) => string;
  nesting?: `${NestingType}`;
}

export interface MapConfig<TItem, TResult> extends ParallelConfig<TResult> {
  itemNamer?: (item: TItem, index: number) => string;
}

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

export interface ConcurrentExecutionItem<T> {
  id: string;
  data: T;
  index: number;
  name?: string;
}

export type ConcurrentExecutor<TItem, TResult, Logger extends DurableLogger> = (
  item: ConcurrentExecutionItem<TItem>,
  childContext: DurableContext<Logger>,
) => Promise<TResult>;

export interface ConcurrencyConfig<TResult> extends ParallelConfig<TResult> {
  topLevelSubType?: string;
  iterationSubType?: string;
}

/** What a durable handler works with. Every operation may be named by a first argument. */
export interface DurableContext<TLogger extends DurableLogger = DurableLogger> {
  lambdaContext: LambdaContext;
  logger: DurableContextLogger<TLogger>;
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
  shouldContinuePolling: (result: T) => boolean;
  /** Accepted for AWS's sake; neither implementation uses it. */
  timeoutSeconds?: number;
}

export interface WithRetryConfig<T> {
  retryStrategy: RetryStrategy;
  /** The default is true. */
  wrapWithRunInChildContext?: boolean;
  childContextConfig?: ChildConfig<T>;
}

/** `attempt` counts from 1. */
export type RetryableFunc<T> = (context: DurableContext, attempt: number) => Promise<T>;
