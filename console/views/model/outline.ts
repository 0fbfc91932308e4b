/** Operations as rows that lie in each other: those in a folded one are left out. */

import { operationAt, type Track } from "./execution-view.ts";

/** The rows as of a commit, parents before what is in them. */
export function outlineOf(tracks: readonly Track[], folded: ReadonlySet<string>, seq: number): readonly Track[] {
  const rows: Track[] = [];
  /** Rows deeper than this lie in a folded one. */
  let depth = Number.POSITIVE_INFINITY;
  for (const track of tracks) {
    if (track.depth > depth) continue;
    depth = folded.has(track.id) ? track.depth : Number.POSITIVE_INFINITY;
    if (operationAt(track, seq) !== undefined) rows.push(track);
  }
  return rows;
}

/** The operations around one, from the outermost. */
export function around(track: Track, find: (id: string) => Track | undefined): readonly Track[] {
  const parent = track.parentId === undefined ? undefined : find(track.parentId);
  return parent === undefined ? [] : [...around(parent, find), parent];
}

/** With an operation folded that was not, or the other way round. */
export function refolded(folded: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(folded);
  if (!next.delete(id)) next.add(id);
  return next;
}
