/** Where the nodes of a graph lie: layer below layer, each context as a box around what is in it. All lengths are px. */

import type { GraphNode, Scope } from "./graph.ts";
import type { Link } from "./joins.ts";

export interface Box {
  readonly node: GraphNode;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A line from one point to another, or to where several meet. */
export interface Wire {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}

export interface Drawing {
  /** Contexts before what is in them. */
  readonly boxes: readonly Box[];
  readonly wires: readonly Wire[];
  readonly width: number;
  readonly height: number;
  /** Those that nothing comes before, and those that nothing follows. */
  readonly first: readonly Box[];
  readonly last: readonly Box[];
}

export const NODE = { width: 196, height: 48 } as const;
/** The head of a box around what is in it. */
export const HEAD = 34;
const PADDING = 14;
const GAP = { across: 18, down: 36 } as const;
/** More nodes of a layer go into further rows. */
const MOST_IN_ROW = 6;

/** That of a scope which did not change is the same as before. */
export function layoutOf(scope: Scope): Drawing {
  const known = drawings.get(scope);
  if (known !== undefined) return known;
  const drawing = drawn(scope);
  drawings.set(scope, drawing);
  return drawing;
}

const drawings = new WeakMap<Scope, Drawing>();

function drawn({ nodes, links, first, last }: Scope): Drawing {
  const rows = rowsOf(nodes.map(sized));
  const width = rows.reduce((widest, row) => Math.max(widest, widthOf(row)), 0);
  const [boxes, wires]: [Box[], Wire[]] = [[], []];
  /** By the place of its node. */
  const own: Box[] = [];
  let y = 0;
  for (const row of rows) {
    let x = (width - widthOf(row)) / 2;
    let tallest = 0;
    for (const { node, place, inside, width: boxWidth, height } of row) {
      const box = { node, x, y, width: boxWidth, height };
      own[place] = box;
      boxes.push(box);
      if (inside !== undefined) moveInto({ boxes, wires }, inside, { x: x + PADDING, y: y + HEAD });
      x += boxWidth + GAP.across;
      tallest = Math.max(tallest, height);
    }
    y += tallest + GAP.down;
  }
  addWires(wires, links, own);
  return {
    boxes,
    wires,
    width,
    height: Math.max(0, y - GAP.down),
    first: boxesAt(own, first),
    last: boxesAt(own, last),
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

function moveInto(
  { boxes, wires }: { readonly boxes: Box[]; readonly wires: Wire[] },
  drawing: Pick<Drawing, "boxes" | "wires">,
  { x, y }: { readonly x: number; readonly y: number },
): void {
  for (const box of drawing.boxes) boxes.push({ ...box, x: box.x + x, y: box.y + y });
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

/**
 * Straight from one to several. Where several meet several they meet in a point first, and there as well what one link
 * hands on to the next, so that no link has more lines than nodes and one.
 */
function addWires(wires: Wire[], links: readonly Link[], own: readonly Box[]): void {
  const handingOn = new Set(links.map(({ behind }) => behind));
  const meetings: Point[] = [];
  links.forEach(({ from, to, behind }, place) => {
    const [starts, ends] = [boxesAt(own, from), boxesAt(own, to)];
    const isMet = behind !== undefined || handingOn.has(place);
    if (!isMet && (starts.length === 1 || ends.length === 1)) {
      for (const start of starts) for (const end of ends) wires.push(wireOf(start, end));
      return;
    }
    const meeting = meetingOf(starts, ends);
    meetings[place] = meeting;
    const before = behind === undefined ? undefined : meetings[behind];
    if (before !== undefined) wires.push(lineOf(before, meeting));
    for (const start of starts) wires.push(lineOf(bottomOf(start), meeting));
    for (const end of ends) wires.push(lineOf(meeting, topOf(end)));
  });
}

function boxesAt(own: readonly Box[], places: readonly number[]): readonly Box[] {
  return places.flatMap((place) => own[place] ?? []);
}

/** Between what it joins, close above what follows. */
function meetingOf(starts: readonly Box[], ends: readonly Box[]): Point {
  const [below, above] = [starts.map(bottomOf), ends.map(topOf)];
  return {
    x: [...below, ...above].reduce((sum, { x }) => sum + x, 0) / (below.length + above.length),
    y: above.reduce((least, { y }) => Math.min(least, y), Number.POSITIVE_INFINITY) - GAP.down / 2,
  };
}

function lineOf(from: Point, to: Point): Wire {
  return { x1: from.x, y1: from.y, x2: to.x, y2: to.y };
}

function wireOf(from: Box, to: Box): Wire {
  return lineOf(bottomOf(from), topOf(to));
}

interface Point {
  readonly x: number;
  readonly y: number;
}

function topOf({ x, y, width }: Box): Point {
  return { x: x + width / 2, y };
}

function bottomOf(box: Box): Point {
  return { x: box.x + box.width / 2, y: box.y + box.height };
}

/** The box that lies next in a direction, seen from another one. */
export function nextBox(
  boxes: readonly Box[],
  from: Box,
  direction: "up" | "down" | "left" | "right",
): Box | undefined {
  const [dx, dy] = { up: [0, -1], down: [0, 1], left: [-1, 0], right: [1, 0] }[direction] as [number, number];
  const centre = centreOf(from);
  let [found, least]: [Box | undefined, number] = [undefined, Number.POSITIVE_INFINITY];
  for (const box of boxes) {
    if (box === from) continue;
    const { x, y } = centreOf(box);
    const along = (x - centre.x) * dx + (y - centre.y) * dy;
    const aside = Math.abs((x - centre.x) * dy) + Math.abs((y - centre.y) * dx);
    // Up and down lead to the next layer, also where it is wide; to the sides they stay in theirs.
    const distance = along + aside * (dy === 0 ? 3 : 0.3);
    if (along > 4 && distance < least) [found, least] = [box, distance];
  }
  return found;
}

/** Of a context that is open, its head. */
function centreOf({ node, x, y, width, height }: Box): Point {
  const isOpen = node.kind === "operation" && node.inside !== undefined;
  return { x: x + width / 2, y: y + (isOpen ? HEAD : height) / 2 };
}
