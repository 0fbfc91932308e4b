import { describe, expect, test } from "vitest";
import { StepSemantics } from "../lambda-compat/literals.ts";
import { withDurableExecution } from "../lambda-compat/with-durable-execution.ts";
import { AsyncStore } from "./async-store.ts";
import { type ExploredProgram, exploreCrashes, exploreStalls } from "./crash-explorer.ts";
import type { Effects } from "./ledger.ts";

// Hundreds of runs each: how long they take says nothing on a busy machine.
const start = { functionName: "program", name: "one", input: "{}" };

/** Steps in a row, a wait, a retried step, at-most-once, a callback, branches, a race, a child, an invoke. */
const everything: ExploredProgram = {
  start,
  answer: (callback) => ({ type: "SUCCEEDED", result: `answer to ${callback.name ?? "nobody"}` }),
  functions: (effects) => ({ program: everythingHandler(effects), double: doubleHandler(effects) }),
};

function everythingHandler(effects: Effects) {
  const failures = { count: 0 };
  return withDurableExecution(async (_event: unknown, context) => {
    const first = await context.step("first", async () => {
      effects.ran(context, "first");
      return 1;
    });
    await context.wait("pause", { minutes: 10 });
    const flaky = await context.step(
      "flaky",
      async () => {
        effects.ran(context, "flaky");
        if (failures.count++ < 2) throw new Error("not yet");
        return 2;
      },
      { retryStrategy: (_error, attempt) => ({ shouldRetry: attempt < 20, delay: { seconds: 30 } }) },
    );
    const branches = await context.parallel("branches", [
      async (branch) => {
        await branch.wait("left wait", { seconds: 5 });
        return branch.step("left", async () => {
          effects.ran(context, "left");
          return "left";
        });
      },
      async (branch) =>
        branch.step("right", async () => {
          effects.ran(context, "right");
          return "right";
        }),
    ]);
    const answer = await context.waitForCallback("ask", async () => effects.ran(context, "ask"));
    const child = await context.runInChildContext("child", async (inner) => {
      await inner.wait("inner wait", { seconds: 1 });
      return inner.step("inner", async () => {
        effects.ran(context, "inner");
        return "inner";
      });
    });
    const doubled = await context.invoke<number, number>("invoke", "double", 21);
    return { first, flaky, branches: branches.getResults(), answer, child, doubled };
  });
}

function doubleHandler(effects: Effects) {
  return withDurableExecution(async (event: number, context) => {
    await context.wait({ seconds: 3 });
    return context.step("double", async () => {
      effects.ran(context, "double");
      return event * 2;
    });
  });
}

const OUTCOME =
  'SUCCEEDED {"first":1,"flaky":2,"branches":["left","right"],"answer":"answer to nobody","child":"inner","doubled":42}';

describe("a program with one of everything", () => {
  for (const parks of [false, true]) {
    const program = { ...everything, settings: { parks, retentionDays: 90 } };
    const mode = parks ? "parking" : "replaying";

    test(`comes to the same end wherever it crashes, ${mode}`, async () => {
      const { outcome, writes, runs } = await exploreCrashes(program);
      expect(outcome).toBe(OUTCOME);
      expect(writes).toBeGreaterThan(15);
      expect(runs).toBe(1 + 2 * writes);
    });

    test(`comes to the same end when it crashes twice, ${mode}`, async () => {
      expect((await exploreCrashes(program, { secondCrashes: 2, seed: 2 })).outcome).toBe(OUTCOME);
    });

    test(`comes to the same end after it was down for a month, ${mode}`, async () => {
      expect((await exploreCrashes(program, { downMs: 30 * 86_400_000 })).outcome).toBe(OUTCOME);
    });

    test(`comes to the same end over a store that takes its time, ${mode}`, async () => {
      const through = (store: ConstructorParameters<typeof AsyncStore>[0], host: { drain(next: () => void): void }) =>
        new AsyncStore(store, { seed: 5, drain: (next) => host.drain(next) });
      expect((await exploreCrashes(program, { through })).outcome).toBe(OUTCOME);
    });

    test(`comes to the same end when another process takes over, ${mode}`, async () => {
      expect((await exploreStalls(program)).outcome).toBe(OUTCOME);
    });
  }
});

