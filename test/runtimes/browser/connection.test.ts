import { afterEach, describe, expect, onTestFinished, test } from "vitest";
import { Connection } from "../../../src/adapters/indexeddb/connection.ts";
import { IndexedDbStore, type StoreChange } from "../../../src/adapters/indexeddb/indexeddb-store.ts";
import { SCHEMA_VERSION } from "../../../src/adapters/indexeddb/schema.ts";
import { BrowserStorageError } from "../../../src/adapters/indexeddb/storage-error.ts";
import type { DirectoryRow } from "../../../src/engine/ports/execution-store.ts";
import { readLog } from "../../../src/testing/store-case.ts";

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

/** Of the next execution of the same name. */
const NEXT = "1".repeat(32);

const row: DirectoryRow = {
  id: "f/one",
  functionName: "f",
  name: "one",
  version: "1",
  incarnation: "0".repeat(32),
  seq: 1,
  status: "RUNNING",
  startedAt: 1,
};

test("opens another connection after the browser has closed one", async () => {
  const store = storeOf(crypto.randomUUID());
  await store.create(row, "one");
  opened[0]!.close();
  expect(await store.append(row.id, 2, "two", row.incarnation)).toBe("appended");
  opened[1]!.close();
  expect(await readLog(store, row.id)).toEqual(["one", "two"]);
  opened[2]!.dispatchEvent(new Event("close"));
  expect(await store.append(row.id, 3, "three", row.incarnation)).toBe("appended");
  expect(opened).toHaveLength(4);
});

describe("after the browser has lost its database server", () => {
  const lost = new DOMException(
    "Connection to Indexed Database server lost. Refresh the page to try again",
    "UnknownError",
  );
  const { get, add } = IDBObjectStore.prototype;
  afterEach(() => void Object.assign(IDBObjectStore.prototype, { get, add }));

  /** The next record is written, or not, and the answer is lost with the server. */
  function loseNextWrite({ isDone }: { readonly isDone: boolean }): void {
    IDBObjectStore.prototype.add = function (value, key) {
      IDBObjectStore.prototype.add = add;
      if (!isDone) throw lost;
      const { transaction } = this;
      transaction.addEventListener("complete", (event) => {
        event.stopImmediatePropagation();
        Object.defineProperty(transaction, "error", { value: lost });
        transaction.dispatchEvent(new Event("abort"));
      });
      return add.call(this, value, key);
    };
  }

  test("reads by another connection", async () => {
    const store = storeOf(crypto.randomUUID());
    await store.create(row, "one");
    IDBObjectStore.prototype.get = function () {
      IDBObjectStore.prototype.get = get;
      throw lost;
    };
    expect(await store.read(row.id, 1)).toEqual({ bodies: ["one"] });
    expect(opened).toHaveLength(2);
  });

  test.each([{ isDone: true }, { isDone: false }])(
    "does a write again, and knows it if it was done: %o",
    async (how) => {
      const changes: StoreChange[] = [];
      const store = storeOf(crypto.randomUUID(), (change) => changes.push(change));
      loseNextWrite(how);
      expect(await store.create(row, "one")).toBe("created");
      expect(await store.create(row, "one")).toBe("exists");
      loseNextWrite(how);
      expect(await store.append(row.id, 2, "two", row.incarnation)).toBe("appended");
      expect(await store.append(row.id, 2, "two", row.incarnation)).toBe("taken");
      expect(await readLog(store, row.id)).toEqual(["one", "two"]);
      expect(changes.map(({ kind }) => kind)).toEqual(["row", "commit"]);
      expect(opened).toHaveLength(3);
    },
  );

  test("takes no other tab's write for its own", async () => {
    const name = crypto.randomUUID();
    const [store, other] = [storeOf(name), storeOf(name)];
    await store.create(row, "one");
    await other.append(row.id, 2, "another two", row.incarnation);
    await other.create({ ...row, id: "f/two", name: "two" }, "another one");
    loseNextWrite({ isDone: false });
    expect(await store.append(row.id, 2, "two", row.incarnation)).toBe("taken");
    loseNextWrite({ isDone: false });
    expect(await store.create({ ...row, id: "f/two", name: "two", incarnation: NEXT }, "one")).toBe("exists");
  });

  test("takes it for a lack of room when a write fails on the next connection too", async () => {
    const store = storeOf(crypto.randomUUID());
    await store.create(row, "one");
    IDBObjectStore.prototype.add = () => {
      throw lost;
    };
    await expect(store.append(row.id, 2, "two", row.incarnation)).rejects.toMatchObject({
      code: "STORAGE_FULL",
    });
  });

  test("asks a new window of the page where this one is denied for good", async () => {
    const { open } = IDBFactory.prototype;
    onTestFinished(() => void (IDBFactory.prototype.open = open));
    IDBFactory.prototype.open = function (...parameters) {
      if (this === indexedDB) throw lost;
      return open.apply(this, parameters);
    };
    const frames = globalThis.frames.length;
    const store = storeOf(crypto.randomUUID());
    await store.create(row, "one");
    expect(await store.append(row.id, 2, "two", row.incarnation)).toBe("appended");
    expect(await readLog(store, row.id)).toEqual(["one", "two"]);
    expect(await store.list({ limit: 10 })).toEqual([row]);
    await store.putRow({ ...row, seq: 2, halted: true });
    expect(await store.list({ limit: 10, halted: true })).toHaveLength(1);
    await store.remove(row.id);
    store.pause();
    store.resume();
    expect(await store.list({ limit: 10 })).toEqual([]);
    expect(globalThis.frames.length).toBe(frames + 1);
    store.close();
    expect(globalThis.frames.length).toBe(frames);
  });
});

