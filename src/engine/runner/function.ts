/** The functions that the runner runs, by name and version. How a handler is written is not the runner's business. */

import type { ExecutionHeader } from "../model/execution.ts";
import type { Failure } from "../model/failure.ts";
import type { Operation } from "../model/operation.ts";
import { failureFromError } from "../model/thrown-failure.ts";
import type { CheckpointClient } from "../ports/checkpoint-client.ts";
import type { Host } from "../ports/host.ts";
import type { NonDeterministicExecutionError } from "../replay/faults.ts";
import type { InvocationOptions } from "../replay/invocation.ts";
import type { ExecutionClient } from "./client.ts";

/** How a function ended, in terms that are stored. */
export type FunctionOutput =
  | { readonly status: "SUCCEEDED"; readonly result?: string }
  | { readonly status: "FAILED"; readonly error: Failure }
  /** `again`: the invocation has not looked at changes that it was told of, and asks for another at once. */
  | { readonly status: "PENDING"; readonly again?: boolean }
  | { readonly status: "FAULT"; readonly error: Failure }
  | { readonly status: "BREACH"; readonly error: NonDeterministicExecutionError }
  | { readonly status: "FENCED" };

/** One invocation of a durable function. */
export interface InvocationRequest {
  /** The execution, as it is when the invocation begins. */
  readonly header: ExecutionHeader;
  /** Names the execution to the function, to serdes and to loggers. */
  readonly arn: string;
  /** Names the invocation: 128 random bits in hex. */
  readonly requestId: string;
  /** The first checkpoint token, for an SDK that calls over HTTP. */
  readonly token: string;
  /** The recorded operations, in the order in which they started. */
  readonly journal: readonly Operation[];
  /** The highest delivery number that invocations before this one were told of: results above it are news. */
  readonly heard: number;
  /** Records the function's operations. */
  readonly client: CheckpointClient;
  /** The clock, chance and the event loop of the process. */
  readonly host: Host;
  /** What an idle invocation does: end, or park. */
  readonly suspension: InvocationOptions["suspension"];
  /** How long starts that nothing depends on may wait for company, in ms; 0 for not at all. */
  readonly lingerMs: number;
  /** When the platform ends the invocation, ms since the epoch. */
  readonly deadline: number;
  /** Starts executions beside this one; absent where a log is only replayed. */
  readonly peers?: InvocationPeers;
}

/** The host's services to an invocation, for other executions. */
export interface InvocationPeers {
  /** Starts executions. */
  readonly client: Pick<ExecutionClient, "start">;
  /** The name under which the host runs the function made of `source`; undefined if the host was not given one. */
  readonly nameOf: (source: object) => string | undefined;
}

/** An invocation that has begun. */
export interface RunningInvocation {
  /** How the invocation ended. Never rejects. */
  readonly output: Promise<FunctionOutput>;
  /**
   * Takes over changes, by its own checkpoints and from outside, in the order of the log. False if it did not: then
   * they are told with the answer to its next checkpoint, and the function is invoked again if the invocation suspends
   * before.
   */
  absorb(operations: readonly Operation[]): boolean;
  /**
   * Begins nothing more, records the operations under way, and ends as suspended. False if there is nothing to wait
   * for: then the invocation is abandoned.
   */
  leaveOff(): boolean;
  /** Ends the invocation without effect. */
  abandon(): void;
}

/** A function of durable operations, in the form in which the runner invokes it. */
export interface DurableFunction {
  /** Tells a durable function from a plain one. */
  readonly kind: "durable";
  /** The object that the function was made of, by which the function is found again. */
  readonly source?: object;
  /** Begins an invocation. Must not throw. */
  invoke(request: InvocationRequest): RunningInvocation;
}

/** A function without durable operations: the target of a chained invoke, run at least once. */
export interface PlainFunction {
  /** Tells a plain function from a durable one. */
  readonly kind: "plain";
  /** Given and giving JSON text. */
  call(input: string | undefined, context: { functionName: string; requestId: string }): Promise<string | undefined>;
}

/** A function that a host runs. */
export type RegisteredFunction = DurableFunction | PlainFunction;

/** Runs a plain function; an error that it throws is an outcome too. */
export async function callPlain(
  target: PlainFunction,
  { id, input }: { readonly id: string; readonly input?: string },
  functionName: string,
): Promise<PlainOutcome> {
  try {
    const result = await target.call(input, { functionName, requestId: id });
    return { status: "SUCCEEDED", ...(result === undefined ? {} : { result }) };
  } catch (error) {
    return { status: "FAILED", error: failureFromError(error) };
  }
}

export type PlainOutcome =
  | { readonly status: "SUCCEEDED"; readonly result?: string }
  | { readonly status: "FAILED"; readonly error: Failure };

/** A plain function that is started by itself is an execution without operations. */
export function asDurable(target: RegisteredFunction): DurableFunction {
  if (target.kind === "durable") return target;
  return {
    kind: "durable",
    invoke: ({ header, requestId }) => ({
      output: callPlain(target, { ...header, id: requestId }, header.functionName),
      absorb: () => true,
      leaveOff: () => true,
      abandon: () => {},
    }),
  };
}

/** A function in all versions that executions may still be running. */
export interface FunctionVersions {
  /** The version that new executions are started in. */
  readonly latest: string;
  /** By version: `latest`, and those that executions began in and have not ended. */
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

  /** The name of the function made of `source`, in whatever version. */
  nameOf(source: object): string | undefined {
    for (const [name, { versions }] of this.#functions) {
      for (const each of versions.values()) if (each.kind === "durable" && each.source === source) return name;
    }
    return undefined;
  }

  find(name: string, version: string): RegisteredFunction | undefined {
    return this.#functions.get(name)?.versions.get(version);
  }

  versionsOf(name: string): string[] {
    return [...(this.#functions.get(name)?.versions.keys() ?? [])];
  }
}
