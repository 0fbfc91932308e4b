/** A serdes that throws fails its operation: the failure is recorded, retried as the strategy says, and caught. */

import { describe, expect, test } from "vitest";
import { DurableTestRunner } from "../testing/test-runner.ts";
import type { DurableContext, Serdes } from "./types.ts";
import { withDurableExecution } from "./with-durable-execution.ts";

interface Caught {
  readonly name: string;
  readonly message: string;
  readonly causes: readonly string[];
}

function caught(error: unknown): Caught {
  const { name, message } = error as Error;
  const causes: string[] = [];
  for (let cause = (error as Error).cause; cause instanceof Error; cause = cause.cause) causes.push(cause.name);
  return { name, message, causes };
}

/** The error that the handler catches, live and on the replay after it; both are the same. */
async function caughtBy(call: (context: DurableContext) => PromiseLike<unknown>, answer?: string): Promise<Caught> {
  const seen: unknown[] = [];
  const handler = withDurableExecution(async (_event: unknown, context) => {
    const error = await Promise.resolve(call(context)).then(() => undefined, caught);
    seen.push(error);
    await context.wait("later", { seconds: 1 });
    return error;
  });
  const runner = new DurableTestRunner<Caught>(handler, {
    functions: { echo: async (event: unknown) => event, text: async () => "no number" },
  });
  runner.onCallback("answer", (callback) => callback.succeed(answer));
  const { status, result, error } = await runner.run();
  expect({ status, error }).toEqual({ status: "SUCCEEDED", error: undefined });
  expect(seen.length).toBeGreaterThanOrEqual(2);
  for (const other of seen) expect(other).toEqual(seen.at(-1));
  return result!;
}

function circular(): object {
  const order: Record<string, unknown> = { lines: [{}] };
  (order["lines"] as Record<string, unknown>[])[0]!["order"] = order;
  return order;
}

const NO_RETRY = { retryStrategy: () => ({ shouldRetry: false }) };
const json: Serdes<number> = {
  serialize: async (value) => JSON.stringify(value),
  deserialize: async (text) => JSON.parse(text ?? "null") as number,
};
const unreadable: Serdes<number> = { ...json, deserialize: () => Promise.reject(new RangeError("unreadable")) };
const unwritable: Serdes<number> = {
  ...json,
  serialize: () => {
    throw new RangeError("unwritable");
  },
};

