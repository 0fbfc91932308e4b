/** An execution goes back to what it had recorded up to a point. */

import { describe, expect, test } from "vitest";
import { decodeCommit } from "../../src/engine/machine/commit-codec.ts";
import { fold } from "../../src/engine/machine/fold.ts";
import { violations } from "../../src/engine/machine/invariants.ts";
import { emptyState } from "../../src/engine/machine/state.ts";
import type { Runner } from "../../src/engine/runner/runner.ts";
import type { DurableContext } from "../../src/lambda-compat/types.ts";
import { withDurableExecution } from "../../src/lambda-compat/with-durable-execution.ts";
import { DAY, Gate, HOUR, Processes, storeWith } from "./processes.ts";

const one = { functionName: "order", name: "one" };
const id = "order/one";

const orderOf = (body: (context: DurableContext) => Promise<unknown>) => ({
  order: withDurableExecution(async (_: unknown, context) => body(context)),
});

/** Steps that answer how often they have run. */
class Counts {
  readonly runs = new Map<string, number>();

  readonly step = (context: DurableContext, name: string): Promise<string> =>
    context.step(name, async () => {
      const count = (this.runs.get(name) ?? 0) + 1;
      this.runs.set(name, count);
      return `${name}${count}`;
    });
}

async function ended(world: Processes, runner: Runner) {
  await world.clock.advance(HOUR);
  return runner.describe(id);
}

function expectSound({ disk }: Processes): void {
  const state = emptyState({ keepsAll: true });
  for (const body of disk.read(id, 1)?.bodies ?? []) {
    fold(state, decodeCommit(body));
    expect(violations(state)).toEqual([]);
  }
}

test("what has ended goes on from before an operation, and its history says what was undone", async () => {
  const world = new Processes();
  const { step } = new Counts();
  const runner = world.start(
    orderOf(async (context) => [await step(context, "a"), await step(context, "b"), await step(context, "c")]),
  );
  await runner.start(one);
  expect(await ended(world, runner)).toMatchObject({ result: '["a1","b1","c1"]' });
  expect(world.disk.row(id)).toMatchObject({ status: "SUCCEEDED", expiresAt: expect.any(Number) });
  await runner.rewind(id, { operationId: "2" });
  expect(world.disk.row(id)).toMatchObject({ status: "RUNNING" });
  expect(world.disk.row(id)).not.toHaveProperty("expiresAt");
  expect(await ended(world, runner)).toMatchObject({ result: '["a1","b2","c2"]', rewinds: 1 });
  const { events } = await runner.history(id, { limit: 100, includeData: false });
  expect(
    events.filter(({ eventType }) => !/Started|Invocation/.test(eventType)).map(({ eventType }) => eventType),
  ).toEqual([
    ...["StepSucceeded", "StepSucceeded", "StepSucceeded", "ExecutionSucceeded", "ExecutionRewound"],
    ...["StepSucceeded", "StepSucceeded", "ExecutionSucceeded"],
  ]);
  await world.clock.advance(15 * DAY);
  expect(world.disk.row(id)).toBeUndefined();
});

test("goes back again, by operation or by commit, and no further by commit than it was rewound last", async () => {
  const world = new Processes();
  const { step } = new Counts();
  const runner = world.start(orderOf(async (context) => [await step(context, "a"), await step(context, "b")]));
  await runner.start(one);
  await ended(world, runner);
  await runner.rewind(id, { cursor: 2 });
  expect(await ended(world, runner)).toMatchObject({ result: '["a1","b2"]' });
  const seq = (world.disk.read(id, 1)?.bodies ?? []).findIndex((body) => body.includes("REWOUND")) + 1;
  await expect(runner.rewind(id, { cursor: seq - 1 })).rejects.toMatchObject({
    code: "InvalidParameterValueException",
  });
  await runner.rewind(id, { cursor: seq });
  expect(await ended(world, runner)).toMatchObject({ result: '["a1","b3"]' });
  await runner.rewind(id, { operationId: "1" });
  expect(await ended(world, runner)).toMatchObject({ result: '["a2","b4"]', rewinds: 3 });
  expectSound(world);
});

