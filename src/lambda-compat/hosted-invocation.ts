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
import { errorToWire } from "./wire.ts";

export function hostedFunction(program: Program): DurableFunction {
  return {
    kind: "durable",
    invoke: (request) => new HostedInvocation(program, request),
  };
}

class HostedInvocation implements RunningInvocation {
  readonly output: Promise<FunctionOutput>;
  readonly #program: Program;
  readonly #request: InvocationRequest;
  #running: RunningProgram | undefined;
  /** What changed before the handler was there to be told. */
  #early: Operation[] = [];
  #isAbandoned = false;

  constructor(program: Program, request: InvocationRequest) {
    this.#program = program;
    this.#request = request;
    this.output = this.#run();
  }

  absorb(operations: readonly Operation[]): boolean {
    if (this.#running !== undefined) return this.#running.invocation.absorb(operations);
    if (this.#isAbandoned) return false;
    for (const operation of operations) this.#early.push(operation);
    return true;
  }

  abandon(): void {
    this.#isAbandoned = true;
    this.#running?.invocation.end({ status: "FENCED" });
  }

  async #run(): Promise<FunctionOutput> {
    const { header } = this.#request;
    try {
      const invalid = configError(this.#program.config);
      if (invalid !== undefined) return { status: "FAILED", error: { errorType: "Error", errorMessage: invalid } };
      const event = JSON.parse(header.input ?? "{}") as unknown;
      const plugins = await pluginsOf(this.#program);
      return plugins === undefined ? await this.#invoke(event, plugins) : await this.#observe(event, plugins);
    } catch (error) {
      return { status: "FAILED", error: failureFromError(error) };
    }
  }

  async #invoke(event: unknown, plugins: PluginHost | undefined): Promise<FunctionOutput> {
    if (this.#isAbandoned) return { status: "FENCED" };
    const { client, host, journal, arn, suspension, lingerMs } = this.#request;
    this.#running = runProgram(this.#program, {
      event,
      lambdaContext: lambdaContextOf(this.#request),
      plugins,
      invocation: { client, host, journal, encodeId: (position) => position, arn, suspension, lingerMs },
    });
    if (this.#early.length > 0) this.#running.invocation.absorb(this.#early);
    this.#early = [];
    return outputOf(await this.#running.outcome);
  }

  async #observe(event: unknown, plugins: PluginHost): Promise<FunctionOutput> {
    const { header, requestId, arn, journal, heard } = this.#request;
    const observed = {
      requestId,
      arn,
      input: event,
      startedAt: header.startedAt,
      updatedIds: journal.filter(({ delivery = 0 }) => delivery > heard).map(({ id }) => wireId(id)),
      operations: () => journal,
    };
    let output: FunctionOutput = { status: "FENCED" };
    await plugins.observe(observed, async () => {
      output = await this.#invoke(event, plugins);
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
