/** Processes that are woken by a queue: a wake may come to two of them at once, and comes again where one dies. */

import { expect, test } from "vitest";
import { withDurableExecution } from "../../src/lambda-compat/with-durable-execution.ts";
import type { Alarm } from "../../src/engine/ports/alarm.ts";
import { Processes } from "./processes.ts";

const one = { functionName: "order", name: "one" };
const id = "order/one";

test.each([
  ["calls the function in one of them, which is the first to write", true, 1],
  ["would call it in each without that", false, 3],
])("a wake that comes to three processes at once %s", async (_, wakesFromQueue, calls) => {
  const world = new Processes();
  const host = world.clock.host();
  const called: string[] = [];
  const order = (where: string) =>
    withDurableExecution(async (_event: unknown, context) =>
      context.step("work", async () => {
        called.push(where);
        await new Promise<void>((resolve) => void host.timer(host.now() + 100, resolve));
        return where;
      }),
    );
  const options = { watchdogMs: 60_000, parks: false, wakesFromQueue };
  const client = world.start({ order: order("client") }, { mayRun: () => false });
  const processes = ["a", "b", "c"].map((name) => world.start({ order: order(name) }, options));
  await client.start(one);
  await Promise.all(processes.map((process) => process.wake(id)));
  await world.clock.advance(1000);
  expect(called).toHaveLength(calls);
  expect(await client.describe(id)).toMatchObject({ status: "SUCCEEDED" });
});

test("no alarm is ordered while a function runs, since its wake comes again, and one is when it has ended", async () => {
  const world = new Processes();
  const host = world.clock.host();
  const orders: { at: number; running: boolean }[] = [];
  let running = false;
  const order = withDurableExecution(async (_: unknown, context) => {
    running = true;
    await context.step("work", () => new Promise<void>((resolve) => void host.timer(host.now() + 5000, resolve)));
    running = false;
    await context.wait({ hours: 1 });
  });
  const noting = (alarm: Alarm): Alarm => ({
    schedule: (executionId, at, from) => {
      orders.push({ at, running });
      return alarm.schedule(executionId, at, from);
    },
    cancel: (executionId, from) => alarm.cancel(executionId, from),
  });
  const process = world.start({ order }, { watchdogMs: 60_000, parks: false, wakesFromQueue: true, alarm: noting });
  await process.start(one);
  await world.clock.advance(20_000);
  expect(orders).toEqual([{ at: expect.any(Number) as number, running: false }]);
});

test("what has come in between is in the journal of the invocation that writes first", async () => {
  const world = new Processes();
  const ids: string[] = [];
  let calls = 0;
  const order = withDurableExecution(async (_: unknown, context) => {
    calls++;
    const [callback, callbackId] = await context.createCallback<string>("approve");
    if (ids.length === 0) ids.push(callbackId);
    return callback;
  });
  const options = { watchdogMs: 60_000, parks: false, wakesFromQueue: true };
  const client = world.start({ order }, { mayRun: () => false });
  const process = world.start({ order }, options);
  await client.start(one);
  await process.wake(id);
  await world.clock.advance(100);
  await client.completeCallback(ids[0] ?? "", { type: "SUCCEEDED", result: "yes" });
  await Promise.all([process.wake(id), world.start({ order }, options).wake(id)]);
  await world.clock.advance(1000);
  expect(await client.describe(id)).toMatchObject({ status: "SUCCEEDED", result: '"yes"' });
  expect(calls).toBe(2);
});