test("goes on in another version, after a halt too", async () => {
  const world = new Processes();
  const { step } = new Counts();
  const version = (last: string) =>
    withDurableExecution(async (_: unknown, context) => [await step(context, "a"), await step(context, last)]);
  const runner = world.start({ order: { latest: "2", versions: { "1": version("b"), "2": version("c") } } });
  await runner.start({ ...one, version: "1" });
  await ended(world, runner);
  await runner.rewind(id, { operationId: "1", version: "2" });
  expect(await ended(world, runner)).toMatchObject({ version: "2", result: '["a2","c1"]' });
  await runner.rewind(id, { operationId: "2", version: "1" });
  expect(await ended(world, runner)).toMatchObject({ version: "1", result: '["a2","b2"]' });
});

for (const parks of [true, false]) {
  test(`P4 an invocation that runs is let go of, and what it would record is not, ${parks ? "parking" : "ending"}`, async () => {
    const world = new Processes();
    const { step, runs } = new Counts();
    const gate = new Gate();
    let isHeld = true;
    const runner = world.start(
      orderOf(async (context) => {
        const first = await step(context, "a");
        const second = await context.step("held", async () => {
          if (isHeld) await gate.passed;
          return isHeld;
        });
        return [first, second, await step(context, "c")];
      }),
      { parks },
    );
    await runner.start(one);
    await world.clock.advance(1000);
    await runner.rewind(id, { operationId: "1" });
    isHeld = false;
    gate.open();
    expect(await ended(world, runner)).toMatchObject({ status: "SUCCEEDED" });
    expect(runs.get("c")).toBe(1);
    expectSound(world);
  });
}

test("P4 a checkpoint of another process that is on its way finds the execution rewound, and its process stops", async () => {
  const world = new Processes();
  const { step, runs } = new Counts();
  const functions = orderOf(async (context) => [await step(context, "a"), await step(context, "b")]);
  const gate = new Gate();
  const sent = new Gate();
  const running = world.start(functions, {
    parks: false,
    store: (disk) =>
      storeWith(disk, {
        append: async (...args) => {
          if (args[2].includes('"b1')) {
            sent.open();
            await gate.passed;
          }
          return disk.append(...args);
        },
      }),
  });
  const other = world.start(functions, { mayRun: () => false });
  await running.start(one);
  await sent.passed;
  await other.rewind(id, { operationId: "1" });
  gate.open();
  await world.clock.settle();
  await running.wake(id);
  expect(await ended(world, running)).toMatchObject({ result: '["a2","b2"]' });
  expect(runs.get("b")).toBe(2);
  expect(world.story(id).filter((fact) => fact === "SUCCEEDED 2")).toHaveLength(1);
  expectSound(world);
});

test("P5 an answer to a callback that was open at the point is kept, and one that was opened later is closed", async () => {
  const world = new Processes();
  const asked: string[] = [];
  const { step } = new Counts();
  const runner = world.start(
    orderOf(async (context) => {
      const [answer, callbackId] = await context.createCallback("first");
      const work = await step(context, "work");
      const [second, secondId] = await context.createCallback("second");
      asked.push(callbackId, secondId);
      return [work, await answer, await second];
    }),
  );
  await runner.start(one);
  await world.clock.settle();
  const [first = "", undone = ""] = asked.splice(0);
  await runner.completeCallback(first, { type: "SUCCEEDED", result: "yes" });
  await world.clock.settle();
  await runner.rewind(id, { operationId: "2" });
  await world.clock.settle();
  const [again = "", second = ""] = asked.splice(0);
  expect(again).toBe(first);
  expect(second).not.toBe(undone);
  for (const callbackId of [first, undone])
    await expect(runner.completeCallback(callbackId, { type: "SUCCEEDED" })).rejects.toMatchObject({
      code: "CallbackTimeoutException",
    });
  await runner.completeCallback(second, { type: "SUCCEEDED", result: "too" });
  expect(await ended(world, runner)).toMatchObject({ result: '["work2","yes","too"]' });
  expectSound(world);
});

test("a callback that is open at the point and unanswered keeps its id", async () => {
  const world = new Processes();
  const { step } = new Counts();
  let id1 = "";
  const runner = world.start(
    orderOf(async (context) => {
      const [answer, callbackId] = await context.createCallback();
      id1 = callbackId;
      return [await step(context, "work"), await answer];
    }),
  );
  await runner.start(one);
  await world.clock.settle();
  const before = id1;
  await runner.rewind(id, { operationId: "2" });
  await world.clock.settle();
  await runner.completeCallback(before, { type: "SUCCEEDED", result: "yes" });
  expect(await ended(world, runner)).toMatchObject({ result: '["work2","yes"]' });
});

