/** Lists of executions: the index that fits the query gives candidates in order, the other filters drop some. */

import type { IDBPCursorWithValue, IDBPTransaction } from "idb";
import type { DirectoryPage, DirectoryRow, ListQuery } from "../../engine/ports/execution-store.ts";
import type { Schema, StoredRow } from "./schema.ts";

type Executions = IDBPTransaction<Schema, ["executions"], "readonly">["store"];
type IndexName = "byStart" | "byFunction" | "byStatus" | "byFunctionAndStatus" | "byName";

/** Where a row stands in every list. */
interface Position {
  readonly startedAt: number;
  readonly id: string;
}

/** One stretch of one index: everything that begins with `prefix`. */
interface Walk {
  readonly index: IndexName;
  readonly prefix: readonly string[];
}

export async function listDirectory(store: Executions, query: ListQuery): Promise<DirectoryPage> {
  const found = await Promise.all(walksOf(query).map((walk) => collect(store, walk, query)));
  const direction = query.reverse === true ? -1 : 1;
  // Each walk gives one row more than a page holds, so together they give at least that.
  const rows = found.flat().sort((a, b) => direction * compare(a, b));
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  return rows.length > page.length && last !== undefined ? { rows: page, marker: markerOf(last) } : { rows: page };
}

export function withoutLog({ log: _, ...row }: StoredRow): DirectoryRow {
  return row;
}

function walksOf({ functionName, name, statuses }: ListQuery): readonly Walk[] {
  if (name !== undefined) return [{ index: "byName", prefix: [name] }];
  if (statuses !== undefined) {
    return [...new Set(statuses)].map((status) =>
      functionName === undefined
        ? { index: "byStatus", prefix: [status] }
        : { index: "byFunctionAndStatus", prefix: [functionName, status] },
    );
  }
  return functionName === undefined
    ? [{ index: "byStart", prefix: [] }]
    : [{ index: "byFunction", prefix: [functionName] }];
}

async function collect(store: Executions, { index, prefix }: Walk, query: ListQuery): Promise<DirectoryRow[]> {
  const range = rangeOf(prefix, query);
  if (range === undefined) return [];
  const rows: DirectoryRow[] = [];
  const direction = query.reverse === true ? "prev" : "next";
  let cursor: IDBPCursorWithValue<Schema, ["executions"], "executions", IndexName> | null = await store
    .index(index)
    .openCursor(range, direction);
  while (cursor !== null && rows.length <= query.limit) {
    if (matches(cursor.value, query)) rows.push(withoutLog(cursor.value));
    cursor = await cursor.continue();
  }
  return rows;
}

/** The bounds of a walk, its marker's row left out; undefined when nothing can be between them. */
function rangeOf(prefix: readonly string[], query: ListQuery): IDBKeyRange | undefined {
  const { startedAfter, startedBefore, reverse } = query;
  const marker = query.marker === undefined ? undefined : positionOf(query.marker);
  const after = reverse === true ? undefined : marker;
  const before = reverse === true ? marker : undefined;
  const lower = [...prefix, ...(after === undefined ? [startedAfter ?? -Infinity] : [after.startedAt, after.id])];
  // An array sorts above every number and every text: such a bound comes after all ids of its millisecond.
  const upper = [
    ...prefix,
    ...(before === undefined ? [startedBefore ?? Infinity, []] : [before.startedAt, before.id]),
  ];
  if (indexedDB.cmp(lower, upper) > 0) return undefined;
  return IDBKeyRange.bound(lower, upper, after !== undefined, before !== undefined);
}

function matches(row: DirectoryRow, query: ListQuery): boolean {
  return (
    (query.functionName ?? row.functionName) === row.functionName &&
    (query.version ?? row.version) === row.version &&
    (query.statuses?.includes(row.status) ?? true) &&
    row.startedAt >= (query.startedAfter ?? row.startedAt) &&
    row.startedAt <= (query.startedBefore ?? row.startedAt)
  );
}

function compare(a: Position, b: Position): number {
  return indexedDB.cmp([a.startedAt, a.id], [b.startedAt, b.id]);
}

function markerOf({ startedAt, id }: Position): string {
  return `${startedAt}:${id}`;
}

/** A marker that no page has given begins at the beginning. */
function positionOf(marker: string): Position | undefined {
  const colon = marker.indexOf(":");
  const startedAt = colon < 1 ? Number.NaN : Number(marker.slice(0, colon));
  return Number.isFinite(startedAt) ? { startedAt, id: marker.slice(colon + 1) } : undefined;
}
