import { expect, test } from "vitest";
import { type Area, type Camera, fitted, isCut, revealed } from "./camera.ts";

const ROOM = { width: 1000, height: 600 };
const ABOVE = 60;

/** The place on the screen of the middle of a part of the drawing. */
function middleOf({ x, y, zoom }: Camera, area: Area): readonly [number, number] {
  return [x + (area.x + area.width / 2) * zoom, y + (area.y + area.height / 2) * zoom];
}

test("a drawing that has room is seen whole, in the middle", () => {
  const camera = fitted({ width: 500, height: 300 }, ROOM, { above: ABOVE });
  expect(camera).toEqual({ x: 250, y: 150 + ABOVE, zoom: 1 });
  expect(isCut(camera, ROOM, { x: 0, y: -ABOVE, width: 500, height: 300 })).toBe(false);
});

test("a drawing that is a little too large is made smaller, one that is far too large no smaller than can be read", () => {
  expect(fitted({ width: 1060, height: 300 }, ROOM, { above: ABOVE }).zoom).toBeCloseTo(0.898, 2);
  for (const extent of [
    { width: 90_000, height: 300 },
    { width: 300, height: 900_000 },
  ])
    expect(fitted(extent, ROOM, { above: ABOVE }).zoom).toBe(0.8);
});

test("of what is too large the target is in the middle, and beyond the edges little room is left free", () => {
  const extent = { width: 5000, height: 9000 };
  const target = { x: 2400, y: 4000, width: 196, height: 48 };
  const camera = fitted(extent, ROOM, { above: ABOVE, target });
  expect(middleOf(camera, target)).toEqual([500, 300]);
  expect(isCut(camera, ROOM, { x: 0, y: -ABOVE, ...extent })).toBe(true);
  const corner = { x: 4804, y: 8892, width: 196, height: 48 };
  const atCorner = fitted(extent, ROOM, { above: ABOVE, target: corner });
  expect(atCorner.x + 5000 * 0.8).toBe(1000 - 24);
  expect(atCorner.y + (9000 - ABOVE) * 0.8).toBe(600 - 24);
});

test("without a target it begins with the start of the graph", () => {
  const extent = { width: 5000, height: 9000 };
  const camera = fitted(extent, ROOM, { above: ABOVE });
  expect(middleOf(camera, { x: 2500, y: -ABOVE, width: 0, height: 0 })).toEqual([500, 24]);
});

test("a part is brought into view just so far, clear of the buttons at the top", () => {
  const still = { x: 100, y: 100, zoom: 1 };
  expect(revealed(still, { x: 0, y: 0, width: 196, height: 48 }, ROOM)).toEqual(still);
  expect(revealed(still, { x: -400, y: -400, width: 196, height: 48 }, ROOM)).toEqual({ x: 424, y: 452, zoom: 1 });
  expect(revealed(still, { x: 2000, y: 2000, width: 196, height: 48 }, ROOM)).toEqual({ x: -1220, y: -1472, zoom: 1 });
});