test("P7 functions that it had invoked since are invoked anew, and the outcome of an old call is nobody's", async () => {
  const world = new Processes();
  const inputs: number[] = [];
  let count = 0;
  const runner = world.start({
    ...orderOf(async (context) => {
      const input = await context.step(async () => ++count);
      return context.invoke<number, number>("callee", input);
    }),
    callee: withDurableExecution(async (input: number, context) => {
      inputs.push(input);
      await context.wait({ minutes: 10 });
      return input * 10;
    }),
  });
  await runner.start(one);
  await world.clock.advance(60_000);
  await runner.rewind(id, { operationId: "1" });
  await world.clock.advance(1000);
  expect(inputs).toEqual([1, 2]);
  await world.clock.advance(9 * 60_000);
  expect(await runner.describe(id)).toMatchObject({ status: "RUNNING" });
  expect(await ended(world, runner)).toMatchObject({ result: "20" });
  await runner.rewind(id, { operationId: "2" });
  expect(await ended(world, runner)).toMatchObject({ result: "20" });
  expect(inputs).toEqual([1, 2, 2]);
});

test("a call that is under way at the point is waited for still, and its outcome is kept", async () => {
  const world = new Processes();
  const inputs: number[] = [];
  const { step } = new Counts();
  const runner = world.start({
    ...orderOf(async (context) => {
      const call = context.invoke<number, number>("callee", 1);
      await step(context, "before");
      const work = await step(context, "work");
      return [work, await call];
    }),
    callee: withDurableExecution(async (input: number, context) => {
      inputs.push(input);
      await context.wait({ minutes: 10 });
      return input * 10;
    }),
  });
  await runner.start(one);
  await world.clock.advance(60_000);
  for (const work of ["work2", "work3"]) {
    await runner.rewind(id, { operationId: "3" });
    expect(await ended(world, runner)).toMatchObject({ result: `["${work}",10]` });
  }
  expect(inputs).toEqual([1]);
});

test("what is paused stays paused, what is halted goes on, and what is purged or told is refused", async () => {
  const world = new Processes();
  const { step } = new Counts();
  const functions = {
    ...orderOf(async (context) => [await step(context, "a"), await context.invoke("callee", 1)]),
    callee: withDurableExecution(async (_: unknown, context) => step(context, "called")),
  };
  const runner = world.start(functions);
  await runner.start(one);
  await ended(world, runner);
  await runner.rewind(id, { operationId: "2" });
  await runner.pause(id, { reason: "wait" });
  await runner.rewind(id, { operationId: "1" });
  await world.clock.advance(HOUR);
  expect(await runner.describe(id)).toMatchObject({ halt: { reason: "PAUSED", error: { errorMessage: "wait" } } });
  await runner.resume(id);
  expect(await ended(world, runner)).toMatchObject({ result: '["a2","called2"]' });
  const { rows } = await runner.list({ functionName: "callee", limit: 10 });
  for (const row of rows)
    await expect(runner.rewind(row.id, { operationId: "1" })).rejects.toMatchObject({
      code: "InvalidParameterValueException",
    });
});

test("a point that there is not is refused, and changes nothing", async () => {
  const world = new Processes();
  const runner = world.start(orderOf(async (context) => context.wait({ days: 1 })));
  await runner.start(one);
  await world.clock.settle();
  const story = world.story(id);
  for (const [options, code] of [
    [{ operationId: "9" }, "ResourceNotFoundException"],
    [{ operationId: "1", version: "9" }, "ResourceNotFoundException"],
    [{ cursor: 0 }, "InvalidParameterValueException"],
    [{ cursor: 99 }, "InvalidParameterValueException"],
    [{}, "InvalidParameterValueException"],
    [{ cursor: 1, operationId: "1" }, "InvalidParameterValueException"],
  ] as const)
    await expect(runner.rewind(id, options)).rejects.toMatchObject({ code });
  expect(world.story(id)).toEqual(story);
});

test("a timeout begins anew, and what had timed out can go on", async () => {
  const world = new Processes();
  const { step } = new Counts();
  let minutes = 60;
  const runner = world.start(
    orderOf(async (context) => {
      await step(context, "a");
      await context.wait({ minutes });
      return "done";
    }),
    { executionTimeoutSeconds: 1800 },
  );
  await runner.start(one);
  expect(await ended(world, runner)).toMatchObject({ status: "TIMED_OUT" });
  minutes = 10;
  await runner.rewind(id, { operationId: "2" });
  expect(await ended(world, runner)).toMatchObject({ status: "SUCCEEDED" });
});

