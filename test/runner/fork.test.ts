/** An execution begins as a copy of another one, up to a point. */

import { expect, test } from "vitest";
import type { Runner } from "../../src/engine/runner/runner.ts";
import { violations } from "../../src/engine/machine/invariants.ts";
import { fold } from "../../src/engine/machine/fold.ts";
import { decodeCommit } from "../../src/engine/machine/commit-codec.ts";
import { emptyState } from "../../src/engine/machine/state.ts";
import type { DurableContext } from "../../src/lambda-compat/types.ts";
import { withDurableExecution } from "../../src/lambda-compat/with-durable-execution.ts";
import { Gate, HOUR, Processes, storeWith } from "./processes.ts";

const one = { functionName: "order", name: "one", input: '{"total":40}' };
const id = "order/one";
const noRetry = { retryStrategy: () => ({ shouldRetry: false }) };

const orderOf = (body: (context: DurableContext) => Promise<unknown>) => ({
  order: withDurableExecution(async (_: unknown, context) => body(context)),
});

/** Notes which steps ran; those in `broken` fail. */
class Shop {
  readonly ran: string[] = [];
  readonly broken = new Set<string>();

  readonly step = (context: DurableContext, name: string): Promise<string> =>
    context.step(
      name,
      async () => {
        this.ran.push(name);
        if (this.broken.has(name)) throw new Error(`${name} is broken`);
        return name;
      },
      noRetry,
    );

  /** What ran since this was asked last. */
  took(): string[] {
    return this.ran.splice(0);
  }
}

async function ended(world: Processes, runner: Runner, executionId: string = id) {
  await world.clock.advance(HOUR);
  return runner.describe(executionId);
}

function expectSound(world: Processes, executionId: string): void {
  const state = emptyState({ keepsAll: true });
  for (const body of world.disk.read(executionId, 1)?.bodies ?? []) {
    fold(state, decodeCommit(body));
    expect(violations(state)).toEqual([]);
  }
}

test("begins before an operation with what was recorded by then, and only runs what follows", async () => {
  const world = new Processes();
  const shop = new Shop();
  const runner = world.start(
    orderOf(async (context) => {
      const charged = await shop.step(context, "charge");
      await context.wait({ seconds: 60 });
      return [charged, await shop.step(context, "pack"), await shop.step(context, "ship")];
    }),
  );
  await runner.start(one);
  await ended(world, runner);
  expect(shop.took()).toEqual(["charge", "pack", "ship"]);
  const { execution, created } = await runner.fork(id, { name: "two", operationId: "3" });
  expect(created).toBe(true);
  expect(execution).toMatchObject({ id: "order/two", input: one.input });
  expect(await ended(world, runner, "order/two")).toMatchObject({
    status: "SUCCEEDED",
    result: '["charge","pack","ship"]',
    forkedFrom: { executionId: id, operationId: "3" },
  });
  expect(shop.took()).toEqual(["pack", "ship"]);
  const { incarnation } = execution;
  expect(await runner.describe(id)).toMatchObject({ forks: [{ executionId: "order/two", incarnation }] });
  const { events } = await runner.history("order/two", { limit: 100, includeData: false });
  expect(events.map(({ eventType }) => eventType).slice(0, 5)).toEqual([
    "ExecutionStarted",
    "StepStarted",
    "StepSucceeded",
    "WaitStarted",
    "WaitSucceeded",
  ]);
  expectSound(world, "order/two");
});

test("the same fork twice is one, and another one has not its name", async () => {
  const world = new Processes();
  const shop = new Shop();
  const runner = world.start(
    orderOf(async (context) => [await shop.step(context, "a"), await shop.step(context, "b")]),
  );
  await runner.start(one);
  await ended(world, runner);
  for (const point of [{ operationId: "2" }, { cursor: 2 }, {}]) {
    const name = `fork-${Object.keys(point)[0] ?? "latest"}`;
    const first = await runner.fork(id, { name, ...point });
    const second = await runner.fork(id, { name, ...point });
    expect([first.created, second.created]).toEqual([true, false]);
    expect(second.execution.incarnation).toBe(first.execution.incarnation);
    const others = [{ operationId: "1" }, { cursor: 1 }, {}].filter(
      (other) => Object.keys(other).join() !== Object.keys(point).join(),
    );
    for (const other of others)
      await expect(runner.fork(id, { name, ...other })).rejects.toMatchObject({
        code: "DurableExecutionAlreadyStartedException",
      });
  }
  await expect(runner.fork(id, { name: "fork-cursor", cursor: 1 })).rejects.toThrow(/already started/);
  await expect(runner.start({ ...one, name: "fork-latest" })).rejects.toThrow(/already started/);
  await expect(runner.fork(id, { name: "one" })).rejects.toThrow(/already started/);
  expect((await runner.describe(id)).forks).toHaveLength(3);
});

