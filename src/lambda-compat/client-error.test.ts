import * as aws from "@aws/durable-execution-sdk-js";
import { expect, test } from "vitest";
import { DurableExecutionClientError, isDurableExecutionClientError } from "./client-error.ts";

const cause = new Error("socket closed");

test.for([undefined, {}, { scope: "EXECUTION" as const }, { cause }, { scope: "INVOCATION" as const, cause }])(
  "is AWS's with %j, and known to both",
  (options) => {
    const [ours, theirs] = [
      new DurableExecutionClientError("m", options),
      new aws.DurableExecutionClientError("m", options),
    ];
    const portrait = (error: typeof ours | typeof theirs): unknown => {
      const { name, message, scope, isDurableExecutionClientError: isMarked } = error;
      return { name, message, scope, isMarked, cause: error.cause, ownCause: Object.hasOwn(error, "cause") };
    };
    expect(portrait(ours)).toEqual(portrait(theirs));
    expect(isDurableExecutionClientError(theirs)).toBe(true);
    expect(aws.isDurableExecutionClientError(ours)).toBe(true);
  },
);

test.for([
  undefined,
  null,
  new Error("plain"),
  { isDurableExecutionClientError: true, scope: "EXECUTION" },
  Object.assign(new Error("m"), { isDurableExecutionClientError: "yes", scope: "EXECUTION" }),
  Object.assign(new Error("m"), { isDurableExecutionClientError: true, scope: "toString" }),
  Object.assign(new Error("m"), { isDurableExecutionClientError: true }),
])("%s is none, to either", (error) => {
  expect(isDurableExecutionClientError(error)).toBe(false);
  expect(aws.isDurableExecutionClientError(error)).toBe(false);
});
