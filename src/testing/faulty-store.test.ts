import { describe, expect, test } from "vitest";
import type { KeptAlarm } from "../adapters/memory/memory-alarm.ts";
import { MemoryStore } from "../adapters/memory/memory-store.ts";
import { StorageFullError } from "../engine/ports/execution-store.ts";
import { AsyncStore } from "./async-store.ts";
import { SimulatedProcess } from "./crash.ts";
import { FaultyStore, type FaultyStoreOptions, StoreUnavailableError } from "./faulty-store.ts";
import { SimulatedClock } from "./simulated-host.ts";

const row = {
  id: "f/a",
  functionName: "f",
  name: "a",
  version: "1",
  incarnation: "i",
  seq: 1,
  status: "RUNNING",
  startedAt: 1,
} as const;

function setup(options: FaultyStoreOptions = {}) {
  const memory = new MemoryStore();
  memory.create(row, "one");
  return { memory, store: new FaultyStore(memory, options) };
}

/** The outcome of a call, whether it fails at once or later. */
async function outcome(call: () => unknown): Promise<unknown> {
  try {
    return await call();
  } catch (error) {
    return error;
  }
}

describe("a faulty store", () => {
  test("without faults is the store itself, and as synchronous", () => {
    const { store } = setup();
    expect(store.append("f/a", 2, "two", "i")).toBe("appended");
    expect(store.read("f/a", 1)).toEqual({ bodies: ["one", "two"] });
    expect(store.faults).toEqual([]);
  });

  test("refuses a write before it lands", async () => {
    const { store, memory } = setup();
    store.failNext("append", "REFUSED");
    expect(await outcome(() => store.append("f/a", 2, "two", "i"))).toBeInstanceOf(StoreUnavailableError);
    expect(memory.read("f/a", 2)?.bodies).toEqual([]);
    expect(store.append("f/a", 2, "two", "i")).toBe("appended");
  });

  test("lands a write and keeps it to itself", async () => {
    const { store, memory } = setup();
    store.failNext("append", "UNACKNOWLEDGED");
    expect(await outcome(() => store.append("f/a", 2, "two", "i"))).toBeInstanceOf(StoreUnavailableError);
    expect(memory.read("f/a", 2)?.bodies).toEqual(["two"]);
  });

  test("has no room, and nothing is half written", async () => {
    const { store, memory } = setup();
    store.failNext("append", "FULL", 2);
    expect(await outcome(() => store.append("f/a", 2, "two", "i"))).toBeInstanceOf(StorageFullError);
    expect(await outcome(() => store.append("f/a", 2, "two", "i"))).toMatchObject({ code: "STORAGE_FULL" });
    expect(memory.read("f/a", 2)?.bodies).toEqual([]);
    expect(store.append("f/a", 2, "two", "i")).toBe("appended");
  });

  test("fails only what it was told to, and no more once it is healed", async () => {
    const { store } = setup();
    store.failNext("read", "REFUSED", 5);
    expect(store.append("f/a", 2, "two", "i")).toBe("appended");
    expect(await outcome(() => store.read("f/a", 1))).toBeInstanceOf(StoreUnavailableError);
    store.heal();
    expect(store.read("f/a", 1)).toEqual({ bodies: ["one", "two"] });
  });

  test("is down for a while", async () => {
    const clock = new SimulatedClock({ startAt: 0 });
    const { store } = setup({ host: clock.host(), outages: [{ from: 100, to: 200 }] });
    const seen: unknown[] = [];
    for (const at of [99, 100, 199, 200]) {
      await clock.advanceTo(at);
      seen.push(await outcome(() => store.read("f/a", 2)));
    }
    expect(seen.map((answer) => answer instanceof StoreUnavailableError)).toEqual([false, true, true, false]);
  });

  test("delays calls and answers in the host's time", async () => {
    const clock = new SimulatedClock({ startAt: 0 });
    const { store, memory } = setup({ host: clock.host(), rates: { delayed: 1 }, longestDelayMs: 50 });
    const answer = Promise.resolve(store.append("f/a", 2, "two", "i"));
    await clock.settle();
    expect(memory.read("f/a", 2)?.bodies).toEqual([]);
    expect(await clock.run(answer)).toBe("appended");
    expect(clock.now()).toBeGreaterThanOrEqual(2);
    expect(clock.now()).toBeLessThanOrEqual(100);
  });

  test("fails the same way for the same seed, and reports seed and faults", async () => {
    async function run(seed: number): Promise<string> {
      const { store } = setup({ seed, rates: { refused: 0.2, unacknowledged: 0.2, full: 0.2 } });
      for (let seq = 2; seq < 60; seq++) await outcome(() => store.append("f/a", seq, "x", "i"));
      return store.report();
    }
    const report = await run(11);
    expect(await run(11)).toBe(report);
    expect(await run(12)).not.toBe(report);
    expect(report).toMatch(/^seed 11, 58 calls, \d+ faults\n/);
    for (const fault of ["REFUSED", "UNACKNOWLEDGED", "FULL"]) {
      expect(report).toMatch(new RegExp(`^call \\d+ append f/a \\d+ ${fault}$`, "m"));
    }
  });

  test("never leaves a read unacknowledged or without room", async () => {
    const { store } = setup({ rates: { unacknowledged: 1, full: 1 } });
    expect(await outcome(() => store.read("f/a", 1))).toEqual({ bodies: ["one"] });
    expect(await outcome(() => store.list({ limit: 1 }))).toEqual([row]);
  });
});

