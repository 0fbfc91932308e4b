/** P7: nothing is stuck. A running execution always has an owner, a timer, an open callback or an open invoke. */

import { describe, expect, test } from "vitest";
import { encodeCommit } from "../../src/engine/machine/commit-codec.ts";
import { decide } from "../../src/engine/machine/decide.ts";
import { isStuck } from "../../src/engine/machine/invariants.ts";
import { emptyState, type ExecutionState } from "../../src/engine/machine/state.ts";
import type { ExecutionStore } from "../../src/engine/ports/execution-store.ts";
import { withDurableExecution } from "../../src/lambda-compat/with-durable-execution.ts";
import { AsyncStore } from "../../src/testing/async-store.ts";
import { changedStore } from "../../src/testing/changed-store.ts";
import { FaultyStore } from "../../src/testing/faulty-store.ts";
import type { SimulatedClock } from "../../src/testing/simulated-host.ts";
import { EXECUTION_ID, programOf, World, type WorldOptions } from "./world.ts";

const YES = { type: "SUCCEEDED", result: "yes" } as const;

interface Moment {
  readonly drains: number;
  readonly hops: number;
}

/** Lets so many turns pass, each to the end of its microtasks, and then so many microtasks. */
async function pass(world: World, { drains, hops }: Moment): Promise<void> {
  const host = world.clock.host();
  for (let count = 0; count < drains; count++) await new Promise<void>((resolve) => host.drain(resolve));
  for (let count = 0; count < hops; count++) await Promise.resolve();
}

/** All moments of the turns around a suspension. */
function* moments(): Generator<Moment> {
  for (let drains = 0; drains < 8; drains++) for (let hops = 0; hops < 16; hops++) yield { drains, hops };
}

function slowly(seed: number): (store: ExecutionStore, clock: SimulatedClock) => ExecutionStore {
  return (store, clock) => {
    const host = clock.host();
    return new AsyncStore(store, { seed, drain: (next) => host.drain(next) });
  };
}

/** Two callbacks; the second is answered at some moment around the suspension that follows on the first. */
const twoQuestions = programOf(async (context) => {
  const [first] = await context.createCallback("first");
  const [second] = await context.createCallback("second");
  const one = await first;
  await context.step(async () => one);
  return [one, await second];
});

function idsOf(world: World): string[] {
  return [...(world.ledger.states.get(EXECUTION_ID)?.callbacks.keys() ?? [])];
}

describe("P7 what comes from outside while an invocation suspends is not lost", () => {
  for (const parks of [true, false]) {
    test(`${parks ? "parked" : "ended"}, at every turn and microtask`, async () => {
      for (const moment of moments()) {
        const world = new World({ functions: twoQuestions, parks });
        await world.runUntil(() => idsOf(world).length === 2);
        const [first = "", second = ""] = idsOf(world);
        const sent = world.runner.completeCallback(first, YES);
        await pass(world, moment);
        await Promise.all([sent, world.runner.completeCallback(second, YES)]);
        expect((await world.run()).result).toEqual(["yes", "yes"]);
      }
    });

    test(`${parks ? "parked" : "ended"}, on a store that takes its time`, async () => {
      for (let seed = 1; seed <= 60; seed++) {
        const world = new World({ functions: twoQuestions, parks, network: slowly(seed) });
        await world.runUntil(() => idsOf(world).length === 2);
        const [first = "", second = ""] = idsOf(world);
        const sent = world.runner.completeCallback(first, YES);
        await pass(world, { drains: seed % 8, hops: seed % 5 });
        const both = Promise.all([sent, world.runner.completeCallback(second, YES)]);
        expect((await world.run()).result).toEqual(["yes", "yes"]);
        await both;
      }
    });
  }

  test("from another process, between the last look and the end of the invocation", async () => {
    // Nothing tells this process of it: it finds the number of its own commit taken.
    let isSent = false;
    const world: World = new World({
      functions: twoQuestions,
      parks: false,
      network: (store) =>
        changedStore(store, {
          append: (id, seq, body, incarnation) => {
            const [first] = idsOf(world);
            if (!isSent && first !== undefined && body.includes("INVOCATION_COMPLETED")) {
              isSent = true;
              void store.append(id, seq, completion(world.ledger.states.get(EXECUTION_ID), first), incarnation);
            }
            return store.append(id, seq, body, incarnation);
          },
        }),
      answers: { second: { after: 10_000, outcome: YES } },
    });
    expect((await world.run()).result).toEqual(["yes", "yes"]);
    expect(isSent).toBe(true);
  });

  test("while the alarm is being set", async () => {
    let isSent = false;
    const functions = programOf(async (context) => {
      const [outcome] = await context.createCallback();
      return outcome;
    });
    const world: World = new World({
      functions,
      parks: false,
      alarm: (alarm) => ({
        // An alarm that takes its time, as one over a network does. Nothing else wakes the execution after this.
        cancel: async (id, order) => {
          const [callbackId] = idsOf(world);
          if (callbackId !== undefined && !isSent) {
            isSent = true;
            await world.runner.completeCallback(callbackId, YES);
          }
          await alarm.cancel(id, order);
        },
        schedule: (id, at, order) => alarm.schedule(id, at, order),
      }),
    });
    expect((await world.run()).result).toBe("yes");
    expect(isSent).toBe(true);
  });

  test("at the first moment that anybody can know of it", async () => {
    for (const parks of [true, false]) {
      let sent = 0;
      const world: World = new World({ functions: twoQuestions, parks });
      world.ledger.onCommit(({ commit }) => {
        for (const fact of commit.facts) {
          if (fact.kind !== "STARTED" || fact.callbackId === undefined) continue;
          sent++;
          void world.runner.completeCallback(fact.callbackId, YES);
        }
      });
      expect((await world.run()).result).toEqual(["yes", "yes"]);
      expect(sent).toBe(2);
    }
  });
});

