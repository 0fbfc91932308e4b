/** P1: a completed operation's function never runs again. */

import { expect, test } from "vitest";
import { isSettled } from "../../src/engine/model/operation.ts";
import type { DurableContext } from "../../src/lambda-compat/types.ts";
import { type Env, EXECUTION_ID, programOf, World, type WorldOptions } from "./world.ts";

const NO_RETRY = { retryStrategy: () => ({ shouldRetry: false }) };

/** An operation of every kind that runs a function, one after the other and side by side. */
async function everyFunction(context: DurableContext, env: Env): Promise<unknown> {
  const run = (name: string) => async (): Promise<string> => {
    env.ran(name);
    return name;
  };
  await context.step("step", run("step"));
  await context.step("at most once", run("at most once"), { semantics: "AT_MOST_ONCE_PER_RETRY" });
  const failing = context.step(
    "failing step",
    async () => {
      env.ran("failing step");
      throw new Error("no");
    },
    NO_RETRY,
  );
  await failing.catch(() => undefined);
  await context.runInChildContext("child", async (child) => {
    env.ran("child");
    await child.wait({ seconds: 1 });
    return child.step("in the child", run("in the child"));
  });
  await context.waitForCondition(
    "condition",
    async (count: number) => {
      env.ran("condition");
      return count + 1;
    },
    {
      initialState: 0,
      waitStrategy: (count) =>
        count < 3 ? { shouldContinue: true, delay: { seconds: 5 } } : { shouldContinue: false },
    },
  );
  await context.waitForCallback("callback", async () => env.ran("submitter"));
  await context.map("map", [1, 2, 3], async (item, number) => item.step(`item ${number}`, run(`item ${number}`)));
  await context.parallel("parallel", [
    async (branch) => branch.step("left", run("left")),
    async (branch) => {
      await branch.wait({ seconds: 5 });
      return branch.step("right", run("right"));
    },
  ]);
  await context.wait("last", { seconds: 10 });
  return "done";
}

const options: WorldOptions = {
  functions: programOf(everyFunction),
  answers: { callback: { after: 3000, outcome: { type: "SUCCEEDED", result: '"answer"' } } },
};

test("P1 no function runs twice while the process lives", async () => {
  const world = new World(options);
  await world.run();
  const names = world.runs.map(({ name }) => name).filter((name) => name !== "condition");
  expect(names).toHaveLength(11);
  expect(new Set(names).size).toBe(names.length);
});

test("P1 replay at every suspension runs no function again", async () => {
  const world = new World({ ...options, parks: false });
  await world.run();
  const counts: Record<string, number> = {};
  for (const { name } of world.runs) counts[name] = (counts[name] ?? 0) + 1;
  // The child's function runs again while the child is open, and a condition's for each check.
  expect(counts).toMatchObject({
    step: 1,
    "at most once": 1,
    "failing step": 1,
    "in the child": 1,
    submitter: 1,
    "item 2": 1,
    condition: 3,
  });
  expect(world.rerun).toEqual([]);
});

test("P1 after a crash at any write, what is recorded as complete never runs again", async () => {
  const live = new World(options);
  await live.run();
  const { writes } = live.ledger;
  for (let length = 2; length < writes.length; length++) {
    const world = new World({ ...options, prefix: writes.slice(0, length) });
    const complete = new Set<string>();
    for (const { name, status } of world.ledger.states.get(EXECUTION_ID)?.operations.values() ?? []) {
      if (name !== undefined && isSettled(status)) complete.add(name);
    }
    const { status } = await world.run();
    expect(status).toBe("SUCCEEDED");
    expect(world.runs.filter(({ name }) => complete.has(name))).toEqual([]);
  }
  expect(writes.length).toBeGreaterThan(20);
});
