/** P3 where replay is harder than reading results back: values that are rebuilt, and values that nothing records. */

import { describe, expect, test } from "vitest";
import type { DurableContext, DurableExecutionConfig, Serdes } from "../../src/lambda-compat/types.ts";
import { replayFaults } from "./replay-faults.ts";
import { type Env, programOf, World, type WorldOptions } from "./world.ts";

/** Above what is recorded of a context. */
const LARGE = "x".repeat(300_000);
const NO_RETRY = { retryStrategy: () => ({ shouldRetry: false }) };

function slowSerdes(env: Env): Serdes<unknown> {
  return {
    async serialize(value) {
      await env.until(env.now() + 3000);
      return JSON.stringify(value);
    },
    async deserialize(text) {
      await env.until(env.now() + 500);
      return text === undefined ? undefined : (JSON.parse(text) as unknown);
    },
  };
}

type Handler = (context: DurableContext, env: Env) => Promise<unknown>;

async function faultsOf(
  handler: Handler,
  options: Partial<WorldOptions> & { config?: DurableExecutionConfig } = {},
): Promise<string[]> {
  const { config, ...world } = options;
  return replayFaults({ functions: programOf(handler, config), ...world });
}

describe("P3 a large result is rebuilt", () => {
  test("of a child context without operations", async () => {
    const faults = await faultsOf(async (context) => {
      const value = await context.runInChildContext("large", async () => LARGE);
      await context.wait({ seconds: 5 });
      return value.length;
    });
    expect(faults).toEqual([]);
  });

  test("of a combinator over operations that were settled before", async () => {
    const faults = await faultsOf(async (context) => {
      const steps = [context.step(async () => LARGE), context.step(async () => LARGE)];
      await Promise.all(steps);
      const values = await context.promise.all(steps);
      await context.wait({ seconds: 5 });
      return values.map((value) => value.length);
    });
    expect(faults).toEqual([]);
  });

  test("of a context that ended while operations in it were still running", async () => {
    const faults = await faultsOf(async (context, env) => {
      const trace: string[] = [];
      const value = await context.runInChildContext("outer", async (outer) => {
        void outer.step(async () => env.until(50_000)).then(() => trace.push("slow step"));
        void outer.runInChildContext("inner", async (inner) => {
          await inner.step(async () => 1);
          trace.push("inner");
          await inner.wait({ seconds: 100 });
          trace.push("never");
        });
        const branches = await outer.parallel([
          async (branch) => branch.step(async () => LARGE),
          async (branch) => {
            await branch.wait({ seconds: 3 });
            return branch.step(async () => LARGE);
          },
        ]);
        trace.push("branches");
        return branches.getResults().join("");
      });
      trace.push("outer");
      await context.wait({ seconds: 5 });
      return [value.length, trace];
    });
    expect(faults).toEqual([]);
  });

  test("of a batch, whose items start when they did: one may see what the one before it left behind", async () => {
    const faults = await faultsOf(async (context) => {
      const trace: string[] = [];
      const batch = await context.map(
        [0, 1, 2],
        async (item, index) => {
          trace.push(`start ${index} after ${trace.length}`);
          const value = await item.step(async () => LARGE);
          trace.push(`end ${index}`);
          return value;
        },
        { maxConcurrency: 1 },
      );
      await context.wait({ seconds: 5 });
      return [batch.totalCount, trace];
    });
    expect(faults).toEqual([]);
  });

  test("of a batch that ended early, with items in flight", async () => {
    const faults = await faultsOf(async (context, env) => {
      const trace: string[] = [];
      const batch = await context.map(
        [0, 1, 2, 3],
        async (item, index) => {
          trace.push(`start ${index}`);
          const value = await item.step(async () => {
            await env.until((10 - index) * 1000);
            return LARGE;
          });
          trace.push(`end ${index}`);
          return value;
        },
        { maxConcurrency: 2, completionConfig: { minSuccessful: 2 } },
      );
      trace.push(batch.completionReason);
      await context.wait({ seconds: 15 });
      return [batch.all.map(({ index, status }) => `${index} ${status}`), trace];
    });
    expect(faults).toEqual([]);
  });
});

