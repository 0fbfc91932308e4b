/**
 * What a store makes of transactions whose requests fail, in browsers that treat those otherwise than Chromium does. They
 * are imitated: one tells no error of a transaction that it aborts, another one goes on after a request that failed once
 * it was asked to commit early.
 */

import { IndexedDbStore } from "../../../src/adapters/indexeddb/indexeddb-store.ts";
import type { DirectoryRow } from "../../../src/engine/ports/execution-store.ts";
import { assertEqual } from "../../../src/testing/assert.ts";
import { readLog } from "../../../src/testing/store-case.ts";

export interface EarlyCommitCase {
  readonly name: string;
  run(): Promise<void>;
}

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

/** Creates twice, and appends a number twice. The second one of each fails. */
async function collide(): Promise<void> {
  const store = new IndexedDbStore({ name: `early-commit-${crypto.randomUUID()}` });
  try {
    assertEqual(await store.create(row, "one"), "created", "the first create");
    const other = { ...row, incarnation: "1".repeat(32), startedAt: 2 };
    assertEqual(await store.create(other, "other"), "exists", "the second create");
    assertEqual(await store.restore(other, ["a", "b", "c"]), "exists", "an import");
    assertEqual(await store.append(row.id, 2, "two", row.incarnation), "appended", "the first append");
    assertEqual(await store.append(row.id, 2, "late", row.incarnation), "taken", "the second append");
    assertEqual(await readLog(store, row.id), ["one", "two"], "the log");
    assertEqual(await store.list({ limit: 5 }), [row], "the directory");
  } finally {
    store.close();
  }
}

function errorOf(request: EventTarget | null): string | undefined {
  return request instanceof IDBRequest ? request.error?.name : undefined;
}

/** Calls `work` while a property of every transaction is another one. */
async function during(
  property: "error" | "commit",
  descriptor: PropertyDescriptor,
  work: () => Promise<void>,
): Promise<void> {
  const before = Object.getOwnPropertyDescriptor(IDBTransaction.prototype, property);
  Object.defineProperty(IDBTransaction.prototype, property, { configurable: true, ...descriptor });
  try {
    await work();
  } finally {
    if (before !== undefined) Object.defineProperty(IDBTransaction.prototype, property, before);
  }
}

const { commit } = IDBTransaction.prototype;

export const earlyCommitCases: readonly EarlyCommitCase[] = [
  {
    name: "knows why a transaction was aborted where the transaction itself does not tell",
    run: () => during("error", { get: () => null }, collide),
  },
  {
    name: "writes all or nothing where an early commit completes although a request failed",
    async run() {
      const failed: (string | undefined)[] = [];
      function goOn(this: IDBTransaction): void {
        this.addEventListener("error", (event) => {
          failed.push(errorOf(event.target));
          event.preventDefault();
        });
        commit.call(this);
      }
      await during("commit", { value: goOn }, collide);
      assertEqual(failed, ["ConstraintError"], "the requests that failed after an early commit: the second append's");
    },
  },
  {
    name: "commits early what is one request, and nothing else",
    async run() {
      let commits = 0;
      function counted(this: IDBTransaction): void {
        commits++;
        commit.call(this);
      }
      await during("commit", { value: counted }, collide);
      assertEqual(commits, 2, "the early commits: one for each append");
    },
  },
];
