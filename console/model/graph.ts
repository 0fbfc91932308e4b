/** An execution as a graph: its operations by context, what follows what, and what is folded into one node. */

import { isSettled, type Operation, OperationSubType } from "perdure/engine";
import type { Track } from "../views/model/execution-view.ts";
import { type Item, itemsOf, type Order, orderOf } from "./order.ts";

/** How many operations stand where. */
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
  /** What is in it, where it is shown. */
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

/** All of `from` come before all of `to`. */
export interface Link {
  readonly from: readonly string[];
  readonly to: readonly string[];
}

export interface Scope {
  readonly nodes: readonly GraphNode[];
  readonly links: readonly Link[];
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

export function graphOf(roots: readonly Track[], options: GraphOptions): Scope {
  return scopeOf(roots, { ...options, path: "" }, false);
}

interface ScopeOptions extends GraphOptions {
  /** Of the context, so that groups of two contexts have different ids. */
  readonly path: string;
}

/** The branches of a fan, a map or a parallel, are beside each other however their times lie. */
function scopeOf(tracks: readonly Track[], options: ScopeOptions, isFan: boolean): Scope {
  const items = itemsOf(tracks, options.seq);
  const order = isFan ? sideBySide(items) : orderOf(items);
  const groups = groupsOf(order, options);
  const layers = denseLayers(groups);
  const nodes = groups.map((group, index) => nodeOf(group, layers[index] ?? 0, options));
  return { nodes, links: linksOf(order, groups) };
}

function sideBySide(items: readonly Item[]): Order {
  return { items, layers: items.map(() => 0), follows: items.map(() => [0, 0] as const), ended: [] };
}

/** What becomes one node: an item, or several. */
interface Group {
  readonly id: string;
  readonly name: string | undefined;
  /** In the order of the context. */
  readonly places: readonly number[];
  readonly items: readonly Item[];
  readonly layer: number;
}

function groupsOf(order: Order, options: ScopeOptions): readonly Group[] {
  return [...familiesOf(order)].flatMap((places) => {
    const items = places.flatMap((place) => order.items[place] ?? []);
    const layer = order.layers[places[0] ?? 0] ?? 0;
    if (places.length <= MOST_ALIKE) return singles(order, places);
    const [first] = items;
    const group = {
      ...{ id: `${options.path}~${first?.track.id}`, name: familyOf(first), places, items, layer },
    };
    return options.toggled.has(group.id) ? opened(order, group) : [group];
  });
}

/** Some of a group, those first of which somebody would want to know, and the rest in a smaller group. */
function opened(order: Order, group: Group): readonly Group[] {
  const urgent = group.places.toSorted((a, b) => urgency(order.items[b]) - urgency(order.items[a]) || a - b);
  const shown = new Set(urgent.slice(0, MOST_SHOWN));
  const rest = group.places.filter((place) => !shown.has(place));
  const kept = singles(
    order,
    group.places.filter((place) => shown.has(place)),
  );
  if (rest.length === 0) return kept;
  const items = rest.flatMap((place) => order.items[place] ?? []);
  return [...kept, { ...group, places: rest, items, layer: order.layers[rest[0] ?? 0] ?? 0 }];
}

function urgency(item: Item | undefined): number {
  const status = item?.operation.status ?? "SUCCEEDED";
  return status === "SUCCEEDED" ? 0 : isSettled(status) ? 2 : 1;
}

function singles(order: Order, places: readonly number[]): readonly Group[] {
  return places.flatMap((place) => {
    const item = order.items[place];
    const layer = order.layers[place] ?? 0;
    return item === undefined ? [] : [{ id: item.track.id, name: undefined, places: [place], items: [item], layer }];
  });
}

/** Places that are alike: side by side after the same ones, or each after the one before it. */
function familiesOf(order: Order): readonly (readonly number[])[] {
  const beside = new Map<string, number[]>();
  order.items.forEach((item, place) => {
    const key = `${order.layers[place]} ${order.follows[place]?.join()} ${familyOf(item)}`;
    const family = beside.get(key);
    if (family === undefined) beside.set(key, [place]);
    else family.push(place);
  });
  return chained(order, [...beside.values()]);
}

/** Joins families of one that follow on each other and are alike. */
function chained(order: Order, families: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const perLayer = new Map<number, number>();
  for (const layer of order.layers) perLayer.set(layer, (perLayer.get(layer) ?? 0) + 1);
  const joined: number[][] = [];
  let open: number[] | undefined;
  for (const family of families.toSorted((a, b) => (order.layers[a[0] ?? 0] ?? 0) - (order.layers[b[0] ?? 0] ?? 0))) {
    const [place = 0] = family;
    const item = order.items[place];
    const isLink = perLayer.get(order.layers[place] ?? 0) === 1 && urgency(item) === 0;
    const isAlike = open !== undefined && familyOf(order.items[open.at(-1) ?? 0]) === familyOf(item);
    if (isLink && isAlike) open?.push(place);
    else {
      const next = [...family];
      joined.push(next);
      open = isLink ? next : undefined;
    }
  }
  return joined;
}

/** What operations are alike by: their kind, and their name but for numbers. */
function familyOf(item: Item | undefined): string {
  if (item === undefined) return "";
  const { type, subType, name } = item.operation;
  return (name ?? subType ?? type).replaceAll(/\d+/g, "#").replace(/[\s_-]*#$/, "");
}

/** Without the layers of which nothing is left. */
function denseLayers(groups: readonly Group[]): readonly number[] {
  const used = [...new Set(groups.map(({ layer }) => layer))].toSorted((a, b) => a - b);
  const dense = new Map(used.map((layer, index) => [layer, index]));
  return groups.map(({ layer }) => dense.get(layer) ?? 0);
}

function nodeOf(group: Group, layer: number, options: ScopeOptions): GraphNode {
  const [item] = group.items;
  if (group.name !== undefined || item === undefined) {
    const { id, name = "", items } = group;
    return { kind: "group", id, layer, name, items, counts: countsOf(items.map(({ operation }) => operation)) };
  }
  const { track, operation } = item;
  const base = { kind: "operation", id: track.id, layer, track, operation } as const;
  if (track.children.length === 0) return { ...base, inside: undefined, counts: undefined };
  const counts = countsOf(itemsOf(track.children, options.seq).map((child) => child.operation));
  const isOpen = isSmall(track) !== options.toggled.has(track.id);
  if (!isOpen || counts.all === 0) return { ...base, inside: undefined, counts };
  const isFan = operation.subType === OperationSubType.MAP || operation.subType === OperationSubType.PARALLEL;
  return { ...base, inside: scopeOf(track.children, { ...options, path: track.id }, isFan), counts };
}

function isSmall(track: Track): boolean {
  let left = MOST_INSIDE;
  const visit = ({ children }: Track): boolean => children.every((child) => --left >= 0 && visit(child));
  return visit(track);
}

function countsOf(operations: readonly Operation[]): Counts {
  let [succeeded, failed] = [0, 0];
  for (const { status } of operations) {
    if (status === "SUCCEEDED") succeeded++;
    else if (isSettled(status)) failed++;
  }
  const all = operations.length;
  return { all, succeeded, failed, open: all - succeeded - failed };
}

/** One for all that follow the same ones. */
function linksOf({ follows, ended }: Order, groups: readonly Group[]): readonly Link[] {
  const nodes = new Map<number, string>();
  for (const { id, places } of groups) for (const place of places) nodes.set(place, id);
  const links = new Map<string, { from: Set<string>; to: Set<string> }>();
  follows.forEach(([from, to], place) => {
    const node = nodes.get(place);
    if (from === to || node === undefined) return;
    const key = `${from} ${to}`;
    const link = links.get(key) ?? { from: new Set<string>(), to: new Set<string>() };
    if (!links.has(key)) for (let at = from; at < to; at++) link.from.add(nodes.get(ended[at] ?? 0) ?? "");
    link.to.add(node);
    links.set(key, link);
  });
  return [...links.values()].flatMap(({ from, to }) => {
    // Inside of a group nothing is drawn.
    const within = [...from].every((id) => to.has(id));
    return within ? [] : [{ from: [...from].filter((id) => id !== ""), to: [...to].filter((id) => !from.has(id)) }];
  });
}
