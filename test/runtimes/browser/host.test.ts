import { describe, expect, onTestFinished, test } from "vitest";
import {
  type BrowserHost,
  type BrowserHostOptions,
  createBrowserHost,
  type ExecutionFile,
  type ExecutionSnapshot,
  IndexedDbStore,
  serveBrowserHost,
} from "../../../src/homes/browser/index.ts";
import { SCHEMA_VERSION } from "../../../src/adapters/indexeddb/schema.ts";
import { connectWorker } from "../../../src/homes/browser/worker-link.ts";
import type { FunctionVersions } from "../../../src/engine/runner/function.ts";
import { withDurableExecution } from "../../../src/lambda-compat/index.ts";
import { replayLog } from "../../../src/testing/replay-log.ts";

/** Each test has a database of its own; hosts of one name are tabs of one site. */
function site(): { readonly name: string; open(options: BrowserHostOptions): BrowserHost } {
  const name = crypto.randomUUID();
  return {
    name,
    open(options) {
      const host = createBrowserHost({ name, ...options });
      onTestFinished(() => host.close());
      return host;
    },
  };
}

const DAY_MS = 86_400_000;
const renamed = (commit: string): string => commit.replace('"name":"new"', '"name":"old"');

const soon = (): number => Date.now() + 20_000;

const greet = withDurableExecution(async (name: string, context) => {
  const greeting = await context.step("greet", async () => `Hello, ${name}`);
  await context.wait("pause", { seconds: 1 });
  return `${greeting}!`;
});

test("runs a durable function to its result", async () => {
  const { client } = site().open({ functions: { greet } });
  const { execution } = await client.start({ functionName: "greet", input: '"world"' });
  expect(await client.settled(execution.id, soon())).toMatchObject({ status: "SUCCEEDED", result: '"Hello, world!"' });
});

test("says that it runs once the browser has given it storage", async () => {
  const { status } = site().open({ functions: { greet } });
  expect(status.get()).toEqual({ state: "STARTING" });
  await expect.poll(status.get).toEqual({ state: "RUNNING" });
});

test("goes on where a tab that was closed had got to, and does not run again what it did", async () => {
  const runs: string[] = [];
  const ids: string[] = [];
  const order = withDurableExecution(async (_: unknown, context) => {
    await context.step("first", async () => void runs.push("first"));
    await context.waitForCallback("approve", async (id) => void ids.push(id));
    return context.step("second", async () => runs.push("second"));
  });
  const { open } = site();
  const first = open({ functions: { order } });
  const { execution } = await first.client.start({ functionName: "order" });
  const recorded = async () => (await first.client.state(execution.id, { limit: 10 })).operations;
  // Until their ends are recorded, the step and what hands out the callback's id may run again.
  const ended = { type: "STEP", status: "SUCCEEDED" };
  await expect.poll(recorded).toMatchObject([ended, { type: "CONTEXT" }, { type: "CALLBACK" }, ended]);
  expect(runs).toEqual(["first"]);
  first.close();
  const second = open({ functions: { order } });
  await second.client.completeCallback(ids[0] ?? "", { type: "SUCCEEDED", result: "yes" });
  expect(await second.client.settled(execution.id, soon())).toMatchObject({ status: "SUCCEEDED" });
  expect(runs).toEqual(["first", "second"]);
  expect(ids).toHaveLength(1);
});

