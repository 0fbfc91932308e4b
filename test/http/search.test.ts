/** Lists by what is perdure's own: tags, halts, the beginning of a name, all functions; and what Invoke takes for them. */

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createMemoryHost, type MemoryHost } from "../../src/homes/memory/memory-host.ts";
import { createHttpFace } from "../../src/lambda-compat/http/face.ts";
import { withDurableExecution } from "../../src/lambda-compat/with-durable-execution.ts";

const order = withDurableExecution(async (_: unknown, context) => {
  context.setTags({ stage: "waiting" });
  await context.wait({ days: 1 });
});
const parcel = withDurableExecution(async () => "sent");

let host: MemoryHost;
let face: (request: Request) => Promise<Response>;

beforeEach(() => {
  host = createMemoryHost({ functions: { order, parcel } });
  const credentials = [
    { id: "all", rights: ["admin"], bearer: "all-rights" },
    { id: "reader", rights: ["read"], bearer: "reads-only" },
    { id: "starter", rights: ["start"], bearer: "starts-only" },
  ] as const;
  face = createHttpFace({ client: host.client, credentials, options: { onError: () => {} } });
});

afterEach(() => host.close());

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

async function get(path: string, bearer = "reads-only"): Promise<Answer> {
  const headers = { Authorization: `Bearer ${bearer}` };
  const response = await face(new Request(`http://host/2025-12-01/${path}`, { headers }));
  return { status: response.status, body: (await response.json()) as Answer["body"] };
}

async function names(query: string, bearer?: string): Promise<unknown> {
  const { body } = await get(`durable-executions${query}`, bearer);
  return (body["DurableExecutions"] as { DurableExecutionName: string }[]).map((row) => row.DurableExecutionName);
}

interface Invocation {
  readonly name: string;
  readonly functionName?: string;
  readonly type?: string;
  readonly own?: Readonly<Record<string, string>>;
}

async function invoke({ name, functionName = "order", type = "Event", own = {} }: Invocation): Promise<Response> {
  const headers = {
    Authorization: "Bearer all-rights",
    "X-Amz-Invocation-Type": type,
    "X-Amz-Durable-Execution-Name": name,
    ...own,
  };
  const url = `http://host/2015-03-31/functions/${functionName}/invocations`;
  return face(new Request(url, { method: "POST", headers }));
}

async function tagged(name: string, tags: Readonly<Record<string, string>>, functionName?: string): Promise<void> {
  const own = { "X-Perdure-Tags": new URLSearchParams(tags).toString() };
  const response = await invoke({ name, own, ...(functionName !== undefined && { functionName }) });
  expect(response.status).toBe(202);
}

describe("executions of all functions", () => {
  beforeEach(async () => {
    await tagged("a-1", { customer: "c-7", region: "eu" });
    await tagged("a-2", { customer: "c-7", "note/1": "a & b = ü+" });
    await tagged("p-1", { customer: "c-8" }, "parcel");
    await host.client.settled("parcel/p-1", Date.now() + 5000);
    await vi.waitUntil(async () => ((await names("?Tag=stage=waiting")) as string[]).length === 2, 5000);
  });

  test("are found by tags, the beginning of a name, status and function", async () => {
    expect(await names("?ReverseOrder=true")).toEqual(["a-1", "a-2", "p-1"]);
    expect(await names("?Tag=customer=c-7&ReverseOrder=true")).toEqual(["a-1", "a-2"]);
    expect(await names("?Tag=customer=c-7&Tag=region%3Deu")).toEqual(["a-1"]);
    expect(await names(`?Tag=${encodeURIComponent("note/1=a & b = ü+")}`)).toEqual(["a-2"]);
    expect(await names("?NamePrefix=p")).toEqual(["p-1"]);
    expect(await names("?Statuses=RUNNING&MaxItems=1")).toEqual(["a-2"]);
    expect(await names("?FunctionName=parcel")).toEqual(["p-1"]);
    expect(await names("?FunctionName=parcel&Tag=customer=c-7")).toEqual([]);
    expect(await names("?Halted=false&ReverseOrder=true")).toEqual(["a-1", "a-2", "p-1"]);
    expect(await names("?Halted=true")).toEqual([]);
    expect(await names("/?DurableExecutionName=a-1")).toEqual(["a-1"]);
  });

  test("are paged through by markers", async () => {
    const { body } = await get("durable-executions?Tag=customer=c-7&MaxItems=1");
    expect(body).toMatchObject({ DurableExecutions: [{ DurableExecutionName: "a-2" }] });
    const marker = encodeURIComponent(String(body["NextMarker"]));
    expect(await names(`?Tag=customer=c-7&MaxItems=1&Marker=${marker}`)).toEqual(["a-1"]);
  });

  test("are found by the same filters among those of one function", async () => {
    const { body } = await get("functions/order/durable-executions?Tag=region=eu&NamePrefix=a");
    expect(body["DurableExecutions"]).toMatchObject([
      { DurableExecutionName: "a-1", Tags: { customer: "c-7", region: "eu", stage: "waiting" } },
    ]);
  });

  test("show their tags one by one, too", async () => {
    const { body } = await get("durable-executions?NamePrefix=p-1");
    const [row] = body["DurableExecutions"] as { DurableExecutionArn: string }[];
    const found = await get(`durable-executions/${encodeURIComponent(row?.DurableExecutionArn ?? "")}`);
    expect(found.body).toMatchObject({ Status: "SUCCEEDED", Tags: { customer: "c-8" } });
  });

  test("are for those who may read", async () => {
    expect((await get("durable-executions", "starts-only")).status).toBe(403);
    expect((await get("durable-executions", "nobody")).status).toBe(401);
  });

  test.each([
    ["Tag=customer", "Tag must be given as key=value."],
    ["Tag==c-7", "Tag must be given as key=value."],
    ["Tag=a=1&Tag=a=2", "Tag must name each tag once."],
    ["Tag=a%20b=1", "The key of a tag may only have letters, digits and _ . : / @ + -."],
    ["Halted=yes", "Halted must be one of true, false."],
    ["NamePrefix=a/b", "Execution name may only have letters, digits, - and _."],
    ["FunctionName=a%20b", "FunctionName must be the name or the ARN of a function, Qualifier its version."],
  ])("are refused for %s", async (query, message) => {
    const { status, body } = await get(`durable-executions?${query}`);
    expect([status, body["message"]]).toEqual([400, message]);
  });
});

