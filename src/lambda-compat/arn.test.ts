import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  executionIdOf,
  formatExecutionArn,
  formatFunctionArn,
  parseExecutionArn,
  parseFunctionReference,
} from "./arn.ts";

const word = (max: number) => fc.stringMatching(new RegExp(`^[A-Za-z0-9_-]{1,${max}}$`));
const parts = fc.record({
  functionName: word(140),
  version: fc.oneof(fc.constant("$LATEST"), fc.stringMatching(/^[\w.-]{1,128}$/)),
  name: word(64),
  incarnation: word(64),
});

describe("the ARN of an execution", () => {
  test("is read back as it was written, under any scope", () => {
    const scope = fc.record({
      partition: word(20),
      region: word(20),
      account: fc.stringMatching(/^\d{12}$/),
    });
    fc.assert(
      fc.property(parts, scope, (given, where) => {
        expect(parseExecutionArn(formatExecutionArn(given, where))).toEqual(given);
        expect(parseExecutionArn(formatExecutionArn(given))).toEqual(given);
      }),
    );
  });

  test("has the form that AWS gives it", () => {
    const execution = { functionName: "order", version: "$LATEST", name: "o-1", incarnation: "i" };
    expect(formatExecutionArn(execution)).toBe(
      "arn:perdure:lambda:local:000000000000:function:order:$LATEST/durable-execution/o-1/i",
    );
    expect(executionIdOf(execution)).toBe("order/o-1");
  });

  test.for([
    "",
    "order/o-1",
    "arn:aws:lambda:us-east-1:123456789012:function:order",
    "arn:aws:lambda:us-east-1:123456789012:function:order:1",
    "arn:aws:lambda:us-east-1:123456789012:function:order/durable-execution/o-1/i",
    "arn:aws:lambda:us-east-1:12345678901:function:order:1/durable-execution/o-1/i",
    "arn:aws:s3:us-east-1:123456789012:function:order:1/durable-execution/o-1/i",
    "arn:aws:lambda:us-east-1:123456789012:function:or/der:1/durable-execution/o-1/i",
    "arn:aws:lambda:us-east-1:123456789012:function:order:1/durable-execution/o-1/i/j",
    "arn:aws:lambda:us-east-1:123456789012:function:order:1/durable-execution/o-1/i\n",
    " arn:aws:lambda:us-east-1:123456789012:function:order:1/durable-execution/o-1/i",
    `arn:aws:lambda:us-east-1:123456789012:function:order:1/durable-execution/${"n".repeat(65)}/i`,
  ])("is nothing else: %j", (text) => {
    expect(parseExecutionArn(text)).toBeUndefined();
  });
});

describe("a reference to a function", () => {
  test.for([
    ["order", "order", undefined],
    ["order:7", "order", "7"],
    ["order:$LATEST", "order", "$LATEST"],
    ["order:1.0.0-rc", "order", "1.0.0-rc"],
    ["function:order", "order", undefined],
    ["123456789012:order", "order", undefined],
    ["123456789012:function:order:live", "order", "live"],
    ["arn:aws-us-gov:lambda:us-gov-west-1:123456789012:function:order", "order", undefined],
    [formatFunctionArn("order", "7"), "order", "7"],
  ] as const)("may be %s", ([text, functionName, qualifier]) => {
    expect(parseFunctionReference(text)).toEqual(qualifier ? { functionName, qualifier } : { functionName });
  });

  test.for([
    "",
    ":7",
    "order:",
    "order:7:8",
    "or der",
    "order/x",
    "order:$OLDEST",
    "arn:aws:lambda:::function:order",
    "x".repeat(141),
  ])("may not be %j", (text) => {
    expect(parseFunctionReference(text)).toBeUndefined();
  });

  test("of hostile length is read in no time to speak of", () => {
    const text = `arn:${"a-".repeat(100_000)}:lambda:${"-".repeat(100_000)}`;
    expect([parseFunctionReference(text), parseExecutionArn(text)]).toEqual([undefined, undefined]);
  });
});