test("a tab without the function serves what another tab runs: it watches, answers and stops", async () => {
  const ids: string[] = [];
  const approval = withDurableExecution(async (_: unknown, context) =>
    context.waitForCallback("approve", async (id) => void ids.push(id)),
  );
  const { open } = site();
  const owner = open({ functions: { approval } });
  const viewer = open({});
  const { execution } = await owner.client.start({ functionName: "approval", name: "one" });
  await expect.poll(() => ids).toHaveLength(1);
  const seen: ExecutionSnapshot[] = [];
  onTestFinished(viewer.subscribe(execution.id, (snapshot) => seen.push(snapshot)));
  await expect.poll(() => seen.at(-1)?.header?.status).toBe("RUNNING");
  await viewer.client.completeCallback(ids[0] ?? "", { type: "SUCCEEDED", result: "yes" });
  expect(await viewer.client.settled(execution.id, soon())).toMatchObject({ status: "SUCCEEDED", result: '"yes"' });
  await expect.poll(() => seen.at(-1)?.header?.result).toBe('"yes"');
  expect(seen.at(-1)?.operations.map(({ type, status }) => [type, status])).toEqual([
    ["CONTEXT", "SUCCEEDED"],
    ["CALLBACK", "SUCCEEDED"],
    ["STEP", "SUCCEEDED"],
  ]);

  const two = await owner.client.start({ functionName: "approval", name: "two" });
  await expect.poll(() => ids).toHaveLength(2);
  await viewer.client.stop(two.execution.id);
  expect(await owner.client.settled(two.execution.id, soon())).toMatchObject({ status: "STOPPED" });
  const list = viewer.executions({ statuses: ["STOPPED"] });
  onTestFinished(list.subscribe(() => {}));
  await expect.poll(() => list.get().rows.map(({ name }) => name)).toEqual(["two"]);
});

test("of many tabs one runs an execution, and each next one takes over from the one before", async () => {
  const begun: string[] = [];
  const ended: string[] = [];
  const steps = ["a", "b", "c", "d", "e"];
  const relay = (tab: string) =>
    withDurableExecution(async (_: unknown, context) => {
      const ran: string[] = [];
      for (const step of steps) {
        ran.push(
          await context.step(step, async () => {
            begun.push(`${tab}:${step}`);
            await new Promise((next) => setTimeout(next, 50));
            ended.push(step);
            return tab;
          }),
        );
        await context.wait({ seconds: 1 });
      }
      return ran;
    });
  const { open } = site();
  const tabs = steps.map((_, index) => open({ functions: { relay: relay(`tab ${index}`) } }));
  await expect.poll(() => tabs.map(({ status }) => status.get().state)).toEqual(steps.map(() => "RUNNING"));
  const last = tabs.at(-1);
  const { execution } = await tabs[0]!.client.start({ functionName: "relay" });
  for (const [index, step] of steps.slice(0, -1).entries()) {
    await expect.poll(() => ended).toContain(step);
    const recorded = (snapshot: string) => snapshot.includes(step);
    await expect
      .poll(async () => JSON.stringify((await last!.client.state(execution.id, { limit: 100 })).operations))
      .toSatisfy(recorded);
    const owner = begun.at(-1)?.split(":")[0];
    tabs.find((_, at) => `tab ${at}` === owner && at !== steps.length - 1)?.close();
    expect(index).toBeLessThan(steps.length);
  }
  const { status, result } = await last!.client.settled(execution.id, soon());
  expect(status).toBe("SUCCEEDED");
  expect(ended).toEqual(steps);
  expect(new Set(JSON.parse(result ?? "[]") as string[]).size).toBeGreaterThan(1);
});

test("exports an execution as a file that replays, and imports it elsewhere", async () => {
  const { open } = site();
  const here = open({ functions: { greet } });
  const { execution } = await here.client.start({ functionName: "greet", name: "one", input: '"you"' });
  await here.client.settled(execution.id, soon());
  const text = JSON.stringify(await here.exportExecution(execution.id));
  const file = JSON.parse(text) as Awaited<ReturnType<BrowserHost["exportExecution"]>>;
  expect(await replayLog(file.log, greet, { fromEveryCommit: true })).toEqual({ matches: true });

  await expect(here.importExecution(file)).rejects.toMatchObject({ code: "DurableExecutionAlreadyStartedException" });
  const elsewhere = site().open({ functions: { greet } });
  expect(await elsewhere.importExecution(file)).toBe("greet/one");
  expect(await elsewhere.client.describe("greet/one")).toMatchObject({ status: "SUCCEEDED", result: '"Hello, you!"' });
});

