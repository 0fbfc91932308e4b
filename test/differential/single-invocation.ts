/** One invocation of a handler against a state of one's choice: what it sends, and what it gives out. */

import type * as aws from "@aws/durable-execution-sdk-js";
import type { Context } from "aws-lambda";
import { wireId } from "../../src/lambda-compat/wire-id.ts";
import type { Program, Sdk } from "./case.ts";
import type { OtherDifferenceName } from "./differences.ts";
import { withoutStacks } from "./observation.ts";

/** An operation by its position; its parent follows from that. */
export type Recorded = Partial<Omit<aws.WireOperation, "Id" | "ParentId">> & { readonly at: string };

export interface InvocationCase {
  readonly program: Program;
  readonly operations?: readonly Recorded[];
  /** Where perdure differs on purpose, and what it gives out instead. */
  readonly differs?: { readonly name: OtherDifferenceName; readonly output: unknown };
  /** The invocation has no end: the platform would cut it off. It is looked at once it has become quiet. */
  readonly neverEnds?: boolean;
  /** Members of the event that are not as usual. */
  readonly event?: object | null;
  /** JSON text; `{}` by default. */
  readonly payload?: string | undefined;
  readonly config?: (sdk: Sdk) => aws.DurableExecutionConfig;
  /** What the n-th checkpoint throws. */
  readonly fails?: { readonly checkpoint: number; readonly with: (sdk: Sdk) => unknown };
  /** How many checkpoints are answered with a token; all by default. */
  readonly tokens?: number;
  /** Further pages of the state, or what fetching them throws. */
  readonly pages?: readonly (readonly Recorded[])[] | ((sdk: Sdk) => unknown);
}

export interface InvocationObservation {
  readonly output: unknown;
  readonly updates: Readonly<Record<string, readonly unknown[]>>;
  readonly requests: readonly unknown[];
}

export async function runInvocation(definition: InvocationCase, sdk: Sdk): Promise<InvocationObservation> {
  const service = new Service(definition, sdk);
  const config = { durableExecutionClient: service, ...definition.config?.(sdk) };
  const handler = sdk.withDurableExecution(definition.program(sdk), config);
  const ended = settle(() => handler(eventOf(definition) as never, lambdaContext as Context));
  const output = await (definition.neverEnds === true ? Promise.race([ended, quiet()]) : ended);
  return { output, updates: service.updates, requests: service.requests };
}

async function quiet(): Promise<string> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setTimeout(resolve, 5));
  return "pending";
}

async function settle(run: () => Promise<unknown>): Promise<unknown> {
  try {
    const output = (await run()) as { Result?: string };
    return JSON.parse(withoutStacks(JSON.stringify(output)) ?? "null") as unknown;
  } catch (error) {
    const { name, message } = error as Error;
    return { rejected: name, message };
  }
}

function eventOf({ event, operations = [], payload = "{}", pages }: InvocationCase): unknown {
  if (event === null) return null;
  const execution = {
    Id: "execution",
    Type: "EXECUTION",
    Status: "STARTED",
    StartTimestamp: new Date(1),
    ExecutionDetails: payload === "none" ? {} : { InputPayload: payload },
  };
  return {
    DurableExecutionArn: "arn:aws:lambda:eu-west-1:123456789012:function:f:1/durable-execution/e/1",
    CheckpointToken: "token-0",
    InitialExecutionState: {
      Operations: [execution, ...operations.map(asWire)],
      NextMarker: pages === undefined ? "" : "page-0",
    },
    ...event,
  };
}

function asWire({ at, ...operation }: Recorded): aws.WireOperation {
  const parent = at.split("-").slice(0, -1).join("-");
  return {
    Id: wireId(at),
    ...(parent === "" ? {} : { ParentId: wireId(parent) }),
    Type: "STEP",
    Status: "SUCCEEDED",
    StartTimestamp: new Date(2),
    ...(operation.Status === "STARTED" ? {} : { EndTimestamp: new Date(3) }),
    ...operation,
  };
}

