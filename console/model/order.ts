/**
 * What came after what. The log has no edges: an operation follows those that had their outcome before it began, and is
 * beside those that had not. Operations are intervals then, and an edge leads to one from each that nothing lies between.
 */

import { isSettled, type Operation } from "perdure/engine";
import { firstSeqOf, operationAt, type Track } from "../views/model/execution-view.ts";

/** A moment, told apart within a millisecond by the commit that tells of it. */
interface Moment {
  readonly at: number;
  readonly seq: number;
}

/** An operation as it is in its context. */
export interface Item {
  readonly track: Track;
  readonly operation: Operation;
  readonly start: Moment;
  /** Undefined without an outcome. */
  readonly end: Moment | undefined;
}

/** The places of items in the order of their beginnings. */
export interface Order {
  readonly items: readonly Item[];
  /** By item: how many others, at least, came one after the other before it. */
  readonly layers: readonly number[];
  /** By item: what it follows, as a part of `ended`. Items with the same part follow the same ones. */
  readonly follows: readonly (readonly [from: number, to: number])[];
  /** Places of items in the order of their ends. */
  readonly ended: readonly number[];
}

/** The items of a context as of a commit. */
export function itemsOf(tracks: readonly Track[], seq: number): readonly Item[] {
  return tracks.flatMap((track) => {
    const operation = operationAt(track, seq);
    if (operation === undefined) return [];
    return [{ track, operation, start: { at: operation.startedAt, seq: firstSeqOf(track) }, end: endOf(track, seq) }];
  });
}

/**
 * When its outcome was there. The end of a context reaches the code before it is recorded, together with what the code
 * did next, so it counts as the end of the last of what is in it.
 */
function endOf(track: Track, seq: number): Moment | undefined {
  const version = track.versions.findLast((each) => each.seq <= seq);
  if (version === undefined || !isSettled(version.operation.status)) return undefined;
  let last: Moment | undefined;
  for (const child of track.children) {
    const end = endOf(child, seq);
    if (end !== undefined && (last === undefined || compare(end, last) > 0)) last = end;
  }
  return last ?? { at: version.operation.endedAt ?? version.operation.startedAt, seq: version.seq };
}

export function orderOf(unordered: readonly Item[]): Order {
  const items = unordered.toSorted((a, b) => compare(a.start, b.start));
  const ended = items.flatMap(({ end }, place) => (end === undefined ? [] : [{ end, place }]));
  ended.sort((a, b) => compare(a.end, b.end));
  // Of those that ended first, the latest beginning: what ended before that is not followed at once any more.
  const latest: Moment[] = [];
  for (const { place } of ended) {
    const start = items[place]?.start ?? NEVER;
    const before = latest.at(-1) ?? NEVER;
    latest.push(compare(start, before) > 0 ? start : before);
  }
  const layers: number[] = [];
  const follows: (readonly [number, number])[] = [];
  let [to, deepest] = [0, -1];
  for (const { start } of items) {
    for (; to < ended.length && compare(ended[to]?.end ?? NEVER, start) < 0; to++) {
      deepest = Math.max(deepest, layers[ended[to]?.place ?? 0] ?? 0);
    }
    const bound = latest[to - 1] ?? NEVER;
    follows.push([firstNotBefore(ended, bound, to), to]);
    layers.push(deepest + 1);
  }
  return { items, layers, follows, ended: ended.map(({ place }) => place) };
}

const NEVER: Moment = { at: Number.NEGATIVE_INFINITY, seq: 0 };

function compare(a: Moment, b: Moment): number {
  return a.at - b.at || a.seq - b.seq;
}

function firstNotBefore(ended: readonly { readonly end: Moment }[], bound: Moment, count: number): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compare(ended[middle]?.end ?? NEVER, bound) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
