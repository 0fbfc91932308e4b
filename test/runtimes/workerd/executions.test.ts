import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { readFault } from "../../../src/adapters/durable-objects/fault-record.ts";
import { createWorker } from "../../../src/homes/cloudflare/create-worker.ts";
import type { WorkerOptions } from "../../../src/homes/cloudflare/worker-options.ts";
import { ClientError, type ExecutionClient, type LiveEvent } from "../../../src/engine/runner/client.ts";
import { formatExecutionArn } from "../../../src/lambda-compat/arn.ts";
import { createHttpFace } from "../../../src/lambda-compat/http/face.ts";
import type { DurableHandler } from "../../../src/lambda-compat/types.ts";
import { done, functions, releases } from "./functions.ts";
import { app } from "./worker.ts";

type Handler = DurableHandler<{ key: string }, { second: number; third: number }>;

let client: ExecutionClient;
let key = "";

beforeEach(() => {
  client = app.client(env);
  key = crypto.randomUUID();
});

async function start(functionName: string, input: unknown = { key }, name = key): Promise<string> {
  const { execution } = await client.start({ functionName, name, input: JSON.stringify(input) });
  return execution.id;
}

async function result(executionId: string): Promise<unknown> {
  const header = await client.settled(executionId, Date.now() + 20_000);
  expect(header.error).toBeUndefined();
  expect(header.status).toBe("SUCCEEDED");
  return header.result === undefined ? undefined : JSON.parse(header.result);
}

function objectOf(executionId: string): DurableObjectStub {
  return env.EXECUTIONS.get(env.EXECUTIONS.idFromName(executionId));
}

function alarmOf(executionId: string): Promise<number | null> {
  return runInDurableObject(objectOf(executionId), (_, { storage }) => storage.getAlarm());
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await scheduler.wait(10);
}

async function openCallback(executionId: string): Promise<string> {
  let found: string | undefined;
  await until(async () => {
    const { operations } = await client.state(executionId, { limit: 100 });
    for (const operation of operations) if (operation.type === "CALLBACK") found = operation.callbackId;
    return found !== undefined && (done.get(`${key} submit`) ?? 0) > 0;
  });
  return found ?? "";
}

/** The lines that are written to the console in this test: objects and tests share it. */
function consoleLines(): string[] {
  const lines: string[] = [];
  const { error } = console;
  onTestFinished(() => void (console.error = error));
  console.error = (line: string) => void lines.push(line);
  return lines;
}

/** Objects that come up meanwhile see this time. */
async function at(time: number, body: () => Promise<void>): Promise<void> {
  const now = Date.now;
  Date.now = () => time;
  try {
    await body();
  } finally {
    Date.now = now;
  }
}

/** The code of the ClientError that a call fails with. */
async function refusal(call: Promise<unknown>): Promise<string> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ClientError);
  return (error as ClientError).code;
}

describe("what an operator does", () => {
  test("pauses: the step under way is recorded, nothing follows, also in another life of the object", async () => {
    const id = await start("slow");
    await until(() => releases.has(`${key} 1`));
    await client.pause(id, { reason: "by hand" });
    await client.pause(id);
    await runInDurableObject(objectOf(id), () => releases.get(`${key} 1`)?.());
    await until(async () => (await client.state(id, { limit: 10 })).operations[0]?.status === "SUCCEEDED");
    await evictDurableObject(objectOf(id));
    expect(await client.describe(id)).toMatchObject({ halt: { reason: "PAUSED", error: { errorMessage: "by hand" } } });
    expect(await refusal(client.purge(id))).toBe("InvalidParameterValueException");
    await client.resume(id);
    expect(await result(id)).toBe(1);
    expect(done.get(`${key} long`)).toBe(1);
    expect(await refusal(client.pause(id))).toBe("InvalidParameterValueException");
  });

  test("forks into another object, and rewinds and purges in its own", async () => {
    const id = await start("greet");
    await result(id);
    const { execution, created } = await client.fork(id, { name: `${key}-fork`, operationId: "2" });
    expect(created).toBe(true);
    expect(await result(execution.id)).toEqual({ second: 3, third: 5 });
    expect(await client.fork(id, { name: `${key}-fork`, operationId: "2" })).toMatchObject({ created: false });
    expect(await refusal(client.fork(id, { name: `${key}-fork`, operationId: "1" }))).toBe(
      "DurableExecutionAlreadyStartedException",
    );
    expect(await client.describe(id)).toMatchObject({ forks: [{ executionId: execution.id }] });
    await client.rewind(id, { operationId: "3" });
    expect(await result(id)).toEqual({ second: 2, third: 5 });
    expect(done.get(`${key} first`)).toBe(1);
    const rows = async () => (await client.list({ functionName: "greet", name: key, limit: 10 })).rows;
    await until(async () => (await rows())[0]?.status === "SUCCEEDED");
    await client.purge(id);
    expect(await refusal(client.describe(id))).toBe("ResourceNotFoundException");
    await until(async () => (await rows()).length === 0);
    expect(await client.start({ functionName: "greet", name: key, input: JSON.stringify({ key }) })).toMatchObject({
      created: true,
    });
  });
});