describe("P3 contexts that keep their operations for plugins replay", () => {
  const config = { pluginsConfig: { childOperationsDepth: 2 } };

  test("when they have failed", async () => {
    const faults = await faultsOf(
      async (context) => {
        const failing = context.runInChildContext("failing", async (child) => {
          await child.step(async () => 1);
          throw new Error("after the step");
        });
        const message = await failing.catch((error: unknown) => (error as Error).message);
        await context.wait({ seconds: 5 });
        return message;
      },
      { config },
    );
    expect(faults).toEqual([]);
  });

  test("when some of a batch, or the submitter of a callback, has failed", async () => {
    const faults = await faultsOf(
      async (context) => {
        const fail = async (): Promise<never> => {
          throw new Error("no");
        };
        const batch = await context.map([1, 2], (item, number) =>
          item.step(async () => (number === 2 ? fail() : number), NO_RETRY),
        );
        const submitted = context.waitForCallback(fail, NO_RETRY);
        const name = await submitted.catch((error: unknown) => (error as Error).name);
        await context.wait({ seconds: 5 });
        return [batch.status, name];
      },
      { config },
    );
    expect(faults).toEqual([]);
  });
});

describe("P15 contexts that keep their operations for plugins replay", () => {
  for (const childOperationsDepth of [1, 2, 3]) {
    const config = { pluginsConfig: { childOperationsDepth } };

    test(`with the value that they had, whatever their functions come to, at depth ${childOperationsDepth}`, async () => {
      let count = 0;
      const faults = await faultsOf(
        async (context) => {
          const value = await context.runInChildContext("counting", async (child) => {
            await child.step(async () => 1);
            return ++count;
          });
          const recorded = await context.step("recorded", async () => value);
          await context.wait({ seconds: 5 });
          return value === recorded;
        },
        { config },
      );
      expect(faults).toEqual([]);
    });

    for (const nesting of ["NESTED", "FLAT"] as const) {
      test(`when a ${nesting} batch ended early, at depth ${childOperationsDepth}`, async () => {
        const faults = await faultsOf(
          async (context, env) => {
            const seen: unknown[] = [];
            for (const durations of [[], [1, 1], [1, 9, 2], [9, 2]]) {
              const batch = await context.map(
                "early",
                [0, 1, 2],
                (item, index) =>
                  item.step(`item ${index}`, async () => {
                    const seconds = durations[index] ?? 0;
                    if (seconds > 0) await env.service(`item ${index} of ${durations.join()}`, seconds * 1000);
                    return index;
                  }),
                { completionConfig: { minSuccessful: 1 }, nesting },
              );
              const text = JSON.stringify([batch.completionReason, batch.all.map(({ status }) => status)]);
              seen.push([text, (await context.step("seen", async () => text)) === text]);
            }
            await context.wait({ seconds: 60 });
            return seen;
          },
          { config },
        );
        expect(faults).toEqual([]);
      });
    }
  }
});