describe("a file that is no whole execution is refused", () => {
  const start = {
    kind: "EXECUTION_STARTED",
    functionName: "greet",
    name: "one",
    version: "1",
    incarnation: "0".repeat(32),
    retentionDays: 14,
  };
  const commit = (...facts: object[]): string => JSON.stringify({ v: 1, writer: "w.1", at: 1, facts });
  const ended = { kind: "EXECUTION_SUCCEEDED" };
  const step = { kind: "SUCCEEDED", id: "1", type: "STEP", name: "greet", subType: "Step" };
  const logs: Readonly<Record<string, readonly [code: string, log: unknown]>> = {
    "none at all": ["InvalidParameterValueException", undefined],
    "an empty one": ["InvalidParameterValueException", []],
    "one of other things than texts": ["InvalidParameterValueException", [{ facts: [start] }]],
    "one without a fact": ["InvalidParameterValueException", [commit()]],
    "one without its beginning": ["CORRUPT_LOG", [commit(step)]],
    "one that was cut off": ["CORRUPT_LOG", [commit(start), commit(step).slice(0, -5)]],
    "one that begins twice": ["CORRUPT_LOG", [commit(start), commit(start)]],
    "one that goes on after its end": ["CORRUPT_LOG", [commit(start), commit(ended), commit(step)]],
    "one with a name that leads elsewhere": ["CORRUPT_LOG", [commit({ ...start, name: "../two" })]],
    "one of a function that cannot be": ["CORRUPT_LOG", [commit({ ...start, functionName: "a/b" })]],
    "one with a name that is no text": ["CORRUPT_LOG", [commit({ ...start, name: { one: 1 } })]],
    "one with a time beyond all dates": ["CORRUPT_LOG", [commit(start), commit({ ...step, at: 1e20 })]],
    "one that would tell an execution here its outcome": [
      "InvalidParameterValueException",
      [commit({ ...start, parent: { executionId: "greet/other", operationId: "1" } })],
    ],
    "one of a newer format": ["UNSUPPORTED_LOG_VERSION", [commit(start).replace('"v":1', '"v":99')]],
  };
  test.for(Object.entries(logs))("with a log: %s", async ([, [code, log]]) => {
    const { client, importExecution } = site().open({ functions: { greet } });
    const file = { format: "perdure-execution", version: 1, log } as ExecutionFile;
    await expect(importExecution(file)).rejects.toMatchObject({ code });
    expect(await client.list({ limit: 10 })).toEqual({ rows: [] });
  });

  test("for what is no file either", async () => {
    const { importExecution } = site().open({ functions: { greet } });
    for (const file of [null, 5, "text", [], {}]) {
      await expect(importExecution(file as never)).rejects.toMatchObject({ code: "InvalidParameterValueException" });
    }
  });
});

test("an execution that is imported half way goes on", async () => {
  const { open } = site();
  const first = open({ functions: { greet } });
  const { execution } = await first.client.start({ functionName: "greet", name: "one", input: '"you"' });
  await expect.poll(async () => (await first.exportExecution(execution.id)).log.length).toBeGreaterThan(2);
  const file = await first.exportExecution(execution.id);
  const second = site().open({ functions: { greet } });
  await second.importExecution(file);
  expect(await second.client.settled(execution.id, soon())).toMatchObject({ result: '"Hello, you!"' });
});

test("pauses, resumes, forks, rewinds and purges what another tab runs", async () => {
  const runs: string[] = [];
  const order = withDurableExecution(async (_: unknown, context) => {
    await context.step("first", async () => void runs.push("first"));
    await context.wait({ seconds: 1 });
    return context.step("second", async () => runs.push("second"));
  });
  const { open } = site();
  const running = open({ functions: { order } });
  await running.client.start({ functionName: "order", name: "one" });
  await expect.poll(() => runs).toEqual(["first"]);
  const { client } = open({ functions: { order } });
  await client.pause("order/one");
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect(runs).toEqual(["first"]);
  expect(await running.client.describe("order/one")).toMatchObject({ halt: { reason: "PAUSED" } });
  await client.resume("order/one");
  expect(await client.settled("order/one", soon())).toMatchObject({ status: "SUCCEEDED" });
  await client.fork("order/one", { name: "two", operationId: "3" });
  expect(await client.settled("order/two", soon())).toMatchObject({ status: "SUCCEEDED" });
  await client.rewind("order/one", { operationId: "3" });
  await expect.poll(() => runs).toEqual(["first", "second", "second", "second"]);
  expect(await client.settled("order/one", soon())).toMatchObject({ status: "SUCCEEDED", rewinds: 1 });
  await client.purge("order/one");
  await expect(running.client.describe("order/one")).rejects.toMatchObject({ code: "ResourceNotFoundException" });
});

