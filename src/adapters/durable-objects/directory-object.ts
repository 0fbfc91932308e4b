import { DurableObject } from "cloudflare:workers";
import type { DirectoryPage, ListQuery } from "../../engine/ports/execution-store.ts";
import { type Answer, answer } from "./answer.ts";
import type { DirectoryRpc } from "./directory-shards.ts";
import { type DirectoryChange, DirectoryTable } from "./directory-table.ts";

/** One shard of the directory. It needs no configuration, so the class can be exported by a Worker as it is. */
export class DirectoryObject extends DurableObject implements DirectoryRpc {
  #table: DirectoryTable | undefined;

  apply(change: DirectoryChange): Promise<Answer<void>> {
    return answer(() => this.#open().apply(change));
  }

  list(query: ListQuery): Promise<Answer<DirectoryPage>> {
    return answer(() => this.#open().list(query));
  }

  #open(): DirectoryTable {
    this.#table ??= new DirectoryTable(this.ctx.storage);
    return this.#table;
  }
}
