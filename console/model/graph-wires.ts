/**
 * The courses of the lines of a graph. A few curve from box to box. More run down to a bar between two layers and from
 * the bar on, past the rows of a wide layer on its sides: lines into the row on the left, lines out of it on the right.
 * Where links share the room between two layers, bars would say more than is so, and lines meet in a point of their
 * link instead. All lengths are px.
 */

import type { Link } from "./joins.ts";

/** A line from one point to another, or to where several meet. */
export interface Wire {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}

/** The box at an end of a line. */
export interface Standing {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** The layer, and the row of it, that it stands in. */
  readonly layer: number;
  readonly row: Row;
}

export interface Row {
  readonly top: number;
  readonly bottom: number;
}

/** A point at which a line may begin or end. */
interface Port {
  readonly x: number;
  readonly y: number;
  /** The edge of the row, which a bar has to keep clear of. */
  readonly edge: number;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Between two rows. */
export const DOWN = 36;
/** More lines between one box and several are a bar. */
const MOST_CURVES = 3;
/**
 * The distance of a bar from its row, where there is another one between the same rows, and from the sides of all rows.
 */
const CLEAR = { row: 11, side: 7 } as const;

/** `own` has what stands at the places of the links; `width` is that of all of it. */
export function wiresOf(links: readonly Link[], own: readonly Standing[], width: number): readonly Wire[] {
  const wires: Wire[] = [];
  const gaps = links.map((link) => gapsOf(link, own));
  const uses = usesOf(gaps);
  const handingOn = new Set(links.map(({ behind }) => behind));
  const meetings: Point[] = [];
  links.forEach(({ from, to, behind }, place) => {
    const [starts, ends] = [bottomsOf(at(own, from)), topsOf(at(own, to))];
    const isMet = behind !== undefined || handingOn.has(place);
    if (isMet || !isAlone(gaps[place], uses)) {
      const before = behind === undefined ? undefined : meetings[behind];
      const isDirect = !isMet && (starts.length === 1 || ends.length === 1);
      if (isDirect) addCurves(wires, starts, ends);
      else meetings[place] = addMeeting(wires, { starts, ends, before });
    } else addAlone(wires, { starts, ends, width, y: least(ends.map(({ edge }) => edge)) - DOWN / 2 });
  });
  return wires;
}

/** From a mark above all of it to what begins at once. */
export function wiresFrom(mark: Point, first: readonly Standing[], width: number): readonly Wire[] {
  const wires: Wire[] = [];
  addAlone(wires, { starts: [portAt(mark)], ends: topsOf(first), width, y: mark.y / 2 });
  return wires;
}

/** From what nothing follows to a mark below all of it, which has `height`. */
export function wiresTo(mark: Point, last: readonly Standing[], { width, height }: Size): readonly Wire[] {
  const wires: Wire[] = [];
  const lowest = last.reduce((most, { layer }) => Math.max(most, layer), 0);
  const ends = [portAt(mark)];
  addCurves(wires, bottomsOf(last.filter(({ layer }) => layer < lowest)), ends);
  const starts = bottomsOf(last.filter(({ layer }) => layer === lowest));
  addAlone(wires, { starts, ends, width, y: (height + mark.y) / 2 });
  return wires;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** The gaps between layers, by the layer above, in which lines of a link leave their box or come to one. */
function gapsOf({ from, to }: Link, own: readonly Standing[]): ReadonlySet<number> {
  const gaps = new Set<number>();
  for (const { layer } of at(own, from)) gaps.add(layer);
  for (const { layer } of at(own, to)) gaps.add(layer - 1);
  return gaps;
}

function usesOf(gaps: readonly ReadonlySet<number>[]): readonly number[] {
  const uses: number[] = [];
  for (const each of gaps) for (const gap of each) uses[gap] = (uses[gap] ?? 0) + 1;
  return uses;
}

/** True for a link from one layer to the next between which there is no other one. */
function isAlone(gaps: ReadonlySet<number> = new Set(), uses: readonly number[]): boolean {
  const [gap] = gaps;
  return gap !== undefined && gaps.size === 1 && uses[gap] === 1;
}

interface Joint {
  readonly starts: readonly Port[];
  readonly ends: readonly Port[];
}

interface Met extends Joint {
  readonly before: Point | undefined;
}

/** In a point between what it joins, close above what follows. */
function addMeeting(wires: Wire[], { starts, ends, before }: Met): Point {
  const all = [...starts, ...ends];
  const meeting = {
    x: all.reduce((sum, { x }) => sum + x, 0) / all.length,
    y: least(ends.map(({ y }) => y)) - DOWN / 2,
  };
  if (before !== undefined) wires.push(lineOf(before, meeting));
  addCurves(wires, starts, [meeting]);
  addCurves(wires, [meeting], ends);
  return meeting;
}

function addCurves(wires: Wire[], starts: readonly Point[], ends: readonly Point[]): void {
  for (const start of starts) for (const end of ends) wires.push(lineOf(start, end));
}

interface Alone extends Joint {
  readonly width: number;
  /** Of the bar between them. */
  readonly y: number;
}

function addAlone(wires: Wire[], alone: Alone): void {
  const { starts, ends } = alone;
  const areFew = starts.length * ends.length <= MOST_CURVES && (starts.length === 1 || ends.length === 1);
  if (areFew && rowsOf(starts).length <= 1 && rowsOf(ends).length <= 1) addCurves(wires, starts, ends);
  else addBars(wires, alone);
}

function addBars(wires: Wire[], { starts, ends, width, y }: Alone): void {
  const left = -CLEAR.side;
  const right = width + CLEAR.side;
  const [above, below] = [rowsOf(starts), rowsOf(ends)];
  const [nearest, next] = [above.at(-1) ?? [], below[0] ?? []];
  const sides = [...(above.length > 1 ? [right] : []), ...(below.length > 1 ? [left] : [])];
  addBar(wires, y, [...nearest, ...next], sides);
  for (const row of above.slice(0, -1)) addBar(wires, edgeOf(row) + CLEAR.row, row, [right]);
  for (const row of below.slice(1)) addBar(wires, edgeOf(row) - CLEAR.row, row, [left]);
  if (above.length > 1) wires.push({ x1: right, y1: edgeOf(above[0]) + CLEAR.row, x2: right, y2: y });
  if (below.length > 1) wires.push({ x1: left, y1: y, x2: left, y2: edgeOf(below.at(-1)) - CLEAR.row });
}

/** A bar with what hangs on it and what stands on it. */
function addBar(wires: Wire[], y: number, ports: readonly Port[], sides: readonly number[]): void {
  const all = [...ports.map(({ x }) => x), ...sides];
  const [x1, x2] = [least(all), most(all)];
  if (x1 < x2) wires.push({ x1, y1: y, x2, y2: y });
  for (const port of ports) wires.push(port.y < y ? lineOf(port, { x: port.x, y }) : lineOf({ x: port.x, y }, port));
}

/** From above. */
function rowsOf(ports: readonly Port[]): readonly (readonly Port[])[] {
  const rows = new Map<number, Port[]>();
  for (const port of ports) {
    const row = rows.get(port.edge);
    if (row === undefined) rows.set(port.edge, [port]);
    else row.push(port);
  }
  return [...rows.values()].toSorted((a, b) => edgeOf(a) - edgeOf(b));
}

function edgeOf(row: readonly Port[] | undefined): number {
  return row?.[0]?.edge ?? 0;
}

function at(own: readonly Standing[], places: readonly number[]): readonly Standing[] {
  return places.flatMap((place) => own[place] ?? []);
}

function topsOf(standing: readonly Standing[]): readonly Port[] {
  return standing.map(({ x, y, width, row: { top } }) => ({ x: x + width / 2, y, edge: top }));
}

function bottomsOf(standing: readonly Standing[]): readonly Port[] {
  return standing.map(({ x, y, width, height, row: { bottom } }) => ({
    x: x + width / 2,
    y: y + height,
    edge: bottom,
  }));
}

function portAt({ x, y }: Point): Port {
  return { x, y, edge: y };
}

function lineOf(from: Point, to: Point): Wire {
  return { x1: from.x, y1: from.y, x2: to.x, y2: to.y };
}

function least(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
}

function most(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
}
