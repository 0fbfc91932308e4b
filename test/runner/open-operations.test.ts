/** Which operations of an execution are open: those whose outcome may still come. */

import { expect, test } from "vitest";
import type { Runner } from "../../src/engine/runner/runner.ts";
import { withDurableExecution } from "../../src/lambda-compat/with-durable-execution.ts";
import { Processes } from "./processes.ts";

const id = "order/one";

async function openNames(runner: Runner): Promise<readonly (string | undefined)[]> {
  const { operations } = await runner.state(id, { limit: 100, open: true });
  return operations.map(({ name }) => name);
}

const body = withDurableExecution(async (ways: readonly string[], context) => {
  const [kept] = await context.createCallback("kept");
  const way = await context.step("way", async () => ways[turn++]);
  await context.runInChildContext("race", (child) =>
    Promise.race([child.wait("slow", { hours: 2 }), child.step("quick", async () => {})]),
  );
  if (way === "left behind") await context.wait("left behind", { hours: 1 });
  await context.step("never", async () => Promise.reject(new Error("not yet")), {
    retryStrategy: () => ({ shouldRetry: true, delay: { hours: 1 } }),
  });
  return kept;
});
let turn = 0;

test("are neither ended, nor inside a context that has, nor left behind by a rewind", async () => {
  turn = 0;
  const world = new Processes();
  const runner = world.start({ order: body });
  await runner.start({ functionName: "order", name: "one", input: '["left behind","ahead"]' });
  await world.clock.settle();
  expect(await openNames(runner)).toEqual(["kept", "left behind"]);
  await runner.rewind(id, { operationId: "2" });
  await world.clock.settle();
  expect(await openNames(runner)).toEqual(["kept", "never"]);
  const other = world.start({ order: body }, { mayRun: () => false });
  expect(await openNames(other)).toEqual(["kept", "never"]);
  await runner.stop(id);
  expect(await openNames(runner)).toEqual([]);
});

test("are read page by page", async () => {
  const world = new Processes();
  const runner = world.start({
    order: withDurableExecution(async (_: unknown, context) =>
      Promise.all([1, 2, 3].map((n) => context.wait(`w${n}`, { hours: n }))),
    ),
  });
  await runner.start({ functionName: "order", name: "one" });
  await world.clock.advance(3_600_000);
  const first = await runner.state(id, { limit: 1, open: true });
  const second = await runner.state(id, { limit: 1, open: true, marker: first.marker! });
  expect([first, second].flatMap(({ operations }) => operations.map(({ name }) => name))).toEqual(["w2", "w3"]);
  expect(second.marker).toBeUndefined();
});
