/** P4: of two workers on one execution one commits; the other stops at its next commit and has no further effect. */

import { describe, expect, test } from "vitest";
import { MemoryAlarm } from "../../src/adapters/memory/memory-alarm.ts";
import { decodeCommit } from "../../src/engine/machine/commit-codec.ts";
import type { ExecutionStore } from "../../src/engine/ports/execution-store.ts";
import { Runner } from "../../src/engine/runner/runner.ts";
import { formatExecutionArn } from "../../src/lambda-compat/arn.ts";
import { readFunctions } from "../../src/lambda-compat/functions.ts";
import type { DurableContext } from "../../src/lambda-compat/types.ts";
import { withDurableExecution } from "../../src/lambda-compat/with-durable-execution.ts";
import { AsyncStore } from "../../src/testing/async-store.ts";
import { SimulatedClock } from "../../src/testing/simulated-host.ts";
import { Ledger } from "./ledger.ts";

const ID = "program/x";

interface Worker {
  readonly name: string;
  readonly runner: Runner;
  /** The functions that ran in it. */
  readonly ran: string[];
}

interface Setting {
  readonly clock: SimulatedClock;
  readonly ledger: Ledger;
  readonly workers: readonly [Worker, Worker];
}

/** Two workers that both run the program; the step takes each of them so many seconds. */
function setting(
  seconds: readonly [number, number],
  storeOf = (ledger: Ledger, _clock: SimulatedClock): ExecutionStore => ledger,
): Setting {
  const clock = new SimulatedClock();
  const ledger = new Ledger();
  const store = storeOf(ledger, clock);
  const worker = (index: 0 | 1): Worker => {
    const host = clock.host();
    const ran: string[] = [];
    const handler = async (_event: unknown, context: DurableContext): Promise<unknown> => {
      const first = await context.step("first", async () => {
        ran.push("first");
        await new Promise<void>((resolve) => host.timer(clock.now() + seconds[index] * 1000, resolve));
        return index;
      });
      const second = await context.step("second", async () => ran.push("second") && index);
      const third = await context.invoke<number, number>("third", "callee", index);
      await context.wait({ seconds: 30 });
      const last = await context.step("last", async () => ran.push("last") && index);
      return [first, second, third, last];
    };
    const callee = async (value: number): Promise<number> => ran.push("callee") && value;
    const runner: Runner = new Runner({
      store,
      alarm: new MemoryAlarm({ host, wake: (id) => runner.wake(id) }),
      host,
      functions: readFunctions({ program: withDurableExecution(handler), callee }),
      arnOf: (header) => formatExecutionArn(header),
    });
    return { name: `worker ${index}`, runner, ran };
  };
  return { clock, ledger, workers: [worker(0), worker(1)] };
}

/** The first starts the execution; the second finds it running and takes part. */
async function runBoth({ clock, workers }: Setting): Promise<void> {
  await workers[0].runner.start({ functionName: "program", name: "x" });
  await clock.advance(1000);
  await workers[1].runner.recover();
  await clock.advance(3_600_000);
}

describe.each([
  { who: "the first", seconds: [10, 15], winner: 0 },
  { who: "the second", seconds: [15, 9], winner: 1 },
] as const)("P4 when $who commits first", ({ seconds, winner }) => {
  test.each([
    { store: "prompt", storeOf: (ledger: Ledger): ExecutionStore => ledger },
    {
      store: "slow",
      storeOf: (ledger: Ledger, clock: SimulatedClock): ExecutionStore => {
        const host = clock.host();
        return new AsyncStore(ledger, { seed: 7, drain: (next) => host.drain(next) });
      },
    },
  ])("the other has no further effect, on a $store store", async ({ storeOf }) => {
    const world = setting(seconds, storeOf);
    await runBoth(world);
    const { ledger, workers } = world;
    const { header } = ledger.states.get(ID) ?? {};
    expect(JSON.parse(header?.result ?? "null")).toEqual([winner, winner, winner, winner]);
    expect(workers[winner].ran).toEqual(["first", "second", "callee", "last"]);
    expect(workers[1 - winner]?.ran).toEqual(["first"]);
    expect(ledger.broken).toEqual([]);
  });

  test("only the winner's invocation has written since", async () => {
    const world = setting(seconds);
    await runBoth(world);
    const owners = world.ledger.bodies(ID).flatMap((body) => decodeCommit(body).owner ?? []);
    // The first one may have recorded that the step began before it was overtaken; nobody comes back.
    const changes = owners.filter((owner, index) => owner !== owners[index - 1]);
    expect(changes.length).toBeLessThanOrEqual(2);
    expect(new Set(changes).size).toBe(changes.length);
  });
});

