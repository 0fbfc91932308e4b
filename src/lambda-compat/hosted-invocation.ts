/** A handler invoked by one of perdure's own hosts: the machine is in the same process, nothing goes over a wire. */

import { failureFromError } from "../engine/model/thrown-failure.ts";
import type { InvocationOutcome } from "../engine/replay/core.ts";
import type { Operation } from "../engine/model/operation.ts";
import type {
  DurableFunction,
  FunctionOutput,
  InvocationRequest,
  RunningInvocation,
} from "../engine/runner/function.ts";
import { lambdaContextOf } from "./lambda-context.ts";
import { wireId } from "./md5.ts";
import type { PluginHost } from "./plugin-host.ts";
import { configError, pluginsOf, type Program, type RunningProgram, runProgram, storedOutcome } from "./program.ts";
import type { DurableExecutionInvocationOutput } from "./types.ts";
import { updatedOperations } from "./updated-operations.ts";
import { errorToWire } from "./wire.ts";

export function hostedFunction(program: Program): DurableFunction {
  return {
    kind: "durable",
    invoke: (request) => new HostedInvocation(program, request),
  };
}

/** What is invoked, and with what. */
interface Order {
  readonly program: Program;
  readonly request: InvocationRequest;
  readonly event: unknown;
  readonly plugins: PluginHost | undefined;
  /** What was recorded since the last invocation; for plugins. */
  readonly updatedIds?: readonly string[];
}

/**
 * It may be parked for days. Nothing of it holds on to its request, whose journal is everything that was recorded when it
 * began: the replay lets go of what it needs no more. Plugins alone are shown that journal again when the invocation ends.
 */
class HostedInvocation implements RunningInvocation {
  readonly output: Promise<FunctionOutput>;
  #running: RunningProgram | undefined;
  /** What changed before the handler was there to be told. */
  #early: Operation[] = [];
  #isAbandoned = false;

  constructor(program: Program, request: InvocationRequest) {
    this.output = this.#begin(program, request)
      .then(({ output }) => output)
      .catch((error: unknown): FunctionOutput => ({ status: "FAILED", error: failureFromError(error) }));
  }

  absorb(operations: readonly Operation[]): boolean {
    if (this.#running !== undefined) return this.#running.invocation.absorb(operations);
    if (this.#isAbandoned) return false;
    for (const operation of operations) this.#early.push(operation);
    return true;
  }

  leaveOff(): boolean {
    this.#running?.invocation.leaveOff();
    return this.#running !== undefined;
  }

  abandon(): void {
    this.#isAbandoned = true;
    this.#running?.invocation.end({ status: "FENCED" });
  }

  /** Resolves once the handler has been called, so that what called it is not held while it runs. */
  async #begin(program: Program, request: InvocationRequest): Promise<{ readonly output: Promise<FunctionOutput> }> {
    const invalid = configError(program.config);
    if (invalid !== undefined) throw new Error(invalid);
    const event = JSON.parse(request.header.input ?? "{}") as unknown;
    const plugins = await pluginsOf(program);
    const order: Order = { program, request, event, plugins };
    return { output: plugins === undefined ? this.#invoke(order) : this.#observe(order, plugins) };
  }

  #invoke({ program, request, event, plugins, updatedIds }: Order): Promise<FunctionOutput> {
    if (this.#isAbandoned) return Promise.resolve({ status: "FENCED" });
    const { client, host, journal, arn, suspension, lingerMs } = request;
    this.#running = runProgram(program, {
      event,
      lambdaContext: lambdaContextOf(request),
      plugins,
      ...(updatedIds && { updatedIds }),
      invocation: { client, host, journal, encodeId: (position) => position, arn, suspension, lingerMs },
    });
    if (this.#early.length > 0) this.#running.invocation.absorb(this.#early);
    this.#early = [];
    return this.#running.outcome.then(outputOf);
  }

  async #observe(order: Order, plugins: PluginHost): Promise<FunctionOutput> {
    const { header, requestId, arn, journal } = order.request;
    const updatedIds = updatedOperations(order.request).map(({ id }) => wireId(id));
    const observed = {
      requestId,
      arn,
      input: order.event,
      startedAt: header.startedAt,
      updatedIds,
      operations: () => journal,
    };
    let output: FunctionOutput = { status: "FENCED" };
    await plugins.observe(observed, async () => {
      output = await this.#invoke({ ...order, updatedIds });
      return asLambdaOutput(output);
    });
    return output;
  }
}

function outputOf(outcome: InvocationOutcome): FunctionOutput {
  if (outcome.status === "FAULT") return { status: "FAULT", error: failureFromError(outcome.error) };
  if (outcome.status === "SUCCEEDED" || outcome.status === "FAILED") return storedOutcome(outcome);
  return outcome;
}

/** What plugins see. */
function asLambdaOutput(output: FunctionOutput): DurableExecutionInvocationOutput {
  if (output.status === "SUCCEEDED") {
    return {
      Status: "SUCCEEDED",
      ...(output.result === undefined ? {} : { Result: output.result }),
    } as DurableExecutionInvocationOutput;
  }
  if (output.status === "FAILED")
    return { Status: "FAILED", Error: errorToWire(output.error) } as DurableExecutionInvocationOutput;
  return { Status: "PENDING" } as DurableExecutionInvocationOutput;
}
