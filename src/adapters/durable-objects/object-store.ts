/**
 * The store as one execution object sees it: the log and the row of its own execution, and the directory for lists. All
 * but `list` answers at once. The row goes to the directory through the outbox, so lists lag behind by a moment.
 */

import type {
  DirectoryPage,
  DirectoryRow,
  ExecutionStore,
  ListQuery,
  LogPage,
} from "../../engine/ports/execution-store.ts";
import { CommitLog, type LogStorage } from "./commit-log.ts";
import type { DirectoryShards } from "./directory-shards.ts";
import type { DirectoryKey } from "./directory-table.ts";
import type { ObjectRecord, RecordCell } from "./object-record.ts";

export interface DurableObjectStoreOptions {
  readonly storage: LogStorage;
  readonly record: RecordCell;
  readonly directory: DirectoryShards;
  /** Called in the same turn as a change that the directory has to be told of. */
  readonly onUnpublished: () => void;
}

export class DurableObjectStore implements ExecutionStore {
  readonly #options: DurableObjectStoreOptions;
  readonly #log: CommitLog;

  constructor(options: DurableObjectStoreOptions) {
    this.#options = options;
    this.#log = new CommitLog(options.storage);
  }

  create(row: DirectoryRow, body: string): "created" | "exists" {
    const { record, directory } = this.#options;
    const before = record.get();
    if (before?.row !== undefined) return "exists";
    this.#change(() => {
      this.#log.reset();
      this.#log.write(1, body);
      record.put({
        shard: before?.shard ?? directory.shardOf(row.id),
        revision: (before?.revision ?? 0) + 1,
        row: { ...row },
        unpublished: true,
        gone: before?.gone ?? [],
      });
    });
    return "created";
  }

  append(id: string, seq: number, body: string): "appended" | "taken" {
    this.#recordOf(id);
    return this.#log.write(seq, body) ? "appended" : "taken";
  }

  read(id: string, from: number): LogPage {
    return this.#options.record.get()?.row?.id === id ? this.#log.read(from) : { bodies: [] };
  }

  describe(row: DirectoryRow): void {
    const before = this.#recordOf(row.id);
    if (isSame(row, before.row)) return;
    this.#change(() => {
      this.#options.record.put({ ...before, row: { ...row }, revision: before.revision + 1, unpublished: true });
    });
  }

  list(query: ListQuery): Promise<DirectoryPage> {
    return this.#options.directory.list(query);
  }

  remove(id: string): void {
    const { record } = this.#options;
    const before = record.get();
    if (before?.row?.id !== id) return;
    const { row, ...rest } = before;
    this.#change(() => {
      this.#log.drop();
      record.put({ ...rest, revision: rest.revision + 1, unpublished: true, gone: [...rest.gone, keyOf(row)] });
    });
  }

  #change(write: () => void): void {
    this.#options.storage.transactionSync(write);
    this.#options.onUnpublished();
  }

  #recordOf(id: string): ObjectRecord {
    const record = this.#options.record.get();
    if (record?.row?.id === id) return record;
    throw new Error("this object does not hold that execution");
  }
}

/** A row is said again whenever an execution that has ended is woken: that shall cost nothing. */
function isSame(row: DirectoryRow, before: DirectoryRow | undefined): boolean {
  const fields = Object.keys(row) as (keyof DirectoryRow)[];
  return fields.length === Object.keys(before ?? {}).length && fields.every((field) => row[field] === before?.[field]);
}

function keyOf({ functionName, startedAt, id }: DirectoryRow): DirectoryKey {
  return { functionName, startedAt, id };
}
