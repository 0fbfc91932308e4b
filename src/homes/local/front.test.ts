import { expect, test } from "vitest";
import { OneTimeLinks } from "../../console/one-time-links.ts";
import { createHttpFace } from "../../lambda-compat/http/face.ts";
import { withDurableExecution } from "../../lambda-compat/with-durable-execution.ts";
import { createMemoryHost } from "../memory/memory-host.ts";
import { EmulatorClock } from "./emulator-clock.ts";
import { createFront } from "./front.ts";
import type { FetchHandler } from "./http-server.ts";

/** As `perdure dev --sam` answers. */
function opened(): { front: FetchHandler; endpoints: Map<string, string>; errors: unknown[] } {
  const order = withDurableExecution(async () => "done");
  const { client } = createMemoryHost({ functions: { order } });
  const credentials = [{ id: "local", rights: ["admin"], bearer: "the-token" }] as const;
  const endpoints = new Map<string, string>();
  const errors: unknown[] = [];
  const front = createFront({
    face: createHttpFace({ client, credentials }),
    start: (request) => client.start(request),
    credentials,
    clock: new EmulatorClock({ aheadMs: 0, scale: 1, onSkip: () => {} }),
    openTo: "the-token",
    onEndpoint: (name, endpoint) => {
      endpoints.set(name, endpoint);
      return () => endpoints.delete(name);
    },
    links: new OneTimeLinks("the-token"),
    replay: () => Promise.reject(new Error("the disk is gone")),
    onError: (error) => errors.push(error),
  });
  return { front, endpoints, errors };
}

const list = (headers: Record<string, string> = {}) =>
  new Request("http://localhost:9014/2015-03-31/functions/", { headers });

test("with --sam this machine needs no credential; another one does, whatever host it says that it calls", async () => {
  const { front } = opened();
  expect((await front(list(), "127.0.0.1")).status).toBe(200);
  expect((await front(list(), "203.0.113.9")).status).toBe(401);
  expect((await front(list())).status).toBe(401);
  expect((await front(list({ authorization: "Bearer the-token" }), "203.0.113.9")).status).toBe(200);
});

test("with --sam a page in a browser of this machine needs a credential", async () => {
  const { front } = opened();
  for (const page of [{ origin: "http://evil.example" }, { "sec-fetch-site": "cross-site" }])
    expect((await front(list(page), "127.0.0.1")).status).toBe(401);
  const rebound = new Request("http://evil.example:9014/2015-03-31/functions/");
  expect((await front(rebound, "127.0.0.1")).status).toBe(401);
});

test("a start that is refused leaves no address of a function behind", async () => {
  const { front, endpoints } = opened();
  const start = async (asked: object): Promise<number> => {
    const body = JSON.stringify({ FunctionName: "order", ExecutionName: "o-1", ...asked });
    const request = new Request("http://localhost:9014/start-durable-execution", { method: "POST", body });
    return (await front(request, "127.0.0.1")).status;
  };
  const LambdaEndpoint = "http://127.0.0.1:3001";
  expect(await start({ LambdaEndpoint, ExecutionName: "no name" })).toBe(400);
  expect(await start({ LambdaEndpoint, FunctionName: "__proto__" })).toBe(404);
  expect(await start({ LambdaEndpoint: "file:///etc/passwd" })).toBe(400);
  expect(await start({ LambdaEndpoint: `http://x/${"y".repeat(3000)}` })).toBe(400);
  expect([...endpoints]).toEqual([]);
  expect(await start({ LambdaEndpoint })).toBe(201);
  expect([...endpoints]).toEqual([["o-1", LambdaEndpoint]]);
});

test("the clock, which never goes back, goes no further than dates do", async () => {
  const { front } = opened();
  const skip = async (SkipMs: number): Promise<number> => {
    const body = JSON.stringify({ SkipMs });
    const request = new Request("http://localhost:9014/perdure/time", { method: "POST", body });
    return (await front(request, "127.0.0.1")).status;
  };
  for (const ms of [Number.MAX_SAFE_INTEGER, 8.64e15, 250_000_000_000_000]) expect(await skip(ms)).toBe(400);
  expect(await skip(100_000_000_000_000)).toBe(200);
  expect(await skip(100_000_000_000_000)).toBe(200);
  expect(await skip(100_000_000_000_000)).toBe(400);
});

test("what fails inside is told to the host, and not to the caller", async () => {
  const { front, errors } = opened();
  const body = JSON.stringify({ FunctionName: "order", Log: [] });
  const request = new Request("http://localhost:9014/perdure/replay", { method: "POST", body });
  const answer = await front(request, "127.0.0.1");
  expect([answer.status, await answer.text()]).toEqual([500, expect.not.stringContaining("disk")]);
  expect(errors).toEqual([new Error("the disk is gone")]);
});