test.each([{ isDone: true }, { isDone: false }])(
  "does a commit again of which nothing was told before the browser ended the connection, and knows it if it was done: %o",
  async ({ isDone }) => {
    const store = storeOf(crypto.randomUUID());
    await store.create(row, "one");
    const { transaction } = IDBDatabase.prototype;
    IDBDatabase.prototype.transaction = function (...parameters) {
      IDBDatabase.prototype.transaction = transaction;
      const untold = transaction.apply(this, parameters);
      if (!isDone) untold.commit = () => untold.abort();
      for (const end of ["complete", "abort"])
        untold.addEventListener(end, (event) => {
          event.stopImmediatePropagation();
          this.dispatchEvent(new Event("close"));
        });
      return untold;
    };
    expect(await store.append(row.id, 2, "two", row.incarnation)).toBe("appended");
    expect(await store.append(row.id, 2, "two", row.incarnation)).toBe("taken");
    expect(await readLog(store, row.id)).toEqual(["one", "two"]);
    expect(opened).toHaveLength(2);
  },
);

test("reads again what was aborted together with its connection", async () => {
  const store = storeOf(crypto.randomUUID());
  await store.create(row, "one");
  const { get } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.get = function (key) {
    IDBObjectStore.prototype.get = get;
    const request = get.call(this, key);
    this.transaction.abort();
    return request;
  };
  expect(await store.read(row.id, 1)).toEqual({ bodies: ["one"] });
  expect(opened).toHaveLength(2);
});

test("leaves no window behind in the page that gets no database either", async () => {
  const refuse = (): never => {
    throw new DOMException("Connection to Indexed Database server lost", "UnknownError");
  };
  const { open } = IDBFactory.prototype;
  const contentWindow = Object.getOwnPropertyDescriptor(HTMLIFrameElement.prototype, "contentWindow")!;
  onTestFinished(() => {
    IDBFactory.prototype.open = open;
    Object.defineProperty(HTMLIFrameElement.prototype, "contentWindow", contentWindow);
  });
  IDBFactory.prototype.open = refuse;
  let windows = 0;
  Object.defineProperty(HTMLIFrameElement.prototype, "contentWindow", {
    ...contentWindow,
    get(this: HTMLIFrameElement) {
      const inside = contentWindow.get!.call(this) as typeof globalThis;
      inside.IDBFactory.prototype.open = refuse;
      windows++;
      return inside;
    },
  });
  const frames = globalThis.frames.length;
  await expect(storeOf(crypto.randomUUID()).read(row.id, 1)).rejects.toMatchObject({ code: "STORAGE_UNAVAILABLE" });
  expect(windows).toBe(1);
  expect(globalThis.frames.length).toBe(frames);
});

