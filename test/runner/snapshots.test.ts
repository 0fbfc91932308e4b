/** Snapshots seen from the ports: what is read to take an execution up, what is written, and what may be wrong with them. */

import { describe, expect, test } from "vitest";
import { MemoryStore } from "../../src/adapters/memory/memory-store.ts";
import { decodeCommit } from "../../src/engine/machine/commit-codec.ts";
import { fold } from "../../src/engine/machine/fold.ts";
import { decodeSnapshot, encodeSnapshot } from "../../src/engine/machine/snapshot.ts";
import { emptyState } from "../../src/engine/machine/state.ts";
import { type ExecutionStore, StorageFullError } from "../../src/engine/ports/execution-store.ts";
import type { DurableContext } from "../../src/lambda-compat/types.ts";
import { withDurableExecution } from "../../src/lambda-compat/with-durable-execution.ts";
import type { CrashPoint } from "../../src/testing/crash.ts";
import { histories } from "../promises/histories.ts";
import { World } from "../promises/world.ts";
import { Gate, HOUR, Processes, storeWith } from "./processes.ts";

const id = "order/long";
const LONG = { functionName: "order", name: "long" };

/** What a process asks its store for. */
class Traffic {
  commits = 0;
  reads = 0;
  snapshotsRead = 0;
  snapshotsKept = 0;

  readonly through = (store: ExecutionStore): ExecutionStore =>
    storeWith(store, {
      read: async (...args) => {
        const page = await store.read(...args);
        this.reads++;
        this.commits += page?.bodies.length ?? 0;
        return page;
      },
      snapshot: (...args) => {
        this.snapshotsRead++;
        return store.snapshot(...args);
      },
      keepSnapshot: (...args) => {
        this.snapshotsKept++;
        return store.keepSnapshot(...args);
      },
    });
}

/** So many steps, then a wait of an hour, then one step more. Says which steps ran where. */
function order(ran: string[], where: string, steps: number) {
  return {
    order: withDurableExecution(async (_event: unknown, context: DurableContext) => {
      let sum = 0;
      for (let step = 1; step <= steps; step++) {
        sum += await context.step(async () => {
          ran.push(where);
          return step;
        });
      }
      await context.wait({ hours: 1 });
      return context.step("last", async () => {
        ran.push(`${where} last`);
        return sum;
      });
    }),
  };
}

/** A world in which one process has run the steps and parked. */
async function parked(steps: number): Promise<{ world: Processes; ran: string[]; traffic: Traffic }> {
  const world = new Processes();
  const ran: string[] = [];
  const traffic = new Traffic();
  const first = world.start(order(ran, "first", steps), { store: traffic.through });
  await first.start(LONG);
  await world.clock.settle();
  first.close();
  expect(ran.length).toBe(steps);
  return { world, ran, traffic };
}

/** Has another process take the execution up and finish it. */
async function finish(world: Processes, ran: string[], steps: number, extras: object = {}): Promise<unknown> {
  const second = world.start(order(ran, "second", steps), extras);
  await second.wake(id);
  await world.clock.advance(HOUR);
  const { status, result } = await second.describe(id);
  second.close();
  return { status, result, last: ran.at(-1), ran: ran.length };
}

const STEPS = 3000;
const DONE = { status: "SUCCEEDED", result: String((STEPS * (STEPS + 1)) / 2), last: "second last", ran: STEPS + 1 };

/** The log, the row and no snapshot; the log cut off after `length` commits if that is given. */
function copyOf(disk: MemoryStore, length?: number): MemoryStore {
  const copy = new MemoryStore();
  const row = disk.row(id);
  const bodies: string[] = [];
  for (let from: number | undefined = 1; from !== undefined; ) {
    const page = disk.read(id, from);
    for (const body of page?.bodies ?? []) bodies.push(body);
    from = page?.next;
  }
  if (row === undefined) throw new Error("There is nothing to copy.");
  for (const [index, body] of bodies.slice(0, length).entries()) {
    if (index === 0) copy.create(row, body);
    else copy.append(id, index + 1, body, row.incarnation);
  }
  return copy;
}

function incarnation(disk: MemoryStore): string {
  return disk.row(id)?.incarnation ?? "";
}