test("P9 a snapshot from before is passed over by nobody who should not: the next process reads the same", async () => {
  const world = new Processes();
  const { step } = new Counts();
  const functions = orderOf(async (context) => {
    const all: string[] = [];
    for (let count = 0; count < 30; count++) all.push(await step(context, `s${count}`));
    await context.wait({ minutes: 5 });
    return all.at(-1);
  });
  const first = world.start(functions, { snapshotFloor: 10 });
  await first.start(one);
  await ended(world, first);
  await first.rewind(id, { operationId: "20" });
  await world.clock.advance(1000);
  first.close();
  const second = world.start(functions, { snapshotFloor: 10 });
  await second.recover();
  expect(await ended(world, second)).toMatchObject({ status: "SUCCEEDED", result: '"s292"' });
  await second.fork(id, { name: "two", operationId: "25" });
  await world.clock.advance(HOUR);
  expect(await second.describe("order/two")).toMatchObject({ result: '"s293"' });
});

/** What one rewind has undone is no operation for the other. */
function unlessUndone(error: unknown): void {
  expect(error).toMatchObject({ code: "ResourceNotFoundException" });
}

describe("who else acts while an execution is being rewound", () => {
  /** A rewind by another process, which gets no further than to where it would record this fact. */
  async function halfRewound({ heldAt = "REWOUND", cursor }: { heldAt?: string; cursor?: number } = {}) {
    const world = new Processes();
    const { step, runs } = new Counts();
    const functions = orderOf(async (context) => {
      const first = await step(context, "a");
      await context.wait("an hour", { hours: 1 });
      return [first, await step(context, "b")];
    });
    const gate = new Gate();
    const reached = new Gate();
    const runner = world.start(functions);
    const rewinding = world.start(functions, {
      mayRun: () => false,
      store: (disk) =>
        storeWith(disk, {
          append: async (...args) => {
            if (args[2].includes(`"${heldAt}"`)) {
              reached.open();
              await gate.passed;
            }
            return disk.append(...args);
          },
        }),
    });
    await runner.start(one);
    await world.clock.settle();
    const rewound = rewinding.rewind(id, cursor === undefined ? { operationId: "1" } : { cursor });
    await reached.passed;
    return { world, runner, runs, rewound, finish: () => gate.open() };
  }

  test("two rewinds at once leave nothing paused", async () => {
    const { world, runner, rewound, finish } = await halfRewound();
    await runner.rewind(id, { operationId: "1" });
    finish();
    await rewound.catch(unlessUndone);
    expect(await runner.describe(id)).not.toHaveProperty("halt");
    expect(await ended(world, runner)).toMatchObject({ status: "SUCCEEDED" });
    expectSound(world);
  });

  test("one whose process is gone in the midst of it leaves nothing paused once it is asked for again", async () => {
    const { world, runner } = await halfRewound();
    expect(await runner.describe(id)).toMatchObject({ halt: { reason: "PAUSED" } });
    await runner.rewind(id, { operationId: "1" });
    expect(await runner.describe(id)).not.toHaveProperty("halt");
    expect(await ended(world, runner)).toMatchObject({ result: '["a2","b1"]' });
    expectSound(world);
  });

  test("a pause that is acknowledged meanwhile holds", async () => {
    const { world, runner, runs, rewound, finish } = await halfRewound();
    await runner.pause(id, { reason: "the bank is down" });
    finish();
    await rewound;
    const paused = await ended(world, runner);
    expect(paused).toMatchObject({
      status: "RUNNING",
      rewinds: 1,
      halt: { error: { errorMessage: "the bank is down" } },
    });
    expect(runs.get("a")).toBe(1);
    await runner.resume(id);
    await world.clock.settle();
    expect(await ended(world, runner)).toMatchObject({ result: '["a2","b1"]' });
    expectSound(world);
  });

  test("one that is refused once it has paused the execution leaves nothing paused", async () => {
    const { world, runner, rewound, finish } = await halfRewound({ heldAt: "HALTED", cursor: 3 });
    await runner.rewind(id, { operationId: "1" });
    finish();
    await expect(rewound).rejects.toMatchObject({ code: "InvalidParameterValueException" });
    expect(await runner.describe(id)).not.toHaveProperty("halt");
    expect(await ended(world, runner)).toMatchObject({ result: '["a2","b1"]' });
    expectSound(world);
  });
});
