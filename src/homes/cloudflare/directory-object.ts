import { DurableObject } from "cloudflare:workers";
import { type Answer, answer } from "../../adapters/durable-objects/answer.ts";
import type { DirectoryRpc } from "../../adapters/durable-objects/directory-shards.ts";
import { type DirectoryChange, DirectoryTable } from "../../adapters/durable-objects/directory-table.ts";
import type { DirectoryRow, DirectoryScan } from "../../engine/ports/execution-store.ts";

/** One shard of the directory. It needs no configuration, so the class can be exported by a Worker as it is. */
export class DirectoryObject extends DurableObject implements DirectoryRpc {
  #table: DirectoryTable | undefined;

  apply(change: DirectoryChange): Promise<Answer<void>> {
    return answer(() => this.#open().apply(change));
  }

  scan(scan: DirectoryScan): Promise<Answer<readonly DirectoryRow[]>> {
    return answer(() => this.#open().list(scan));
  }

  expired(now: number, limit: number): Promise<Answer<readonly DirectoryRow[]>> {
    return answer(() => this.#open().expired(now, limit));
  }

  #open(): DirectoryTable {
    this.#table ??= new DirectoryTable(this.ctx.storage);
    return this.#table;
  }
}
