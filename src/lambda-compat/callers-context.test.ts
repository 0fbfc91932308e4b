/** User code that the engine runs later (further attempts, serdes, strategies) sees the AsyncLocalStorage of its call. */

import { AsyncLocalStorage } from "node:async_hooks";
import { describe, expect, test } from "vitest";
import { createMemoryHost } from "../homes/memory/memory-host.ts";
import { DurableTestRunner } from "../testing/test-runner.ts";
import type { DurableContext, Serdes } from "./types.ts";
import { withDurableExecution } from "./with-durable-execution.ts";

const tenants = new AsyncLocalStorage<string>();

/** Notes for whom each piece of user code ran. */
type Note = (place: string) => void;

function notingSerdes<T>(note: Note, place: string): Serdes<T> {
  return {
    serialize: async (value) => {
      await Promise.resolve();
      note(`${place} serialize`);
      return JSON.stringify(value);
    },
    deserialize: async (text) => {
      note(`${place} deserialize`);
      await Promise.resolve();
      note(`${place} deserialize, later`);
      return text === undefined ? undefined : (JSON.parse(text) as T);
    },
  };
}

type Program = (context: DurableContext, note: Note) => Promise<unknown>;

const programs: Record<string, Program> = {
  "attempts of a step": (context, note) =>
    context.step(
      "flaky",
      async ({ attempt }) => {
        note("attempt");
        await Promise.resolve();
        note("attempt, later");
        if (attempt < 3) throw new Error("again");
        return attempt;
      },
      {
        retryStrategy: (_error, attempt) => {
          note("retry strategy");
          return { shouldRetry: attempt < 3, delay: { seconds: attempt } };
        },
        serdes: notingSerdes(note, "step"),
      },
    ),
  "attempts of a step whose value is JSON": (context, note) =>
    context.step(
      "flaky",
      async ({ attempt }) => {
        note("attempt");
        if (attempt < 3) throw new Error("again");
      },
      { retryStrategy: (_error, attempt) => ({ shouldRetry: attempt < 3, delay: { seconds: attempt } }) },
    ),
  "attempts that must not run twice": (context, note) =>
    context.step(
      "once",
      ({ attempt }) => {
        note("attempt");
        if (attempt < 3) throw new Error("again");
        return Promise.resolve(attempt);
      },
      {
        semantics: "AT_MOST_ONCE_PER_RETRY",
        retryStrategy: (_error, attempt) => {
          note("retry strategy");
          return { shouldRetry: attempt < 3, delay: { seconds: 1 } };
        },
      },
    ),
  "checks of a condition": (context, note) =>
    context.waitForCondition(
      "ready",
      async (count: number) => {
        note("check");
        return count + 1;
      },
      {
        initialState: 0,
        waitStrategy: (count) => {
          note("wait strategy");
          return count < 3 ? { shouldContinue: true, delay: { seconds: 1 } } : { shouldContinue: false };
        },
        serdes: notingSerdes(note, "condition"),
      },
    ),
  "serdes and error mapper of a context": async (context, note) => {
    await context.runInChildContext(
      "kept",
      async (child) => {
        await child.wait({ seconds: 1 });
        note("context");
      },
      { serdes: notingSerdes(note, "context") },
    );
    const failing = context.runInChildContext(
      "mapped",
      async () => {
        throw new Error("failed");
      },
      {
        errorMapper: (error) => {
          note("error mapper");
          return error;
        },
      },
    );
    await failing.catch(() => note("caught"));
  },
  "payload and result of an invoke": (context, note) =>
    context.invoke("invoke", "echo", "text", {
      payloadSerdes: notingSerdes(note, "payload"),
      resultSerdes: notingSerdes(note, "result"),
    }),
  "deserializer of a callback": async (context, note) => {
    const [outcome] = await context.createCallback<number>("answer", {
      timeout: { seconds: 1 },
      serdes: {
        deserialize: async () => {
          note("deserialize");
          return 1;
        },
      },
    });
    await outcome.then(
      () => note("completed"),
      () => note("timed out"),
    );
    await context
      .waitForCallback("submitted", async () => note("submitter"), { timeout: { seconds: 1 } })
      .catch(() => {
        note("submitted timed out");
      });
  },
  "items of a batch": (context, note) =>
    context.map(
      "items",
      [1, 2, 3],
      async (item, _value, index) => {
        note(`item ${index}`);
        await item.wait({ seconds: 1 });
        await item.step(async () => note(`step of item ${index}`));
        return index;
      },
      { maxConcurrency: 1, itemSerdes: notingSerdes(note, "item") },
    ),
};

/** Runs a program for each tenant, at the same time, and notes who saw whom. */
function forTenants(program: Program) {
  const seen: { place: string; tenant: string; saw: string | undefined }[] = [];
  const handler = withDurableExecution(async (tenant: string, context) => {
    const note: Note = (place) => seen.push({ place, tenant, saw: tenants.getStore() });
    await tenants.run(tenant, () => program(context, note));
  });
  return { handler, seen };
}

const functions = { echo: async (input: unknown) => input };

describe.each(Object.entries(programs))("the caller's asynchronous context in %s", (_name, program) => {
  test.each([true, false])("of two executions, the clock being simulated (parks: %s)", async (parks) => {
    const { handler, seen } = forTenants(program);
    const runner = new DurableTestRunner(handler, { functions, parks });
    runner.onCallback("answer", (callback) => callback.succeed("1"));
    const executions = [await runner.start({ payload: "A" }), await runner.start({ payload: "B" })];
    for (const execution of executions) expect((await execution.finish()).status).toBe("SUCCEEDED");
    expect(seen.filter(({ tenant, saw }) => saw !== tenant)).toEqual([]);
    expect(seen.filter(({ tenant }) => tenant === "A").length).toBeGreaterThan(2);
  });
});

test("the caller's asynchronous context in everything of two tenants at once, in real time", async () => {
  const runs = Object.entries(programs).map(([name, program]) => ({
    name: name.replaceAll(" ", "-"),
    ...forTenants(program),
  }));
  const handlers = Object.fromEntries(runs.map(({ name, handler }) => [name, handler]));
  const host = createMemoryHost({ functions: { ...functions, ...handlers } });
  const run = async (functionName: string, tenant: string): Promise<string> => {
    const { execution } = await host.client.start({ functionName, input: JSON.stringify(tenant) });
    return (await host.client.settled(execution.id, Number.MAX_SAFE_INTEGER)).status;
  };
  const ends = await Promise.all(["A", "B"].flatMap((tenant) => runs.map(({ name }) => run(name, tenant))));
  host.close();
  expect(new Set(ends)).toEqual(new Set(["SUCCEEDED"]));
  expect(runs.flatMap(({ seen }) => seen).filter(({ tenant, saw }) => saw !== tenant)).toEqual([]);
});
