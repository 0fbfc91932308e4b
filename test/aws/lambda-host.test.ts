import {
  GetDurableExecutionHistoryCommand,
  InvokeCommand,
  LambdaClient,
  ListDurableExecutionsByFunctionCommand,
  SendDurableExecutionCallbackSuccessCommand,
  StopDurableExecutionCommand,
} from "@aws-sdk/client-lambda";
import {
  type SendMessageBatchCommandInput,
  type SendMessageBatchRequestEntry,
  SendMessageCommand,
} from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, type ExpectStatic, test, type TestContext } from "vitest";
import { LocalS3 } from "../../scripts/local-aws/local-bucket.ts";
import { HttpGateway } from "../../scripts/local-aws/http-gateway.ts";
import { localContext, type QueueFunction } from "../../scripts/local-aws/queue-mapping.ts";
import { DynamoStore } from "../../src/adapters/dynamodb/dynamodb-store.ts";
import type { ExecutionClient } from "../../src/engine/runner/client.ts";
import type { LambdaHost } from "../../src/homes/aws/create-lambda-host.ts";
import { ClientError, ClientErrorCode } from "../../src/homes/aws/index.ts";
import { formatExecutionArn } from "../../src/lambda-compat/arn.ts";
import { withDurableExecution } from "../../src/lambda-compat/with-durable-execution.ts";
import { seededRandom } from "../../src/testing/seeded-random.ts";
import { type ByHand, signedByHand } from "../http/sign.ts";
import { credential, LocalAws } from "./lambda-world.ts";

let aws: LocalAws;

beforeAll(async () => {
  aws = await LocalAws.start();
});

afterAll(() => aws.stop());

/** In ms: far beyond the clock of any test here. */
const LONG = 1_000_000_000_000_000;
const hours = 3_600_000;

/** How often each thing was done. */
class Counts {
  readonly #counts = new Map<string, number>();

  add(what: string): string {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1);
    return what;
  }

  get all(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts);
  }
}

function once(...names: readonly string[]): Readonly<Record<string, number>> {
  return Object.fromEntries(names.map((name) => [name, 1]));
}

function send(queueUrl: string, body: string): Promise<unknown> {
  return aws.sqs.client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: body }));
}

async function outcome({ client }: LambdaHost, id: string): Promise<{ status: string; result: unknown }> {
  const { status, result } = await client.settled(id, LONG);
  return { status, result: JSON.parse(result ?? "null") as unknown };
}

/** The id of the callback that an execution comes to wait for. */
async function callbackOf(expect: ExpectStatic, { client }: LambdaHost, id: string): Promise<string> {
  const find = async (): Promise<string | undefined> => {
    const { operations } = await client.state(id, { limit: 10 });
    return operations.flatMap((each) => (each.type === "CALLBACK" ? [each.callbackId] : []))[0];
  };
  await expect.poll(find).toBeDefined();
  return (await find()) ?? "";
}

async function lambdaClient(
  { onTestFinished }: TestContext,
  host: LambdaHost,
  decodesPath = false,
): Promise<LambdaClient> {
  const gateway = await HttpGateway.start({ call: host.handlers.http, decodesPath });
  const client = new LambdaClient({ endpoint: gateway.url, region: "us-east-1", credentials: credential.sigv4 });
  onTestFinished(async () => {
    client.destroy();
    await gateway.stop();
  });
  return client;
}

/** A call that is perdure's own, signed as AWS's clients sign theirs. Answers its status. */
type OwnCall = Pick<ByHand, "method" | "path" | "body">;

async function signedCall(lambda: LambdaClient, call: OwnCall): Promise<number> {
  const { hostname, port } = (await lambda.config.endpoint?.()) ?? { hostname: "", port: 0 };
  const keys = credential.sigv4;
  const { status } = await fetch(signedByHand({ ...call, host: `${hostname}:${port}`, keys, at: Date.now() }));
  return status;
}

function label(arn = ""): string {
  return encodeURIComponent(arn);
}

