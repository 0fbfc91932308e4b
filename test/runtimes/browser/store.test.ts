import { describe, test } from "vitest";
import { IndexedDbStore } from "../../../src/adapters/indexeddb/indexeddb-store.ts";
import { applicable } from "../../../src/testing/contract.ts";
import type { StoreSubject } from "../../../src/testing/store-case.ts";
import { storeContract } from "../../../src/testing/store-contract.ts";

const NAME = `contract-${crypto.randomUUID()}`;

/** One database for all cases, as one site has for all its executions. */
const subject: StoreSubject = {
  open: () => new IndexedDbStore({ name: NAME }),
  restart(store) {
    (store as IndexedDbStore).close();
    return new IndexedDbStore({ name: NAME });
  },
  close: (store) => (store as IndexedDbStore).close(),
};

describe("the IndexedDB store", () => {
  for (const { name, run } of applicable(storeContract)) test(name, () => run(subject));
});
