/** What one host takes on at a time. */

import { beforeEach, describe, expect, test } from "vitest";
import { createHttpFace, type HttpFaceOptions } from "../../src/lambda-compat/http/face.ts";
import type { HttpLimits } from "../../src/lambda-compat/http/limits.ts";
import type { LiveEvent } from "../../src/engine/runner/client.ts";
import { PlainClient } from "./plain-client.ts";

const ARN = "arn:perdure:lambda:local:000000000000:function:order:$LATEST/durable-execution/o-1/0123456789abcdef";
const EVENTS = `/2025-12-01/durable-executions/${encodeURIComponent(ARN)}/events`;
const INVOKE = "/2015-03-31/functions/order/invocations";

/** Its live events do not end before they are told to, or break when told to. */
class OpenClient extends PlainClient {
  end: () => void = () => {};
  break: () => void = () => {};

  override watch(): AsyncIterable<LiveEvent> {
    const next = new Promise<IteratorResult<LiveEvent>>((resolve, reject) => {
      this.end = () => resolve({ done: true, value: undefined });
      this.break = () => reject(new Error("gone"));
    });
    return { [Symbol.asyncIterator]: () => ({ next: () => next, return: async () => ({ done: true, value: 0 }) }) };
  }
}

let executions: OpenClient;
let clock: number;
let face: (request: Request) => Promise<Response>;

beforeEach(async () => {
  executions = new OpenClient();
  await executions.start({ functionName: "order", name: "o-1" });
  clock = 1_000_000;
});

function limit(limits: HttpLimits, options: HttpFaceOptions = {}): void {
  const credentials = [{ id: "ci", rights: ["admin"], bearer: "t" }] as const;
  face = createHttpFace({ client: executions, credentials, options: { now: () => clock, limits, ...options } });
}

function ask(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = { ...(init.headers as object), authorization: "Bearer t" };
  return face(new Request(`http://localhost${path}`, { ...init, headers }));
}

async function refusal(response: Response): Promise<[number, string | null, string | null, string]> {
  const { message } = (await response.json()) as { message: string };
  const { status, headers } = response;
  return [status, headers.get("x-amzn-errortype"), headers.get("retry-after"), message];
}

describe("live streams", () => {
  const tooMany = "This host has 2 live event streams open, which is its limit.";

  test("are open up to the limit; one more is refused, and what is closed makes room, however it ends", async () => {
    limit({ streams: 2 });
    await ask(EVENTS);
    for (const close of [
      (response: Response) => response.body!.cancel(),
      async (response: Response) => {
        executions.end();
        expect(await response.text()).toContain("event: end");
      },
      async (response: Response) => {
        executions.break();
        expect(await response.text()).toContain("event: error");
      },
    ]) {
      const last = await ask(EVENTS);
      expect(last.status).toBe(200);
      expect(await refusal(await ask(EVENTS))).toEqual([429, "TooManyRequestsException", "1", tooMany]);
      await close(last);
    }
    expect((await ask(EVENTS)).status).toBe(200);
  });

  test("that are refused for what they ask for take no place", async () => {
    limit({ streams: 1 });
    expect((await ask(EVENTS.replace("o-1", "o-2"))).status).toBe(404);
    expect((await ask(`${EVENTS}?cursor=x`)).status).toBe(400);
    expect((await ask(EVENTS)).status).toBe(200);
  });

  test("are 100 unless told otherwise", async () => {
    limit({});
    for (let count = 0; count < 100; count++) expect((await ask(EVENTS)).status).toBe(200);
    expect((await ask(EVENTS)).status).toBe(429);
  });
});

describe("starts", () => {
  const start = async (type = "Event"): Promise<number> =>
    (await ask(INVOKE, { method: "POST", headers: { "x-amz-invocation-type": type } })).status;

  test("are so many a second, and no more are saved up", async () => {
    limit({ startsPerSecond: 3 });
    const burst = async (): Promise<number[]> => [
      await start(),
      await start("RequestResponse"),
      await start(),
      await start(),
    ];
    expect(await burst()).toEqual([202, 200, 202, 429]);
    clock += 334;
    expect([await start(), await start()]).toEqual([202, 429]);
    clock += 3_600_000;
    expect(await burst()).toEqual([202, 200, 202, 429]);
    // A clock that is set back gives nothing.
    clock -= 10_000;
    expect(await start()).toBe(429);
    clock += 1000;
    expect(await start()).toBe(202);
  });

  test("are told when there is room again, and a dry run is none", async () => {
    limit({ startsPerSecond: 1 });
    for (let count = 0; count < 5; count++) expect(await start("DryRun")).toBe(204);
    expect(await start()).toBe(202);
    expect(await refusal(await ask(INVOKE, { method: "POST" }))).toEqual([
      429,
      "TooManyRequestsException",
      "1",
      "The limit of this host is 1 starts a second.",
    ]);
    expect(executions.notes.filter((note) => (note as string[])[0] === "start")).toHaveLength(2);
  });

  test("are 300 a second unless told otherwise, and any number if told so", async () => {
    limit({});
    for (let count = 0; count < 300; count++) expect(await start()).toBe(202);
    expect(await start()).toBe(429);
    limit({ startsPerSecond: Number.POSITIVE_INFINITY });
    for (let count = 0; count < 400; count++) expect(await start()).toBe(202);
  });
});

describe("a request body", () => {
  const streamed = (body: ReadableStream): RequestInit => ({ method: "POST", body, duplex: "half" }) as RequestInit;

  test("is no larger than the host takes, whatever the call would", async () => {
    limit({ bodyBytes: 10 });
    expect((await ask(INVOKE, { method: "POST", body: '"12345678"' })).status).toBe(200);
    expect(await refusal(await ask(INVOKE, { method: "POST", body: '"123456789"' }))).toEqual([
      413,
      "RequestTooLargeException",
      null,
      "The request body must be at most 10 bytes.",
    ]);
  });

  test("that comes too slowly is cut off", async () => {
    limit({ bodyMs: 20 });
    let cancelled = false;
    let isSent = false;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (!isSent) controller.enqueue(new Uint8Array([0x20]));
        isSent = true;
        return new Promise(() => {});
      },
      cancel() {
        cancelled = true;
      },
    });
    expect(await refusal(await ask(INVOKE, streamed(body)))).toEqual([
      408,
      "RequestTimeoutException",
      null,
      "The request body must arrive within 20 ms.",
    ]);
    expect([cancelled, executions.told("start")]).toEqual([true, [{ functionName: "order", name: "o-1" }]]);
  });

  test("has all the time there is, if told so", async () => {
    limit({ bodyMs: Number.POSITIVE_INFINITY });
    const slow = new ReadableStream<Uint8Array>({
      async pull(controller) {
        await new Promise((later) => setTimeout(later, 20));
        controller.enqueue(new TextEncoder().encode("1"));
        controller.close();
      },
    });
    expect((await ask(INVOKE, streamed(slow))).status).toBe(200);
    expect(executions.told("start")).toMatchObject([{ input: "1" }]);
  });
});
