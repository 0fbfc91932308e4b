/** Lists of several functions as one, the newest execution first, as far as they have been read. */

import type { ExecutionRow } from "./filter.ts";

/** What was read of one function's list. */
export interface Head {
  /** Read, and not taken yet. */
  readonly rows: readonly ExecutionRow[];
  /** Of its next page; empty for the first one, undefined when there is none. */
  readonly marker: string | undefined;
}

/** By function. */
export type Heads = ReadonlyMap<string, Head>;

export interface Merged {
  readonly rows: readonly ExecutionRow[];
  /** What is left; undefined when all lists have come to their end. */
  readonly rest: Heads | undefined;
}

/** Takes the newest rows, until a list would have to be read on to know which is the next. */
export function mergeHeads(heads: Heads, most: number): Merged {
  const taken = new Map<string, number>([...heads.keys()].map((name) => [name, 0]));
  const rows: ExecutionRow[] = [];
  while (rows.length < most) {
    const next = newest(heads, taken);
    if (next === undefined) break;
    rows.push(next.row);
    taken.set(next.name, (taken.get(next.name) ?? 0) + 1);
  }
  const rest = new Map(
    [...heads].map(([name, head]) => [name, { ...head, rows: head.rows.slice(taken.get(name) ?? 0) }]),
  );
  const isOver = [...rest.values()].every(({ rows: left, marker }) => left.length === 0 && marker === undefined);
  return { rows, rest: isOver ? undefined : rest };
}

/** Undefined if there is none, or if one may lie in a page that was not read. */
function newest(heads: Heads, taken: ReadonlyMap<string, number>): { name: string; row: ExecutionRow } | undefined {
  let found: { name: string; row: ExecutionRow } | undefined;
  for (const [name, { rows, marker }] of heads) {
    const row = rows[taken.get(name) ?? 0];
    if (row === undefined && marker !== undefined) return undefined;
    if (row !== undefined && (found === undefined || row.startedAt > found.row.startedAt)) found = { name, row };
  }
  return found;
}