test("removes an execution that has ended, and none that runs", async () => {
  const { open } = site();
  const { client, remove, execution: live } = open({ functions: { greet } });
  const { execution } = await client.start({ functionName: "greet", name: "one", input: '"you"' });
  await expect(remove(execution.id)).rejects.toMatchObject({ code: "InvalidParameterValueException" });
  await client.settled(execution.id, soon());
  const view = live(execution.id);
  onTestFinished(view.subscribe(() => {}));
  await expect.poll(() => view.get().header?.status).toBe("SUCCEEDED");
  await remove(execution.id);
  await expect(client.describe(execution.id)).rejects.toMatchObject({ code: "ResourceNotFoundException" });
  await expect.poll(() => view.get()).toEqual({ isLoaded: true, operations: [], seq: 0 });
  expect((await client.start({ functionName: "greet", name: "one", input: '"you"' })).created).toBe(true);
});

test("removes what has been kept long enough, without being asked", async () => {
  const { open, name } = site();
  const { client, exportExecution, execution: live } = open({ functions: { greet } });
  const { execution } = await client.start({ functionName: "greet", name: "new", input: '"you"' });
  await client.settled(execution.id, soon());
  const { log } = await exportExecution(execution.id);
  const [row] = (await client.list({ limit: 1 })).rows;
  const store = new IndexedDbStore({ name });
  onTestFinished(() => store.close());
  const { ended, old } = { ended: Date.now() - 30 * DAY_MS, old: { ...row!, id: "greet/old", name: "old" } };
  await store.restore({ ...old, endedAt: ended, expiresAt: ended + 14 * DAY_MS }, log.map(renamed));
  const view = live("greet/old");
  onTestFinished(view.subscribe(() => {}));
  await expect.poll(() => view.get().header?.status).toBe("SUCCEEDED");
  open({ functions: {} });
  await expect.poll(() => view.get().header).toBeUndefined();
  expect(await client.describe(execution.id)).toMatchObject({ status: "SUCCEEDED" });
});

test("keeps what is imported long after its end as long as if it had ended now", async () => {
  const { open } = site();
  const { client, exportExecution, importExecution } = open({ functions: { greet } });
  const { execution } = await client.start({ functionName: "greet", name: "new", input: '"you"' });
  await client.settled(execution.id, soon());
  const file = await exportExecution(execution.id);
  const monthAgo = (text: string): string => {
    const commit = JSON.parse(text) as { at: number };
    return renamed(JSON.stringify({ ...commit, at: commit.at - 30 * DAY_MS }));
  };
  const before = Date.now();
  await importExecution({ ...file, log: file.log.map(monthAgo) });
  const { rows } = await client.list({ name: "old", limit: 1 });
  expect(rows[0]?.expiresAt).toBeGreaterThanOrEqual(before + 14 * DAY_MS);
});

test("removes nothing because the clock was put ahead while the page is open", async () => {
  const { open } = site();
  const { client } = open({ functions: { greet } });
  const { execution } = await client.start({ functionName: "greet", name: "one", input: '"you"' });
  await client.settled(execution.id, soon());
  const rightNow = Date.now;
  onTestFinished(() => void (Date.now = rightNow));
  Date.now = () => rightNow() + 30 * DAY_MS;
  const { status } = open({ functions: {} });
  await expect.poll(status.get).toEqual({ state: "RUNNING" });
  expect((await client.list({ limit: 10 })).rows).toMatchObject([{ id: execution.id }]);
});

test("is back when it is shown, even if nobody said that it is no longer frozen", async () => {
  const { client, status } = site().open({ functions: { greet } });
  await expect.poll(status.get).toEqual({ state: "RUNNING" });
  document.dispatchEvent(new Event("freeze"));
  expect(status.get()).toEqual({ state: "AWAY" });
  document.dispatchEvent(new Event("visibilitychange"));
  const { execution } = await client.start({ functionName: "greet", name: "one", input: '"you"' });
  expect(await client.settled(execution.id, soon())).toMatchObject({ status: "SUCCEEDED" });
});

