/** Ways in which an execution could be left to itself: told to nobody, tried for ever, or held by nobody. */

import { expect, test } from "vitest";
import { MemoryAlarm } from "../../adapters/memory/memory-alarm.ts";
import { MemoryStore } from "../../adapters/memory/memory-store.ts";
import { formatExecutionArn } from "../../lambda-compat/arn.ts";
import { type Functions, readFunctions } from "../../lambda-compat/functions.ts";
import { withDurableExecution } from "../../lambda-compat/with-durable-execution.ts";
import { FaultyStore } from "../../testing/faulty-store.ts";
import { SimulatedClock } from "../../testing/simulated-host.ts";
import type { ExecutionStore } from "../ports/execution-store.ts";
import { ClientError, ClientErrorCode, type ExecutionClient, type StartRequest } from "./client.ts";
import { Runner, type RunnerOptions } from "./runner.ts";

const HOUR = 3_600_000;

interface Extras extends Pick<RunnerOptions, "mayRun" | "onError" | "onPause" | "peers"> {
  readonly through?: (store: ExecutionStore) => ExecutionStore;
}

class World {
  readonly clock = new SimulatedClock();
  readonly store = new MemoryStore();

  process(functions: Functions, { through, ...extras }: Extras = {}): Runner {
    const host = this.clock.host();
    const alarm = new MemoryAlarm({ host, wake: (id) => runner.wake(id) });
    const runner: Runner = new Runner({
      store: through?.(this.store) ?? this.store,
      alarm,
      host,
      functions: readFunctions(functions),
      arnOf: formatExecutionArn,
      ...extras,
    });
    return runner;
  }
}