describe("P3 a slow serdes changes no order", () => {
  for (const seconds of [1, 10]) {
    const beside = `beside a wait of ${seconds} s`;
    /** What comes first, and what the code does with it. */
    async function race(context: DurableContext, operation: Promise<unknown>): Promise<unknown> {
      const trace: string[] = [];
      const first = await Promise.race([
        operation.then(() => trace.push("operation") && "operation"),
        context.wait({ seconds }).then(() => trace.push("wait") && "wait"),
      ]);
      await context.step(`after the ${first}`, async () => first);
      await operation;
      await context.wait({ seconds: 20 });
      return trace;
    }

    test(`of a step, ${beside}`, async () => {
      const program: Handler = async (context, env) =>
        race(
          context,
          context.step(async () => 1, { serdes: slowSerdes(env) }),
        );
      expect(await faultsOf(program)).toEqual([]);
    });

    test(`of a child context, ${beside}`, async () => {
      const program: Handler = async (context, env) =>
        race(
          context,
          context.runInChildContext(async (child) => child.step(async () => LARGE), { serdes: slowSerdes(env) }),
        );
      expect(await faultsOf(program)).toEqual([]);
    });

    test(`of a virtual context, ${beside}`, async () => {
      const program: Handler = async (context, env) =>
        race(
          context,
          context.runInChildContext(async (child) => child.step(async () => 1), {
            serdes: slowSerdes(env),
            virtualContext: true,
          }),
        );
      expect(await faultsOf(program)).toEqual([]);
    });

    test(`of the items of a flat map, ${beside}`, async () => {
      const program: Handler = async (context, env) =>
        race(
          context,
          context.map([1, 2], (item, number) => item.step(async () => number), {
            itemSerdes: slowSerdes(env) as Serdes<number>,
            nesting: "FLAT",
          }),
        );
      expect(await faultsOf(program)).toEqual([]);
    });
  }
});

