/** P13: when an invocation is over its context is closed. A late call runs nothing and writes nothing. */

import { describe, expect, test } from "vitest";
import type { DurableContext } from "../../src/lambda-compat/types.ts";
import { EXECUTION_ID, programOf, World } from "./world.ts";

/** Calls every operation; none of them may have any effect. Gives the number of calls that threw. */
function callEverything(context: DurableContext, ran: string[]): number {
  const run = (name: string) => async (): Promise<string> => {
    ran.push(name);
    return name;
  };
  const calls: (() => PromiseLike<unknown>)[] = [
    () => context.step("late step", run("step")),
    () => context.step("late once", run("once"), { semantics: "AT_MOST_ONCE_PER_RETRY" }),
    () => context.wait("late wait", { seconds: 1 }),
    () => context.createCallback("late callback"),
    () => context.waitForCallback("late submitter", async () => void ran.push("submitter")),
    () => context.invoke("late invoke", "callee", 1),
    () => context.runInChildContext("late child", run("child")),
    () => context.runInChildContext("late virtual", run("virtual"), { virtualContext: true }),
    () => context.map("late map", [1], run("map")),
    () => context.parallel("late parallel", [run("parallel")]),
    () =>
      context.waitForCondition("late condition", run("condition"), {
        initialState: "",
        waitStrategy: () => ({ shouldContinue: false }),
      }),
    () => context.promise.all("late all", [context.step(run("step of all"))]),
    () => context.promise.race("late race", [context.wait({ seconds: 1 })]),
  ];
  let thrown = 0;
  for (const call of calls) {
    try {
      // Looking at the promise is what starts some of them.
      call().then(
        () => ran.push("settled"),
        () => ran.push("rejected"),
      );
    } catch {
      thrown++;
    }
  }
  return thrown;
}

interface Late {
  readonly world: World;
  readonly ran: string[];
  /** The context, once the program has handed it out. */
  context: DurableContext | undefined;
}

function late(program: (context: DurableContext, late: Late, world: World) => Promise<unknown>, parks = true): Late {
  const ran: string[] = [];
  const world: World = new World({
    parks,
    functions: (env) => ({
      ...programOf((context) => program(context, made, world))(env),
      callee: async () => ran.push("callee"),
    }),
  });
  const made: Late = { world, ran, context: undefined };
  return made;
}

async function expectNothing({ world, ran }: Late, context: DurableContext | undefined): Promise<void> {
  const { length } = world.ledger.writes;
  const { size } = world.ledger.states;
  expect(context && callEverything(context, ran)).toBe(0);
  await world.clock.advance(3_600_000);
  expect(ran).toEqual([]);
  expect(world.ledger.writes.slice(length)).toEqual([]);
  expect(world.ledger.states.size).toBe(size);
  expect(world.errors).toEqual([]);
}

