/**
 * The service that AWS's SDK needs, in this process and as small as it can be: a map of operations, each update applied
 * to it, and the changed operations given back. It stores no text and checks nothing, so that the SDK alone is measured.
 */

import {
  type CheckpointDurableExecutionRequest,
  type CheckpointDurableExecutionResponse,
  type DurableExecutionClient,
  type DurableExecutionInvocationOutput,
  type GetDurableExecutionStateResponse,
  type OperationUpdate,
  type WireOperation,
  withDurableExecution,
} from "@aws/durable-execution-sdk-js";
import type { Context as LambdaContext } from "aws-lambda";
import type { Context, Handler } from "./programs.ts";

export class AwsMemoryService implements DurableExecutionClient {
  readonly #operations = new Map<string, WireOperation>();
  #calls = 0;

  constructor(event: number) {
    this.#operations.set("execution", {
      Id: "execution",
      Type: "EXECUTION",
      Status: "STARTED",
      StartTimestamp: new Date(),
      ExecutionDetails: { InputPayload: JSON.stringify(event) },
    });
  }

  /** Invokes the handler with what is recorded so far. */
  invoke(handler: Handler): Promise<DurableExecutionInvocationOutput> {
    const durable = withDurableExecution((event: number, context) => handler(event, context as unknown as Context), {
      durableExecutionClient: this,
    });
    const event = {
      DurableExecutionArn: "arn:aws:lambda:eu-west-1:123456789012:function:bench:1/durable-execution/bench/1",
      CheckpointToken: "0",
      InitialExecutionState: { Operations: [...this.#operations.values()] },
    };
    return durable(event, LAMBDA);
  }

  async checkpoint({ Updates = [] }: CheckpointDurableExecutionRequest): Promise<CheckpointDurableExecutionResponse> {
    const Operations = Updates.map((update) => this.#apply(update));
    return { CheckpointToken: String(++this.#calls), NewExecutionState: { Operations } };
  }

  async getExecutionState(): Promise<GetDurableExecutionStateResponse> {
    return { Operations: [] };
  }

  #apply(update: OperationUpdate): WireOperation {
    const { Id = "", ParentId, Name, Type, SubType, Action, Payload } = update;
    const operation: WireOperation = {
      Id,
      ParentId,
      Name,
      Type,
      SubType,
      Status: Action === "SUCCEED" ? "SUCCEEDED" : "STARTED",
      StartTimestamp: this.#operations.get(Id)?.StartTimestamp ?? new Date(),
    };
    if (Type === "STEP") operation.StepDetails = { Attempt: 1, Result: Payload };
    if (Type === "CONTEXT") operation.ContextDetails = { Result: Payload };
    if (Type === "CALLBACK") operation.CallbackDetails = { CallbackId: Id };
    this.#operations.set(Id, operation);
    return operation;
  }
}

const LAMBDA = {
  functionName: "bench",
  functionVersion: "1",
  awsRequestId: "bench",
  getRemainingTimeInMillis: () => 900_000,
} as LambdaContext;
