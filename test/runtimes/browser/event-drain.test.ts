import { expect, onTestFinished, test } from "vitest";
import { createEventDrain } from "../../../src/adapters/indexeddb/event-drain.ts";

async function openStore(): Promise<IDBDatabase> {
  const name = crypto.randomUUID();
  const opening = indexedDB.open(name, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore("commits");
  const database = await new Promise<IDBDatabase>((resolve, reject) => {
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error ?? new Error("refused"));
  });
  onTestFinished(() => {
    database.close();
    indexedDB.deleteDatabase(name);
  });
  return database;
}

/** How far the code has come that a drain was asked for after. */
function longChain(): () => number {
  let hops = 0;
  void (async () => {
    for (; hops < 5000; hops++) await Promise.resolve();
  })();
  return () => hops;
}

test("drains twice while the end of a transaction is told, and by a task after that", async () => {
  const asked: (() => void)[] = [];
  const { drain, listen } = createEventDrain(undefined, (task) => () => asked.push(task));
  const database = await openStore();
  const seen: number[] = [];
  const next = (): void => {
    const hops = longChain();
    drain(() => {
      seen.push(hops());
      if (asked.length === 0) next();
    });
  };
  await new Promise<void>((resolve) => {
    const transaction = database.transaction("commits", "readwrite");
    listen(transaction, "complete", next);
    transaction.addEventListener("complete", () => resolve());
    transaction.objectStore("commits").add("one", 1);
  });
  expect(seen).toEqual([5000, 5000]);
  expect(asked).toHaveLength(1);
  await new Promise((resolve) => setTimeout(resolve, 0));
  asked[0]?.();
  expect(seen).toEqual([5000, 5000, 5000]);
});
