import type { ExecutionStore } from "../engine/ports/execution-store.ts";

/** A store with some of its methods replaced: what stands between a process and its store in a test. */
export function changedStore(store: ExecutionStore, changes: Partial<ExecutionStore>): ExecutionStore {
  return {
    create: (row, body) => store.create(row, body),
    append: (id, seq, body, incarnation) => store.append(id, seq, body, incarnation),
    read: (id, from, options) => store.read(id, from, options),
    putRow: (row) => store.putRow(row),
    list: (scan) => store.list(scan),
    expired: (now, limit) => store.expired(now, limit),
    keepSnapshot: (id, snapshot, incarnation) => store.keepSnapshot(id, snapshot, incarnation),
    snapshot: (id, incarnation) => store.snapshot(id, incarnation),
    remove: (id, incarnation) => store.remove(id, incarnation),
    ...changes,
  };
}