test("shows the same snapshot until something has changed", async () => {
  const { open } = site();
  const { client, execution: live, remove } = open({ functions: { greet } });
  const view = live("greet/one");
  expect(view.get()).toEqual({ isLoaded: false, operations: [], seq: 0 });
  const seen: ExecutionSnapshot[] = [];
  const stop = view.subscribe(() => seen.push(view.get()));
  await expect.poll(() => view.get().isLoaded).toBe(true);
  expect(view.get()).toBe(view.get());
  await client.start({ functionName: "greet", name: "one", input: '"you"' });
  await client.settled("greet/one", soon());
  await expect.poll(() => view.get().header?.status).toBe("SUCCEEDED");
  const numbers = seen.map(({ seq }) => seq);
  expect(numbers, "each number once, upwards").toEqual([...new Set(numbers)].sort((a, b) => a - b));
  stop();
  const last = view.get();
  await remove("greet/one");
  await client.start({ functionName: "greet", name: "two", input: '"you"' });
  await client.settled("greet/two", soon());
  expect(view.get()).toBe(last);
});

test("shows the same list until something has changed, however often it is hinted at", async () => {
  const { open } = site();
  const { client, executions } = open({ functions: { greet } });
  await client.start({ functionName: "greet", name: "one", input: '"you"' });
  await client.settled("greet/one", soon());
  const list = executions();
  onTestFinished(list.subscribe(() => {}));
  await expect.poll(() => list.get().rows[0]?.status).toBe("SUCCEEDED");
  const shown = list.get();
  const other = open({ functions: {} });
  await expect.poll(other.status.get).toEqual({ state: "RUNNING" });
  onTestFinished(executions({ limit: 5 }).subscribe(() => {}));
  await client.start({ functionName: "greet", name: "one", input: '"you"' });
  expect(list.get()).toBe(shown);
});

describe("refuses, by a code", () => {
  const { port1 } = new MessageChannel();
  const worker = { postMessage() {}, terminate() {} };
  test.for<[option: string, options: object]>([
    ["functions", { functions: { foreign: { awsDurable: async () => ({}) } } }],
    ["retentionDays", { retentionDays: 0 }],
    ["durability", { durability: "lax" }],
    ["clock", { clock: true }],
    ["name", { name: "" }],
    ["worker", { worker: port1 }],
    ["worker", { worker, functions: { greet } }],
    ["allowedOrigins", { allowedOrigins: [] }],
  ])("what is wrong with %s", ([option, options]) => {
    expect(() => site().open(options as BrowserHostOptions)).toThrow(
      expect.objectContaining({ code: "INVALID_OPTION", option }),
    );
  });

  test("what a worker that serves functions is told", () => {
    const options = { functions: { greet }, name: "shop" };
    expect(() => serveBrowserHost(options)).toThrow(expect.objectContaining({ option: "name" }));
    expect(() => serveBrowserHost({} as never)).toThrow(expect.objectContaining({ option: "functions" }));
  });
});

test("writes a failure that nobody else is told of to the console, and goes on", async () => {
  const lines: string[] = [];
  const { error } = console;
  onTestFinished(() => void (console.error = error));
  console.error = (line: string) => void lines.push(line);
  const { client } = site().open({ functions: { greet } });
  const { put } = IDBObjectStore.prototype;
  onTestFinished(() => void (IDBObjectStore.prototype.put = put));
  IDBObjectStore.prototype.put = function (value: { id?: string }, ...rest) {
    // A host that was closed before may still write its last row.
    if (value.id !== "greet/told") return put.call(this, value, ...rest);
    IDBObjectStore.prototype.put = put;
    throw new DOMException("the disk is away", "DataError");
  };
  const { execution } = await client.start({ functionName: "greet", name: "told", input: '"you"' });
  expect(await client.settled(execution.id, soon())).toMatchObject({ status: "SUCCEEDED" });
  await expect.poll(async () => (await client.list({ statuses: ["SUCCEEDED"], limit: 1 })).rows).toHaveLength(1);
  expect(lines).toEqual(["perdure: execution greet/told: DataError: the disk is away"]);
});

