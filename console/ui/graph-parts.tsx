import type { JSX } from "preact";
import type { Drawing, Wire } from "../model/graph-layout.ts";
import { statusLabel } from "../views/ui/labels.ts";

/** Of the marks above and below a graph, in px. */
export const PILL = { width: 96, height: 28, gap: 32 } as const;

export function WireView({ wire: { x1, y1, x2, y2 } }: { readonly wire: Wire }): JSX.Element {
  const bend = (y2 - y1) / 2;
  return <path class="wire" d={`M${x1} ${y1}C${x1} ${y1 + bend} ${x2} ${y2 - bend} ${x2} ${y2}`} />;
}

/** Where it begins, and what begins at once. */
export function StartPill({ drawing }: { readonly drawing: Drawing }): JSX.Element {
  const x = drawing.width / 2;
  return (
    <g role="presentation">
      {drawing.first.map(({ node, x: left, y, width }) => (
        <WireView key={node.id} wire={{ x1: x, y1: -PILL.gap, x2: left + width / 2, y2: y }} />
      ))}
      <Pill x={x} y={-PILL.gap - PILL.height} text="start" kind="start" />
    </g>
  );
}

interface EndPillProps {
  readonly drawing: Drawing;
  readonly status: string | undefined;
}

const GOING_ON: ReadonlySet<string> = new Set(["RUNNING", "HALTED", "PAUSED"]);

/** How it has ended, or that it goes on. */
export function EndPill({ drawing, status = "RUNNING" }: EndPillProps): JSX.Element {
  const x = drawing.width / 2;
  const isOver = !GOING_ON.has(status);
  return (
    <g role="presentation">
      {drawing.last.map(({ node, x: left, y, width, height }) => (
        <g key={node.id} class={isOver ? "" : "wire-open"}>
          <WireView wire={{ x1: left + width / 2, y1: y + height, x2: x, y2: drawing.height + PILL.gap }} />
        </g>
      ))}
      <Pill x={x} y={drawing.height + PILL.gap} text={isOver ? statusLabel(status) : "…"} kind={status} />
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