test("a point that there is not is refused, and nothing is created", async () => {
  const world = new Processes();
  const runner = world.start(orderOf(async (context) => context.step(async () => 1)));
  await expect(runner.fork(id, { name: "two" })).rejects.toMatchObject({ code: "ResourceNotFoundException" });
  await runner.start(one);
  await ended(world, runner);
  for (const [options, code] of [
    [{ operationId: "9" }, "ResourceNotFoundException"],
    [{ version: "9" }, "ResourceNotFoundException"],
    [{ cursor: 0 }, "InvalidParameterValueException"],
    [{ cursor: 99 }, "InvalidParameterValueException"],
    [{ cursor: 1.5 }, "InvalidParameterValueException"],
    [{ cursor: 1, operationId: "1" }, "InvalidParameterValueException"],
    [{ name: "no spaces" }, "InvalidParameterValueException"],
  ] as const)
    await expect(runner.fork(id, { name: "two", ...options })).rejects.toMatchObject({ code });
  expect(world.disk.row("order/two")).toBeUndefined();
  expect(await runner.describe(id)).not.toHaveProperty("forks");
});

test("retries what failed: what had succeeded before is kept", async () => {
  const world = new Processes();
  const shop = new Shop();
  const runner = world.start(
    orderOf(async (context) => {
      await shop.step(context, "a");
      await shop.step(context, "caught").catch(() => shop.step(context, "instead"));
      await context.runInChildContext("inner", async (inner) => {
        await shop.step(inner, "b");
        await shop.step(inner, "c");
      });
      return "done";
    }),
  );
  shop.broken.add("caught").add("c");
  await runner.start(one);
  expect(await ended(world, runner)).toMatchObject({ status: "FAILED" });
  expect(shop.took()).toEqual(["a", "caught", "instead", "b", "c"]);
  shop.broken.clear();
  await runner.fork(id, { name: "two" });
  expect(await ended(world, runner, "order/two")).toMatchObject({ status: "SUCCEEDED", result: '"done"' });
  expect(shop.took()).toEqual(["c"]);
});

test("retries every item of a batch that failed, with all of their attempts", async () => {
  const world = new Processes();
  const attempts = new Map<number, number>();
  let isBroken = true;
  const runner = world.start(
    orderOf(async (context) => {
      const batch = await context.map(
        [0, 1, 2, 3],
        async (inner, item) =>
          inner.step(
            async () => {
              attempts.set(item, (attempts.get(item) ?? 0) + 1);
              if (isBroken && item % 2 === 1) throw new Error("broken");
              return item;
            },
            { retryStrategy: (_, attempt) => ({ shouldRetry: attempt < 3, delay: { seconds: 1 + item } }) },
          ),
        { completionConfig: { toleratedFailureCount: 4 } },
      );
      batch.throwIfError();
      return batch.getResults();
    }),
  );
  await runner.start(one);
  expect(await ended(world, runner)).toMatchObject({ status: "FAILED" });
  expect([...attempts.values()]).toEqual([1, 3, 1, 3]);
  attempts.clear();
  await runner.fork(id, { name: "still-broken" });
  expect(await ended(world, runner, "order/still-broken")).toMatchObject({ status: "FAILED" });
  expect(Object.fromEntries(attempts)).toEqual({ 1: 3, 3: 3 });
  isBroken = false;
  attempts.clear();
  await runner.fork("order/still-broken", { name: "mended" });
  expect(await ended(world, runner, "order/mended")).toMatchObject({ status: "SUCCEEDED", result: "[0,1,2,3]" });
  expect(Object.fromEntries(attempts)).toEqual({ 1: 1, 3: 1 });
  expectSound(world, "order/mended");
});

test("runs in another version from there on", async () => {
  const world = new Processes();
  const shop = new Shop();
  const version = (last: string) =>
    withDurableExecution(async (_: unknown, context) => [
      await shop.step(context, "a"),
      await shop.step(context, last),
    ]);
  const runner = world.start({
    order: { latest: "2", versions: { "1": version("broken"), "2": version("mended") } },
  });
  shop.broken.add("broken");
  await runner.start({ ...one, version: "1" });
  await ended(world, runner);
  await runner.fork(id, { name: "two", version: "$LATEST" });
  expect(await ended(world, runner, "order/two")).toMatchObject({ version: "2", result: '["a","mended"]' });
  expect(shop.took()).toEqual(["a", "broken", "a"].toSpliced(2, 1, "mended"));
});

