/** What the runner runs: functions by name and version. How a handler is written is not the runner's business. */

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
  /** `again`: it was told of changes that it did not look at, and wants to be invoked at once. */
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
  /** What is recorded, in the order in which operations started. */
  readonly journal: readonly Operation[];
  /** The highest delivery number that invocations before it were told of: what is above is news. */
  readonly heard: number;
  /** Records what the function does. */
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

/** What an invocation may ask of the host for other executions. */
export interface InvocationPeers {
  /** Starts executions. */
  readonly client: Pick<ExecutionClient, "start">;
  /** The name under which the host runs what was made of this; undefined for what it was not given. */
  readonly nameOf: (source: object) => string | undefined;
}

/** An invocation that has begun. */
export interface RunningInvocation {
  /** How it ended. Never rejects. */
  readonly output: Promise<FunctionOutput>;
  /**
   * Takes over what changed, by its own checkpoints and outside, in the order of the log. False if it did not: then it
   * is told with the answer to its next checkpoint, and invoked again if it suspends before that.
   */
  absorb(operations: readonly Operation[]): boolean;
  /**
   * Begins nothing more, records what it has begun, and ends as suspended. False if there is nothing to wait for: then it
   * is abandoned.
   */
  leaveOff(): boolean;
  /** Ends it without effect. */
  abandon(): void;
}

/** A function of durable operations, in the form in which the runner invokes it. */
export interface DurableFunction {
  /** Tells it from a plain one. */
  readonly kind: "durable";
  /** What it was made of, by which it is known again. */
  readonly source?: object;
  /** Begins an invocation. Must not throw. */
  invoke(request: InvocationRequest): RunningInvocation;
}

/** A function without durable operations: the target of a chained invoke, run at least once. */
export interface PlainFunction {
  /** Tells it from a durable one. */
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

  /** The name of what was made of this, in whatever version. */
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