describe("Invoke", () => {
  test.each([
    ["X-Perdure-Tags", "a=1&a=2", "X-Perdure-Tags must name each tag once."],
    ["X-Perdure-Tags", `a=${"v".repeat(257)}`, 'The value of tag "a" has 257 characters; the limit is 256.'],
    ["X-Perdure-Start-At", "tomorrow", "X-Perdure-Start-At must be an ISO 8601 time or seconds since the epoch."],
  ])("refuses %s: %s", async (header, value, message) => {
    const response = await invoke({ name: "n", own: { [header]: value } });
    expect([response.status, await response.json()]).toEqual([400, expect.objectContaining({ message })]);
    expect(await names("")).toEqual([]);
  });

  test("starts for later, and says so", async () => {
    const at = "2999-01-01T00:00:00Z";
    const tooFar = await invoke({ name: "n", own: { "X-Perdure-Start-At": at } });
    expect(await tooFar.json()).toMatchObject({ message: expect.stringContaining("366 days from now") as string });
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
    expect((await invoke({ name: "n", own: { "X-Perdure-Start-At": tomorrow } })).status).toBe(202);
    const { body } = await get("durable-executions");
    const StartAt = Date.parse(tomorrow) / 1000;
    expect(body["DurableExecutions"]).toMatchObject([{ DurableExecutionName: "n", Status: "RUNNING", StartAt }]);
    expect((await host.client.state("order/n", { limit: 10 })).operations).toEqual([]);
  });

  test("has nobody wait for what begins later", async () => {
    const own = { "X-Perdure-Start-At": new Date(Date.now() + 86_400_000).toISOString() };
    const response = await invoke({ name: "n", type: "RequestResponse", own });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ message: expect.stringContaining("InvocationType Event") as string });
  });
});

test("what is halted is found, with the reason", async () => {
  let runs = 0;
  const breaking = withDurableExecution(async (_: unknown, context) => {
    await context.wait(runs++ === 0 ? "first" : "other", { seconds: 1 });
  });
  const own = createMemoryHost({ functions: { breaking }, parks: false });
  const credentials = [{ id: "all", rights: ["admin"], bearer: "all-rights" }] as const;
  face = createHttpFace({ client: own.client, credentials });
  await own.client.start({ functionName: "breaking", name: "stuck" });
  await own.client.settled("breaking/stuck", Date.now() + 10_000);
  await expect.poll(() => names("?Halted=true", "all-rights")).toEqual(["stuck"]);
  const { body } = await get("durable-executions?Halted=true", "all-rights");
  expect(body["DurableExecutions"]).toMatchObject([{ Halted: true, Halt: { Reason: "NON_DETERMINISM" } }]);
  own.close();
});
