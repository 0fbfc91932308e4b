/** Runners of several processes over one store: who runs, who only serves, and what happens when there is no room. */

import { expect, test } from "vitest";
import { MemoryAlarm } from "../../adapters/memory/memory-alarm.ts";
import { MemoryStore } from "../../adapters/memory/memory-store.ts";
import { formatExecutionArn } from "../../lambda-compat/arn.ts";
import { type Functions, readFunctions } from "../../lambda-compat/functions.ts";
import { withDurableExecution } from "../../lambda-compat/with-durable-execution.ts";
import { FaultyStore } from "../../testing/faulty-store.ts";
import { SimulatedClock } from "../../testing/simulated-host.ts";
import type { Halt } from "../model/execution.ts";
import { Runner, type RunnerOptions } from "./runner.ts";

type Extras = Pick<RunnerOptions, "mayRun" | "onFenced" | "onPause">;

class World {
  readonly clock = new SimulatedClock();
  readonly store = new FaultyStore(new MemoryStore());

  process(functions: Functions, extras: Extras = {}): Runner {
    const host = this.clock.host();
    const alarm = new MemoryAlarm({ host, wake: (id) => runner.wake(id) });
    const runner: Runner = new Runner({
      store: this.store,
      alarm,
      host,
      functions: readFunctions(functions),
      arnOf: formatExecutionArn,
      ...extras,
    });
    return runner;
  }
}

const year = 400 * 86_400_000;

test("a process that may not run an execution starts it, tells of it and completes its callbacks, and runs nothing", async () => {
  const world = new World();
  const { clock } = world;
  const runs: string[] = [];
  const ids: string[] = [];
  const order = (where: string) =>
    withDurableExecution(async (_: unknown, context) => {
      await context.step("submit", async () => void runs.push(where));
      return context.waitForCallback("approve", async (id) => void ids.push(id));
    });
  const viewer = world.process({ order: order("viewer") }, { mayRun: () => false });
  const { execution } = await viewer.start({ functionName: "order", name: "one" });
  await clock.advance(1000);
  expect(runs).toEqual([]);

  const owner = world.process({ order: order("owner") });
  await owner.wake(execution.id);
  await clock.runUntilIdle({ until: () => ids.length > 0 });
  await viewer.completeCallback(ids[0]!, { type: "SUCCEEDED", result: "yes" });
  expect(await viewer.describe(execution.id)).toMatchObject({ status: "RUNNING" });
  await owner.wake(execution.id);
  await clock.settle();
  expect(await viewer.describe(execution.id)).toMatchObject({ status: "SUCCEEDED", result: '"yes"' });
  expect(runs).toEqual(["owner"]);
});

test("a process that watches completes a callback which another one has made since it last looked", async () => {
  const world = new World();
  const { clock } = world;
  const ids: string[] = [];
  const order = withDurableExecution(async (_: unknown, context) =>
    context.waitForCallback("approve", async (id) => void ids.push(id)),
  );
  const viewer = world.process({ order }, { mayRun: () => false });
  const { execution } = await viewer.start({ functionName: "order", name: "one" });
  const watched = viewer.settled(execution.id, clock.now() + year);
  const owner = world.process({ order });
  await owner.wake(execution.id);
  await clock.runUntilIdle({ until: () => ids.length > 0 });
  await viewer.completeCallback(ids[0]!, { type: "SUCCEEDED", result: "yes" });
  await owner.wake(execution.id);
  await clock.settle();
  await viewer.refresh(execution.id);
  expect(await watched).toMatchObject({ status: "SUCCEEDED", result: '"yes"' });
});

test("only the process that runs an execution sends off what it invokes", async () => {
  const world = new World();
  const { clock } = world;
  const calls: string[] = [];
  const functions = (where: string): Functions => ({
    parent: withDurableExecution(async (_: unknown, context) => context.invoke("child", 1)),
    child: async () => calls.push(where),
  });
  const owner = world.process(functions("owner"));
  const viewer = world.process(functions("viewer"), { mayRun: () => false });
  const { execution } = await owner.start({ functionName: "parent" });
  const watched = viewer.settled(execution.id, clock.now() + year);
  await clock.settle();
  await viewer.refresh(execution.id);
  expect(await watched).toMatchObject({ status: "SUCCEEDED" });
  expect(calls).toEqual(["owner"]);
});

test("what goes on in a process that stood down has no effect; who watched there sees the end", async () => {
  const world = new World();
  const { clock } = world;
  let owner = "first";
  const gates: (() => void)[] = [];
  const slow = (where: string) =>
    withDurableExecution(async (_: unknown, context) =>
      context.step("slow", async () => {
        if (where === "first") await new Promise<void>((open) => gates.push(open));
        return where;
      }),
    );
  const first = world.process({ slow: slow("first") }, { mayRun: () => owner === "first" });
  const { execution } = await first.start({ functionName: "slow" });
  await clock.settle();
  const seen = first.settled(execution.id, clock.now() + year);
  owner = "second";
  await first.standDown(execution.id);
  gates[0]!();
  await clock.advance(1000);
  expect(await first.describe(execution.id)).toMatchObject({ status: "RUNNING" });

  const second = world.process({ slow: slow("second") });
  await second.wake(execution.id);
  await clock.settle();
  await first.refresh(execution.id);
  expect(await seen).toMatchObject({ status: "SUCCEEDED", result: '"second"' });
});

