import type { DirectoryRow } from "../../engine/ports/execution-store.ts";

/** A row as it may be found in storage: the first version of perdure wrote none with a number. */
export type StoredRow = Omit<DirectoryRow, "seq"> & Partial<Pick<DirectoryRow, "seq">>;

/** A row without a number is older than every other. */
export function readRow(row: StoredRow): DirectoryRow {
  return { ...row, seq: row.seq ?? 0 };
}
