/** The quick pass: the same contract in Node, over fake-indexeddb. The real one runs in Chromium. */

import "fake-indexeddb/auto";
import { forceCloseDatabase } from "fake-indexeddb";
import { openDB } from "idb";
import { describe, expect, onTestFinished, test } from "vitest";
import type { DirectoryRow } from "../../engine/ports/execution-store.ts";
import { applicable } from "../../testing/contract.ts";
import type { StoreSubject } from "../../testing/store-case.ts";
import { storeContract } from "../../testing/store-contract.ts";
import { earlyCommitCases } from "../../../test/runtimes/browser/early-commit-cases.ts";
import { IndexedDbStore } from "./indexeddb-store.ts";

let opened = 0;

const subject: StoreSubject = {
  open: () => new IndexedDbStore({ name: `contract-${opened++}` }),
  restart(store) {
    (store as IndexedDbStore).close();
    return new IndexedDbStore({ name: `contract-${opened - 1}` });
  },
  close: (store) => (store as IndexedDbStore).close(),
};

describe("the IndexedDB store over fake-indexeddb", () => {
  for (const { name, run } of applicable(storeContract)) test(name, () => run(subject));
  for (const { name, run } of earlyCommitCases) test(name, run);
});

test("takes a row that the first version of perdure wrote for older than every other", async () => {
  const store = new IndexedDbStore({ name: "format-1" });
  const old = { id: "f/a", functionName: "f", name: "a", version: "1", incarnation: "i", startedAt: 1 };
  await store.list({ limit: 1 });
  const database = await openDB("format-1");
  await database.put("executions", { ...old, status: "RUNNING", log: 7 });
  await database.put("commits", "one", [7, 1]);
  database.close();
  expect(await store.list({ limit: 5 })).toEqual([{ ...old, status: "RUNNING", seq: 0 }]);
  expect(await store.append("f/a", 2, "two", "i")).toBe("appended");
  const ended: DirectoryRow = { ...old, status: "STOPPED", seq: 0, endedAt: 2 };
  await store.putRow(ended);
  expect(await store.list({ limit: 5 })).toEqual([ended]);
  store.close();
});

test("leaves nothing on the disk of an execution that was removed, and all of the others", async () => {
  const store = new IndexedDbStore({ name: "removal" });
  const row = (name: string): DirectoryRow => ({
    ...{ id: `f/${name}`, functionName: "f", name, version: "1", incarnation: "i" },
    ...{ seq: 1, status: "STOPPED", startedAt: 1 },
  });
  for (const name of ["a", "b"]) {
    await store.create(row(name), `one ${name}`);
    await store.append(`f/${name}`, 2, `two ${name}`, "i");
    await store.keepSnapshot(`f/${name}`, `all ${name}`, "i");
  }
  await store.remove("f/a", "i");
  store.close();
  const database = await openDB("removal");
  expect(await database.getAllKeys("executions")).toEqual(["f/b"]);
  expect(await database.getAll("commits")).toEqual(["all b", "one b", "two b"]);
  database.close();
});

describe("a connection that the browser ends", () => {
  const row: DirectoryRow = {
    ...{ id: "f/a", functionName: "f", name: "a", version: "1", incarnation: "i" },
    ...{ seq: 1, status: "RUNNING", startedAt: 1 },
  };

  async function begun(name: string): Promise<IndexedDbStore> {
    const store = new IndexedDbStore({ name });
    onTestFinished(() => store.close());
    expect(await store.create(row, "one")).toBe("created");
    return store;
  }

  test("keeps nobody waiting for a commit of which it has told nothing", async () => {
    const store = await begun("untold");
    const { transaction } = IDBDatabase.prototype;
    IDBDatabase.prototype.transaction = function (...parameters) {
      IDBDatabase.prototype.transaction = transaction;
      const untold = transaction.apply(this, parameters);
      untold.addEventListener("complete", (event) => event.stopImmediatePropagation());
      forceCloseDatabase(this as never);
      return untold;
    };
    expect(await store.append(row.id, 2, "two", "i")).toBe("appended");
    expect(await store.read(row.id, 1)).toEqual({ bodies: ["one", "two"] });
  });

  test("fails no read that it has aborted", async () => {
    const store = await begun("aborted");
    const { get } = IDBObjectStore.prototype;
    IDBObjectStore.prototype.get = function (key) {
      IDBObjectStore.prototype.get = get;
      const request = get.call(this, key);
      this.transaction.abort();
      return request;
    };
    expect(await store.read(row.id, 1)).toEqual({ bodies: ["one"] });
  });

  test("fails no opening", async () => {
    const { open } = IDBFactory.prototype;
    IDBFactory.prototype.open = function (...parameters) {
      IDBFactory.prototype.open = open;
      const request = open.apply(this, parameters);
      request.addEventListener("upgradeneeded", () => request.transaction?.abort());
      return request;
    };
    await begun("refused");
  });
});

describe("what finds no room is told so", () => {
  const { add } = IDBObjectStore.prototype;
  const { commit } = IDBTransaction.prototype;
  const row: DirectoryRow = {
    id: "f/a",
    functionName: "f",
    name: "a",
    version: "1",
    incarnation: "i",
    seq: 1,
    status: "RUNNING",
    startedAt: 1,
  };
  const kinds: Readonly<Record<string, () => void>> = {
    "by a quota"() {
      IDBObjectStore.prototype.add = () => {
        throw new DOMException("no room", "QuotaExceededError");
      };
    },
    "by an abort without a reason, which a page never asks for"() {
      IDBTransaction.prototype.commit = () => {};
      IDBObjectStore.prototype.add = function (value, key) {
        const request = add.call(this, value, key);
        request.addEventListener("success", () => this.transaction.abort());
        return request;
      };
    },
  };

  test.for(Object.entries(kinds))("%s", async ([kind, fill]) => {
    onTestFinished(() => {
      IDBObjectStore.prototype.add = add;
      IDBTransaction.prototype.commit = commit;
    });
    const store = new IndexedDbStore({ name: kind });
    await store.create(row, "one");
    fill();
    await expect(store.append("f/a", 2, "two", "i")).rejects.toMatchObject({ code: "STORAGE_FULL" });
    store.close();
  });
});
