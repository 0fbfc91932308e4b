/**
 * The order of operations. The log has no edges: an operation follows those that had their outcome before it began, and
 * is beside those that had not. Operations are intervals then, and an edge leads to one from each operation before it
 * that no other one lies between.
 */

import { isSettled, type Operation } from "perdure/engine";
import { firstSeqOf, type Track } from "../views/model/execution-view.ts";

/** A moment, told apart within a millisecond by the commit that tells of it. */
interface Moment {
  readonly at: number;
  readonly seq: number;
}

/** An operation as it is in its context from one commit to another. */
export interface Item {
  readonly track: Track;
  readonly operation: Operation;
  readonly start: Moment;
  /** Undefined without an outcome. */
  readonly end: Moment | undefined;
  /** The first commit as of which it is so. */
  readonly since: number;
  /** The first one as of which it is so no more. */
  readonly until: number;
  /** The title without its numbers: operations with the same one are alike. */
  readonly family: string;
}

/** Items next to each other that follow the same ones. */
export interface Wave {
  /** Their places: `first` and up to `next`. */
  readonly first: number;
  readonly next: number;
  /** The items that this wave follows: `ended` from `from` up to `to`. */
  readonly from: number;
  readonly to: number;
}

/** The places of items in the order of their beginnings. */
export interface Order {
  readonly items: readonly Item[];
  /** By item, never less than that of the one before it: how many others, at least, came one after the other before it. */
  readonly layers: readonly number[];
  readonly waves: readonly Wave[];
  /** Places of items in the order of their ends. */
  readonly ended: readonly number[];
}

/**
 * The operations of a context through the whole log. They are put in order once, each as often as it changed; those as
 * of a commit are in the same order, with others left out.
 */
export class Siblings {
  readonly #begun: readonly Item[];
  /** Places in `#begun` of those with an outcome, in the order of their ends. */
  readonly #ended: readonly number[];

  constructor(tracks: readonly Track[]) {
    const families = new Map<string, string>();
    this.#begun = tracks.flatMap((track) => versionsOf(track, families)).sort((a, b) => compare(a.start, b.start));
    const ends = this.#begun.flatMap(({ end }, place) => (end === undefined ? [] : [{ end, place }]));
    this.#ended = ends.sort((a, b) => compare(a.end, b.end)).map(({ place }) => place);
  }

  /** As of a commit, in the order of their beginnings. */
  at(seq: number): readonly Item[] {
    return this.#begun.filter(({ since, until }) => since <= seq && seq < until);
  }

  orderAt(seq: number): Order {
    const items: Item[] = [];
    const places = new Int32Array(this.#begun.length);
    this.#begun.forEach((item, at) => {
      const { since, until } = item;
      places[at] = since <= seq && seq < until ? items.push(item) - 1 : ABSENT;
    });
    const ended: number[] = [];
    for (const at of this.#ended) {
      const place = places[at] ?? ABSENT;
      if (place !== ABSENT) ended.push(place);
    }
    return orderOf(items, ended);
  }

  /** All in one layer, however their times lie. */
  besideAt(seq: number): Order {
    const items = this.at(seq);
    return { items, layers: items.map(() => 0), waves: [], ended: [] };
  }
}

const ABSENT = -1;

/** An item for each version of an operation. */
function versionsOf(track: Track, families: Map<string, string>): readonly Item[] {
  const { versions, goneSeq = Number.POSITIVE_INFINITY } = track;
  return versions.flatMap(({ seq, operation }, index) => {
    const until = Math.min(versions[index + 1]?.seq ?? goneSeq, goneSeq);
    if (seq >= until) return [];
    const start = { at: operation.startedAt, seq: firstSeqOf(track) };
    const outcome = endOf(track, seq);
    // Clocks of two processes may say that it ended before it began.
    const end = outcome === undefined ? undefined : later(outcome, start);
    return [{ track, operation, start, end, since: seq, until, family: familyIn(families, track.title) }];
  });
}

/** The same text for all of a family, so that comparing two is quick. */
function familyIn(families: Map<string, string>, title: string): string {
  const family = title.replaceAll(/\d+/g, "#").replace(/[\s_-]*#$/, "");
  const known = families.get(family);
  if (known === undefined) families.set(family, family);
  return known ?? family;
}

/**
 * When its outcome was there. The end of a context reaches the code before it is recorded, together with what the code
 * did next, so it counts as the end of the last of what is in it. Nothing in a context changes once it has ended.
 */
function endOf(track: Track, seq: number): Moment | undefined {
  if (track.goneSeq !== undefined && seq >= track.goneSeq) return undefined;
  const version = track.versions.findLast((each) => each.seq <= seq);
  if (version === undefined || !isSettled(version.operation.status)) return undefined;
  let last: Moment | undefined;
  for (const child of track.children) {
    const end = endOf(child, seq);
    if (end !== undefined && (last === undefined || compare(end, last) > 0)) last = end;
  }
  return last ?? { at: version.operation.endedAt ?? version.operation.startedAt, seq: version.seq };
}

/**
 * The order of items that come sorted by their beginnings; `ended` has the places of those with an outcome, sorted by
 * their ends.
 */
function orderOf(items: readonly Item[], ended: readonly number[]): Order {
  const layers: number[] = [];
  const waves: Wave[] = [];
  // The latest beginning among the items that ended: no later item follows at once one that ended before that moment.
  let latest = NEVER;
  let [first, from, to, deepest] = [0, 0, 0, -1];
  const endAt = (index: number): Moment => items[ended[index] ?? ABSENT]?.end ?? NEVER;
  items.forEach(({ start }, place) => {
    if (to < ended.length && compare(endAt(to), start) < 0) {
      if (place > first) waves.push({ first, next: place, from, to });
      first = place;
      for (; to < ended.length && compare(endAt(to), start) < 0; to++) {
        const before = ended[to] ?? ABSENT;
        deepest = Math.max(deepest, layers[before] ?? 0);
        latest = later(latest, items[before]?.start ?? NEVER);
      }
      while (from < to && compare(endAt(from), latest) < 0) from++;
    }
    layers.push(deepest + 1);
  });
  if (items.length > first) waves.push({ first, next: items.length, from, to });
  return { items, layers, waves, ended };
}

const NEVER: Moment = { at: Number.NEGATIVE_INFINITY, seq: 0 };

function compare(a: Moment, b: Moment): number {
  return a.at - b.at || a.seq - b.seq;
}

function later(a: Moment, b: Moment): Moment {
  return compare(a, b) > 0 ? a : b;
}
