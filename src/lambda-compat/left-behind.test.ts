/** An operation that was called is recorded as started, also when nobody waits for it: AWS's SDK calls it as well. */

import { describe, expect, test } from "vitest";
import type { Operation } from "../engine/model/operation.ts";
import { DurableTestRunner } from "../testing/test-runner.ts";
import type { DurableContext, StepConfig } from "./types.ts";
import { withDurableExecution } from "./with-durable-execution.ts";

const semantics = ["AT_LEAST_ONCE_PER_RETRY", "AT_MOST_ONCE_PER_RETRY"] as const;

/** Calls something last and lets it be. */
type Parting = (context: DurableContext, ran: () => void, config: StepConfig<number>) => void;

const partings: Record<string, Parting> = {
  "a step": (context, ran, config) => {
    void context.step(
      "left",
      async () => {
        ran();
        return 1;
      },
      config,
    );
  },
  "a step that takes its time": (context, ran, config) => {
    void context.step(
      "left",
      async () => {
        ran();
        await new Promise((resolve) => setTimeout(resolve, 1));
        return 1;
      },
      config,
    );
  },
  "a step that fails": (context, ran, config) => {
    void context.step(
      "left",
      () => {
        ran();
        throw new Error("unseen");
      },
      config,
    );
  },
  "a condition": (context, ran) => {
    void context.waitForCondition(
      "left",
      async (state: number) => {
        ran();
        return state;
      },
      { initialState: 0, waitStrategy: () => ({ shouldContinue: false }) },
    );
  },
  "a context": (context, ran) => {
    void context.runInChildContext("left", async () => ran());
  },
};

/** The code that leaves an operation behind: a context, or the handler. */
const places: Record<string, (context: DurableContext, part: (context: DurableContext) => void) => Promise<unknown>> = {
  "a context": async (context, part) => {
    await context.runInChildContext("around", async (child) => {
      await child.step("before", async () => 1);
      part(child);
      return "done";
    });
    await context.wait({ seconds: 1 });
  },
  "a context without anything else": async (context, part) => {
    await context.runInChildContext("around", async (child) => part(child));
    await context.wait({ seconds: 1 });
  },
  "an item of a batch": async (context, part) => {
    await context.map("items", [1], async (item) => part(item));
    await context.wait({ seconds: 1 });
  },
  "a virtual context": async (context, part) => {
    await context.runInChildContext("around", async (child) => part(child), { virtualContext: true });
  },
  "the handler": async (context, part) => {
    await context.wait({ seconds: 1 });
    part(context);
  },
};

function startsOf(history: readonly { eventType: string; name?: string }[]): number {
  return history.filter(({ eventType, name }) => name === "left" && eventType.endsWith("Started")).length;
}

describe.each(Object.keys(partings))("%s that is called last and not awaited", (what) => {
  describe.each(Object.keys(places))("in %s", (where) => {
    test.each(semantics)("runs once if its start is recorded (%s)", async (kind) => {
      for (const parks of [true, false]) {
        let runs = 0;
        const config = { semantics: kind, retryStrategy: () => ({ shouldRetry: false }) };
        const handler = withDurableExecution(async (_event, context) => {
          await places[where]?.(context, (here) => partings[what]?.(here, () => runs++, config));
        });
        const { status, history } = await new DurableTestRunner(handler, { parks }).run();
        expect(status).toBe("SUCCEEDED");
        expect([startsOf(history), runs]).toEqual([1, 1]);
      }
    });
  });
});

test("what the handler leaves behind and is over at once is recorded", async () => {
  const handler = withDurableExecution(async (_event, context) => {
    void context.step("left", () => Promise.resolve(1), { semantics: "AT_MOST_ONCE_PER_RETRY" });
  });
  const { operations } = await new DurableTestRunner(handler).run();
  expect(operations.map(({ name, status }: Operation) => [name, status])).toEqual([["left", "SUCCEEDED"]]);
});
