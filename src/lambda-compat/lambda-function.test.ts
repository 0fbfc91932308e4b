import { expect, test } from "vitest";
import { CheckpointError } from "../engine/replay/faults.ts";
import type { InvocationRequest } from "../engine/runner/function.ts";
import { durableLambda } from "./lambda-function.ts";
import type { DurableExecutionClient } from "./types.ts";
import type { OperationUpdate } from "./wire-types.ts";

const RESULT = { Id: "execution-result", Type: "EXECUTION", Action: "SUCCEED", Payload: '"large"' } as const;
const STEP = { Id: "1", Type: "STEP", Action: "START", SubType: "Step" } as const;

/** A handler of AWS's SDK whose record of something is refused, and that then waits for ever. */
function outputOf(update: OperationUpdate, scope: "EXECUTION" | "INVOCATION"): Promise<object> {
  const handler = async ({ durableExecutionClient }: { durableExecutionClient: DurableExecutionClient }) => {
    await durableExecutionClient
      .checkpoint({ DurableExecutionArn: "arn", CheckpointToken: "t", Updates: [update] })
      .catch(() => undefined);
    return new Promise(() => {});
  };
  const request = {
    header: { id: "f/x", name: "x", functionName: "f", version: "1", startedAt: 0 },
    ...{ arn: "arn", requestId: "r", token: "t", journal: [], heard: 0, deadline: Date.now() + 1000 },
    client: {
      checkpoint: () => {
        throw new CheckpointError(scope, new Error("refused"));
      },
    },
  } as unknown as InvocationRequest;
  // Nothing but promises leads to an output: one that is not there by the next turn does not come.
  const never = new Promise<object>((resolve) => setTimeout(() => resolve({ status: "WAITS" }), 20));
  return Promise.race([durableLambda(handler).invoke(request).output, never]);
}

const error = expect.objectContaining({ errorMessage: "refused" }) as object;

test("an execution whose result is refused has failed", async () => {
  expect(await outputOf(RESULT, "EXECUTION")).toEqual({ status: "FAILED", error });
});

test("an invocation that could not record the execution's result has broken, and another one follows", async () => {
  expect(await outputOf(RESULT, "INVOCATION")).toEqual({ status: "FAULT", error });
});

test("what else is refused is the SDK's own affair", async () => {
  expect(await outputOf(STEP, "EXECUTION")).toEqual({ status: "WAITS" });
});