test("who watches in a process that was fenced off sees what the other one does", async () => {
  const world = new World();
  const { clock } = world;
  const fenced: string[] = [];
  const gates: (() => void)[] = [];
  const slow = withDurableExecution(async (_: unknown, context) => {
    await context.step("slow", async () => new Promise<void>((open) => gates.push(open)));
    await context.wait({ seconds: 5 });
  });
  const first = world.process({ slow }, { onFenced: (id) => fenced.push(id) });
  const { execution } = await first.start({ functionName: "slow" });
  await clock.settle();
  const seen = first.settled(execution.id, clock.now() + year);
  const second = world.process({ slow });
  await second.wake(execution.id);
  await clock.settle();
  for (const open of gates.toReversed()) open();
  await clock.settle();
  expect(fenced).toEqual([execution.id]);
  await clock.advance(10_000);
  await first.refresh(execution.id);
  expect(await seen).toMatchObject({ status: "SUCCEEDED" });
});

test("a result that finds no room is recorded when there is some: its step does not run again", async () => {
  const world = new World();
  const { clock } = world;
  const runs: string[] = [];
  const pauses: (Halt | undefined)[] = [];
  const order = withDurableExecution(async (_: unknown, context) => {
    await context.step("first", async () => void runs.push("first"));
    world.store.failNext("append", "FULL", 3);
    return context.step("second", async () => runs.push("second"));
  });
  const runner = world.process({ order }, { onPause: (_, pause) => pauses.push(pause) });
  const { execution } = await runner.start({ functionName: "order" });
  await clock.settle();
  const paused = await runner.describe(execution.id);
  expect(paused).toMatchObject({ status: "RUNNING", halt: { reason: "STORAGE_FULL", at: clock.now() } });
  await clock.advance(60_000);
  expect(await runner.describe(execution.id)).toMatchObject({ status: "SUCCEEDED", result: "2" });
  expect(runs).toEqual(["first", "second"]);
  expect(pauses).toEqual([paused.halt, undefined]);
});

test("a paused execution goes on at once when it is resumed", async () => {
  const world = new World();
  const { clock } = world;
  const order = withDurableExecution(async (_: unknown, context) => {
    world.store.failNext("append", "FULL");
    return context.step("only", async () => 1);
  });
  const runner = world.process({ order });
  const { execution } = await runner.start({ functionName: "order" });
  await clock.settle();
  const before = clock.now();
  await runner.resume(execution.id);
  await clock.settle();
  expect(await runner.describe(execution.id)).toMatchObject({ status: "SUCCEEDED", result: "1" });
  expect(clock.now()).toBe(before);
});

test("a resume in a process without room means what another process has halted meanwhile, too", async () => {
  const world = new World();
  const { clock } = world;
  const order = {
    latest: "1",
    versions: { "1": withDurableExecution(async (_: unknown, context) => context.step(async () => 1)) },
  };
  let turn = "first";
  const first = world.process({ order }, { mayRun: () => turn === "first" });
  world.store.failNext("append", "FULL");
  const { execution } = await first.start({ functionName: "order" });
  await clock.settle();
  expect(await first.describe(execution.id)).toMatchObject({ halt: { reason: "STORAGE_FULL" } });
  turn = "second";
  const lacking = world.process({ order: { latest: "2", versions: { "2": order.versions["1"] } } });
  await lacking.wake(execution.id);
  await clock.settle();
  expect(await lacking.describe(execution.id)).toMatchObject({ halt: { reason: "VERSION_MISSING" } });
  turn = "first";
  await first.resume(execution.id);
  await clock.advance(60_000);
  expect(await first.describe(execution.id)).toMatchObject({ status: "SUCCEEDED", result: "1" });
});

test("an end that finds no room is recorded later, and the handler is not run for it again", async () => {
  const world = new World();
  const { clock } = world;
  let runs = 0;
  const order = withDurableExecution(async () => {
    world.store.failNext("append", "FULL", 2);
    return ++runs;
  });
  const runner = world.process({ order });
  const { execution } = await runner.start({ functionName: "order" });
  await clock.advance(60_000);
  expect(await runner.describe(execution.id)).toMatchObject({ status: "SUCCEEDED", result: "1" });
});

test("who asks for an execution that is due reads, and neither writes, nor sets an alarm, nor runs it", async () => {
  const { clock, store } = new World();
  const runs: string[] = [];
  const order = withDurableExecution(async (_: unknown, context) => {
    await context.wait({ hours: 1 });
    await context.step("ship", async () => void runs.push("ship"));
  });
  const did: string[] = [];
  const watched = <Port extends object>(port: Port, reads: readonly string[]): Port =>
    new Proxy(port, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== "function") return member;
        if (!reads.includes(String(name))) did.push(String(name));
        return member.bind(target) as unknown;
      },
    });
  const host = clock.host();
  const process = (): Runner => {
    const alarm = new MemoryAlarm({ host, wake: () => Promise.resolve() });
    return new Runner({
      store: watched(store, ["read", "list", "snapshot"]),
      alarm: watched(alarm, []),
      host,
      functions: readFunctions({ order }),
      arnOf: formatExecutionArn,
      parks: false,
    });
  };
  const first = process();
  const { execution } = await first.start({ functionName: "order", name: "one" });
  await clock.settle();
  first.close();
  expect(did).toEqual(expect.arrayContaining(["create", "append", "schedule"]));

  await clock.advance(2 * 3_600_000);
  did.length = 0;
  const second = process();
  for (const _ of ["once", "again"]) {
    expect(await second.describe(execution.id)).toMatchObject({ status: "RUNNING" });
    await second.state(execution.id, { limit: 10 });
    await second.history(execution.id, { limit: 10, includeData: true });
    await second.list({ limit: 10 });
    await clock.advance(1000);
  }
  expect({ did, runs }).toEqual({ did: [], runs: [] });
  await second.wake(execution.id);
  await clock.settle();
  expect(runs).toEqual(["ship"]);
  second.close();
});
