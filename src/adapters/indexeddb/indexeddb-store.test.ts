/** The quick pass: the same contract in Node, over fake-indexeddb. The real one runs in Chromium. */

import "fake-indexeddb/auto";
import { openDB } from "idb";
import { describe, expect, test } from "vitest";
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