describe("taking up a long execution", () => {
  test("reads a few records, its snapshot, and what was recorded since", async () => {
    const { world, ran } = await parked(STEPS);
    const traffic = new Traffic();
    const second = world.start(order(ran, "second", STEPS), { store: traffic.through });
    await second.wake(id);
    await world.clock.settle();
    expect(traffic.snapshotsRead).toBe(1);
    expect(traffic.commits).toBeLessThan(110);
    expect(traffic.snapshotsKept).toBe(0);
    await world.clock.advance(HOUR);
    expect(await second.describe(id)).toMatchObject({ status: "SUCCEEDED", result: DONE.result });
    expect(ran.length).toBe(STEPS + 1);
  });

  test("reads the snapshot of one whose operations share commits, too", async () => {
    const world = new Processes();
    const functions = {
      order: withDurableExecution(async (_event: unknown, context: DurableContext) => {
        const items = Array.from({ length: 1500 }, (_, index) => index);
        const batch = await context.map(items, async (child, item) => child.step(async () => item));
        await context.wait({ hours: 1 });
        return batch.successCount;
      }),
    };
    const first = world.start(functions);
    await first.start(LONG);
    await world.clock.settle();
    first.close();
    const traffic = new Traffic();
    const second = world.start(functions, { store: traffic.through });
    await second.wake(id);
    await world.clock.settle();
    expect(traffic.snapshotsRead).toBe(1);
    expect(traffic.commits).toBeLessThan(100);
    await world.clock.advance(HOUR);
    expect(await second.describe(id)).toMatchObject({ status: "SUCCEEDED", result: "1500" });
  });

  test("shows the same state as reading its log does", async () => {
    const { world } = await parked(STEPS);
    const pages: unknown[] = [];
    for (const disk of [world.disk, copyOf(world.disk)]) {
      const viewer = world.start({}, { store: () => disk });
      pages.push(await viewer.state(id, { limit: 100_000 }), await viewer.describe(id));
    }
    expect(pages[0]).toStrictEqual(pages[2]);
    expect(pages[1]).toStrictEqual(pages[3]);
  });

  test("comes to the same whatever is kept as its snapshot", async () => {
    const { world, ran } = await parked(STEPS);
    const text = world.disk.snapshot(id, incarnation(world.disk)) ?? "";
    expect(text.length).toBeGreaterThan(STEPS);
    const [head = "", rest = ""] = text.split("\n");
    const wrong: Readonly<Record<string, string>> = {
      "not a snapshot": "garbage",
      empty: "",
      "cut off": text.slice(0, -10),
      "with one result changed": text.replace(/"1500"/, '"1501"'),
      "of a newer version": `${head.replace(/^\[\d+,/, "[999,")}\n${rest}`,
      "of another incarnation": text.replaceAll(incarnation(world.disk), "0".repeat(32)),
    };
    for (const [what, snapshot] of Object.entries(wrong)) {
      expect(snapshot, what).not.toBe(text);
      const disk = copyOf(world.disk);
      disk.keepSnapshot(id, snapshot, incarnation(disk));
      const runs = [...ran];
      const errors: unknown[] = [];
      const extras = { store: () => disk, onError: (_id: string, error: unknown) => errors.push(error) };
      expect(await finish(world, runs, STEPS, extras), what).toEqual(DONE);
      expect(errors, what).toEqual([]);
    }
  });

  test("comes to the same with a snapshot that is ahead of the log, or of a log that went on otherwise", async () => {
    const { world, ran } = await parked(STEPS);
    const text = world.disk.snapshot(id, incarnation(world.disk)) ?? "";
    const lost = copyOf(world.disk, 2000);
    lost.keepSnapshot(id, text, incarnation(lost));
    await world.clock.advance(5);
    const [runs, wait] = [[...ran], 1];
    const done = { ...DONE, ran: STEPS + 1 + (STEPS - 2000) + wait };
    expect(await finish(world, runs, STEPS, { store: () => lost })).toEqual(done);
    // As many commits as the snapshot stands for, and more, of which the later ones are others.
    const other = copyOf(lost);
    other.keepSnapshot(id, text, incarnation(other));
    const viewer = world.start({}, { store: () => other });
    const without = world.start({}, { store: () => copyOf(lost) });
    expect(await viewer.state(id, { limit: 10_000 })).toStrictEqual(await without.state(id, { limit: 10_000 }));
  });

  test("comes to the same with a snapshot that is whole and wrong, once a commit does not follow on it", async () => {
    const { world, ran } = await parked(STEPS);
    const disk = copyOf(world.disk);
    const state = emptyState();
    let last = "";
    for (let seq = 1; seq <= 2000; seq++) {
      last = disk.read(id, seq, { limit: 1 })?.bodies[0] ?? "";
      fold(state, decodeCommit(last));
    }
    state.header = { ...state.header, status: "SUCCEEDED", endedAt: 1 };
    disk.keepSnapshot(id, encodeSnapshot(state, last), incarnation(disk));
    const errors: unknown[] = [];
    const onError = (_id: string, error: unknown): void => void errors.push(error);
    expect(await finish(world, ran, STEPS, { store: () => disk, onError })).toEqual(DONE);
    expect(errors).toEqual([]);
  });

  test("is refused for a log that is damaged, in the same words as without a snapshot", async () => {
    const { world } = await parked(STEPS);
    const messages: unknown[] = [];
    for (const disk of [world.disk, copyOf(world.disk)]) {
      const length = (disk.read(id, 3001)?.bodies.length ?? 0) + 3000;
      disk.append(id, length + 1, "damaged", incarnation(disk));
      const viewer = world.start({}, { store: () => disk });
      for (let time = 0; time < 2; time++) {
        messages.push(await viewer.describe(id).catch((error: unknown) => String(error)));
      }
    }
    expect(new Set(messages)).toEqual(new Set(["CorruptLogError: A commit of the log is not JSON."]));
  });

  test("comes to the same when the store cannot give the snapshot, and says so", async () => {
    for (const isLate of [false, true]) {
      const { world, ran } = await parked(STEPS);
      const errors: unknown[] = [];
      const broken = new Error("no snapshots today");
      const store = (behind: ExecutionStore): ExecutionStore =>
        storeWith(behind, {
          snapshot: () => {
            if (isLate) return Promise.reject(broken);
            throw broken;
          },
        });
      const onError = (_id: string, error: unknown): void => void errors.push(error);
      expect(await finish(world, ran, STEPS, { store, onError })).toEqual(DONE);
      expect(errors.length).toBeGreaterThan(0);
      expect(new Set(errors)).toEqual(new Set([broken]));
    }
  });
});

