import { type Signal, useSignal } from "@preact/signals";
import type { JSX, TargetedPointerEvent, TargetedWheelEvent } from "preact";
import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import type { ExecutionHeader } from "perdure/engine";
import type { ExecutionView } from "../views/model/execution-view.ts";
import { ExecutionGraph } from "../model/graph.ts";
import { type Box, layoutOf, PILL, pillWiresOf } from "../model/graph-layout.ts";
import { urgentBox } from "../model/graph-overview.ts";
import { type Direction, GraphPath } from "../model/graph-path.ts";
import type { Wire } from "../model/graph-wires.ts";
import { type Area, type Camera, cameraOn, fitted, isNear, revealed, type Size, zoomed } from "../model/camera.ts";
import { Minimap } from "./graph-minimap.tsx";
import { GraphNodeView, UnseenNode } from "./graph-node.tsx";
import { EndPill, StartPill, WiresView } from "./graph-parts.tsx";

export interface GraphViewProps {
  readonly view: ExecutionView;
  /** Changes when the view has: it is changed in place. */
  readonly revision: number;
  /** The commit that is looked at. */
  readonly seq: number;
  /** Ms since the epoch. */
  readonly now: number;
  readonly selected: string | undefined;
  readonly onSelect: (operationId: string) => void;
}

/** Steps, branches, maps and waits in their order from above, as far as the execution has come. */
export function GraphView(props: GraphViewProps): JSX.Element {
  if (props.view.tracks.length === 0) return <p class="empty">No operation yet. What the code does appears here.</p>;
  return <Graph {...props} />;
}

function Graph(props: GraphViewProps): JSX.Element {
  const { view, revision, seq, selected, onSelect } = props;
  const toggled = useSignal<ReadonlySet<string>>(new Set());
  const chosen = useSignal<string | undefined>(undefined);
  const graph = useMemo(() => new ExecutionGraph(view.roots), [view, revision]);
  const scope = graph.at({ seq, toggled: toggled.value });
  const drawing = layoutOf(scope);
  const path = useMemo(() => new GraphPath(drawing.boxes), [drawing]);
  const extent = { width: Math.max(drawing.width, PILL.width), height: drawing.height + 2 * (PILL.height + PILL.gap) };
  const box = useRef<HTMLDivElement>(null);
  const currentId = chosen.value ?? selected;
  // Not looked for again while the camera moves: of a large graph that would be a part of each frame.
  const current = useMemo(() => drawing.boxes.find(({ node }) => node.id === currentId), [drawing, currentId]);
  const urgent = useMemo(() => urgentBox(drawing.boxes), [drawing]);
  const { camera, size } = useCamera(box, { extent, target: current ?? urgent });
  const fit = (): void => {
    camera.value = fitted(extent, size.value, { above: ABOVE, target: urgent });
  };
  const choose = (next: Box): void => {
    chosen.value = next.node.id;
    if (next.node.kind === "operation") onSelect(next.node.id);
    camera.value = revealed(camera.value, next, size.value);
  };
  const toggle = ({ node }: Box): void => {
    if (node.kind === "operation" && node.counts === undefined) return;
    const set = new Set(toggled.value);
    if (!set.delete(node.id)) set.add(node.id);
    toggled.value = set;
  };
  const press = (event: KeyboardEvent): void =>
    onKey(event, { boxes: drawing.boxes, path, current, choose, toggle, camera, size: size.value, fit });
  return (
    <div class="graph">
      <GraphButtons camera={camera} size={size.value} fit={fit} />
      <div
        ref={box}
        class="graph-box"
        data-keyboard="rest"
        role="tree"
        aria-label="Operations as a graph"
        aria-description="Arrows go along the path: down to what follows, up to what came before, to the sides to what is beside. Enter opens and folds."
        tabIndex={0}
        {...(current === undefined ? {} : { "aria-activedescendant": `node-${current.node.id}` })}
        onKeyDown={press}
        {...panning(camera)}
      >
        <svg width="100%" height="100%" role="presentation">
          <g role="presentation" transform={transformOf(camera.value)}>
            <Scene {...props} {...{ drawing, camera: camera.value, size: size.value, current, choose, toggle }} />
          </g>
        </svg>
      </div>
      <Minimap drawing={drawing} camera={camera} size={size.value} />
    </div>
  );
}