test("tells of nothing that fails because its page has closed it", async () => {
  const told: unknown[] = [];
  const { open } = site();
  const [first, second] = [{}, {}].map(() =>
    open({ functions: { greet }, onError: (...parts) => told.push(parts) }),
  ) as [BrowserHost, BrowserHost];
  const watch = first.execution("greet/one").subscribe(() => {});
  const settled = first.client.settled("greet/one", soon()).catch(() => {});
  await second.client.start({ functionName: "greet", name: "one", input: '"you"' });
  for (const host of [first, second]) host.close();
  watch();
  await settled;
  await new Promise((next) => setTimeout(next, 1500));
  expect(told).toEqual([]);
});

/** Until the answer is called no database is opened, in no window: `refuse` is asked instead. */
function withoutDatabases(refuse: () => IDBOpenDBRequest): () => void {
  const { open } = IDBFactory.prototype;
  const frames = Object.getOwnPropertyDescriptor(HTMLIFrameElement.prototype, "contentWindow")!;
  const restore = (): void => {
    IDBFactory.prototype.open = open;
    Object.defineProperty(HTMLIFrameElement.prototype, "contentWindow", frames);
  };
  IDBFactory.prototype.open = refuse;
  Object.defineProperty(HTMLIFrameElement.prototype, "contentWindow", { ...frames, get: () => null });
  onTestFinished(restore);
  return restore;
}

const lost = "Connection to Indexed Database server lost. Refresh the page to try again";

const refusals: Readonly<Record<string, () => IDBOpenDBRequest>> = {
  "that throws at once": () => {
    throw new DOMException(lost, "UnknownError");
  },
  "that fails later": () => {
    const target = new EventTarget();
    setTimeout(() => target.dispatchEvent(new Event("error")), 1);
    const of = (type: "addEventListener" | "removeEventListener") => ({ value: target[type].bind(target) });
    return Object.create(IDBOpenDBRequest.prototype, {
      addEventListener: of("addEventListener"),
      removeEventListener: of("removeEventListener"),
      error: { value: new DOMException(lost, "UnknownError") },
    }) as IDBOpenDBRequest;
  },
};

test.for(Object.keys(refusals))("goes on soon after an open %s, and says meanwhile why it does not", async (kind) => {
  const { open } = site();
  const first = open({ functions: { greet } });
  const { execution } = await first.client.start({ functionName: "greet", name: "one", input: '"you"' });
  first.close();
  const restore = withoutDatabases(refusals[kind]!);
  const told: unknown[] = [];
  const { client, status } = open({ functions: { greet }, onError: (...parts) => told.push(parts) });
  await expect.poll(status.get).toMatchObject({ state: "UNAVAILABLE", error: { code: "STORAGE_UNAVAILABLE" } });
  const { error } = status.get() as { error: Error };
  expect(error.message).not.toContain("private browsing");
  await expect(client.describe(execution.id)).rejects.toMatchObject({ code: "STORAGE_UNAVAILABLE" });
  // Long enough for a second try.
  await new Promise((next) => setTimeout(next, 3000));
  expect(told).toEqual([[undefined, error]]);
  restore();
  expect(await client.settled(execution.id, Date.now() + 30_000)).toMatchObject({ status: "SUCCEEDED" });
  expect(status.get()).toEqual({ state: "RUNNING" });
});

test("runs where the browser denies channels to other tabs, and says so where it denies databases too", async () => {
  const { BroadcastChannel } = globalThis;
  onTestFinished(() => void (globalThis.BroadcastChannel = BroadcastChannel));
  globalThis.BroadcastChannel = class extends EventTarget {
    constructor() {
      super();
      throw new DOMException("Access is denied for this document.", "SecurityError");
    }
  } as unknown as typeof BroadcastChannel;
  const { client, status } = site().open({ functions: { greet } });
  const { execution } = await client.start({ functionName: "greet", input: '"you"' });
  expect(await client.settled(execution.id, soon())).toMatchObject({ status: "SUCCEEDED" });
  expect(status.get()).toEqual({ state: "RUNNING" });

  withoutDatabases(() => {
    throw new DOMException("The operation is insecure.", "SecurityError");
  });
  const blocked = site().open({ functions: { greet }, onError: () => {} });
  await expect.poll(blocked.status.get).toMatchObject({ state: "UNAVAILABLE" });
  await expect(blocked.client.start({ functionName: "greet" })).rejects.toMatchObject({
    code: "STORAGE_UNAVAILABLE",
    message: expect.stringContaining("private browsing or blocked site data"),
  });
});

