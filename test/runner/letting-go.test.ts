import { expect, test } from "vitest";
import { withDurableExecution } from "../../src/lambda-compat/with-durable-execution.ts";
import { Gate, HOUR, Processes, storeWith } from "./processes.ts";

test("what runs when its host is closed records nothing, and nothing more begins", async () => {
  const world = new Processes();
  const { clock, disk } = world;
  const gate = new Gate();
  const ran: string[] = [];
  const order = withDurableExecution(async (_: unknown, context) => {
    await context.step("first", async () => {
      ran.push("first");
      await gate.passed;
    });
    await context.step("second", async () => void ran.push("second"));
  });
  const runner = world.start({ order });
  await runner.start({ functionName: "order", name: "one" });
  await clock.settle();
  runner.close();
  const recorded = disk.read("order/one", 1)?.bodies.length;
  gate.open();
  await clock.advance(HOUR);
  expect(ran).toEqual(["first"]);
  expect(disk.read("order/one", 1)?.bodies.length).toBe(recorded);
});

test("a command that lands while its host is closed sets nothing off there", async () => {
  const world = new Processes();
  const { clock } = world;
  const gate = new Gate();
  let isHeld = false;
  let callback = "";
  let runs = 0;
  const order = withDurableExecution(async (_: unknown, context) => {
    const [answer, callbackId] = await context.createCallback("approval");
    callback = callbackId;
    await answer;
    await context.step("after", async () => void runs++);
  });
  const runner = world.start(
    { order },
    {
      parks: false,
      store: (store) =>
        storeWith(store, {
          append: async (...commit) => {
            if (isHeld) await gate.passed;
            return store.append(...commit);
          },
        }),
    },
  );
  await runner.start({ functionName: "order", name: "one" });
  await clock.advance(1000);
  isHeld = true;
  const completing = runner.completeCallback(callback, { type: "SUCCEEDED" }).catch((error: Error) => error);
  await clock.settle();
  runner.close();
  gate.open();
  await clock.advance(HOUR);
  await completing;
  expect(runs).toBe(0);
});

test("a look that found nothing and comes back late leaves the session that was opened since in its place", async () => {
  const world = new Processes();
  const { clock } = world;
  const gate = new Gate();
  const work = new Gate();
  let reads = 0;
  let runs = 0;
  const order = withDurableExecution(async (_: unknown, context) =>
    context.step("work", async () => {
      runs++;
      await work.passed;
    }),
  );
  const runner = world.start(
    { order },
    {
      store: (store) =>
        storeWith(store, {
          read: async (...asked) => {
            const isLate = ++reads === 3;
            const page = await store.read(...asked);
            if (isLate) await gate.passed;
            return page;
          },
        }),
    },
  );
  const first = runner.describe("order/one").catch((error: Error) => error);
  const late = runner.describe("order/one").catch((error: Error) => error);
  await first;
  expect(reads).toBe(3);
  await runner.start({ functionName: "order", name: "one" });
  await clock.settle();
  gate.open();
  await late;
  await runner.wake("order/one");
  await clock.settle();
  await runner.describe("order/one");
  work.open();
  await clock.advance(HOUR);
  expect(runs).toBe(1);
  expect(await runner.describe("order/one")).toMatchObject({ status: "SUCCEEDED" });
});