test.concurrent("runs steps, waits, a batch and invoked functions, each step once, over a queue and a table", async ({
  expect,
  onTestFinished,
}) => {
  const world = await aws.open({ onTestFinished });
  const done = new Counts();
  const price = withDurableExecution(async (item: string, context) => {
    await context.wait({ seconds: 1 });
    return context.step("price", async () => done.add(`price ${item}`).length);
  });
  const order = withDurableExecution(async (items: string[], context) => {
    const reserved = await context.step("reserve", async () => done.add("reserve"));
    const prices = await context.map(items, async (inner, item) => inner.invoke<string, number>("ask", "price", item));
    await context.wait({ seconds: 1 });
    const tax = await context.invoke<number[], number>("tax", "tax", prices.getResults());
    return [reserved, tax];
  });
  const tax = async (prices: number[]): Promise<number> => prices.reduce((sum, each) => sum + each, 0);
  const host = world.host({ order, price, tax });
  world.serve(host);
  const { execution } = await host.client.start({ functionName: "order", name: "one", input: '["a","bb"]' });
  expect(await outcome(host, execution.id)).toEqual({ status: "SUCCEEDED", result: ["reserve", 7 + 8] });
  expect(done.all).toEqual(once("reserve", "price a", "price bb"));
  expect(world.errors).toEqual([]);
});

test.concurrent("other code starts a function by itself, typed, and waits for its result", async ({
  expect,
  onTestFinished,
}) => {
  const world = await aws.open({ onTestFinished });
  const greet = withDurableExecution(async (name: string, context) => {
    await context.wait({ seconds: 1 });
    return { greeting: await context.step("greet", async () => `Hello, ${name}`) };
  });
  const failing = withDurableExecution(async (): Promise<number> => {
    throw new RangeError("too far");
  });
  const host = world.host({ greet, failing });
  world.serve(host);
  const execution = await host.start(greet, "world", { name: "one" });
  const { greeting } = await execution.result();
  expect([execution.id, greeting satisfies string]).toEqual(["greet/one", "Hello, world"]);
  expect(await execution.status()).toBe("SUCCEEDED");
  const failed = await host.start(failing, undefined);
  await expect(failed.result()).rejects.toMatchObject({ code: "EXECUTION_FAILED", cause: { name: "RangeError" } });
  const other = await host.start(greet, "moon", { name: "one" }).catch((error: unknown) => error);
  expect(other).toBeInstanceOf(ClientError);
  expect(other).toMatchObject({ code: ClientErrorCode.ALREADY_STARTED });
});

describe.concurrent("messages carry the tenant of their execution, or else the name of its function, so that none holds up the others", () => {
  /** By execution: the groups of all messages that are sent to a queue from now on. */
  function groupsOf(queueUrl: string): Map<string, Set<string | undefined>> {
    const groups = new Map<string, Set<string | undefined>>();
    const note = ({ MessageBody = "", MessageGroupId }: SendMessageBatchRequestEntry): void => {
      const { wake } = JSON.parse(MessageBody) as { wake: string };
      groups.set(wake, (groups.get(wake) ?? new Set()).add(MessageGroupId));
    };
    aws.sqs.client.middlewareStack.add(
      (next, { commandName = "" }) =>
        (args) => {
          const { QueueUrl, Entries = [args.input] } = args.input as Partial<SendMessageBatchCommandInput>;
          if (commandName.startsWith("SendMessage") && QueueUrl === queueUrl)
            for (const each of Entries) note(each as SendMessageBatchRequestEntry);
          return next(args);
        },
      { step: "initialize" },
    );
    return groups;
  }

  const expected = new Map([
    ["nap/a", new Set(["Smith_and_Sons"])],
    ["nap/b", new Set(["nap"])],
  ]);
  const started = (client: ExecutionClient) =>
    Promise.all([
      client.start({ functionName: "nap", name: "a", tenantId: "Smith and Sons" }),
      client.start({ functionName: "nap", name: "b" }),
    ]);

  test("of a start and of a wait", async ({ expect, onTestFinished }) => {
    const world = await aws.open({ onTestFinished });
    const groups = groupsOf(world.queue.url);
    const nap = withDurableExecution(async (_: unknown, context) => context.wait({ seconds: 1 }));
    const host = world.host({ nap });
    world.serve(host);
    for (const { execution } of await started(host.client))
      expect(await outcome(host, execution.id)).toMatchObject({ status: "SUCCEEDED" });
    expect(groups).toEqual(expected);
  });

  test("of what is answered from outside, by a process that has nothing to do with them", async ({
    expect,
    onTestFinished,
  }) => {
    const world = await aws.open({ onTestFinished });
    const nap = withDurableExecution(async (_: unknown, context) => context.waitForCallback("asked", async () => {}));
    const host = world.host({ nap });
    world.serve(host);
    const executions = (await started(host.client)).map(({ execution }) => execution);
    const callbacks = await Promise.all(executions.map(({ id }) => callbackOf(expect, host, id)));
    const groups = groupsOf(world.queue.url);
    const other = world.host({ nap });
    for (const callback of callbacks) await other.client.completeCallback(callback, { type: "SUCCEEDED", result: "1" });
    for (const { id } of executions) expect(await outcome(host, id)).toMatchObject({ status: "SUCCEEDED" });
    expect(groups).toEqual(expected);
  });

  test("of what the sweeper finds, lost or in the dead-letter queue", async ({ expect, onTestFinished }) => {
    const world = await aws.open({ onTestFinished });
    const nap = withDurableExecution(async (_: unknown, context) => context.wait({ seconds: 1 }));
    await started(world.host({ nap }).client);
    const groups = groupsOf(world.queue.url);
    world.skip(hours);
    expect(await world.sweep(world.host({ nap }))).toMatchObject({ woken: 2 });
    expect(groups).toEqual(expected);
    groups.clear();
    for (const wake of expected.keys()) await send(world.queue.deadLetterUrl, JSON.stringify({ wake }));
    expect(await world.sweep(world.host({ nap }))).toMatchObject({ redriven: 2 });
    expect(groups).toEqual(expected);
  });
});