interface SceneProps extends GraphViewProps {
  readonly drawing: ReturnType<typeof layoutOf>;
  readonly camera: Camera;
  readonly size: Size;
  readonly current: Box | undefined;
  readonly choose: (box: Box) => void;
  readonly toggle: (box: Box) => void;
}

/** The nodes and lines near the seen part. They are not made anew while the camera moves only a little. */
function Scene({ drawing, camera, size, current, choose, toggle, now, view, seq }: SceneProps): JSX.Element {
  const area = cameraOn(camera, size);
  const header = view.headerAt(seq);
  const pillWires = useMemo(() => pillWiresOf(drawing), [drawing]);
  // A running execution is drawn again each second, since its nodes tell times that go on.
  const second = header?.status === "RUNNING" ? Math.floor(now / 1_000) : 0;
  return useMemo(() => {
    const near = drawing.boxes.filter((each) => isNear(area, each));
    const wiresNear = (wires: readonly Wire[]): readonly Wire[] => wires.filter((wire) => isNear(area, areaOf(wire)));
    return (
      <>
        <WiresView wires={wiresNear(drawing.wires)} />
        <StartPill drawing={drawing} wires={wiresNear(pillWires.start)} />
        <EndPill drawing={drawing} wires={wiresNear(pillWires.end)} status={standing(header)} />
        {near.map((each) => (
          <GraphNodeView
            key={each.node.id}
            box={each}
            now={now}
            isCurrent={each === current}
            onChoose={() => choose(each)}
            onToggle={() => toggle(each)}
          />
        ))}
        {current !== undefined && !near.includes(current) && <UnseenNode box={current} now={now} />}
      </>
    );
  }, [drawing, area.x, area.y, area.width, area.height, current, second, header]);
}

function areaOf({ x1, y1, x2, y2 }: Wire): Area {
  return { x: Math.min(x1, x2), y: Math.min(y1, y2), width: Math.abs(x2 - x1), height: Math.abs(y2 - y1) };
}

/** The status of the end mark: a halted execution has not ended, and a pause is told from other halts. */
function standing(header: ExecutionHeader | undefined): string | undefined {
  if (header?.halt === undefined) return header?.status;
  return header.halt.reason === "PAUSED" ? "PAUSED" : "HALTED";
}

function transformOf({ x, y, zoom }: Camera): string {
  return `translate(${x.toFixed(2)} ${y.toFixed(2)}) scale(${zoom.toFixed(4)})`;
}

/** The room that the mark above a graph takes. */
const ABOVE = PILL.height + PILL.gap;

interface Placed {
  readonly extent: Size;
  /** The box to show of a graph that has no room as a whole. */
  readonly target: Box | undefined;
}

/** Shows all of it, as far as it can be read, as it grows, until somebody moves it; and again as often as it is asked for. */
function useCamera(
  box: { readonly current: HTMLDivElement | null },
  { extent, target }: Placed,
): { readonly camera: Signal<Camera>; readonly size: Signal<Size> } {
  const size = useSignal<Size>({ width: 800, height: 500 });
  const camera = useSignal<Camera>({ x: 0, y: 0, zoom: 1 });
  /** The camera as this hook placed it last. */
  const placed = useRef<Camera | undefined>(undefined);
  const place = (): void => {
    if (placed.current !== undefined && placed.current !== camera.peek()) return;
    placed.current = fitted(extent, size.peek(), { above: ABOVE, target });
    camera.value = placed.current;
  };
  const latest = useRef(place);
  latest.current = place;
  useLayoutEffect(place, [extent.width, extent.height]);
  useLayoutEffect(() => {
    if (box.current === null) return undefined;
    const measure = (): void => {
      const { clientWidth: width, clientHeight: height } = box.current ?? { clientWidth: 0, clientHeight: 0 };
      if (width === 0) return;
      size.value = { width, height };
      latest.current();
    };
    const observer = new ResizeObserver(measure);
    observer.observe(box.current);
    measure();
    return () => observer.disconnect();
  }, [box.current]);
  return { camera, size };
}