test("P4 a worker whose invocation is parked lets go of it when another has run the execution", async () => {
  const world = setting([1, 1]);
  const { clock, ledger, workers } = world;
  await workers[0].runner.start({ functionName: "program", name: "x" });
  await clock.advance(10_000);
  expect(workers[0].ran).toEqual(["first", "second", "callee"]);
  // The other replays, fires the wait when it is due, and ends the execution.
  await workers[1].runner.recover();
  await clock.advance(3_600_000);
  const lasts = workers.flatMap(({ ran }) => ran.filter((name) => name === "last"));
  const { header } = ledger.states.get(ID) ?? {};
  expect(header?.status).toBe("SUCCEEDED");
  expect(lasts.length).toBeLessThanOrEqual(2);
  const recorded = JSON.parse(header?.result ?? "[]") as number[];
  expect(workers[recorded[3] as 0 | 1].ran).toContain("last");
});

test("P4 a worker that hears of another's run goes no further, though what it waited for has come", async () => {
  const clock = new SimulatedClock();
  const ledger = new Ledger();
  const worker = (): Worker => {
    const host = clock.host();
    const ran: string[] = [];
    const handler = withDurableExecution(async (_event, context) => {
      const [outcome] = await context.createCallback("go");
      await outcome;
      return context.step("after", async () => {
        ran.push("after");
        await new Promise<void>((resolve) => host.timer(clock.now() + 10_000, resolve));
        return "done";
      });
    });
    const runner: Runner = new Runner({
      store: ledger,
      alarm: new MemoryAlarm({ host, wake: (id) => runner.wake(id) }),
      host,
      functions: readFunctions({ program: handler }),
      arnOf: (header) => formatExecutionArn(header),
    });
    return { name: "", runner, ran };
  };
  const [parked, other] = [worker(), worker()];
  await clock.run(parked.runner.start({ functionName: "program", name: "x" }));
  await clock.settle();
  const [id = ""] = [...(ledger.states.get(ID)?.callbacks.keys() ?? [])];
  await clock.run(other.runner.completeCallback(id, { type: "SUCCEEDED" }));
  // By now the other has recorded that its step began.
  await clock.advance(5000);
  await clock.run(parked.runner.refresh(ID));
  await clock.advance(60_000);
  expect(other.ran).toEqual(["after"]);
  expect(parked.ran).toEqual([]);
  expect(ledger.states.get(ID)?.header).toMatchObject({ status: "SUCCEEDED", result: '"done"' });
});

test("P4 commands of two workers at once are all recorded, each once", async () => {
  const clock = new SimulatedClock();
  const ledger = new Ledger();
  const host = clock.host();
  const store = new AsyncStore(ledger, { seed: 3, drain: (next) => host.drain(next) });
  const runners = [0, 1].map(() => {
    const runner: Runner = new Runner({
      store,
      alarm: new MemoryAlarm({ host, wake: (id) => runner.wake(id) }),
      host,
      functions: readFunctions({
        program: withDurableExecution(async (_event, context) => {
          const callbacks = [1, 2, 3, 4].map((number) => context.createCallback(`c${number}`));
          const opened = await Promise.all(callbacks);
          return Promise.all(opened.map(([outcome]) => outcome));
        }),
      }),
      arnOf: (header) => formatExecutionArn(header),
    });
    return runner;
  });
  await clock.run(runners[0]!.start({ functionName: "program", name: "x" }));
  await clock.settle();
  const ids = [...(ledger.states.get(ID)?.callbacks.keys() ?? [])];
  expect(ids).toHaveLength(4);
  const sent = ids.map((id, index) =>
    runners[index % 2]!.completeCallback(id, { type: "SUCCEEDED", result: `"${index}"` }),
  );
  await clock.run(Promise.all(sent));
  await clock.advance(60_000);
  const { header } = ledger.states.get(ID) ?? {};
  expect(JSON.parse(header?.result ?? "null")).toEqual(["0", "1", "2", "3"].map((value) => `"${value}"`));
});
