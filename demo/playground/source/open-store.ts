import { IndexedDbStore } from "perdure/browser";

/** Where this browser keeps its executions. */
export function openStore(): IndexedDbStore {
  return new IndexedDbStore({ name: "perdure-playground" });
}