describe("keeping a snapshot", () => {
  test("is not done for a short execution, which is read in one go", async () => {
    const { world, ran, traffic } = await parked(90);
    expect([traffic.snapshotsKept, traffic.snapshotsRead]).toEqual([0, 0]);
    const second = new Traffic();
    const runner = world.start(order(ran, "second", 90), { store: second.through });
    await runner.describe(id);
    expect([second.reads, second.snapshotsRead, second.snapshotsKept]).toEqual([1, 0, 0]);
    const { traffic: longer } = await parked(900);
    expect(longer.snapshotsKept).toBe(0);
  });

  test("is done once where the execution comes to rest, and again when it has grown by as much", async () => {
    const world = new Processes();
    const traffic = new Traffic();
    const rounds = 12;
    const runner = world.start(
      {
        order: withDurableExecution(async (_event: unknown, context: DurableContext) => {
          for (let round = 0; round < rounds; round++) {
            for (let step = 0; step < 500; step++) await context.step(async () => step);
            await context.wait({ seconds: 1 });
          }
        }),
      },
      { store: traffic.through },
    );
    await runner.start(LONG);
    const kept: number[] = [];
    for (let round = 0; round < rounds; round++) {
      await world.clock.settle();
      kept.push(traffic.snapshotsKept);
      await world.clock.advance(1000);
    }
    expect(kept).toEqual([0, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 3]);
  });

  test("names the last commit of what it holds, though the execution goes on while that commit is read", async () => {
    const world = new Processes();
    const gate = new Gate();
    const kept: string[] = [];
    const held = (store: ExecutionStore): ExecutionStore =>
      storeWith(store, {
        read: async (...args) => {
          if (args[2]?.limit === 1) await gate.passed;
          return store.read(...args);
        },
        keepSnapshot: async (...args) => {
          kept.push(args[1]);
          await store.keepSnapshot(...args);
        },
      });
    const runner = world.start(order([], "first", STEPS), { store: held });
    await runner.start(LONG);
    await world.clock.settle();
    await runner.stop(id);
    gate.open();
    await world.clock.settle();
    expect(kept.length).toBe(1);
    const snapshot = decodeSnapshot(kept[0] ?? "", incarnation(world.disk));
    const [lastBody = ""] = world.disk.read(id, snapshot?.state.seq ?? 0)?.bodies ?? [];
    expect(snapshot?.follows(lastBody)).toBe(true);
  });

  test("that fails is reported and has no other consequence", async () => {
    for (const error of [new Error("no"), new StorageFullError("full")]) {
      const world = new Processes();
      const ran: string[] = [];
      const errors: unknown[] = [];
      const first = world.start(order(ran, "first", STEPS), {
        store: (store) => storeWith(store, { keepSnapshot: () => Promise.reject(error) }),
        onError: (_id, each) => void errors.push(each),
      });
      await first.start(LONG);
      await world.clock.advance(HOUR - 1);
      expect(errors).toEqual([error]);
      expect(await first.describe(id)).not.toHaveProperty("halt");
      await world.clock.advance(1);
      expect(await first.describe(id)).toMatchObject({ status: "SUCCEEDED", result: DONE.result });
      expect(ran.length).toBe(STEPS + 1);
    }
  });

  test("is left to the processes that may run the execution, and to those that want any", async () => {
    for (const extras of [{ mayRun: () => false }, { snapshotFloor: Number.POSITIVE_INFINITY }]) {
      const { world } = await parked(STEPS);
      const disk = copyOf(world.disk);
      const traffic = new Traffic();
      const runner = world.start(order([], "second", STEPS), { store: () => traffic.through(disk), ...extras });
      await runner.wake(id);
      await world.clock.settle();
      expect(traffic.snapshotsKept).toBe(0);
    }
  });

  test("of an execution whose name was given to another one meanwhile does not reach that one", async () => {
    const { world, ran } = await parked(STEPS);
    const old = incarnation(world.disk);
    const text = world.disk.snapshot(id, old) ?? "";
    world.disk.remove(id);
    const second = world.start(order(ran, "second", 150), {
      // A store that gives out what a process has kept too late, for an execution that was removed.
      store: (store) => storeWith(store, { snapshot: () => text }),
    });
    await second.start(LONG);
    await world.clock.settle();
    second.close();
    const third = world.start(order(ran, "third", 150), {
      store: (store) => storeWith(store, { snapshot: () => text }),
    });
    await third.wake(id);
    await world.clock.advance(HOUR);
    expect(await third.describe(id)).toMatchObject({ status: "SUCCEEDED", result: String((150 * 151) / 2) });
    expect(incarnation(world.disk)).not.toBe(old);
  });
});

test("programs come to their end with a snapshot wherever there can be one, wherever their processes die", async () => {
  const programs = Object.entries(histories).filter(
    ([name, { happens }]) => happens === undefined && name !== "failed",
  );
  let taken = 0;
  const network = (store: ExecutionStore): ExecutionStore =>
    storeWith(store, {
      snapshot: (...args) => {
        const text = store.snapshot(...args);
        if (text !== undefined) taken++;
        return text;
      },
    });
  for (const [name, { options }] of programs) {
    for (let write = 2; write <= 40; write += 3) {
      const crashes: CrashPoint[] = [
        { write, side: "AFTER" },
        { write: 4 + (write % 5), side: "BEFORE" },
        { write: 3 + (write % 7), side: "AFTER" },
      ];
      const world = new World({ ...options, crashes, network, snapshotFloor: 1 });
      const { status } = await world.run();
      expect(status, `${name}\n${world.report()}`).toBe(name === "timed-out" ? "TIMED_OUT" : "SUCCEEDED");
      expect([world.rerun, world.repeated, world.ledger.broken], name).toEqual([[], [], []]);
    }
  }
  expect(taken).toBeGreaterThan(200);
});