describe("P3 a context hands its value over at the same place, whether its end is recorded or not", () => {
  const step = (context: DurableContext, label: string): Promise<string> => context.step(label, async () => label);

  async function hops(count: number): Promise<void> {
    for (let hop = 0; hop < count; hop++) await Promise.resolve();
  }

  /** What code sees of children that end together: each looks again a few microtasks after its end. */
  async function traced(trace: string[], label: string, child: PromiseLike<unknown>, later: number): Promise<string> {
    trace.push(`${label}: ${JSON.stringify(await child)}`);
    await hops(later);
    trace.push(`${label} later`);
    return label;
  }

  test("when children end together, and what follows from them takes different ways", async () => {
    const program: Handler = async (context) => {
      const trace: string[] = [];
      const children = [9, 0, 5, 2].map((later, index) =>
        traced(
          trace,
          `child ${index}`,
          context.runInChildContext(`child ${index}`, (child) => step(child, `step ${index}`)),
          later,
        ),
      );
      const winner = await Promise.race(children);
      trace.push(await step(context, `after ${winner}`));
      await Promise.all(children);
      trace.push(await step(context, "after all"));
      await context.wait({ seconds: 1 });
      return trace;
    };
    expect(await faultsOf(program)).toEqual([]);
  });

  test("when one result ends several contexts at once", async () => {
    const program: Handler = async (context) => {
      const trace: string[] = [];
      const shared = step(context, "shared");
      const children = [0, 3, 1].map((before, index) =>
        traced(
          trace,
          `child ${index}`,
          context.runInChildContext(`child ${index}`, async () => {
            const value = await shared;
            await hops(before);
            return value;
          }),
          4 - before,
        ),
      );
      await Promise.race(children);
      trace.push(await step(context, `after ${trace.join()}`.slice(0, 100)));
      await Promise.all(children);
      await context.wait({ seconds: 1 });
      return trace;
    };
    expect(await faultsOf(program)).toEqual([]);
  });

  test("when one result ends several contexts, and the process dies when some of them are recorded", async () => {
    const program: Handler = async (context, env) => {
      const trace: string[] = [];
      const shared = step(context, "shared");
      const slow = { serdes: slowSerdes(env) as Serdes<string> };
      const children = [{}, slow, {}, slow].map((config, index) =>
        traced(
          trace,
          `child ${index}`,
          context.runInChildContext(`child ${index}`, async () => shared, config),
          0,
        ),
      );
      const beside = traced(trace, "wait", context.wait({ seconds: 2 }), 0);
      await Promise.all([...children, beside]);
      trace.push(await step(context, "after"));
      await context.wait({ seconds: 20 });
      return trace;
    };
    expect(await faultsOf(program)).toEqual([]);
  });

  for (const ms of [850, 950, 1100, 1200, 1500]) {
    test(`when a timer and a callback are recorded between its end, at ${ms} ms, and its record`, async () => {
      const program: Handler = async (context, env) => {
        const trace: string[] = [];
        const [outside] = await context.createCallback("outside");
        const all = [
          traced(
            trace,
            "child",
            context.runInChildContext("child", (child) => child.step("slow", async () => env.until(ms))),
            3,
          ),
          traced(trace, "wait", context.wait("wait", { seconds: 1 }), 0),
          traced(trace, "callback", outside, 5),
          traced(
            trace,
            "other",
            context.runInChildContext("other", (child) => child.wait({ seconds: 1 })),
            1,
          ),
        ];
        const first = await Promise.race(all);
        const late = context.step("long", async () => env.until(5000));
        await Promise.all(all);
        trace.push(await step(context, `after ${first}`));
        await late;
        await context.wait({ seconds: 1 });
        return trace;
      };
      const answers = { outside: { after: 1150, outcome: { type: "SUCCEEDED", result: '"yes"' } } } as const;
      expect(await faultsOf(program, { answers })).toEqual([]);
    });
  }

  test("when contexts in each other end in one turn", async () => {
    const program: Handler = async (context) => {
      const trace: string[] = [];
      const nest = (outer: DurableContext, depth: number): Promise<unknown> =>
        depth === 0
          ? step(outer, "innermost")
          : outer.runInChildContext(`level ${depth}`, async (child) => {
              await nest(child, depth - 1);
              return depth;
            });
      const four = traced(trace, "four", nest(context, 4), 0);
      const two = traced(trace, "two", nest(context, 2), 5);
      const beside = traced(trace, "beside", step(context, "beside"), 3);
      trace.push(await Promise.race([four, two, beside]));
      trace.push(await step(context, "after the first"));
      await Promise.all([four, two, beside]);
      trace.push(await step(context, "after"));
      await context.wait({ seconds: 1 });
      return trace;
    };
    expect(await faultsOf(program)).toEqual([]);
  });

  test("when it fails, is large, or is never awaited", async () => {
    const program: Handler = async (context) => {
      const trace: string[] = [];
      const failing = context.runInChildContext("failing", async (child) => {
        await step(child, "before the failure");
        throw new Error("no");
      });
      const large = context.runInChildContext("large", async (child) => `${await step(child, "in large")}${LARGE}`);
      void context.runInChildContext("alone", (child) => step(child, "in alone"));
      const children = [
        traced(
          trace,
          "failing",
          failing.catch((error: unknown) => (error as Error).message),
          2,
        ),
        traced(
          trace,
          "large",
          large.then(({ length }) => length),
          1,
        ),
        traced(
          trace,
          "small",
          context.runInChildContext("small", (child) => step(child, "in small")),
          0,
        ),
      ];
      trace.push(await Promise.race(children));
      trace.push(await step(context, "after the first"));
      await Promise.all(children);
      await context.wait({ seconds: 1 });
      return trace;
    };
    expect(await faultsOf(program)).toEqual([]);
  });

  for (const maxConcurrency of [1, 2, 5]) {
    for (const minSuccessful of [1, 3, 4]) {
      test(`of a batch that ends after ${minSuccessful}, ${maxConcurrency} at a time`, async () => {
        const program: Handler = async (context, env) => {
          const trace: string[] = [];
          const item = async (child: DurableContext, value: number, index: number): Promise<number> => {
            trace.push(`start ${index}`);
            await step(child, `first ${index}`);
            if (value > 0) await child.step(`slow ${index}`, async () => env.service(`slow ${index}`, value * 1000));
            await step(child, `last ${index}`);
            return value;
          };
          const batch = await context.map("batch", [0, 2, 0, 1, 0, 0], item, {
            maxConcurrency,
            completionConfig: { minSuccessful },
          });
          const seen = batch.all.map(({ status }) => status).join();
          const recorded = await context.step("seen", async () => seen);
          await context.wait({ seconds: 9 });
          return [seen, recorded === seen, batch.completionReason];
        };
        expect(await faultsOf(program)).toEqual([]);
      });
    }
  }

  test("however deep contexts lie in each other, and however many end together", async () => {
    const nest = async (outer: DurableContext, depth: number): Promise<number> =>
      depth === 0 ? outer.step(async () => 0) : 1 + (await outer.runInChildContext((child) => nest(child, depth - 1)));
    const handler = programOf(async (context) => {
      const items = Array.from({ length: 20_000 }, (_, index) => index);
      const [depth, batch] = await Promise.all([nest(context, 500), context.map(items, async (_item, value) => value)]);
      return [depth, batch.successCount];
    });
    expect(await new World({ functions: handler, checksInvariants: false }).run()).toMatchObject({
      status: "SUCCEEDED",
      result: [500, 20_000],
    });
  });

  test("of children whose serdes take their time, the last to end being the first to be read", async () => {
    const program: Handler = async (context, env) => {
      const trace: string[] = [];
      const slow = slowSerdes(env) as Serdes<string>;
      const children = [slow, undefined, slow].map((serdes, index) =>
        traced(
          trace,
          `child ${index}`,
          context.runInChildContext(`child ${index}`, (child) => step(child, `step ${index}`), serdes && { serdes }),
          0,
        ),
      );
      const waits = [2, 4].map((seconds) => traced(trace, `wait ${seconds}`, context.wait({ seconds }), 0));
      trace.push(await Promise.race(children));
      await Promise.all([...children, ...waits]);
      trace.push(await step(context, "after"));
      await context.wait({ seconds: 20 });
      return trace;
    };
    expect(await faultsOf(program)).toEqual([]);
  });
});

