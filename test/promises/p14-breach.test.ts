/**
 * P14: a breach of determinism stops the handler in band at the call that breaches. It never sees another operation's
 * value; the error names both sides; the execution halts, can be repaired, and goes on.
 */

import { describe, expect, test } from "vitest";
import type { DurableContext } from "../../src/lambda-compat/types.ts";
import { type Env, EXECUTION_ID, programOf, World, type WorldOutcome } from "./world.ts";

type Program = (context: DurableContext, env: Env) => Promise<unknown>;

/** What was recorded before the code changed: one operation of each kind that may be mistaken for another. */
const recorded: Program = async (context) => {
  const secret = await context.step("first", async () => "secret of first");
  await context.wait("second", { seconds: 1 });
  await context.runInChildContext("third", async (child) => child.step("inside", async () => "secret of inside"));
  await context.wait("fourth", { days: 1 });
  return secret;
};

const RESULT = "secret of first";

/** An execution that the recorded program has taken to its fourth operation. */
async function begun(): Promise<World> {
  const world = new World({ functions: programOf(recorded), limitMs: 30 * 86_400_000 });
  world.boot();
  await world.clock.advance(5000);
  expect(world.ledger.states.get(EXECUTION_ID)?.operations.get("4")?.status).toBe("STARTED");
  return world;
}

async function changedTo(world: World, program: Program): Promise<WorldOutcome> {
  world.functions = programOf(program);
  world.boot();
  return world.run();
}

interface Breach {
  readonly what: string;
  readonly program: (context: DurableContext, seen: unknown[]) => Promise<unknown>;
  /** What the error must name. */
  readonly names: readonly string[];
}

const breaches: readonly Breach[] = [
  {
    what: "another type",
    program: async (context, seen) => {
      seen.push(await context.wait("first", { seconds: 1 }));
    },
    names: ["type", '"1"', '"STEP"', '"WAIT"'],
  },
  {
    what: "another name",
    program: async (context, seen) => {
      seen.push(await context.step("renamed", async () => "fresh"));
    },
    names: ["name", '"1"', '"first"', '"renamed"'],
  },
  {
    what: "no name any more",
    program: async (context, seen) => {
      seen.push(await context.step(async () => "fresh"));
    },
    names: ["name", '"1"', '"first"', '"undefined"'],
  },
  {
    what: "another sub type",
    program: async (context, seen) => {
      const check = async (): Promise<string> => "fresh";
      seen.push(
        await context.waitForCondition("first", check, {
          initialState: "",
          waitStrategy: () => ({ shouldContinue: false }),
        }),
      );
    },
    names: ["subtype", '"1"', '"Step"', '"WaitForCondition"'],
  },
  {
    what: "a step inserted in front",
    program: async (context, seen) => {
      seen.push(await context.step("new", async () => "fresh"));
      seen.push(await context.step("first", async () => "fresh"));
    },
    names: ["name", '"1"', '"first"', '"new"'],
  },
  {
    what: "two operations in the other order",
    program: async (context, seen) => {
      const wait = context.wait("second", { seconds: 1 });
      seen.push(await context.step("first", async () => "fresh"));
      seen.push(await wait);
    },
    names: ["type", '"1"', '"STEP"', '"WAIT"'],
  },
  {
    what: "another name deep inside, where the context is still open",
    program: async (context, seen) => {
      expect(await context.step("first", async () => "fresh")).toBe(RESULT);
      await context.wait("second", { seconds: 1 });
      await context.runInChildContext("third", async (child) => child.step("inside", async () => "fresh"));
      seen.push(await context.step("fourth", async () => "fresh"));
    },
    names: ["type", '"4"', '"WAIT"', '"STEP"'],
  },
];