test("a hundred in as many objects are stopped and removed by two calls of the HTTP face", async () => {
  const credentials = [{ id: "operator", rights: ["admin" as const], bearer: "the-token" }];
  const face = createHttpFace({ client, credentials });
  const names = Array.from({ length: 100 }, (_, at) => `${key}-${at}`);
  const ids = await Promise.all(names.map((name) => start("approve", { key }, name)));
  const headers = await Promise.all(ids.map((id) => client.describe(id)));
  const body = JSON.stringify({ DurableExecutionArns: headers.map((header) => formatExecutionArn(header)) });
  for (const deed of ["stop", "purge"]) {
    const url = `https://h/2025-12-01/durable-executions/${deed}`;
    const answer = await face(
      new Request(url, { method: "POST", headers: { authorization: "Bearer the-token" }, body }),
    );
    const { Results } = (await answer.json()) as { readonly Results: readonly { readonly Status: string }[] };
    expect([Results.length, new Set(Results.map(({ Status }) => Status))]).toEqual([100, new Set(["DONE"])]);
  }
  expect(await refusal(client.describe(ids[7] ?? ""))).toBe("ResourceNotFoundException");
});

describe("an execution in its object", () => {
  test("runs", async () => {
    expect(await result(await start("greet"))).toEqual({ second: 2, third: 3 });
    expect(done.get(`${key} runs`)).toBe(1);
  });

  test("is started by its function, and hands out its result", async () => {
    const execution = await app.starter(env)(functions["greet"] as Handler, { key }, { name: key });
    expect(await execution.result()).toEqual({ second: 2, third: 3 });
    expect(await execution.status()).toBe("SUCCEEDED");
    expect(await client.describe(execution.id)).toMatchObject({ functionName: "greet", name: key });
  });

  test("waits by the alarm, and goes on in memory without replay", async () => {
    expect(await result(await start("nap"))).toBe("rested");
    expect(done.get(`${key} runs`)).toBe(1);
  });

  test("goes on by replay when its object was evicted meanwhile", async () => {
    const id = await start("nap");
    await until(async () => (await alarmOf(id)) !== null && done.get(`${key} before`) === 1);
    await evictDurableObject(objectOf(id));
    expect(await result(id)).toBe("rested");
    expect([done.get(`${key} before`), done.get(`${key} after`)]).toEqual([1, 1]);
    expect(done.get(`${key} runs`)).toBe(2);
  });

  test("needs no alarm and holds nothing while it waits for somebody outside", async () => {
    const id = await start("approve");
    await openCallback(id);
    await until(async () => (await alarmOf(id)) === null);
    await evictDurableObject(objectOf(id));
    await client.completeCallback(await openCallback(id), { type: "SUCCEEDED", result: "fine" });
    expect(await result(id)).toBe("fine");
    expect([done.get(`${key} prepare`), done.get(`${key} submit`), done.get(`${key} finish`)]).toEqual([1, 1, 1]);
  });

  test("is watched over while a step takes long", async () => {
    const id = await start("slow");
    await until(() => releases.has(`${key} 1`));
    expect(await alarmOf(id)).toBeGreaterThan(Date.now());
    for (let beats = 0; beats < 3; beats++) expect(await runDurableObjectAlarm(objectOf(id))).toBe(true);
    expect(done.get(`${key} runs`)).toBe(1);
    await runInDurableObject(objectOf(id), () => releases.get(`${key} 1`)?.());
    expect(await result(id)).toBe(1);
  });

  test("invokes durable and plain functions, each in an object of its own", async () => {
    const id = await start("parent");
    expect(await result(id)).toEqual([3, `hello ${key} plain`]);
    const { operations } = await client.state(id, { limit: 10 });
    expect(operations.map(({ type, status }) => `${type} ${status}`)).toEqual([
      "CHAINED_INVOKE SUCCEEDED",
      "CHAINED_INVOKE SUCCEEDED",
    ]);
  });

  test("reaches the Worker's bindings", async () => {
    expect(await result(await start("bound"))).toBe(1);
  });

  test("fails with the error of its step", async () => {
    const header = await client.settled(await start("fails"), Date.now() + 20_000);
    expect(header.status).toBe("FAILED");
    expect(header.error).toMatchObject({ errorType: "StepError", errorMessage: "too far" });
  });

  test("is stopped, and then done with", async () => {
    const id = await start("approve");
    await openCallback(id);
    const stoppedAt = await client.stop(id, { errorType: "Enough", errorMessage: "no more" });
    const header = await client.describe(id);
    expect(header).toMatchObject({ status: "STOPPED", endedAt: stoppedAt, error: { errorType: "Enough" } });
    expect(await client.stop(id)).toBe(stoppedAt);
  });

  test("takes payloads that fill a row many times over", async () => {
    const text = "é".repeat(120_000);
    const id = await start("many", { text, times: 30 });
    expect(await result(id)).toBe(30 * text.length);
    await evictDurableObject(objectOf(id));
    const { operations } = await client.state(id, { limit: 100 });
    expect(operations.filter(({ result: stored }) => stored === JSON.stringify(text))).toHaveLength(30);
  });

  test("shows results of 42 MB together, page by page: a call between Workers takes 32", async () => {
    const text = "x".repeat(6_000_000);
    const id = await start("many", { text, times: 7 });
    expect(await result(id)).toBe(7 * text.length);
    const results: number[] = [];
    let pages = 0;
    for (let after: number | undefined, more = true; more; pages++) {
      const page = await client.history(id, { limit: 1000, includeData: true, ...(after !== undefined && { after }) });
      for (const event of page.events) {
        after = event.eventId;
        if (event.eventType === "StepSucceeded") results.push(event.result?.length ?? 0);
      }
      more = page.more;
    }
    expect(results).toEqual(Array.from({ length: 7 }, () => text.length + 2));
    expect(pages).toBeGreaterThan(3);
    let found = 0;
    for (let marker: string | undefined, isFirst = true; isFirst || marker !== undefined; isFirst = false) {
      const page = await client.state(id, { limit: 1000, ...(marker !== undefined && { marker }) });
      found += page.operations.filter(({ type }) => type === "STEP").length;
      marker = page.marker;
    }
    expect(found).toBe(7);
  });

  test("shows in lists what has become of it", async () => {
    const id = await start("greet");
    await result(id);
    const query = { functionName: "greet", name: key, limit: 10 };
    await until(async () => (await client.list({ ...query, statuses: ["SUCCEEDED"] })).rows.length === 1);
    const { rows } = await client.list(query);
    expect(rows).toMatchObject([{ id, name: key, status: "SUCCEEDED", version: "$LATEST" }]);
  });

  test("is removed when its time is over, from its object and from lists", async () => {
    const id = await start("greet");
    await result(id);
    const query = { functionName: "greet", name: key, limit: 10 };
    await until(async () => (await client.list({ ...query, statuses: ["SUCCEEDED"] })).rows.length === 1);
    const { endedAt = 0 } = await client.describe(id);
    const expiresAt = endedAt + 14 * 86_400_000;
    await until(async () => (await alarmOf(id)) === expiresAt);
    await evictDurableObject(objectOf(id));
    await at(expiresAt, async () => {
      await runDurableObjectAlarm(objectOf(id));
      await until(async () => (await client.list(query)).rows.length === 0);
    });
    expect(await refusal(client.describe(id))).toBe("ResourceNotFoundException");
    await runInDurableObject(objectOf(id), async (_, { storage }) => {
      expect(storage.sql.exec("SELECT name FROM sqlite_master").toArray()).toEqual([]);
      expect(await storage.getAlarm()).toBeNull();
    });
  });
});

