/**
 * The directory, spread over several objects because every execution writes to it and one object takes some hundred
 * writes a second. An execution keeps the shard that it got at its start, so shards may be added at any time; they may
 * not be taken away, since lists ask as many as there are.
 */

import type { DirectoryRow, DirectoryScan } from "../../engine/ports/execution-store.ts";
import { mergeRows } from "../../engine/runner/directory-list.ts";
import { type Answer, unwrap } from "./answer.ts";
import type { DirectoryChange } from "./directory-table.ts";
import type { ObjectNamespace } from "./object-namespace.ts";
import { reach } from "./reach.ts";

/** The RPC methods of a directory object. */
export interface DirectoryRpc {
  apply(change: DirectoryChange): Promise<Answer<void>>;
  scan(scan: DirectoryScan): Promise<Answer<readonly DirectoryRow[]>>;
  expired(now: number, limit: number): Promise<Answer<readonly DirectoryRow[]>>;
}

export class DirectoryShards {
  readonly #namespace: ObjectNamespace<DirectoryRpc>;
  readonly #count: number;

  constructor(namespace: ObjectNamespace<DirectoryRpc>, count: number) {
    this.#namespace = namespace;
    this.#count = count;
  }

  /** The shard of a new execution. */
  shardOf(executionId: string): number {
    let hash = 0x811c9dc5;
    for (let index = 0; index < executionId.length; index++) {
      hash = Math.imul(hash ^ executionId.charCodeAt(index), 0x01000193);
    }
    return (hash >>> 0) % this.#count;
  }

  async publish(shard: number, change: DirectoryChange): Promise<void> {
    unwrap(await this.#stub(shard).apply(change));
  }

  async list(scan: DirectoryScan): Promise<readonly DirectoryRow[]> {
    return mergeRows(await this.#ask((shard) => shard.scan(scan)), scan);
  }

  async expired(now: number, limit: number): Promise<readonly DirectoryRow[]> {
    const found = await this.#ask((shard) => shard.expired(now, limit));
    return found.flat().slice(0, limit);
  }

  async #ask<T>(call: (shard: DirectoryRpc) => Promise<Answer<T>>): Promise<T[]> {
    const asked = Array.from({ length: this.#count }, (_, shard) => reach(() => call(this.#stub(shard)), true));
    return (await Promise.all(asked)).map(unwrap);
  }

  #stub(shard: number): DirectoryRpc {
    return this.#namespace.get(this.#namespace.idFromName(`shard-${shard}`));
  }
}