test("a worker is told to end when a newer page has taken the database over", async () => {
  const script = `onmessage = ({ ports: [port] }) => {
    port.onmessage = ({ data }) => postMessage(data);
    port.postMessage([]);
  }`;
  const worker = new Worker(URL.createObjectURL(new Blob([script])));
  onTestFinished(() => worker.terminate());
  const moments: unknown[] = [];
  worker.onmessage = ({ data }: MessageEvent<unknown>) => moments.push(data);
  const { name, open } = site();
  const { status } = open({ worker });
  await expect.poll(() => moments).toContain("looked");
  const newer = indexedDB.open(name, SCHEMA_VERSION + 1);
  await new Promise((next) => (newer.onsuccess = next));
  newer.result.close();
  expect(status.get()).toEqual({ state: "SUPERSEDED" });
  await expect.poll(() => moments).toContain("close");
});

describe("a worker of functions", () => {
  const workerOf = (script: string): Worker => {
    const worker = new Worker(URL.createObjectURL(new Blob([script])));
    onTestFinished(() => worker.terminate());
    return worker;
  };

  test("that does not answer is an error with a code, and is heard all the same when it answers later", async () => {
    const functions = new Map<string, FunctionVersions>();
    const worker = workerOf(
      `let port; onmessage = ({ data, ports }) => ports[0] ? (port = ports[0]) : port.postMessage([["f", "1", ["1"]]])`,
    );
    const { ready } = connectWorker(worker, { name: "site", functions, patienceMs: 50 });
    await expect(ready()).rejects.toMatchObject({
      name: "BrowserWorkerError",
      code: "WORKER_SILENT",
      message: expect.stringContaining("serveBrowserHost"),
    });
    worker.postMessage("answer");
    await expect.poll(() => [...functions.keys()]).toEqual(["f"]);
    await ready();
  });

  test("whose script cannot be loaded is one too", async () => {
    const missing = new Worker(URL.createObjectURL(new Blob([])).replace(/.$/, "x"));
    const { client } = site().open({ worker: missing, onError: () => {} });
    await expect(client.start({ functionName: "greet" })).rejects.toMatchObject({
      code: "WORKER_FAILED",
      message: expect.stringContaining("could not be loaded"),
    });
  });
});

test("says what is wrong with the worker of its functions when something is started", async () => {
  const broken = new Worker(URL.createObjectURL(new Blob(["throw new Error('no functions here')"])));
  const errors: unknown[] = [];
  const { client } = site().open({ worker: broken, onError: (_, error) => errors.push(error) });
  await expect(client.start({ functionName: "greet" })).rejects.toThrow("no functions here");
  expect(errors).toMatchObject([{ code: "WORKER_FAILED" }]);
  expect(await client.list({ limit: 1 })).toEqual({ rows: [] });
});

test("tells what the browser says about storage", async () => {
  const { storage, persist } = site().open({});
  // WebKitGTK tells nothing of its storage.
  const kinds = Object.entries(await storage()).map(([name, value]) => [name, typeof value]);
  const room = "storage" in navigator && "estimate" in navigator.storage ? { usage: "number", quota: "number" } : {};
  expect(Object.fromEntries(kinds)).toEqual({ isPersisted: "boolean", ...room });
  expect(await persist()).toBeTypeOf("boolean");
});

test("a thousand executions that wait all go on in the tab that is left", async () => {
  const doze = withDurableExecution(async (_: unknown, context) => context.wait({ seconds: 2 }));
  const { open } = site();
  const first = open({ functions: { doze } });
  const second = open({ functions: { doze } });
  const names = Array.from({ length: 1000 }, (_, at) => `doze-${at}`);
  await Promise.all(names.map((name) => first.client.start({ functionName: "doze", name })));
  first.close();
  const list = second.executions({ statuses: ["SUCCEEDED"], limit: 1000 });
  onTestFinished(list.subscribe(() => {}));
  await expect.poll(() => list.get().rows.length, { timeout: 240_000 }).toBe(1000);
});
