import { describe, expect, test } from "vitest";
import { MemoryStore } from "../adapters/memory/memory-store.ts";
import type { ExecutionStore } from "../engine/ports/execution-store.ts";
import { chain } from "../engine/ports/maybe-promise.ts";
import { alarmContract } from "./alarm-contract.ts";
import { assertEqual, ContractViolation, failureOf } from "./assert.ts";
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
    append: (id, seq, body) => chain(store.append(id, seq, body), () => "appended"),
  }),
  "creates again": (store) => ({ create: (row, body) => chain(store.create(row, body), () => "created") }),
  "reads one commit too few": (store) => ({
    read: async (id, from) => ({ bodies: (await store.read(id, from)).bodies.slice(0, -1) }),
  }),
  "stops at the first page": (store) => ({
    read: async (id, from) => ({ bodies: (await store.read(id, from)).bodies.slice(0, 100) }),
  }),
  "cuts long bodies": (store) => ({ append: (id, seq, body) => store.append(id, seq, body.slice(0, 2_000_000)) }),
  "stores UTF-8 and loses lone surrogates": (store) => ({
    append: (id, seq, body) => store.append(id, seq, body.toWellFormed()),
  }),
  "never removes": () => ({ remove: () => undefined }),
  "never describes": () => ({ describe: () => undefined }),
  "ignores the marker": (store) => ({
    list: ({ marker, ...query }) => store.list(marker === undefined ? query : { ...query, limit: 1 }),
  }),
  "ignores reverse": (store) => ({ list: ({ reverse, ...query }) => store.list(query) }),
  "ignores statuses": (store) => ({ list: ({ statuses, ...query }) => store.list(query) }),
  "ignores versions": (store) => ({ list: ({ version, ...query }) => store.list(query) }),
  "has exclusive bounds": (store) => ({
    list: ({ startedAfter, ...query }) =>
      store.list(startedAfter === undefined ? query : { ...query, startedAfter: startedAfter + 1 }),
  }),
  "forgets at a restart": () => ({}),
};

describe("the store contract notices a store that", () => {
  for (const [fault, breakIt] of Object.entries(broken)) {
    test(fault, async () => {
      const open = (): ExecutionStore => {
        const store = new MemoryStore();
        const whole: ExecutionStore = {
          create: (row, body) => store.create(row, body),
          append: (id, seq, body) => store.append(id, seq, body),
          read: (id, from) => store.read(id, from),
          describe: (row) => store.describe(row),
          list: (query) => store.list(query),
          remove: (id) => store.remove(id),
        };
        return { ...whole, ...breakIt(store) };
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
