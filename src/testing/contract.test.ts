import { describe, expect, test } from "vitest";
import { MemoryStore } from "../adapters/memory/memory-store.ts";
import type { ExecutionStore } from "../engine/ports/execution-store.ts";
import { chain } from "../engine/ports/maybe-promise.ts";
import { alarmContract } from "./alarm-contract.ts";
import { assertEqual, ContractViolation, failureOf } from "./assert.ts";
import { changedStore } from "./changed-store.ts";
import { applicable } from "./contract.ts";
import { storeContract } from "./store-contract.ts";

test("every case has a name of its own", () => {
  for (const cases of [storeContract, alarmContract]) {
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
  }
});

test("an exception takes a case away; one for no case is refused", () => {
  const [first, ...others] = storeContract;
  expect(applicable(storeContract, [{ name: first?.name ?? "", reason: "for this test" }])).toEqual(others);
  expect(() => applicable(storeContract, [{ name: "no such case", reason: "none" }])).toThrow(/no such case/);
});

/** Stores that each break one promise, and which cases notice. */
const broken: Readonly<Record<string, (store: ExecutionStore) => Partial<ExecutionStore>>> = {
  "answers taken writes with appended": (store) => ({
    append: (...write) => chain(store.append(...write), () => "appended"),
  }),
  "creates again": (store) => ({ create: (row, body) => chain(store.create(row, body), () => "created") }),
  "reads one commit too few": (store) => ({
    read: async (...asked) => ({ bodies: (await store.read(...asked))?.bodies.slice(0, -1) ?? [] }),
  }),
  "stops at the first page": (store) => ({
    read: async (...asked) => ({ bodies: (await store.read(...asked))?.bodies.slice(0, 100) ?? [] }),
  }),
  "cuts long bodies": (store) => ({
    append: (id, seq, body, incarnation) => store.append(id, seq, body.slice(0, 2_000_000), incarnation),
  }),
  "stores UTF-8 and loses lone surrogates": (store) => ({
    append: (id, seq, body, incarnation) => store.append(id, seq, body.toWellFormed(), incarnation),
  }),
  "never removes": () => ({ remove: () => undefined }),
  "never puts a row": () => ({ putRow: () => undefined }),
  "ignores the place to begin at": (store) => ({ list: ({ after, ...scan }) => store.list(scan) }),
  "begins at a place instead of behind it": (store) => ({
    list: ({ after, ...scan }) =>
      store.list(after === undefined ? scan : { ...scan, after: { ...after, id: after.id.slice(0, -1) } }),
  }),
  "ignores reverse": (store) => ({ list: ({ reverse, ...scan }) => store.list(scan) }),
  "ignores the status": (store) => ({ list: ({ status, ...scan }) => store.list(scan) }),
  "ignores the function when a name is given": (store) => ({
    list: ({ functionName, ...scan }) =>
      store.list(scan.name === undefined && functionName !== undefined ? { ...scan, functionName } : scan),
  }),
  "gives one row too few": (store) => ({ list: async (scan) => (await store.list(scan)).slice(0, scan.limit - 1) }),
  "ignores the limit of a page": (store) => ({
    read: (id, from, options) => store.read(id, from, { ...options, limit: 1000 }),
  }),
  "reads a log that is gone as an empty one": (store) => ({
    read: async (...asked) => (await store.read(...asked)) ?? { bodies: [] },
  }),
  "reads whichever log has the id": (store) => ({ read: (id, from) => store.read(id, from) }),
  "keeps the row that came last": (store) => {
    let newest = 100;
    return { putRow: (row) => store.putRow({ ...row, seq: newest++ }) };
  },
  "removes whichever execution has the id": (store) => {
    const incarnations = new Map<string, string>();
    return {
      create: (row, body) => {
        incarnations.set(row.id, row.incarnation);
        return store.create(row, body);
      },
      remove: (id, incarnation) => store.remove(id, incarnations.get(id) ?? incarnation),
    };
  },
  "appends to whichever log has the id": (store) => {
    const incarnations = new Map<string, string>();
    return {
      create: (row, body) => {
        incarnations.set(row.id, row.incarnation);
        return store.create(row, body);
      },
      append: (id, seq, body, incarnation) => store.append(id, seq, body, incarnations.get(id) ?? incarnation),
    };
  },
  "keeps snapshots by the id alone": () => {
    const snapshots = new Map<string, string>();
    return {
      keepSnapshot: (id, text) => void snapshots.set(id, text),
      snapshot: (id) => snapshots.get(id),
    };
  },
  "never finds what has expired": () => ({ expired: () => [] }),
  "finds more that has expired than asked for": (store) => ({ expired: (now) => store.expired(now, 1000) }),
  "forgets at a restart": () => ({}),
};

describe("the store contract notices a store that", () => {
  for (const [fault, breakIt] of Object.entries(broken)) {
    test(fault, async () => {
      const open = (): ExecutionStore => {
        const store = new MemoryStore();
        return changedStore(store, breakIt(store));
      };
      const failed: string[] = [];
      for (const { name, run } of storeContract.filter(({ name }) => !name.startsWith("pages on while"))) {
        await run({ open, restart: (store) => (fault === "forgets at a restart" ? open() : store) }).catch(() =>
          failed.push(name),
        );
      }
      expect(failed).not.toEqual([]);
      expect(failed.length).toBeLessThan(storeContract.length);
    });
  }
});

test("assertEqual sees a difference in any depth and shows both sides, shortened", () => {
  assertEqual({ a: 1, b: [{ c: 2 }] }, { b: [{ c: 2 }], a: 1, d: undefined }, "the same");
  expect(() => assertEqual({ a: [1, 2] }, { a: [1, 3] }, "numbers")).toThrow(ContractViolation);
  expect(() => assertEqual("x".repeat(1e6), "y", "long")).toThrow(/long: expected "y", got "x{399}\.\.\. \(1000002/);
});

test("failureOf gives the failure, and fails when there is none", async () => {
  const failure = new Error("expected");
  expect(await failureOf(() => Promise.reject(failure), "a call")).toBe(failure);
  await expect(failureOf(() => 1, "a call")).rejects.toThrow(/a call: expected a failure/);
});
