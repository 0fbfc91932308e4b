import { type DurableContext, withDurableExecution } from "perdure";
import { createMemoryHost } from "perdure/memory";
import { afterAll, describe, expect, test } from "vitest";
import { serve } from "../../test/http/serve.ts";
import { formatExecutionArn } from "../lambda-compat/arn.ts";
import { createHttpFace } from "../lambda-compat/http/face.ts";
import type { Api } from "./api/api.ts";
import { bearing, signing } from "./api/authorize.ts";
import { createAwsFace } from "./aws-face.ts";
import { createProxy, onlyBearing } from "./console-proxy.ts";
import { CommandError, ExitCode } from "./failures.ts";

const quick = withDurableExecution(async (_event: unknown, context: DurableContext) =>
  context.step("a", async () => 1),
);
const host = createMemoryHost({ functions: { quick } });
const { execution } = await host.client.start({ functionName: "quick", name: "q-1" });
const sigv4 = { accessKeyId: "AKIDCLI", secretAccessKey: "a secret" };
const credentials = [{ id: "cli", rights: ["admin"], bearer: "the-token", sigv4 }] as const;
const served = await serve(createHttpFace({ client: host.client, credentials }));
const proxy = onlyBearing("page-token", createProxy({ url: served.url, authorize: bearing("the-token") }));

afterAll(async () => {
  host.close();
  await served.close();
});

function ask(path: string, token = "page-token", init: RequestInit = {}): Promise<Response> {
  return proxy(new Request(`http://127.0.0.1:1${path}`, { ...init, headers: { Authorization: `Bearer ${token}` } }));
}

describe("the console's way to a face elsewhere", () => {
  test("lets the calls of its page through, with the token that the page has not got", async () => {
    const answer = await ask("/2025-12-01/functions/quick/durable-executions?MaxItems=1");
    expect(Date.parse(answer.headers.get("date") ?? "")).toBeGreaterThan(0);
    expect(answer.headers.has("x-amzn-requestid")).toBe(true);
    expect(await answer.json()).toMatchObject({ DurableExecutions: [{ DurableExecutionName: "q-1" }] });
  });

  test("passes streams and refusals on", async () => {
    const { DurableExecutions } = (await (await ask("/2025-12-01/functions/quick/durable-executions")).json()) as {
      DurableExecutions: { DurableExecutionArn: string }[];
    };
    const arn = encodeURIComponent(DurableExecutions[0]?.DurableExecutionArn ?? "");
    const events = await ask(`/2025-12-01/durable-executions/${arn}/events`);
    expect(await events.text()).toContain("event: end");
    const refused = await ask("/2025-12-01/nothing", "page-token", { method: "POST" });
    expect([refused.status, refused.headers.get("x-amzn-errortype")]).toEqual([404, "UnknownOperationException"]);
    expect(execution.name).toBe("q-1");
  });

  test("signs them where the face is to be called so, with what the page says of where a stream broke off", async () => {
    const signed = createProxy({ url: served.url, authorize: signing(async () => sigv4) });
    const call = (path: string, init: RequestInit = {}) => signed(new Request(`http://127.0.0.1:1${path}`, init));
    const arn = encodeURIComponent(formatExecutionArn(execution));
    const headers = { "Last-Event-ID": "1" };
    const events = await (await call(`/2025-12-01/durable-executions/${arn}/events`, { headers })).text();
    expect(events).toContain("event: end");
    expect(events).not.toContain("id: 1\n");
    const invoked = await call("/2015-03-31/functions/quick/invocations", {
      method: "POST",
      body: '{"ü":1}',
      headers: { "X-Amz-Invocation-Type": "Event", "X-Amz-Durable-Execution-Name": "q-2" },
    });
    expect(invoked.status).toBe(202);
  });

  test.for(["", "the-token", "page-toke"])("lets nobody in with %j", async (token) => {
    expect((await ask("/2015-03-31/functions/", token)).status).toBe(401);
  });

  test("says that nobody answers there", async () => {
    const nowhere = createProxy({ url: "http://127.0.0.1:9", authorize: bearing("t") });
    expect((await nowhere(new Request("http://127.0.0.1:1/2015-03-31/functions/"))).status).toBe(502);
  });
});

describe("AWS's own service for the console", () => {
  const asked: unknown[] = [];
  const api: Api = {
    place: "AWS",
    isAws: true,
    call: (operation, input) => {
      asked.push([operation, input]);
      if (operation === "StopDurableExecution") {
        return Promise.reject(new CommandError(ExitCode.REFUSED, "ResourceNotFoundException: There is none."));
      }
      return Promise.resolve({ DurableExecutions: [{ StartTimestamp: new Date(1_500) }] } as never);
    },
    own: () => Promise.reject(new Error("none")),
    commits: () => {
      throw new Error("none");
    },
  };
  const face = createAwsFace(api);
  const call = (path: string, init?: RequestInit): Promise<Response> =>
    face(new Request(`http://127.0.0.1:1${path}`, init));

  test("is asked by AWS's client, and its times are seconds again", async () => {
    const path =
      "/2025-12-01/functions/f%3A1/durable-executions?MaxItems=5&Statuses=RUNNING&StartedAfter=2026-01-01T00:00:00Z";
    expect(await (await call(path)).json()).toEqual({ DurableExecutions: [{ StartTimestamp: 1.5 }] });
    const input = { FunctionName: "f:1", MaxItems: 5, Statuses: ["RUNNING"], StartedAfter: new Date("2026-01-01") };
    expect(asked.at(-1)).toEqual(["ListDurableExecutionsByFunction", input]);
  });

  test("refuses in AWS's words", async () => {
    const answer = await call("/2025-12-01/durable-executions/arn%2Fx/stop", { method: "POST", body: "{}" });
    expect([answer.status, answer.headers.get("x-amzn-errortype")]).toEqual([404, "ResourceNotFoundException"]);
  });

  test.for(["pause", "resume", "fork", "rewind", "events"])("has no %s", async (name) => {
    const answer = await call(`/2025-12-01/durable-executions/arn/${name}`, { method: "POST", body: "{}" });
    expect([answer.status, answer.headers.get("x-amzn-errortype")]).toEqual([404, "UnknownOperationException"]);
  });
});