test("a callback that is open is asked for anew, and each answer reaches its own execution", async () => {
  const world = new Processes();
  const asked: string[] = [];
  const runner = world.start(
    orderOf(async (context) => {
      await context.step(async () => "before");
      return context.waitForCallback(async (callbackId) => void asked.push(callbackId));
    }),
  );
  await runner.start(one);
  await world.clock.settle();
  await runner.fork(id, { name: "two" });
  await world.clock.settle();
  expect(asked).toHaveLength(2);
  await runner.completeCallback(asked[1]!, { type: "SUCCEEDED", result: "second" });
  await world.clock.settle();
  expect(await runner.describe("order/two")).toMatchObject({ status: "SUCCEEDED", result: '"second"' });
  expect(await runner.describe(id)).toMatchObject({ status: "RUNNING" });
  await runner.completeCallback(asked[0]!, { type: "SUCCEEDED", result: "first" });
  await world.clock.settle();
  expect(await runner.describe(id)).toMatchObject({ status: "SUCCEEDED", result: '"first"' });
});

test("an answer that came after the point is kept for what was open there", async () => {
  const world = new Processes();
  const asked: string[] = [];
  const shop = new Shop();
  const runner = world.start(
    orderOf(async (context) => {
      const [answer, callbackId] = await context.createCallback();
      asked.push(callbackId);
      const work = await shop.step(context, "work");
      return [work, await answer, await shop.step(context, "after")];
    }),
  );
  await runner.start(one);
  await world.clock.settle();
  await runner.completeCallback(asked[0]!, { type: "SUCCEEDED", result: "yes" });
  await ended(world, runner);
  shop.took();
  await runner.fork(id, { name: "two", operationId: "2" });
  expect(await ended(world, runner, "order/two")).toMatchObject({ result: '["work","yes","after"]' });
  expect(new Set(asked).size).toBe(1);
  expect(shop.took()).toEqual(["work", "after"]);
  expectSound(world, "order/two");
});

test("functions that are being invoked are invoked anew by the fork, and each outcome reaches its own caller", async () => {
  const world = new Processes();
  const calls: string[] = [];
  const callee = withDurableExecution(async (_: unknown, context) => {
    calls.push(context.executionContext.durableExecutionArn);
    await context.wait({ seconds: 60 });
    return calls.length;
  });
  const runner = world.start({ ...orderOf(async (context) => context.invoke("callee", 1)), callee });
  await runner.start(one);
  await world.clock.settle();
  await runner.fork(id, { name: "two" });
  await world.clock.settle();
  expect(new Set(calls).size).toBe(2);
  expect(await ended(world, runner)).toMatchObject({ status: "SUCCEEDED" });
  expect(await ended(world, runner, "order/two")).toMatchObject({ status: "SUCCEEDED" });
  const { rows } = await runner.list({ functionName: "callee", limit: 10 });
  expect(rows).toHaveLength(2);
  await runner.fork(id, { name: "three" });
  expect(await ended(world, runner, "order/three")).toMatchObject({ status: "SUCCEEDED" });
  expect((await runner.list({ functionName: "callee", limit: 10 })).rows).toHaveLength(2);
});

test("P7 a fork of what was rewound calls anew after a rewind of its own", async () => {
  const world = new Processes();
  let calls = 0;
  const callee = withDurableExecution(async (_: unknown, context) => {
    calls++;
    await context.wait({ seconds: 60 });
    return "done";
  });
  const shop = new Shop();
  const runner = world.start({
    ...orderOf(async (context) => {
      await shop.step(context, "before");
      return context.invoke("callee", 1);
    }),
    callee,
  });
  await runner.start(one);
  await world.clock.settle();
  await runner.rewind(id, { operationId: "1" });
  await world.clock.settle();
  await runner.fork(id, { name: "two" });
  expect(await ended(world, runner, "order/two")).toMatchObject({ result: '"done"' });
  expect(calls).toBe(3);
  await runner.rewind("order/two", { operationId: "2" });
  expect(await ended(world, runner, "order/two")).toMatchObject({ result: '"done"', rewinds: 1 });
  expect(calls).toBe(4);
});

