import {
  GetDurableExecutionCommand,
  GetDurableExecutionHistoryCommand,
  InvokeCommand,
  LambdaClient,
  ListFunctionsCommand,
  paginateGetDurableExecutionHistory,
  paginateListDurableExecutionsByFunction,
  paginateListFunctions,
  SendDurableExecutionCallbackFailureCommand,
  SendDurableExecutionCallbackSuccessCommand,
  StopDurableExecutionCommand,
} from "@aws-sdk/client-lambda";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createMemoryHost, type MemoryHost } from "../../src/homes/memory/memory-host.ts";
import { createHttpFace } from "../../src/lambda-compat/http/face.ts";
import { withDurableExecution } from "../../src/lambda-compat/with-durable-execution.ts";
import { type Served, serve } from "./serve.ts";

const keys = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "a secret" };
const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

const order = withDurableExecution(async (event: { item: string }, context) => {
  const id = await context.step("reserve", async () => `${event.item}-1`);
  await context.wait("settle", { seconds: 1 });
  return { id, shipped: true };
});

const approval = withDurableExecution(async ({ calls }: { calls?: string }, context) => {
  const answer = await context.waitForCallback("approve", async (id) => void callbackIds.push(id));
  return calls === undefined ? answer : context.invoke(calls, { item: "book" });
});

const broken = withDurableExecution(async (_event: unknown, context) =>
  context.step("never", async () => Promise.reject(new TypeError("no such thing")), {
    retryStrategy: () => ({ shouldRetry: false }),
  }),
);

const calling = withDurableExecution(async (event: { versions: string[] }, context) => {
  const calls = event.versions.map((name) => () => context.invoke(name, { item: "book", n: 1 }));
  return (await context.parallel(calls)).getResults().length;
});

const plain = async (event: { n: number }): Promise<number> => event.n + 1;

let callbackIds: string[];
let host: MemoryHost;
let served: Served;
let lambda: LambdaClient;
const failures: Error[] = [];

beforeEach(async () => {
  callbackIds = [];
  failures.length = 0;
  host = createMemoryHost({ functions: { order, approval, broken, calling, plain } });
  const credentials = [{ id: "ci", rights: ["admin"], sigv4: keys, bearer: "the-token" }] as const;
  const onError = (error: unknown) => failures.push(new Error("inside the service", { cause: error }));
  served = await serve(createHttpFace({ client: host.client, credentials, options: { onError } }));
  lambda = new LambdaClient({ endpoint: served.url, region: "eu-west-1", credentials: keys, maxAttempts: 1 });
});

afterEach(async () => {
  lambda.destroy();
  await served.close();
  host.close();
  const [failure] = failures;
  if (failure) throw failure;
});

async function startApproval(DurableExecutionName: string, event: { calls?: string } = {}): Promise<string> {
  const invoke = { FunctionName: "approval", InvocationType: "Event", DurableExecutionName } as const;
  const { DurableExecutionArn } = await lambda.send(new InvokeCommand({ ...invoke, Payload: json(event) }));
  await expect.poll(() => callbackIds).toHaveLength(1);
  return DurableExecutionArn!;
}

async function untilEnded(DurableExecutionArn: string): Promise<unknown> {
  const describe = () => lambda.send(new GetDurableExecutionCommand({ DurableExecutionArn }));
  await expect.poll(async () => (await describe()).Status).not.toBe("RUNNING");
  return describe();
}

