import { Duration, RemovalPolicy } from "aws-cdk-lib";
import type { IAlarmAction } from "aws-cdk-lib/aws-cloudwatch";
import type { TableV2 } from "aws-cdk-lib/aws-dynamodb";
import { ServicePrincipal, Role } from "aws-cdk-lib/aws-iam";
import {
  Architecture,
  type Code,
  Function as LambdaFunction,
  FunctionUrlAuthType,
  type FunctionUrl,
  InvokeMode,
  RecursiveLoop,
  Runtime,
} from "aws-cdk-lib/aws-lambda";
import { SqsEventSource } from "aws-cdk-lib/aws-lambda-event-sources";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import { CfnScheduleGroup, Schedule, ScheduleExpression } from "aws-cdk-lib/aws-scheduler";
import { LambdaInvoke } from "aws-cdk-lib/aws-scheduler-targets";
import type { Bucket } from "aws-cdk-lib/aws-s3";
import type { ISecret } from "aws-cdk-lib/aws-secretsmanager";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { addAlarms } from "./alarms.ts";
import { createTable } from "./execution-table.ts";
import { grantOffloading, grantRunning, grantScheduling, grantSweeping } from "./grants.ts";
import { createBucket, type OffloadBucketProps } from "./offload-bucket.ts";

/** The properties of a `DurableLambdaHost`. Only `code` is needed. */
export interface DurableLambdaHostProps {
  /** The bundle of the module that exports the handlers of `createLambdaHost` as `queue`, `sweeper` and `http`. */
  readonly code: Code;
  /** The bundle's file without its ending; `index` by default. */
  readonly module?: string;
  /** `nodejs24.x` by default. */
  readonly runtime?: Runtime;
  /** `arm64` by default. */
  readonly architecture?: Architecture;
  /** The memory of each function, in MiB; 512 by default. */
  readonly memorySize?: number;
  /**
   * The longest time that the function behind the queue may run; a minute by default, ten seconds at least. Longer work
   * goes on in a new invocation; only a step that is longer than this never comes to its end. After a crash no process
   * goes on before this time is over.
   */
  readonly timeout?: Duration;
  /**
   * The number of invocations that run executions at the same time, 2 to 1,000; as many as the account allows by
   * default.
   */
  readonly maxConcurrency?: number;
  /** More variables for the functions' environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * The credentials that the HTTP function reads, whose ARN it gets as PERDURE_CREDENTIALS_SECRET; without it the module
   * finds its own, or nobody gets in.
   */
  readonly credentials?: ISecret;
  /** True for a Function URL; true by default. It is open to the internet: the HTTP function checks the caller. */
  readonly functionUrl?: boolean;
  /** Adds a bucket for large payloads, whose name the functions get as PERDURE_BUCKET; none by default. */
  readonly offload?: OffloadBucketProps;
  /** The action of the alarms; none by default. */
  readonly alarmAction?: IAlarmAction;
  /** The fate of the table and the bucket when the stack is removed; they stay by default. */
  readonly removalPolicy?: RemovalPolicy;
  /** The time that logs are kept; a month by default. */
  readonly logRetention?: RetentionDays;
}

/** The ids of the functions in the stack. */
const FUNCTION_IDS = { queue: "Queue", sweeper: "Sweeper", http: "Http" } as const;
/** The service takes no shorter visibility than the function's timeout; what falls between the two waits for nothing. */
const VISIBILITY_MARGIN_SECONDS = 10;
const SHORTEST_TIMEOUT_SECONDS = 10;
/** A message that is throttled counts as received: a low number would empty the queue into the dead-letter queue under load. */
const MAX_RECEIVES = 20;

/**
 * A table, a queue with its dead-letter queue, a group of schedules, and three functions: everything that
 * `createLambdaHost` of `perdure/aws` runs on. The functions' environment has the options that it takes: PERDURE_TABLE,
 * PERDURE_QUEUE, PERDURE_DEAD_LETTER_QUEUE, PERDURE_SCHEDULE_ROLE, PERDURE_SCHEDULE_GROUP, with `offload` PERDURE_BUCKET,
 * and for the HTTP function PERDURE_LOG_GROUP.
 *
 * @example
 * ```ts
 * const host = new DurableLambdaHost(this, "Orders", { code: Code.fromAsset("dist") });
 * new CfnOutput(this, "Url", { value: host.url?.url ?? "" });
 * ```
 *
 * @throws {RangeError} For a timeout below ten seconds.
 */
export class DurableLambdaHost extends Construct {
  /** Executions, with their logs. */
  readonly table: TableV2;
  /** Wakes. */
  readonly queue: Queue;
  /** Wakes that failed again and again; the sweeper empties it. */
  readonly deadLetterQueue: Queue;
  /** Runs executions. */
  readonly queueFunction: LambdaFunction;
  /** Called each minute. */
  readonly sweeperFunction: LambdaFunction;
  /** The Lambda REST API. */
  readonly httpFunction: LambdaFunction;
  /** Large payloads, unless they are in the table. */
  readonly bucket: Bucket | undefined;
  /** The URL of the API, unless there is none. */
  readonly url: FunctionUrl | undefined;