test("a fork of a callee is told to nobody", async () => {
  const world = new Processes();
  const shop = new Shop();
  const runner = world.start({
    ...orderOf(async (context) => context.invoke("callee", 1)),
    callee: withDurableExecution(async (_: unknown, context) => shop.step(context, "work")),
  });
  await runner.start(one);
  await ended(world, runner);
  const { rows } = await runner.list({ functionName: "callee", limit: 1 });
  const story = world.story(id);
  const { execution } = await runner.fork(rows[0]!.id, { operationId: "1" });
  expect(await ended(world, runner, execution.id)).toMatchObject({ status: "SUCCEEDED" });
  expect(await runner.describe(execution.id)).not.toHaveProperty("parent");
  expect(world.story(id)).toEqual(story);
});

for (const semantics of ["AT_LEAST_ONCE_PER_RETRY", "AT_MOST_ONCE_PER_RETRY"] as const) {
  test(`while the execution runs, both go on, and the fork makes the attempt under way itself, ${semantics}`, async () => {
    const world = new Processes();
    const gate = new Gate();
    const ran: string[] = [];
    const runner = world.start(
      orderOf(async (context) => {
        await context.step(async () => ran.push("a"));
        await context.step(
          async () => {
            ran.push("b");
            await gate.passed;
          },
          { semantics, ...noRetry },
        );
        return "done";
      }),
    );
    await runner.start(one);
    await world.clock.advance(1000);
    await runner.fork(id, { name: "two" });
    await world.clock.advance(1000);
    expect(ran).toEqual(["a", "b", "b"]);
    gate.open();
    for (const each of [id, "order/two"])
      expect(await ended(world, runner, each)).toMatchObject({ status: "SUCCEEDED" });
  });
}

test("the fork outlives its process like any execution, and a halted or paused one can be forked", async () => {
  const world = new Processes();
  const shop = new Shop();
  const functions = orderOf(async (context) => {
    await shop.step(context, "a");
    await context.wait({ hours: 1 });
    return shop.step(context, "b");
  });
  const first = world.start(functions);
  await first.start(one);
  await world.clock.advance(1000);
  await first.pause(id);
  await first.fork(id, { name: "two" });
  first.close();
  const second = world.start(functions);
  await second.recover();
  expect(await ended(world, second, "order/two")).toMatchObject({ status: "SUCCEEDED", result: '"b"' });
  expect(await second.describe(id)).toMatchObject({ status: "RUNNING", halt: { reason: "PAUSED" } });
  expect(shop.took()).toEqual(["a", "b"]);
});

test("P8 a fork that is cut off has not begun, and is made by asking again", async () => {
  const world = new Processes();
  let isBroken = true;
  const runner = world.start(
    orderOf(async (context) => context.step(async () => "done")),
    {
      store: (disk) =>
        storeWith(disk, {
          create: (row, body) => {
            if (row.name === "two" && isBroken) throw new Error("no answer");
            return disk.create(row, body);
          },
        }),
      onError: () => {},
    },
  );
  await runner.start(one);
  await ended(world, runner);
  await expect(runner.fork(id, { name: "two" })).rejects.toThrow("no answer");
  expect(world.disk.row("order/two")).toBeUndefined();
  isBroken = false;
  expect(await runner.fork(id, { name: "two" })).toMatchObject({ created: true });
  expect((await runner.describe(id)).forks).toHaveLength(1);
});

test("of its forks an execution names the newest hundred", async () => {
  const world = new Processes();
  const runner = world.start(orderOf(async () => "done"));
  await runner.start(one);
  await ended(world, runner);
  for (let count = 0; count < 102; count++) await runner.fork(id, { name: `fork-${count}` });
  const { forks = [] } = await runner.describe(id);
  expect(forks).toHaveLength(100);
  expect(forks.at(-1)?.executionId).toBe("order/fork-101");
});

test("what has not begun yet begins no sooner in a fork, and what has begun goes on at once", async () => {
  const world = new Processes();
  const shop = new Shop();
  const runner = world.start(orderOf(async (context) => shop.step(context, "pay")));
  const startAt = world.clock.now() + 2 * HOUR;
  await runner.start({ ...one, startAt });
  const early = await runner.fork(id, { name: "early" });
  expect(early.execution).toMatchObject({ startAt });
  await world.clock.advance(HOUR);
  expect(shop.took()).toEqual([]);
  await world.clock.advance(HOUR);
  expect(shop.took()).toEqual(["pay", "pay"]);
  const late = await runner.fork(id, { name: "late", cursor: 1 });
  expect(late.execution).not.toHaveProperty("startAt");
  await world.clock.settle();
  expect(shop.took()).toEqual(["pay"]);
});
