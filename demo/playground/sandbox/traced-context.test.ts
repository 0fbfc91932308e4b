import { type DurableContext, withDurableExecution } from "perdure";
import { DurableTestRunner } from "perdure/testing";
import { expect, test } from "vitest";
import { type Trace, tracedContext } from "./traced-context.ts";

const silent: Trace = {
  began: () => undefined,
  reached: () => undefined,
  ran: () => undefined,
  inside: (_id, fn) => fn,
  saying: (_id, say) => say(),
  threw: () => undefined,
};

/** The place of each named operation's call, as the trace has it and as the log has it. */
async function positions(handler: (context: DurableContext) => Promise<unknown>): Promise<readonly unknown[]> {
  const traced = new Map<string, string>();
  const trace: Trace = {
    ...silent,
    reached: (id, { name }) => void (name === undefined || traced.set(name, id)),
  };
  const watched = withDurableExecution((_event: unknown, context) => handler(tracedContext(context, trace)));
  const { operations } = await new DurableTestRunner(watched).run();
  const logged = operations.flatMap(({ id, name = "" }) => (traced.has(name) ? [[name, id]] : []));
  return [Object.fromEntries(traced), Object.fromEntries(logged)];
}

test("counts positions as the engine does, in branches, items and children", async () => {
  const [traced, logged] = await positions(async (context) => {
    await context.step("first", async () => 1);
    await context.map("rows", [1, 2], async (item, row) => item.step(`row ${row}`, async () => row));
    await context.runInChildContext("inside", async (child) => child.step("deep", async () => 1));
    await context.parallel("both", [
      { name: "left", func: (branch) => branch.step("in left", async () => 1) },
      (branch) => branch.step("in right", async () => 1),
    ]);
    await context.step("last", async () => 1);
  });
  expect(traced).toEqual(logged);
  expect(Object.keys(traced as object)).toContain("in right");
});

test("counts calls on the outer context in a branch without a parameter where the engine counts them", async () => {
  const [traced, logged] = await positions(async (context) => {
    await context.parallel("all", [() => context.step("one", async () => 1), () => context.step("two", async () => 2)]);
    await context.step("after", async () => 3);
  });
  expect(traced).toEqual(logged);
  expect(traced).toMatchObject({ one: "1-1-1", two: "1-2-1", after: "2" });
});

test("tells which functions ran", async () => {
  const ran: string[] = [];
  const trace: Trace = { ...silent, began: () => ran.push("began"), ran: (id) => ran.push(id) };
  const handler = withDurableExecution(async (_event: unknown, outer) => {
    trace.began();
    const context = tracedContext(outer, trace);
    await context.step("first", async () => 1);
    await context.wait({ seconds: 1 });
    await context.step("second", async () => 2);
  });
  await new DurableTestRunner(handler).run();
  expect(ran).toEqual(["began", "1", "began", "3"]);
});

test("tells which operation a logger's line and an error come from", async () => {
  const told: string[] = [];
  const trace: Trace = {
    ...silent,
    saying: (id, say) => {
      told.push(`said by ${id}`);
      return say();
    },
    threw: (id, error) => told.push(`${(error as Error).message} thrown by ${id}`),
  };
  const handler = withDurableExecution(async (_event: unknown, outer) => {
    const context = tracedContext(outer, trace);
    context.logger.debug("in the handler");
    await context.runInChildContext("inside", async (child) => {
      child.logger.debug("in a child");
      await child.step("deep", async ({ logger }) => logger.debug("in a step"));
    });
    await context.step("bad", async () => Promise.reject(new Error("no")), {
      retryStrategy: () => ({ shouldRetry: false }),
    });
  });
  await new DurableTestRunner(handler).run().catch(() => undefined);
  expect(told).toEqual(["said by undefined", "said by 1", "said by 1-1", "no thrown by 2"]);
});
