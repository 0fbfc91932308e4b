import { expect, test } from "vitest";
import { readLinePage } from "../api/answers.ts";
import { type OtherLines, otherLines } from "./other-lines.ts";

const own = "arn:perdure:lambda:local:000000000000:function:order:1/durable-execution/o-1/0123456789abcdef";
const aws = "arn:aws:lambda:eu-west-1:123456789012:function:order:1/durable-execution/o-1/0123456789abcdef";
const startedAt = 1_700_000_000_000;

/** The note about the lines of an execution whose host has answered this to the call for its lines. */
function said(answer: object, arn = own): OtherLines | undefined {
  const { scope } = readLinePage({ Lines: [], ...answer });
  return otherLines(arn, { isKept: true, startedAt, ...scope });
}

test("a host that has all lines is told nothing of, nor one that was there when the execution was started", () => {
  expect(said({})).toBeUndefined();
  expect(said({ Since: startedAt / 1000, Elsewhere: { Service: "Workers Logs" } })).toBeUndefined();
});

test("of a host that came up later it is said from when on it has lines, and where earlier ones are", () => {
  const since = startedAt + 500;
  expect(said({ Since: since / 1000, Elsewhere: { Service: "Workers Logs" } })).toEqual({
    ...{ kind: "EARLIER", since, service: "Workers Logs" },
  });
  expect(said({ Since: since / 1000 })).toEqual({ kind: "EARLIER", since, service: undefined });
});

test("before it is known when the execution was started nothing is said of that", () => {
  const { scope } = readLinePage({ Since: startedAt / 1000 });
  expect(otherLines(own, { isKept: true, startedAt: undefined, ...scope })).toBeUndefined();
});

test("a log group that the host names is asked by the ARN that its lines have", () => {
  const Elsewhere = { Service: "CloudWatch Logs", Region: "us-east-1", LogGroup: "/orders/queue" };
  expect(said({ Elsewhere })).toMatchObject({
    kind: "IN_CLOUDWATCH",
    insights: { region: "us-east-1", logGroup: "/orders/queue", query: expect.stringContaining(`"${own}"`) },
  });
});

test("a service of another kind is named", () => {
  expect(said({ Elsewhere: { Service: "Loki" } })).toEqual({ kind: "ELSEWHERE", service: "Loki" });
});

test("of a host that has no lines to give only AWS's own service is known to have them", () => {
  expect(otherLines(own, { isKept: false, startedAt })).toEqual({ kind: "NOT_KEPT" });
  expect(otherLines(aws, { isKept: false, startedAt })).toMatchObject({
    kind: "IN_CLOUDWATCH",
    insights: { region: "eu-west-1", logGroup: "/aws/lambda/order" },
  });
});
