/** What executions are found by, as handlers change it: recorded once, shown soon, at no commit of its own. */

import { expect, onTestFinished, test } from "vitest";
import { withDurableExecution } from "../../src/lambda-compat/with-durable-execution.ts";
import { exploreCrashes } from "../../src/testing/crash-explorer.ts";
import { Gate, HOUR, Processes, storeWith } from "./processes.ts";

const id = "order/one";
const start = { functionName: "order", name: "one" };

test("tags of a handler are shown while it runs, and need no commit of their own", async () => {
  const world = new Processes();
  const order = withDurableExecution(async (_: unknown, context) => {
    context.setTags({ stage: "charging", customer: "c-7" });
    await context.step("charge", async () => 1);
    context.setTags({ stage: "shipping", customer: null });
    await context.wait({ hours: 1 });
    context.setTags({ stage: "done" });
  });
  const runner = world.start({ order });
  await runner.start({ ...start, tags: { region: "eu" } });
  await world.clock.settle();
  expect(world.disk.row(id)?.tags).toEqual({ region: "eu", stage: "shipping" });
  expect((await runner.list({ tags: { stage: "shipping" }, limit: 5 })).rows).toHaveLength(1);
  expect((await runner.list({ tags: { stage: "charging" }, limit: 5 })).rows).toHaveLength(0);
  await world.clock.advance(HOUR);
  expect(await runner.describe(id)).toMatchObject({ status: "SUCCEEDED", tags: { region: "eu", stage: "done" } });
  expect(world.disk.row(id)).toMatchObject({ status: "SUCCEEDED", tags: { region: "eu", stage: "done" } });
  // Start; tags and charge; tags and wait; the timer; tags; the end.
  expect(world.disk.read(id, 1)?.bodies).toHaveLength(6);
});

test("tags wait for the record of a step that takes a while, and are one commit with it", async () => {
  const world = new Processes();
  const gate = new Gate();
  const order = withDurableExecution(async (_: unknown, context) => {
    context.setTags({ stage: "charging" });
    await context.step("charge", () => gate.passed);
  });
  const runner = world.start({ order });
  await runner.start(start);
  await world.clock.advance(100);
  gate.open();
  await world.clock.settle();
  expect(world.story(id)).toEqual([
    "EXECUTION_STARTED",
    "SUCCEEDED 1",
    "STARTED 2",
    "SUCCEEDED 2",
    "INVOCATION_COMPLETED",
    "EXECUTION_SUCCEEDED",
  ]);
  expect(world.disk.read(id, 1)?.bodies).toHaveLength(3);
});

test("tags that nothing is recorded with are shown after a quarter of a second, while a step goes on", async () => {
  const world = new Processes();
  let finish = (): void => {};
  const order = withDurableExecution(async (_: unknown, context) => {
    context.setTags({ stage: "charging" });
    await context.step("charge", () => new Promise<void>((resolve) => (finish = resolve)));
  });
  const runner = world.start({ order });
  await runner.start(start);
  await world.clock.settle();
  await world.clock.advance(300);
  expect(world.disk.row(id)?.tags).toEqual({ stage: "charging" });
  finish();
  await world.clock.settle();
  expect((await runner.describe(id)).status).toBe("SUCCEEDED");
});

test("a row that could not be written is written later", async () => {
  const world = new Processes();
  let refusals = 3;
  const order = withDurableExecution(async (_: unknown, context) => {
    context.setTags({ stage: "waiting" });
    await context.wait({ hours: 1 });
  });
  const runner = world.start(
    { order },
    {
      store: (store) =>
        storeWith(store, {
          putRow: (row) => {
            if (refusals-- > 0) throw new Error("refused");
            return store.putRow(row);
          },
        }),
    },
  );
  await runner.start(start);
  await world.clock.settle();
  expect(world.disk.row(id)?.tags).toBeUndefined();
  await world.clock.advance(30_000);
  expect(world.disk.row(id)?.tags).toEqual({ stage: "waiting" });
});

test("a change that goes over the limit is refused at the call, now and on replay", async () => {
  const world = new Processes();
  const seen: string[] = [];
  const order = withDurableExecution(async (_: unknown, context) => {
    context.setTags(Object.fromEntries(Array.from({ length: 9 }, (__, at) => [`k${at}`, "v"])));
    try {
      context.setTags({ one: "v", more: "v" });
    } catch (error) {
      const { name, message } = error as Error;
      seen.push(`${name}: ${message}`);
    }
    context.setTags({ k0: null, k1: null, one: "v", more: "v" });
    await context.wait({ seconds: 1 });
    return "done";
  });
  const runner = world.start({ order }, { parks: false });
  await runner.start({ ...start, tags: { region: "eu" } });
  await world.clock.advance(5000);
  const refusal =
    'InvalidArgumentError: context.setTags: Tag "one" would be one of 12 tags of the execution; the limit is 10.';
  expect(seen).toEqual([refusal, refusal]);
  const { status, tags } = await runner.describe(id);
  expect([status, Object.keys(tags ?? {})]).toEqual([
    "SUCCEEDED",
    ["region", "k2", "k3", "k4", "k5", "k6", "k7", "k8", "one", "more"],
  ]);
});

