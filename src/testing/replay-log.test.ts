import { describe, expect, test } from "vitest";
import type { DurableContext } from "../lambda-compat/types.ts";
import { withDurableExecution } from "../lambda-compat/with-durable-execution.ts";
import { replayLog } from "./replay-log.ts";
import { DurableTestRunner } from "./test-runner.ts";

function durable<Result>(body: (context: DurableContext) => Promise<Result>) {
  return withDurableExecution(async (_event: unknown, context) => body(context));
}

async function logOf(handler: ReturnType<typeof durable>): Promise<readonly string[]> {
  const runner = new DurableTestRunner(handler).onCallback("approve", (callback) => callback.succeed("yes"));
  return (await runner.run()).log;
}

const rich = (runs: string[] = []) =>
  durable(async (context) => {
    const load = await context.step("load", async () => runs.push("load"));
    const [a, b] = await Promise.all([
      context.step("a", async () => runs.push("a")),
      context.runInChildContext("inner", async (child) => {
        await child.wait("inside", { seconds: 5 });
        return child.step("b", async () => runs.push("b"));
      }),
    ]);
    const answer = await context.waitForCallback("approve", async () => void runs.push("submit"));
    const first = await Promise.race([
      context.wait({ hours: 1 }).then(() => "time"),
      context.step("quick", async () => "step"),
    ]);
    return { load, a, b, answer, first };
  });

test("the code that wrote a log matches it from every commit, and no step runs", async () => {
  const log = await logOf(rich());
  const runs: string[] = [];
  expect(await replayLog(log, rich(runs), { fromEveryCommit: true })).toEqual({ matches: true });
  expect(runs).toEqual([]);
});

test("a log that has not ended matches as far as it goes", async () => {
  const runner = new DurableTestRunner(rich());
  const { outcome } = await runner.start();
  expect(outcome.status).toBe("RUNNING");
  expect(await replayLog(outcome.log, rich())).toEqual({ matches: true });
});

test("a failed execution matches code that fails alike", async () => {
  const failing = (message: string) =>
    durable(async (context) => {
      await context.step("fine", async () => 1);
      throw new Error(message);
    });
  const log = await logOf(failing("as ever"));
  expect(await replayLog(log, failing("as ever"))).toEqual({ matches: true });
  expect(await replayLog(log, failing("otherwise"))).toMatchObject({
    matches: false,
    difference: "the execution's error was as ever, the code's is otherwise",
  });
});

test("the commit at which a log and its code part is the same whether each commit is asked of or the end alone", async () => {
  const steps = (names: readonly string[]) =>
    durable(async (context) => {
      for (const name of names) await context.step(name, async () => name);
    });
  const log = await logOf(steps(["a", "b", "c", "d", "e", "f"]));
  for (const otherwise of [["uno"], ["a", "b", "c", "uno"], ["a", "b", "c", "d", "e", "f", "g"]]) {
    const ofTheEnd = await replayLog(log, steps(otherwise));
    expect(ofTheEnd.matches).toBe(false);
    expect(ofTheEnd).toEqual(await replayLog(log, steps(otherwise), { fromEveryCommit: true }));
  }
});

describe("a log does not match code that", () => {
  const original = durable(async (context) => {
    const one = await context.step("one", async () => 1);
    await context.wait("pause", { seconds: 1 });
    return one + (await context.step("two", async () => 2));
  });

  test("calls an operation of another name", async () => {
    const renamed = durable(async (context) => context.step("uno", async () => 1));
    const report = await replayLog(await logOf(original), renamed);
    expect(report).toMatchObject({ matches: false, error: { recorded: { name: "one" }, attempted: { name: "uno" } } });
  });

  test("calls another operation in between", async () => {
    const longer = durable(async (context) => {
      await context.step("one", async () => 1);
      await context.step("between", async () => 0);
      await context.wait("pause", { seconds: 1 });
    });
    expect(await replayLog(await logOf(original), longer)).toMatchObject({
      matches: false,
      error: { recorded: { name: "pause" } },
    });
  });

  test("goes on after the recorded end", async () => {
    const longer = durable(async (context) => {
      const one = await context.step("one", async () => 1);
      await context.wait("pause", { seconds: 1 });
      const two = await context.step("two", async () => 2);
      return one + two + (await context.step("three", async () => 3));
    });
    expect(await replayLog(await logOf(original), longer)).toMatchObject({
      matches: false,
      difference: 'the execution ended as SUCCEEDED, but the code goes on with STEP "three"',
    });
  });

  test("comes to another result", async () => {
    const other = durable(async (context) => {
      await context.step("one", async () => 1);
      await context.wait("pause", { seconds: 1 });
      return context.step("two", async () => 2);
    });
    expect(await replayLog(await logOf(original), other)).toMatchObject({
      matches: false,
      difference: "the execution's result was 3, the code's is 2",
    });
  });

  test("ends early, with another result", async () => {
    const shorter = durable(async (context) => context.step("one", async () => 3));
    expect(await replayLog(await logOf(original), shorter)).toMatchObject({
      matches: false,
      difference: "the execution's result was 3, the code's is 1",
    });
  });
});

test("only durable handlers can be replayed", async () => {
  await expect(replayLog([], (async () => 1) as never)).rejects.toThrow(TypeError);
});