test.concurrent("waits for more than 15 minutes by one schedule, and for less by a message", async ({
  expect,
  onTestFinished,
}) => {
  const world = await aws.open({ onTestFinished });
  const far = withDurableExecution(async (_: unknown, context) => {
    await context.wait("long", { hours: 20 });
    await context.wait("short", { seconds: 1 });
    return "slept";
  });
  const host = world.host({ "far-away": far });
  world.serve(host);
  const { execution } = await host.client.start({ functionName: "far-away" });
  const schedules = (): readonly string[] => world.scheduler.names.filter((name) => name.startsWith("far-away-"));
  await expect.poll(schedules).toHaveLength(1);
  await expect.poll(() => aws.sqs.size(world.queue.url)).toBe(0);
  world.skip(20 * hours);
  expect(await outcome(host, execution.id)).toEqual({ status: "SUCCEEDED", result: "slept" });
  expect(schedules()).toEqual([]);
});

test.concurrent("a stop takes back the schedule of a long wait, though another process has set it", async ({
  expect,
  onTestFinished,
}) => {
  const world = await aws.open({ onTestFinished });
  const far = withDurableExecution(async (_: unknown, context) => context.wait("long", { hours: 20 }));
  const [web, worker] = [world.host({ stopped: far }), world.host({ stopped: far })];
  world.serve(worker);
  const { execution } = await web.client.start({ functionName: "stopped" });
  const schedules = (): readonly string[] => world.scheduler.names.filter((name) => name.startsWith("stopped-"));
  await expect.poll(schedules).toHaveLength(1);
  await web.client.stop(execution.id);
  await expect.poll(schedules).toEqual([]);
});

describe.concurrent.each([
  ["a Function URL", false],
  ["an HTTP API, which decodes paths", true],
])("AWS's own client, through %s", (_, decodesPath) => {
  test("starts, completes a callback, lists, reads and stops", async (testContext) => {
    const { expect, onTestFinished } = testContext;
    const world = await aws.open({ onTestFinished });
    const approval = withDurableExecution(async (_: unknown, context) =>
      context.waitForCallback<string>("approve", async () => undefined, { timeout: { hours: 2 } }),
    );
    const host = world.host({ approval });
    world.serve(host);
    const lambda = await lambdaClient(testContext, host, decodesPath);
    const invoke = { FunctionName: "approval", Qualifier: "$LATEST", InvocationType: "Event" } as const;
    const { DurableExecutionArn } = await lambda.send(new InvokeCommand({ ...invoke, DurableExecutionName: "one" }));
    const history = async () =>
      (await lambda.send(new GetDurableExecutionHistoryCommand({ DurableExecutionArn }))).Events;
    const started = async () => (await history())?.find(({ EventType }) => EventType === "CallbackStarted");
    await expect.poll(started).toBeDefined();
    const CallbackId = (await started())?.CallbackStartedDetails?.CallbackId;
    await lambda.send(new SendDurableExecutionCallbackSuccessCommand({ CallbackId, Result: "yes" }));
    expect(await outcome(host, "approval/one")).toEqual({ status: "SUCCEEDED", result: "yes" });
    await expect.poll(() => world.scheduler.names.filter((name) => name.startsWith("approval-"))).toEqual([]);
    await lambda.send(new InvokeCommand({ ...invoke, DurableExecutionName: "two" }));
    const list = await lambda.send(new ListDurableExecutionsByFunctionCommand({ FunctionName: "approval" }));
    const two = list.DurableExecutions?.find(({ DurableExecutionName }) => DurableExecutionName === "two");
    const call = (method: string, behind: string): Promise<number> =>
      signedCall(lambda, {
        method,
        path: `/2025-12-01/durable-executions/${label(two?.DurableExecutionArn)}${behind}`,
      });
    expect(await call("POST", "/pause")).toBe(200);
    expect(await call("POST", "/resume")).toBe(200);
    const body = JSON.stringify({ DurableExecutionArns: [two?.DurableExecutionArn] });
    const many = { method: "POST", path: "/2025-12-01/durable-executions/pause", body };
    expect(await signedCall(lambda, many)).toBe(200);
    expect((await host.client.describe("approval/two")).halt?.reason).toBe("PAUSED");
    expect(await call("POST", "/resume")).toBe(200);
    await lambda.send(new StopDurableExecutionCommand({ DurableExecutionArn: two?.DurableExecutionArn }));
    expect(await host.client.settled("approval/two", LONG)).toMatchObject({ status: "STOPPED" });
    expect(await call("DELETE", "")).toBe(200);
    expect(world.errors).toEqual([]);
  });
});