interface KeyContext {
  readonly boxes: readonly Box[];
  readonly path: GraphPath;
  readonly current: Box | undefined;
  readonly choose: (box: Box) => void;
  readonly toggle: (box: Box) => void;
  readonly camera: Signal<Camera>;
  readonly size: Size;
  readonly fit: () => void;
}

const DIRECTIONS: Readonly<Partial<Record<string, Direction>>> = {
  ...{ ArrowUp: "up", ArrowDown: "down", ArrowLeft: "left", ArrowRight: "right" },
};

/** The box that a key leads to; undefined for none. */
function boxAt(key: string, { boxes, path, current }: KeyContext): Box | undefined {
  const direction = DIRECTIONS[key];
  if (direction !== undefined) return current === undefined ? boxes[0] : path.next(current, direction);
  return key === "Home" ? boxes[0] : key === "End" ? boxes.at(-1) : undefined;
}

function onKey(event: KeyboardEvent, context: KeyContext): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const { current, choose, toggle, camera, size, fit } = context;
  const middle = { x: size.width / 2, y: size.height / 2 };
  if (/^(Arrow|Home$|End$)/.test(event.key)) {
    const next = boxAt(event.key, context);
    if (next !== undefined) choose(next);
  } else if ((event.key === "Enter" || event.key === " ") && current !== undefined) toggle(current);
  else if (event.key === "+" || event.key === "=") camera.value = zoomed(camera.value, 1.25, middle);
  else if (event.key === "-") camera.value = zoomed(camera.value, 0.8, middle);
  else if (event.key === "0") fit();
  else return;
  event.preventDefault();
}

interface ButtonsProps {
  readonly camera: Signal<Camera>;
  readonly size: Size;
  readonly fit: () => void;
}

function GraphButtons({ camera, size, fit }: ButtonsProps): JSX.Element {
  const middle = { x: size.width / 2, y: size.height / 2 };
  return (
    <div class="graph-buttons">
      <button type="button" aria-label="Larger" onClick={() => (camera.value = zoomed(camera.value, 1.25, middle))}>
        +
      </button>
      <button type="button" aria-label="Smaller" onClick={() => (camera.value = zoomed(camera.value, 0.8, middle))}>
        −
      </button>
      <button type="button" onClick={fit}>
        Fit
      </button>
    </div>
  );
}

interface PanHandlers {
  readonly onPointerDown: (event: PointerEvent) => void;
  readonly onPointerMove: (event: TargetedPointerEvent<HTMLDivElement>) => void;
  readonly onPointerUp: () => void;
  readonly onPointerCancel: () => void;
  readonly onWheel: (event: TargetedWheelEvent<HTMLDivElement>) => void;
}

/** Dragged with a pointer, moved with a wheel, zoomed with a wheel and Ctrl. */
function panning(camera: Signal<Camera>): PanHandlers {
  const held = useRef<{ readonly x: number; readonly y: number } | undefined>(undefined);
  const release = (): void => {
    held.current = undefined;
  };
  return {
    onPointerDown: ({ clientX: x, clientY: y }) => (held.current = { x, y }),
    onPointerMove: ({ clientX: x, clientY: y, buttons, currentTarget, pointerId }) => {
      if (held.current === undefined || buttons === 0) return release();
      const [dx, dy] = [x - held.current.x, y - held.current.y];
      if (!currentTarget.hasPointerCapture(pointerId)) {
        if (Math.hypot(dx, dy) < 4) return;
        currentTarget.setPointerCapture(pointerId);
      }
      held.current = { x, y };
      camera.value = { ...camera.value, x: camera.value.x + dx, y: camera.value.y + dy };
    },
    onPointerUp: release,
    onPointerCancel: release,
    onWheel: (event) => {
      event.preventDefault();
      const { deltaX, deltaY, ctrlKey, metaKey, currentTarget, clientX, clientY } = event;
      const { left, top } = currentTarget.getBoundingClientRect();
      const { x, y } = camera.value;
      camera.value =
        ctrlKey || metaKey
          ? zoomed(camera.value, Math.exp(-deltaY / 300), { x: clientX - left, y: clientY - top })
          : { ...camera.value, x: x - deltaX, y: y - deltaY };
    },
  };
}