test("lets go of the database while its page sleeps, and keeps callers waiting until it is back", async () => {
  const name = crypto.randomUUID();
  const store = storeOf(name);
  await store.create(row, "one");
  const reading = store.read(row.id, 1);
  store.pause();
  const answers: string[] = [];
  void reading.then((page) => answers.push(...(page?.bodies ?? ["none"])));
  await new Promise((resolve) => {
    indexedDB.deleteDatabase(name).onsuccess = resolve;
  });
  expect(answers).toEqual([]);
  store.resume();
  await reading;
  expect(answers).toEqual(["none"]);
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

test("does a start again that it broke off for sleep when only its end was still to come", async () => {
  const store = storeOf(crypto.randomUUID());
  await store.list({ limit: 1 });
  const { add } = IDBObjectStore.prototype;
  onTestFinished(() => void (IDBObjectStore.prototype.add = add));
  IDBObjectStore.prototype.add = function (value, key) {
    const request = add.call(this, value, key);
    if (this.name !== "commits") return request;
    IDBObjectStore.prototype.add = add;
    request.addEventListener("success", () => {
      store.pause();
      store.resume();
    });
    return request;
  };
  expect(await store.create(row, "one")).toBe("created");
  expect(IDBObjectStore.prototype.add).toBe(add);
  expect(await readLog(store, row.id)).toEqual(["one"]);
});

test("waits for a tab with older code to let go, and says so", async () => {
  const name = crypto.randomUUID();
  const older = await openRaw(name, SCHEMA_VERSION);
  const told: string[] = [];
  const connection = new Connection({
    name,
    version: SCHEMA_VERSION + 1,
    patienceMs: 1,
    onBlocked: () => told.push("blocked"),
  });
  // However long that takes: the first try may have been too early to know.
  let refusals = 0;
  const version = new Promise<number>((resolve) => {
    const ask = (): void =>
      void connection
        .use(async (database) => database.version)
        .then(resolve, () => {
          refusals++;
          ask();
        });
    ask();
  });
  await expect.poll(() => told).toEqual(["blocked"]);
  const before = refusals;
  await new Promise((next) => setTimeout(next, 100));
  expect(refusals - before).toBeLessThanOrEqual(1);
  older.close();
  expect(await version).toBe(SCHEMA_VERSION + 1);
  connection.pause();
});

test("a page that falls asleep while the database is opened lets go of it, and uses it when it is back", async () => {
  const name = crypto.randomUUID();
  const connection = new Connection({ name });
  // Another test's may come late.
  const own = (): IDBDatabase[] => opened.filter((database) => database.name === name);
  let isUsed = false;
  const used = connection.use(async () => void (isUsed = true));
  await Promise.resolve();
  connection.pause();
  await expect.poll(own).toHaveLength(1);
  await new Promise((next) => setTimeout(next, 20));
  expect(() => own()[0]!.transaction("commits")).toThrow(expect.objectContaining({ name: "InvalidStateError" }));
  expect(isUsed).toBe(false);
  connection.resume();
  await used;
  expect(own()).toHaveLength(2);
  connection.pause();
});

/** A database as another tab has opened it, and this window, which opens none until it is told to. */
async function silentWindow(name: string): Promise<{ database: IDBDatabase; answer: () => void; asked: () => number }> {
  const first = new Connection({ name });
  await first.use(async () => {});
  first.pause();
  const database = await openRaw(name, SCHEMA_VERSION);
  const { open } = IDBFactory.prototype;
  onTestFinished(() => void (IDBFactory.prototype.open = open));
  const request = new EventTarget();
  let asked = 0;
  IDBFactory.prototype.open = () => {
    asked++;
    return Object.create(IDBOpenDBRequest.prototype, {
      addEventListener: { value: request.addEventListener.bind(request) },
      removeEventListener: { value: request.removeEventListener.bind(request) },
      result: { value: database },
    }) as IDBOpenDBRequest;
  };
  return { database, answer: () => void request.dispatchEvent(new Event("success")), asked: () => asked };
}

const noAnswer = { code: "STORAGE_UNAVAILABLE", message: expect.stringContaining("TimeoutError") as string };

test("says that the browser does not answer, and takes a late answer", async () => {
  const name = crypto.randomUUID();
  const { answer, asked } = await silentWindow(name);
  // As in a worker, where there is no other window to ask.
  document.documentElement.appendChild = (frame) => frame;
  onTestFinished(() => void Reflect.deleteProperty(document.documentElement, "appendChild"));
  const connection = new Connection({ name, patienceMs: 20 });
  for (let tries = 0; tries < 2; tries++) await expect(connection.use(async () => {})).rejects.toMatchObject(noAnswer);
  answer();
  expect(await connection.use(async ({ version }) => version)).toBe(SCHEMA_VERSION);
  expect(asked()).toBe(1);
  connection.pause();
});

test("asks a new window of the page where this one does not answer, and lets go of what comes late", async () => {
  const name = crypto.randomUUID();
  const { database, answer } = await silentWindow(name);
  const frames = globalThis.frames.length;
  const connection = new Connection({ name, patienceMs: 20 });
  await expect(connection.use(async () => {})).rejects.toMatchObject(noAnswer);
  const version = new Promise<number>((resolve) => {
    const ask = (): void => void connection.use(async (opened) => opened.version).then(resolve, ask);
    ask();
  });
  expect(await version).toBe(SCHEMA_VERSION);
  expect(globalThis.frames.length).toBe(frames + 1);
  answer();
  await expect.poll(() => refusal(() => database.transaction("commits"))).toBe("InvalidStateError");
  expect(await connection.use(async (opened) => opened.version)).toBe(SCHEMA_VERSION);
  connection.retire(new BrowserStorageError("STORAGE_CLOSED", "The test is over."));
  expect(globalThis.frames.length).toBe(frames);
});

test("opens once more what the browser refuses because it clears what the site has stored", async () => {
  const { open } = IDBFactory.prototype;
  onTestFinished(() => void (IDBFactory.prototype.open = open));
  IDBFactory.prototype.open = function (...parameters) {
    IDBFactory.prototype.open = open;
    const request = open.apply(this, parameters);
    request.addEventListener("upgradeneeded", () => request.transaction?.abort());
    return request;
  };
  const store = storeOf(crypto.randomUUID());
  expect(await store.create(row, "one")).toBe("created");
});

test("takes no sleep of its page for a browser that does not answer", async () => {
  const { open } = IDBFactory.prototype;
  const restore = (): void => void (IDBFactory.prototype.open = open);
  onTestFinished(restore);
  const request = new EventTarget();
  const of = (type: "addEventListener" | "removeEventListener") => ({ value: request[type].bind(request) });
  const properties = { addEventListener: of("addEventListener"), removeEventListener: of("removeEventListener") };
  const error = { value: new DOMException("asleep", "DataError") };
  IDBFactory.prototype.open = () => Object.create(IDBOpenDBRequest.prototype, { ...properties, error });
  const connection = new Connection({ name: crypto.randomUUID(), patienceMs: 20 });
  const outcome = connection
    .use(async () => {})
    .then(
      () => "used",
      (refusal: unknown) => String(refusal),
    );
  connection.pause();
  await new Promise((next) => setTimeout(next, 60));
  request.dispatchEvent(new Event("error"));
  expect(await outcome).not.toContain("TimeoutError");
});

test("a caller that waits for a page to be back is told that it is closed", async () => {
  const store = storeOf(crypto.randomUUID());
  store.pause();
  const read = store.read(row.id, 1);
  store.close();
  await expect(read).rejects.toMatchObject({ code: "STORAGE_CLOSED" });
});

test("holds up no newer tab by a connection that it has taken for lost", async () => {
  const name = crypto.randomUUID();
  const connection = new Connection({ name });
  const fail = async (): Promise<never> => {
    throw new DOMException("the connection is closing", "InvalidStateError");
  };
  await expect(connection.use(fail)).rejects.toMatchObject({ code: "STORAGE_UNAVAILABLE" });
  // What the browser tells of a connection may come when there is another one already.
  await connection.use(async () => {});
  opened[0]!.dispatchEvent(new Event("close"));
  await connection.use(async () => {});
  expect(opened).toHaveLength(2);
  opened.at(-1)!.dispatchEvent(new Event("close"));
  await connection.use(async () => {});
  expect(opened).toHaveLength(3);
  (await openRaw(name, SCHEMA_VERSION + 1)).close();
});

test("tells that everything was removed, and begins anew", async () => {
  const name = crypto.randomUUID();
  const told: string[] = [];
  const store = new IndexedDbStore({ name, onTaken: () => told.push("taken") });
  onTestFinished(() => store.close());
  await store.create(row, "one");
  await new Promise((resolve) => (indexedDB.deleteDatabase(name).onsuccess = resolve));
  expect(told).toEqual(["taken"]);
  expect(await store.read(row.id, 1)).toBeUndefined();
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
  await asleep.append(row.id, 2, "old two", row.incarnation);
  const awake = storeOf(name);
  await awake.remove(row.id, row.incarnation);
  await awake.create({ ...row, incarnation: NEXT }, "new one");
  // Where nobody reads it.
  expect(await asleep.append(row.id, 3, "old three", row.incarnation)).toBe("appended");
  expect(await asleep.read(row.id, 3, { incarnation: row.incarnation })).toBeUndefined();
  expect(await readLog(awake, row.id)).toEqual(["new one"]);
  expect(await awake.append(row.id, 2, "new two", NEXT)).toBe("appended");
  expect(await awake.append(row.id, 3, "new three", NEXT)).toBe("appended");
  expect(await readLog(asleep, row.id)).toEqual(["new one", "new two", "new three"]);
  expect(await asleep.append(row.id, 4, "old four", row.incarnation)).toBe("gone");
});

test("refuses to leave a gap where the end of a log was lost", async () => {
  const name = crypto.randomUUID();
  const store = storeOf(name);
  await store.create(row, "one");
  await store.append(row.id, 2, "two", row.incarnation);
  const raw = await openRaw(name, SCHEMA_VERSION);
  const commits = raw.transaction("commits", "readwrite").objectStore("commits");
  const keys: IDBRequest<IDBValidKey[]> = commits.getAllKeys();
  keys.onsuccess = () => commits.delete(keys.result[1]!);
  await new Promise((resolve) => (commits.transaction.oncomplete = resolve));
  raw.close();
  // The browser has closed the connection: what was known of the log may no longer be so.
  opened[0]!.dispatchEvent(new Event("close"));
  await expect(store.append(row.id, 3, "three", row.incarnation)).rejects.toMatchObject({ code: "STORAGE_EVICTED" });
  expect(await readLog(store, row.id)).toEqual(["one"]);
});

test("flushes the start of a step to the disk, and leaves the rest to the system", async () => {
  const store = storeOf(crypto.randomUUID());
  const commit = (...facts: object[]) => JSON.stringify({ v: 1, writer: "w", at: 1, facts });
  await store.create(row, commit({ kind: "EXECUTION_STARTED" }));
  await store.append(row.id, 2, commit({ kind: "SUCCEEDED", id: "1", type: "STEP" }), row.incarnation);
  await store.append(row.id, 3, commit({ kind: "STARTED", id: "2", type: "STEP" }), row.incarnation);
  expect(durabilities).toEqual(["relaxed", "relaxed", "strict"]);
});

test("after sleep writes nothing into the log of another execution that has its name now", async () => {
  const name = crypto.randomUUID();
  const [late, other] = [storeOf(name), storeOf(name)];
  await late.create(row, "one");
  late.pause();
  const answer = late.append(row.id, 2, "two", row.incarnation);
  await other.remove(row.id, row.incarnation);
  await other.create({ ...row, incarnation: NEXT }, "anew");
  late.resume();
  expect(await answer).toBe("gone");
  expect(await late.read(row.id, 2, { incarnation: row.incarnation })).toBeUndefined();
  expect(await readLog(other, row.id)).toEqual(["anew"]);
  expect(await late.append(row.id, 2, "two", NEXT)).toBe("appended");
});

test("tells of what it has written, and not of what another tab had written before", async () => {
  const changes: StoreChange[] = [];
  const store = storeOf(crypto.randomUUID(), (change) => changes.push(change));
  await store.create(row, "one");
  await store.create(row, "other");
  await store.append(row.id, 2, "two", row.incarnation);
  await store.append(row.id, 2, "other", row.incarnation);
  await store.putRow({ ...row, seq: 2, status: "STOPPED" });
  await store.putRow(row);
  await store.remove(row.id, NEXT);
  await store.remove(row.id, row.incarnation);
  expect(changes).toEqual([
    { kind: "row", row },
    { kind: "commit", id: row.id, seq: 2 },
    { kind: "row", row: { ...row, seq: 2, status: "STOPPED" } },
    { kind: "removed", id: row.id },
  ]);
});

test("finds what may be removed, the oldest first", async () => {
  const store = storeOf(crypto.randomUUID());
  for (const [at, expiresAt] of [300, 100, 200].entries()) {
    await store.create({ ...row, id: `f/${at}`, name: String(at), expiresAt }, "one");
  }
  await store.create(row, "one");
  const found = async (limit: number): Promise<string[]> => (await store.expired(250, limit)).map(({ id }) => id);
  expect(await found(1)).toEqual(["f/1"]);
  expect(await found(10)).toEqual(["f/1", "f/2"]);
});

test("neither describes nor removes what has taken the name of another execution meanwhile", async () => {
  const name = crypto.randomUUID();
  const [late, other] = [storeOf(name), storeOf(name)];
  await late.create(row, "one");
  await other.remove(row.id, row.incarnation);
  const anew = { ...row, incarnation: NEXT, startedAt: 2 };
  await other.create(anew, "anew");
  await late.putRow({ ...row, seq: 9, status: "STOPPED", endedAt: 1, expiresAt: 1 });
  await late.remove(row.id, row.incarnation);
  expect(await other.list({ limit: 10 })).toEqual([anew]);
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

/** The name of what a call throws. */
function refusal(call: () => void): string {
  try {
    call();
  } catch (error) {
    return error instanceof Error ? error.name : String(error);
  }
  return "";
}
