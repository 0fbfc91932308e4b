/** Executions that are started for later: never early, whatever becomes of the processes until then. */

import { expect, test } from "vitest";
import { withDurableExecution } from "../../src/lambda-compat/with-durable-execution.ts";
import { HOUR, Processes } from "./processes.ts";

const id = "order/one";
const start = { functionName: "order", name: "one" };

function counted(world: Processes): { readonly order: ReturnType<typeof withDurableExecution>; readonly at: number[] } {
  const at: number[] = [];
  const order = withDurableExecution(async () => void at.push(world.clock.now()));
  return { order, at };
}

test("an execution that is started for later runs at its time, in the process that lives then", async () => {
  const world = new Processes();
  const { order, at } = counted(world);
  const first = world.start({ order });
  const startAt = world.clock.now() + 10 * HOUR;
  await first.start({ ...start, startAt });
  await world.clock.advance(HOUR);
  first.close();
  const second = world.start({ order });
  await second.recover();
  await second.wake(id);
  await world.clock.advance(10 * HOUR);
  expect(at).toEqual([startAt]);
  expect((await second.describe(id)).status).toBe("SUCCEEDED");
});

test("one whose time has passed while no process lived runs as soon as one does", async () => {
  const world = new Processes();
  const { order, at } = counted(world);
  const first = world.start({ order });
  await first.start({ ...start, startAt: world.clock.now() + HOUR });
  first.close();
  await world.clock.advance(100 * HOUR);
  const now = world.clock.now();
  await world.start({ order }).recover();
  await world.clock.settle();
  expect(at).toEqual([now]);
});

test("of many processes that are woken again and again none is early, and one runs it", async () => {
  const world = new Processes();
  const { order, at } = counted(world);
  const options = { parks: false, watchdogMs: 60_000, wakesFromQueue: true };
  const runners = [world.start({ order }, options), world.start({ order }, options)];
  const startAt = world.clock.now() + HOUR;
  await Promise.all(runners.map((runner) => runner.start({ ...start, startAt })));
  for (let turn = 0; turn < 20; turn++) {
    await world.clock.advance(HOUR / 20);
    await Promise.all(runners.map((runner) => runner.wake(id)));
  }
  await world.clock.settle();
  expect(at).toEqual([startAt]);
});

test("starting it again finds it, with the time and the tags of the first start", async () => {
  const world = new Processes();
  const { order, at } = counted(world);
  const runner = world.start({ order });
  const startAt = world.clock.now() + HOUR;
  await runner.start({ ...start, startAt, tags: { first: "yes" } });
  const again = await runner.start({ ...start, tags: { second: "yes" } });
  expect(again).toMatchObject({ created: false, execution: { startAt, tags: { first: "yes" } } });
  await world.clock.advance(HOUR - 1);
  expect(at).toEqual([]);
});

test("one that is stopped before its time never runs, and its timeout is that of its run", async () => {
  const world = new Processes();
  const { order, at } = counted(world);
  const runner = world.start({ order });
  const startAt = world.clock.now() + HOUR;
  await runner.start({ ...start, startAt });
  await runner.stop(id);
  await world.clock.advance(2 * HOUR);
  expect([at, world.story(id)]).toEqual([[], ["EXECUTION_STARTED", "EXECUTION_STOPPED"]]);
});
