/** One stretch of the directory: the index that fits it best gives the rows in order. */

import type { IDBPTransaction } from "idb";
import type { DirectoryRow, DirectoryScan } from "../../engine/ports/execution-store.ts";
import type { Schema, StoredRow } from "./schema.ts";

type Executions = IDBPTransaction<Schema, ["executions"], "readonly">["store"];
type IndexName = "byStart" | "byFunction" | "byStatus" | "byFunctionAndStatus" | "byName" | "byTag" | "byHalt";

/** Everything in an index that begins with `prefix`. */
interface Walk {
  readonly index: IndexName;
  readonly prefix: readonly string[];
}

export async function scanDirectory(store: Executions, scan: DirectoryScan): Promise<DirectoryRow[]> {
  const { index, prefix } = walkOf(scan);
  const range = rangeOf(prefix, scan);
  const rows: DirectoryRow[] = [];
  let cursor = await store.index(index).openCursor(range, scan.reverse === true ? "prev" : "next");
  while (cursor !== null) {
    if (index === "byTag" || index === "byHalt" || matches(cursor.value, scan)) rows.push(rowOf(cursor.value));
    if (rows.length === scan.limit) break;
    cursor = await cursor.continue();
  }
  return rows;
}

/** A row as it was stored. Those of the first version of perdure have no number: they are older than every other. */
export function rowOf({ log: _log, tagged: _tagged, haltedPlace: _place, ...row }: StoredRow): DirectoryRow {
  return { ...row, seq: row.seq ?? 0 };
}

function walkOf({ functionName, name, status, halted, tag }: DirectoryScan): Walk {
  if (halted === true) return { index: "byHalt", prefix: [] };
  if (tag !== undefined) return { index: "byTag", prefix: tag };
  if (name !== undefined) return { index: "byName", prefix: [name] };
  if (functionName === undefined) {
    return status === undefined ? { index: "byStart", prefix: [] } : { index: "byStatus", prefix: [status] };
  }
  return status === undefined
    ? { index: "byFunction", prefix: [functionName] }
    : { index: "byFunctionAndStatus", prefix: [functionName, status] };
}

/** From behind the scan's place on. A shorter key sorts below what it begins, an array above every number and text. */
function rangeOf(prefix: readonly string[], { after, reverse }: DirectoryScan): IDBKeyRange {
  const place = after === undefined ? undefined : [...prefix, after.startedAt, after.id];
  const isReverse = reverse === true;
  const lower = isReverse ? undefined : place;
  const upper = isReverse ? place : undefined;
  return IDBKeyRange.bound(lower ?? prefix, upper ?? [...prefix, []], lower !== undefined, upper !== undefined);
}

/** An index by name knows neither function nor status. */
function matches(row: StoredRow, { functionName, status }: DirectoryScan): boolean {
  return (functionName ?? row.functionName) === row.functionName && (status ?? row.status) === row.status;
}
