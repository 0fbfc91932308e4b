/** What the pages of a history ask the store for, in commits: whatever their place in it, in a process that runs nothing. */

import { expect, test } from "vitest";
import { ClientErrorCode, type HistoryPage, type HistoryQuery } from "../../src/engine/runner/client.ts";
import type { Runner } from "../../src/engine/runner/runner.ts";
import { withDurableExecution } from "../../src/lambda-compat/with-durable-execution.ts";
import { Processes, storeWith } from "./processes.ts";

const id = "order/long";
const STEPS = 3000;
const LIMIT = 100;
/** Up to the place before the page, the page, and what is left of the last commits that are read at a time. */
const MOST = 128 + LIMIT + 128;

/** An execution that has ended after so many steps, and a process that looks at it and counts the commits it reads. */
async function ended(): Promise<{ world: Processes; viewer: Runner; commits: () => number }> {
  const world = new Processes();
  const order = withDurableExecution(async (_event: unknown, context) => {
    for (let step = 1; step <= STEPS; step++) await context.step(async () => step);
  });
  const first = world.start({ order });
  await first.start({ functionName: "order", name: "long" });
  await world.clock.settle();
  first.close();
  let commits = 0;
  const viewer = world.start(
    {},
    {
      store: (store) =>
        storeWith(store, {
          read: async (...args) => {
            const page = await store.read(...args);
            commits += page?.bodies.length ?? 0;
            return page;
          },
        }),
    },
  );
  const taken = (): number => {
    const count = commits;
    commits = 0;
    return count;
  };
  return { world, viewer, commits: taken };
}

async function pageBehind(viewer: Runner, page: HistoryPage | undefined, reverse: boolean): Promise<HistoryPage> {
  const after = page?.events.at(-1)?.eventId;
  const query: HistoryQuery = { limit: LIMIT, includeData: true, reverse };
  return viewer.history(id, after === undefined ? query : { ...query, after });
}

test("a page costs the same wherever it lies; the first one from the end costs the log, once", async () => {
  for (const reverse of [false, true]) {
    const { viewer, commits } = await ended();
    const costs: number[] = [];
    const ids: number[] = [];
    let page: HistoryPage | undefined;
    do {
      page = await pageBehind(viewer, page, reverse);
      for (const { eventId } of page.events) ids.push(eventId);
      costs.push(commits());
    } while (page.more);
    const [first = 0, ...rest] = costs;
    const inOrder = Array.from({ length: ids.length }, (_, index) => index + 1);
    expect(ids.length).toBeGreaterThan(STEPS);
    expect(ids).toEqual(reverse ? inOrder.toReversed() : inOrder);
    expect(first).toBeLessThanOrEqual(reverse ? STEPS + 200 : MOST);
    expect(Math.max(...rest)).toBeLessThanOrEqual(MOST);
  }
});

test("pages that are asked for at once read the log once together", async () => {
  const { viewer, commits } = await ended();
  await Promise.all(Array.from({ length: 50 }, () => pageBehind(viewer, undefined, true)));
  expect(commits()).toBeLessThan(STEPS + 200 + 50 * MOST);
});

test("a history goes on with the execution, and is that of one incarnation", async () => {
  const world = new Processes();
  const order = withDurableExecution(async (_event: unknown, context) => {
    for (let step = 1; step <= 200; step++) await context.step(async () => step);
    await context.wait({ hours: 1 });
    for (let step = 1; step <= 200; step++) await context.step(async () => step);
  });
  const runner = world.start({ order });
  const { execution } = await runner.start({ functionName: "order", name: "long" });
  await world.clock.settle();
  const query = { limit: 1000, includeData: false };
  const before = await runner.history(id, { ...query, reverse: true });
  await world.clock.advance(3_600_000);
  const { events } = await runner.history(id, query);
  expect(events.slice(0, before.events.length)).toEqual(before.events.toReversed());
  const after = before.events[0]?.eventId ?? 0;
  const later = await runner.history(id, { ...query, after });
  expect(later.events).toEqual(events.slice(after));
  expect(later.events.at(-1)).toMatchObject({ eventType: "ExecutionSucceeded", eventId: events.length });

  world.disk.remove(id);
  const { incarnation } = execution;
  await expect(runner.history(id, query)).rejects.toMatchObject({ code: ClientErrorCode.NOT_FOUND });
  await runner.start({ functionName: "order", name: "long" });
  await expect(runner.history(id, { ...query, incarnation })).rejects.toMatchObject({
    code: ClientErrorCode.NOT_FOUND,
  });
  expect((await runner.history(id, { ...query, reverse: true })).events.length).toBeLessThan(before.events.length + 10);
});
