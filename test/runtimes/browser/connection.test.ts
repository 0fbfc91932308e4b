import { afterEach, expect, onTestFinished, test } from "vitest";
import { Connection } from "../../../src/adapters/indexeddb/connection.ts";
import { IndexedDbStore, type StoreChange } from "../../../src/adapters/indexeddb/indexeddb-store.ts";
import { SCHEMA_VERSION } from "../../../src/adapters/indexeddb/schema.ts";
import type { DirectoryRow } from "../../../src/engine/ports/execution-store.ts";
import { readLog } from "../../../src/testing/store-contract.ts";

/** What the page has opened, as it was before anybody wrapped it. */
const opened: IDBDatabase[] = [];
const durabilities: (string | undefined)[] = [];
const { open } = IDBFactory.prototype;
const { transaction } = IDBDatabase.prototype;
IDBFactory.prototype.open = function (...parameters) {
  const request = open.apply(this, parameters);
  request.addEventListener("success", () => opened.push(request.result));
  return request;
};
IDBDatabase.prototype.transaction = function (stores, mode, options) {
  if (mode === "readwrite") durabilities.push(options?.durability);
  return transaction.call(this, stores, mode, options);
};

afterEach(() => {
  opened.length = 0;
  durabilities.length = 0;
});

function storeOf(name: string, onWrite?: (change: StoreChange) => void): IndexedDbStore {
  const store = new IndexedDbStore({ name, ...(onWrite && { onWrite }) });
  onTestFinished(() => store.close());
  return store;
}

const row: DirectoryRow = {
  id: "f/one",
  functionName: "f",
  name: "one",
  version: "1",
  incarnation: "0".repeat(32),
  status: "RUNNING",
  startedAt: 1,
};

test("opens another connection after the browser has closed one", async () => {
  const store = storeOf(crypto.randomUUID());
  await store.create(row, "one");
  opened[0]!.close();
  expect(await store.append(row.id, 2, "two")).toBe("appended");
  opened[1]!.close();
  expect(await readLog(store, row.id)).toEqual(["one", "two"]);
  opened[2]!.dispatchEvent(new Event("close"));
  expect(await store.append(row.id, 3, "three")).toBe("appended");
  expect(opened).toHaveLength(4);
});

test("lets go of the database while its page sleeps, and keeps callers waiting until it is back", async () => {
  const name = crypto.randomUUID();
  const store = storeOf(name);
  await store.create(row, "one");
  const reading = store.read(row.id, 1);
  store.pause();
  const answers: string[] = [];
  void reading.then(({ bodies }) => answers.push(...bodies));
  await new Promise((resolve) => {
    indexedDB.deleteDatabase(name).onsuccess = resolve;
  });
  expect(answers).toEqual([]);
  store.resume();
  await reading;
  expect(answers).toEqual([]);
  expect(await store.create(row, "anew")).toBe("created");
});

test("reads again what it broke off for sleep, though it hears of that only when it is back", async () => {
  const store = storeOf(crypto.randomUUID());
  await store.create(row, "one");
  const reading = store.read(row.id, 1);
  // As a browser does it: everything that happened in between comes after the page was told that it is back.
  store.pause();
  store.resume();
  expect(await reading).toEqual({ bodies: ["one"] });
});

test("waits for a tab with older code to let go, and says so", async () => {
  const name = crypto.randomUUID();
  const older = await openRaw(name, SCHEMA_VERSION);
  const told: string[] = [];
  const connection = new Connection({ name, version: SCHEMA_VERSION + 1, onBlocked: () => told.push("blocked") });
  const version = connection.use(async (database) => database.version);
  await expect.poll(() => told).toEqual(["blocked"]);
  older.close();
  expect(await version).toBe(SCHEMA_VERSION + 1);
  connection.pause();
});

test("holds up no newer tab by a connection that it has taken for lost", async () => {
  const name = crypto.randomUUID();
  const connection = new Connection({ name });
  const fail = async (): Promise<never> => {
    throw new DOMException("the connection is closing", "InvalidStateError");
  };
  await expect(connection.use(fail)).rejects.toThrow("the connection was closed");
  // What the browser tells of a connection may come when there is another one already.
  const lost = opened[0]!;
  lost.dispatchEvent(new Event("close"));
  await connection.use(async () => {});
  opened.at(-1)!.dispatchEvent(new Event("close"));
  await connection.use(async () => {});
  expect(opened).toHaveLength(3);
  (await openRaw(name, SCHEMA_VERSION + 1)).close();
});

test("gives the database up to a newer tab at once", async () => {
  const name = crypto.randomUUID();
  const told: string[] = [];
  const connection = new Connection({ name, onSuperseded: () => told.push("superseded") });
  await connection.use(async () => {});
  (await openRaw(name, SCHEMA_VERSION + 1)).close();
  expect(told).toEqual(["superseded"]);
  await expect(connection.use(async () => {})).rejects.toMatchObject({ code: "STORAGE_NEWER_VERSION" });
  const late = new Connection({ name });
  await expect(late.use(async () => {})).rejects.toMatchObject({ code: "STORAGE_NEWER_VERSION" });
});

