/** An execution as a graph: its operations by context, what follows what, and what is folded into one node. */

import { isSettled, type Operation, OperationSubType } from "perdure/engine";
import type { Track } from "../views/model/execution-view.ts";
import { type Joins, joinsOf } from "./joins.ts";
import { type Item, type Order, Siblings } from "./order.ts";

/** The numbers of operations, by state. */
export interface Counts {
  readonly all: number;
  readonly succeeded: number;
  readonly failed: number;
  /** Under way, or waiting. */
  readonly open: number;
}

interface NodeBase {
  readonly id: string;
  /** Its place from above. */
  readonly layer: number;
}

export interface OperationNode extends NodeBase {
  readonly kind: "operation";
  readonly track: Track;
  readonly operation: Operation;
  /** The scope inside the operation, where it is shown. */
  readonly inside: Scope | undefined;
  /** Of what is directly in it; undefined for what has nothing in it. */
  readonly counts: Counts | undefined;
}

/** Operations that are alike, as one. */
export interface GroupNode extends NodeBase {
  readonly kind: "group";
  readonly name: string;
  readonly items: readonly Item[];
  readonly counts: Counts;
}

export type GraphNode = OperationNode | GroupNode;

export interface Scope extends Joins {
  readonly nodes: readonly GraphNode[];
}

export interface GraphOptions {
  /** The commit that is looked at. */
  readonly seq: number;
  /** Contexts and groups that are not as they would be by themselves: open instead of folded, or folded. */
  readonly toggled: ReadonlySet<string>;
}

/** More that are alike, side by side or one after the other, are one node. */
const MOST_ALIKE = 8;
/** A context with more in it, at any depth, is folded. */
const MOST_INSIDE = 24;
/** Of an opened group: failed and open ones first. */
const MOST_SHOWN = 60;

/**
 * An execution as a graph, asked for as of one commit after another, as by a slider that is dragged through its log. What
 * is the same as of both is not made anew, neither the order of what began and ended nor a context without a change.
 * One of a log that has grown is another one.
 */
export class ExecutionGraph {
  readonly #root: ContextGraph;

  constructor(roots: readonly Track[]) {
    this.#root = new ContextGraph(roots, { path: "", isFan: false });
  }

  at(options: GraphOptions): Scope {
    return this.#root.at(options);
  }
}

interface ContextOptions {
  /** Of the context, so that groups of two contexts have different ids. */
  readonly path: string;
  /** The branches of a map or a parallel are beside each other however their times lie. */
  readonly isFan: boolean;
}

/** Something that was made, and for what. */
interface Made<T> {
  readonly value: T;
  readonly since: number;
  readonly until: number;
  readonly toggled: ReadonlySet<string> | undefined;
}

/** The graph of one context. */
class ContextGraph {
  readonly #tracks: readonly Track[];
  readonly #siblings: Siblings;
  readonly #options: ContextOptions;
  readonly #inner = new Map<Track, ContextGraph>();
  /** The commits that change something in it, at any depth, in their order. */
  #changes: readonly number[] | undefined;
  #scope: Made<Scope> | undefined;
  #counts: Made<Counts> | undefined;

  constructor(tracks: readonly Track[], options: ContextOptions) {
    this.#tracks = tracks;
    this.#siblings = new Siblings(tracks);
    this.#options = options;
  }