test.concurrent("a caller that waits gets the result, and a stranger nothing", async ({ expect, onTestFinished }) => {
  const world = await aws.open({ onTestFinished });
  const greet = withDurableExecution(async (name: string, context) => {
    await context.wait({ seconds: 1 });
    return `Hello, ${name}`;
  });
  const host = world.host({ greet });
  world.serve(host);
  const gateway = await HttpGateway.start({ call: host.handlers.http });
  onTestFinished(() => gateway.stop());
  const path = `${gateway.url}/2015-03-31/functions/greet/invocations`;
  const ask = (token: string): Promise<Response> =>
    fetch(path, { method: "POST", body: '"world"', headers: { Authorization: `Bearer ${token}` } });
  expect(await (await ask(credential.bearer)).json()).toBe("Hello, world");
  expect((await ask("another")).status).toBe(401);
});

test.concurrent("who watches without a stream hears what there is, and goes on from there", async (testContext) => {
  const { expect, onTestFinished } = testContext;
  const world = await aws.open({ onTestFinished });
  const greet = withDurableExecution(async (_: unknown, context) => context.step("greet", async () => "hello"));
  const host = world.host({ greet });
  const { execution } = await host.client.start({ functionName: "greet", name: "watched" });
  const lambda = await lambdaClient(testContext, host);
  const gateway = await HttpGateway.start({ call: host.handlers.http });
  onTestFinished(() => gateway.stop());
  const { DurableExecutions: [found] = [] } = await lambda.send(
    new ListDurableExecutionsByFunctionCommand({ FunctionName: "greet" }),
  );
  const path = `${gateway.url}/2025-12-01/durable-executions/${encodeURIComponent(found?.DurableExecutionArn ?? "")}/events`;
  const watch = async (cursor: number): Promise<string> =>
    (await fetch(`${path}?cursor=${cursor}`, { headers: { Authorization: `Bearer ${credential.bearer}` } })).text();
  // An answer ends after three seconds, with what was read by then.
  await expect.poll(() => watch(0)).toMatch(/^id: 1\nevent: commit\n.*\n\nevent: error\n/);
  world.serve(host);
  await outcome(host, execution.id);
  await expect.poll(() => watch(1)).toMatch(/^id: 2\n(.|\n)*event: end\n/);
});

test.concurrent("the API says where log lines are, to whoever may read", async ({ expect, onTestFinished }) => {
  const world = await aws.open({ onTestFinished });
  const greet = withDurableExecution(async () => "hello");
  const logs = { logGroup: "/orders/queue", region: "eu-west-1" };
  const clerk = { id: "clerk", rights: ["callback"], bearer: "answering" } as const;
  const host = world.host({ greet }, { logs, credentials: [credential, clerk] });
  const { execution } = await host.client.start({ functionName: "greet", name: "one" });
  const gateway = await HttpGateway.start({ call: host.handlers.http });
  onTestFinished(() => gateway.stop());
  const path = `/2025-12-01/durable-executions/${encodeURIComponent(formatExecutionArn(execution))}/logs`;
  const ask = (token: string): Promise<Response> =>
    fetch(`${gateway.url}${path}`, { headers: { Authorization: `Bearer ${token}` } });
  expect(await (await ask(credential.bearer)).json()).toEqual({
    Lines: [],
    Elsewhere: { Service: "CloudWatch Logs", Region: "eu-west-1", LogGroup: "/orders/queue" },
  });
  expect((await ask(clerk.bearer)).status).toBe(403);
});