test("a step that runs at most once per attempt does, wherever the process crashes", async () => {
  const program: ExploredProgram = {
    start,
    functions: (effects) => ({
      program: withDurableExecution(async (_event: unknown, context) => {
        await context.step(
          "charge",
          async () => {
            effects.ranAtMostOnce(context, "charge");
            return "charged";
          },
          {
            semantics: StepSemantics.AtMostOncePerRetry,
            retryStrategy: (_error, attempt) => ({ shouldRetry: attempt < 10, delay: { seconds: 1 } }),
          },
        );
        await context.wait({ seconds: 1 });
        return "done";
      }),
    }),
  };
  expect((await exploreCrashes(program, { secondCrashes: 10 })).outcome).toBe('SUCCEEDED "done"');
  expect((await exploreStalls(program)).outcome).toBe('SUCCEEDED "done"');
});

test("what won a race has won it in every replay", async () => {
  const program: ExploredProgram = {
    start,
    answer: () => ({ type: "SUCCEEDED", result: "answered" }),
    functions: (effects) => ({
      program: withDurableExecution(async (_event: unknown, context) => {
        for (let round = 0; round < 3; round++) {
          const winner = await Promise.race([
            context.wait(`wait ${round}`, { seconds: 1 }).then(() => "wait"),
            context.step(`step ${round}`, async () => "step"),
            context.waitForCallback(`callback ${round}`, async () => undefined),
          ]);
          effects.saw(context, `race ${round}`, winner);
          await context.wait({ seconds: 2 });
        }
        return "raced";
      }),
    }),
  };
  for (const parks of [false, true]) {
    const settled = { ...program, settings: { parks } };
    expect((await exploreCrashes(settled)).outcome).toBe('SUCCEEDED "raced"');
    expect((await exploreStalls(settled)).outcome).toBe('SUCCEEDED "raced"');
  }
});

describe("the explorer notices", () => {
  const broken = (body: (effects: Effects) => ReturnType<typeof withDurableExecution>): ExploredProgram => ({
    start,
    functions: (effects) => ({ program: body(effects) }),
  });

  test("a result that depends on what the process remembers", async () => {
    let runs = 0;
    const program = broken(() =>
      withDurableExecution(async (_event: unknown, context) => {
        const run = ++runs;
        await context.wait({ seconds: 1 });
        return run;
      }),
    );
    await expect(exploreCrashes(program)).rejects.toThrow(
      /seed 1: it ended as SUCCEEDED \d+, undisturbed as SUCCEEDED \d+\n.*will crash before write 1/,
    );
  });

  test("work that is done outside of steps", async () => {
    const program = broken((effects) =>
      withDurableExecution(async (_event: unknown, context) => {
        await context.step("work", async () => "done");
        await context.wait({ seconds: 1 });
        effects.ran(context, "work");
        return "done";
      }),
    );
    await expect(exploreCrashes(program)).rejects.toThrow(/the function of program\/one work ran again/);
  });

  test("an execution that nothing will ever wake", async () => {
    const program = broken(() =>
      withDurableExecution(async (_event: unknown, context) => context.waitForCallback("never", async () => undefined)),
    );
    await expect(exploreCrashes(program)).rejects.toThrow(/nothing is left to happen, and it has not ended/);
  });

  test("a value that changes from replay to replay", async () => {
    let count = 0;
    const program = broken((effects) =>
      withDurableExecution(async (_event: unknown, context) => {
        effects.saw(context, "count", ++count);
        await context.wait({ seconds: 1 });
      }),
    );
    await expect(exploreCrashes(program)).rejects.toThrow(/program\/one count was \d+ and became \d+/);
  });
});
