/** P8: a failed or torn write leaves the last committed state, and what failed is done again. */

import { describe, expect, test } from "vitest";
import { decodeCommit } from "../../src/engine/machine/commit-codec.ts";
import type { ExecutionStore } from "../../src/engine/ports/execution-store.ts";
import { withDurableExecution } from "../../src/lambda-compat/with-durable-execution.ts";
import { changedStore } from "../../src/testing/changed-store.ts";
import { FaultyStore, StoreFault } from "../../src/testing/faulty-store.ts";
import type { SimulatedClock } from "../../src/testing/simulated-host.ts";
import { type Env, EXECUTION_ID, World, type WorldOptions } from "./world.ts";

const NO_RETRY = { retryStrategy: () => ({ shouldRetry: false }) };

/** Every way in which anything is written. */
function functions(env: Env): ReturnType<WorldOptions["functions"]> {
  return {
    program: withDurableExecution(async (_event, context) => {
      const step = await context.step("step", async () => {
        env.ran("step");
        return 1;
      });
      const failed = await context
        .step("failing", async () => Promise.reject(new Error("no")), NO_RETRY)
        .catch(() => "failed");
      const retried = await context.step(
        "retried",
        async ({ attempt }) => (attempt < 3 ? Promise.reject(new Error("again")) : attempt),
        {
          retryStrategy: () => ({ shouldRetry: true, delay: { seconds: 3 } }),
        },
      );
      const once = await context.step("once", async ({ attempt }) => env.ran("once", attempt), {
        semantics: "AT_MOST_ONCE_PER_RETRY",
        retryStrategy: () => ({ shouldRetry: true, delay: { seconds: 1 } }),
      });
      const answer = await context.waitForCallback("question", async () => env.ran("submitter"));
      const invoked = await context.invoke("callee", 5);
      const both = await context.parallel([
        async (branch) => branch.step(async () => "left"),
        async (branch) => {
          await branch.wait({ seconds: 7 });
          return "right";
        },
      ]);
      return [step, failed, retried, once ?? null, answer, invoked, both.getResults()];
    }),
    callee: withDurableExecution(async (value: number, context) => {
      await context.wait({ seconds: 10 });
      return value;
    }),
  };
}

const options: WorldOptions = {
  functions,
  answers: { question: { after: 4000, outcome: { type: "SUCCEEDED", result: "yes" } } },
};
const RESULT = [1, "failed", 3, null, "yes", 5, ["left", "right"]];

/** Fails the n-th write, whatever it is, so many times in a row. */
function failingWrite(store: ExecutionStore, at: { write: number; fault: StoreFault; times: number }): ExecutionStore {
  const faulty = new FaultyStore(store);
  let writes = 0;
  const writing = (method: "create" | "append" | "putRow"): void => {
    if (++writes === at.write) faulty.failNext(method, at.fault, at.times);
  };
  return changedStore(faulty, {
    create: (row, body) => (writing("create"), faulty.create(row, body)),
    append: (id, seq, body, incarnation) => (writing("append"), faulty.append(id, seq, body, incarnation)),
    putRow: (row) => (writing("putRow"), faulty.putRow(row)),
  });
}

async function writesOf(parks: boolean): Promise<number> {
  const world = new World({ ...options, parks });
  expect((await world.run()).result).toEqual(RESULT);
  return world.ledger.writes.length;
}

describe.each([true, false])("P8 (parks: %s) the execution comes to its end when any one write", (parks) => {
  test.each(Object.values(StoreFault))("is %s, once or three times", async (fault) => {
    const count = await writesOf(parks);
    for (let write = 1; write <= count; write++) {
      for (const times of [1, 3]) {
        const world = new World({
          ...options,
          parks,
          network: (store) => failingWrite(store, { write, fault, times }),
        });
        const { result } = await world.run();
        expect({ write, times, result }).toEqual({ write, times, result: RESULT });
        expect([...world.rerun, ...world.repeated, ...world.ledger.broken]).toEqual([]);
      }
    }
  });

  test.each(["BEFORE", "AFTER"] as const)("is cut off by a crash %s it lands", async (side) => {
    const count = await writesOf(parks);
    for (let write = 1; write <= count; write++) {
      const world = new World({ ...options, parks, crashes: [{ write, side }] });
      const { result } = await world.run();
      expect({ write, result }).toEqual({ write, result: RESULT });
      expect([...world.rerun, ...world.repeated, ...world.ledger.broken]).toEqual([]);
    }
  });
});

test("P8 while the store is down everybody sees the last committed state, and nothing of what came after", async () => {
  const outage = (store: ExecutionStore, clock: SimulatedClock): ExecutionStore =>
    new FaultyStore(store, {
      host: clock.host(),
      outages: [{ from: clock.now() + 20_000, to: clock.now() + 500_000 }],
    });
  const world = new World({ functions, answers: {}, network: outage });
  world.boot();
  await world.clock.advance(19_000);
  const before = world.ledger.bodies(EXECUTION_ID);
  const [callbackId = ""] = [...(world.ledger.states.get(EXECUTION_ID)?.callbacks.keys() ?? [])];
  await world.clock.advance(2_000);
  await expect(world.runner.completeCallback(callbackId, { type: "SUCCEEDED", result: "yes" })).rejects.toThrow(
    "refused",
  );
  await world.clock.advance(400_000);
  expect(world.ledger.bodies(EXECUTION_ID)).toEqual(before);
  await world.clock.advance(200_000);
  await world.runner.completeCallback(callbackId, { type: "SUCCEEDED", result: "yes" });
  expect((await world.run()).result).toEqual(RESULT);
});

test("P8 a process that lost its acknowledgements in the dark takes its own writes for its own", async () => {
  let store: FaultyStore | undefined;
  const world = new World({
    ...options,
    network: (ledger) => (store = new FaultyStore(ledger, { seed: 5, rates: { unacknowledged: 1 } })),
  });
  const { result } = await world.run();
  expect(result).toEqual(RESULT);
  expect(store?.faults.length).toBeGreaterThan(15);
  // Nothing was written twice.
  const calm = new World(options);
  await calm.run();
  expect(world.ledger.bodies(EXECUTION_ID).map(kindsOf)).toEqual(calm.ledger.bodies(EXECUTION_ID).map(kindsOf));
});

function kindsOf(body: string): string {
  const { facts } = decodeCommit(body);
  return facts.map((fact) => `${fact.kind} ${"id" in fact ? fact.id : ""}`).join();
}