test("what cannot be a tag is refused at the call, and nothing is recorded of it", async () => {
  const world = new Processes();
  const order = withDurableExecution(async (_: unknown, context) => {
    context.setTags({ customer: "x".repeat(300) });
  });
  const runner = world.start({ order });
  await runner.start(start);
  await world.clock.settle();
  expect(await runner.describe(id)).toMatchObject({
    status: "FAILED",
    error: {
      errorType: "InvalidArgumentError",
      errorMessage: 'context.setTags: The value of tag "customer" has 300 characters; the limit is 256.',
    },
  });
  expect(world.story(id)).toEqual(["EXECUTION_STARTED", "INVOCATION_COMPLETED", "EXECUTION_FAILED"]);
});

test("tags in contexts that are run again for their values, in items without a record and at the very end are set once", async () => {
  const world = new Processes();
  const warnings: unknown[] = [];
  const { warn } = console;
  console.warn = (...said: unknown[]) => void warnings.push(said);
  onTestFinished(() => void (console.warn = warn));
  const order = withDurableExecution(async (_: unknown, context) => {
    const large = await context.runInChildContext("large", async (child) => {
      child.setTags({ large: "begun" });
      await child.step(async () => 1);
      child.setTags({ large: "done" });
      return "x".repeat(300_000);
    });
    await context.wait({ seconds: 1 });
    await context.map([1, 2, 3], async (item, number) => item.setTags({ [`item-${number}`]: "yes" }), {
      nesting: "FLAT",
    });
    await context.wait({ seconds: 1 });
    context.setTags({ large: null, length: String(large.length) });
  });
  const runner = world.start({ order }, { parks: false });
  await runner.start(start);
  await world.clock.advance(5000);
  const tags = { "item-1": "yes", "item-2": "yes", "item-3": "yes", length: "300000" };
  expect(await runner.describe(id)).toMatchObject({ status: "SUCCEEDED", tags });
  const changes = world.facts(id).filter((fact) => "subType" in fact && fact.subType === "Tags");
  expect(changes).toHaveLength(6);
  expect(warnings).toEqual([]);
});

test("a change inside of a step is refused like any other operation there", async () => {
  const world = new Processes();
  const order = withDurableExecution(async (_: unknown, context) => {
    await context.step("charge", async () => context.setTags({ stage: "charging" }));
  });
  const runner = world.start({ order });
  await runner.start(start);
  await world.clock.settle();
  const { status, error, tags } = await runner.describe(id);
  expect([status, tags]).toEqual(["FAILED", undefined]);
  expect(error?.errorMessage).toContain("setTags");
});

test("tags are those that the code has set last, wherever it crashes", async () => {
  const exploration = await exploreCrashes({
    start: { functionName: "program", name: "one", input: "{}" },
    functions: () => ({
      program: withDurableExecution(async (_: unknown, context) => {
        context.setTags({ left: "0", right: "0", gone: "0" });
        await context.parallel([
          async (branch) => {
            branch.setTags({ left: "1" });
            await branch.wait({ seconds: 5 });
            branch.setTags({ left: "2" });
          },
          async (branch) => {
            await branch.step(async () => "step");
            branch.setTags({ right: "1", gone: null });
          },
        ]);
        return "done";
      }),
    }),
  });
  expect(exploration.outcome).toContain('tags {"left":"2","right":"1"}');
  expect(exploration.runs).toBeGreaterThan(10);
});

test.each([[{ customer: "c-7" }], [{}]])(
  "a fork, and an execution that was rewound, have the tags that were set by that point, after a start with %o",
  async (first) => {
    const world = new Processes();
    let holds = false;
    const order = withDurableExecution(async (_: unknown, context) => {
      context.setTags({ stage: "begun", until: "packed" });
      await context.step("pack", () => (holds ? new Promise<void>(() => {}) : Promise.resolve()));
      context.setTags({ stage: "packed", until: null, box: "b-1", customer: "c-8" });
      await context.step("ship", async () => undefined);
    });
    const runner = world.start({ order });
    await runner.start({ functionName: "order", name: "one", tags: first });
    await world.clock.settle();
    const { tags, status } = await runner.describe("order/one");
    expect([status, tags]).toEqual(["SUCCEEDED", { customer: "c-8", stage: "packed", box: "b-1" }]);
    holds = true;
    const events = (await runner.history("order/one", { limit: 100, includeData: false })).events;
    const operationId = events.find(({ name }) => name === "pack")?.id ?? "";
    await runner.fork("order/one", { name: "two", operationId });
    await runner.rewind("order/one", { operationId });
    await world.clock.settle();
    for (const id of ["order/one", "order/two"])
      expect((await runner.describe(id)).tags).toEqual({ ...first, stage: "begun", until: "packed" });
  },
);
