/** What an execution waits for, asked over HTTP: perdure's own call. */

import { afterEach, beforeEach, expect, test } from "vitest";
import { createMemoryHost, type MemoryHost } from "../../src/homes/memory/memory-host.ts";
import { formatExecutionArn } from "../../src/lambda-compat/arn.ts";
import { createHttpFace } from "../../src/lambda-compat/http/face.ts";
import { withDurableExecution } from "../../src/lambda-compat/with-durable-execution.ts";

const parcel = withDurableExecution(async (_: unknown, context) => context.wait({ days: 1 }));
const order = withDurableExecution(async (_: unknown, context) => {
  await context.step("charge", async () => "paid");
  await Promise.all([
    context.wait("cool down", { hours: 1 }),
    context.invoke("send", "parcel", {}),
    context.step("ship", async () => Promise.reject(new Error("no")), {
      retryStrategy: () => ({ shouldRetry: true, delay: { hours: 2 } }),
    }),
  ]);
});

let host: MemoryHost;
let face: (request: Request) => Promise<Response>;

beforeEach(() => {
  host = createMemoryHost({ functions: { order, parcel } });
  const credentials = [
    { id: "reader", rights: ["read"], bearer: "reads-only" },
    { id: "starter", rights: ["start"], bearer: "starts-only" },
  ] as const;
  face = createHttpFace({ client: host.client, credentials });
});

afterEach(() => host.close());

async function ask(arn: string, query = "", bearer = "reads-only"): Promise<Response> {
  const path = `2025-12-01/durable-executions/${encodeURIComponent(arn)}/open-operations${query}`;
  return face(new Request(`http://host/${path}`, { headers: { Authorization: `Bearer ${bearer}` } }));
}

async function started(): Promise<string> {
  const { execution } = await host.client.start({ functionName: "order", name: "o-1", input: "{}" });
  const open = async () => (await host.client.state("order/o-1", { limit: 10, open: true })).operations;
  await expect.poll(async () => (await open()).filter(({ status }) => status === "PENDING")).toHaveLength(1);
  return formatExecutionArn(execution);
}

interface Page {
  readonly Operations: readonly { readonly Name?: string }[];
  readonly NextMarker?: string;
}

test("tells of each operation that has no outcome what it waits for", async () => {
  const response = await ask(await started());
  const at = expect.any(Number);
  expect([response.status, await response.json()]).toMatchObject([
    200,
    {
      Operations: [
        { Type: "WAIT", Name: "cool down", Status: "STARTED", WaitDetails: { ScheduledEndTimestamp: at } },
        { Type: "STEP", Name: "ship", Status: "PENDING", StepDetails: { Attempt: 1, NextAttemptTimestamp: at } },
        { Type: "CHAINED_INVOKE", Name: "send", ChainedInvokeDetails: { FunctionName: "parcel" } },
      ],
    },
  ]);
});

test("is answered page by page", async () => {
  const arn = await started();
  const names: (string | undefined)[] = [];
  let marker: string | undefined = "";
  while (marker !== undefined) {
    const page = (await (await ask(arn, `?MaxItems=2${marker && `&Marker=${marker}`}`)).json()) as Page;
    names.push(...page.Operations.map(({ Name }) => Name));
    marker = page.NextMarker;
  }
  expect(names).toEqual(["cool down", "ship", "send"]);
  expect((await ask(arn, "?Marker=x")).status).toBe(400);
});

test("is for those who may read, and for executions that there are", async () => {
  const arn = await started();
  expect((await ask(arn, "", "starts-only")).status).toBe(403);
  expect((await ask(arn.replace(/\/\w+$/, "/0123456789abcdef0123456789abcdef"))).status).toBe(404);
  await host.client.stop("order/o-1");
  expect(await (await ask(arn)).json()).toEqual({ Operations: [] });
});
