import { expect, test } from "vitest";
import { insightsOf } from "./insights.ts";

test("an execution on Lambda has its lines in the log group of its function, found by its ARN", () => {
  const arn = "arn:aws:lambda:eu-west-1:123456789012:function:order:$LATEST/durable-execution/o-1/0123456789abcdef";
  expect(insightsOf(arn)).toEqual({
    region: "eu-west-1",
    logGroup: "/aws/lambda/order",
    query: `fields @timestamp, level, operationName, attempt, message\n| filter executionArn = "${arn}"\n| sort @timestamp asc`,
  });
  expect(insightsOf(arn.replace("arn:aws:", "arn:aws-us-gov:"))?.region).toBe("eu-west-1");
});

test.for(["arn:perdure:lambda:local:000000000000:function:order:1/durable-execution/o-1/ab", "arn:aws:s3:::x", ""])(
  "of %j CloudWatch is said to have nothing",
  (arn) => {
    expect(insightsOf(arn)).toBeUndefined();
  },
);