/** Gives messages twice, late, in another order, or not at all. */
function unreliable(seed: number): (call: QueueFunction) => QueueFunction {
  const random = seededRandom(seed);
  return (call) => async (event, context) => {
    const kept = event.Records.filter(() => random.below(5) > 0);
    const given = [...kept, ...kept.filter(() => random.below(2) > 0)].toSorted(() => random.below(3) - 1);
    for (const record of given) void call({ Records: [record] }, context);
    const late = new Set(kept.filter(() => random.below(4) === 0).map(({ messageId }) => messageId));
    const answers = await Promise.all(given.map((record) => call({ Records: [record] }, context)));
    const failures = answers.flatMap(({ batchItemFailures }) => batchItemFailures);
    return { batchItemFailures: [...failures, ...[...late].map((itemIdentifier) => ({ itemIdentifier }))] };
  };
}

test.concurrent("does no completed step again and leaves none behind, with two Lambdas and a queue that repeats, reorders and loses", async ({
  expect,
  onTestFinished,
}) => {
  const world = await aws.open({ onTestFinished, visibilitySeconds: 1, maxReceiveCount: 50 });
  const done = new Counts();
  const work = withDurableExecution(async (_: unknown, context) => {
    const { durableExecutionArn: arn } = context.executionContext;
    const name = /durable-execution\/([^/]+)/.exec(arn)?.[1] ?? "";
    for (const step of ["a", "b"]) {
      await context.step(step, async () => done.add(`${name} ${step}`));
      await context.wait({ seconds: 1 });
    }
    await context.map([1, 2, 3], async (inner, item) => inner.step(async () => done.add(`${name} item ${item}`)));
    return "done";
  });
  const hosts = [1, 2].map(() => world.host({ work }, { lostAfterSeconds: 10 }));
  hosts.forEach((host, at) => world.serve(host, { through: unreliable(20 + at) }));
  const [host] = hosts as [LambdaHost];
  const names = Array.from({ length: 8 }, (_, at) => `w${at}`);
  await Promise.all(names.map((name) => host.client.start({ functionName: "work", name })));
  const sweeping = setInterval(() => {
    world.skip(5000);
    void world.sweep(host);
  }, 1000);
  onTestFinished(() => clearInterval(sweeping));
  const outcomes = await Promise.all(names.map((name) => outcome(host, `work/${name}`)));
  expect(outcomes).toEqual(names.map(() => ({ status: "SUCCEEDED", result: "done" })));
  expect(done.all).toEqual(
    once(...names.flatMap((name) => ["a", "b", "item 1", "item 2", "item 3"].map((step) => `${name} ${step}`))),
  );
});

