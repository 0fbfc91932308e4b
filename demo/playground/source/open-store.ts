import { IndexedDbStore } from "perdure/browser";

/** The store of this browser's executions. */
export function openStore(): IndexedDbStore {
  return new IndexedDbStore({ name: "perdure-playground" });
}