describe("an execution that is started for later", () => {
  test("is listed with its tags, is not called before, and runs when its time has come", async () => {
    const startAt = Date.now() + 2000;
    const { execution } = await client.start({
      ...{ functionName: "tagged", name: key, input: JSON.stringify({ key }) },
      tags: { team: key },
      startAt: new Date(startAt).toISOString(),
    });
    const tagged = async (tags: Record<string, string>): Promise<readonly unknown[]> =>
      (await client.list({ tags: { team: key, ...tags }, limit: 5 })).rows;
    await until(async () => (await tagged({})).length === 1);
    expect(await tagged({})).toMatchObject([{ name: key, status: "RUNNING", startAt, tags: { team: key } }]);
    await until(async () => (await alarmOf(execution.id)) === startAt);
    await evictDurableObject(objectOf(execution.id));
    expect((await client.state(execution.id, { limit: 5 })).operations).toEqual([]);
    await until(async () => (await tagged({ stage: "begun" })).length === 1);
    const [first] = (await client.state(execution.id, { limit: 5 })).operations;
    expect(first?.startedAt).toBeGreaterThanOrEqual(startAt);
    expect(await result(execution.id)).toBe("rested");
    await until(async () => (await tagged({ stage: "done", key })).length === 1);
  });

  test("can be stopped before", async () => {
    const { execution } = await client.start({ functionName: "tagged", name: key, startAt: Date.now() + 3_600_000 });
    await client.stop(execution.id);
    expect(await client.describe(execution.id)).toMatchObject({ status: "STOPPED" });
    expect((await client.state(execution.id, { limit: 5 })).operations).toEqual([]);
  });
});