/** What these tell hangs on how long a call takes: they are kept from those that work much. */
describe("a call whose time is limited", () => {
  test.concurrent("goes on in another call when the time of one is nearly over, and no step is cut off", async ({
    expect,
    onTestFinished,
  }) => {
    const world = await aws.open({ onTestFinished });
    const done = new Counts();
    const long = withDurableExecution(async (_: unknown, context) => {
      for (let at = 0; at < 12; at++) {
        await context.step(`s${at}`, async () => {
          await new Promise((next) => setTimeout(next, 500));
          return done.add(`s${at}`);
        });
      }
      return "done";
    });
    const calls: number[] = [];
    const host = world.host({ long });
    world.serve(host, {
      timeoutSeconds: 4,
      through: (call) => (event, context) => {
        calls.push(event.Records.length);
        return call(event, context);
      },
    });
    const { execution } = await host.client.start({ functionName: "long" });
    expect(await outcome(host, execution.id)).toEqual({ status: "SUCCEEDED", result: "done" });
    expect(done.all).toEqual(once(...Array.from({ length: 12 }, (_, at) => `s${at}`)));
    expect(calls.length).toBeGreaterThan(1);
    expect(world.errors).toEqual([]);
  });

  test.concurrent("a step that the end of a call cuts off is run again by the next call, at once", async ({
    expect,
    onTestFinished,
  }) => {
    const world = await aws.open({ onTestFinished });
    const attempts: number[] = [];
    const cut = withDurableExecution(async (_: unknown, context) =>
      context.step("slow", async () => {
        attempts.push(Date.now());
        if (attempts.length === 1) await new Promise(() => undefined);
        return "done";
      }),
    );
    const host = world.host({ cut });
    world.serve(host, { timeoutSeconds: 2 });
    const { execution } = await host.client.start({ functionName: "cut" });
    expect(await outcome(host, execution.id)).toEqual({ status: "SUCCEEDED", result: "done" });
    expect(attempts).toHaveLength(2);
  });

  test.concurrent("a message that is no wake fails alone, is told of, and falls into the dead-letter queue", async ({
    expect,
    onTestFinished,
  }) => {
    const world = await aws.open({ onTestFinished, visibilitySeconds: 1, maxReceiveCount: 2 });
    const greet = withDurableExecution(async (_: unknown, context) => context.step("greet", async () => "hello"));
    const host = world.host({ greet });
    const poison = ["no JSON", "{}", '{"wake":7}', '{"wake":"no/such id/"}'];
    for (const body of poison) await send(world.queue.url, body);
    const { execution } = await host.client.start({ functionName: "greet" });
    world.serve(host);
    expect(await outcome(host, execution.id)).toEqual({ status: "SUCCEEDED", result: "hello" });
    await expect.poll(() => aws.sqs.size(world.queue.deadLetterUrl)).toBe(poison.length);
    expect(world.errors).toHaveLength(2 * poison.length);
    expect(world.errors[0]).toMatchObject({ name: "WakeMessageError", code: "NO_WAKE" });
    expect(await world.sweep(host)).toMatchObject({ redriven: 0 });
    expect(await aws.sqs.size(world.queue.deadLetterUrl)).toBe(poison.length);
  });
});

describe.concurrent("the sweeper", () => {
  const greet = withDurableExecution(async (_: unknown, context) => {
    await context.wait({ seconds: 1 });
    return "hello";
  });

  test("wakes an execution whose wake was lost, once, and not one that is in time", async ({
    expect,
    onTestFinished,
  }) => {
    const world = await aws.open({ onTestFinished });
    const host = world.host({ greet });
    const { execution } = await host.client.start({ functionName: "greet" });
    await aws.sqs.delete(world.queue.url, await aws.sqs.receive(world.queue.url, 1));
    expect(await world.sweep(host)).toMatchObject({ woken: 0 });
    world.skip(121_000);
    expect(await world.sweep(host)).toMatchObject({ woken: 1 });
    expect(await world.sweep(host)).toMatchObject({ woken: 0 });
    world.serve(host);
    expect(await outcome(host, execution.id)).toMatchObject({ status: "SUCCEEDED" });
    await expect.poll(async () => (await world.sweep(host)).woken).toBe(0);
    world.skip(24 * hours);
    expect(await world.sweep(host)).toMatchObject({ woken: 0 });
  });

  test("wakes one whose callback was completed by a process that died before it could send a wake", async ({
    expect,
    onTestFinished,
  }) => {
    const world = await aws.open({ onTestFinished });
    const ids: string[] = [];
    const approval = withDurableExecution(async (_: unknown, context) =>
      context.waitForCallback<string>("approve", async (id) => void ids.push(id)),
    );
    const host = world.host({ approval });
    const { execution } = await host.client.start({ functionName: "approval" });
    const mapping = world.serve(host);
    await expect.poll(() => ids).toHaveLength(1);
    await expect.poll(() => aws.sqs.size(world.queue.url)).toBe(0);
    await mapping.stop();
    world.skip(10 * hours);
    expect(await world.sweep(host)).toMatchObject({ woken: 0 });
    await host.client.completeCallback(ids[0] ?? "", { type: "SUCCEEDED", result: "yes" });
    await aws.sqs.delete(world.queue.url, await aws.sqs.receive(world.queue.url, 1));
    world.skip(121_000);
    expect(await world.sweep(host)).toMatchObject({ woken: 1 });
    world.serve(host);
    expect(await outcome(host, execution.id)).toEqual({ status: "SUCCEEDED", result: "yes" });
  });

  test("wakes what fell into the dead-letter queue", async ({ expect, onTestFinished }) => {
    const world = await aws.open({ onTestFinished, visibilitySeconds: 0, maxReceiveCount: 1 });
    const host = world.host({ greet: withDurableExecution(async () => "hello") });
    const { execution } = await host.client.start({ functionName: "greet" });
    await expect
      .poll(async () => {
        await aws.sqs.receive(world.queue.url, 0);
        return aws.sqs.size(world.queue.deadLetterUrl);
      })
      .toBe(1);
    expect(await world.sweep(host)).toMatchObject({ redriven: 1 });
    expect(await aws.sqs.size(world.queue.deadLetterUrl)).toBe(0);
    const records = (await aws.sqs.receive(world.queue.url, 1)).map(({ MessageId = "", Body = "" }) => ({
      messageId: MessageId,
      body: Body,
    }));
    expect(await host.handlers.queue({ Records: records }, localContext(60))).toEqual({ batchItemFailures: [] });
    expect(await host.client.describe(execution.id)).toMatchObject({ status: "SUCCEEDED" });
  });

  test("removes executions whose retention is over", async ({ expect, onTestFinished }) => {
    const world = await aws.open({ onTestFinished });
    const host = world.host({ greet }, { retentionDays: 1 });
    const { execution } = await host.client.start({ functionName: "greet" });
    const mapping = world.serve(host);
    await outcome(host, execution.id);
    await mapping.stop();
    expect(await world.sweep(host)).toMatchObject({ expired: 0 });
    world.skip(25 * hours);
    expect(await world.sweep(host)).toMatchObject({ expired: 1 });
    await expect(host.client.describe(execution.id)).rejects.toMatchObject({ code: "ResourceNotFoundException" });
    expect(await world.sweep(host)).toEqual({ woken: 0, redriven: 0, expired: 0, cleared: 0 });
  });
});