  constructor(scope: Construct, id: string, props: DurableLambdaHostProps) {
    super(scope, id);
    const { timeout = Duration.minutes(1), removalPolicy = RemovalPolicy.RETAIN, functionUrl = true } = props;
    if (timeout.toSeconds() < SHORTEST_TIMEOUT_SECONDS)
      throw new RangeError(
        `The timeout must be ${SHORTEST_TIMEOUT_SECONDS} s at least and is ${timeout.toSeconds()} s.`,
      );
    const visibility = timeout.plus(Duration.seconds(VISIBILITY_MARGIN_SECONDS));
    this.table = createTable(this, removalPolicy);
    this.deadLetterQueue = new Queue(this, "DeadLetters", {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    this.queue = new Queue(this, "Wakes", {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      visibilityTimeout: visibility,
      deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount: MAX_RECEIVES },
    });
    // CloudFormation names it: a name of its own would keep the same stack from being there twice.
    const schedules = new CfnScheduleGroup(this, "Schedules");
    schedules.applyRemovalPolicy(removalPolicy);
    const scheduleRole = new Role(this, "ScheduleRole", { assumedBy: new ServicePrincipal("scheduler.amazonaws.com") });
    this.queue.grantSendMessages(scheduleRole);
    this.bucket = props.offload === undefined ? undefined : createBucket(this, removalPolicy, props.offload);
    const environment = {
      ...props.environment,
      PERDURE_TABLE: this.table.tableName,
      PERDURE_QUEUE: this.queue.queueUrl,
      PERDURE_DEAD_LETTER_QUEUE: this.deadLetterQueue.queueUrl,
      PERDURE_SCHEDULE_ROLE: scheduleRole.roleArn,
      PERDURE_SCHEDULE_GROUP: schedules.ref,
      ...(this.bucket !== undefined && { PERDURE_BUCKET: this.bucket.bucketName }),
    };

    this.queueFunction = this.#function("queue", { ...props, timeout, environment });
    this.sweeperFunction = this.#function("sweeper", { ...props, timeout: Duration.minutes(1), environment });
    this.httpFunction = this.#function("http", { ...props, timeout, environment });
    this.httpFunction.addEnvironment("PERDURE_LOG_GROUP", this.queueFunction.logGroup.logGroupName);
    for (const each of [this.queueFunction, this.sweeperFunction, this.httpFunction]) {
      grantRunning(each, this);
      if (this.bucket !== undefined) grantOffloading(each, this.bucket);
    }
    // Nothing runs in the HTTP function, and so it waits for nothing.
    for (const each of [this.queueFunction, this.sweeperFunction]) grantScheduling(each, schedules.ref, scheduleRole);
    grantSweeping(this.sweeperFunction, this.deadLetterQueue);

    const { maxConcurrency } = props;
    this.queueFunction.addEventSource(
      new SqsEventSource(this.queue, {
        batchSize: 10,
        reportBatchItemFailures: true,
        ...(maxConcurrency !== undefined && { maxConcurrency }),
      }),
    );
    new Schedule(this, "EachMinute", {
      schedule: ScheduleExpression.rate(Duration.minutes(1)),
      target: new LambdaInvoke(this.sweeperFunction, { retryAttempts: 0 }),
    });
    this.url = functionUrl ? this.#open(props.credentials) : undefined;
    addAlarms(this, { visibility, action: props.alarmAction });
  }

  #function(handler: keyof typeof FUNCTION_IDS, props: FunctionParts): LambdaFunction {
    const { logRetention = RetentionDays.ONE_MONTH, module = "index" } = props;
    return new LambdaFunction(this, FUNCTION_IDS[handler], {
      code: props.code,
      handler: `${module}.${handler}`,
      runtime: props.runtime ?? Runtime.NODEJS_24_X,
      architecture: props.architecture ?? Architecture.ARM_64,
      memorySize: props.memorySize ?? 512,
      timeout: props.timeout,
      environment: props.environment,
      // An execution's wakes come from the function that they go to: Lambda would take them for a loop, and drop them.
      recursiveLoop: RecursiveLoop.ALLOW,
      logGroup: new LogGroup(this, `${handler}Log`, { retention: logRetention, removalPolicy: RemovalPolicy.DESTROY }),
    });
  }

  /** The URL is open, as the HTTP face checks AWS's signatures and bearer tokens by itself, from credentials of its own. */
  #open(credentials: ISecret | undefined): FunctionUrl {
    if (credentials !== undefined) {
      credentials.grantRead(this.httpFunction);
      this.httpFunction.addEnvironment("PERDURE_CREDENTIALS_SECRET", credentials.secretArn);
    }
    return this.httpFunction.addFunctionUrl({
      authType: FunctionUrlAuthType.NONE,
      invokeMode: InvokeMode.RESPONSE_STREAM,
    });
  }
}

interface FunctionParts extends DurableLambdaHostProps {
  readonly timeout: Duration;
  readonly environment: Record<string, string>;
}
