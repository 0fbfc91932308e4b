/** One name, several executions one after the other: nothing of an earlier one reaches a later one. */

import { expect, test } from "vitest";
import { withDurableExecution } from "../../src/lambda-compat/with-durable-execution.ts";
import { ClientErrorCode } from "../../src/engine/runner/client.ts";
import { DAY, HOUR, Processes, storeWith } from "./processes.ts";

const nightly = { functionName: "order", name: "nightly" };
const id = "order/nightly";

test("a session that is parked over a stop, a purge and a new start of its name has no effect on the new execution", async () => {
  const world = new Processes();
  const { clock } = world;
  const charges: string[] = [];
  const order = (where: string) =>
    withDurableExecution(async (event: { amount: number }, context) => {
      await context.wait({ seconds: 4 });
      return context.step("charge", async () => charges.push(`${where} charged ${event.amount}`));
    });
  const first = world.start({ order: order("first") });
  const second = world.start({ order: order("second") });
  await first.start({ ...nightly, input: '{"amount":1}' });
  await clock.advance(1000);
  await second.stop(id);
  await clock.advance(1);
  world.disk.remove(id);
  await clock.advance(500);
  const { execution } = await second.start({ ...nightly, input: '{"amount":2}' });
  const due = clock.now() + 4000;
  await clock.advance(3990);
  expect(world.story(id)).not.toContain("SUCCEEDED 1");
  await clock.advance(5000);
  expect(charges).toEqual(["second charged 2"]);
  const found = await first.describe(id);
  expect(found).toMatchObject({ status: "SUCCEEDED", incarnation: execution.incarnation });
  expect(found.endedAt).toBeGreaterThanOrEqual(due);
});

test("a stop, and a second start, mean the execution that has the name now", async () => {
  const world = new Processes();
  const { clock } = world;
  const order = withDurableExecution(async (_: unknown, context) => context.wait({ hours: 1 }));
  const first = world.start({ order });
  const second = world.start({ order });
  const old = await first.start(nightly);
  await clock.settle();
  world.disk.remove(id);
  const { execution } = await second.start(nightly);
  expect(execution.incarnation).not.toBe(old.execution.incarnation);
  expect(await first.start(nightly)).toMatchObject({
    created: false,
    execution: { incarnation: execution.incarnation },
  });
  await first.stop(id);
  expect(await second.describe(id)).toMatchObject({ status: "STOPPED", incarnation: execution.incarnation });
});

test("an execution that is removed while another process reads its log is unknown, and nothing of it runs again", async () => {
  const world = new Processes({ pageCommits: 3 });
  const { clock } = world;
  const runs: string[] = [];
  const order = (where: string) =>
    withDurableExecution(async (_: unknown, context) => {
      for (let step = 0; step < 6; step++) await context.step(async () => runs.push(where));
    });
  const first = world.start({ order: order("first") });
  await first.start(nightly);
  await clock.settle();
  expect(runs.length).toBe(6);
  const second = world.start(
    { order: order("second") },
    {
      store: (store) =>
        storeWith(store, {
          read: (execution, from, options) => {
            if (from > 1) world.disk.remove(execution);
            return store.read(execution, from, options);
          },
        }),
    },
  );
  await second.wake(id);
  await clock.settle();
  expect(runs.length).toBe(6);
  await expect(second.describe(id)).rejects.toMatchObject({ code: ClientErrorCode.NOT_FOUND });
});

test("what has ended is removed when its retention is over, also by a process that starts after its alarm was lost", async () => {
  for (const isLost of [false, true]) {
    const world = new Processes();
    const { clock } = world;
    const order = withDurableExecution(async () => 1);
    const silent = { schedule: () => {}, cancel: () => {} };
    const first = world.start({ order }, { retentionDays: 2, ...(isLost && { alarm: () => silent }) });
    await first.start(nightly);
    await clock.advance(2 * DAY - 1);
    expect(world.disk.row(id)).toMatchObject({ status: "SUCCEEDED" });
    await clock.advance(1);
    if (isLost) await world.start({ order }).recover();
    expect(world.disk.row(id)).toBeUndefined();
    expect(await first.start(nightly)).toMatchObject({ created: true });
  }
});

test("a start takes the name of an execution whose retention is over, whether it was removed or not", async () => {
  const world = new Processes();
  const { clock } = world;
  const order = withDurableExecution(async (event: unknown) => event);
  const silent = { schedule: () => {}, cancel: () => {} };
  const first = world.start({ order }, { retentionDays: 1, alarm: () => silent });
  await first.start({ ...nightly, input: "1" });
  await clock.advance(DAY + HOUR);
  expect(await first.start({ ...nightly, input: "2" })).toMatchObject({ created: true, execution: { input: "2" } });
  await clock.settle();
  expect(await first.describe(id)).toMatchObject({ status: "SUCCEEDED", result: "2" });
});

test("a start whose name is given up at the same moment is told to come again, and never that it is unknown", async () => {
  const world = new Processes();
  const order = withDurableExecution(async (_: unknown, context) => context.wait({ hours: 1 }));
  let removals = 3;
  const other = world.start({ order });
  await other.start(nightly);
  await other.start({ ...nightly, name: "other" });
  const vanishing = world.start(
    { order },
    {
      store: (store) =>
        storeWith(store, {
          create: async (row, body) => {
            const answer = await store.create(row, body);
            if (removals-- <= 0) return answer;
            world.disk.remove(row.id);
            return "exists";
          },
        }),
    },
  );
  expect(await vanishing.start(nightly)).toMatchObject({ created: true });
  removals = Number.POSITIVE_INFINITY;
  await expect(vanishing.start({ ...nightly, name: "other" })).rejects.toMatchObject({
    code: ClientErrorCode.THROTTLED,
  });
});

