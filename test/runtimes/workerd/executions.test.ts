import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test } from "vitest";
import type { ExecutionClient } from "../../../src/engine/runner/client.ts";
import { done } from "./functions.ts";
import { app } from "./worker.ts";

let client: ExecutionClient;
let key = "";

beforeEach(() => {
  client = app.client(env);
  key = crypto.randomUUID();
});

async function run(functionName: string, input: unknown = { key }): Promise<unknown> {
  const { execution } = await client.start({ functionName, input: JSON.stringify(input) });
  const header = await client.settled(execution.id, Date.now() + 20_000);
  expect(header.error).toBeUndefined();
  expect(header.status).toBe("SUCCEEDED");
  return JSON.parse(header.result ?? "null");
}

describe("an execution in its object", () => {
  test("runs", async () => {
    expect(await run("greet")).toEqual({ second: 2, third: 3 });
    expect(done.get(`${key} runs`)).toBe(1);
  });

  test("waits by the alarm", async () => {
    expect(await run("nap")).toBe("rested");
    expect(done.get(`${key} after`)).toBe(1);
  });

  test("invokes durable and plain functions", async () => {
    expect(await run("parent")).toEqual([3, `hello ${key} plain`]);
  });
});
