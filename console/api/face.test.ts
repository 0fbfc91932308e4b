/** The console's calls of faces: of one that has all of perdure's calls, and of one that has AWS's alone. */

import { type DurableContext, withDurableExecution } from "perdure";
import { createHttpFace } from "perdure/http";
import { createMemoryHost } from "perdure/memory";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type FetchHandler, type Served, serve } from "../../test/http/serve.ts";
import { NO_FILTER } from "../model/filter.ts";
import { ExecutionView } from "../views/model/execution-view.ts";
import { readDetails } from "./answers.ts";
import { forkExecution, stopExecution } from "./deeds.ts";
import { Executions } from "./executions.ts";
import { executionPath, Face, isLacking } from "./face.ts";
import { watchLog } from "./watch.ts";

const twice = withDurableExecution(async (_event: unknown, context: DurableContext) => {
  await context.step("first", async () => ({ n: 1 }));
  return context.runInChildContext("inner", async (child) => child.step("second", async () => 2));
});
const waiting = withDurableExecution(async (_event: unknown, context: DurableContext) => {
  await context.wait("long", { days: 9 });
});

const host = createMemoryHost({ functions: { twice, waiting } });
const face = createHttpFace({
  client: host.client,
  credentials: [{ id: "test", rights: ["admin"], bearer: "the-token" }],
});
const served: Served[] = [];

afterAll(async () => {
  host.close();
  await Promise.all(served.map((each) => each.close()));
});

beforeAll(async () => {
  for (let at = 0; at < 25; at++) await host.client.start({ functionName: "twice", name: `twice-${at}` });
  for (let at = 0; at < 5; at++) await host.client.start({ functionName: "waiting", name: `waiting-${at}` });
});

/** Without what AWS's own service has not got. */
const asAws: FetchHandler = async (request) => {
  const { pathname } = new URL(request.url);
  const isOwn =
    /\/(events|pause|resume|fork|rewind)$/.test(pathname) ||
    /\/durable-executions\/?$/.test(pathname.replace(/\/functions\/.*/, ""));
  if (!isOwn) return face(request);
  const headers = { "x-amzn-ErrorType": "UnknownOperationException" };
  return Response.json({ message: "There is no such path." }, { status: 404, headers });
};

async function faceOf(handler: FetchHandler): Promise<Face> {
  const own = await serve(handler);
  served.push(own);
  return new Face({ url: own.url, token: "the-token" });
}

async function everyName(executions: Executions, filter: typeof NO_FILTER, limit: number): Promise<readonly string[]> {
  const names: string[] = [];
  let page = await executions.page(filter, { limit });
  for (;;) {
    names.push(...page.rows.map(({ name }) => name));
    if (page.next === undefined) return names;
    page = await executions.page(filter, { limit, marker: page.next });
  }
}

async function seen(of: Face, arn: string): Promise<ExecutionView> {
  const view = new ExecutionView();
  await new Promise<void>((ended, failed) => {
    const leave = watchLog(of, arn, {
      onCommit: (body) => {
        view.add(body);
        if (view.isEnded) ended();
      },
      onError: failed,
    });
    void Promise.resolve().then(() => view.isEnded && leave());
  });
  return view;
}

describe.each([
  ["all of perdure's calls", face],
  ["AWS's calls alone", asAws],
] as const)("a face with %s", (_, handler) => {
  test("lists the executions of all functions, each once, over pages of any size", async () => {
    const executions = new Executions(await faceOf(handler));
    expect(await executions.functionNames()).toEqual(["twice", "waiting"]);
    for (const limit of [3, 1000]) {
      const names = await everyName(executions, NO_FILTER, limit);
      expect(names).toHaveLength(30);
      expect(new Set(names).size).toBe(30);
    }
  });

  test("is narrowed down by function, prefix and status", async () => {
    const executions = new Executions(await faceOf(handler));
    const found = (change: Partial<typeof NO_FILTER>) => everyName(executions, { ...NO_FILTER, ...change }, 7);
    expect(await found({ functionName: "waiting" })).toHaveLength(5);
    expect((await found({ prefix: "twice-1" })).toSorted()).toEqual([
      ...["twice-1", "twice-10", "twice-11", "twice-12", "twice-13", "twice-14"],
      ...["twice-15", "twice-16", "twice-17", "twice-18", "twice-19"],
    ]);
    expect(await found({ state: "HALTED" })).toEqual([]);
    await expect.poll(async () => (await found({ state: "RUNNING" })).length).toBe(5);
  });

  test("tells what an execution consists of", async () => {
    const own = await faceOf(handler);
    const { rows } = await new Executions(own).page({ ...NO_FILTER, prefix: "twice-7" }, { limit: 5 });
    const view = await seen(own, rows[0]?.arn ?? "");
    expect(view.tracks.map(({ versions, depth }) => `${depth} ${versions.at(-1)?.operation.name}`)).toEqual([
      ...["0 first", "0 inner", "1 second"],
    ]);
    const details = readDetails(await own.json(executionPath(rows[0]?.arn ?? "")));
    expect(details).toMatchObject({ name: "twice-7", functionName: "twice", state: "SUCCEEDED", result: "2" });
  });
});

test("what a face has no call for is told from what it refuses", async () => {
  const own = await faceOf(asAws);
  const { rows } = await new Executions(own).page({ ...NO_FILTER, functionName: "waiting" }, { limit: 1 });
  const arn = rows[0]?.arn ?? "";
  const forked = forkExecution(own, arn, { name: "", version: "" });
  expect(isLacking(await forked.catch((error: unknown) => error))).toBe(true);
  const refused = stopExecution(own, `${arn}0`);
  expect(isLacking(await refused.catch((error: unknown) => error))).toBe(false);
});
