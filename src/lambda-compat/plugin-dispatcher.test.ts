import { describe, expect, test } from "vitest";
import type { Operation } from "../engine/model/operation.ts";
import { createPluginDispatcher, operationInfo, type PluginDispatcher } from "./plugin-dispatcher.ts";
import type { DurableInstrumentationPlugin } from "./plugins.ts";

const info = { id: "c4ca4238a0b92382", type: "STEP", isReplay: false, attempt: 1 };

function dispatcher(...plugins: DurableInstrumentationPlugin[]): PluginDispatcher {
  return createPluginDispatcher(plugins);
}

describe("a hook that observes", () => {
  test("is called on all plugins at once, as a method, and awaited", async () => {
    const log: string[] = [];
    const plugin = (name: string): DurableInstrumentationPlugin & { readonly name: string } => ({
      name,
      async onOperationStart(this: { name: string }, { id }) {
        log.push(`${this.name} begins ${id}`);
        await Promise.resolve();
        log.push(`${this.name} ends`);
      },
    });
    await dispatcher(plugin("a"), {}, plugin("b")).onOperationStart(info);
    expect(log).toEqual(["a begins c4ca4238a0b92382", "b begins c4ca4238a0b92382", "a ends", "b ends"]);
  });

  test("may fail without harm to the others or to the caller", async () => {
    const seen: unknown[] = [];
    const all = dispatcher(
      {
        onOperationEnd: () => {
          throw new Error("at once");
        },
      },
      { onOperationEnd: () => Promise.reject(new Error("later")) },
      { onOperationEnd: async (ended) => void seen.push(ended) },
    );
    await expect(all.onOperationEnd(info)).resolves.toBeUndefined();
    expect(seen).toEqual([info]);
  });
});

/** Wraps with marks around what it wraps. */
function marking(name: string, log: string[]): DurableInstrumentationPlugin {
  return {
    wrapChildContextFn(_info, fn) {
      log.push(`${name} in`);
      const result = fn();
      log.push(`${name} out`);
      return result;
    },
  };
}

const faulty: DurableInstrumentationPlugin = {
  wrapChildContextFn: () => {
    throw new Error("plugin fault");
  },
};

describe("a hook that wraps", () => {
  test("has the first plugin outermost, and passes the result on at once", () => {
    const log: string[] = [];
    const all = dispatcher(marking("a", log), {}, marking("b", log));
    expect(all.wrapChildContextFn(info, () => (log.push("fn"), 7))).toBe(7);
    expect(log).toEqual(["a in", "b in", "fn", "b out", "a out"]);
  });

  test("is bypassed if it throws before it calls", () => {
    const log: string[] = [];
    const all = dispatcher(marking("a", log), faulty, marking("b", log));
    expect(all.wrapChildContextFn(info, () => (log.push("fn"), 7))).toBe(7);
    expect(log).toEqual(["a in", "b in", "fn", "b out", "a out"]);
  });

  test("that throws after it called does not make the function run again", async () => {
    let runs = 0;
    const late: DurableInstrumentationPlugin = {
      wrapChildContextFn: (_info, fn) => {
        fn();
        throw new Error("plugin fault");
      },
    };
    expect(dispatcher(late).wrapChildContextFn(info, () => ++runs)).toBe(1);
    await expect(dispatcher(late).wrapChildContextFn(info, async () => ++runs)).resolves.toBe(2);
    expect(runs).toBe(2);
  });

  test("that calls twice runs the function once", () => {
    let runs = 0;
    const twice: DurableInstrumentationPlugin = { wrapChildContextFn: (_info, fn) => [fn(), fn()] };
    expect(dispatcher(twice).wrapChildContextFn(info, () => ++runs)).toEqual([1, 1]);
  });

  const swallowing: DurableInstrumentationPlugin = {
    wrapChildContextFn: (_info, fn) => {
      try {
        const result = fn();
        return result instanceof Promise ? result.catch(() => "swallowed") : result;
      } catch {
        return "swallowed";
      }
    },
  };
  const translating: DurableInstrumentationPlugin = {
    wrapChildContextFn: async (_info, fn) => {
      try {
        return await fn();
      } catch (cause) {
        throw new Error("translated", { cause });
      }
    },
  };

  test.for([
    { name: "one that swallows", plugin: swallowing },
    { name: "one that translates", plugin: translating },
    { name: "one that fails", plugin: faulty },
    { name: "one that does not wrap", plugin: {} },
  ])("leaves the function's own error as it is: $name", async ({ plugin }) => {
    const error = new RangeError("the user's");
    const throwing = async (): Promise<unknown> =>
      dispatcher(plugin).wrapChildContextFn(info, () => {
        throw error;
      });
    await expect(throwing()).rejects.toBe(error);
    const rejecting = async (): Promise<unknown> =>
      dispatcher(plugin).wrapChildContextFn(info, () => Promise.reject(error));
    await expect(rejecting()).rejects.toBe(error);
  });
});

test("fields for log lines are those of all plugins, the last one's of the same name", () => {
  const all = dispatcher(
    { enrichLogContext: () => ({ a: 1, b: 1 }) },
    {
      enrichLogContext: () => {
        throw new Error("no fields");
      },
    },
    { enrichLogContext: () => undefined },
    { enrichLogContext: () => ({ b: 2 }) },
  );
  expect(all.enrichLogContext()).toEqual({ a: 1, b: 2 });
});

test("plugins are told of an operation by its id on the wire, with errors as errors", () => {
  const operation: Operation = {
    type: "STEP",
    id: "1-2",
    parentId: "1",
    name: "charge",
    subType: "Step",
    status: "FAILED",
    startedAt: 1000,
    endedAt: 2000,
    attempt: 3,
    error: { errorType: "TypeError", errorMessage: "no card" },
  };
  const told = operationInfo(operation, true);
  expect(told).toMatchObject({
    id: "98c6f2c2287f4c73",
    parentId: "c4ca4238a0b92382",
    type: "STEP",
    name: "charge",
    subType: "Step",
    status: "FAILED",
    startTimestamp: new Date(1000),
    endTimestamp: new Date(2000),
    attempt: 3,
    isReplay: true,
  });
  expect(told.error?.name).toBe("StepError");
  expect(operationInfo({ type: "CONTEXT", id: "1", status: "STARTED", startedAt: 5 })).toEqual({
    id: "c4ca4238a0b92382",
    type: "CONTEXT",
    status: "STARTED",
    startTimestamp: new Date(5),
    isReplay: false,
  });
});
