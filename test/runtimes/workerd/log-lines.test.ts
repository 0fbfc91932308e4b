/** What the code of an execution logs, as the face of its Worker answers it. */

import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { ExecutionClient } from "../../../src/engine/runner/client.ts";
import { formatExecutionArn } from "../../../src/lambda-compat/arn.ts";
import { wireId } from "../../../src/lambda-compat/wire-id.ts";
import { done } from "./functions.ts";
import { app } from "./worker.ts";

interface Lines {
  readonly Lines: readonly { Number: number; Text: string; Level: string; OperationId?: string; Attempt?: number }[];
  readonly NextMarker?: string;
  readonly Since: number;
  readonly Elsewhere: object;
}

const environment = {
  ...env,
  PERDURE_CREDENTIALS: JSON.stringify([
    { id: "admin", rights: ["admin"], bearer: "all" },
    { id: "reader", rights: ["read"], bearer: "reading" },
    { id: "clerk", rights: ["callback"], bearer: "answering" },
  ]),
};

let client: ExecutionClient;
let key = "";

beforeEach(() => {
  client = app.client(env);
  key = crypto.randomUUID();
  for (const level of ["info", "warn", "error"] as const) vi.spyOn(console, level).mockReturnValue();
});

afterEach(() => {
  vi.restoreAllMocks();
});

/** Starts one that logs, and has it come to its callback. */
async function startChatty(times = 0): Promise<string> {
  const { execution } = await client.start({
    functionName: "chatty",
    name: key,
    input: JSON.stringify({ key, times }),
  });
  await vi.waitUntil(async () => (await callbackOf(execution.id)) !== undefined && done.has(`${key} submit`), {
    timeout: 20_000,
  });
  return execution.id;
}

async function callbackOf(id: string): Promise<string | undefined> {
  const { operations } = await client.state(id, { limit: 100 });
  return operations.flatMap((each) => (each.type === "CALLBACK" ? [each.callbackId] : []))[0];
}

async function ask(id: string, query = "", token = "all"): Promise<Response> {
  const arn = formatExecutionArn(await client.describe(id));
  const url = `https://host/2025-12-01/durable-executions/${encodeURIComponent(arn)}/logs${query}`;
  return app.fetch(new Request(url, { headers: { Authorization: `Bearer ${token}` } }), environment);
}

async function linesOf(id: string, query = "", token = "all"): Promise<Lines> {
  const answer = await ask(id, query, token);
  expect(answer.status).toBe(200);
  return answer.json();
}

function evict(id: string): Promise<void> {
  return evictDurableObject(env.EXECUTIONS.get(env.EXECUTIONS.idFromName(id)));
}

test("has the lines of every attempt with their operation, and says where others are", async () => {
  const id = await startChatty();
  const { Lines, Elsewhere } = await linesOf(id);
  const step = { Level: "WARN", OperationId: wireId("1") };
  expect(Lines).toMatchObject([
    { Level: "INFO", Text: `begun { key: '${key}' }` },
    { ...step, Text: "attempt 1", Attempt: 1 },
    // What the package itself says of a failed attempt in development, with its stack.
    { ...step, Text: expect.stringContaining("\nError: not yet\n"), Attempt: 1 },
    { ...step, Text: "attempt 2", Attempt: 2 },
    { Level: "INFO", Text: expect.stringMatching(/^ask with /) },
  ]);
  expect(Lines[0]).not.toHaveProperty("OperationId");
  expect(Elsewhere).toEqual({ Service: "Workers Logs (wrangler tail)" });
});

test("has pages, and the rights of every face", async () => {
  const id = await startChatty();
  const first = await linesOf(id, "?MaxItems=4");
  expect(first.Lines).toHaveLength(4);
  const rest = await linesOf(id, `?Marker=${first.NextMarker}`, "reading");
  expect(rest.Lines).toMatchObject([{ Text: expect.stringMatching(/^ask with .*-redacted-/) }]);
  expect(rest).not.toHaveProperty("NextMarker");
  expect(JSON.stringify(await linesOf(id))).toContain(await callbackOf(id));
  expect((await ask(id, "", "answering")).status).toBe(403);
  expect((await ask(id, "", "nobody's")).status).toBe(401);
});

test("keeps the newest, so many characters of them", async () => {
  const { Lines } = await linesOf(await startChatty(100), "?MaxItems=1000");
  const characters = Lines.reduce((sum, { Text }) => sum + Text.length, 0);
  expect(characters).toBeGreaterThan(60_000);
  expect(characters).toBeLessThanOrEqual(64 * 1024);
  expect(Lines.at(-2)?.Text).toMatch(/^100 x/);
});

test("says, once the object was evicted, from when on lines are there; who has read to the end before misses none", async () => {
  const id = await startChatty();
  const before = await linesOf(id);
  const { startedAt } = await client.describe(id);
  expect(before.Since * 1000).toBeLessThanOrEqual(startedAt);
  await scheduler.wait(5);
  await evict(id);
  const after = await linesOf(id);
  expect(after.Lines).toEqual([]);
  expect(after.Since * 1000).toBeGreaterThan(startedAt);
  await client.completeCallback((await callbackOf(id)) ?? "", { type: "SUCCEEDED", result: '"yes"' });
  await client.settled(id, Date.now() + 20_000);
  const { Lines } = await linesOf(id, `?Marker=${before.Lines.at(-1)?.Number}`);
  expect(Lines).toMatchObject([{ Level: "ERROR", Text: "answered" }]);
});
