import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { linesInCloudWatch } from "./log-group.ts";

beforeEach(() => {
  vi.stubEnv("AWS_REGION", undefined);
  vi.stubEnv("AWS_LAMBDA_LOG_GROUP_NAME", undefined);
});

afterEach(() => {
  vi.unstubAllEnvs();
});

const query = { after: 0, limit: 1 };
const execution = { id: "order/o-1", incarnation: "a".repeat(32) };
const elsewhereOf = async (...options: Parameters<typeof linesInCloudWatch>): Promise<unknown> =>
  (await linesInCloudWatch(...options)?.lines(execution, query))?.elsewhere;

describe("lines of executions on Lambda", () => {
  test("are where the environment says", async () => {
    vi.stubEnv("AWS_REGION", "eu-west-1");
    vi.stubEnv("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/all");
    expect(await elsewhereOf()).toEqual({
      service: "CloudWatch Logs",
      region: "eu-west-1",
      logGroup: "/aws/lambda/all",
    });
  });

  test("are where the options say, whatever the environment does", async () => {
    vi.stubEnv("AWS_REGION", "eu-west-1");
    vi.stubEnv("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/http");
    expect(await elsewhereOf({ logGroup: "/orders/queue" })).toMatchObject({
      region: "eu-west-1",
      logGroup: "/orders/queue",
    });
    expect(await elsewhereOf({ logGroup: "/orders/queue", region: "us-east-1" })).toMatchObject({
      region: "us-east-1",
    });
  });

  test("are nowhere that the face knew of, where neither says so", () => {
    expect(linesInCloudWatch()).toBeUndefined();
    expect(linesInCloudWatch({ logGroup: "/orders/queue" })).toBeUndefined();
    expect(linesInCloudWatch({ region: "eu-west-1" })).toBeUndefined();
  });
});