describe("P14 code that calls something else than the log holds", () => {
  test.each(breaches)("stops at the call: $what", async ({ program, names }) => {
    const seen: unknown[] = [];
    const world = await begun();
    const before = world.ledger.bodies(EXECUTION_ID);
    const { header, status } = await changedTo(world, (context) => program(context, seen));
    expect(seen).toEqual([]);
    expect(status).toBe("RUNNING");
    expect(header.halt).toMatchObject({
      reason: "NON_DETERMINISM",
      error: { errorType: "NonDeterministicExecutionError" },
    });
    for (const name of names) expect(header.halt?.error.errorMessage).toContain(name);
    // Nothing is recorded but the halt.
    expect(world.ledger.bodies(EXECUTION_ID).slice(0, before.length)).toEqual(before);
    expect(world.ledger.bodies(EXECUTION_ID)).toHaveLength(before.length + 1);
    expect(world.ledger.row(EXECUTION_ID)?.halted).toBe(true);
  });

  test("gets the error thrown at it, and goes no further if it catches it", async () => {
    const seen: string[] = [];
    const world = await begun();
    const { header } = await changedTo(world, async (context) => {
      try {
        await context.step("renamed", async () => seen.push("ran"));
      } catch (error) {
        seen.push((error as Error).name);
      }
      seen.push(String(await context.step("first", async () => "fresh")));
      return "no";
    });
    expect(seen).toEqual(["NonDeterministicExecutionError"]);
    expect(header.halt?.reason).toBe("NON_DETERMINISM");
  });

  test("says so when it no longer calls what the log has a result of", async () => {
    const world = await begun();
    const { header } = await changedTo(world, async (context) => {
      expect(await context.step("first", async () => "fresh")).toBe(RESULT);
      return new Promise(() => undefined);
    });
    expect(header.halt?.reason).toBe("NON_DETERMINISM");
    expect(header.halt?.error.errorMessage).toContain('the log holds the result of WAIT "second" (2)');
  });

  test("says so when a context that has succeeded fails as it runs again for its value", async () => {
    const large: Program = async (context) => {
      await context.runInChildContext("large", async () => "x".repeat(300_000));
      await context.wait("later", { days: 1 });
    };
    const world = new World({ functions: programOf(large), limitMs: 30 * 86_400_000 });
    world.boot();
    await world.clock.advance(5000);
    const { header } = await changedTo(world, async (context) => {
      await context.runInChildContext("large", () => Promise.reject(new Error("no longer there")));
      await context.wait("later", { days: 1 });
    });
    expect(header.halt?.reason).toBe("NON_DETERMINISM");
    expect(header.halt?.error.errorMessage).toContain('the log says that CONTEXT "large" (1) succeeded');
    expect(header.halt?.error.errorMessage).toContain("no longer there");
  });

  test("does not harm the operations beside it", async () => {
    const ran: string[] = [];
    const world = await begun();
    await changedTo(world, async (context) => {
      const branches = [
        context.step("first", async () => ran.push("first")),
        context.step("renamed", async () => ran.push("second")),
        context.step("third", async () => ran.push("third")),
      ];
      return Promise.all(branches);
    });
    await world.clock.advance(60_000);
    expect(ran).toEqual([]);
    expect([...(world.ledger.states.get(EXECUTION_ID)?.operations.keys() ?? [])]).toEqual(["1", "2", "3", "3-1", "4"]);
  });
});

describe("P14 a halted execution", () => {
  const changed: Program = async (context) => context.step("renamed", async () => "fresh");

  test("is invoked by nothing until it is resumed: no timer, no restart, no wake", async () => {
    const world = await begun();
    await changedTo(world, changed);
    let invocations = 0;
    world.functions = programOf(async () => {
      invocations++;
    });
    world.boot();
    await world.clock.advance(2 * 86_400_000);
    await world.clock.run(world.runner.wake(EXECUTION_ID));
    await world.clock.settle();
    expect(invocations).toBe(0);
    expect(world.header?.halt?.reason).toBe("NON_DETERMINISM");
  });

  test("goes on to its end with the repaired code, and what was complete does not run again", async () => {
    const world = await begun();
    await changedTo(world, changed);
    world.functions = programOf(recorded);
    world.boot();
    await world.runner.resume(EXECUTION_ID);
    const { status, result } = await world.run();
    expect([status, result]).toEqual(["SUCCEEDED", RESULT]);
    expect(world.ledger.row(EXECUTION_ID)).toMatchObject({ status: "SUCCEEDED" });
    expect(world.ledger.row(EXECUTION_ID)?.halted).toBeUndefined();
    expect(world.ledger.broken).toEqual([]);
  });

  test("halts again when it is resumed with the same code, as often as that is tried", async () => {
    const world = await begun();
    await changedTo(world, changed);
    for (let round = 0; round < 3; round++) {
      await world.runner.resume(EXECUTION_ID);
      await world.clock.settle();
      expect(world.header?.halt?.reason).toBe("NON_DETERMINISM");
    }
    world.functions = programOf(recorded);
    world.boot();
    await world.runner.resume(EXECUTION_ID);
    expect((await world.run()).result).toBe(RESULT);
  });

  test("keeps what came from outside meanwhile", async () => {
    const asking: Program = async (context) => {
      const [outcome] = await context.createCallback("question");
      return outcome;
    };
    const world = new World({ functions: programOf(asking) });
    await world.runUntil(() => (world.ledger.states.get(EXECUTION_ID)?.callbacks.size ?? 0) > 0);
    const [id = ""] = [...(world.ledger.states.get(EXECUTION_ID)?.callbacks.keys() ?? [])];
    await changedTo(world, changed);
    await world.runner.completeCallback(id, { type: "SUCCEEDED", result: "answer" });
    world.functions = programOf(asking);
    world.boot();
    await world.runner.resume(EXECUTION_ID);
    expect((await world.run()).result).toBe("answer");
  });

  test("may be stopped", async () => {
    const world = await begun();
    await changedTo(world, changed);
    await world.runner.stop(EXECUTION_ID, { errorMessage: "given up" });
    await world.clock.settle();
    expect(world.header).toMatchObject({ status: "STOPPED", error: { errorMessage: "given up" } });
  });
});
