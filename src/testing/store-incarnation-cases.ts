/**
 * The store's contract for executions that follow each other under the same name, and for the parts of an execution
 * that go with it: its log, its row, its snapshot.
 */

import type { ExecutionStore } from "../engine/ports/execution-store.ts";
import { assert, assertEqual } from "./assert.ts";
import {
  createWith,
  HUGE,
  listAll,
  readLog,
  rowOf,
  storeCase,
  type StoreCase,
  successorOf,
  tryTo,
} from "./store-case.ts";

export const removalCases: readonly StoreCase[] = [
  storeCase("forgets an execution: no log, no row, and its name is free again", async (store, fn) => {
    const row = rowOf(fn, "a");
    await createWith(store, row, ["one", "two", "x".repeat(HUGE)]);
    await store.remove(row.id, row.incarnation);
    assertEqual(await store.read(row.id, 1), undefined, "the log");
    assertEqual(await listAll(store, { functionName: fn, limit: 5 }), [], "the directory");
    const next = successorOf(row);
    await createWith(store, next, ["new one", "new two"]);
    assertEqual(await readLog(store, row.id), ["new one", "new two"], "the new log");
    assertEqual(await listAll(store, { functionName: fn, limit: 5 }), [next], "the new row");
  }),
  storeCase("forgets one execution and no other", async (store, fn) => {
    const rows = ["a", "a-1", "ab"].map((name) => rowOf(fn, name));
    for (const row of rows) await store.create(row, row.name);
    await store.remove(`${fn}/a`, rowOf(fn, "a").incarnation);
    assertEqual(await readLog(store, `${fn}/a-1`), ["a-1"], "a log beside it");
    assertEqual(
      (await listAll(store, { functionName: fn, limit: 5 })).map(({ name }) => name).sort(),
      ["a-1", "ab"],
      "the directory",
    );
  }),
  storeCase("forgets what it does not know without a word", async (store, fn) => {
    await store.remove(`${fn}/nobody`, rowOf(fn, "a").incarnation);
    const row = rowOf(fn, "a");
    await store.create(row, "one");
    await store.remove(row.id, row.incarnation);
    await store.remove(row.id, row.incarnation);
    assertEqual(await store.read(row.id, 1), undefined, "the log");
  }),
  storeCase("shows nothing that a late writer appends to what was removed", async (store, fn) => {
    const row = rowOf(fn, "a");
    await createWith(store, row, ["one", "two"]);
    await store.remove(row.id, row.incarnation);
    await tryTo(() => store.append(row.id, 3, "late", row.incarnation));
    assertEqual(await store.read(row.id, 1), undefined, "the log");
    await createWith(store, row, ["new one", "new two"]);
    assertEqual((await readLog(store, row.id)).slice(0, 2), ["new one", "new two"], "the new log");
  }),
  storeCase("does not show what is left of a log that was removed while it was read as its end", async (store, fn) => {
    const row = rowOf(fn, "a");
    await createWith(store, row, ["one", "two", "three", "four"]);
    const { incarnation } = row;
    assertEqual(await store.read(row.id, 1, { limit: 2 }), { bodies: ["one", "two"], next: 3 }, "the first page");
    await store.remove(row.id, incarnation);
    assertEqual(await store.read(row.id, 3, { incarnation }), undefined, "the next page");
    await createWith(store, successorOf(row), ["new one", "new two", "new three"]);
    assertEqual(await store.read(row.id, 3, { incarnation }), undefined, "the next page, once the name is taken again");
  }),
  storeCase("removes a long log of which no more than a page was read", async (store, fn) => {
    const row = rowOf(fn, "a");
    const { incarnation } = row;
    await createWith(store, row, ["one", "x".repeat(HUGE), "y".repeat(HUGE), "z".repeat(HUGE), "five"]);
    const page = await store.read(row.id, 1);
    await store.remove(row.id, incarnation);
    assertEqual(await store.read(row.id, page?.next ?? 6, { incarnation }), undefined, "the rest");
    assertEqual(await store.create(successorOf(row), "new one"), "created", "the next create");
    assertEqual(await readLog(store, row.id), ["new one"], "the new log");
  }),
  storeCase("reads a log whole or not at all while it is removed", async (store, fn) => {
    const rows = Array.from({ length: 8 }, (_, at) => rowOf(fn, `n${at}`));
    const bodies = ["one", "two", "three", "four", "five"];
    for (const row of rows) await createWith(store, row, bodies);
    const read = rows.map(async (row) => readWhole(store, row.id));
    const removed = rows.map(async (row) => store.remove(row.id, row.incarnation));
    for (const log of await Promise.all(read)) if (log !== undefined) assertEqual(log, bodies, "a log that was read");
    await Promise.all(removed);
    for (const { id } of rows) assertEqual(await store.read(id, 1), undefined, "a log that was removed");
  }),
];

/** The log of one incarnation, two commits at a time; nothing if it was removed meanwhile. */
async function readWhole(store: ExecutionStore, id: string): Promise<string[] | undefined> {
  const { incarnation } = rowOf("", "");
  const bodies: string[] = [];
  for (let next: number | undefined = 1; next !== undefined; ) {
    const page = await store.read(id, next, { incarnation, limit: 2 });
    if (page === undefined) return undefined;
    for (const body of page.bodies) bodies.push(body);
    ({ next } = page);
  }
  return bodies;
}