describe("a result that cannot be serialised", () => {
  const values: readonly (readonly [string, unknown, RegExp])[] = [
    ["a BigInt", 1n, /BigInt \(at value\)$/],
    ["a BigInt inside", { items: [{ price: 1 }, { price: 2n }] }, /BigInt \(at value\.items\[1\]\.price\)$/],
    ["a circle", circular(), /circular[^]*\(at value\.lines\[0\]\.order\)$/],
    [
      "a member that throws an error of any kind when it is read",
      {
        total: {
          get sum() {
            throw new Error("no sum");
          },
        },
      },
      /no sum \(at value\.total\.sum\)$/,
    ],
    ["what refuses to be written", { "a key": { toJSON: () => [].at(1)!["no"] } }, /\(at value\["a key"\]\)$/],
  ];

  test.each(values)(
    "fails its step, which names itself and the place in the value: %s",
    async (_what, value, message) => {
      const error = await caughtBy((context) => context.step("charge", async () => value, NO_RETRY));
      expect(error.name).toBe("SerdesError");
      expect(error.message).toMatch(/^Serialization failed for step "charge" \(1\): /);
      expect(error.message).toMatch(message);
    },
  );

  test("makes its step run as often as the strategy says, and is told to it", async () => {
    let runs = 0;
    const told: string[] = [];
    const error = await caughtBy((context) =>
      context.step("charge", async () => [++runs, 1n], {
        retryStrategy: ({ name, message }, attempt) => {
          told.push(`${attempt} ${name} ${message.includes("value[1]")}`);
          return { shouldRetry: attempt < 3, delay: { seconds: 1 } };
        },
      }),
    );
    expect(error.name).toBe("SerdesError");
    expect(runs).toBe(3);
    expect(told).toEqual(["1 SerdesError true", "2 SerdesError true", "3 SerdesError true"]);
  });

  test("does not end the step for good: the next attempt may return another one", async () => {
    const handler = withDurableExecution(async (_event: unknown, context) =>
      context.step("charge", async ({ attempt }) => (attempt === 1 ? 1n : "written"), {
        retryStrategy: () => ({ shouldRetry: true, delay: { seconds: 1 } }),
      }),
    );
    expect(await new DurableTestRunner(handler).run()).toMatchObject({ status: "SUCCEEDED", result: "written" });
  });

  const others: Readonly<Record<string, (context: DurableContext) => PromiseLike<unknown>>> = {
    'waitForCondition "poll" (1)': (context) =>
      context.waitForCondition<unknown>("poll", async () => 1n, {
        initialState: 0,
        waitStrategy: () => ({ shouldContinue: false }),
      }),
    'context "part" (1)': (context) => context.runInChildContext("part", async () => 1n),
    'context "virtual" (1)': (context) =>
      context.runInChildContext("virtual", async () => 1n, { virtualContext: true }),
    'map item "map-item-0" (1-1)': async (context) => (await context.map("items", [1], async () => 1n)).throwIfError(),
    'map item "map-item-0" (1-1) ': async (context) =>
      (await context.map("items", [1], async () => 1n, { nesting: "FLAT" })).throwIfError(),
    'parallel branch "parallel-branch-0" (1-1)': async (context) =>
      (await context.parallel("branches", [async () => 1n])).throwIfError(),
    'map "items" (1)': (context) =>
      context.map("items", [1], async () => 1, { serdes: { ...unwritable, deserialize: json.deserialize } as never }),
    'invoke "call" (1)': (context) => context.invoke("call", "echo", 1n),
  };

  test.each(Object.entries(others))("fails %s", async (place, call) => {
    const { name, message, causes } = await caughtBy(call);
    expect([name, ...causes]).toContain("SerdesError");
    expect(message).toContain(`Serialization failed for ${place.trimEnd()}: `);
  });

  test("fails the plain function that returned it", async () => {
    const handler = withDurableExecution(async (_event: unknown, context) =>
      context.invoke("total", 1).catch((error: unknown) => (error as Error).message),
    );
    const functions = { total: async () => ({ total: 1n }) };
    expect((await new DurableTestRunner<string>(handler, { functions }).run()).result).toMatch(
      /^Serialization failed for the result of the function "total": .*BigInt \(at value\.total\)$/,
    );
  });

  test("fails the execution, when it is the handler's", async () => {
    const handler = withDurableExecution(async () => ({ total: 1n }));
    expect(await new DurableTestRunner(handler).run()).toMatchObject({
      status: "FAILED",
      error: {
        errorType: "SerdesError",
        errorMessage: expect.stringMatching(
          /^Serialization failed for the result of the handler: .*BigInt \(at value\.total\)$/,
        ) as string,
      },
    });
  });

  test("ends an execution that does not catch it", async () => {
    const handler = withDurableExecution(async (_event: unknown, context) =>
      context.step("charge", async () => 1n, NO_RETRY),
    );
    expect(await new DurableTestRunner(handler).run()).toMatchObject({
      status: "FAILED",
      invocations: 1,
      error: { errorType: "SerdesError" },
    });
  });
});

describe("a serdes that throws", () => {
  const calls: Readonly<Record<string, (context: DurableContext, serdes: Serdes<number>) => PromiseLike<unknown>>> = {
    step: (context, serdes) => context.step("step", async () => 1, { ...NO_RETRY, serdes }),
    condition: (context, serdes) =>
      context.waitForCondition("condition", async () => 1, {
        initialState: 0,
        waitStrategy: () => ({ shouldContinue: false }),
        serdes,
      }),
    context: (context, serdes) => context.runInChildContext("context", async () => 1, { serdes }),
    "virtual context": (context, serdes) =>
      context.runInChildContext("context", async () => 1, { serdes, virtualContext: true }),
    "map item": async (context, itemSerdes) =>
      (await context.map("items", [1], async () => 1, { itemSerdes })).throwIfError(),
  };

  test.each(Object.entries(calls))("fails its %s, be it in writing or in reading", async (_what, call) => {
    for (const serdes of [unwritable, unreadable]) {
      const { name, message, causes } = await caughtBy((context) => call(context, serdes));
      expect([name, ...causes]).toContain("SerdesError");
      expect(message).toMatch(/^(S|Des)erialization failed for .*: un(writ|read)able$/);
    }
  });

  test.each([[7], [{ a: 1 }], [Promise.resolve(7)]])(
    "or writes what is no text fails its operation: %j",
    async (written) => {
      const serdes = { ...json, serialize: () => written as never };
      for (const call of Object.values(calls)) {
        const { name, message, causes } = await caughtBy((context) => call(context, serdes));
        expect([name, ...causes]).toContain("SerdesError");
        expect(message).toMatch(
          /^Serialization failed for .* \(1(-1)?\): the serdes wrote (number|object) instead of text$/,
        );
      }
      const { name, message } = await caughtBy((context) =>
        context.invoke("call", "echo", 1, { payloadSerdes: serdes }),
      );
      expect([name, message]).toEqual([
        "InvokeError",
        expect.stringContaining('for invoke "call" (1): the serdes wrote'),
      ]);
    },
  );

  test("may throw a text", async () => {
    // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- what is to be tested
    const serialize = (): Promise<never> => Promise.reject("no key");
    const { message } = await caughtBy((context) =>
      context.step("step", async () => 1, { ...NO_RETRY, serdes: { ...json, serialize } }),
    );
    expect(message).toBe('Serialization failed for step "step" (1): no key');
  });

  test("lets its step run once, if it is not to be retried", async () => {
    let runs = 0;
    await caughtBy((context) => context.step("step", async () => ++runs, { ...NO_RETRY, serdes: unreadable }));
    expect(runs).toBe(1);
  });
});

