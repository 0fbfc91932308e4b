import { expect, onTestFinished, test } from "vitest";
import { IndexedDbStore } from "../../../src/adapters/indexeddb/indexeddb-store.ts";
import { listExecutions } from "../../../src/engine/runner/directory-list.ts";
import { readLog, rowOf } from "../../../src/testing/store-case.ts";

/** What the first version of the schema was. */
function openFirstVersion(name: string): Promise<IDBDatabase> {
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () => {
    const order = ["startedAt", "id"];
    request.result.createObjectStore("commits");
    const executions = request.result.createObjectStore("executions", { keyPath: "id" });
    executions.createIndex("byStart", order);
    executions.createIndex("byFunction", ["functionName", ...order]);
    executions.createIndex("byStatus", ["status", ...order]);
    executions.createIndex("byFunctionAndStatus", ["functionName", "status", ...order]);
    executions.createIndex("byName", ["name", ...order]);
    executions.createIndex("byExpiry", "expiresAt");
  };
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("It did not open."));
  });
}

test("a database of the first version keeps its executions, shows what is halted, and takes tags", async () => {
  const name = crypto.randomUUID();
  const old = await openFirstVersion(name);
  const rows = [
    rowOf("f", "a"),
    { ...rowOf("f", "b"), halted: true },
    { ...rowOf("f", "c"), status: "FAILED" } as const,
  ];
  await new Promise<void>((resolve) => {
    const transaction = old.transaction(["executions", "commits"], "readwrite");
    for (const [log, row] of rows.entries()) {
      transaction.objectStore("executions").add({ ...row, log });
      transaction.objectStore("commits").add(`of ${row.name}`, [log, 1]);
    }
    transaction.oncomplete = () => resolve();
  });
  // A tab with older code still has it open: it lets go as soon as it is asked to.
  old.onversionchange = () => old.close();

  const store = new IndexedDbStore({ name });
  onTestFinished(() => store.close());
  const names = async (query: object): Promise<string[]> => {
    const page = await listExecutions({ ...query, limit: 10 }, (scan) => store.list(scan));
    return page.rows.map((row) => row.name);
  };
  expect(await names({})).toEqual(["a", "b", "c"]);
  expect(await names({ halted: true })).toEqual(["b"]);
  expect(await readLog(store, "f/b")).toEqual(["of b"]);
  await store.putRow({ ...rowOf("f", "a"), seq: 2, tags: { team: "a" } });
  await store.putRow({ ...rowOf("f", "b"), seq: 2 });
  expect(await names({ tags: { team: "a" } })).toEqual(["a"]);
  expect(await names({ halted: true })).toEqual([]);
  const [row] = await store.list({ tag: ["team", "a"], limit: 5 });
  expect(row).toEqual({ ...rowOf("f", "a"), seq: 2, tags: { team: "a" } });
});
