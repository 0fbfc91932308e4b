/**
 * Callbacks that users give beside their functions may throw as well: the error reaches somebody, and nothing hangs.
 */

import { expect, test } from "vitest";
import { MemoryAlarm } from "../adapters/memory/memory-alarm.ts";
import { MemoryStore } from "../adapters/memory/memory-store.ts";
import type { ExecutionHeader } from "../engine/model/execution.ts";
import { Runner } from "../engine/runner/runner.ts";
import { SimulatedClock } from "../testing/simulated-host.ts";
import { formatExecutionArn } from "./arn.ts";
import { readFunctions } from "./functions.ts";
import type { DurableContext, Serdes } from "./types.ts";
import { withDurableExecution } from "./with-durable-execution.ts";

const LARGE = "x".repeat(300 * 1024);

function fail(message: string): never {
  throw new Error(message);
}

/** The error that is thrown to the handler, as text that begins with its class. */
function told(promise: PromiseLike<unknown>): Promise<string> {
  return Promise.resolve(promise).then(
    () => "nothing",
    (error: Error) => `${error.constructor.name}: ${error.message}`,
  );
}

/** Runs a handler, replaying it at every wait. */
async function run(handler: (context: DurableContext) => Promise<unknown>): Promise<ExecutionHeader> {
  const clock = new SimulatedClock();
  const host = clock.host();
  const alarm = new MemoryAlarm({ host, wake: (id) => runner.wake(id) });
  const runner: Runner = new Runner({
    store: new MemoryStore(),
    alarm,
    host,
    parks: false,
    functions: readFunctions({ hooks: withDurableExecution((_: unknown, context) => handler(context)) }),
    arnOf: formatExecutionArn,
  });
  const { execution } = await runner.start({ functionName: "hooks" });
  await clock.advance(120_000);
  return runner.describe(execution.id);
}

/** The handler goes on after what failed, and replays it. */
async function toldLiveAndOnReplay(call: (context: DurableContext) => PromiseLike<unknown>): Promise<unknown> {
  const seen = new Set<string>();
  const { status, result } = await run(async (context) => {
    const message = await told(call(context));
    seen.add(message);
    await context.wait({ seconds: 1 });
    return message;
  });
  expect(status).toBe("SUCCEEDED");
  expect(seen.size).toBe(1);
  return JSON.parse(result!);
}

test("a summary generator that throws fails its context", async () => {
  const summaryGenerator = (): string => fail("no summary");
  const child = (context: DurableContext) =>
    context.runInChildContext("large", async () => LARGE, { summaryGenerator });
  expect(await toldLiveAndOnReplay(child)).toBe("ChildContextError: no summary");
  const map = (context: DurableContext) => context.map("large", [1], async () => LARGE, { summaryGenerator });
  expect(await toldLiveAndOnReplay(map)).toBe("ChildContextError: no summary");
});

test.each([false, true])(
  "an error mapper that throws gives its own error to the caller (virtual: %s)",
  async (virtualContext) => {
    const call = (context: DurableContext) =>
      context.runInChildContext("mapped", async () => fail("inside"), {
        virtualContext,
        errorMapper: () => fail("no mapping"),
      });
    expect(await toldLiveAndOnReplay(call)).toBe("Error: no mapping");
  },
);

test("a completion rule that throws fails its batch", async () => {
  const call = (context: DurableContext) =>
    context.map("items", [1, 2], async (_context, item) => item, {
      completionConfig: {
        shouldComplete: ({ completedCount }) => (completedCount > 0 ? fail("no rule") : { complete: false }),
      },
    });
  expect(await toldLiveAndOnReplay(call)).toBe("ChildContextError: no rule");
});

test("a completion rule that takes its word back starts nothing in a batch that has ended", async () => {
  const begun = new Set<number>();
  const { status } = await run(async (context) => {
    const item = async (_context: DurableContext, index: number): Promise<number> => {
      begun.add(index);
      return index;
    };
    await context.map([1, 2, 3, 4], item, {
      nesting: "FLAT",
      maxConcurrency: 2,
      completionConfig: { shouldComplete: ({ completedCount }) => ({ complete: completedCount === 1 }) },
    });
  });
  expect(status).toBe("SUCCEEDED");
  expect([...begun]).toEqual([1, 2]);
});