describe("what cannot be read of what the outside sent", () => {
  const serdes = { deserialize: json.deserialize };

  test("fails its callback", async () => {
    const error = await caughtBy(async (context) => {
      const [promise] = await context.createCallback("answer", { serdes });
      return promise;
    }, "not JSON");
    expect(error).toMatchObject({ name: "CallbackError", causes: ["SerdesError", "SyntaxError"] });
    expect(error.message).toMatch(/^Deserialization failed for callback "answer" \(1\): /);
  });

  test("fails its waitForCallback", async () => {
    const error = await caughtBy(
      (context) => context.waitForCallback("answer", async () => undefined, { serdes }),
      "not JSON",
    );
    expect(error.name).toBe("CallbackError");
    expect(error.causes).toContain("SerdesError");
    expect(error.message).toMatch(/^Deserialization failed for waitForCallback "answer" \(1\): /);
  });

  test("fails its invoke", async () => {
    const error = await caughtBy((context) => context.invoke("call", "text", undefined, { resultSerdes: unreadable }));
    expect(error).toMatchObject({ name: "InvokeError", causes: ["SerdesError", "RangeError"] });
  });
});

test("a recorded result that cannot be read for a while is read later, and its function does not run again", async () => {
  let isDown = false;
  let runs = 0;
  const serdes: Serdes<number> = {
    ...json,
    deserialize: async (text) => {
      if (isDown) throw new Error("the key store is down");
      return JSON.parse(text ?? "null") as number;
    },
  };
  const handler = withDurableExecution(async (_event: unknown, context) => {
    const value = await context.step("encrypted", async () => ++runs, { serdes });
    isDown = true;
    await context.wait({ seconds: 1 });
    return value;
  });
  const runner = new DurableTestRunner(handler);
  const execution = await runner.start();
  await runner.advance({ seconds: 10 });
  expect(execution.status).toBe("RUNNING");
  isDown = false;
  expect(await execution.finish()).toMatchObject({ status: "SUCCEEDED", result: 1 });
  expect(runs).toBe(1);
});

test("an input that cannot be written loses no race on replay that it won live, though nothing is recorded of it", async () => {
  const after = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
  const payloadSerdes: Serdes<number> = {
    ...json,
    serialize: () => after(5).then(() => unwritable.serialize(1, never)),
  };
  const never = { entityId: "", durableExecutionArn: "" };
  const seen: string[] = [];
  const handler = withDurableExecution(async (_event: unknown, context) => {
    const first = await Promise.race([
      context.step("slow", () => after(60)).then(() => "step"),
      context.invoke("call", "echo", 1, { payloadSerdes }).then(
        () => "invoke",
        (error: unknown) => (error as Error).name,
      ),
    ]);
    seen.push(first);
    await context.wait("later", { seconds: 1 });
    await context.wait("later still", { seconds: 1 });
  });
  const runner = new DurableTestRunner(handler, { functions: { echo: async (event: unknown) => event } });
  expect(await runner.run()).toMatchObject({ status: "SUCCEEDED" });
  expect(seen).toEqual(["InvokeError", "InvokeError", "InvokeError"]);
});
