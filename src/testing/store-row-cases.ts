/** The store's contract for the one row of each execution. */

import { assertEqual } from "./assert.ts";
import { createWith, listAll, readLog, rowOf, STARTED, storeCase, type StoreCase } from "./store-case.ts";

function names(rows: readonly { readonly name: string }[]): string[] {
  return rows.map(({ name }) => name);
}

export const rowCases: readonly StoreCase[] = [
  storeCase("replaces the row by describe, every field of it, and leaves the log alone", async (store, fn) => {
    const row = rowOf(fn, "a");
    await createWith(store, row, ["one", "two"]);
    const halted = { ...row, seq: 2, halted: true };
    await store.putRow(halted);
    assertEqual(await listAll(store, { functionName: fn, limit: 5 }), [halted], "the halted row");
    const ended = {
      ...row,
      seq: 3,
      status: "FAILED",
      endedAt: STARTED + 5,
      expiresAt: STARTED + 9,
      version: "3",
    } as const;
    await store.putRow(ended);
    assertEqual(await listAll(store, { functionName: fn, limit: 5 }), [ended], "the ended row");
    assertEqual(await readLog(store, row.id), ["one", "two"], "the log");
  }),
  storeCase("keeps the newest row, in whatever order the rows arrive", async (store, fn) => {
    const row = rowOf(fn, "a");
    await store.create(row, "one");
    const halted = { ...row, seq: 4, halted: true };
    const ended = { ...row, seq: 9, status: "SUCCEEDED", endedAt: STARTED + 5 } as const;
    await store.putRow(ended);
    await store.putRow(halted);
    await store.putRow(row);
    assertEqual(await listAll(store, { functionName: fn, limit: 5 }), [ended], "the row");
    assertEqual(await listAll(store, { functionName: fn, statuses: ["RUNNING"], limit: 5 }), [], "what runs");
  }),
  storeCase("keeps the newest of rows that are described at the same time", async (store, fn) => {
    const row = rowOf(fn, "a");
    await store.create(row, "one");
    const rows = [3, 8, 5, 2, 7].map((seq) => ({ ...row, seq, version: `${seq}` }));
    await Promise.all(rows.map(async (each) => store.putRow(each)));
    assertEqual(await listAll(store, { functionName: fn, limit: 5 }), [{ ...row, seq: 8, version: "8" }], "the row");
  }),
  storeCase("describes nothing that it does not have", async (store, fn) => {
    await store.putRow(rowOf(fn, "nobody"));
    assertEqual(await listAll(store, { functionName: fn, limit: 5 }), [], "the directory");
    assertEqual(await store.create(rowOf(fn, "nobody"), "one"), "created", "create");
  }),
  storeCase("lists a row under its new status only", async (store, fn) => {
    const row = rowOf(fn, "a");
    await store.create(row, "one");
    await store.putRow({ ...row, seq: 2, status: "STOPPED", endedAt: STARTED + 5 });
    assertEqual(await listAll(store, { functionName: fn, statuses: ["RUNNING"], limit: 5 }), [], "running");
    assertEqual(names(await listAll(store, { functionName: fn, statuses: ["STOPPED"], limit: 5 })), ["a"], "stopped");
  }),
  storeCase("keeps a row as it was given when the caller's object changes later", async (store, fn) => {
    const row = { ...rowOf(fn, "a") };
    await store.create(row, "one");
    (row as { version: string }).version = "changed";
    assertEqual(await listAll(store, { functionName: fn, limit: 5 }), [rowOf(fn, "a")], "the directory");
  }),
  storeCase("gives rows that nobody can change the store by", async (store, fn) => {
    await store.create(rowOf(fn, "a"), "one");
    const [row] = await listAll(store, { functionName: fn, limit: 5 });
    try {
      Object.assign(row ?? {}, { version: "changed" });
    } catch {
      // A frozen row is as good as a copy.
    }
    assertEqual(await listAll(store, { functionName: fn, limit: 5 }), [rowOf(fn, "a")], "the directory");
  }),
];
