import { expect, onTestFinished, test } from "vitest";
import { DurableExecutionInvocationInputWithClient } from "../../lambda-compat/invocation-input.ts";
import { wireId } from "../../lambda-compat/wire-id.ts";
import { withDurableExecution } from "../../lambda-compat/with-durable-execution.ts";
import { DataFolder } from "./data-folder.ts";
import { listen } from "./http-server.ts";
import { createLocalHost, type LocalHost, type LocalHostOptions } from "./local-host.ts";
import { serviceClient } from "./service-client.ts";
import { temporaryFolder } from "../../../test/temporary-folder.ts";

const ignored = (): void => {};

async function open(folder: DataFolder, options: Partial<LocalHostOptions> = {}): Promise<LocalHost> {
  return createLocalHost({
    folder,
    sources: [],
    ...{ host: "127.0.0.1", port: 0, timeoutMs: 60_000, most: 2, timeScale: 1, watches: false, sam: true },
    ...{
      onLine: ignored,
      onNotice: ignored,
      onOutput: ignored,
      onError: ignored,
      replay: () => Promise.reject(new Error("not here")),
    },
    ...options,
  });
}

function newFolder(): DataFolder {
  const path = temporaryFolder("local");
  return new DataFolder(path);
}

/** A container of SAM's: it runs a handler that is invoked over HTTP, and checkpoints at the emulator. */
async function container(emulator: () => string, invocations: unknown[] = []): Promise<string> {
  const handler = withDurableExecution(async (event: { total: number }, context) => {
    const paid = await context.step("charge", async () => event.total);
    await context.wait("cool off", { hours: 1 });
    return context.step("ship", async () => `shipped ${paid}`);
  });
  const served = await listen(
    async (request) => {
      const event: unknown = await request.json();
      invocations.push(event);
      const input = new DurableExecutionInvocationInputWithClient(event as never, serviceClient(emulator()));
      return Response.json(await handler(input, {} as never));
    },
    { host: "127.0.0.1", port: 0 },
  );
  onTestFinished(() => served.close());
  return served.url;
}

const call = async (url: string, init?: RequestInit) =>
  (await fetch(url, init)).json() as Promise<Record<string, unknown>>;

test("sam local starts an execution without a credential, in a container of its own", async () => {
  const folder = newFolder();
  let host = await open(folder);
  const invocations: unknown[] = [];
  const LambdaEndpoint = await container(() => host.url, invocations);
  const start = { FunctionName: "function", ExecutionName: "e-1", Input: '{"total":3}', LambdaEndpoint };
  const init = {
    method: "POST",
    body: JSON.stringify({ AccountId: "123456789012", FunctionQualifier: "$LATEST", ...start }),
  };
  const { ExecutionArn } = await call(`${host.url}/start-durable-execution`, init);
  const path = `/2025-12-01/durable-executions/${encodeURIComponent(String(ExecutionArn))}`;
  const history = async () => JSON.stringify(await call(`${host.url}${path}/history`));
  await expect.poll(history).toContain("WaitStarted");
  host.clock.skip(3_600_000);
  const { headers } = await fetch(`${host.url}${path}`);
  const [says, rate] = (headers.get("x-perdure-clock") ?? "").split(", ").map(Number);
  expect([Math.abs((says ?? 0) - host.clock.now()) < 60_000, rate]).toEqual([true, 1]);
  // AWS's clients sign by this one.
  expect(Math.abs(Date.parse(headers.get("date") ?? "") - Date.now())).toBeLessThan(60_000);
  await expect.poll(() => call(`${host.url}${path}`)).toMatchObject({ Status: "SUCCEEDED", Result: '"shipped 3"' });
  // Each invocation is told what has changed from outside since the one before: here the wait has come to its end.
  expect(invocations).toMatchObject([{ UpdatedOperationIds: [] }, { UpdatedOperationIds: [wireId("2")] }]);
  const ahead = host.clock.now();
  await host.close();
  host = await open(folder, { sam: false });
  expect(host.clock.now()).toBeGreaterThanOrEqual(ahead);
  expect((await fetch(`${host.url}${path}`)).status).toBe(401);
  await host.close();
});