describe("P3 replay answers as the live run did", () => {
  test("in a loop of races between callbacks and their time", async () => {
    const program: Handler = async (context) => {
      const answers: unknown[] = [];
      for (const round of [1, 2, 3]) {
        const [answer] = await context.createCallback(`round ${round}`);
        const late = context.wait({ seconds: 60 }).then(() => "late");
        answers.push(await Promise.race([answer, late]));
        await context.step(`noted ${String(answers.at(-1))}`, async () => round);
      }
      await context.wait({ seconds: 300 });
      return answers;
    };
    const answers = {
      "round 1": { after: 10_000, outcome: { type: "SUCCEEDED", result: '"first"' } },
      "round 2": { after: 90_000, outcome: { type: "SUCCEEDED", result: '"too late"' } },
      "round 3": { after: 59_000, outcome: { type: "SUCCEEDED", result: '"third"' } },
    } as const;
    expect(await faultsOf(program, { answers })).toEqual([]);
  });

  test("with operations that nobody awaits", async () => {
    const program: Handler = async (context, env) => {
      void context.step(async () => env.until(1000));
      void context.wait({ seconds: 3 });
      void context.runInChildContext(async (child) => child.wait({ seconds: 5 }));
      await context.wait({ seconds: 2 });
      await context.wait({ seconds: 6 });
      return "done";
    };
    expect(await faultsOf(program)).toEqual([]);
  });

  test("with batches of nothing", async () => {
    const program: Handler = async (context) => {
      const map = await context.map([], async () => 1);
      const parallel = await context.parallel([]);
      await context.wait({ seconds: 1 });
      return [map.totalCount, map.completionReason, parallel.totalCount];
    };
    expect(await faultsOf(program)).toEqual([]);
  });

  test("when the code between two operations takes its time", async () => {
    const program: Handler = async (context, env) => {
      const trace: string[] = [];
      await context.step(async () => 1);
      await env.until(env.now() + 5000);
      void context.step(async () => 2).then((value) => trace.push(`step ${value}`));
      await env.until(env.now() + 5000);
      trace.push("time");
      await context.step(async () => 3);
      return trace;
    };
    expect(await faultsOf(program)).toEqual([]);
  });
});
