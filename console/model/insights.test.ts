import { expect, test } from "vitest";
import { insightsOf, logGroupOf } from "./insights.ts";

const arn = "arn:aws:lambda:eu-west-1:123456789012:function:order:$LATEST/durable-execution/o-1/0123456789abcdef";

test("an execution on Lambda has its lines in the log group of its function, found by its ARN", () => {
  const group = { region: "eu-west-1", logGroup: "/aws/lambda/order" };
  expect(logGroupOf(arn)).toEqual(group);
  expect(insightsOf(arn, group)).toEqual({
    ...group,
    query: `fields @timestamp, level, operationName, attempt, message\n| filter executionArn = "${arn}"\n| sort @timestamp asc`,
  });
  expect(logGroupOf(arn.replace("arn:aws:", "arn:aws-us-gov:"))?.region).toBe("eu-west-1");
});

test.for(["arn:perdure:lambda:local:000000000000:function:order:1/durable-execution/o-1/ab", "arn:aws:s3:::x", ""])(
  "of %j CloudWatch is said to have nothing",
  (other) => {
    expect(logGroupOf(other)).toBeUndefined();
  },
);