test.concurrent("a long execution leaves a snapshot where it comes to rest, for the call that goes on with it", async ({
  expect,
  onTestFinished,
}) => {
  const world = await aws.open({ onTestFinished });
  const long = withDurableExecution(async (_: unknown, context) => {
    const steps = Array.from({ length: 2100 }, (_, at) => context.step(`step ${at}`, async () => at));
    await Promise.all(steps);
    await context.wait({ seconds: 2 });
    return "done";
  });
  const host = world.host({ long });
  world.serve(host);
  const { execution } = await host.client.start({ functionName: "long", name: "one" });
  const store = new DynamoStore({ client: aws.dynalite.client, table: world.variables["TABLE"] ?? "" });
  await expect.poll(() => store.snapshot(execution.id, execution.incarnation)).toContain("step 2099");
  expect(await outcome(host, execution.id)).toEqual({ status: "SUCCEEDED", result: "done" });
});

test.concurrent("large payloads are in S3, of starts and of steps, and go with their execution", async ({
  expect,
  onTestFinished,
}) => {
  const s3 = await LocalS3.start();
  onTestFinished(() => s3.stop());
  await s3.createBucket("payloads");
  const world = await aws.open({ onTestFinished });
  const random = (): string => Buffer.from(crypto.getRandomValues(new Uint8Array(30_000))).toString("hex");
  const order = withDurableExecution(async (input: string, context) => {
    const large = await context.step("large", async () => random());
    await context.wait({ seconds: 1 });
    return context.step("ship", async () => large.length + input.length);
  });
  const { dynalite, sqs } = aws;
  const clients = { dynamodb: dynalite.client, sqs: sqs.client, s3: s3.client };
  const host = world.host({ order }, { clients, offload: { bucket: "payloads", prefix: "orders/", aboveBytes: 5000 } });
  world.serve(host);
  await host.client.start({ functionName: "order", name: "one", input: JSON.stringify(random()) });
  expect(await outcome(host, "order/one")).toEqual({ status: "SUCCEEDED", result: 120_000 });
  const keys = await s3.keys("payloads");
  expect(keys).toHaveLength(2);
  expect(keys.every((key) => key.startsWith("orders/order/one/"))).toBe(true);
  await host.client.purge("order/one");
  await expect.poll(() => s3.keys("payloads")).toEqual([]);
  expect(world.errors).toEqual([]);
});

