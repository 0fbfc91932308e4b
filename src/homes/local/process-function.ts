/** A function whose handler runs in processes of its own, as the runner invokes it: natively, as on Lambda. */

import type { ExecutionHeader } from "../../engine/model/execution.ts";
import type { Failure } from "../../engine/model/failure.ts";
import { NonDeterministicExecutionError } from "../../engine/replay/faults.ts";
import type {
  DurableFunction,
  FunctionOutput,
  InvocationRequest,
  PlainFunction,
} from "../../engine/runner/function.ts";
import { statePage } from "../../engine/runner/state-page.ts";
import { formatFunctionArn } from "../../lambda-compat/arn.ts";
import { updatedOperations } from "../../lambda-compat/updated-operations.ts";
import { errorFromWire, executionToWire, operationToWire } from "../../lambda-compat/wire.ts";
import { wireId } from "../../lambda-compat/wire-id.ts";
import type { DurableExecutionInvocationOutput } from "../../lambda-compat/wire-types.ts";
import type { Told } from "./environment.ts";
import type { ContextData, InvokeMessage } from "./process-messages.ts";

/** Runs an invocation, in whatever process. Never rejects. */
export type Invoke = (invocation: Omit<InvokeMessage, "type" | "remainingMs">) => Promise<Told>;

export interface ProcessFunctionOptions {
  readonly invoke: Invoke;
  /** When a moment of the emulator's clock is on the clock of the process, ms since the epoch. */
  readonly wallAt: (emulated: number) => number;
  /** Told how each invocation ended. */
  readonly onOutput: (header: ExecutionHeader, output: FunctionOutput) => void;
}

/** Operations that come with the event; the others are for the SDK to fetch. */
const INLINE_OPERATIONS = 1000;

export function durableInProcess({ invoke, wallAt, onOutput }: ProcessFunctionOptions): DurableFunction {
  const run = async (request: InvocationRequest): Promise<FunctionOutput> => {
    const told = await invoke({ event: eventOf(request, wallAt), context: contextOf(request) });
    const output = outputOf(told);
    onOutput(request.header, output);
    return output;
  };
  return {
    kind: "durable",
    // The SDK hears of later changes with its next checkpoint, or by another invocation.
    invoke: (request) => ({
      output: run(request),
      absorb: () => false,
      // The answer to its next checkpoint ends it.
      leaveOff: () => true,
      abandon: () => {},
    }),
  };
}

export function plainInProcess({ invoke }: Pick<ProcessFunctionOptions, "invoke">): PlainFunction {
  return {
    kind: "plain",
    async call(input, { functionName, requestId }) {
      const context: ContextData = {
        ...identity(functionName, "$LATEST"),
        awsRequestId: requestId,
        logStreamName: requestId,
      };
      const told = await invoke({ event: input ?? null, context });
      if (told.type === "output") return told.output as string | undefined;
      throw asError(failureOf(told));
    },
  };
}

function eventOf(request: InvocationRequest, wallAt: (ms: number) => number): object {
  const { arn, token, header, journal } = request;
  const time = (ms: number): string => new Date(wallAt(ms)).toISOString();
  const { operations, marker } = statePage(header, journal, { limit: INLINE_OPERATIONS });
  return {
    DurableExecutionArn: arn,
    CheckpointToken: token,
    InitialExecutionState: {
      Operations: [executionToWire(header, time), ...operations.map((operation) => operationToWire(operation, time))],
      NextMarker: marker,
    },
    UpdatedOperationIds: updatedOperations(request).map(({ id }) => wireId(id)),
  };
}

function contextOf({ header, requestId }: InvocationRequest): ContextData {
  const { functionName, version, name, tenantId } = header;
  return {
    ...identity(functionName, version),
    awsRequestId: requestId,
    logStreamName: name,
    ...(tenantId !== undefined && { tenantId }),
  };
}

function identity(functionName: string, functionVersion: string) {
  return { functionName, functionVersion, invokedFunctionArn: formatFunctionArn(functionName, functionVersion) };
}

function outputOf(told: Told): FunctionOutput {
  if (told.type !== "output") return { status: "FAULT", error: failureOf(told) };
  const output = told.output as DurableExecutionInvocationOutput | undefined;
  if (output?.Status === "PENDING") return { status: "PENDING" };
  if (output?.Status === "FAILED") return failed(errorFromWire(output.Error ?? {}));
  if (output?.Status === "SUCCEEDED") {
    return output.Result === undefined ? { status: "SUCCEEDED" } : { status: "SUCCEEDED", result: output.Result };
  }
  const errorMessage = "The handler's answer is none of a durable function: is it what withDurableExecution returns?";
  return { status: "FAULT", error: { errorType: "InvalidOutput", errorMessage } };
}

/** Code that no longer matches the log is no end of the execution here: it waits until the code has been mended. */
function failed(error: Failure): FunctionOutput {
  if (error.errorType !== "NonDeterministicExecutionError") return { status: "FAILED", error };
  return { status: "BREACH", error: new NonDeterministicExecutionError(error.errorMessage ?? "", {}) };
}

function failureOf(told: Exclude<Told, { type: "output" }>): Failure {
  if (told.type !== "loaded") return told.error;
  return { errorType: "Runtime.HandlerNotFound", errorMessage: "The process did not run the handler." };
}

function asError({ errorType = "Error", errorMessage = "" }: Failure): Error {
  const error = new Error(errorMessage);
  error.name = errorType;
  return error;
}
