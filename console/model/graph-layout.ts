/** Where the nodes of a graph lie: layer below layer, each context as a box around what is in it. All lengths are px. */

import type { GraphNode, Link, Scope } from "./graph.ts";

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
  readonly first: readonly string[];
  readonly last: readonly string[];
}

export const NODE = { width: 196, height: 48 } as const;
/** The head of a box around what is in it. */
export const HEAD = 34;
const PADDING = 14;
const GAP = { across: 18, down: 36 } as const;
/** More nodes of a layer go into further rows. */
const MOST_IN_ROW = 6;

export function layoutOf(scope: Scope): Drawing {
  const sized = scope.nodes.map((node) => ({ node, ...sizeOf(node) }));
  const rows = rowsOf(sized);
  const width = rows.reduce((widest, row) => Math.max(widest, widthOf(row)), 0);
  const boxes: Box[] = [];
  const wires: Wire[] = [];
  const own = new Map<string, Box>();
  let y = 0;
  for (const row of rows) {
    let x = (width - widthOf(row)) / 2;
    for (const { node, inside, width: boxWidth, height } of row) {
      const box = { node, x, y, width: boxWidth, height };
      own.set(node.id, box);
      boxes.push(box);
      if (inside !== undefined) moveInto({ boxes, wires }, inside, { x: x + PADDING, y: y + HEAD });
      x += boxWidth + GAP.across;
    }
    y += Math.max(...row.map(({ height }) => height)) + GAP.down;
  }
  for (const link of scope.links) for (const wire of wiresOf(link, own)) wires.push(wire);
  return { boxes, wires, width, height: Math.max(0, y - GAP.down), ...endsOf(scope) };
}

interface Sized {
  readonly node: GraphNode;
  readonly width: number;
  readonly height: number;
  readonly inside: Drawing | undefined;
}

function sizeOf(node: GraphNode): Omit<Sized, "node"> {
  if (node.kind === "group" || node.inside === undefined) return { ...NODE, inside: undefined };
  const inside = layoutOf(node.inside);
  return {
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
  for (const sized of nodes) (layers[sized.node.layer] ??= []).push(sized);
  return layers.flatMap((layer) => {
    const count = Math.ceil(layer.length / MOST_IN_ROW);
    const each = Math.ceil(layer.length / count);
    return Array.from({ length: count }, (_, index) => layer.slice(index * each, (index + 1) * each));
  });
}

function widthOf(row: readonly Sized[]): number {
  return row.reduce((sum, { width }) => sum + width + GAP.across, -GAP.across);
}

/** Straight from one to one; where several meet several they meet in a point first. */
function wiresOf({ from, to }: Link, boxes: ReadonlyMap<string, Box>): readonly Wire[] {
  const below = from.flatMap((id) => boxes.get(id) ?? []).map(bottomOf);
  const above = to.flatMap((id) => boxes.get(id) ?? []).map(topOf);
  if (below.length <= 1 || above.length <= 1) {
    return below.flatMap((start) => above.map((end) => ({ x1: start.x, y1: start.y, x2: end.x, y2: end.y })));
  }
  const meeting = {
    x: [...below, ...above].reduce((sum, { x }) => sum + x, 0) / (below.length + above.length),
    y: Math.min(...above.map(({ y }) => y)) - GAP.down / 2,
  };
  return [
    ...below.map(({ x, y }) => ({ x1: x, y1: y, x2: meeting.x, y2: meeting.y })),
    ...above.map(({ x, y }) => ({ x1: meeting.x, y1: meeting.y, x2: x, y2: y })),
  ];
}

function topOf({ x, y, width }: Box): { readonly x: number; readonly y: number } {
  return { x: x + width / 2, y };
}

function bottomOf(box: Box): { readonly x: number; readonly y: number } {
  return { x: box.x + box.width / 2, y: box.y + box.height };
}

function endsOf({ nodes, links }: Scope): Pick<Drawing, "first" | "last"> {
  const followed = new Set(links.flatMap(({ from }) => from));
  const following = new Set(links.flatMap(({ to }) => to));
  const ids = nodes.map(({ id }) => id);
  return { first: ids.filter((id) => !following.has(id)), last: ids.filter((id) => !followed.has(id)) };
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
function centreOf({ node, x, y, width, height }: Box): { readonly x: number; readonly y: number } {
  const isOpen = node.kind === "operation" && node.inside !== undefined;
  return { x: x + width / 2, y: y + (isOpen ? HEAD : height) / 2 };
}
