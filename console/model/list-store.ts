/** The rows of a list, as far as it has been read, and how news get into their middle. */

import type { ExecutionRow, Filter } from "./filter.ts";

export interface Page<Marker> {
  readonly rows: readonly ExecutionRow[];
  /** The number of rows that were looked at to find these. */
  readonly looked: number;
  /** The marker of the next page; undefined on the last one. */
  readonly next: Marker | undefined;
}

export interface PageSource<Marker> {
  page(
    filter: Filter,
    options: { readonly limit: number; readonly marker?: Marker | undefined },
  ): Promise<Page<Marker>>;
}

/** A part of a list that was read anew. */
export interface Reread {
  readonly rows: readonly ExecutionRow[];
  /** Its bounds in ms since the epoch, themselves included; without an upper one it reaches up to the present. */
  readonly newest?: number;
  readonly oldest: number;
}

/** The rows with those of a later page behind them; a row that was there is not there twice. */
export function appended(rows: readonly ExecutionRow[], page: readonly ExecutionRow[]): readonly ExecutionRow[] {
  const last = rows.at(-1)?.startedAt ?? Number.POSITIVE_INFINITY;
  // Only what has started in the same instant can have been in the page before.
  const known = new Set<string>();
  for (let index = rows.length - 1; index >= 0 && (rows[index]?.startedAt ?? 0) <= last; index--) {
    known.add(rows[index]?.arn ?? "");
  }
  return [...rows, ...page.filter(({ arn }) => !known.has(arn))];
}

/** The rows with a part of them as it is now: with what has come to be there, and without what is there no more. */
export function reread(
  rows: readonly ExecutionRow[],
  { rows: fresh, newest, oldest }: Reread,
): readonly ExecutionRow[] {
  const arns = new Set(fresh.map(({ arn }) => arn));
  const from = newest === undefined ? 0 : firstNotAfter(rows, newest);
  const to = firstNotAfter(rows, oldest);
  // At the lower bound itself a page may have been full.
  let end = to;
  const atBound: ExecutionRow[] = [];
  for (; end < rows.length && rows[end]?.startedAt === oldest; end++) {
    const row = rows[end];
    if (row !== undefined && !arns.has(row.arn)) atBound.push(row);
  }
  return [...rows.slice(0, from), ...fresh, ...atBound, ...rows.slice(end)];
}

/** The index of the first row that has not started after a time. */
function firstNotAfter(rows: readonly ExecutionRow[], time: number): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle]?.startedAt ?? 0) > time) low = middle + 1;
    else high = middle;
  }
  return low;
}
