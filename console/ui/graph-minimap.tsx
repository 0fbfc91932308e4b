import type { Signal } from "@preact/signals";
import type { JSX, TargetedPointerEvent } from "preact";
import { useMemo } from "preact/hooks";
import { type Camera, isCut, type Size } from "../model/camera.ts";
import type { Drawing } from "../model/graph-layout.ts";
import { overviewOf } from "../model/graph-overview.ts";

export interface MinimapProps {
  readonly drawing: Drawing;
  readonly camera: Signal<Camera>;
  readonly size: Size;
}

/** All of a graph that is larger than its room, and the part that is seen, which a pointer moves; keys move along the path. */
export function Minimap(props: MinimapProps): JSX.Element | null {
  const { drawing, camera, size } = props;
  const { width, height } = drawing;
  return isCut(camera.value, size, { x: 0, y: 0, width, height }) ? <Overview {...props} /> : null;
}

/** The marks are made when the graph is another one, and not while it is moved. */
function Overview({ drawing, camera, size }: MinimapProps): JSX.Element {
  const overview = useMemo(() => overviewOf(drawing.boxes, drawing, size), [drawing, size]);
  const { x, y, zoom } = camera.value;
  const { width, height, scale, marks } = overview;
  const move = (event: TargetedPointerEvent<SVGSVGElement>): void => {
    if (event.buttons === 0) return;
    const { left, top } = event.currentTarget.getBoundingClientRect();
    const [atX, atY] = [(event.clientX - left) / scale, (event.clientY - top) / scale];
    camera.value = { x: size.width / 2 - atX * zoom, y: size.height / 2 - atY * zoom, zoom };
  };
  const begin = (event: TargetedPointerEvent<SVGSVGElement>): void => {
    event.currentTarget.setPointerCapture(event.pointerId);
    move(event);
  };
  return (
    <svg
      class="graph-minimap"
      aria-hidden="true"
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      onPointerDown={begin}
      onPointerMove={move}
    >
      <path class="mini-good" d={marks.good} />
      <path class="mini-open" d={marks.open} />
      <path class="mini-bad" d={marks.bad} />
      <rect
        class="mini-seen"
        x={(-x / zoom) * scale}
        y={(-y / zoom) * scale}
        width={(size.width / zoom) * scale}
        height={Math.max(3, (size.height / zoom) * scale)}
      />
    </svg>
  );
}