describe("storage of a layout that the code does not know", () => {
  test("is left alone, and tried again later", async () => {
    const id = `greet/${key}`;
    await runInDurableObject(objectOf(id), async (_, { storage }) => {
      storage.kv.put("record", { format: 99 });
      await storage.setAlarm(Date.now() + 60_000);
    });
    expect(await refusal(client.describe(id))).toBe("ServiceException");
    const lines = consoleLines();
    await runDurableObjectAlarm(objectOf(id));
    expect(lines).toEqual([
      expect.stringMatching(`^perdure: execution ${id}: StorageFormatError UNSUPPORTED_STORAGE_FORMAT: .* format 99;`),
    ]);
    await runInDurableObject(objectOf(id), async (_, { storage }) => {
      expect(storage.kv.get("record")).toEqual({ format: 99 });
      expect(readFault(storage)).toMatchObject({ count: 1, message: expect.stringContaining("format 99") });
      expect(await storage.getAlarm()).toBeGreaterThan(0);
    });
  });
});

describe("the client of objects", () => {
  test("starts an execution once, however often it is asked to", async () => {
    const request = { functionName: "greet", name: key, input: JSON.stringify({ key }) };
    const answers = await Promise.all(Array.from({ length: 5 }, () => client.start(request)));
    expect(answers.filter(({ created }) => created)).toHaveLength(1);
    expect(new Set(answers.map(({ execution }) => execution.incarnation)).size).toBe(1);
    await result(`greet/${key}`);
    expect(done.get(`${key} runs`)).toBe(1);
    const other = client.start({ ...request, input: "{}" });
    expect(await refusal(other)).toBe("DurableExecutionAlreadyStartedException");
  });

  test("gives an execution without a name one of its own", async () => {
    const [one, two] = await Promise.all(
      [1, 2].map(() => client.start({ functionName: "steps", input: '{"steps":1}' })),
    );
    expect(one?.execution.name).not.toBe(two?.execution.name);
    expect(await result(one?.execution.id ?? "")).toBe(0);
  });

  test("brings refusals back as what they were", async () => {
    expect(await refusal(client.describe("greet/nobody"))).toBe("ResourceNotFoundException");
    expect(await refusal(client.start({ functionName: "nothing" }))).toBe("ResourceNotFoundException");
    expect(await refusal(client.start({ functionName: "greet", name: "a b" }))).toBe("InvalidParameterValueException");
    const outcome = { type: "SUCCEEDED" } as const;
    expect(await refusal(client.completeCallback("nonsense", outcome))).toBe("InvalidParameterValueException");
    const unknown = btoa(`greet/nobody\n${"0".repeat(32)}`);
    expect(await refusal(client.completeCallback(unknown, outcome))).toBe("ResourceNotFoundException");
    const id = await start("approve");
    const callbackId = await openCallback(id);
    await client.completeCallback(callbackId, outcome);
    expect(await refusal(client.completeCallback(callbackId, outcome))).toBe("CallbackTimeoutException");
  });

  test("waits for an end no longer than it is told", async () => {
    const id = await start("approve");
    const header = await client.settled(id, Date.now() + 50);
    expect(header.status).toBe("RUNNING");
    await client.stop(id);
  });

  test("shows commits live, across the death of the object, each once and in order", async () => {
    const id = await start("approve");
    const callbackId = await openCallback(id);
    const seen: LiveEvent[] = [];
    const watching = (async () => {
      for await (const event of client.watch(id, 0)) seen.push(event);
    })();
    await until(() => seen.length > 0);
    await runInDurableObject(objectOf(id), (_, state) => state.abort("reset")).catch(() => {});
    await client.completeCallback(callbackId, { type: "SUCCEEDED", result: "fine" });
    await watching;
    expect(await result(id)).toBe("fine");
    expect(seen.map(({ seq }) => seq)).toEqual(seen.map((_, at) => at + 1));
    expect(seen.at(-1)?.body).toContain("EXECUTION_SUCCEEDED");
  });

  test("lets go of a live view at once, though nothing happens", async () => {
    const id = await start("approve");
    await openCallback(id);
    const view = client.watch(id, 0)[Symbol.asyncIterator]();
    await view.next();
    await view.return?.();
    await client.stop(id);
  });
});