describe("AWS's client against a real host", () => {
  test("lists the functions, page by page", async () => {
    const { Functions, NextMarker } = await lambda.send(new ListFunctionsCommand({}));
    expect(NextMarker).toBeUndefined();
    expect(Functions?.[0]).toEqual({
      FunctionName: "approval",
      FunctionArn: "arn:perdure:lambda:local:000000000000:function:approval",
      Version: "$LATEST",
    });
    const names: (string | undefined)[] = [];
    for await (const page of paginateListFunctions({ client: lambda, pageSize: 3 }, {})) {
      names.push(...(page.Functions ?? []).map(({ FunctionName }) => FunctionName));
    }
    expect(names).toEqual(["approval", "broken", "calling", "order", "plain"]);
  });

  test("runs a function to its result, and finds it again by its name", async () => {
    const invoke = new InvokeCommand({
      FunctionName: "order",
      DurableExecutionName: "o-1",
      Payload: json({ item: "book" }),
    });
    const first = await lambda.send(invoke);
    expect(JSON.parse(first.Payload!.transformToString())).toEqual({ id: "book-1", shipped: true });
    const again = await lambda.send(invoke);
    expect(again.DurableExecutionArn).toBe(first.DurableExecutionArn);
    const other = new InvokeCommand({
      FunctionName: "order",
      DurableExecutionName: "o-1",
      Payload: json({ item: "pen" }),
    });
    await expect(lambda.send(other)).rejects.toMatchObject({ name: "DurableExecutionAlreadyStartedException" });
  });

  test("keeps the trace of a start, whatever else is called one", async () => {
    const traceOf = async (name: string, trace: string): Promise<unknown> => {
      const started = await fetch(`${served.url}/2015-03-31/functions/order/invocations`, {
        method: "POST",
        headers: {
          Authorization: "Bearer the-token",
          "X-Amz-Durable-Execution-Name": name,
          "X-Amz-Invocation-Type": "Event",
          "X-Amzn-Trace-Id": trace,
        },
        body: JSON.stringify({ item: "book" }),
      });
      const DurableExecutionArn = started.headers.get("x-amz-durable-execution-arn")!;
      return (await lambda.send(new GetDurableExecutionCommand({ DurableExecutionArn }))).TraceHeader;
    };
    const trace = "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1";
    expect(await traceOf("traced", trace)).toEqual({ XAmznTraceId: trace });
    expect(await traceOf("odd", "\u00e9")).toBeUndefined();
  });

  test("reads a history in which every event stands once and in order", async () => {
    const invoke = new InvokeCommand({
      FunctionName: "order",
      DurableExecutionName: "o-1",
      Payload: json({ item: "book" }),
    });
    const { DurableExecutionArn } = await lambda.send(invoke);
    const types: (string | undefined)[] = [];
    const ids: (number | undefined)[] = [];
    for await (const page of paginateGetDurableExecutionHistory(
      { client: lambda, pageSize: 2 },
      { DurableExecutionArn },
    )) {
      for (const { EventType, EventId } of page.Events ?? []) {
        types.push(EventType);
        ids.push(EventId);
      }
    }
    expect(ids).toEqual(types.map((_, index) => index + 1));
    expect(types.filter((type) => type !== "InvocationCompleted")).toEqual([
      "ExecutionStarted",
      "StepStarted",
      "StepSucceeded",
      "WaitStarted",
      "WaitSucceeded",
      "ExecutionSucceeded",
    ]);
  });

  test("names in a history the executions and versions that chained invokes have started", async () => {
    const Payload = json({
      versions: ["order", "plain", "arn:aws:lambda:eu-west-1:123456789012:function:order:$LATEST"],
    });
    const { DurableExecutionArn } = await lambda.send(new InvokeCommand({ FunctionName: "calling", Payload }));
    const { Events = [] } = await lambda.send(new GetDurableExecutionHistoryCommand({ DurableExecutionArn }));
    const details = Events.flatMap(({ ChainedInvokeStartedDetails }) => ChainedInvokeStartedDetails ?? []);
    expect(details.map(({ FunctionName, ExecutedVersion }) => [FunctionName, ExecutedVersion])).toEqual([
      ["order", "$LATEST"],
      ["plain", undefined],
      ["arn:aws:lambda:eu-west-1:123456789012:function:order:$LATEST", "$LATEST"],
    ]);
    const arns = details.flatMap((each) => each.DurableExecutionArn ?? []);
    expect(new Set(arns).size).toBe(2);
    for (const callee of arns) {
      expect(await lambda.send(new GetDurableExecutionCommand({ DurableExecutionArn: callee }))).toMatchObject({
        Status: "SUCCEEDED",
        InputPayload: JSON.stringify({ item: "book", n: 1 }),
      });
    }
  });

  test("names in a history no execution that somebody else has started under the name of a callee", async () => {
    const DurableExecutionArn = await startApproval("a-1", { calls: "order" });
    const incarnation = DurableExecutionArn.split("/").at(-1)!;
    await host.client.start({ functionName: "order", name: `${incarnation}-2`, input: '{"item":"secret"}' });
    const [CallbackId] = callbackIds;
    await lambda.send(new SendDurableExecutionCallbackSuccessCommand({ CallbackId }));
    expect(await untilEnded(DurableExecutionArn)).toMatchObject({ Status: "FAILED" });
    const { Events = [] } = await lambda.send(new GetDurableExecutionHistoryCommand({ DurableExecutionArn }));
    const details = Events.flatMap(({ ChainedInvokeStartedDetails }) => ChainedInvokeStartedDetails ?? []);
    expect(details.map((each) => [each.FunctionName, each.DurableExecutionArn])).toEqual([["order", undefined]]);
  });

  test("lets nobody take the name of a callee before its invoke does", async () => {
    const DurableExecutionArn = await startApproval("a-1", { calls: "order" });
    const DurableExecutionName = `${DurableExecutionArn.split("/").at(-1)}-2`;
    const taking = new InvokeCommand({ FunctionName: "order", InvocationType: "Event", DurableExecutionName });
    await expect(lambda.send(taking)).rejects.toThrow("of the form that chained invokes give their callees");
    const [CallbackId] = callbackIds;
    await lambda.send(new SendDurableExecutionCallbackSuccessCommand({ CallbackId }));
    expect(await untilEnded(DurableExecutionArn)).toMatchObject({ Status: "SUCCEEDED" });
  });

  test("looks few callees up for a page of a history, and misses none of them", async () => {
    const Payload = json({ versions: Array<string>(50).fill("broken") });
    const { DurableExecutionArn } = await lambda.send(new InvokeCommand({ FunctionName: "calling", Payload }));
    const pages = paginateGetDurableExecutionHistory({ client: lambda, pageSize: 1000 }, { DurableExecutionArn });
    const callees: number[] = [];
    const ids: (number | undefined)[] = [];
    for await (const { Events = [] } of pages) {
      ids.push(...Events.map(({ EventId }) => EventId));
      const details = Events.flatMap(({ ChainedInvokeStartedDetails }) => ChainedInvokeStartedDetails ?? []);
      callees.push(details.filter(({ DurableExecutionArn: arn }) => arn !== undefined).length);
    }
    expect(callees).toEqual([32, 18]);
    expect(ids).toEqual(ids.map((_, index) => index + 1));
  });

  test("tells a failure as a function error", async () => {
    const answer = await lambda.send(new InvokeCommand({ FunctionName: "broken" }));
    expect(answer.FunctionError).toBe("Unhandled");
    expect(JSON.parse(answer.Payload!.transformToString())).toMatchObject({ errorMessage: "no such thing" });
  });

  test("completes a callback once: the first wins", async () => {
    const arn = await startApproval("a-1");
    const [CallbackId] = callbackIds;
    await lambda.send(new SendDurableExecutionCallbackSuccessCommand({ CallbackId, Result: json("yes") }));
    expect(await untilEnded(arn)).toMatchObject({ Status: "SUCCEEDED", Result: JSON.stringify('"yes"') });
    const late = lambda.send(new SendDurableExecutionCallbackFailureCommand({ CallbackId }));
    await expect(late).rejects.toMatchObject({ name: "CallbackTimeoutException" });
  });

  test("does not know a callback that nobody waits for", async () => {
    await startApproval("a-1");
    const guessed = btoa(`approval/a-1\n${"0".repeat(32)}`);
    for (const CallbackId of [guessed, btoa(`approval/a-2\n${"0".repeat(32)}`)]) {
      const sent = lambda.send(new SendDurableExecutionCallbackSuccessCommand({ CallbackId }));
      await expect(sent).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    }
    const nonsense = lambda.send(new SendDurableExecutionCallbackSuccessCommand({ CallbackId: "bm9uc2Vuc2U=" }));
    await expect(nonsense).rejects.toMatchObject({ name: "InvalidParameterValueException" });
  });

  test("stops an execution", async () => {
    const DurableExecutionArn = await startApproval("a-1");
    const Error = { ErrorType: "Enough", ErrorMessage: "not needed" };
    const { StopTimestamp } = await lambda.send(new StopDurableExecutionCommand({ DurableExecutionArn, Error }));
    expect(await untilEnded(DurableExecutionArn)).toMatchObject({
      Status: "STOPPED",
      EndTimestamp: StopTimestamp,
      Error,
    });
  });

  test("lists what ran, page by page, the newest first", async () => {
    for (const DurableExecutionName of ["one", "two", "three"]) {
      await lambda.send(new InvokeCommand({ FunctionName: "broken", DurableExecutionName }));
    }
    const list = async (more: object): Promise<(string | undefined)[]> => {
      const names: (string | undefined)[] = [];
      const pages = paginateListDurableExecutionsByFunction(
        { client: lambda, pageSize: 2 },
        { FunctionName: "broken", ...more },
      );
      for await (const page of pages)
        names.push(...(page.DurableExecutions ?? []).map((each) => each.DurableExecutionName));
      return names;
    };
    const oldestFirst = await list({ ReverseOrder: true });
    expect(new Set(oldestFirst)).toEqual(new Set(["one", "two", "three"]));
    expect(await list({})).toEqual(oldestFirst.toReversed());
    expect(await list({ DurableExecutionName: "two" })).toEqual(["two"]);
    expect(await list({ Statuses: ["SUCCEEDED"] })).toEqual([]);
    expect(await list({ StartedAfter: new Date(Date.now() + 60_000) })).toEqual([]);
  });

  test("is refused an unknown function, version and execution", async () => {
    for (const FunctionName of ["nobody", "order:99"]) {
      const sent = lambda.send(new InvokeCommand({ FunctionName, InvocationType: "Event" }));
      await expect(sent).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    }
    const DurableExecutionArn = `${served.url}`;
    const sent = lambda.send(new GetDurableExecutionCommand({ DurableExecutionArn }));
    await expect(sent).rejects.toMatchObject({ name: "InvalidParameterValueException" });
  });
});

