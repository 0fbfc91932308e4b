/**
 * The order of lists and the markers of their pages. A marker names the last row that was shown, not a count, so rows
 * that come and go meanwhile neither repeat nor hide others, and it means the same in every shard.
 */

import { ClientError } from "../../engine/runner/client.ts";
import type { DirectoryPage, DirectoryRow, ListQuery } from "../../engine/ports/execution-store.ts";

/** A place in the order of lists: by start, then by id. */
export type Position = Pick<DirectoryRow, "startedAt" | "id">;

export function positionOf(marker: string): Position {
  const split = marker.indexOf(" ");
  const startedAt = Number(marker.slice(0, split));
  if (split < 1 || !Number.isSafeInteger(startedAt)) {
    throw new ClientError("InvalidParameterValueException", "the marker is not one that a list returned");
  }
  return { startedAt, id: marker.slice(split + 1) };
}

/** One page out of lists that are each in order and each as long as a page where there is more of it. */
export function mergePages(lists: readonly DirectoryPage[], query: ListQuery): DirectoryPage {
  const all = lists.flatMap((list) => list.rows).sort(query.reverse === true ? (a, b) => compare(b, a) : compare);
  const rows = all.slice(0, query.limit);
  const last = rows.at(-1);
  const more = all.length > rows.length || lists.some((list) => list.marker !== undefined);
  return last === undefined || !more ? { rows } : { rows, marker: `${last.startedAt} ${last.id}` };
}

function compare(a: Position, b: Position): number {
  if (a.startedAt !== b.startedAt) return a.startedAt - b.startedAt;
  return a.id < b.id ? -1 : Number(a.id > b.id);
}
