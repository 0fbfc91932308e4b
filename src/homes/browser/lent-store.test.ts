import { expect, test } from "vitest";
import { MemoryStore } from "../../adapters/memory/memory-store.ts";
import { BrowserStorageError, BrowserStorageErrorCode } from "../../adapters/indexeddb/storage-error.ts";
import { type DirectoryRow, type ExecutionStore, StorageFullError } from "../../engine/ports/execution-store.ts";
import { answerCall, LentStore, type StoreAnswer, type StoreCall } from "./lent-store.ts";

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

const unavailable = new BrowserStorageError(BrowserStorageErrorCode.UNAVAILABLE, "lost");

interface Pair {
  /** The worker's. */
  readonly store: ExecutionStore;
  readonly lent: LentStore;
  /** What the worker has asked since this was called last, without an answer. */
  readonly take: () => Promise<StoreCall[]>;
  /** Has the page answer what the worker asks. */
  readonly deliver: (calls?: readonly StoreCall[]) => Promise<void>;
  /** How often the worker's own store was asked. */
  readonly tries: () => number;
}

/** A worker whose own store fails, and a page; what they say to each other passes when the test says so. */
function pair(page: ExecutionStore, error: Error = unavailable): Pair {
  const asked: StoreCall[] = [];
  let tries = 0;
  const fail = async (): Promise<never> => {
    tries++;
    throw error;
  };
  const lent = new LentStore((call) => asked.push(structuredClone(call)));
  const take = async (): Promise<StoreCall[]> => {
    await new Promise((next) => setImmediate(next));
    return asked.splice(0);
  };
  return {
    store: lent.behind({ append: fail, create: fail, list: fail, read: fail } as unknown as ExecutionStore),
    lent,
    take,
    async deliver(calls) {
      const answers: Promise<StoreAnswer>[] = (calls ?? (await take())).map((call) => answerCall(page, call));
      for (const answer of await Promise.all(answers)) lent.answered(structuredClone(answer));
    },
    tries: () => tries,
  };
}

test("is asked once the browser denies a worker its own, and from then on", async () => {
  const { store, deliver, tries } = pair(new MemoryStore());
  const created = store.create(row, "one");
  await deliver();
  expect(await created).toBe("created");
  const read = store.read(row.id, 1);
  const list = store.list({ limit: 5 });
  await deliver();
  expect(await read).toEqual({ bodies: ["one"] });
  expect(await list).toEqual([row]);
  expect(tries()).toBe(1);
});

test("is not asked for another failure", async () => {
  const { store, take } = pair(new MemoryStore(), new StorageFullError("no room"));
  await expect(store.read(row.id, 1)).rejects.toMatchObject({ code: "STORAGE_FULL" });
  expect(await take()).toEqual([]);
});

test("is asked again for what was not answered, since the question or the answer was lost", async () => {
  const page = new MemoryStore();
  const { store, lent, take, deliver } = pair(page);
  const created = store.create(row, "one");
  await take();
  lent.askAgain();
  await deliver();
  expect(await created).toBe("created");
  const appended = store.append(row.id, 2, "two", row.incarnation);
  for (const call of await take()) await answerCall(page, call);
  lent.askAgain();
  const again = await take();
  await deliver(again);
  // The engine compares it with what is there.
  expect(await appended).toBe("taken");
  await deliver(again);
  lent.askAgain();
  expect(await take()).toEqual([]);
});

test.for([
  new StorageFullError("no room"),
  new BrowserStorageError(BrowserStorageErrorCode.NEWER_VERSION, "reload"),
  new Error("broken"),
])("hands a failure of the page's store over: %s", async (error) => {
  const page = { read: () => Promise.reject(error) } as unknown as ExecutionStore;
  const { store, deliver } = pair(page);
  const read = Promise.resolve(store.read(row.id, 1));
  void deliver();
  const failure: unknown = await read.catch((reason: unknown) => reason);
  expect(failure).toBeInstanceOf(error.constructor);
  expect(failure).toMatchObject({ message: error.message, ...("code" in error && { code: error.code }) });
});
