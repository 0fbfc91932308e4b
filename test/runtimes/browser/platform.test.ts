import { describe, expect, test } from "vitest";

describe("the browser under the browser tests", () => {
  test("keeps what a committed IndexedDB transaction wrote", async () => {
    const database = await open("platform");
    const write = database.transaction("rows", "readwrite", { durability: "strict" });
    write.objectStore("rows").put("value", "key");
    await completed(write);
    database.close();

    const reopened = await open("platform");
    const read = reopened.transaction("rows").objectStore("rows").get("key");
    await completed(read.transaction);
    expect(read.result).toBe("value");
    reopened.close();
  });

  test("grants a Web Lock to one holder at a time", async () => {
    const second = await navigator.locks.request("platform", () =>
      navigator.locks.request("platform", { ifAvailable: true }, (lock) => lock),
    );
    expect(second).toBeNull();
  });
});

function open(name: string): Promise<IDBDatabase> {
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () => request.result.createObjectStore("rows");
  return new Promise((done, fail) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error ?? new Error("open failed"));
  });
}

function completed(transaction: IDBTransaction | null): Promise<void> {
  return new Promise((done, fail) => {
    if (transaction === null) return fail(new Error("no transaction"));
    transaction.oncomplete = () => done();
    transaction.onabort = () => fail(transaction.error ?? new Error("aborted"));
  });
}
