import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ExecutionStatus } from "../../engine/model/execution.ts";
import type { DirectoryRow } from "../../engine/ports/execution-store.ts";
import type { ListQuery } from "../../engine/runner/client.ts";
import { AsyncStore } from "../../testing/async-store.ts";
import { applicable } from "../../testing/contract.ts";
import { FaultyStore } from "../../testing/faulty-store.ts";
import { SimulatedClock } from "../../testing/simulated-host.ts";
import { listAll, readLog, type StoreSubject } from "../../testing/store-case.ts";
import { storeContract } from "../../testing/store-contract.ts";
import { MemoryStore } from "./memory-store.ts";

// The process that ends is the engine's: to a simulated one this store is the disk.
const memory: StoreSubject = { open: () => new MemoryStore(), restart: (store) => store };

const subjects: Readonly<Record<string, StoreSubject>> = {
  "a memory store": memory,
  "a memory store that reads in pages of 3": { ...memory, open: () => new MemoryStore({ pageCommits: 3 }) },
  "a memory store behind random turns": { ...memory, open: () => new AsyncStore(new MemoryStore(), { seed: 7 }) },
};

for (const [subjectName, subject] of Object.entries(subjects)) {
  describe(subjectName, () => {
    for (const { name, run } of applicable(storeContract)) test(name, () => run(subject));
  });
}

describe("a memory store behind random delays", () => {
  for (const { name, run } of applicable(storeContract)) {
    test(name, async () => {
      const clock = new SimulatedClock();
      const open = () => new FaultyStore(new MemoryStore(), { seed: 3, rates: { delayed: 0.5 }, host: clock.host() });
      await clock.run(run({ ...memory, open }), { limitMs: 1e9 });
    });
  }
});

function row(id: number, startedAt: number): DirectoryRow {
  return {
    id: `f/${id}`,
    functionName: `f${id % 2}`,
    name: `${id}`,
    version: "1",
    incarnation: "a",
    seq: 1,
    status: id % 3 === 0 ? "RUNNING" : "SUCCEEDED",
    startedAt,
  };
}

interface Act {
  readonly act: string;
  readonly id: number;
  readonly startedAt: number;
}

/** Does the same to the store and to a plain map of rows. */
function perform(store: MemoryStore, model: Map<string, DirectoryRow>, { act, id, startedAt }: Act): void {
  const next = row(id, startedAt);
  const known = model.get(next.id);
  if (act === "create" && store.create(next, "one") === "created") model.set(next.id, next);
  if (act === "putRow" && known !== undefined) {
    model.set(next.id, { ...known, status: "STOPPED" });
    store.putRow({ ...known, status: "STOPPED" });
  }
  if (act === "remove") {
    model.delete(next.id);
    store.remove(next.id);
  }
}

function select(rows: Iterable<DirectoryRow>, query: ListQuery): DirectoryRow[] {
  const { functionName, statuses, startedAfter = 0, startedBefore = Number.POSITIVE_INFINITY, reverse } = query;
  const selected = [...rows]
    .filter((one) => functionName === undefined || one.functionName === functionName)
    .filter((one) => statuses === undefined || statuses.includes(one.status))
    .filter((one) => one.startedAt >= startedAfter && one.startedAt <= startedBefore)
    .sort((a, b) => a.startedAt - b.startedAt || (a.id < b.id ? -1 : 1));
  return reverse === true ? selected.reverse() : selected;
}

test("lists what a plain filter and sort would, whatever was started, ended and removed in whatever order", async () => {
  const act = fc.record({
    act: fc.constantFrom("create", "create", "create", "putRow", "remove"),
    id: fc.nat(40),
    startedAt: fc.nat(20),
  });
  const query = fc.record(
    {
      functionName: fc.constantFrom("f0", "f1"),
      statuses: fc.subarray<ExecutionStatus>(["RUNNING", "SUCCEEDED", "STOPPED"]),
      startedAfter: fc.nat(20),
      startedBefore: fc.nat(20),
      reverse: fc.boolean(),
      limit: fc.integer({ min: 1, max: 9 }),
    },
    { requiredKeys: ["limit"] },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 80 }), query, async (acts, asked) => {
      const store = new MemoryStore();
      const model = new Map<string, DirectoryRow>();
      for (const one of acts) perform(store, model, one);
      expect(await listAll(store, asked as ListQuery)).toEqual(select(model.values(), asked as ListQuery));
    }),
  );
});

test("keeps 100,000 commits of one execution and reads them back", async () => {
  const store = new MemoryStore();
  store.create(row(1, 1), "1");
  for (let seq = 2; seq <= 100_000; seq++) store.append("f/1", seq, `${seq}`, "a");
  const log = await readLog(store, "f/1");
  expect(log).toHaveLength(100_000);
  expect(log.at(-1)).toBe("100000");
});

test("removes and reads whichever execution has an id when no incarnation is named", () => {
  const store = new MemoryStore();
  store.create(row(1, 1), "1");
  expect(store.read("f/1", 1)).toEqual({ bodies: ["1"] });
  store.remove("f/1");
  expect(store.read("f/1", 1)).toBeUndefined();
  expect(store.row("f/1")).toBeUndefined();
});
