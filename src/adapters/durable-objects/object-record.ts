import type { DirectoryRow } from "../../engine/ports/execution-store.ts";
import type { DirectoryKey } from "./directory-table.ts";
import { guardSpace } from "./storage-full.ts";
import { readRow } from "./stored-row.ts";
import { checkFormat } from "./storage-format.ts";

/** The layout of an execution object's storage. Another layout takes another number and a migration from this one. */
const STORAGE_FORMAT = 1;

const KEY = "record";

/**
 * The object's facts about its execution beside the log, and the changes that the directory has not acknowledged yet.
 */
export interface ObjectRecord {
  readonly format: typeof STORAGE_FORMAT;
  /** The directory shard that shows this execution. Kept, so that adding shards does not strand the row. */
  readonly shard: number;
  /** Counts the changes, so that the directory can ignore what arrives late. */
  readonly revision: number;
  /** Absent once the execution was removed. */
  readonly row?: DirectoryRow;
  /** The directory has yet to acknowledge `row` and `gone`. */
  readonly unpublished: boolean;
  /** Rows of removed executions of this name that the directory may still show. */
  readonly gone: readonly DirectoryKey[];
}

/** The record, in storage and in memory. Its object is the only one who writes it. */
export class RecordCell {
  readonly #storage: Pick<DurableObjectStorage, "kv">;
  #record: ObjectRecord | undefined;

  constructor(storage: Pick<DurableObjectStorage, "kv">) {
    this.#storage = storage;
    const record = storage.kv.get<ObjectRecord>(KEY);
    checkFormat(record?.format, STORAGE_FORMAT);
    this.#record = record?.row === undefined ? record : { ...record, row: readRow(record.row) };
  }

  get(): ObjectRecord | undefined {
    return this.#record;
  }

  put(record: Omit<ObjectRecord, "format">): void {
    const stored: ObjectRecord = { ...record, format: STORAGE_FORMAT };
    guardSpace(() => this.#storage.kv.put(KEY, stored));
    this.#record = stored;
  }

  /** For when the storage was wiped as a whole. */
  forget(): void {
    this.#record = undefined;
  }
}
