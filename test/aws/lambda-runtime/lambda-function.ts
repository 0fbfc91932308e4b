/**
 * A Lambda function on one machine: environments come up as invocations need them, are kept warm, and can be killed.
 * AWS's own runtime client decides what a handler sees, which needs Node 22 or newer; see `describeOnLambda`.
 */

import { randomUUID } from "node:crypto";
import { Environment, type EnvironmentSettings } from "./environment.ts";
import type { Invocation, InvocationOutcome } from "./outcome.ts";

export interface FunctionSettings extends Partial<Pick<EnvironmentSettings, "handler" | "variables" | "freezes">> {
  readonly name: string;
  /** The folder of the code, see `bundle`. */
  readonly code: string;
  /** How long an invocation may take before its process is killed; 60,000 ms unless told otherwise. */
  readonly timeoutMs?: number;
  /** How many environments there may be at a time; any number unless told otherwise. */
  readonly concurrency?: number;
}

export class LambdaFunction {
  readonly name: string;
  readonly #settings: FunctionSettings;
  readonly #environments = new Set<Environment>();
  #log = "";
  #coldStarts = 0;

  constructor(settings: FunctionSettings) {
    this.name = settings.name;
    this.#settings = settings;
  }

  /** The processes that are up or coming up, the oldest first. */
  get environments(): readonly Environment[] {
    return [...this.#environments];
  }

  /** How many processes have been started. */
  get coldStarts(): number {
    return this.#coldStarts;
  }

  /** What all processes have written, standard output and error. */
  get log(): string {
    return this.#log;
  }

  /** Rejects for nothing: what fails is the outcome. */
  invoke(event: unknown, { onChunk }: { onChunk?: Invocation["onChunk"] } = {}): Promise<InvocationOutcome> {
    return new Promise((settle) => {
      this.#place({ requestId: randomUUID(), event: JSON.stringify(event ?? null), onChunk, settle });
    });
  }

  /** Kills all its processes; resolves when they are gone. */
  async kill(): Promise<void> {
    await Promise.all(this.environments.map((environment) => environment.kill()));
  }

  close(): Promise<void> {
    return this.kill();
  }

  #place(invocation: Invocation): void {
    const { concurrency = Number.POSITIVE_INFINITY } = this.#settings;
    const free = this.environments.find(({ isFree }) => isFree);
    if (free !== undefined) free.take(invocation);
    else if (this.#environments.size < concurrency) this.#start(invocation);
    else invocation.settle({ status: "THROTTLED" });
  }

  #start(first: Invocation): void {
    const { name, code, handler = "index.handler", timeoutMs = 60_000, variables = {} } = this.#settings;
    this.#coldStarts++;
    const settings: EnvironmentSettings = {
      ...{ code, handler, timeoutMs, variables },
      functionName: name,
      freezes: this.#settings.freezes ?? true,
      onLog: (text) => {
        this.#log += text;
      },
      onEnd: (environment, untouched) => {
        this.#environments.delete(environment);
        if (untouched !== undefined) this.#place(untouched);
      },
    };
    this.#environments.add(new Environment(settings, first));
  }
}

/** What the function answers to an event. Rejects if it fails, or has no environment free. */
export function answering(lambda: Pick<LambdaFunction, "invoke">): (event: unknown) => Promise<unknown> {
  return async (event) => {
    const outcome = await lambda.invoke(event);
    if (outcome.status !== "SUCCEEDED") throw new Error(`The call has ${outcome.status}.`);
    return JSON.parse(outcome.payload) as unknown;
  };
}