describe("the Worker", () => {
  const invocation = (headers: Record<string, string> = {}): Request =>
    new Request("http://localhost/2015-03-31/functions/greet/invocations", {
      method: "POST",
      headers,
      body: JSON.stringify({ key }),
    });

  test("serves the Lambda API", async () => {
    const answered = await exports.default.fetch(invocation({ Authorization: "Bearer test-token" }));
    expect(answered.status).toBe(200);
    expect(await answered.json()).toEqual({ second: 2, third: 3 });
  });

  test("lists its functions", async () => {
    const request = new Request("http://localhost/2015-03-31/functions/?MaxItems=50", {
      headers: { Authorization: "Bearer test-token" },
    });
    const { Functions } = await (await exports.default.fetch(request)).json<{
      Functions: { FunctionName: string }[];
    }>();
    expect(Functions.map(({ FunctionName }) => FunctionName)).toEqual(Object.keys(functions).toSorted().slice(0, 50));
  });

  test("refuses a checkpoint token that it has not given out, as every host does", async () => {
    const started = await exports.default.fetch(invocation({ Authorization: "Bearer test-token" }));
    await started.text();
    const arn = encodeURIComponent(started.headers.get("x-amz-durable-execution-arn") ?? "");
    const answered = await exports.default.fetch(
      new Request(`http://localhost/2025-12-01/durable-executions/${arn}/checkpoint`, {
        method: "POST",
        headers: { Authorization: "Bearer test-token" },
        body: JSON.stringify({ CheckpointToken: "a guess", Updates: [] }),
      }),
    );
    expect(await answered.json()).toMatchObject({ message: "Invalid Checkpoint Token" });
    expect(answered.status).toBe(400);
  });

  test("answers nobody without a credential", async () => {
    for (const headers of [{}, { Authorization: "Bearer other" }]) {
      const answered = await exports.default.fetch(invocation(headers));
      expect([401, 403]).toContain(answered.status);
      await answered.text();
    }
    expect(done.get(`${key} runs`)).toBeUndefined();
  });

  test("says what its configuration lacks, and lets nobody in", async () => {
    const errors: unknown[] = [];
    const bare = createWorker({ functions, onError: (_, error) => errors.push(error) });
    const { EXECUTIONS, DIRECTORY, PERDURE_CREDENTIALS } = env;
    const withSecret = (PERDURE_CREDENTIALS: string) => ({ EXECUTIONS, DIRECTORY, PERDURE_CREDENTIALS });
    const hidden = "not to be shown";
    const lacking = [
      { missing: "PERDURE_CREDENTIALS", code: "BINDING_MISSING", env: { EXECUTIONS, DIRECTORY } },
      { missing: "EXECUTIONS", code: "BINDING_MISSING", env: { DIRECTORY, PERDURE_CREDENTIALS } },
      { missing: "DIRECTORY", code: "BINDING_MISSING", env: { EXECUTIONS, PERDURE_CREDENTIALS } },
      { missing: "it is no JSON", code: "BINDING_INVALID", env: withSecret(hidden) },
      { missing: "it is no list", code: "BINDING_INVALID", env: withSecret(JSON.stringify({ bearer: hidden })) },
      {
        missing: "credential 1 has no id",
        code: "BINDING_INVALID",
        env: withSecret(JSON.stringify([{ bearer: hidden }])),
      },
      {
        missing: "The rights of the credential",
        code: "BINDING_INVALID",
        env: withSecret(JSON.stringify([{ id: "me", rights: "admin", bearer: hidden }])),
      },
    ];
    for (const { missing, code, env: incomplete } of lacking) {
      const answered = await bare.fetch(invocation({ Authorization: "Bearer test-token" }), incomplete);
      expect(answered.status).toBe(500);
      const body = await answered.text();
      expect(body).toContain(missing);
      expect(body).not.toContain(hidden);
      expect(answered.headers.get("x-amzn-requestid")).toMatch(/^[0-9a-f-]{36}$/);
      expect(errors.at(-1)).toMatchObject({ code });
    }
  });

  test("takes every option in its form", () => {
    const limits = { streams: 0, startsPerSecond: Number.POSITIVE_INFINITY, bodyBytes: 1, bodyMs: 1 };
    const allowedOrigins = ["*", "https://app.example.com", "http://localhost:5173", "capacitor://localhost"];
    createWorker({ functions, allowedOrigins, limits, directoryShards: 1, bindings: { executions: "RUNS" } });
  });

  test.for<[option: string, options: object]>([
    ["functions", { functions: { "no name!": async () => 1 } }],
    ["functions", {}],
    ["retentionDays", { functions, retentionDays: 91 }],
    ["shards", { functions, shards: 8 }],
    ["directoryShards", { functions, directoryShards: 0 }],
    ["allowedOrigins", { functions, allowedOrigins: ["https://app.example.com/"] }],
    ["allowedOrigins", { functions, allowedOrigins: ["https://*.example.com"] }],
    ["allowedOrigins", { functions, allowedOrigins: "https://app.example.com" }],
    ["bindings.executions", { functions, bindings: { executions: env.EXECUTIONS } }],
    ["limits.startsPerSecond", { functions, limits: { startsPerSecond: "100" } }],
  ])("refuses what is wrong with %s", ([option, options]) => {
    expect(() => createWorker(options as WorkerOptions)).toThrow(
      expect.objectContaining({ code: "INVALID_OPTION", option }),
    );
  });
});
