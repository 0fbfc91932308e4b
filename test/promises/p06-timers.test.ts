/** P6: a timer is never early, and fires after a restart however long that took. */

import fc from "fast-check";
import { expect, test } from "vitest";
import type { CallbackOperation } from "../../src/engine/model/operation.ts";
import { decodeCommit } from "../../src/engine/machine/commit-codec.ts";
import { fold } from "../../src/engine/machine/fold.ts";
import { emptyState } from "../../src/engine/machine/state.ts";
import { EXECUTION_ID, programOf, World } from "./world.ts";

const DAY_S = 86_400;

interface Firing {
  readonly id: string;
  readonly dueAt: number;
  readonly firedAt: number;
}

/** Every timer of the log that has fired: when it was due, and when that was recorded. */
function firings(world: World): Firing[] {
  const state = emptyState({ keepsAll: true });
  const found: Firing[] = [];
  for (const commit of world.ledger.bodies(EXECUTION_ID).map(decodeCommit)) {
    for (const fact of commit.facts) {
      const known = "id" in fact ? state.operations.get(fact.id) : undefined;
      if (known === undefined) continue;
      if (known.type === "WAIT" && fact.kind === "SUCCEEDED")
        found.push({ id: known.id, dueAt: known.dueAt, firedAt: commit.at });
      if (known.type === "STEP" && fact.kind === "READY")
        found.push({ id: known.id, dueAt: known.nextAttemptAt ?? Infinity, firedAt: commit.at });
      if (fact.kind === "TIMED_OUT")
        found.push({ id: known.id, dueAt: deadline(known as CallbackOperation), firedAt: commit.at });
    }
    fold(state, commit);
  }
  return found;
}

function deadline({ timeoutAt, heartbeatAt }: CallbackOperation): number {
  return Math.min(timeoutAt ?? Infinity, heartbeatAt ?? Infinity);
}

/** When the world had a process, as [from, to] in ms. */
type Uptime = readonly (readonly [number, number])[];

const program = (seconds: readonly number[]) =>
  programOf(async (context) => {
    const timers = seconds.map(async (length, index): Promise<unknown> => {
      if (index % 3 === 0) return context.wait({ seconds: length });
      if (index % 3 === 1) {
        return context.step(
          async ({ attempt }) => {
            if (attempt === 1) throw new Error("later");
          },
          { retryStrategy: () => ({ shouldRetry: true, delay: { seconds: length } }) },
        );
      }
      const [outcome] = await context.createCallback({ timeout: { seconds: length } });
      return outcome.catch(() => undefined);
    });
    await Promise.all(timers);
    await context.wait({ seconds: 60 });
    return "done";
  });

const length = fc.oneof(
  fc.integer({ min: 1, max: 100 }),
  fc.integer({ min: 1, max: 30 * DAY_S }),
  fc.constant(366 * DAY_S),
);
const outage = fc.record({
  runs: fc.oneof(fc.integer({ min: 0, max: 100_000 }), fc.integer({ min: 0, max: 20 * DAY_S * 1000 })),
  down: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 100_000 }), fc.integer({ min: 1, max: 60 * DAY_S * 1000 })),
});

test("P6 timers of any length fire when they are due, or as soon as there is a process again", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(length, { minLength: 1, maxLength: 6 }),
      fc.array(outage, { maxLength: 6 }),
      fc.boolean(),
      async (seconds, outages, parks) => {
        const world = new World({ functions: program(seconds), parks, limitMs: 800 * DAY_S * 1000 });
        const uptime: [number, number][] = [];
        world.boot();
        for (const { runs, down } of outages) {
          const from = world.clock.now();
          await world.clock.advance(runs);
          uptime.push([from, world.clock.now()]);
          world.kill();
          await world.clock.advance(down);
          world.boot();
        }
        uptime.push([world.clock.now(), Infinity]);
        const { result, status } = await world.run();
        expect([status, result]).toEqual(["SUCCEEDED", "done"]);
        const fired = firings(world);
        expect(fired.length).toBeGreaterThanOrEqual(seconds.length);
        for (const { id, dueAt, firedAt } of fired) expect([id, firedAt]).toEqual([id, nextUp(dueAt, uptime)]);
      },
    ),
    { numRuns: 150 },
  );
});

/** The first time from `at` on at which there was a process. */
function nextUp(at: number, uptime: Uptime): number {
  for (const [from, to] of uptime) if (at <= to) return Math.max(at, from);
  return Infinity;
}

test("P6 a wait of 30 days takes 30 days, to the millisecond", async () => {
  const world = new World({ functions: programOf(async (context) => context.wait({ days: 30 })) });
  const start = world.clock.now();
  await world.run();
  expect(world.clock.now() - start).toBe(30 * DAY_S * 1000);
});

test("P6 a process that comes up after years finds what is overdue, earliest first", async () => {
  const functions = programOf(async (context) => {
    const order: string[] = [];
    const named = (name: string, days: number): Promise<unknown> => context.wait({ days }).then(() => order.push(name));
    await Promise.all([named("thirty", 30), named("one", 1), named("seven", 7)]);
    return order;
  });
  const world = new World({ functions, limitMs: 4000 * DAY_S * 1000 });
  world.boot();
  await world.clock.advance(1000);
  world.kill();
  await world.clock.advance(3650 * DAY_S * 1000);
  expect((await world.run()).result).toEqual(["one", "seven", "thirty"]);
});

test("P6 the alarm that a dead process has left is enough to wake the next one", async () => {
  const functions = programOf(async (context) => {
    await context.wait({ days: 2 });
    return "woken";
  });
  const world = new World({ functions, recovers: false });
  world.boot();
  await world.clock.advance(1000);
  world.kill();
  await world.clock.advance(3 * DAY_S * 1000);
  world.boot();
  expect((await world.run()).result).toBe("woken");
});

test("P6 a wake that comes too early fires nothing", async () => {
  const world = new World({ functions: programOf(async (context) => context.wait({ seconds: 10 })) });
  world.boot();
  await world.clock.advance(9_999);
  const before = world.ledger.writes.length;
  await world.runner.wake(EXECUTION_ID);
  await world.clock.settle();
  expect(world.ledger.writes.length).toBe(before);
  await world.clock.advance(1);
  expect(world.header?.status).toBe("SUCCEEDED");
});