test.each(["removed", "kept for too long"])(
  "a process that stood still over the whole life of what it has started does not start it again: %s",
  async (fate) => {
    const world = new Processes();
    const { clock, disk } = world;
    const host = clock.host();
    const inputs: unknown[] = [];
    const order = withDurableExecution(async (event: unknown) => inputs.push(event));
    const slow = world.start(
      { order },
      {
        store: (store) =>
          storeWith(store, {
            create: async (row, body) => {
              const answer = await store.create(row, body);
              await new Promise<void>((resolve) => void host.timer(host.now() + 2 * DAY, resolve));
              return answer;
            },
          }),
      },
    );
    const started = slow.start({ ...nightly, input: "1" });
    await clock.settle();
    const other = world.start({ order }, { retentionDays: 1 });
    await other.wake(id);
    await clock.settle();
    expect(disk.row(id)).toMatchObject({ status: "SUCCEEDED" });
    if (fate === "removed") disk.remove(id);
    expect(await clock.run(started)).toMatchObject({ created: true, execution: { name: "nightly" } });
    await clock.settle();
    expect(inputs).toEqual([1]);
  },
);

test("a row that arrives late changes nothing about the newer one", async () => {
  const world = new Processes();
  const { clock } = world;
  const host = clock.host();
  let isFirst = true;
  const order = withDurableExecution(async () => 1);
  const halting = world.start({ order: { latest: "2", versions: { "2": order } } });
  const old = world.start({ order: { latest: "1", versions: { "1": order } } }, { mayRun: () => false });
  await old.start(nightly);
  await halting.wake(id);
  await clock.settle();
  expect(await halting.describe(id)).toMatchObject({ halt: { reason: "VERSION_MISSING" } });
  expect(world.disk.row(id)).toMatchObject({ status: "RUNNING", halted: true });
  const mended = world.start(
    { order: { latest: "1", versions: { "1": order } } },
    {
      store: (store) =>
        storeWith(store, {
          putRow: async (row) => {
            const ms = isFirst ? 1000 : 5;
            isFirst = false;
            await new Promise<void>((resolve) => void host.timer(host.now() + ms, resolve));
            await store.putRow(row);
          },
        }),
    },
  );
  void mended.resume(id);
  await clock.advance(3000);
  expect(await mended.describe(id)).toMatchObject({ status: "SUCCEEDED" });
  expect(world.disk.row(id)).toMatchObject({ status: "SUCCEEDED" });
});

test("a process that is busy for an execution which is removed finds the next one of its name", async () => {
  const world = new Processes();
  const { clock } = world;
  const order = withDurableExecution(async (_: unknown, context) => context.invoke("endless", 1));
  const endless = async (): Promise<never> => new Promise(() => {});
  const runner = world.start({ order, endless });
  const other = world.start({ order, endless }, { mayRun: () => false });
  await runner.start(nightly);
  await clock.settle();
  world.disk.remove(id);
  const { execution } = await other.start(nightly);
  expect(await runner.describe(id)).toMatchObject({ status: "RUNNING", incarnation: execution.incarnation });
});

/** A process that keeps an execution in use, which was removed since and whose name another one has taken. */
async function overtaken(functions: Parameters<Processes["start"]>[0]) {
  const world = new Processes();
  const old = world.start(functions, { mayRun: () => false });
  const other = world.start(functions);
  await other.start({ ...nightly, input: "1" });
  const leave = old.watch(id, 0)[Symbol.asyncIterator]();
  void leave.next();
  await world.clock.settle();
  world.disk.remove(id);
  const { execution } = await other.start({ ...nightly, input: "2" });
  await world.clock.settle();
  return { world, old, other, execution };
}

test("an outcome that reaches a process which knows an earlier execution of the name is recorded in the one that is meant", async () => {
  const order = withDurableExecution(async (_: unknown, context) => context.invoke("endless", 1));
  const endless = async (): Promise<never> => new Promise(() => {});
  const { world, old, execution } = await overtaken({ order, endless });
  const parent = { executionId: id, incarnation: execution.incarnation, operationId: "1" };
  await old.completeInvoke(parent, { status: "SUCCEEDED", result: "7" });
  expect(world.story(id)).toContain("SUCCEEDED 1");

  await old.completeInvoke({ ...parent, incarnation: "another" }, { status: "SUCCEEDED", result: "8" });
  expect(world.story(id).filter((fact) => fact === "SUCCEEDED 1")).toHaveLength(1);
});

test("of two calls that find an execution removed, at any moment of each other, both find the next one of its name", async () => {
  for (let hops = 0; hops < 8; hops++) {
    const callbacks: string[] = [];
    const order = withDurableExecution(async (_: unknown, context) =>
      Promise.all(
        ["a", "b"].map((name) => context.waitForCallback(name, async (callback) => void callbacks.push(callback))),
      ),
    );
    const { world, old } = await overtaken({ order });
    const [first, second] = callbacks.slice(-2);
    const completed = [old.completeCallback(first!, { type: "SUCCEEDED" })];
    for (let hop = 0; hop < hops; hop++) await Promise.resolve();
    completed.push(old.completeCallback(second!, { type: "SUCCEEDED" }));
    await Promise.all(completed);
    expect(world.story(id)).toEqual(expect.arrayContaining(["SUCCEEDED 1-1", "SUCCEEDED 2-1"]));
  }
});
