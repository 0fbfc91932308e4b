/** A handler invoked by one of perdure's own hosts: the machine is in the same process, nothing goes over a wire. */

import { failureFromError } from "../engine/model/thrown-failure.ts";
import type { Operation } from "../engine/model/operation.ts";
import type {
  DurableFunction,
  FunctionOutput,
  InvocationRequest,
  RunningInvocation,
} from "../engine/runner/function.ts";
import { lambdaContextOf } from "./lambda-context.ts";
import type { PluginHost } from "./plugin-host.ts";
import type { Program, ProgramOutcome, RunningProgram } from "./program.ts";
import { programOf } from "./program-of.ts";

/** The durable function behind a handler; undefined for a handler that `withDurableExecution` did not make. */
export function durableFunctionOf(handler: unknown): DurableFunction | undefined {
  const program = programOf(handler);
  return program && hostedFunction(program);
}

export function hostedFunction(program: Program): DurableFunction {
  return {
    kind: "durable",
    source: program,
    invoke: (request) => new HostedInvocation(program, request),
  };
}

/** The function to invoke, and its input. */
interface Order {
  readonly program: Program;
  readonly request: InvocationRequest;
  readonly event: unknown;
  readonly plugins: PluginHost | undefined;
  /** The ids of the operations recorded since the last invocation; for plugins. */
  readonly updatedIds?: readonly string[];
}

/**
 * It may be parked for days. Nothing of it holds on to its request, whose journal is everything that was recorded when it
 * began: the replay lets go of what it needs no more. Plugins alone are shown that journal again when the invocation ends.
 */
class HostedInvocation implements RunningInvocation {
  readonly output: Promise<FunctionOutput>;
  #running: RunningProgram | undefined;
  /** Changes that came before the handler was there to be told. */
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
    const plugins = await program.pluginHost();
    const event = JSON.parse(request.header.input ?? "{}") as unknown;
    const order: Order = { program, request, event, plugins };
    if (plugins === undefined) return { output: this.#invoke(order) };
    const { observeHosted } = await import("./hosted-plugins.ts");
    return { output: observeHosted(plugins, order, (updatedIds) => this.#invoke({ ...order, updatedIds })) };
  }

  #invoke({ program, request, event, plugins, updatedIds }: Order): Promise<FunctionOutput> {
    if (this.#isAbandoned) return Promise.resolve({ status: "FENCED" });
    const { client, host, journal, arn, suspension, lingerMs, peers } = request;
    this.#running = program.start({
      event,
      lambdaContext: lambdaContextOf(request),
      plugins,
      ...(updatedIds && { updatedIds }),
      tags: request.header.tags,
      ...(peers && { starter: { ...peers, now: () => host.now() } }),
      invocation: { client, host, journal, encodeId: (position) => position, arn, suspension, lingerMs },
    });
    if (this.#early.length > 0) this.#running.invocation.absorb(this.#early);
    this.#early = [];
    return this.#running.outcome.then(outputOf);
  }
}

function outputOf(outcome: ProgramOutcome): FunctionOutput {
  return outcome.status === "FAULT" ? { status: "FAULT", error: failureFromError(outcome.error) } : outcome;
}
