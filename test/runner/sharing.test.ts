/** Processes that share executions: any of them may be woken for any, and they may differ in what they have. */

import { expect, test } from "vitest";
import { ClientErrorCode, type ExecutionClient } from "../../src/engine/runner/client.ts";
import type { Runner } from "../../src/engine/runner/runner.ts";
import { withDurableExecution } from "../../src/lambda-compat/with-durable-execution.ts";
import { decodeCommit } from "../../src/engine/machine/commit-codec.ts";
import { Processes } from "./processes.ts";

const LEASE_MS = 4_000;
const shared = { watchdogMs: LEASE_MS, parks: false };
const one = { functionName: "order", name: "one" };
const id = "order/one";

/** The commits of an execution that say only that its invocation runs. */
function signs({ disk }: Processes): number {
  const bodies = disk.read(id, 1)?.bodies ?? [];
  return bodies.filter((body) => decodeCommit(body).facts.length === 0).length;
}

/** Time passes, and now and then a process is woken. */
async function pass({ clock }: Processes, seconds: number, woken?: Runner): Promise<void> {
  for (let second = 0; second < seconds; second++) {
    await clock.advance(1000);
    void woken?.wake(id);
  }
  await clock.settle();
}

test("a step that takes longer than a lease runs once, whoever is woken meanwhile", async () => {
  const world = new Processes();
  const host = world.clock.host();
  const runs: string[] = [];
  const order = (where: string) =>
    withDurableExecution(async (_: unknown, context) =>
      context.step(
        "slow",
        async () => {
          runs.push(where);
          await new Promise<void>((resolve) => void host.timer(host.now() + 30_000, resolve));
        },
        { semantics: "AT_MOST_ONCE_PER_RETRY" },
      ),
    );
  const first = world.start({ order: order("first") }, shared);
  const second = world.start({ order: order("second") }, shared);
  await first.start(one);
  await pass(world, 31, second);
  expect(runs).toEqual(["first"]);
  expect(await second.describe(id)).toMatchObject({ status: "SUCCEEDED" });
  expect(signs(world)).toBe(14);
});

test("who writes, or shares with nobody, gives no other sign of life", async () => {
  for (const [options, waitMs, expected] of [
    [{ ...shared, lingerMs: 0 }, 1_500, 0],
    [{ parks: false }, 90_000, 0],
  ] as const) {
    const world = new Processes();
    const host = world.clock.host();
    const order = withDurableExecution(async (_: unknown, context) => {
      for (let step = 0; step < 6; step++)
        await context.step(async () => new Promise<void>((resolve) => void host.timer(host.now() + waitMs, resolve)));
    });
    await world.start({ order }, options).start(one);
    await world.clock.advance(10 * waitMs);
    expect(world.story(id).at(-1)).toBe("EXECUTION_SUCCEEDED");
    expect(signs(world)).toBe(expected);
  }
});

test("an invocation whose process is gone gives no sign, and is taken over", async () => {
  const world = new Processes();
  const order = (answer: () => Promise<unknown>) =>
    withDurableExecution(async (_: unknown, context) => context.step(answer));
  const first = world.start({ order: order(() => new Promise(() => {})) }, shared);
  const second = world.start({ order: order(async () => "second") }, shared);
  await first.start(one);
  await world.clock.settle();
  first.close();
  await pass(world, LEASE_MS / 1000 + 1, second);
  expect(await second.describe(id)).toMatchObject({ status: "SUCCEEDED", result: '"second"' });
});

const inVersion = (...versions: readonly string[]) => {
  const order = withDurableExecution(async (_: unknown, context) => context.step(async () => "done"));
  return { order: { latest: versions.at(-1)!, versions: Object.fromEntries(versions.map((each) => [each, order])) } };
};

test("a process that lacks the version of an execution leaves it to one that has it", async () => {
  const world = new Processes();
  const lacking = world.start(inVersion("2"), shared);
  const having = world.start(inVersion("1"), { ...shared, mayRun: () => false });
  await having.start(one);
  await lacking.wake(id);
  await pass(world, 2);
  expect(world.story(id)).toEqual(["EXECUTION_STARTED"]);
  await world.start(inVersion("1", "2"), shared).wake(id);
  await world.clock.settle();
  expect(world.story(id)).not.toContain("HALTED");
  expect(await lacking.describe(id)).toMatchObject({ status: "SUCCEEDED" });
});

test("what no process has had the version for is halted, and goes on in the next one that has it", async () => {
  for (const options of [shared, {}]) {
    const world = new Processes();
    const lacking = world.start(inVersion("2"), options);
    const having = world.start(inVersion("1"), { ...options, mayRun: () => false });
    await having.start(one);
    await lacking.wake(id);
    await pass(world, LEASE_MS / 1000 + 1);
    expect(await lacking.describe(id)).toMatchObject({ halt: { reason: "VERSION_MISSING" } });
    expect(world.disk.row(id)).toMatchObject({ halted: true });
    await lacking.wake(id);
    expect(world.story(id).filter((fact) => fact === "RESUMED")).toEqual([]);
    await world.start(inVersion("1", "2"), options).recover();
    await world.clock.settle();
    expect(await lacking.describe(id)).toMatchObject({ status: "SUCCEEDED" });
  }
});

test("a callee that a peer of another version refuses is asked for again", async () => {
  const world = new Processes();
  const caller = withDurableExecution(async (_: unknown, context) => context.invoke("order", 1));
  let answering = world.start(inVersion("2"));
  const peers = new Proxy<ExecutionClient>(answering, {
    get: (_, call) => Reflect.get(answering, call).bind(answering),
  });
  const errors: unknown[] = [];
  const runner = world.start({ caller, ...inVersion("1") }, { peers, onError: (_, error) => void errors.push(error) });
  await runner.start({ functionName: "caller", name: "one" });
  await world.clock.advance(3_000);
  expect(errors[0]).toMatchObject({ code: ClientErrorCode.NOT_FOUND });
  answering = runner;
  await world.clock.advance(10_000);
  expect(await runner.describe("caller/one")).toMatchObject({ status: "SUCCEEDED", result: '"done"' });
});

test("a function that this process does not know is left to others for as long as a lease", async () => {
  const world = new Processes();
  const order = withDurableExecution(async (_: unknown, context) => context.invoke("other", 1));
  const errors: unknown[] = [];
  const runner = world.start({ order }, { ...shared, onError: (_, error) => void errors.push(error) });
  await runner.start(one);
  await pass(world, 2);
  expect(errors.length).toBeGreaterThan(0);
  expect(await runner.describe(id)).toMatchObject({ status: "RUNNING" });
  await pass(world, 10);
  expect(await runner.describe(id)).toMatchObject({
    status: "FAILED",
    error: { errorMessage: expect.stringContaining("other") },
  });

  const alone = world.start({ order });
  await alone.start({ ...one, name: "two" });
  await world.clock.settle();
  expect(await alone.describe("order/two")).toMatchObject({ status: "FAILED" });
});