describe("P13 a late call runs nothing and writes nothing", () => {
  test("after the invocation was suspended", async () => {
    const made = late(async (context, self) => {
      self.context ??= context;
      await context.wait({ days: 1 });
      return "done";
    }, false);
    made.world.boot();
    await made.world.clock.advance(1000);
    await expectNothing(made, made.context);
    expect((await made.world.run()).result).toBe("done");
  });

  test("after the execution has succeeded", async () => {
    const made = late(async (context, self) => {
      self.context = context;
      return context.step(async () => "done");
    });
    expect((await made.world.run()).result).toBe("done");
    await expectNothing(made, made.context);
  });

  test("after the execution has failed, been stopped or run out of time", async () => {
    const failed = late(async (context, self) => {
      self.context = context;
      throw new Error("over");
    });
    expect((await failed.world.run()).status).toBe("FAILED");
    await expectNothing(failed, failed.context);

    const stopped = late(async (context, self) => {
      self.context = context;
      return context.wait({ days: 1 });
    });
    stopped.world.boot();
    await stopped.world.clock.advance(1000);
    await stopped.world.runner.stop(EXECUTION_ID);
    await stopped.world.clock.settle();
    await expectNothing(stopped, stopped.context);
    expect(stopped.world.header?.status).toBe("STOPPED");
  });

  test("by code of the handler that still runs when the handler has returned", async () => {
    const made = late(async (context, self, world) => {
      void (async () => {
        await new Promise<void>((resolve) => world.clock.host().timer(world.clock.now() + 5000, resolve));
        self.ran.push("code");
        callEverything(context, self.ran);
      })();
      return context.step(async () => "done");
    });
    expect((await made.world.run()).result).toBe("done");
    const { length } = made.world.ledger.writes;
    await made.world.clock.advance(60_000);
    expect(made.ran).toEqual(["code"]);
    expect(made.world.ledger.writes).toHaveLength(length);
  });

  test("after a breach of determinism, in code that caught the error", async () => {
    const ran: string[] = [];
    const world = new World({ functions: programOf(async (context) => context.wait("recorded", { days: 1 })) });
    world.boot();
    await world.clock.advance(1000);
    world.functions = programOf(async (context) => {
      try {
        await context.step("another", async () => ran.push("another"));
      } catch {
        ran.push(`caught, then ${callEverything(context, ran)} threw`);
      }
      return "done";
    });
    world.boot();
    const { header } = await world.run();
    await world.clock.advance(60_000);
    expect(header.halt?.reason).toBe("NON_DETERMINISM");
    expect(ran).toEqual(["caught, then 0 threw"]);
    expect(Object.keys(Object.fromEntries(world.ledger.states.get(EXECUTION_ID)?.operations ?? []))).toEqual(["1"]);
  });

  test("in a child context that has finished, from its own code", async () => {
    const made = late(async (context, self) => {
      const value = await context.runInChildContext("child", async (child) => {
        void (async () => {
          await child.step("first", async () => 1);
          // The child has returned by the time this runs.
          self.ran.push("never");
          callEverything(child, self.ran);
        })();
        return "child";
      });
      await context.wait({ seconds: 10 });
      return value;
    });
    expect((await made.world.run()).result).toBe("child");
    expect(made.ran).toEqual([]);
    const names = [...(made.world.ledger.states.get(EXECUTION_ID)?.operations.values() ?? [])].map(({ name }) => name);
    expect(names.filter((name) => name?.startsWith("late"))).toEqual([]);
  });

  test.each(["recorded", "virtual"])(
    "in a %s child context that has finished, from code that went on by itself",
    async (kind) => {
      const made = late(async (context, self, world) => {
        const host = world.clock.host();
        const value = await context.runInChildContext(
          "child",
          async (child) => {
            void (async () => {
              await new Promise<void>((resolve) => host.timer(world.clock.now() + 3000, resolve));
              self.ran.push("code");
              callEverything(child, self.ran);
            })();
            return "child";
          },
          { virtualContext: kind === "virtual" },
        );
        await context.wait({ seconds: 10 });
        return value;
      });
      expect((await made.world.run()).result).toBe("child");
      expect(made.ran).toEqual(["code"]);
      const names = [...(made.world.ledger.states.get(EXECUTION_ID)?.operations.values() ?? [])].map(
        ({ name }) => name,
      );
      expect(names.filter((name) => name?.startsWith("late"))).toEqual([]);
    },
  );
});

test("P13 the result of a step that outlives its invocation is not recorded", async () => {
  const world = new World({
    functions: programOf(async (context, env) => {
      void context.step("slow", async () => {
        env.ran("slow");
        await env.until(60_000);
        return "too late";
      });
      await context.step("quick", async () => 1);
      return "done";
    }),
  });
  expect((await world.run()).result).toBe("done");
  await world.clock.advance(120_000);
  expect(world.runs.map(({ name }) => name)).toEqual(["slow"]);
  expect(world.ledger.bodies(EXECUTION_ID).join("")).not.toContain("too late");
});
