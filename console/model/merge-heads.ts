/** Lists of several functions as one, the newest execution first, as far as they have been read. */

import { mergeRows } from "perdure/engine";
import type { ExecutionRow } from "./filter.ts";

/** The part of one function's list that was read. */
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
  /** The rest of the lists; undefined when all have come to their end. */
  readonly rest: Heads | undefined;
}

interface Placed {
  /** Its ARN; empty for what was not read yet. */
  readonly id: string;
  readonly startedAt: number;
  readonly seq: number;
  readonly name: string;
  /** Undefined for what was not read yet. */
  readonly row: ExecutionRow | undefined;
}

/** Takes the newest rows, until a list would have to be read on to know which is the next. */
export function mergeHeads(heads: Heads, most: number): Merged {
  const lists = [...heads].map(([name, head]) => placed(name, head));
  const merged = mergeRows(lists, { reverse: true, limit: most });
  const unread = merged.findIndex(({ row }) => row === undefined);
  const taken = unread < 0 ? merged : merged.slice(0, unread);
  const counts = new Map<string, number>();
  for (const { name } of taken) counts.set(name, (counts.get(name) ?? 0) + 1);
  const rest = new Map(
    [...heads].map(([name, head]) => [name, { ...head, rows: head.rows.slice(counts.get(name) ?? 0) }]),
  );
  const isOver = [...rest.values()].every(({ rows: left, marker }) => left.length === 0 && marker === undefined);
  return { rows: taken.flatMap(({ row }) => row ?? []), rest: isOver ? undefined : rest };
}

/** The rows that were read, and behind them, where there is more, the first that was not: as new as it may be. */
function placed(name: string, { rows, marker }: Head): readonly Placed[] {
  const read = rows.map((row): Placed => ({ id: row.arn, startedAt: row.startedAt, seq: 0, name, row }));
  if (marker === undefined) return read;
  const startedAt = rows.at(-1)?.startedAt ?? Number.POSITIVE_INFINITY;
  return [...read, { id: "", startedAt, seq: 0, name, row: undefined }];
}