test("keeps a tab that slept through a removal out of the new execution of that name", async () => {
  const name = crypto.randomUUID();
  const asleep = storeOf(name);
  await asleep.create(row, "old one");
  await asleep.append(row.id, 2, "old two");
  const awake = storeOf(name);
  await awake.remove(row.id);
  await awake.create(row, "new one");
  expect(await asleep.append(row.id, 3, "old three")).toBe("appended");
  expect(await asleep.read(row.id, 3)).toEqual({ bodies: ["old three"] });
  expect(await readLog(awake, row.id)).toEqual(["new one"]);
  expect(await awake.append(row.id, 2, "new two")).toBe("appended");
  expect(await awake.append(row.id, 3, "new three")).toBe("appended");
  expect(await readLog(asleep, row.id)).toEqual(["new one", "new two", "new three"]);
});

test("refuses what has no log to go to", async () => {
  const store = storeOf(crypto.randomUUID());
  await expect(store.append("f/nobody", 2, "two")).rejects.toMatchObject({ code: "STORAGE_EVICTED" });
});

test("flushes the start of a step to the disk, and leaves the rest to the system", async () => {
  const store = storeOf(crypto.randomUUID());
  const commit = (...facts: object[]) => JSON.stringify({ v: 1, writer: "w", at: 1, facts });
  await store.create(row, commit({ kind: "EXECUTION_STARTED" }));
  await store.append(row.id, 2, commit({ kind: "SUCCEEDED", id: "1", type: "STEP" }));
  await store.append(row.id, 3, commit({ kind: "STARTED", id: "2", type: "STEP" }));
  expect(durabilities).toEqual(["relaxed", "relaxed", "strict"]);
});

test("after sleep writes nothing into the log of another execution that has its name now", async () => {
  const name = crypto.randomUUID();
  const [late, other] = [storeOf(name), storeOf(name)];
  await late.create(row, "one");
  late.pause();
  const refusal = late.append(row.id, 2, "two").catch((error: unknown) => error);
  await other.remove(row.id);
  await other.create({ ...row, incarnation: "1".repeat(32) }, "anew");
  late.resume();
  expect(await refusal).toMatchObject({ code: "STORAGE_EVICTED" });
  expect(await late.read(row.id, 2)).toEqual({ bodies: [] });
  expect(await readLog(other, row.id)).toEqual(["anew"]);
  // Whoever begins to read it knows it.
  expect(await readLog(late, row.id)).toEqual(["anew"]);
  expect(await late.append(row.id, 2, "two")).toBe("appended");
});

test("tells of what it has written, and not of what another tab had written before", async () => {
  const changes: StoreChange[] = [];
  const store = storeOf(crypto.randomUUID(), (change) => changes.push(change));
  await store.create(row, "one");
  await store.create(row, "other");
  await store.append(row.id, 2, "two");
  await store.append(row.id, 2, "other");
  await store.describe({ ...row, status: "STOPPED" });
  await store.remove(row.id);
  expect(changes).toEqual([
    { kind: "row", row },
    { kind: "commit", id: row.id, seq: 2 },
    { kind: "row", row: { ...row, status: "STOPPED" } },
    { kind: "removed", id: row.id },
  ]);
});

test("removes what may be removed, the oldest first", async () => {
  const removed: string[] = [];
  const store = storeOf(crypto.randomUUID(), (change) => change.kind === "removed" && removed.push(change.id));
  for (const [at, expiresAt] of [300, 100, 200].entries()) {
    await store.create({ ...row, id: `f/${at}`, name: String(at), expiresAt }, "one");
  }
  await store.create(row, "one");
  await store.purge(250, 1);
  expect(removed).toEqual(["f/1"]);
  await store.purge(250, 10);
  expect(removed).toEqual(["f/1", "f/2"]);
  expect(await readLog(store, "f/2")).toEqual([]);
  expect((await store.list({ limit: 10 })).rows.map(({ id }) => id)).toEqual(["f/0", row.id].sort());
});

test("neither describes nor removes what has taken the name of another execution meanwhile", async () => {
  const name = crypto.randomUUID();
  const [late, other] = [storeOf(name), storeOf(name)];
  await late.create(row, "one");
  await other.remove(row.id);
  const anew = { ...row, incarnation: "1".repeat(32), startedAt: 2 };
  await other.create(anew, "anew");
  await late.describe({ ...row, status: "STOPPED", endedAt: 1, expiresAt: 1 });
  await late.purge(Number.MAX_SAFE_INTEGER, 10);
  await late.remove(row.id, row.incarnation);
  expect((await other.list({ limit: 10 })).rows).toEqual([anew]);
  expect(await readLog(other, row.id)).toEqual(["anew"]);
  await late.remove(row.id, anew.incarnation);
  expect(await readLog(other, row.id)).toEqual([]);
});

function openRaw(name: string, version: number): Promise<IDBDatabase> {
  const request = indexedDB.open(name, version);
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("open failed"));
  });
}
