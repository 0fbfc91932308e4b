/** What the runner runs: functions by name and version. How a handler is written is not the runner's business. */

import type { ExecutionHeader } from "../model/execution.ts";
import type { Failure } from "../model/failure.ts";
import type { Operation } from "../model/operation.ts";
import type { CheckpointClient } from "../ports/checkpoint-client.ts";
import type { Host } from "../ports/host.ts";
import type { NonDeterministicExecutionError } from "../replay/faults.ts";
import type { InvocationOptions } from "../replay/invocation.ts";

/** How a function ended, in terms that are stored. */
export type FunctionOutput =
  | { readonly status: "SUCCEEDED"; readonly result?: string }
  | { readonly status: "FAILED"; readonly error: Failure }
  | { readonly status: "PENDING" }
  | { readonly status: "FAULT"; readonly error: Failure }
  | { readonly status: "BREACH"; readonly error: NonDeterministicExecutionError }
  | { readonly status: "FENCED" };

/** One invocation of a durable function. */
export interface InvocationRequest {
  readonly header: ExecutionHeader;
  readonly arn: string;
  readonly requestId: string;
  /** The first checkpoint token, for an SDK that calls over HTTP. */
  readonly token: string;
  /** What is recorded, in the order in which operations started. */
  readonly journal: readonly Operation[];
  readonly client: CheckpointClient;
  readonly host: Host;
  readonly suspension: InvocationOptions["suspension"];
  readonly lingerMs: number;
  /** When the platform ends the invocation, ms since the epoch. */
  readonly deadline: number;
}

export interface RunningInvocation {
  readonly output: Promise<FunctionOutput>;
  /**
   * Takes over what changed outside. Changes that were given already, or come with the answer to a checkpoint too, do
   * no harm. False if the function may end without having seen them: it is over, or hears of them only if it asks.
   */
  absorb(operations: readonly Operation[]): boolean;
  /** Ends it without effect. */
  abandon(): void;
}

export interface DurableFunction {
  readonly kind: "durable";
  invoke(request: InvocationRequest): RunningInvocation;
}

/** A function without durable operations: the target of a chained invoke, run at least once. */
export interface PlainFunction {
  readonly kind: "plain";
  /** Given and giving JSON text. */
  call(input: string | undefined, context: { functionName: string; requestId: string }): Promise<string | undefined>;
}

export type RegisteredFunction = DurableFunction | PlainFunction;

/** A function in all versions that executions may still be running. */
export interface FunctionVersions {
  readonly latest: string;
  readonly versions: ReadonlyMap<string, RegisteredFunction>;
}

export const LATEST = "$LATEST";

export class FunctionRegistry {
  readonly #functions: ReadonlyMap<string, FunctionVersions>;

  constructor(functions: ReadonlyMap<string, FunctionVersions>) {
    this.#functions = functions;
  }

  get names(): string[] {
    return [...this.#functions.keys()];
  }

  has(name: string): boolean {
    return this.#functions.has(name);
  }

  /** The version that a request for `version` gets; undefined if there is none. */
  resolve(name: string, version: string | undefined): string | undefined {
    const entry = this.#functions.get(name);
    if (entry === undefined) return undefined;
    const wanted = version === undefined || version === LATEST ? entry.latest : version;
    return entry.versions.has(wanted) ? wanted : undefined;
  }

  find(name: string, version: string): RegisteredFunction | undefined {
    return this.#functions.get(name)?.versions.get(version);
  }

  versionsOf(name: string): string[] {
    return [...(this.#functions.get(name)?.versions.keys() ?? [])];
  }
}
