import type { Mutation } from "./mutation.ts";

/** What a browser does to the connection of a page. */
export const indexedDbMutations: readonly Mutation[] = [
  {
    keeps: "IndexedDB",
    what: "a commit waits for ever when its connection was ended without a word about it",
    code: "await unlessClosed(database, work(database));",
    becomes: "await work(database);",
    tests: ["src/adapters/indexeddb/indexeddb-store.test.ts"],
  },
  {
    keeps: "IndexedDB",
    what: "a read fails that was aborted together with its connection",
    code: '["InvalidStateError", "UnknownError", "AbortError"]',
    becomes: '["InvalidStateError", "UnknownError"]',
    tests: ["src/adapters/indexeddb/indexeddb-store.test.ts"],
  },
  {
    keeps: "IndexedDB",
    what: "a page has no database after its opening met with a clearing of site data",
    code: 'if (!hasName(error, "AbortError")) throw error;',
    becomes: "throw error;",
    tests: ["src/adapters/indexeddb/indexeddb-store.test.ts"],
  },
];
