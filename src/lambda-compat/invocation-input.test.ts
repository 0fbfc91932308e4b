import * as aws from "@aws/durable-execution-sdk-js";
import { expect, test } from "vitest";
import { DurableExecutionInvocationInputWithClient } from "./invocation-input.ts";
import type { DurableExecutionClient, DurableExecutionInvocationInput } from "./types.ts";

const params: DurableExecutionInvocationInput = {
  DurableExecutionArn: "arn",
  CheckpointToken: "token",
  UpdatedOperationIds: ["1"],
  InitialExecutionState: { Operations: [] },
};
const client: DurableExecutionClient = {
  getExecutionState: async () => ({ Operations: [] }),
  checkpoint: async () => ({ NewExecutionState: {} }),
};

test("ours and AWS's know each other's events, and theirs of another copy", () => {
  const ours = new DurableExecutionInvocationInputWithClient(params, client);
  const theirs = new aws.DurableExecutionInvocationInputWithClient(params, client);
  expect(DurableExecutionInvocationInputWithClient.isInstance(ours)).toBe(true);
  expect(DurableExecutionInvocationInputWithClient.isInstance(theirs)).toBe(true);
  expect(aws.DurableExecutionInvocationInputWithClient.isInstance(ours)).toBe(true);
  expect({ ...ours }).toEqual({ ...theirs });
  expect(Object.prototype.toString.call(ours)).toBe(Object.prototype.toString.call(theirs));
});

test("an ordinary event is none, whatever it claims", () => {
  const claims = { [Symbol.toStringTag]: "DurableExecutionInvocationInputWithClient", durableExecutionClient: client };
  const bare = Object.assign(Object.create(null) as object, claims);
  for (const event of [
    undefined,
    null,
    "text",
    7,
    {},
    params,
    { ...params, durableExecutionClient: client },
    claims,
    bare,
  ]) {
    expect(DurableExecutionInvocationInputWithClient.isInstance(event)).toBe(false);
  }
});