/** The same object with some of its methods replaced. */
function changed<T extends object>(target: T, methods: Partial<T>): T {
  return new Proxy(target, {
    get: (_, key) => {
      const value: unknown = Reflect.get(key in methods ? methods : target, key);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

test("a callee whose caller is gone ends all the same", async () => {
  const world = new World();
  const { clock } = world;
  const runner = world.process({ child: withDurableExecution(async () => 1) });
  const parent = { executionId: "parent/gone", operationId: "1" };
  const { execution } = await runner.start({ functionName: "child", name: "one", parent });
  await clock.advance(HOUR);
  const { rows } = await runner.list({ limit: 10 });
  expect(rows).toMatchObject([{ id: execution.id, status: "SUCCEEDED" }]);
});

test("a callee that outlives its caller completes nothing of a later execution of that name", async () => {
  const world = new World();
  const { clock } = world;
  const runner = world.process({
    caller: withDurableExecution(async (_event, context) => context.invoke("child")),
    child: withDurableExecution(async (_event, context) => context.wait({ hours: 1 })),
  });
  const request = { functionName: "caller", name: "nightly" };
  await runner.start(request);
  await clock.advance(HOUR / 2);
  await runner.stop("caller/nightly");
  await clock.advance(1);
  world.store.remove("caller/nightly");
  await runner.start(request);
  await clock.advance(HOUR / 2 + 1000);
  const first = await runner.list({ limit: 10, functionName: "child" });
  expect(first.rows.map(({ status }) => status).sort()).toEqual(["RUNNING", "SUCCEEDED"]);
  expect(await runner.describe("caller/nightly")).toMatchObject({ status: "RUNNING" });
  await clock.advance(HOUR / 2);
  expect(await runner.describe("caller/nightly")).toMatchObject({ status: "SUCCEEDED" });
});

test("a callee that was started before a deploy is not started again and again after it", async () => {
  const world = new World();
  const { clock } = world;
  const parent = withDurableExecution(async (_: unknown, context) => context.invoke("child", 1));
  const child = withDurableExecution(async (_: unknown, context) => context.wait({ hours: 1 }));
  const before = world.process({ parent, child: { latest: "1", versions: { "1": child } } });
  const { execution } = await before.start({ functionName: "parent" });
  await clock.settle();
  before.close();

  const starts: StartRequest[] = [];
  const peers: ExecutionClient = {
    start: (request: StartRequest) => {
      starts.push(request);
      return after.start(request);
    },
    describe: (id: string) => after.describe(id),
    completeInvoke: (...call: Parameters<Runner["completeInvoke"]>) => after.completeInvoke(...call),
  } as unknown as ExecutionClient;
  const after: Runner = world.process(
    { parent, child: { latest: "2", versions: { "1": child, "2": child } } },
    { peers },
  );
  await after.recover();
  await clock.advance(2 * HOUR);
  expect(await after.describe(execution.id)).toMatchObject({ status: "SUCCEEDED" });
  expect(starts.length).toBeLessThanOrEqual(2);
});

test("a callee that is refused fails the invoke; one that cannot be reached is tried again, and somebody is told", async () => {
  const world = new World();
  const { clock } = world;
  const errors: unknown[] = [];
  const answers: Error[] = [
    new Error("no connection"),
    new ClientError(ClientErrorCode.THROTTLED, "slow down"),
    new ClientError(ClientErrorCode.INVALID_PARAMETER, "not this"),
  ];
  const peers = { start: () => Promise.reject(answers.shift()!) } as unknown as ExecutionClient;
  const parent = withDurableExecution(async (_: unknown, context) => context.invoke("child", 1));
  const child = withDurableExecution(async () => 1);
  const runner = world.process({ parent, child }, { peers, onError: (_, error) => errors.push(error) });
  const told = [...answers.slice(0, 2)];
  const { execution } = await runner.start({ functionName: "parent" });
  await clock.advance(HOUR);
  expect(await runner.describe(execution.id)).toMatchObject({
    status: "FAILED",
    error: { errorType: "InvokeError", errorMessage: "not this" },
  });
  expect(errors).toEqual(told);
});

test("a stop that is under way when its process stands down lands before anything runs there again", async () => {
  const world = new World();
  const { clock } = world;
  const runs: number[] = [];
  const waits = withDurableExecution(async (_: unknown, context) => {
    runs.push(1);
    await context.createCallback("open").then(([outcome]) => outcome);
  });
  const first = world.process({ waits });
  const { execution } = await first.start({ functionName: "waits" });
  await clock.settle();
  first.close();

  let mayRun = false;
  let open: (() => void) | undefined;
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const slow = (store: ExecutionStore): ExecutionStore =>
    changed(store, { append: async (...write) => gate.then(() => store.append(...write)) });
  const second = world.process({ waits }, { mayRun: () => mayRun, through: slow });
  const stopping = second.stop(execution.id);
  await clock.settle();
  await second.standDown(execution.id);
  mayRun = true;
  const waking = second.wake(execution.id);
  await clock.settle();
  expect(runs.length).toBe(1);
  const settled = second.settled(execution.id, clock.now() + HOUR);
  await clock.settle();
  open!();
  await stopping;
  await waking;
  const before = clock.now();
  expect(await clock.run(settled)).toMatchObject({ status: "STOPPED" });
  expect(clock.now()).toBe(before);
  expect(runs.length).toBe(1);
});

test("what is refused leaves nothing of the execution in memory", async () => {
  const world = new World();
  const { clock } = world;
  const order = withDurableExecution(async (event: unknown, context) => {
    const [, id] = await context.createCallback("open");
    return { event, id };
  });
  const owner = world.process({ order });
  const { execution } = await owner.start({ functionName: "order", name: "one", input: "1" });
  await clock.settle();
  const { id: callbackId } = JSON.parse((await owner.describe(execution.id)).result!) as { id: string };

  const viewer = world.process({ order }, { mayRun: () => false });
  await expect(viewer.completeCallback(callbackId, { type: "SUCCEEDED" })).rejects.toThrow("closed already");
  await viewer.stop(execution.id);
  await expect(viewer.resume(execution.id)).rejects.toThrow("not halted");
  await expect(viewer.state(execution.id, { token: "none", limit: 1 })).rejects.toThrow("Token");
  await expect(viewer.checkpoint(execution.id, { token: "none", updates: [] })).rejects.toThrow("Token");
  await viewer.completeInvoke({ executionId: execution.id, operationId: "1" }, { status: "SUCCEEDED" });
  await viewer.start({ functionName: "order", name: "one", input: "1" });

  world.store.remove(execution.id);
  const again = await owner.start({ functionName: "order", name: "one", input: "2" });
  await clock.settle();
  const found = await viewer.start({ functionName: "order", name: "one", input: "2" });
  expect(found).toMatchObject({ created: false, execution: { incarnation: again.execution.incarnation } });
});

test("whoever was told that an execution waits for room is told when it goes on", async () => {
  const world = new World();
  const { clock } = world;
  const faulty = new FaultyStore(world.store);
  const pauses: boolean[] = [];
  const waits = withDurableExecution(async (_: unknown, context) => context.wait({ seconds: 1 }));
  const runner = world.process(
    { waits },
    { through: () => faulty, onPause: (_, pause) => pauses.push(pause !== undefined) },
  );
  const { execution } = await runner.start({ functionName: "waits" });
  await clock.settle();
  runner.close();
  await clock.advance(1000);
  const next = world.process(
    { waits },
    { through: () => faulty, onPause: (_, pause) => pauses.push(pause !== undefined) },
  );
  faulty.failNext("append", "FULL", 2);
  await next.wake(execution.id);
  expect(await next.describe(execution.id)).toMatchObject({ halt: { reason: "STORAGE_FULL" } });
  expect(await next.describe(execution.id)).toMatchObject({ halt: { reason: "STORAGE_FULL" } });
  await clock.advance(60_000);
  expect(await next.describe(execution.id)).toMatchObject({ status: "SUCCEEDED" });
  expect(pauses).toEqual([true, false]);
});
