/** Which part of a drawing is seen, and how large. Lengths are px. */

export interface Camera {
  /** Where the drawing's corner lies on the screen. */
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
/** What is drawn beyond what is seen; only a move across so much has it drawn anew. */
const CELL = 480;

/** All of a drawing, if it is legible then; otherwise its beginning. `above` is what it has over its corner. */
export function fitted(extent: Size, { width, height }: Size, above: number): Camera {
  const whole = Math.min((width - 2 * MARGIN) / extent.width, (height - 2 * MARGIN) / extent.height);
  const zoom = Math.min(1, Math.max(0.5, whole));
  const isWhole = extent.height * zoom <= height - MARGIN;
  return {
    x: Math.max(MARGIN, (width - extent.width * zoom) / 2),
    y: (isWhole ? (height - extent.height * zoom) / 2 : MARGIN) + above * zoom,
    zoom,
  };
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
    x: within(camera.x, area.x * zoom, Math.min(area.width * zoom, width - 2 * MARGIN), width),
    y: within(camera.y, area.y * zoom, Math.min(area.height * zoom, height - 2 * MARGIN), height),
    zoom,
  };
}

function within(offset: number, start: number, length: number, room: number): number {
  const least = MARGIN - start;
  const most = room - MARGIN - length - start;
  return Math.max(least, Math.min(offset, Math.max(most, least)));
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
