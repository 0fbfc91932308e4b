/** The part of a drawing that is seen, and its scale. Lengths are px. */

export interface Camera {
  /** The place of the drawing's corner on the screen. */
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Area extends Size {
  readonly x: number;
  readonly y: number;
}

const ZOOM = { least: 0.2, most: 2.5 } as const;
const MARGIN = 24;
/** The buttons that lie on the top of the graph end above this. */
const BELOW_BUTTONS = 52;
/** The least zoom at which the graph's text, 12 px and larger, can be read. */
const LEGIBLE = 0.8;
/** The side of a cell, and the width of the drawn edge around the seen part; only a move into another cell draws anew. */
const CELL = 480;

export interface Fitting {
  /** The height of the start mark, which lies over the drawing's corner. */
  readonly above: number;
  /** The part to show of a drawing that has no room as a whole; the start mark when absent. */
  readonly target?: Area | undefined;
}

/** All of a drawing, if it can be read then; otherwise as much as can be read of what lies around the target. */
export function fitted(extent: Size, { width, height }: Size, { above, target }: Fitting): Camera {
  const whole = Math.min((width - 2 * MARGIN) / extent.width, (height - 2 * MARGIN) / extent.height);
  const zoom = Math.min(1, Math.max(LEGIBLE, whole));
  const wanted = target ?? { x: extent.width / 2, y: -above, width: 0, height: 0 };
  const [middle, level] = [wanted.x + wanted.width / 2, wanted.y + above + wanted.height / 2];
  return {
    x: offset({ room: width, length: extent.width * zoom, at: middle * zoom }),
    y: offset({ room: height, length: extent.height * zoom, at: level * zoom }) + above * zoom,
    zoom,
  };
}

interface Extension {
  readonly room: number;
  readonly length: number;
  /** The point, as a distance from the drawing's beginning, that comes into the middle of the room. */
  readonly at: number;
}

/**
 * The beginning of a drawing. One that has room is in the middle; of a longer one no more room is left free than a
 * margin.
 */
function offset({ room, length, at }: Extension): number {
  if (length <= room - MARGIN) return (room - length) / 2;
  return Math.max(room - MARGIN - length, Math.min(MARGIN, room / 2 - at));
}

/** True if there is more of a drawing than is seen. */
export function isCut(camera: Camera, { width, height }: Size, drawing: Area): boolean {
  const { x, y, zoom } = camera;
  const [left, top] = [x + drawing.x * zoom, y + drawing.y * zoom];
  return left < 0 || top < 0 || left + drawing.width * zoom > width || top + drawing.height * zoom > height;
}

/** Larger or smaller around a point of the screen, which stays where it is. */
export function zoomed(camera: Camera, by: number, at: { readonly x: number; readonly y: number }): Camera {
  const zoom = Math.min(ZOOM.most, Math.max(ZOOM.least, camera.zoom * by));
  const factor = zoom / camera.zoom;
  return { x: at.x - (at.x - camera.x) * factor, y: at.y - (at.y - camera.y) * factor, zoom };
}

/** Moved just so far that a part of the drawing can be seen. */
export function revealed(camera: Camera, area: Area, { width, height }: Size): Camera {
  const { zoom } = camera;
  return {
    x: within(camera.x, { start: area.x * zoom, length: area.width * zoom, room: width, before: MARGIN }),
    y: within(camera.y, { start: area.y * zoom, length: area.height * zoom, room: height, before: BELOW_BUTTONS }),
    zoom,
  };
}

interface Part {
  readonly start: number;
  readonly length: number;
  readonly room: number;
  /** The distance that is kept free before the part. */
  readonly before: number;
}

function within(from: number, { start, length, room, before }: Part): number {
  const least = before - start;
  const most = room - MARGIN - Math.min(length, room - before - MARGIN) - start;
  return Math.max(least, Math.min(from, Math.max(most, least)));
}

/** The part of the drawing to draw, in whole cells around what is seen. */
export function cameraOn({ x, y, zoom }: Camera, { width, height }: Size): Area {
  const [left, top] = [cell(-x / zoom) - CELL, cell(-y / zoom) - CELL];
  return {
    x: left,
    y: top,
    width: cell((width - x) / zoom) + 2 * CELL - left,
    height: cell((height - y) / zoom) + 2 * CELL - top,
  };
}

export function isNear(area: Area, { x, y, width, height }: Area): boolean {
  return x + width >= area.x && x <= area.x + area.width && y + height >= area.y && y <= area.y + area.height;
}

function cell(at: number): number {
  return Math.floor(at / CELL) * CELL;
}
