/** Orders to the alarm: one at a time, from the newest state, and only from the process that runs the execution. */

import { expect, test } from "vitest";
import type { Alarm } from "../../src/engine/ports/alarm.ts";
import { withDurableExecution } from "../../src/lambda-compat/with-durable-execution.ts";
import { Gate, HOUR, Processes } from "./processes.ts";

test("one order is under way at a time, and the newest one is the last", async () => {
  const world = new Processes();
  const { clock } = world;
  let underWay = 0;
  let most = 0;
  let last: number | undefined;
  const host = clock.host();
  const slowly = async (order: () => unknown): Promise<void> => {
    most = Math.max(most, ++underWay);
    await new Promise<void>((resolve) => void host.timer(host.now() + 10 + host.random() * 500, resolve));
    await order();
    underWay--;
  };
  const slow = (alarm: Alarm): Alarm => ({
    schedule: (id, at, order) => slowly(() => ((last = at), alarm.schedule(id, at, order))),
    cancel: (id, order) => slowly(() => ((last = undefined), alarm.cancel(id, order))),
  });
  const ids: string[] = [];
  const order = withDurableExecution(async (_: unknown, context) => {
    for (let round = 0; round < 5; round++) {
      const [answered, id] = await context.createCallback({ timeout: { hours: 1 } });
      ids.push(id);
      await answered;
    }
    await context.wait({ hours: 20 });
  });
  const runner = world.start({ order }, { alarm: slow });
  await runner.start({ functionName: "order", name: "one" });
  for (let round = 0; round < 5; round++) {
    await clock.advance(1);
    await runner.completeCallback(ids[round]!, { type: "SUCCEEDED" });
  }
  await clock.advance(10_000);
  expect(most).toBe(1);
  expect(last).toBeGreaterThan(clock.now() + 19 * HOUR);
  await clock.advance(20 * HOUR);
  expect(await runner.describe("order/one")).toMatchObject({ status: "SUCCEEDED" });
});

test("a process that was replaced leaves the alarm of the one that runs alone", async () => {
  const world = new Processes();
  const { clock } = world;
  const orders: string[] = [];
  // One alarm service that keeps the newest order, whoever gives it.
  let cancel = (): void => {};
  const host = clock.host();
  const service = (name: string) => (): Alarm => ({
    schedule: (id, at) => {
      orders.push(`${name} at ${at - begin}`);
      cancel();
      cancel = host.timer(at, () => void second.wake(id));
    },
    cancel: () => {
      orders.push(`${name} cancels`);
      cancel();
    },
  });
  let callbackId = "";
  const order = withDurableExecution(async (_: unknown, context) => {
    await context.waitForCallback("approval", async (id) => void (callbackId = id));
    await context.wait({ seconds: 5 });
    return "done";
  });
  const begin = clock.now();
  const first = world.start({ order }, { alarm: service("first") });
  const second = world.start({ order }, { alarm: service("second") });
  await first.start({ functionName: "order", name: "one" });
  await clock.advance(50);
  await second.completeCallback(callbackId, { type: "SUCCEEDED", result: "yes" });
  await clock.advance(8000);
  expect(await second.describe("order/one")).toMatchObject({ status: "SUCCEEDED" });
  const taken = orders.findIndex((what) => what.startsWith("second"));
  expect(orders.slice(taken).filter((what) => what.startsWith("first"))).toEqual([]);
});

test("an order that is refused is given again", async () => {
  const world = new Processes();
  const { clock } = world;
  let refusals = 4;
  const errors: unknown[] = [];
  const refusing = (alarm: Alarm): Alarm => ({
    schedule: (id, at, order) => {
      if (refusals-- > 0) throw new Error("refused");
      return alarm.schedule(id, at, order);
    },
    cancel: (id, order) => alarm.cancel(id, order),
  });
  const order = withDurableExecution(async (_: unknown, context) => context.wait({ minutes: 5 }));
  const runner = world.start({ order }, { alarm: refusing, onError: (_, error) => errors.push(error) });
  await runner.start({ functionName: "order", name: "one" });
  await clock.advance(HOUR);
  expect(await runner.describe("order/one")).toMatchObject({ status: "SUCCEEDED" });
  expect(errors.length).toBe(4);
});

test("a process that may not run an execution gives no order for it", async () => {
  const world = new Processes();
  const { clock } = world;
  const orders: string[] = [];
  const told = (alarm: Alarm): Alarm => ({
    schedule: (id, at, order) => (orders.push("schedule"), alarm.schedule(id, at, order)),
    cancel: (id, order) => (orders.push("cancel"), alarm.cancel(id, order)),
  });
  const gate = new Gate();
  const order = withDurableExecution(async (_: unknown, context) => {
    await context.step(() => gate.passed);
    await context.wait({ hours: 1 });
  });
  const owner = world.start({ order });
  await owner.start({ functionName: "order", name: "one" });
  const viewer = world.start({ order }, { alarm: told, mayRun: () => false });
  await viewer.describe("order/one");
  await viewer.wake("order/one");
  await viewer.stop("order/one");
  gate.open();
  await clock.advance(HOUR);
  expect(orders).toEqual([]);
});

test("while a function runs, an alarm finds its execution should the process die", async () => {
  const world = new Processes();
  const { clock } = world;
  const orders: number[] = [];
  const noted = (alarm: Alarm): Alarm => ({
    schedule: (id, at, order) => {
      orders.push(at - clock.now());
      return alarm.schedule(id, at, order);
    },
    cancel: (id, order) => alarm.cancel(id, order),
  });
  const endless = withDurableExecution(async (_: unknown, context) =>
    context.step(async () => new Promise<never>(() => {})),
  );
  const runner = world.start({ endless }, { alarm: noted, watchdogMs: 7_000 });
  await runner.start({ functionName: "endless", name: "one" });
  await clock.settle();
  expect(orders.at(-1)).toBe(7_000);
  // What it writes to say that it runs changes nothing about when its process may be found dead.
  const given = orders.length;
  await clock.advance(6_900);
  expect(orders.length).toBe(given);
});

test("an order that was refused is not given again by a process that has been replaced meanwhile", async () => {
  const world = new Processes();
  const { clock } = world;
  let isDeaf = true;
  const orders: number[] = [];
  const twice = withDurableExecution(async (_: unknown, context) => {
    await context.wait({ hours: 1 });
    await context.wait({ hours: 2 });
  });
  const first = world.start(
    { twice },
    {
      alarm: () => ({
        schedule: (_, at) => {
          if (isDeaf) throw new Error("refused");
          orders.push(at);
        },
        cancel: () => {},
      }),
    },
  );
  await first.start({ functionName: "twice", name: "one" });
  await clock.settle();
  isDeaf = false;
  const second = world.start({ twice });
  world.busyMs = HOUR;
  await second.wake("twice/one");
  await clock.settle();
  world.busyMs = 0;
  await clock.advance(10_000);
  expect(orders).toEqual([]);
});
