import { afterEach, beforeEach, expect, test } from "vitest";
import type { LiveEvent } from "../../src/engine/runner/client.ts";
import { createHttpFace } from "../../src/lambda-compat/http/face.ts";
import { PlainClient } from "./plain-client.ts";
import { type Served, serve } from "./serve.ts";

const ARN = "arn:perdure:lambda:local:000000000000:function:order:$LATEST/durable-execution/o-1/0123456789abcdef";

/** Goes live: what is pushed reaches whoever watches, and it is known when they leave. */
class LiveClient extends PlainClient {
  #wake: () => void = () => {};
  #isOver = false;
  readonly left: Promise<void>;
  #leave: () => void = () => {};

  constructor() {
    super();
    this.left = new Promise((resolve) => {
      this.#leave = resolve;
    });
  }

  push(event: LiveEvent): void {
    this.live.push(event);
    this.#wake();
  }

  end(): void {
    this.#isOver = true;
    this.#wake();
  }

  override async *watch(executionId: string, cursor: number): AsyncIterable<LiveEvent> {
    this.notes.push(["watch", executionId, cursor]);
    let next = cursor;
    try {
      while (true) {
        while (next < this.live.length) yield this.live[next++]!;
        if (this.#isOver) return;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    } finally {
      this.#leave();
    }
  }
}

const MOST_STREAMS = 4;

let executions: LiveClient;
let served: Served;

beforeEach(async () => {
  executions = new LiveClient();
  await executions.start({ functionName: "order", name: "o-1" });
  const credentials = [{ id: "web", rights: ["read"], bearer: "the-token" }] as const;
  const options = { heartbeatMs: 5, limits: { streams: MOST_STREAMS } };
  served = await serve(createHttpFace({ client: executions, credentials, options }));
});

afterEach(() => served.close());

async function open(
  headers: Record<string, string> = {},
  query = "",
  signal?: AbortSignal,
): Promise<() => Promise<string | undefined>> {
  const response = await fetch(
    `${served.url}/2025-12-01/durable-executions/${encodeURIComponent(ARN)}/events${query}`,
    {
      headers: { authorization: "Bearer the-token", ...headers },
      ...(signal && { signal }),
    },
  );
  expect([response.status, response.headers.get("content-type")]).toEqual([200, "text/event-stream"]);
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = "";
  return async function next(): Promise<string | undefined> {
    const end = buffer.indexOf("\n\n");
    if (end >= 0) {
      const event = buffer.slice(0, end);
      buffer = buffer.slice(end + 2);
      return event === ":" ? next() : event;
    }
    const { value } = await reader.read();
    if (value === undefined) return undefined;
    buffer += value;
    return next();
  };
}

test("events arrive as they happen, and the stream ends after the end", async () => {
  executions.push({ seq: 1, body: "one" });
  const next = await open();
  expect(await next()).toBe("id: 1\nevent: commit\ndata: one");
  executions.push({ seq: 2, body: "two" });
  expect(await next()).toBe("id: 2\nevent: commit\ndata: two");
  executions.end();
  expect(await next()).toBe("event: end\ndata: {}");
  expect(await next()).toBeUndefined();
});

test("a reader that was cut off goes on after its last id", async () => {
  for (const [index, body] of ["one", "two", "three"].entries()) executions.push({ seq: index + 1, body });
  executions.end();
  const byHeader = await open({ "last-event-id": "2" }, "?cursor=0");
  expect([await byHeader(), await byHeader()]).toEqual(["id: 3\nevent: commit\ndata: three", "event: end\ndata: {}"]);
  const byQuery = await open({}, "?cursor=1");
  expect(await byQuery()).toBe("id: 2\nevent: commit\ndata: two");
  const neverBack = await open({ "last-event-id": "0" }, "?cursor=2");
  expect(await neverBack()).toBe("id: 3\nevent: commit\ndata: three");
});

test("a reader that comes back after the end is told that nothing follows, and its stream counts no more", async () => {
  executions.push({ seq: 1, body: "one" });
  executions.end();
  const url = `${served.url}/2025-12-01/durable-executions/${encodeURIComponent(ARN)}/events`;
  const back = (id: string): Promise<Response> =>
    fetch(url, { headers: { authorization: "Bearer the-token", "last-event-id": id } });
  // It runs as far as anybody knows, whatever its stream says.
  expect(await (await back("1")).text()).toBe("event: end\ndata: {}\n\n");
  await executions.settled("order/o-1", 0);
  for (let visit = 0; visit < MOST_STREAMS + 1; visit++) expect((await back("1")).status).toBe(204);
  const late = await open({ "last-event-id": "0" });
  expect([await late(), await late()]).toEqual(["id: 1\nevent: commit\ndata: one", "event: end\ndata: {}"]);
});

test("comments keep a silent stream open", async () => {
  const response = await fetch(`${served.url}/2025-12-01/durable-executions/${encodeURIComponent(ARN)}/events`, {
    headers: { authorization: "Bearer the-token" },
  });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let seen = "";
  while (seen.length < 9) seen += (await reader.read()).value ?? "";
  expect(seen).toMatch(/^(:\n\n){3}/);
  await reader.cancel();
});

test("a reader that leaves is let go of", async () => {
  executions.push({ seq: 1, body: "one" });
  const leaving = new AbortController();
  const next = await open({}, "", leaving.signal);
  await next();
  leaving.abort();
  const nudge = setInterval(() => executions.push({ seq: executions.live.length + 1, body: "more" }), 1);
  await executions.left;
  clearInterval(nudge);
  expect(executions.live.length).toBeGreaterThan(0);
});
