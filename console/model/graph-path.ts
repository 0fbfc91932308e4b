/**
 * The way through a graph, for who goes along it with keys or has it read out: what comes before each node and after it,
 * where it stands in its context, and which box is next in a direction.
 */

import type { GraphNode, Scope } from "./graph.ts";
import type { Box } from "./graph-layout.ts";

export type Direction = "up" | "down" | "left" | "right";

/** Nodes that come before another one, or after it. */
export interface Neighbours {
  readonly nodes: readonly GraphNode[];
  /** There are more than these. */
  readonly hasMore: boolean;
}

/** The place of a node. */
export interface Stop {
  /** The context around it. */
  readonly parent: GraphNode | undefined;
  /** 1 for what is in no context. */
  readonly level: number;
  /** Its place in its context, from 1, of so many. */
  readonly place: number;
  readonly count: number;
  readonly before: Neighbours;
  readonly after: Neighbours;
}

/** More neighbours are not looked for: nobody is told of so many. */
const MOST_NEIGHBOURS = 100;

/** The links of a context by their ends, so that one node's are found without looking at all of them. */
class ScopeLinks {
  readonly #scope: Scope;
  readonly #into = new Map<number, number[]>();
  readonly #outOf = new Map<number, number[]>();
  /** By link, those that it hands on to. */
  readonly #onward = new Map<number, number[]>();

  constructor(scope: Scope) {
    this.#scope = scope;
    scope.links.forEach(({ from, to, behind }, link) => {
      for (const place of to) push(this.#into, place, link);
      for (const place of from) push(this.#outOf, place, link);
      if (behind !== undefined) push(this.#onward, behind, link);
    });
  }

  before(place: number): Neighbours {
    const { links } = this.#scope;
    const behind = (link: number): readonly number[] => {
      const before = links[link]?.behind;
      return before === undefined ? [] : [before];
    };
    return this.#gathered({ place, first: this.#into, onward: behind, ends: (link) => links[link]?.from ?? [] });
  }

  after(place: number): Neighbours {
    const { links } = this.#scope;
    const onward = (link: number): readonly number[] => this.#onward.get(link) ?? [];
    return this.#gathered({ place, first: this.#outOf, onward, ends: (link) => links[link]?.to ?? [] });
  }

  #gathered({ place, first, onward, ends }: Search): Neighbours {
    const found = new Set<number>();
    const queue = [...(first.get(place) ?? [])];
    for (let at = 0; at < queue.length && found.size <= MOST_NEIGHBOURS; at++) {
      const link = queue[at] ?? 0;
      for (const end of ends(link)) if (end !== place) found.add(end);
      for (const next of onward(link)) queue.push(next);
    }
    const { nodes } = this.#scope;
    const all = [...found].flatMap((end) => nodes[end] ?? []);
    return { nodes: all.slice(0, MOST_NEIGHBOURS), hasMore: all.length > MOST_NEIGHBOURS };
  }
}

interface Search {
  readonly place: number;
  /** The links to begin with, by the place of a node. */
  readonly first: ReadonlyMap<number, readonly number[]>;
  readonly onward: (link: number) => readonly number[];
  readonly ends: (link: number) => readonly number[];
}

function push(lists: Map<number, number[]>, key: number, value: number): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

const known = new WeakMap<Scope, ScopeLinks>();

/** The links of a scope that did not change are not put in order again. */
function linksOf(scope: Scope): ScopeLinks {
  const links = known.get(scope) ?? new ScopeLinks(scope);
  known.set(scope, links);
  return links;
}

/** The arrows' way through the boxes of a drawing. It costs nothing until it is asked for. */
export class GraphPath {
  readonly #all: readonly Box[];
  #byId: ReadonlyMap<string, Box> | undefined;

  constructor(boxes: readonly Box[]) {
    this.#all = boxes;
  }

  get #boxes(): ReadonlyMap<string, Box> {
    this.#byId ??= new Map(this.#all.map((box) => [box.node.id, box]));
    return this.#byId;
  }

  /** The next box of the path: down what follows, up what came before, to the sides what is beside. */
  next(from: Box, direction: Direction): Box | undefined {
    switch (direction) {
      case "down":
        return this.#into(from, "first") ?? this.#inNextRow(from, 1) ?? this.#follower(from);
      case "up":
        return this.#inNextRow(from, -1) ?? this.#predecessor(from);
      case "left":
        return this.#beside(from, -1);
      case "right":
        return this.#beside(from, 1);
    }
  }

  /** The box that follows this one; behind the last of a context, the box that follows the context. */
  #follower(from: Box): Box | undefined {
    const next = this.#nearest(from, linksOf(from.scope).after(from.place).nodes);
    if (next !== undefined) return next;
    const around = this.#around(from);
    return around && this.#follower(around);
  }