/** An execution that was removed, and the next one of its name with two commits. */
function successorCase(
  name: string,
  check: (store: ExecutionStore, rows: Readonly<Record<"old" | "next", ReturnType<typeof rowOf>>>) => Promise<void>,
): StoreCase {
  return storeCase(name, async (store, fn) => {
    const old = rowOf(fn, "a");
    const next = successorOf(old);
    await createWith(store, old, ["old one", "old two", "old three"]);
    await store.remove(old.id, old.incarnation);
    await createWith(store, next, ["one", "two"]);
    await check(store, { old, next });
    assertEqual((await readLog(store, next.id)).slice(0, 2), ["one", "two"], "the log");
    assertEqual(await listAll(store, { functionName: fn, limit: 5 }), [next], "the directory");
  });
}

export const incarnationCases: readonly StoreCase[] = [
  successorCase("lets no commit of an earlier execution into the log of the next one", async (store, { old, next }) => {
    for (const seq of [2, 3, 4]) {
      const answer = await store.append(old.id, seq, `late ${seq}`, old.incarnation);
      assert(answer !== "taken", "a late writer is not told that somebody else wrote its commit");
    }
    assertEqual(await readLog(store, next.id), ["one", "two"], "the log");
    assertEqual(await store.append(next.id, 3, "three", next.incarnation), "appended", "the next commit");
  }),
  storeCase("says that a log is gone, or hides what is appended to it", async (store, fn) => {
    const row = rowOf(fn, "a");
    await createWith(store, row, ["one", "two"]);
    await store.remove(row.id, row.incarnation);
    assert((await store.append(row.id, 3, "late", row.incarnation)) !== "taken", "nobody else wrote that commit");
    assertEqual(await store.append(`${fn}/nobody`, 2, "two", row.incarnation), "gone", "a log that never was");
    for (const from of [1, 3]) assertEqual(await store.read(row.id, from), undefined, `the log from ${from}`);
  }),
  successorCase("reads the log of the incarnation that is asked for, and of no other", async (store, { old, next }) => {
    for (const from of [1, 2, 3, 4]) {
      assertEqual(
        await store.read(old.id, from, { incarnation: old.incarnation }),
        undefined,
        `the old log from ${from}`,
      );
    }
    const page = await store.read(next.id, 1, { incarnation: next.incarnation });
    assertEqual(page, { bodies: ["one", "two"] }, "the new log");
    assertEqual(await store.read(next.id, 3, { incarnation: next.incarnation }), { bodies: [] }, "its end");
    assertEqual(await store.read(next.id, 1), { bodies: ["one", "two"] }, "the log of whichever is there");
  }),
  successorCase("describes no execution by the row of an earlier one", async (store, { old }) => {
    await store.putRow({ ...old, seq: 9, status: "STOPPED", endedAt: old.startedAt + 1 });
  }),
  successorCase("removes no execution in place of an earlier one", async (store, { old }) => {
    await store.remove(old.id, old.incarnation);
  }),
  successorCase(
    "gives no snapshot of an earlier execution, and keeps none for the next one",
    async (store, { old, next }) => {
      assertEqual(await store.snapshot(old.id, old.incarnation), undefined, "the old snapshot");
      await store.keepSnapshot(next.id, "new", next.incarnation);
      await store.keepSnapshot(old.id, "old", old.incarnation);
      assert((await store.snapshot(next.id, next.incarnation)) !== "old", "the snapshot is not the old one");
      assertEqual(await store.snapshot(old.id, old.incarnation), undefined, "the old snapshot");
    },
  ),
];

export const snapshotCases: readonly StoreCase[] = [
  storeCase("gives back the snapshot that was kept last, of any length", async (store, fn) => {
    const { id, incarnation } = rowOf(fn, "a");
    await createWith(store, rowOf(fn, "a"), ["one", "two"]);
    assertEqual(await store.snapshot(id, incarnation), undefined, "before there is any");
    for (const text of ["", "first", "x".repeat(HUGE), "€\ud800".repeat(HUGE / 2), "short"]) {
      await store.keepSnapshot(id, text, incarnation);
      assert(
        (await store.snapshot(id, incarnation)) === text,
        `a snapshot of ${text.length} characters came back changed`,
      );
    }
    assertEqual(await store.append(id, 3, "three", incarnation), "appended", "an append");
    assertEqual(await store.snapshot(id, incarnation), "short", "the snapshot after an append");
  }),
  storeCase("keeps a snapshot beside the log and not in it", async (store, fn) => {
    const { id, incarnation } = rowOf(fn, "a");
    await createWith(store, rowOf(fn, "a"), ["one", "two"]);
    await store.keepSnapshot(id, "a snapshot", incarnation);
    assertEqual(await readLog(store, id), ["one", "two"], "the log");
    assertEqual(await store.read(id, 1, { incarnation, limit: 1 }), { bodies: ["one"], next: 2 }, "its first page");
    assertEqual(await store.read(id, 3), { bodies: [] }, "its end");
    assertEqual(await store.append(id, 3, "three", incarnation), "appended", "an append");
  }),
  storeCase("removes a snapshot with its execution", async (store, fn) => {
    const row = rowOf(fn, "a");
    await store.create(row, "one");
    await store.keepSnapshot(row.id, "x".repeat(HUGE), row.incarnation);
    await store.remove(row.id, row.incarnation);
    assertEqual(await store.snapshot(row.id, row.incarnation), undefined, "the snapshot");
    await store.keepSnapshot(row.id, "late", row.incarnation);
    const next = successorOf(row);
    await store.create(next, "one");
    assertEqual(await store.snapshot(next.id, next.incarnation), undefined, "the snapshot of the next execution");
  }),
  storeCase("has no snapshot of what it does not know", async (store, fn) => {
    const { id, incarnation } = rowOf(fn, "nobody");
    await store.keepSnapshot(id, "text", incarnation);
    assertEqual(await store.snapshot(id, incarnation), undefined, "the snapshot");
    assertEqual(await store.read(id, 1), undefined, "the log");
  }),
];
