/** Changes reach an invocation in the order of the log, whoever caused them and however close together (P3, P7). */

import { expect, test } from "vitest";
import { withDurableExecution } from "../../src/lambda-compat/with-durable-execution.ts";
import { AsyncStore } from "../../src/testing/async-store.ts";
import { replayLog } from "../../src/testing/replay-log.ts";
import { LOG_FORMAT_VERSION } from "../../src/engine/model/commit.ts";
import type { Operation } from "../../src/engine/model/operation.ts";
import type { ExecutionStore } from "../../src/engine/ports/execution-store.ts";
import { Processes } from "./processes.ts";

const YES = { type: "SUCCEEDED", result: '"yes"' } as const;

async function hops(count: number): Promise<void> {
  for (let hop = 0; hop < count; hop++) await Promise.resolve();
}

test("callbacks that are completed some microtasks apart while a timer is overdue are all delivered", async () => {
  for (let seed = 1; seed <= 3; seed++) {
    for (let apart = 0; apart <= 10; apart++) {
      const world = new Processes();
      const { clock } = world;
      let ids: string[] = [];
      const order = withDurableExecution(async (_: unknown, context) => {
        const [first, one] = await context.createCallback("first");
        const [second, two] = await context.createCallback("second");
        ids = [one, two];
        return Promise.all([first, second, context.wait({ seconds: 1 }).then(() => "waited")]);
      });
      const host = clock.host();
      const runner = world.start(
        { order },
        { store: (store) => new AsyncStore(store, { seed, drain: (next) => host.drain(next) }) },
      );
      const started = runner.start({ functionName: "order", name: "one" });
      await clock.run(started);
      await clock.settle();
      world.busyMs = 1500;
      const sent = [runner.completeCallback(ids[0]!, YES)];
      await hops(apart);
      sent.push(runner.completeCallback(ids[1]!, YES));
      await clock.run(Promise.all(sent));
      await clock.advance(1000);
      const header = await clock.run(runner.describe("order/one"));
      expect(header, `seed ${seed}, ${apart} apart`).toMatchObject({ status: "SUCCEEDED" });
    }
  }
});

test("an invocation is told of changes in the order of the log, whoever has made them", async () => {
  for (let apart = 0; apart <= 6; apart++) {
    const world = new Processes();
    const { clock } = world;
    const host = clock.host();
    const slow = (store: ExecutionStore): ExecutionStore =>
      new AsyncStore(store, { seed: apart + 1, drain: (next) => host.drain(next) });
    let ids: string[] = [];
    const order = withDurableExecution(async (_: unknown, context) => {
      const opened = await Promise.all(["a", "b", "c", "d"].map((name) => context.createCallback(name)));
      ids = opened.map(([, id]) => id);
      return Promise.all([...opened.map(([outcome]) => outcome), context.wait({ seconds: 1 })]);
    });
    const told: number[] = [];
    const onTold = (changed: readonly Operation[]): void => {
      for (const { delivery } of changed) if (delivery !== undefined) told.push(delivery);
    };
    const runner = world.start({ order }, { store: slow, onTold });
    const client = world.start({ order }, { store: slow, mayRun: () => false });
    await clock.run(runner.start({ functionName: "order", name: "one" }));
    await clock.settle();
    world.busyMs = 1500;
    const sent: Promise<void>[] = [];
    for (const [index, id] of ids.entries()) {
      sent.push((index % 2 === 0 ? runner : client).completeCallback(id, YES));
      await hops(apart);
    }
    await clock.run(Promise.all(sent));
    await clock.run(runner.wake("order/one"));
    await clock.advance(1000);
    expect(told, `${apart} apart`).toEqual([...told].sort((a, b) => a - b));
    expect(new Set(told).size, `${apart} apart`).toBe(5);
  }
});

test("a race that many events decide at once answers live as every replay does", async () => {
  for (let apart = 0; apart <= 6; apart++) {
    const world = new Processes();
    const { clock } = world;
    let ids: string[] = [];
    const order = withDurableExecution(async (_: unknown, context) => {
      const [, one] = await context.createCallback("other");
      const [approval, two] = await context.createCallback("approval");
      ids = [one, two];
      const deadline = context.wait("deadline", { seconds: 1 }).then(() => "refund");
      const next = await Promise.race([approval.then(() => "ship"), deadline]);
      return context.step(next, async () => next);
    });
    const runner = world.start({ order });
    await runner.start({ functionName: "order", name: "one" });
    await clock.settle();
    world.busyMs = 1500;
    void runner.completeCallback(ids[0]!, YES);
    await hops(apart);
    void runner.completeCallback(ids[1]!, YES);
    await clock.advance(1000);
    expect(await runner.describe("order/one")).toMatchObject({ status: "SUCCEEDED" });
    const report = await replayLog(world.disk.read("order/one", 1)!.bodies, order, { fromEveryCommit: true });
    expect(report).toMatchObject({ matches: true });
  }
});

test("a commit of another process with a hundred thousand facts is taken over", async () => {
  const world = new Processes();
  const { clock } = world;
  const order = withDurableExecution(async (_: unknown, context) => context.wait({ hours: 1 }));
  const runner = world.start({ order });
  const { execution } = await runner.start({ functionName: "order", name: "one" });
  await clock.settle();
  const facts = Array.from({ length: 130_000 }, (_, index) => ({
    kind: "SUCCEEDED",
    id: `9-${index}`,
    type: "STEP",
    result: "1",
  }));
  const commit = { v: LOG_FORMAT_VERSION, writer: "w.1", owner: "o", at: clock.now(), facts };
  const seq = world.disk.read("order/one", 1)!.bodies.length;
  world.disk.append("order/one", seq + 1, JSON.stringify(commit), execution.incarnation);
  expect(await runner.describe("order/one")).toMatchObject({ status: "RUNNING" });
});