describe("an asynchronous store", () => {
  test("lets calls overtake each other, differently for each seed and alike for the same one", async () => {
    async function order(seed: number): Promise<string> {
      const clock = new SimulatedClock();
      const store = new AsyncStore(new MemoryStore(), { seed, drain: (next) => clock.host().drain(next) });
      const seen: number[] = [];
      const calls = Array.from({ length: 6 }, (_, at) => store.read("f/a", at + 1).then(() => seen.push(at)));
      await clock.run(Promise.all(calls));
      return seen.join();
    }
    const orders = await Promise.all(Array.from({ length: 10 }, (_, seed) => order(seed)));
    expect(await Promise.all(Array.from({ length: 10 }, (_, seed) => order(seed)))).toEqual(orders);
    expect(new Set(orders).size).toBeGreaterThan(3);
    expect(orders).not.toEqual(orders.map(() => "0,1,2,3,4,5"));
  });
});

describe("a process that crashes", () => {
  for (const side of ["BEFORE", "AFTER"] as const) {
    test(`${side.toLowerCase()} its second write ${side === "AFTER" ? "has" : "has not"} written it, and hears nothing more`, async () => {
      const clock = new SimulatedClock({ startAt: 0 });
      const store = new MemoryStore();
      const process = new SimulatedProcess({ clock, store, crashAt: { write: 2, side } });
      const answers: unknown[] = [];
      const alarm = process.alarm((id) => answers.push(`woken ${id}`));
      alarm.schedule("f/a", 100, { incarnation: "i", seq: 1 });
      void (async () => {
        answers.push(await process.store.create(row, "one"));
        answers.push(await process.store.append("f/a", 2, "two", "i"));
      })();
      await clock.runUntilIdle();
      void Promise.resolve(process.store.append("f/a", 3, "three", "i")).then((answer) => answers.push(answer));
      void Promise.resolve(process.store.read("f/a", 1)).then((answer) => answers.push(answer));
      await clock.runUntilIdle();
      expect(process.alive).toBe(false);
      expect(answers).toEqual(["created"]);
      expect(store.read("f/a", 1)?.bodies).toEqual(side === "AFTER" ? ["one", "two"] : ["one"]);
    });
  }

  test("leaves its alarms to the next process", async () => {
    const clock = new SimulatedClock({ startAt: 0 });
    const surviving = { clock, store: new MemoryStore(), alarms: new Map<string, KeptAlarm>() };
    const woken: string[] = [];
    const first = new SimulatedProcess(surviving);
    const alarm = first.alarm((id) => woken.push(`first ${id}`));
    alarm.schedule("a", 10, { incarnation: "i", seq: 1 });
    first.kill();
    alarm.schedule("b", 10, { incarnation: "i", seq: 1 });
    await clock.advance(50);
    new SimulatedProcess(surviving).alarm((id) => woken.push(`second ${id}`));
    await clock.runUntilIdle();
    expect(woken).toEqual(["second a"]);
  });
});