/** The commit by which another process records that a callback was answered. */
function completion(state: ExecutionState | undefined, callbackId: string): string {
  const at = state?.header.startedAt ?? 0;
  const command = { type: "COMPLETE_CALLBACK", callbackId, outcome: YES } as const;
  const decision = decide(state ?? emptyState(), command, { now: at, randomId: () => "" });
  if ("rejected" in decision) throw new Error(decision.rejected.message);
  return encodeCommit({ v: 1, writer: "another process", at, facts: decision.facts });
}

describe("P7 nothing is left lying when an answer is lost", () => {
  /** Fails as told while the execution begins. */
  function failing(order: (store: FaultyStore) => void, options: Partial<WorldOptions> = {}): World {
    return new World({
      functions: programOf(async (context) => context.step(async () => "begun")),
      ...options,
      network(ledger) {
        const store = new FaultyStore(ledger);
        order(store);
        return store;
      },
    });
  }

  test("an execution that was created unseen begins when its start is asked for again", async () => {
    const world = failing((store) => store.failNext("create", "UNACKNOWLEDGED"));
    expect((await world.run()).result).toBe("begun");
  });

  test("an execution that could not be read after it was created begins when its start is asked for again", async () => {
    const world = failing((store) => store.failNext("read", "REFUSED"));
    expect((await world.run()).result).toBe("begun");
  });

  test("an invocation whose end was recorded unseen", async () => {
    for (let reads = 0; reads <= 2; reads++) {
      let store: FaultyStore | undefined;
      const world: World = new World({
        functions: twoQuestions,
        parks: false,
        network: (ledger) => (store = new FaultyStore(ledger)),
      });
      world.ledger.onCommit(({ commit }) => {
        // The next write is the end of the invocation.
        if (!commit.facts.some((fact) => fact.kind === "STARTED" && fact.name === "second")) return;
        store?.failNext("append", "UNACKNOWLEDGED");
        store?.failNext("read", "REFUSED", reads);
      });
      await world.runUntil(() => idsOf(world).length === 2);
      await world.clock.advance(10_000);
      for (const id of idsOf(world)) await world.runner.completeCallback(id, YES);
      expect((await world.run()).result).toEqual(["yes", "yes"]);
    }
  });

  test("a callback that was completed unseen", async () => {
    for (const parks of [true, false]) {
      let store: FaultyStore | undefined;
      const functions = programOf(async (context) => {
        const [outcome] = await context.createCallback();
        return outcome;
      });
      const world: World = new World({ functions, parks, network: (ledger) => (store = new FaultyStore(ledger)) });
      await world.runUntil(() => idsOf(world).length === 1);
      // Somebody waits for the end, so the execution is known to the process that completes the callback.
      void world.runner.settled(EXECUTION_ID, world.clock.now() + 1e9);
      await world.clock.settle();
      store?.failNext("append", "UNACKNOWLEDGED");
      store?.failNext("read", "REFUSED");
      await expect(world.runner.completeCallback(idsOf(world)[0] ?? "", YES)).rejects.toMatchObject({
        code: "STORE_UNAVAILABLE",
      });
      expect((await world.run()).result).toBe("yes");
    }
  });
});

