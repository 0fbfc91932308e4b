import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { LambdaClient } from "@aws-sdk/client-lambda";
import * as aws from "@aws/durable-execution-sdk-js";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { runProgram } from "../../test/conformance/run-program.ts";
import { DurableExecutionApiClient } from "./api-client.ts";
import type { DurableExecutionClient, DurableLogger } from "./types.ts";

interface Received {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly body: string;
}

const answer = {
  CheckpointToken: "next",
  NewExecutionState: { Operations: [{ Id: "1", Type: "STEP", Status: "SUCCEEDED", StartTimestamp: 1_767_225_600.5 }] },
  Operations: [],
  NextMarker: "more",
};

let server: Server;
let endpoint: string;
let received: Received[];
let headers: IncomingHttpHeaders[];
let status: number;

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on("end", () => {
      received.push({ method: request.method, url: request.url, body });
      headers.push(request.headers);
      response.writeHead(status, { "content-type": "application/json", "x-amzn-requestid": "req-1" });
      response.end(
        JSON.stringify(status === 200 ? answer : { __type: "InvalidParameterValueException", message: "no" }),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.close();
  server.closeAllConnections();
});

beforeEach(() => {
  received = [];
  headers = [];
  status = 200;
});

afterEach(() => {
  vi.unstubAllEnvs();
});

const credentials = { accessKeyId: "AKIAEXAMPLE", secretAccessKey: "secret" };
const lambda = (): LambdaClient => new LambdaClient({ endpoint, region: "eu-west-1", credentials, maxAttempts: 1 });

const arn = "arn:aws:lambda:eu-west-1:123456789012:function:f:1/durable-execution/e/1";
const stateRequest = { DurableExecutionArn: arn, CheckpointToken: "t/1+2", Marker: "m", MaxItems: 1000 };
const update = { Id: "c4ca4238a0b92382", Type: "STEP", Action: "SUCCEED", Payload: '"€"' } as const;
const checkpointRequest = { DurableExecutionArn: arn, CheckpointToken: "t", ClientToken: "c", Updates: [update] };

async function callAll(client: DurableExecutionClient): Promise<unknown[]> {
  return [
    await client.getExecutionState(stateRequest),
    await client.checkpoint(checkpointRequest),
    await client.checkpoint({ DurableExecutionArn: arn, CheckpointToken: "t2", ClientToken: "c2", Updates: [] }),
  ];
}

describe("with a client of the caller's", () => {
  test("sends what AWS's sends, and answers what AWS's answers", async () => {
    const ours = await callAll(new DurableExecutionApiClient(lambda()));
    const sent = received.splice(0);
    const theirs = await callAll(new aws.DurableExecutionApiClient(lambda()));
    expect(sent).toHaveLength(3);
    expect(sent).toEqual(received);
    expect(ours).toMatchObject(
      JSON.parse(
        JSON.stringify(theirs, (key, value) => (key === "$metadata" || key === "StartTimestamp" ? undefined : value)),
      ),
    );
    expect(ours[1]).toMatchObject({
      NewExecutionState: { Operations: [{ StartTimestamp: new Date("2026-01-01T00:00:00.500Z") }] },
    });
  });

  test("rejects with the service's error, after telling the logger, and never logs a token", async () => {
    status = 400;
    const logged: unknown[][] = [];
    const logger = { error: (...params: unknown[]) => void logged.push(params) } as DurableLogger;
    const client = new DurableExecutionApiClient(lambda());
    await expect(client.checkpoint(checkpointRequest, logger)).rejects.toMatchObject({
      name: "InvalidParameterValueException",
    });
    await expect(client.getExecutionState(stateRequest, logger)).rejects.toMatchObject({
      name: "InvalidParameterValueException",
    });
    expect(logged.map(([message, , detail]) => [message, detail])).toEqual([
      ["Failed to checkpoint durable execution", { requestId: "req-1" }],
      ["Failed to get durable execution state", { requestId: "req-1" }],
    ]);
  });
});

test("without one, introduces itself as AWS's does, and shares one client", async () => {
  vi.stubEnv("AWS_ENDPOINT_URL_LAMBDA", endpoint);
  vi.stubEnv("AWS_REGION", "eu-west-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", credentials.accessKeyId);
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", credentials.secretAccessKey);
  await new DurableExecutionApiClient().getExecutionState(stateRequest);
  await new DurableExecutionApiClient().getExecutionState(stateRequest);
  await new aws.DurableExecutionApiClient().getExecutionState(stateRequest);
  const [first, second, theirs] = headers.map((sent) => sent["user-agent"]);
  expect(first).toContain(`aws-durable-execution-sdk-js/${aws.SDK_VERSION}`);
  expect([first, second]).toEqual([theirs, theirs]);
});

test("where AWS's client is missing, says what to install, and looks for it again at the next call", async () => {
  const { stdout } = await runProgram(`
    import { registerHooks } from "node:module";
    let isInstalled = false;
    registerHooks({
      resolve(specifier, context, next) {
        if (specifier !== "@aws-sdk/client-lambda" || isInstalled) return next(specifier, context);
        throw Object.assign(new Error("Cannot find package '@aws-sdk/client-lambda'"), { code: "ERR_MODULE_NOT_FOUND" });
      },
    });
    const { DurableExecutionApiClient } = await import("./src/lambda-compat/api-client.ts");
    const client = new DurableExecutionApiClient({ send: async (command) => command.constructor.name });
    await new Promise((resolve) => setImmediate(resolve));
    const failure = await client.checkpoint({}).catch((error) => error);
    isInstalled = true;
    console.log(JSON.stringify([failure.message, failure.cause.code, await client.checkpoint({})]));
  `);
  expect(JSON.parse(stdout)).toEqual([
    "The Lambda API needs the package @aws-sdk/client-lambda, which could not be loaded: install it beside perdure, or set durableExecutionClient.",
    "ERR_MODULE_NOT_FOUND",
    "CheckpointDurableExecutionCommand",
  ]);
});
