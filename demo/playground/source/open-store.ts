import { IndexedDbStore } from "perdure/browser";
import type { ExecutionStore } from "perdure/engine";

/** Where this browser keeps its executions. */
export function openStore(): ExecutionStore {
  return new IndexedDbStore({ name: "perdure-playground" });
}