test("how long an execution may take, and is kept, sam local says for each; by default there is no limit and 14 days", async () => {
  const host = await open(newFolder());
  onTestFinished(() => host.close());
  const LambdaEndpoint = await container(() => host.url);
  const start = (ExecutionName: string, limits: object) =>
    call(`${host.url}/start-durable-execution`, {
      method: "POST",
      body: JSON.stringify({
        FunctionName: "function",
        ExecutionName,
        Input: '{"total":3}',
        LambdaEndpoint,
        ...limits,
      }),
    });
  const executionAt = (path: unknown) =>
    call(`${host.url}/2025-12-01/durable-executions/${encodeURIComponent(String(path))}`);
  const short = await start("short", { ExecutionTimeoutSeconds: 1800, ExecutionRetentionPeriodDays: 2 });
  const long = await start("long", {});
  expect(await executionAt(short["ExecutionArn"])).toMatchObject({
    DurableConfig: { RetentionPeriodInDays: 2, ExecutionTimeout: 1800 },
  });
  const { DurableConfig } = await executionAt(long["ExecutionArn"]);
  expect(DurableConfig).toEqual({ RetentionPeriodInDays: 14 });
  host.clock.skip(1_800_000);
  await expect.poll(() => executionAt(short["ExecutionArn"])).toMatchObject({ Status: "TIMED_OUT" });
  expect(await executionAt(long["ExecutionArn"])).toMatchObject({ Status: "RUNNING" });
  expect(await start("refused", { ExecutionTimeoutSeconds: 0 })).toMatchObject({ message: expect.any(String) });
  const { DurableExecutions } = await call(`${host.url}/2025-12-01/durable-executions?DurableExecutionName=refused`);
  expect(DurableExecutions).toEqual([]);
});

test("who is told that an invocation broke hears whether it is tried again, and of the halt when it is not", async () => {
  const told: string[] = [];
  const onError: LocalHostOptions["onError"] = (_id, _error, header) => {
    told.push(header?.halt?.reason ?? `fault ${header?.fault?.count}`);
    host.clock.skip(300_000);
  };
  const host = await open(newFolder(), { onError });
  onTestFinished(() => host.close());
  const served = await listen(async () => Response.json({}), { host: "127.0.0.1", port: 0 });
  onTestFinished(() => served.close());
  const start = { FunctionName: "function", ExecutionName: "e-1", Input: "{}", LambdaEndpoint: served.url };
  const body = JSON.stringify({ AccountId: "123456789012", FunctionQualifier: "$LATEST", ...start });
  await call(`${host.url}/start-durable-execution`, { method: "POST", body });
  await expect.poll(() => told.at(-1)).toBe("REPEATED_FAULTS");
  expect(told.slice(0, -1)).toEqual(Array.from({ length: 49 }, (_, index) => `fault ${index + 1}`));
});

test("pages of a browser, and other names of this address, need a credential all the same", async () => {
  const host = await open(newFolder());
  onTestFinished(() => host.close());
  const url = `${host.url}/2015-03-31/functions/`;
  const statusOf = async (headers: Record<string, string>) => (await fetch(url, { headers })).status;
  expect(await statusOf({ Origin: "https://example.com" })).toBe(401);
  expect(await statusOf({ "Sec-Fetch-Site": "same-origin" })).toBe(401);
  const bearer = { Authorization: `Bearer ${host.credential.bearer}`, Origin: "https://example.com" };
  expect(await statusOf(bearer)).toBe(200);
  for (const path of ["/", "/console/"]) {
    const page = await fetch(`${host.url}${path}`);
    expect(await page.text()).not.toContain(host.credential.bearer);
  }
});

test("a clock that runs faster is where it was after a new start", async () => {
  const folder = newFolder();
  const first = await open(folder, { timeScale: 1000 });
  await new Promise((next) => setTimeout(next, 50));
  const ahead = first.clock.now();
  await first.close();
  const second = await open(folder);
  expect(second.clock.now()).toBeGreaterThanOrEqual(ahead);
  await second.close();
});
