/** As much of the service as AWS's own SDK needs to run a handler of steps, waits and contexts to its end in this process. */

import * as aws from "@aws/durable-execution-sdk-js";
import type { Context } from "aws-lambda";

type Details = { Result?: string | undefined; Error?: aws.ErrorObject | undefined };

export class LocalService implements aws.DurableExecutionClient {
  readonly updates: aws.OperationUpdate[] = [];
  readonly #operations = new Map<string, aws.WireOperation>();
  #token = 0;

  constructor(input: unknown = {}) {
    this.#operations.set("execution", {
      Id: "execution",
      Type: "EXECUTION",
      Status: "STARTED",
      StartTimestamp: new Date(0),
      ExecutionDetails: { InputPayload: JSON.stringify(input) },
    });
  }

  async getExecutionState(): Promise<aws.GetDurableExecutionStateResponse> {
    return { Operations: [] };
  }

  async checkpoint({
    Updates = [],
  }: aws.CheckpointDurableExecutionRequest): Promise<aws.CheckpointDurableExecutionResponse> {
    this.updates.push(...Updates);
    const changed = Updates.map((update) => this.#apply(update));
    return { CheckpointToken: `token-${++this.#token}`, NewExecutionState: { Operations: changed } };
  }

  /** Runs a handler once, with AWS's SDK or what has its shape. */
  run(
    handler: (event: unknown, context: aws.DurableContext) => Promise<unknown>,
    config: aws.DurableExecutionConfig = {},
    sdk: Pick<typeof aws, "withDurableExecution"> = aws,
  ): Promise<aws.DurableExecutionInvocationOutput> {
    const wrapped = sdk.withDurableExecution(handler, { ...config, durableExecutionClient: this });
    const event: aws.DurableExecutionInvocationInput = {
      DurableExecutionArn: "arn:aws:lambda:eu-west-1:123456789012:function:f:1/durable-execution/e/1",
      CheckpointToken: "token-0",
      InitialExecutionState: { Operations: [...this.#operations.values()] },
    };
    return wrapped(event, lambdaContext as Context);
  }

  /** What the SDK stored as the outcome of the operation of this sub type and name. */
  payloadOf(subType: string, name?: string): string | undefined {
    return this.updates.find(
      (update) =>
        update.SubType === subType && update.Action === "SUCCEED" && (name === undefined || update.Name === name),
    )?.Payload;
  }

  #apply(update: aws.OperationUpdate): aws.WireOperation {
    const { Id = "", ParentId, Name, Type, SubType, Payload, Error } = update;
    const before = this.#operations.get(Id);
    const details: Details = { Result: Payload, Error };
    const operation: aws.WireOperation = {
      Id,
      ParentId,
      Name,
      Type,
      SubType,
      Status: statusAfter(update),
      StartTimestamp: before?.StartTimestamp ?? new Date(0),
      ...(Type === "STEP" && { StepDetails: { Attempt: 1, ...details } }),
      ...(Type === "CONTEXT" && {
        ContextDetails: { ...details, ReplayChildren: update.ContextOptions?.ReplayChildren },
      }),
    };
    this.#operations.set(Id, operation);
    return operation;
  }
}

/** Waits are over at once. */
function statusAfter({ Type, Action }: aws.OperationUpdate): aws.OperationStatus {
  if (Action === "START") return Type === "WAIT" ? "SUCCEEDED" : "STARTED";
  return Action === "SUCCEED" ? "SUCCEEDED" : "FAILED";
}

export const lambdaContext: Partial<Context> = {
  awsRequestId: "5e9f2b1c-0000-4000-8000-000000000000",
  functionName: "f",
  functionVersion: "1",
  getRemainingTimeInMillis: () => 60_000,
};
