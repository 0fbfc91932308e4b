/**
 * Handlers that perdure did not make: durable ones written with AWS's own SDK, run through the client that their event
 * carries, and plain ones. AWS's SDK speaks the wire's shapes and polls, so it is slower here than perdure's own.
 */

import { failureFromError } from "../engine/model/thrown-failure.ts";
import { messageOf } from "../engine/model/message-of.ts";
import type { Operation } from "../engine/model/operation.ts";
import type { OperationUpdate } from "../engine/model/update.ts";
import { CheckpointError } from "../engine/replay/faults.ts";
import type {
  DurableFunction,
  FunctionOutput,
  InvocationRequest,
  PlainFunction,
  RunningInvocation,
} from "../engine/runner/function.ts";
import { DurableExecutionClientError } from "./client-error.ts";
import { InvalidArgumentError } from "./invalid-argument.ts";
import { DurableExecutionInvocationInputWithClient } from "./invocation-input.ts";
import { lambdaContextOf } from "./lambda-context.ts";
import { wireId } from "./wire-id.ts";
import { writeResult } from "./plain-json.ts";
import type * as api from "./types.ts";
import { updatedOperations } from "./updated-operations.ts";
import { errorFromWire, executionToWire, operationToWire, updateFromWire } from "./wire.ts";

// oxlint-disable-next-line typescript/no-explicit-any -- handlers of any SDK, with the event and context types of theirs
type LambdaHandler = (event: any, context: any) => Promise<any>;

/** Runs a durable handler that was made by AWS's SDK. */
export function durableLambda(handler: LambdaHandler): DurableFunction {
  return { kind: "durable", invoke: (request) => new LambdaInvocation(handler, request) };
}

/** The methods of a durable context that no other context has. */
const DURABLE_METHODS: readonly (keyof api.DurableContext)[] = [
  "step",
  "invoke",
  "runInChildContext",
  "wait",
  "waitForCondition",
  "createCallback",
  "waitForCallback",
  "map",
  "parallel",
  "setTags",
];

/** Says to a handler that uses its context as a durable one what it was not wrapped in. */
function explainDurable(context: object, name: string): void {
  for (const method of DURABLE_METHODS) {
    const value = (): never => {
      throw new InvalidArgumentError(
        `context.${method} was called by the function "${name}", which is not wrapped in withDurableExecution.`,
      );
    };
    Object.defineProperty(context, method, { value });
  }
}

/** Runs an ordinary Lambda handler as the target of an invoke, under the name it is registered by. */
export function plainLambda(handler: LambdaHandler, name: string): PlainFunction {
  return {
    kind: "plain",
    async call(input, { functionName, requestId }) {
      const context = {
        functionName,
        functionVersion: "$LATEST",
        awsRequestId: requestId,
        getRemainingTimeInMillis: () => 900_000,
      };
      explainDurable(context, name);
      const result: unknown = await handler(input === undefined ? {} : JSON.parse(input), context);
      return writeResult(`the function "${name}"`, result);
    },
  };
}

class LambdaInvocation implements RunningInvocation {
  readonly output: Promise<FunctionOutput>;
  readonly #request: InvocationRequest;
  /** The operations that have changed since the last answer: the SDK gets them with the next one. */
  readonly #news = new Map<string, Operation>();
  #lose!: (output: FunctionOutput) => void;
  /** Settles if the execution's result could not be recorded. */
  readonly #lost = new Promise<FunctionOutput>((lose) => (this.#lose = lose));
  #tokens = 0;
  #isOver = false;
  #isLeaving = false;

  constructor(handler: LambdaHandler, request: InvocationRequest) {
    this.#request = request;
    this.output = this.#run(handler);
  }

  absorb(operations: readonly Operation[]): boolean {
    if (this.#isOver) return false;
    for (const operation of operations) this.#news.set(operation.id, operation);
    return true;
  }

  leaveOff(): boolean {
    this.#isLeaving = true;
    return true;
  }

  abandon(): void {
    this.#isOver = true;
  }

  async #run(handler: LambdaHandler): Promise<FunctionOutput> {
    const { header, journal, arn } = this.#request;
    const input: api.DurableExecutionInvocationInput = {
      DurableExecutionArn: arn,
      CheckpointToken: this.#request.token,
      InitialExecutionState: {
        Operations: [executionToWire(header), ...journal.map((operation) => operationToWire(operation))],
      },
    };
    const UpdatedOperationIds = updatedOperations(this.#request).map(({ id }) => wireId(id));
    // The class has no room for these, as AWS's has not; the SDK reads them all the same.
    const event = Object.assign(new DurableExecutionInvocationInputWithClient(input, this.#client()), {
      UpdatedOperationIds,
    });
    try {
      return await Promise.race([this.#lost, this.#outputOf(handler, event)]);
    } catch (error) {
      return { status: "FAULT", error: failureFromError(error) };
    } finally {
      this.#isOver = true;
    }
  }

  async #outputOf(handler: LambdaHandler, event: object): Promise<FunctionOutput> {
    const outcome = outcomeOf(await handler(event, lambdaContextOf(this.#request)));
    return outcome.status === "PENDING" ? { ...outcome, again: this.#news.size > 0 } : outcome;
  }

  #client(): api.DurableExecutionClient {
    return {
      getExecutionState: async () => ({ Operations: [] }),
      checkpoint: async ({ Updates = [] }) => {
        if (this.#isOver) throw new DurableExecutionClientError("This invocation is over.");
        await this.#checkpoint(Updates.map(updateFromWire));
        const operations = [...this.#news.values()];
        this.#news.clear();
        // Without a token the SDK ends the invocation.
        if (this.#isLeaving) return { CheckpointToken: undefined, NewExecutionState: undefined };
        return {
          CheckpointToken: `${this.#request.token}-${++this.#tokens}`,
          NewExecutionState: { Operations: operations.map((operation) => operationToWire(operation)) },
        };
      },
    };
  }

  async #checkpoint(updates: readonly OperationUpdate[]): Promise<void> {
    try {
      // Changes that came before this invocation was there to absorb them are told with the answer.
      this.absorb(await this.#request.client.checkpoint(updates));
    } catch (error) {
      const refusal = clientError(error);
      // AWS's SDK waits for ever for the record of a result too large for its output, where that is refused.
      if (updates.some(({ type }) => type === "EXECUTION")) this.#lose(lostResult(refusal));
      throw refusal;
    }
  }
}

function lostResult({ scope, cause }: DurableExecutionClientError): FunctionOutput {
  return { status: scope === "EXECUTION" ? "FAILED" : "FAULT", error: failureFromError(cause) };
}

/** The error in the terms of AWS's SDK: the execution is lost, or the invocation is worth another try. */
function clientError(error: unknown): DurableExecutionClientError {
  const { cause, scope } = error instanceof CheckpointError ? error : { cause: error, scope: "INVOCATION" as const };
  return new DurableExecutionClientError(messageOf(cause), { scope, cause });
}

function outcomeOf(output: api.DurableExecutionInvocationOutput): FunctionOutput {
  if (output.Status === "PENDING") return { status: "PENDING" };
  if (output.Status === "FAILED") return { status: "FAILED", error: errorFromWire(output.Error) };
  return output.Result === undefined ? { status: "SUCCEEDED" } : { status: "SUCCEEDED", result: output.Result };
}