test.for([
  ["start", "nobody", "Function not found: arn:perdure:lambda:local:000000000000:function:nobody"],
  ["start", "order:99", "Function not found: arn:perdure:lambda:local:000000000000:function:order:99"],
  [
    "read",
    "nobody",
    'Function "nobody" is not registered. Registered functions: order, approval, broken, calling, plain.',
  ],
  ["read", "order:99", 'Function "order" has no version "99". Registered versions: $LATEST.'],
] as const)("what a caller with the right to %s is told of %s", async ([right, name, message]) => {
  const credentials = [{ id: "ci", rights: [...new Set(["start", right] as const)], bearer: "t" }];
  const face = createHttpFace({ client: host.client, credentials });
  const headers = { authorization: "Bearer t", "x-amz-invocation-type": "Event" };
  const request = new Request(`http://h/2015-03-31/functions/${name}/invocations`, { method: "POST", headers });
  const response = await face(request);
  expect([response.status, ((await response.json()) as { message: string }).message]).toEqual([404, message]);
});

test("the live stream carries the log from the first commit to the end", async () => {
  const DurableExecutionArn = await startApproval("a-1");
  const path = `/2025-12-01/durable-executions/${encodeURIComponent(DurableExecutionArn)}/events`;
  const response = await fetch(served.url + path, { headers: { authorization: "Bearer the-token" } });
  const text = response.text();
  await lambda.send(
    new SendDurableExecutionCallbackSuccessCommand({ CallbackId: callbackIds[0], Result: json({ ok: true }) }),
  );
  const events = (await text).split("\n\n").filter((event) => event !== "" && event !== ":");
  expect(events.pop()).toBe("event: end\ndata: {}");
  expect(events.map((event) => /^id: (\d+)/.exec(event)?.[1])).toEqual(events.map((_, index) => String(index + 1)));
  expect(events[0]).toContain("EXECUTION_STARTED");
  expect(events.at(-1)).toContain("EXECUTION_SUCCEEDED");
});
