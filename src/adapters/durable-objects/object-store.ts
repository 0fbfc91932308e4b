/**
 * The store as one execution object sees it: the log, the snapshot and the row of its own execution, and the directory
 * for lists and for what has expired. All but those two answer at once. The row goes to the directory through the
 * outbox, so they lag behind by a moment.
 */

import { isSameTags } from "../../engine/model/tags.ts";
import type {
  DirectoryRow,
  DirectoryScan,
  ExecutionStore,
  LogPage,
  ReadOptions,
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

  append(id: string, seq: number, body: string, incarnation: string): "appended" | "taken" | "gone" {
    if (this.#find(id, incarnation) === undefined) return "gone";
    return this.#log.write(seq, body) ? "appended" : "taken";
  }

  read(id: string, from: number, { incarnation, limit }: ReadOptions = {}): LogPage | undefined {
    return this.#find(id, incarnation) === undefined ? undefined : this.#log.read(from, limit);
  }

  putRow(row: DirectoryRow): void {
    const before = this.#find(row.id, row.incarnation);
    if (before === undefined || row.seq < before.row.seq || isSame(row, before.row)) return;
    this.#change(() => {
      this.#options.record.put({ ...before, row: { ...row }, revision: before.revision + 1, unpublished: true });
    });
  }

  list(scan: DirectoryScan): Promise<readonly DirectoryRow[]> {
    return this.#options.directory.list(scan);
  }

  expired(now: number, limit: number): Promise<readonly DirectoryRow[]> {
    return this.#options.directory.expired(now, limit);
  }

  keepSnapshot(id: string, snapshot: string, incarnation: string): void {
    if (this.#find(id, incarnation) !== undefined) this.#log.keepSnapshot(snapshot);
  }

  snapshot(id: string, incarnation: string): string | undefined {
    return this.#find(id, incarnation) === undefined ? undefined : this.#log.snapshot();
  }

  /** Without an incarnation whichever has the id. */
  remove(id: string, incarnation?: string): void {
    const { record } = this.#options;
    const before = this.#find(id, incarnation);
    if (before === undefined) return;
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

  /** The record, if it is that execution's; of whichever has the id when no incarnation is given. */
  #find(id: string, incarnation: string | undefined): DescribedRecord | undefined {
    const record = this.#options.record.get();
    if (!isDescribed(record) || record.row.id !== id) return undefined;
    return incarnation === undefined || record.row.incarnation === incarnation ? record : undefined;
  }
}

type DescribedRecord = ObjectRecord & { readonly row: DirectoryRow };

function isDescribed(record: ObjectRecord | undefined): record is DescribedRecord {
  return record?.row !== undefined;
}

/** A row is said again whenever an execution that has ended is woken: that shall cost nothing. */
function isSame(row: DirectoryRow, before: DirectoryRow): boolean {
  const { tags, ...fields } = row;
  const { tags: tagsBefore, ...fieldsBefore } = before;
  const names = Object.keys(fields) as (keyof typeof fields)[];
  const isSameLength = names.length === Object.keys(fieldsBefore).length;
  return isSameLength && names.every((name) => fields[name] === fieldsBefore[name]) && isSameTags(tags, tagsBefore);
}

function keyOf({ functionName, startedAt, id }: DirectoryRow): DirectoryKey {
  return { functionName, startedAt, id };
}