test("an item namer that throws fails its batch", async () => {
  const call = (context: DurableContext) =>
    context.map("items", [1, 2], async (_context, item) => item, {
      maxConcurrency: 1,
      itemNamer: (item) => (item === 2 ? fail("no name") : "first"),
    });
  expect(await toldLiveAndOnReplay(call)).toBe("ChildContextError: no name");
});

test("a context that succeeded and throws when it is run again for its value halts the execution", async () => {
  let runs = 0;
  const { status, halt } = await run(async (context) => {
    await context.runInChildContext("large", async () => (++runs > 1 ? fail("changed") : LARGE));
    await context.wait({ seconds: 1 });
  });
  expect(status).toBe("RUNNING");
  expect(halt).toMatchObject({ reason: "NON_DETERMINISM" });
  expect(halt!.error.errorMessage).toContain('CONTEXT "large" (1) succeeded');
});

test("a context that succeeded and does not come to its end when it is run again for its value halts the execution", async () => {
  let runs = 0;
  const { status, halt } = await run(async (context) => {
    await context.runInChildContext("large", async (child) => {
      if (++runs > 1) await child.step("new", async () => 1);
      return LARGE;
    });
    await context.wait({ seconds: 1 });
  });
  expect(status).toBe("RUNNING");
  expect(halt).toMatchObject({ reason: "NON_DETERMINISM" });
  expect(halt!.error.errorMessage).toContain('CONTEXT "large" (1)');
});

test("a retry strategy that throws fails its step, which does not run again", async () => {
  let runs = 0;
  const call = (context: DurableContext) =>
    context.step(
      "broken",
      async () => {
        runs++;
        throw new Error("no answer");
      },
      { retryStrategy: () => fail("no strategy") },
    );
  expect(await toldLiveAndOnReplay(call)).toBe("StepError: no strategy");
  expect(runs).toBe(1);
});

test("a thrown value that throws when it is looked at fails its step", async () => {
  const call = (context: DurableContext) =>
    context.step(
      "hostile",
      async () => {
        throw Object.defineProperty(new Error("hostile"), "name", { get: () => fail("not to be read") });
      },
      { retryStrategy: () => ({ shouldRetry: false }) },
    );
  expect(await toldLiveAndOnReplay(call)).toBe("StepError: Unknown error");
});

test("a value that throws when it is asked whether it is a promise fails what returned it", async () => {
  const trap = (): object => Object.defineProperty({}, "then", { get: () => fail("not to be asked") });
  const step = (context: DurableContext) =>
    context.step("trap", trap as never, { retryStrategy: () => ({ shouldRetry: false }) });
  expect(await toldLiveAndOnReplay(step)).toBe("StepError: not to be asked");
  const child = (context: DurableContext) => context.runInChildContext("trap", trap as never);
  expect(await toldLiveAndOnReplay(child)).toBe("ChildContextError: not to be asked");
});

test("a serdes may answer with promises of any make", async () => {
  const later = <T>(value: T): Promise<T> => {
    const promise = Promise.resolve(value);
    return { then: promise.then.bind(promise) } as Promise<T>;
  };
  const serdes: Serdes<number> = {
    serialize: (value) => later(JSON.stringify(value)),
    deserialize: (data) => later(data === undefined ? undefined : (JSON.parse(data) as number)),
  };
  const { result } = await run(async (context) => {
    const values = [
      await context.step(async () => 1, { serdes }),
      await context.runInChildContext(async () => 2, { serdes }),
      await context.runInChildContext(async () => 3, { serdes, virtualContext: true }),
    ];
    await context.wait({ seconds: 1 });
    return values;
  });
  expect(result).toBe("[1,2,3]");
});
