import { type DurableContext, withDurableExecution } from "perdure";
import { createMemoryHost } from "perdure/memory";
import { afterAll, describe, expect, test } from "vitest";
import { serve } from "../../test/http/serve.ts";
import { createHttpFace } from "../lambda-compat/http/face.ts";
import type { Api } from "./api/api.ts";
import { createAwsFace } from "./aws-face.ts";
import { createProxy, onlyBearing } from "./console-proxy.ts";
import { CommandError, ExitCode } from "./failures.ts";

const quick = withDurableExecution(async (_event: unknown, context: DurableContext) =>
  context.step("a", async () => 1),
);
const host = createMemoryHost({ functions: { quick } });
const { execution } = await host.client.start({ functionName: "quick", name: "q-1" });
const served = await serve(
  createHttpFace({ client: host.client, credentials: [{ id: "cli", rights: ["admin"], bearer: "the-token" }] }),
);
const proxy = onlyBearing("page-token", createProxy({ url: served.url, token: "the-token" }));

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

  test.for(["", "the-token", "page-toke"])("lets nobody in with %j", async (token) => {
    expect((await ask("/2015-03-31/functions/", token)).status).toBe(401);
  });

  test("says that nobody answers there", async () => {
    const nowhere = createProxy({ url: "http://127.0.0.1:9", token: "t" });
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