test.concurrent("refuses options that it does not have, and those of another form", async ({
  expect,
  onTestFinished,
}) => {
  const world = await aws.open({ onTestFinished });
  const greet = async (): Promise<number> => 1;
  const refusal = (more: object): unknown => {
    try {
      return world.host({ greet }, more);
    } catch (error) {
      return error;
    }
  };
  const code = "INVALID_OPTION";
  for (const [option, more] of [
    ["parks", { parks: true }],
    ["table", { table: undefined }],
    ["table", { table: "" }],
    ["queue", { queue: "perdure" }],
    ["clients", { clients: undefined }],
    ["clients.sqs", { clients: { sqs: {} } }],
    ["lostAfterSeconds", { lostAfterSeconds: 1 }],
    ["clients.s3", { offload: { bucket: "payloads" } }],
    ["offload.bucket", { offload: { aboveBytes: 5000 } }],
    ["offload.aboveBytes", { offload: { bucket: "payloads", aboveBytes: 100 } }],
    ["streaming", { streaming: "yes" }],
    ["functions", { functions: { "no name!": greet } }],
  ] as const) {
    expect(refusal(more)).toMatchObject({ code, option });
  }
});

test.concurrent("an execution that is started for later is called by a schedule at its time, and found by its tags until then", async ({
  expect,
  onTestFinished,
}) => {
  const world = await aws.open({ onTestFinished });
  const counts = new Counts();
  const order = withDurableExecution(async (_: unknown, context) => {
    context.setTags({ stage: "begun" });
    await context.step("work", async () => counts.add("work"));
    await context.wait("a while", { seconds: 1 });
    return "done";
  });
  const host = world.host({ order });
  world.serve(host);
  const startAt = world.now() + 20 * hours;
  await host.client.start({ functionName: "order", name: "later", tags: { customer: "c-7" }, startAt });
  await expect.poll(() => world.scheduler.names.length, { timeout: 20_000 }).toBe(1);
  const { rows } = await host.client.list({ tags: { customer: "c-7" }, limit: 5 });
  expect(rows).toMatchObject([{ id: "order/later", status: "RUNNING", startAt }]);
  await world.sweep(host);
  expect(counts.all).toEqual({});
  world.skip(20 * hours);
  expect(await outcome(host, "order/later")).toEqual({ status: "SUCCEEDED", result: "done" });
  expect(counts.all).toEqual(once("work"));
  const found = await host.client.list({ tags: { customer: "c-7", stage: "begun" }, limit: 5 });
  expect(found.rows).toMatchObject([{ id: "order/later", status: "SUCCEEDED" }]);
});

test.concurrent("pauses, resumes, forks, rewinds and purges over a queue and a table, whoever calls", async ({
  expect,
  onTestFinished,
}) => {
  const world = await aws.open({ onTestFinished });
  const done = new Counts();
  const order = withDurableExecution(async (_: unknown, context) => {
    const large = await context.step("large", async () => done.add("large").repeat(400_000));
    const answer = await context.waitForCallback<string>("ask", async () => undefined);
    return [large.length, answer, await context.step("ship", async () => done.add("ship"))];
  });
  const host = world.host({ order });
  world.serve(host);
  const { client } = host;
  await client.start({ functionName: "order", name: "one" });
  const callbackId = await callbackOf(expect, host, "order/one");
  await client.pause("order/one");
  await client.completeCallback(callbackId, { type: "SUCCEEDED", result: "yes" });
  expect(await client.settled("order/one", LONG)).toMatchObject({ status: "RUNNING", halt: { reason: "PAUSED" } });
  await client.resume("order/one");
  expect(await outcome(host, "order/one")).toEqual({ status: "SUCCEEDED", result: [2_000_000, "yes", "ship"] });
  const { events } = await client.history("order/one", { limit: 100, includeData: false });
  const ship = events.find(({ name }) => name === "ship")?.id ?? "";
  await client.fork("order/one", { name: "two", operationId: ship });
  expect(await outcome(host, "order/two")).toEqual({ status: "SUCCEEDED", result: [2_000_000, "yes", "ship"] });
  await client.rewind("order/one", { operationId: ship });
  await expect.poll(() => done.all).toEqual({ large: 1, ship: 3 });
  expect(await outcome(host, "order/one")).toMatchObject({ status: "SUCCEEDED" });
  await client.purge("order/one");
  await expect(client.describe("order/one")).rejects.toMatchObject({ code: "ResourceNotFoundException" });
  const { rows } = await client.list({ functionName: "order", limit: 10 });
  expect(rows.map(({ name, status }) => `${name} ${status}`)).toEqual(["two SUCCEEDED"]);
  expect(world.errors).toEqual([]);
});
