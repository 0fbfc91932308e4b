import { describe, expect, test } from "vitest";
import { decodeCommit } from "../engine/machine/commit-codec.ts";
import { historyOf } from "../engine/machine/history.ts";
import { historyEventToWire } from "../lambda-compat/http/history-event.ts";
import type { DurableContext } from "../lambda-compat/types.ts";
import { withDurableExecution } from "../lambda-compat/with-durable-execution.ts";
import { replayLog } from "../testing/replay-log.ts";
import { DurableTestRunner } from "../testing/test-runner.ts";
import { logOf } from "./recorded-log.ts";
import { readable } from "./texts.ts";

let tries = 0;
const items = [1, 2, 3, 4, 5];

const programs: Readonly<Record<string, (context: DurableContext) => Promise<unknown>>> = {
  "steps, a wait and a step that fails for good": async (context) => {
    const first = await context.step("first", async () => 1);
    await context.wait("pause", { hours: 1 });
    const failed = await context
      .step("never", async () => Promise.reject(new RangeError("no")), {
        retryStrategy: () => ({ shouldRetry: false }),
      })
      .catch(String);
    return [first, failed];
  },
  "a step that is tried again, and a condition": async (context) => {
    const flaky = await context.step("flaky", async () => {
      if (++tries % 3 !== 0) throw new Error("not yet");
      return "done";
    });
    const state = await context.waitForCondition("poll", async (count: number) => count + 1, {
      initialState: 0,
      waitStrategy: (count: number) =>
        count < 3 ? { shouldContinue: true, delay: { seconds: 5 } } : { shouldContinue: false },
    });
    return [flaky, state];
  },
  "contexts in contexts, side by side": async (context) =>
    Promise.all([
      context.runInChildContext("left", async (child) => {
        await child.wait({ seconds: 9 });
        return child.runInChildContext("inner", async (inner) => inner.step("deep", async () => "deep"));
      }),
      context.runInChildContext("right", async (child) => child.step("right", async () => "right")),
    ]),
  "a map, and a flat one": async (context) => {
    const deep = await context.map("deep", items, async (child, item) => child.step("double", async () => item * 2));
    const flat = await context.map("flat", items, async (child, item) => child.step("triple", async () => item * 3), {
      nesting: "FLAT",
    });
    return [deep.getResults(), flat.getResults()];
  },
  "a callback, an invoke, and a race": async (context) => {
    const answer = await context.waitForCallback("approve", async () => {});
    const double = await context.invoke("double", "double", 21);
    const first = await Promise.race([
      context.wait("slow", { hours: 1 }).then(() => "wait"),
      context.step("quick", async () => "step"),
    ]);
    return [answer, double, first];
  },
};

/** A log as AWS's API gives it, and as `perdure history --json` writes it down. */
function historyFile(log: readonly string[]): string {
  const Events = [...historyOf(log.map(decodeCommit))].map((event) => readable(historyEventToWire(event)));
  return JSON.stringify({
    DurableExecutionArn: "arn:perdure:lambda:local:000000000000:function:f:$LATEST/durable-execution/e/0123",
    Events,
  });
}

describe.each(Object.entries(programs))("%s", (_name, program) => {
  const handler = withDurableExecution(async (_event: unknown, context) => program(context));

  test("replay from the history as from the log", async () => {
    const runner = new DurableTestRunner(handler, { functions: { double: async (event: number) => event * 2 } });
    runner.onCallback("approve", (callback) => callback.succeed("yes"));
    const { status, log } = await runner.run();
    expect(status).toBe("SUCCEEDED");
    expect(await replayLog(logOf(log.join("\n")), handler, { fromEveryCommit: true })).toEqual({ matches: true });
    expect(await replayLog(logOf(historyFile(log)), handler)).toEqual({ matches: true });
  });

  test("part from code that does something else first", async () => {
    const other = withDurableExecution(async (_event: unknown, context) => {
      await context.step("something else", async () => 0);
      return program(context);
    });
    const runner = new DurableTestRunner(handler, { functions: { double: async (event: number) => event * 2 } });
    runner.onCallback("approve", (callback) => callback.succeed("yes"));
    const { log } = await runner.run();
    expect(await replayLog(logOf(historyFile(log)), other)).toMatchObject({ matches: false });
  });
});

test("what is no recorded execution is refused with what it lacks", () => {
  expect(() => logOf("{}")).toThrow("neither commits nor events");
  expect(() => logOf('{"Events":[]}')).toThrow("ExecutionStarted");
});

test("a log with anything that no execution has is refused with its field", () => {
  const start = { kind: "EXECUTION_STARTED", name: "n", incarnation: "0", functionName: "f", version: "1" };
  const begun = (change: object, at = 1): string =>
    JSON.stringify({ v: 2, writer: "w.1", at, facts: [{ ...start, retentionDays: 14, ...change }] });
  expect(logOf(begun({}))).toEqual([begun({})]);
  for (const read of [(body: string) => body, (body: string) => JSON.stringify({ log: [body] })]) {
    expect(() => logOf(read(begun({}, 1e20)))).toThrow('"at"');
    expect(() => logOf(read(begun({ input: {} })))).toThrow('"input"');
  }
});
