import { expect, test } from "vitest";
import { type Row, type Standing, type Wire, wiresFrom, wiresOf, wiresTo } from "./graph-wires.ts";

const BOX = { width: 196, height: 48 };
const IN_ROW = 6;
const WIDTH = IN_ROW * 214 - 18;

/** Layers of so many boxes, in rows of six. */
function stood(...counts: readonly number[]): readonly Standing[] {
  const all: Standing[] = [];
  let y = 0;
  counts.forEach((count, layer) => {
    for (let left = count; left > 0; left -= IN_ROW) {
      const row = { top: y, bottom: y + BOX.height };
      for (let at = 0; at < Math.min(left, IN_ROW); at++) all.push(box({ at, layer, row }));
      y = row.bottom + 36;
    }
  });
  return all;
}

function box({ at, layer, row }: { readonly at: number; readonly layer: number; readonly row: Row }): Standing {
  return { x: at * 214, y: row.top, ...BOX, layer, row };
}

const heightOf = (all: readonly Standing[]): number => all.reduce((height, { row }) => Math.max(height, row.bottom), 0);
const places = (first: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, at) => first + at);
const isStraight = ({ x1, y1, x2, y2 }: Wire): boolean => x1 === x2 || y1 === y2;

function runsBehind({ x1, y1, x2, y2 }: Wire, { x, y, width, height }: Standing): boolean {
  const [left, right, top, bottom] = [Math.min(x1, x2), Math.max(x1, x2), Math.min(y1, y2), Math.max(y1, y2)];
  return left < x + width && right > x && top < y + height && bottom > y;
}

/** True if lines lead from one point to another, over any number of lines. */
function leads(wires: readonly Wire[], from: Standing, to: Standing): boolean {
  const ends = (each: Wire): readonly [Wire, boolean] => [each, false];
  const reached = new Map(wires.map(ends));
  const begins = (each: Wire): boolean => each.x1 === from.x + BOX.width / 2 && each.y1 === from.y + BOX.height;
  let grows = true;
  for (const each of wires) if (begins(each)) reached.set(each, true);
  while (grows) {
    grows = false;
    for (const each of wires) {
      if (reached.get(each) === true) continue;
      if (!wires.some((other) => reached.get(other) === true && touch(other, each))) continue;
      reached.set(each, true);
      grows = true;
    }
  }
  return wires.some((each) => reached.get(each) === true && each.x2 === to.x + BOX.width / 2 && each.y2 === to.y);
}

const touch = (a: Wire, b: Wire): boolean => {
  const across = (p: number, q: number, r: number, s: number): boolean =>
    Math.max(Math.min(p, q), Math.min(r, s)) <= Math.min(Math.max(p, q), Math.max(r, s));
  return across(a.x1, a.x2, b.x1, b.x2) && across(a.y1, a.y2, b.y1, b.y2);
};

test("the lines of a layer in several rows run behind none of its boxes, and join all that they should", () => {
  const own = stood(1, 20, 14, 1);
  const links = [
    { from: [0], to: places(1, 20) },
    { from: places(1, 20), to: places(21, 14) },
    { from: places(21, 14), to: [35] },
  ];
  const wires = wiresOf(links, own, WIDTH);
  expect(wires.every(isStraight)).toBe(true);
  expect(own.filter((each) => wires.some((wire) => runsBehind(wire, each)))).toEqual([]);
  for (const { from, to } of links) {
    for (const place of from) expect(to.every((next) => leads(wires, own[place]!, own[next]!))).toBe(true);
  }
});

test("a wide layer has as many lines to its marks as boxes, and a few for each row", () => {
  const own = stood(2_500);
  const height = heightOf(own);
  const size = { width: WIDTH, height };
  const start = wiresFrom({ x: WIDTH / 2, y: -32 }, own, WIDTH);
  const end = wiresTo({ x: WIDTH / 2, y: height + 32 }, own, size);
  for (const wires of [start, end]) {
    expect(wires.length).toBeLessThanOrEqual(2_500 + 417 + 2);
    expect(wires.every(isStraight)).toBe(true);
  }
  const seen = own.slice(0, 24);
  expect(seen.filter((each) => [...start, ...end].some((wire) => runsBehind(wire, each)))).toEqual([]);
});

test("a few lines from one box are curves, and several to several a bar", () => {
  const own = stood(1, 3, 2);
  const wires = wiresOf(
    [
      { from: [0], to: [1, 2, 3] },
      { from: [1, 2, 3], to: [4, 5] },
    ],
    own,
    WIDTH,
  );
  expect(wires.filter(({ y1 }) => y1 === BOX.height)).toHaveLength(3);
  expect(wires.filter(({ y1, y2 }) => y1 === y2)).toEqual([{ x1: 98, y1: 150, x2: 526, y2: 150 }]);
});

test("links that share the room between two layers meet in points of their own, so that none says more than is so", () => {
  const own = stood(3, 4);
  const links = [
    { from: [0, 1], to: [3, 4] },
    { from: [1, 2], to: [5, 6] },
  ];
  const wires = wiresOf(links, own, WIDTH);
  expect(wires).toHaveLength(8);
  expect(wires.some(({ y1, y2 }) => y1 === y2)).toBe(false);
  const meetings = new Set(wires.filter(({ y1 }) => y1 === BOX.height).map(({ x2, y2 }) => `${x2} ${y2}`));
  expect(meetings.size).toBe(2);
});

test("what ended in an earlier layer leads to the mark below by a line of its own", () => {
  const own = stood(2, 8);
  const height = heightOf(own);
  const wires = wiresTo({ x: WIDTH / 2, y: height + 32 }, [own[1]!, ...own.slice(2)], { width: WIDTH, height });
  const [first, ...rest] = wires;
  expect(first).toEqual({ x1: 312, y1: BOX.height, x2: WIDTH / 2, y2: height + 32 });
  expect(rest.every(isStraight)).toBe(true);
});
