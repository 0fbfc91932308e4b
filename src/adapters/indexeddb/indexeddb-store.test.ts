/** The quick pass: the same contract in Node, over fake-indexeddb. The real one runs in Chromium. */

import "fake-indexeddb/auto";
import { describe, test } from "vitest";
import { applicable } from "../../testing/contract.ts";
import { type StoreSubject, storeContract } from "../../testing/store-contract.ts";
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
});
