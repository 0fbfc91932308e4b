import type { JSX } from "preact";
import { type Drawing, PILL } from "../model/graph-layout.ts";
import type { Wire } from "../model/graph-wires.ts";
import { statusLabel } from "../views/ui/labels.ts";

function WireView({ wire: { x1, y1, x2, y2 } }: { readonly wire: Wire }): JSX.Element {
  const bend = (y2 - y1) / 2;
  return <path class="wire" d={`M${x1} ${y1}C${x1} ${y1 + bend} ${x2} ${y2 - bend} ${x2} ${y2}`} />;
}

/** Lines and bars are drawn for the eye alone: each node's description names its neighbours. */
export function WiresView({ wires }: { readonly wires: readonly Wire[] }): JSX.Element {
  return (
    <g aria-hidden="true">
      {wires.map((wire) => (
        <WireView key={`${wire.x1} ${wire.y1} ${wire.x2} ${wire.y2}`} wire={wire} />
      ))}
    </g>
  );
}

interface StartPillProps {
  readonly drawing: Drawing;
  /** Its lines to what begins at once. */
  readonly wires: readonly Wire[];
}

/** The mark where the execution begins. */
export function StartPill({ drawing, wires }: StartPillProps): JSX.Element {
  return (
    <g aria-hidden="true">
      <WiresView wires={wires} />
      <Pill x={drawing.width / 2} y={-PILL.gap - PILL.height} text="start" kind="start" />
    </g>
  );
}

interface EndPillProps extends StartPillProps {
  readonly status: string | undefined;
}

const GOING_ON: ReadonlySet<string> = new Set(["RUNNING", "HALTED", "PAUSED"]);

/** The mark that says how the execution has ended, or that it goes on. */
export function EndPill({ drawing, wires, status = "RUNNING" }: EndPillProps): JSX.Element {
  const isOver = !GOING_ON.has(status);
  return (
    <g aria-hidden="true">
      <g class={isOver ? "" : "wire-open"}>
        <WiresView wires={wires} />
      </g>
      <Pill
        x={drawing.width / 2}
        y={drawing.height + PILL.gap}
        text={isOver ? statusLabel(status) : "…"}
        kind={status}
      />
    </g>
  );
}

interface PillProps {
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly kind: string;
}

function Pill({ x, y, text, kind }: PillProps): JSX.Element {
  return (
    <g class={`pill pill-${kind}`} transform={`translate(${x - PILL.width / 2} ${y})`}>
      <rect width={PILL.width} height={PILL.height} rx={PILL.height / 2} />
      <text x={PILL.width / 2} y={PILL.height / 2 + 4} text-anchor="middle">
        {text}
      </text>
    </g>
  );
}