describe("P7 a chained invoke is sent until it has arrived", () => {
  const options: WorldOptions = {
    functions: (env) => ({
      program: withDurableExecution(async (_event, context) => {
        const values = [context.invoke("plain", 1), context.invoke("durable", 2)];
        return Promise.all(values);
      }),
      plain: async (value: number) => {
        env.ran("plain");
        await env.until(60_000);
        return value;
      },
      durable: withDurableExecution(async (value: number, context) => {
        await context.wait({ seconds: 60 });
        return value;
      }),
    }),
  };

  test("when the process died after any write", async () => {
    for (const parks of [true, false]) {
      const live = new World({ ...options, parks });
      await live.run();
      const { writes } = live.ledger;
      for (let length = 1; length < writes.length; length++) {
        const world = new World({ ...options, parks, prefix: writes.slice(0, length) });
        expect((await world.run()).result).toEqual([1, 2]);
      }
      expect(writes.length).toBeGreaterThan(8);
    }
  });

  test("when the store refuses any one of the calls", async () => {
    for (const parks of [true, false]) {
      for (const method of ["create", "append", "read", "putRow"] as const) {
        for (let call = 1; call <= 6; call++) {
          const world = new World({ ...options, parks, network: (store) => refusing(store, method, call) });
          expect((await world.run()).result).toEqual([1, 2]);
        }
      }
    }
  });
});

/** Refuses one call of one method. */
function refusing(
  store: ExecutionStore,
  method: "create" | "append" | "read" | "putRow",
  refused: number,
): ExecutionStore {
  let calls = 0;
  const faulty = new FaultyStore(store);
  const counted = (): void => {
    if (++calls === refused) faulty.failNext(method, "REFUSED");
  };
  return new Proxy<ExecutionStore>(faulty, {
    get(target, name: keyof ExecutionStore) {
      const call = target[name].bind(target) as (...args: never[]) => unknown;
      return (...args: never[]) => {
        if (name === method) counted();
        return call(...args);
      };
    },
  });
}

describe("P7 a function that can never go on fails its execution", () => {
  test("when an SDK says that it waits, and nothing is open", async () => {
    // A handler of another SDK may say anything.
    const functions = (): ReturnType<WorldOptions["functions"]> => ({
      program: { awsDurable: async () => ({ Status: "PENDING" }) },
    });
    const { status, error } = await new World({ functions }).run();
    expect(status).toBe("FAILED");
    expect(error).toMatchObject({ errorMessage: "Cannot return PENDING status with no pending operations." });
  });

  test("when its version is gone it halts, and goes on once that is back", async () => {
    let versions: Record<string, never> = {};
    const version = withDurableExecution(async (_event, context) => context.wait({ seconds: 5 })) as never;
    const functions = () => ({ program: { latest: "2", versions: { "2": version, ...versions } } });
    versions = { "1": version };
    const world = new World({ functions, prefix: await begunWith(version) });
    versions = {};
    const { header } = await world.run();
    expect(header.halt).toMatchObject({ reason: "VERSION_MISSING", error: { errorType: "VersionMissingError" } });
    versions = { "1": version };
    world.boot();
    await world.runner.resume(EXECUTION_ID);
    await world.clock.advance(10_000);
    expect(world.header?.status).toBe("SUCCEEDED");
  });
});

/** An execution of version 1 that has begun. */
async function begunWith(version: never): Promise<World["ledger"]["writes"]> {
  const world = new World({ functions: () => ({ program: { latest: "1", versions: { "1": version } } }) });
  world.boot();
  await world.clock.advance(1000);
  return world.ledger.writes;
}

test("P7 the rule notices an execution that nothing will ever wake", async () => {
  const functions = programOf(async (context) => context.wait({ seconds: 5 }));
  const world = new World({ functions, parks: false });
  world.boot();
  await world.clock.advance(1000);
  const state = world.ledger.states.get(EXECUTION_ID);
  expect(state && isStuck(state)).toBe(false);
  state?.timers.clear();
  expect(state && isStuck(state)).toBe(true);
});
