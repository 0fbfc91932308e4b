/**
 * A handler invoked by Lambda itself: the event carries the state, AWS's service is the machine, and nothing is kept
 * here between two invocations.
 */

import type { PlatformTasks } from "../adapters/hosts/platform-tasks.ts";
import { failureFromError } from "../engine/model/thrown-failure.ts";
import type { Failure } from "../engine/model/failure.ts";
import { utf8Length } from "../engine/model/utf8.ts";
import type { InvocationHost } from "../engine/ports/host.ts";
import { CheckpointError } from "../engine/replay/faults.ts";
import { DurableExecutionApiClient } from "./api-client.ts";
import { bringsClient } from "./invocation-input.ts";
import { isFinal, LambdaCheckpoint } from "./lambda-checkpoint.ts";
import { InvocationStatus } from "./literals.ts";
import { wireId } from "./wire-id.ts";
import { nativeHost } from "#runtime";
import { md5 } from "./md5.ts";
import type { PluginHost } from "./plugin-host.ts";
import type { Program, ProgramOutcome } from "./program.ts";
import type * as api from "./types.ts";
import { errorToWire, toMilliseconds } from "./wire.ts";

/** AWS waits this long for plain asynchronous code before it ends an idle invocation. */
const GRACE_MS = 20;
const BATCH_LIMITS = { updates: 250, bytes: 750 * 1024 };
/** The invocation's output must not be larger. */
const MAX_OUTPUT_BYTES = 6 * 1024 * 1024 - 50;
/** The time before an invocation's deadline that is too short for another call, in ms. */
const DEADLINE_MARGIN_MS = 1000;
const DEFAULT_REMAINING_MS = 15 * 60 * 1000;

type Output = api.DurableExecutionInvocationOutput;

/** Lambda's input to a handler, and the client that the handler's package was loaded with. */
export interface NativeRequest {
  readonly event: api.DurableExecutionInvocationInput;
  readonly lambdaContext: api.LambdaContext;
  readonly tasks: PlatformTasks;
}

export async function invokeNatively(program: Program, request: NativeRequest): Promise<Output> {
  const { event } = request;
  if (!event?.DurableExecutionArn || !event.CheckpointToken) {
    throw new Error(
      "Unexpected payload provided to start the durable execution.\n" +
        "Check your resource configurations to confirm the durability is set.",
    );
  }
  let plugins: PluginHost | undefined;
  try {
    plugins = await program.pluginHost();
  } catch (error) {
    return failed(failureFromError(error));
  }
  return new NativeInvocation(program, { ...request, plugins }).run();
}

interface NativeCall extends NativeRequest {
  readonly plugins: PluginHost | undefined;
}

class NativeInvocation {
  readonly #program: Program;
  readonly #call: NativeCall;
  readonly #host: InvocationHost;
  readonly #checkpoint: LambdaCheckpoint;

  constructor(program: Program, call: NativeCall) {
    this.#program = program;
    this.#call = call;
    this.#host = nativeHost(call.tasks);
    const transport = transportOf(program, call.event);
    this.#checkpoint = new LambdaCheckpoint({ transport, event: call.event, now: () => this.#host.now() });
  }

  async run(): Promise<Output> {
    const { event, lambdaContext, plugins } = this.#call;
    try {
      await this.#checkpoint.load(event.InitialExecutionState);
    } catch (error) {
      return failedToLoad(error);
    }
    const input = JSON.parse(this.#checkpoint.execution?.ExecutionDetails?.InputPayload ?? "{}") as unknown;
    if (plugins === undefined) return this.#invoke(input);
    const observed = {
      requestId: lambdaContext?.awsRequestId,
      arn: event.DurableExecutionArn,
      input,
      startedAt: toMilliseconds(this.#checkpoint.execution?.StartTimestamp),
      updatedIds: event.UpdatedOperationIds ?? [],
      operations: () => this.#checkpoint.journal,
    };
    return plugins.observe(observed, () => this.#invoke(input));
  }

  async #invoke(input: unknown): Promise<Output> {
    const { event, lambdaContext, plugins } = this.#call;
    const started = this.#host.now();
    const { outcome } = this.#program.start({
      event: input,
      lambdaContext,
      plugins,
      updatedIds: event.UpdatedOperationIds ?? [],
      invocation: {
        client: this.#checkpoint,
        host: this.#host,
        journal: this.#checkpoint.journal,
        encodeId: wireId,
        arn: event.DurableExecutionArn,
        suspension: { mode: "end", graceMs: GRACE_MS },
        overtakingMs: GRACE_MS,
        lingerMs: 0,
        batchLimits: BATCH_LIMITS,
        polling: { deadline: () => this.#host.now() + this.#remaining(started) - DEADLINE_MARGIN_MS },
      },
    });
    return this.#output(await outcome);
  }

  #remaining(started: number): number {
    const { lambdaContext } = this.#call;
    return lambdaContext?.getRemainingTimeInMillis?.() ?? started + DEFAULT_REMAINING_MS - this.#host.now();
  }

  async #output(outcome: ProgramOutcome): Promise<Output> {
    // A newer invocation has taken over, or the execution is paused: the service knows how it goes on.
    if (outcome.status === "PENDING" || outcome.status === "FENCED") return { Status: InvocationStatus.PENDING };
    if (outcome.status === "BREACH") return failed(failureFromError(outcome.error));
    if (outcome.status === "FAULT") throw outcome.error;
    if (outcome.status === "FAILED") return failed(outcome.error);
    if (outcome.result === undefined) return { Status: InvocationStatus.SUCCEEDED };
    return this.#succeeded(outcome.result);
  }

  /** A result too large for the output is checkpointed instead. */
  async #succeeded(result: string): Promise<Output> {
    if (utf8Length(result) <= MAX_OUTPUT_BYTES) return { Status: InvocationStatus.SUCCEEDED, Result: result };
    try {
      await this.#checkpoint.succeed(md5(`execution-result-${this.#host.now()}`).slice(0, 16), result);
    } catch (error) {
      if (error instanceof CheckpointError && error.scope === "EXECUTION") return failed(failureFromError(error));
      throw error;
    }
    return { Status: InvocationStatus.SUCCEEDED, Result: "" };
  }
}

/** The client of a test's event goes before the configured one, which goes before the default. */
function transportOf({ config }: Program, event: api.DurableExecutionInvocationInput): api.DurableExecutionClient {
  if (bringsClient(event)) return event.durableExecutionClient;
  return config.durableExecutionClient ?? new DurableExecutionApiClient(config.client);
}

function failed(error: Failure): Output {
  return { Status: InvocationStatus.FAILED, Error: errorToWire(error) };
}

/** The invocation is tried again, unless the failure says that this cannot help. */
function failedToLoad(error: unknown): Output {
  if (isFinal(error)) return failed(failureFromError(error));
  throw error;
}