  /** The box before this one, which in an open context is its last; before the first of a context, the context's head. */
  #predecessor(from: Box): Box | undefined {
    let last = this.#nearest(from, linksOf(from.scope).before(from.place).nodes);
    if (last === undefined) return this.#around(from);
    for (let inner: Box | undefined = last; inner !== undefined; inner = this.#into(inner, "last")) last = inner;
    return last;
  }

  #into(box: Box, end: "first" | "last"): Box | undefined {
    if (box.node.kind !== "operation" || box.node.inside === undefined) return undefined;
    const { nodes, ...ends } = box.node.inside;
    const inner = ends[end].flatMap((place) => nodes[place] ?? []);
    return this.#nearest(box, inner.length > 0 ? inner : nodes);
  }

  /** A wide layer has several rows. */
  #inNextRow(from: Box, step: 1 | -1): Box | undefined {
    const layer = this.#layerOf(from).filter(({ y }) => (y - from.y) * step > 0);
    const rows = layer.map(({ y }) => y * step);
    const nextRow = rows.reduce((nearest, y) => Math.min(nearest, y), Number.POSITIVE_INFINITY);
    return nearestOf(
      from,
      layer.filter(({ y }) => y * step === nextRow),
    );
  }

  /** In its layer, or of a context around it where that has somebody beside it. */
  #beside(from: Box, step: 1 | -1): Box | undefined {
    const layer = this.#layerOf(from);
    const next = layer[layer.indexOf(from) + step];
    if (next !== undefined) return next;
    const around = this.#around(from);
    return around && this.#beside(around, step);
  }

  #layerOf({ node, scope }: Box): readonly Box[] {
    return this.#boxesOf(scope.nodes.filter(({ layer }) => layer === node.layer));
  }

  #around({ around }: Box): Box | undefined {
    return around && this.#boxes.get(around.id);
  }

  #nearest(from: Box, nodes: readonly GraphNode[]): Box | undefined {
    return nearestOf(from, this.#boxesOf(nodes));
  }

  #boxesOf(nodes: readonly GraphNode[]): readonly Box[] {
    return nodes.flatMap(({ id }) => this.#boxes.get(id) ?? []);
  }
}

/** The place of a node, for screen readers. */
export function stopOf({ scope, place, around, level }: Box): Stop {
  const links = linksOf(scope);
  return {
    ...{ level, place: place + 1, count: scope.nodes.length, parent: around },
    before: links.before(place),
    after: links.after(place),
  };
}

/** The one that lies least aside. */
function nearestOf(from: Box, boxes: readonly Box[]): Box | undefined {
  const aside = ({ x, width }: Box): number => Math.abs(x + width / 2 - from.x - from.width / 2);
  return boxes.reduce<Box | undefined>((nearest, box) => {
    return nearest === undefined || aside(box) < aside(nearest) ? box : nearest;
  }, undefined);
}

/** The name of a node in texts. */
export function nodeTitle(node: GraphNode): string {
  return node.kind === "group" ? `${node.counts.all} times ${node.name}` : node.track.title;
}

/** More are counted. */
const MOST_NAMED = 4;

/** The sentence that tells a reader who does not see the lines where a node stands. */
export function pathText({ parent, count, before, after }: Stop): string {
  const within = parent === undefined ? "" : ` in ${nodeTitle(parent)}`;
  const [isFirst, isLast] = [before.nodes.length === 0, after.nodes.length === 0];
  if (isFirst && isLast) return count === 1 ? `Alone${within}.` : `One of ${count}${within}.`;
  const from = isFirst ? `First${within}` : `After ${namesText(before)}`;
  const to = isLast ? (parent === undefined ? "nothing follows" : `last${within}`) : `before ${namesText(after)}`;
  return `${from}; ${to}.`;
}

function namesText({ nodes, hasMore }: Neighbours): string {
  const names = nodes.slice(0, MOST_NAMED).map(nodeTitle);
  const more = nodes.length - names.length;
  if (more > 0) return `${names.join(", ")} and ${hasMore ? "over " : ""}${more} more`;
  return [names.slice(0, -1).join(", "), names.at(-1)].filter((part) => part !== "").join(" and ");
}