  at(options: GraphOptions): Scope {
    if (!isFor(this.#scope, options)) this.#scope = this.#made(this.#scopeAt(options), options);
    return this.#scope.value;
  }

  countsAt(seq: number): Counts {
    const options = { seq, toggled: undefined };
    if (!isFor(this.#counts, options)) this.#counts = this.#made(countsOf(this.#siblings.at(seq)), options);
    return this.#counts.value;
  }

  #made<T>(value: T, { seq, toggled }: Asked): Made<T> {
    this.#changes ??= changesIn(this.#tracks);
    const next = firstAfter(this.#changes, seq);
    const until = this.#changes[next] ?? Number.POSITIVE_INFINITY;
    return { value, since: this.#changes[next - 1] ?? 0, until, toggled };
  }

  #scopeAt(options: GraphOptions): Scope {
    const { seq, toggled } = options;
    const { path, isFan } = this.#options;
    const order = isFan ? this.#siblings.besideAt(seq) : this.#siblings.orderAt(seq);
    const groups = groupsOf(order, { path, toggled });
    const dense = denseLayers(groups);
    const nodes = groups.map((group) => this.#nodeOf(group, dense[group.layer] ?? 0, options));
    return { nodes, ...joinsOf(order, groups) };
  }

  #nodeOf(group: Group, layer: number, options: GraphOptions): GraphNode {
    const { id, name, items } = group;
    const [item] = items;
    if (name !== undefined || item === undefined) {
      return { kind: "group", id, layer, name: name ?? "", items, counts: countsOf(items) };
    }
    const { track, operation } = item;
    if (track.children.length === 0) {
      return { kind: "operation", id, layer, track, operation, inside: undefined, counts: undefined };
    }
    const inner = this.#innerOf(item);
    const counts = inner.countsAt(options.seq);
    const base = { kind: "operation", id, layer, track, operation } as const;
    if (counts.all === 0) return { ...base, inside: undefined, counts: undefined };
    const isOpen = isSmall(track) !== options.toggled.has(track.id);
    return { ...base, inside: isOpen ? inner.at(options) : undefined, counts };
  }

  #innerOf({ track, operation: { subType } }: Item): ContextGraph {
    const known = this.#inner.get(track);
    if (known !== undefined) return known;
    const isFan = subType === OperationSubType.MAP || subType === OperationSubType.PARALLEL;
    const inner = new ContextGraph(track.children, { path: track.id, isFan });
    this.#inner.set(track, inner);
    return inner;
  }
}

interface Asked {
  readonly seq: number;
  readonly toggled: ReadonlySet<string> | undefined;
}

function isFor<T>(made: Made<T> | undefined, { seq, toggled }: Asked): made is Made<T> {
  return made !== undefined && made.since <= seq && seq < made.until && made.toggled === toggled;
}

function changesIn(tracks: readonly Track[]): readonly number[] {
  const changes = new Set<number>();
  const visit = ({ versions, goneSeq, children }: Track): void => {
    for (const { seq } of versions) changes.add(seq);
    if (goneSeq !== undefined) changes.add(goneSeq);
    for (const child of children) visit(child);
  };
  for (const track of tracks) visit(track);
  return [...changes].sort((a, b) => a - b);
}

/** The place of the first number of a sorted list that is greater than a number. */
function firstAfter(sorted: readonly number[], number: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) <= number) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The items that become one node: one, or several. */
interface Group {
  readonly id: string;
  readonly name: string | undefined;
  /** In the order of the context. */
  readonly places: readonly number[];
  readonly items: readonly Item[];
  readonly layer: number;
}

interface GroupOptions {
  readonly path: string;
  readonly toggled: ReadonlySet<string>;
}

function groupsOf(order: Order, { path, toggled }: GroupOptions): readonly Group[] {
  const groups: Group[] = [];
  for (const places of familiesOf(order)) {
    const [place = 0] = places;
    const first = order.items[place];
    if (first === undefined) continue;
    if (places.length <= MOST_ALIKE) {
      addSingles(groups, order, places);
      continue;
    }
    const group = groupIn(order, { id: `${path}~${first.track.id}`, name: first.family, places });
    if (toggled.has(group.id)) addOpened(groups, order, group);
    else groups.push(group);
  }
  return groups;
}

function groupIn(order: Order, { id, name, places }: Pick<Group, "id" | "name" | "places">): Group {
  const items: Item[] = [];
  for (const place of places) {
    const item = order.items[place];
    if (item !== undefined) items.push(item);
  }
  return { id, name, places, items, layer: order.layers[places[0] ?? 0] ?? 0 };
}

/** Some of a group, those first of which somebody would want to know, and the rest in a smaller group. */
function addOpened(groups: Group[], order: Order, { id, name, places }: Group): void {
  const urgent = places.toSorted((a, b) => urgency(order.items[b]) - urgency(order.items[a]) || a - b);
  const shown = new Set(urgent.slice(0, MOST_SHOWN));
  const rest = places.filter((place) => !shown.has(place));
  addSingles(
    groups,
    order,
    places.filter((place) => shown.has(place)),
  );
  if (rest.length > 0) groups.push(groupIn(order, { id, name, places: rest }));
}

function urgency(item: Item | undefined): number {
  const status = item?.operation.status ?? "SUCCEEDED";
  return status === "SUCCEEDED" ? 0 : isSettled(status) ? 2 : 1;
}

function addSingles(groups: Group[], { items, layers }: Order, places: readonly number[]): void {
  for (const place of places) {
    const item = items[place];
    if (item === undefined) continue;
    groups.push({ id: item.track.id, name: undefined, places: [place], items: [item], layer: layers[place] ?? 0 });
  }
}

/** Places that are alike: side by side in a layer, or each after the one before it. */
function familiesOf(order: Order): readonly (readonly number[])[] {
  const families: number[][] = [];
  /** The last one, while it may go on with the next layer. */
  let open: number[] | undefined;
  for (let first = 0; first < order.items.length; ) {
    const next = endOfLayer(order, first);
    const item = order.items[first];
    const isLink = next === first + 1 && urgency(item) === 0;
    if (isLink && open !== undefined && order.items[open.at(-1) ?? 0]?.family === item?.family) open.push(first);
    else {
      for (const family of besideEachOther(order, first, next)) families.push(family);
      open = isLink ? families.at(-1) : undefined;
    }
    first = next;
  }
  return families;
}

/** The place behind the last item of the layer that begins at a place. */
function endOfLayer({ layers }: Order, first: number): number {
  let next = first + 1;
  while (next < layers.length && layers[next] === layers[first]) next++;
  return next;
}

function besideEachOther({ items }: Order, first: number, next: number): Iterable<number[]> {
  if (next === first + 1) return [[first]];
  const families = new Map<string, number[]>();
  for (let place = first; place < next; place++) {
    const name = items[place]?.family ?? "";
    const family = families.get(name);
    if (family === undefined) families.set(name, [place]);
    else family.push(place);
  }
  return families.values();
}

/** The layers by what they are without those of which nothing is left. */
function denseLayers(groups: readonly Group[]): readonly number[] {
  const dense: number[] = [];
  for (const { layer } of groups) dense[layer] = 0;
  let count = 0;
  for (let layer = 0; layer < dense.length; layer++) if (dense[layer] !== undefined) dense[layer] = count++;
  return dense;
}

function isSmall(track: Track): boolean {
  let left = MOST_INSIDE;
  const visit = ({ children }: Track): boolean => children.every((child) => --left >= 0 && visit(child));
  return visit(track);
}

function countsOf(items: readonly Item[]): Counts {
  let [succeeded, failed] = [0, 0];
  for (const {
    operation: { status },
  } of items) {
    if (status === "SUCCEEDED") succeeded++;
    else if (isSettled(status)) failed++;
  }
  const all = items.length;
  return { all, succeeded, failed, open: all - succeeded - failed };
}
