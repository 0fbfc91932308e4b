import { expect, onTestFinished, test } from "vitest";
import { createDrain, eventTasks } from "../../../src/adapters/hosts/drain.ts";

function eventDrain() {
  const { afterMicrotasks, listen } = eventTasks();
  return { drain: createDrain(afterMicrotasks), listen };
}

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

/** How many messages were posted since. */
function countMessages(): () => number {
  const { postMessage } = MessagePort.prototype;
  let count = 0;
  MessagePort.prototype.postMessage = function (message: unknown) {
    count++;
    postMessage.call(this, message);
  };
  onTestFinished(() => {
    MessagePort.prototype.postMessage = postMessage;
  });
  return () => count;
}

/** Drains so many times, each asked for by the one before, and tells how far the code between them had come. */
function drains(drain: (next: () => void) => void, times: number): Promise<readonly number[]> {
  const seen: number[] = [];
  return new Promise((resolve) => {
    const next = (): void => {
      const hops = longChain();
      drain(() => {
        seen.push(hops());
        if (seen.length === times) resolve(seen);
        else next();
      });
    };
    next();
  });
}

test("the end of a transaction drains twice without a message", async () => {
  const { drain, listen } = eventDrain();
  const database = await openStore();
  const messages = countMessages();
  const end = (run: () => Promise<readonly number[]>): Promise<readonly number[]> =>
    new Promise((resolve) => {
      const transaction = database.transaction("commits", "readwrite");
      listen(transaction, "complete", () => resolve(run()));
      transaction.objectStore("commits").put("one", 1);
    });
  expect(await end(() => drains(drain, 2))).toEqual([5000, 5000]);
  expect(messages()).toBe(0);
  expect(await end(() => drains(drain, 3))).toEqual([5000, 5000, 5000]);
  expect(messages()).toBe(1);
});

test("drains one behind the other share messages", async () => {
  const { drain } = eventDrain();
  const messages = countMessages();
  expect(new Set(await drains(drain, 100))).toEqual(new Set([5000]));
  expect(messages()).toBeLessThan(20);
});

test("a drain that is asked for before an event comes once, by a message or with that event", async () => {
  const { drain, listen } = eventDrain();
  const order: string[] = [];
  const database = await openStore();
  await new Promise<void>((resolve) => {
    const transaction = database.transaction("commits");
    listen(transaction, "complete", () => order.push("event"));
    transaction.addEventListener("complete", () => resolve());
    drain(() => order.push("drain"));
  });
  await new Promise<void>((resolve) => drain(resolve));
  expect([...order].sort()).toEqual(["drain", "event"]);
});
