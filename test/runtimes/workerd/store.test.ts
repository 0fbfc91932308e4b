import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, test } from "vitest";
import { DirectoryShards } from "../../../src/adapters/durable-objects/directory-shards.ts";
import type { ExecutionStore } from "../../../src/engine/ports/execution-store.ts";
import { applicable } from "../../../src/testing/contract.ts";
import type { StoreSubject } from "../../../src/testing/store-case.ts";
import { storeContract } from "../../../src/testing/store-contract.ts";
import { SHARDS, type StoreObject } from "./store-object.ts";

const touched = new Map<string, DurableObjectStub<StoreObject>>();

function objectOf(id: string): DurableObjectStub<StoreObject> {
  const stub = env.STORES.get(env.STORES.idFromName(id));
  touched.set(id, stub);
  return stub;
}

/** The stores of many objects as one, as a host sees them. */
const store: ExecutionStore = {
  create: (row, body) => objectOf(row.id).create(row, body),
  append: (id, seq, body, incarnation) => objectOf(id).append(id, seq, body, incarnation),
  read: (id, from, options) => objectOf(id).read(id, from, options),
  putRow: (row) => objectOf(row.id).putRow(row),
  list: (scan) => new DirectoryShards(env.DIRECTORY, SHARDS).list(scan),
  expired: (now, limit) => new DirectoryShards(env.DIRECTORY, SHARDS).expired(now, limit),
  keepSnapshot: (id, snapshot, incarnation) => objectOf(id).keepSnapshot(id, snapshot, incarnation),
  snapshot: (id, incarnation) => objectOf(id).snapshot(id, incarnation),
  remove: (id, incarnation) => objectOf(id).remove(id, incarnation),
};

const subject: StoreSubject = {
  open() {
    touched.clear();
    return store;
  },
  async restart() {
    for (const stub of touched.values()) await evictDurableObject(stub);
    for (let shard = 0; shard < SHARDS; shard++) {
      await evictDurableObject(env.DIRECTORY.get(env.DIRECTORY.idFromName(`shard-${shard}`)));
    }
    return store;
  },
};

describe("the store of Durable Objects", () => {
  for (const contractCase of applicable(storeContract)) {
    test(contractCase.name, () => contractCase.run(subject));
  }
});