/** As much of the service as one invocation needs. */
class Service implements aws.DurableExecutionClient {
  readonly updates: { [id: string]: unknown[] } = {};
  readonly requests: unknown[] = [];
  readonly #definition: InvocationCase;
  readonly #sdk: Sdk;
  readonly #operations = new Map<string, aws.WireOperation>();
  #calls = 0;

  constructor(definition: InvocationCase, sdk: Sdk) {
    this.#definition = definition;
    this.#sdk = sdk;
    for (const operation of (definition.operations ?? []).map(asWire))
      this.#operations.set(operation.Id ?? "", operation);
  }

  async getExecutionState(request: aws.GetDurableExecutionStateRequest): Promise<aws.GetDurableExecutionStateResponse> {
    const { pages } = this.#definition;
    this.requests.push(request);
    if (typeof pages === "function") throw pages(this.#sdk);
    const page = Number(request.Marker?.slice("page-".length));
    const isLast = page + 1 >= (pages?.length ?? 0);
    return { Operations: (pages?.[page] ?? []).map(asWire), ...(isLast ? {} : { NextMarker: `page-${page + 1}` }) };
  }

  async checkpoint({
    Updates = [],
  }: aws.CheckpointDurableExecutionRequest): Promise<aws.CheckpointDurableExecutionResponse> {
    this.#calls++;
    const { fails } = this.#definition;
    if (fails?.checkpoint === this.#calls) throw fails.with(this.#sdk);
    const changed = Updates.filter(({ Type }) => Type !== "EXECUTION").map((update) => this.#apply(update));
    for (const { Id = "", ...update } of Updates) {
      const id = update.Type === "EXECUTION" ? "execution" : Id;
      (this.updates[id] ??= []).push(JSON.parse(withoutStacks(JSON.stringify(update)) ?? "null"));
    }
    const { tokens = this.#calls } = this.#definition;
    const next = this.#calls > tokens ? {} : { CheckpointToken: `token-${this.#calls}` };
    return { ...next, NewExecutionState: { Operations: changed } };
  }

  #apply(update: aws.OperationUpdate): aws.WireOperation {
    const { Id = "", ParentId, Name, Type, SubType, Action, Payload, Error } = update;
    const before = this.#operations.get(Id);
    const outcome = { Result: Payload, Error };
    const attempt = (before?.StepDetails?.Attempt ?? 0) + (Action === "START" ? 0 : 1);
    const operation = {
      ...before,
      Id,
      ParentId,
      Name,
      Type,
      SubType,
      Status: { START: "STARTED", SUCCEED: "SUCCEEDED", FAIL: "FAILED", RETRY: "PENDING", CANCEL: "CANCELLED" }[
        Action ?? "START"
      ],
      StartTimestamp: before?.StartTimestamp ?? new Date(),
      ...(Action === "SUCCEED" || Action === "FAIL" ? { EndTimestamp: new Date() } : {}),
      ...(Type === "STEP" && {
        StepDetails: { Attempt: attempt, ...outcome, ...(Action === "RETRY" && { NextAttemptTimestamp: inAnHour() }) },
      }),
      ...(Type === "CONTEXT" && {
        ContextDetails: { ...outcome, ReplayChildren: update.ContextOptions?.ReplayChildren },
      }),
      ...(Type === "WAIT" && { WaitDetails: { ScheduledEndTimestamp: inAnHour() } }),
      ...(Type === "CALLBACK" && { CallbackDetails: { CallbackId: `callback-${Id}` } }),
      ...(Type === "CHAINED_INVOKE" && { ChainedInvokeDetails: {} }),
    } as aws.WireOperation;
    this.#operations.set(Id, operation);
    return operation;
  }
}

function inAnHour(): Date {
  return new Date(Date.now() + 3_600_000);
}

const lambdaContext: Partial<Context> = {
  awsRequestId: "5e9f2b1c-0000-4000-8000-000000000000",
  functionName: "f",
  functionVersion: "1",
  getRemainingTimeInMillis: () => 60_000,
};
