/**
 * Lambda durable functions on one machine: perdure's machine behind its HTTP face is the service, and the functions run
 * somewhere else, with the real `@aws-sdk/client-lambda` in between.
 */

import { MemoryAlarm } from "../../../src/adapters/memory/memory-alarm.ts";
import { MemoryStore } from "../../../src/adapters/memory/memory-store.ts";
import type { ExecutionHeader } from "../../../src/engine/model/execution.ts";
import type { ExecutionClient } from "../../../src/engine/runner/client.ts";
import type { FunctionOutput, FunctionVersions, InvocationRequest } from "../../../src/engine/runner/function.ts";
import { Runner } from "../../../src/engine/runner/runner.ts";
import { formatExecutionArn } from "../../../src/lambda-compat/arn.ts";
import { createHttpFace } from "../../../src/lambda-compat/http/face.ts";
import type { DurableExecutionInvocationOutput } from "../../../src/lambda-compat/types.ts";
import type { OperationUpdate } from "../../../src/lambda-compat/wire-types.ts";
import { errorFromWire, executionToWire, operationToWire } from "../../../src/lambda-compat/wire.ts";
import { type FetchHandler, type Served, serve } from "../../http/serve.ts";
import type { LambdaFunction } from "../lambda-runtime/lambda-function.ts";
import type { InvocationOutcome } from "../lambda-runtime/outcome.ts";
import { SkippedTime } from "./skipped-time.ts";

export interface ServiceOptions {
  /** The durable functions by name, given what their AWS_ENDPOINT_URL_LAMBDA must be. */
  readonly functions: (endpoint: string) => Readonly<Record<string, Pick<LambdaFunction, "invoke">>>;
  /** How many operations come with an invocation; the rest is fetched, as many at a time. All unless told otherwise. */
  readonly inline?: number;
}

/** A checkpoint on its way: before the machine has it, and when it is recorded and not yet answered. */
export interface CheckpointMoment {
  readonly stage: "ARRIVED" | "RECORDED";
  readonly arn: string;
  readonly updates: readonly OperationUpdate[];
}

export const keys = { accessKeyId: "AKIDLOCAL", secretAccessKey: "local" };

export class DurableService {
  /** Called with each checkpoint; one that does not come back is never answered. */
  onCheckpoint: (moment: CheckpointMoment) => Promise<void> = async () => {};
  /** Called by steps of the handlers, with what they say; what it gives back is what they get. */
  onReport: (what: string) => unknown = () => null;
  /** How each invocation ended. */
  readonly outcomes: InvocationOutcome[] = [];
  readonly runner: Runner;
  readonly #served: Served;
  readonly #face: FetchHandler;
  readonly #functions: ReturnType<ServiceOptions["functions"]>;
  readonly #inline: number;
  readonly #time: SkippedTime = new SkippedTime();

  static async open(options: ServiceOptions): Promise<DurableService> {
    // It asks for nothing before it has an invocation, and gets none before there is a service.
    const served = await serve((request) => service.#answer(request));
    const service: DurableService = new DurableService(options, served);
    return service;
  }

  private constructor(options: ServiceOptions, served: Served) {
    this.#functions = options.functions(served.url);
    this.#inline = options.inline ?? Number.POSITIVE_INFINITY;
    this.#served = served;
    const host = this.#time.host();
    this.runner = new Runner({
      store: new MemoryStore(),
      alarm: new MemoryAlarm({ host, wake: (id) => this.runner.wake(id) }),
      host,
      functions: this.#registry(),
      arnOf: (header) => formatExecutionArn(header),
    });
    this.#face = createHttpFace({ client: this.#paged(), credentials });
  }

  async close(): Promise<void> {
    this.runner.close();
    await this.#served.close();
  }

  /** Starts an execution and waits for its end. */
  async run(functionName: string, input: unknown): Promise<ExecutionHeader> {
    const { execution } = await this.runner.start({ functionName, input: JSON.stringify(input) });
    return this.runner.settled(execution.id, Number.MAX_SAFE_INTEGER);
  }

  /** The durable functions, and one plain one for them to invoke. */
  #registry(): ReadonlyMap<string, FunctionVersions> {
    const only = (target: FunctionVersions["versions"] extends ReadonlyMap<string, infer T> ? T : never) => ({
      latest: "$LATEST",
      versions: new Map([["$LATEST", target]]),
    });
    const durable = Object.keys(this.#functions).map((name): [string, FunctionVersions] => [
      name,
      only({
        kind: "durable",
        invoke: (request) => ({
          output: this.#time.during(this.#invoke(name, request)),
          absorb: () => false,
          leaveOff: () => false,
          abandon: () => {},
        }),
      }),
    ]);
    const double = only({ kind: "plain", call: async (input = "0") => String(Number(input) * 2) });
    return new Map([...durable, ["double", double]]);
  }

  async #invoke(name: string, { header, arn, token, journal }: InvocationRequest): Promise<FunctionOutput> {
    const inline = Math.min(this.#inline, journal.length);
    const outcome = await this.#functions[name]?.invoke({
      DurableExecutionArn: arn,
      CheckpointToken: token,
      InitialExecutionState: {
        Operations: [executionToWire(header), ...journal.slice(0, inline).map((each) => operationToWire(each))],
        ...(inline < journal.length && { NextMarker: String(inline) }),
      },
    });
    if (outcome === undefined) throw new Error(`There is no function ${name}.`);
    this.outcomes.push(outcome);
    return outputOf(outcome);
  }

  async #answer(request: Request): Promise<Response> {
    const path = decodeURIComponent(new URL(request.url).pathname);
    if (path.startsWith("/report/")) return Response.json((await this.onReport(path.slice("/report/".length))) ?? null);
    const [, arn] = /durable-executions\/(.+)\/checkpoint$/.exec(path) ?? [];
    if (arn === undefined) return this.#face(request);
    const { Updates = [] } = (await request.clone().json()) as { Updates?: OperationUpdate[] };
    await this.onCheckpoint({ stage: "ARRIVED", arn, updates: Updates });
    const response = await this.#face(request);
    await this.onCheckpoint({ stage: "RECORDED", arn, updates: Updates });
    return response;
  }

  /** The runner, with pages of the state as small as the state that comes with an invocation. */
  #paged(): ExecutionClient {
    return new Proxy<ExecutionClient>(this.runner, {
      get: (runner, name: keyof ExecutionClient) =>
        name === "state"
          ? (id: string, page: { limit: number }) =>
              runner.state(id, { ...page, limit: Math.min(page.limit, this.#inline) })
          : runner[name].bind(runner),
    });
  }
}

const credentials = [{ id: "function", rights: ["checkpoint", "callback", "start"], sigv4: keys }] as const;

/** A crash, a timeout and an answer that is none are faults: the service tries them again. */
function outputOf(outcome: InvocationOutcome): FunctionOutput {
  if (outcome.status !== "SUCCEEDED") {
    const { errorType, errorMessage } = outcome.status === "FAILED" ? outcome.error : THROTTLED;
    return { status: "FAULT", error: { errorType, errorMessage } };
  }
  const output = JSON.parse(outcome.payload) as DurableExecutionInvocationOutput;
  if (output.Status === "PENDING") return { status: "PENDING" };
  if (output.Status === "FAILED") return { status: "FAILED", error: errorFromWire(output.Error ?? {}) };
  return output.Result === undefined ? { status: "SUCCEEDED" } : { status: "SUCCEEDED", result: output.Result };
}

const THROTTLED = { errorType: "TooManyRequestsException", errorMessage: "Rate Exceeded." };
