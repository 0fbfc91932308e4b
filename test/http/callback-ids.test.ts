/** A callback id opens its callback, so who may only read never gets to see one. */

import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createMemoryHost, type MemoryHost } from "../../src/homes/memory/memory-host.ts";
import { formatExecutionArn } from "../../src/lambda-compat/arn.ts";
import { createHttpFace } from "../../src/lambda-compat/http/face.ts";
import type { Right } from "../../src/lambda-compat/http/credentials.ts";
import { withDurableExecution } from "../../src/lambda-compat/with-durable-execution.ts";

/** Puts its id wherever a handler can: in a payload, in a link, in another execution's event, in an error, in its result. */
const ask = withDurableExecution(async (_event: unknown, context) => {
  const [answer, id] = await context.createCallback("approve");
  ids.push(id);
  await context.step("send", async () => ({
    mail: `Approve:\n${id}\nhttps://example.com/?id=${encodeURIComponent(id)}`,
  }));
  await context.invoke("note", { id });
  const failing = context.step("fail", async () => Promise.reject(new Error(`no such ${id}`)), {
    retryStrategy: () => ({ shouldRetry: false }),
  });
  await failing.catch(() => {});
  await answer;
  return { id };
});
const note = withDurableExecution(async (event: unknown) => event);

let ids: string[];
let host: MemoryHost;
let face: (request: Request) => Promise<Response>;

beforeEach(() => {
  ids = [];
  host = createMemoryHost({ functions: { ask, note } });
  const rights: readonly Right[] = ["read", "callback", "checkpoint", "start"];
  face = createHttpFace({
    client: host.client,
    credentials: [
      ...rights.map((right) => ({ id: right, rights: [...new Set(["read", right] as const)], bearer: right })),
      { id: "admin", rights: ["admin"], bearer: "admin" },
    ],
  });
});

afterEach(() => host.close());

async function text(path: string, bearer: string): Promise<string> {
  const response = await face(new Request(`http://h${path}`, { headers: { authorization: `Bearer ${bearer}` } }));
  expect(response.status).toBe(200);
  return response.text();
}

/** Every answer that `bearer` gets about what runs and ran. */
async function answers(bearer: string): Promise<string[]> {
  const { rows } = await host.client.list({ limit: 10 });
  const paths = rows.map((row) => `/2025-12-01/durable-executions/${encodeURIComponent(formatExecutionArn(row))}`);
  const lists = ["ask", "note"].map((name) => text(`/2025-12-01/functions/${name}/durable-executions`, bearer));
  const views = ["", "/history", "/history?ReverseOrder=true", "/events"];
  return Promise.all([...lists, ...paths.flatMap((path) => views.map((view) => text(path + view, bearer)))]);
}

async function run(): Promise<string> {
  const { execution } = await host.client.start({ functionName: "ask", input: "{}" });
  await expect.poll(async () => (await host.client.list({ limit: 10 })).rows.length).toBe(2);
  await host.client.completeCallback(ids[0]!, { type: "SUCCEEDED", result: '"yes"' });
  const { status, result } = await host.client.settled(execution.id, Date.now() + 60_000);
  expect([status, result]).toEqual(["SUCCEEDED", JSON.stringify({ id: ids[0] })]);
  return ids[0]!;
}

describe("a callback id", () => {
  test.for(["read", "start", "checkpoint"])("is in no answer to a caller with the right to %s", async (bearer) => {
    const id = await run();
    for (const answer of await answers(bearer)) {
      expect(answer).not.toContain(id.replaceAll("=", "").slice(-40));
    }
    const [history] = (await answers(bearer)).filter((answer) => answer.includes("CallbackStartedDetails"));
    expect(history).toContain("-redacted-");
  });

  test.for(["callback", "admin"])("is told to a caller with the right to %s", async (bearer) => {
    const id = await run();
    const told = (await answers(bearer)).filter((answer) => answer.includes(id));
    // Of both executions: what they are, their histories from either end, their commits.
    expect(told).toHaveLength(8);
  });

  test("is among the open operations for those who may answer, and redacted for others", async () => {
    const { execution } = await host.client.start({ functionName: "ask", input: "{}" });
    await expect.poll(() => ids.length).toBe(1);
    const path = `/2025-12-01/durable-executions/${encodeURIComponent(formatExecutionArn(execution))}/open-operations`;
    expect(await text(path, "callback")).toContain(ids[0]);
    expect(await text(path, "read")).toMatch(/"CallbackId":"\w+-redacted-[0-9a-f]{16}"/);
  });

  test("is the same, redacted, in the history and in the live stream", async () => {
    await run();
    const marks = (await answers("read")).map((answer) => new Set(answer.match(/-redacted-[0-9a-f]{16}/g)));
    expect(new Set(marks.flatMap((found) => [...found])).size).toBe(1);
  });
});
