/**
 * The places of a graph's nodes: layer below layer, each context as a box around its operations. All lengths are px.
 */

import type { GraphNode, Scope } from "./graph.ts";
import { DOWN, type Row, type Standing, type Wire, wiresFrom, wiresOf, wiresTo } from "./graph-wires.ts";

export interface Box {
  readonly node: GraphNode;
  /** The scope of the node, and its place there. */
  readonly scope: Scope;
  readonly place: number;
  /** The context around it, and how deep it lies: 1 for what is in none. */
  readonly around: GraphNode | undefined;
  readonly level: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Drawing {
  /** Contexts before what is in them. */
  readonly boxes: readonly Box[];
  readonly wires: readonly Wire[];
  readonly width: number;
  readonly height: number;
  /** Boxes of the outermost context that nothing comes before, and those that nothing follows. */
  readonly first: readonly Standing[];
  readonly last: readonly Standing[];
}

/** The size of the marks above and below a whole graph, and their distance from it. */
export const PILL = { width: 96, height: 28, gap: 32 } as const;

export const NODE = { width: 196, height: 48 } as const;
/** The head of a box around what is in it. */
export const HEAD = 34;
const PADDING = 14;
const GAP = { across: 18, down: DOWN } as const;
/** More nodes of a layer go into further rows. */
const MOST_IN_ROW = 6;

/** The drawing of a context. A context that did not change has the same one as before. */
export function layoutOf(scope: Scope): Drawing {
  const known = drawings.get(scope);
  if (known !== undefined) return known;
  const drawing = drawn(scope);
  drawings.set(scope, drawing);
  return drawing;
}

const drawings = new WeakMap<Scope, Drawing>();

function drawn(scope: Scope): Drawing {
  const { nodes, links, first, last } = scope;
  const rows = rowsOf(nodes.map(sized));
  const width = rows.reduce((widest, row) => Math.max(widest, widthOf(row)), 0);
  const [boxes, wires]: [Box[], Wire[]] = [[], []];
  /** By the place of its node. */
  const own: Standing[] = [];
  let y = 0;
  for (const row of rows) {
    let x = (width - widthOf(row)) / 2;
    const edges: Row = { top: y, bottom: y + row.reduce((tallest, { height }) => Math.max(tallest, height), 0) };
    for (const { node, place, inside, width: boxWidth, height } of row) {
      const lies = { x, y, width: boxWidth, height };
      own[place] = { ...lies, layer: node.layer, row: edges };
      boxes.push({ node, scope, place, around: undefined, level: 1, ...lies });
      if (inside !== undefined) moveInto({ boxes, wires }, inside, { x: x + PADDING, y: y + HEAD, around: node });
      x += boxWidth + GAP.across;
    }
    y = edges.bottom + GAP.down;
  }
  for (const wire of wiresOf(links, own, width)) wires.push(wire);
  return {
    boxes,
    wires,
    width,
    height: Math.max(0, y - GAP.down),
    first: first.flatMap((place) => own[place] ?? []),
    last: last.flatMap((place) => own[place] ?? []),
  };
}

/** The lines from the mark above a graph, and to the one below. */
export interface PillWires {
  readonly start: readonly Wire[];
  readonly end: readonly Wire[];
}

export function pillWiresOf({ first, last, width, height }: Drawing): PillWires {
  const x = width / 2;
  return {
    start: wiresFrom({ x, y: -PILL.gap }, first, width),
    end: wiresTo({ x, y: height + PILL.gap }, last, { width, height }),
  };
}

interface Sized {
  readonly node: GraphNode;
  readonly place: number;
  readonly width: number;
  readonly height: number;
  readonly inside: Drawing | undefined;
}

function sized(node: GraphNode, place: number): Sized {
  if (node.kind === "group" || node.inside === undefined) return { node, place, ...NODE, inside: undefined };
  const inside = layoutOf(node.inside);
  return {
    ...{ node, place },
    width: Math.max(NODE.width, inside.width + 2 * PADDING),
    height: HEAD + inside.height + PADDING,
    inside: inside.width < NODE.width - 2 * PADDING ? centred(inside) : inside,
  };
}

/** Something narrower than the box around it. */
function centred(drawing: Drawing): Drawing {
  const by = (NODE.width - 2 * PADDING - drawing.width) / 2;
  const moved = { boxes: [], wires: [] };
  moveInto(moved, drawing, { x: by, y: 0 });
  return { ...drawing, ...moved };
}

interface Move {
  readonly x: number;
  readonly y: number;
  /** The context into whose box it is put. */
  readonly around?: GraphNode;
}

function moveInto(
  { boxes, wires }: { readonly boxes: Box[]; readonly wires: Wire[] },
  drawing: Pick<Drawing, "boxes" | "wires">,
  { x, y, around }: Move,
): void {
  const deeper = around === undefined ? 0 : 1;
  for (const box of drawing.boxes) {
    const [parent, level] = [box.around ?? around, box.level + deeper];
    boxes.push({ ...box, x: box.x + x, y: box.y + y, around: parent, level });
  }
  for (const { x1, y1, x2, y2 } of drawing.wires) wires.push({ x1: x1 + x, y1: y1 + y, x2: x2 + x, y2: y2 + y });
}

/** The layers, a wide one in several rows. */
function rowsOf(nodes: readonly Sized[]): readonly (readonly Sized[])[] {
  const layers: Sized[][] = [];
  for (const each of nodes) (layers[each.node.layer] ??= []).push(each);
  return layers.some(({ length }) => length > MOST_IN_ROW) ? layers.flatMap(inRows) : layers;
}

function inRows(layer: readonly Sized[]): readonly (readonly Sized[])[] {
  const count = Math.ceil(layer.length / MOST_IN_ROW);
  const each = Math.ceil(layer.length / count);
  return Array.from({ length: count }, (_, index) => layer.slice(index * each, (index + 1) * each));
}

function widthOf(row: readonly Sized[]): number {
  return row.reduce((sum, { width }) => sum + width + GAP.across, -GAP.across);
}
