/** The actions on many executions, with a face that has calls for many and with one that has AWS's calls alone. */

import { type DurableContext, withDurableExecution } from "perdure";
import { createHttpFace } from "perdure/http";
import { createMemoryHost } from "perdure/memory";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { type FetchHandler, serve } from "../../test/http/serve.ts";
import { Executions } from "../api/executions.ts";
import { Face } from "../api/face.ts";
import { type ExecutionRow, NO_FILTER } from "../model/filter.ts";
import { doToRows, type RowProgress } from "./many.ts";

const waiting = withDurableExecution(async (_event: unknown, context: DurableContext) => {
  await context.wait("long", { days: 9 });
});
const host = createMemoryHost({ functions: { waiting } });
const handler = createHttpFace({
  client: host.client,
  credentials: [{ id: "test", rights: ["admin"], bearer: "the-token" }],
});

afterAll(() => host.close());

const MANY = /\/durable-executions\/\w+$/;

const asAws: FetchHandler = async (request) => {
  const { pathname } = new URL(request.url);
  if (!MANY.test(pathname) && !/\/(pause|resume)$/.test(pathname)) return handler(request);
  const headers = { "x-amzn-ErrorType": "UnknownOperationException" };
  return Response.json({ message: "There is no such path." }, { status: 404, headers });
};

class Counted {
  face: Face = new Face({ url: "", token: "" });
  /** Paths of what was asked to be done. */
  readonly asked: string[] = [];

  static async serve(answer: FetchHandler): Promise<Counted> {
    const counted = new Counted();
    const served = await serve((request) => {
      if (request.method !== "GET") counted.asked.push(new URL(request.url).pathname);
      return answer(request);
    });
    onTestFinished(() => served.close());
    counted.face = new Face({ url: served.url, token: "the-token" });
    return counted;
  }

  async started(prefix: string, count: number): Promise<readonly ExecutionRow[]> {
    const start = (at: number) => host.client.start({ functionName: "waiting", name: `${prefix}${at}` });
    await Promise.all(Array.from({ length: count }, (_, at) => start(at)));
    return (await new Executions(this.face).page({ ...NO_FILTER, prefix }, { limit: 1_000 })).rows;
  }

  begin(deed: "stop" | "pause", rows: readonly ExecutionRow[], more: Partial<Seen> = {}): Promise<RowProgress> {
    const { onProgress = () => undefined, signal = new AbortController().signal } = more;
    return doToRows(this.face, { deed, rows, onProgress, signal });
  }
}

interface Seen {
  readonly onProgress: (progress: RowProgress) => void;
  readonly signal: AbortSignal;
}

test("a face with calls for many is asked a few times, and what was so already is told", async () => {
  const own = await Counted.serve(handler);
  const rows = await own.started("many-", 220);
  const seen: number[] = [];
  const last = await own.begin("stop", rows, { onProgress: ({ done }) => seen.push(done) });
  expect(last).toMatchObject({ total: 220, done: 220, unchanged: 0, failures: [], left: [] });
  expect(seen).toEqual([0, 8, 108, 208, 220, 220]);
  expect(own.asked).toEqual(Array.from({ length: 4 }, () => "/2025-12-01/durable-executions/stop"));
  expect(await own.begin("stop", rows.slice(0, 9))).toMatchObject({ done: 0, unchanged: 9 });
});

test("with AWS's own service each is stopped by itself, and it is asked once for what it has not", async () => {
  const own = await Counted.serve(asAws);
  const rows = await own.started("single-", 30);
  expect(await own.begin("stop", rows)).toMatchObject({ done: 30, failures: [] });
  expect(own.asked.filter((path) => MANY.test(path))).toHaveLength(1);
  expect(own.asked).toHaveLength(31);
  expect((await host.client.describe("waiting/single-29")).status).toBe("STOPPED");
  const { failures } = await own.begin("pause", rows.slice(0, 2));
  expect(failures.map(({ error }) => error)).toMatchObject([{ type: "UnknownOperationException" }, {}]);
});

test("none is begun once it was called off, and which ones are left is told", async () => {
  const own = await Counted.serve(asAws);
  const rows = await own.started("off-", 40);
  const abort = new AbortController();
  const last = await own.begin("stop", rows, {
    signal: abort.signal,
    onProgress: ({ done }) => {
      if (done >= 8) abort.abort();
    },
  });
  expect([last.done, last.left.length, last.broken]).toEqual([8, 32, undefined]);
});

test("one that the host refuses for now is asked for again, the others are not", async () => {
  let isFirst = true;
  const own = await Counted.serve(async (request) => {
    const answer = await handler(request);
    if (request.method === "GET" || !isFirst) return answer;
    isFirst = false;
    const { Results } = (await answer.json()) as { readonly Results: readonly object[] };
    const busy = { ...Results[0], Status: "FAILED", ErrorType: "TooManyRequestsException", ErrorMessage: "later" };
    return Response.json({ Results: [busy, ...Results.slice(1)] });
  });
  const rows = await own.started("busy-", 3);
  expect(await own.begin("stop", rows)).toMatchObject({ done: 2, unchanged: 1, failures: [] });
});
