import { isSettled, type Operation } from "perdure/engine";
import type { JSX } from "preact";
import type { Counts, GraphNode } from "../model/graph.ts";
import { type Box, HEAD, NODE } from "../model/graph-layout.ts";
import { statusOf } from "../model/graph-overview.ts";
import { nodeTitle, pathText, stopOf } from "../model/graph-path.ts";
import { kindLabel } from "../views/model/titles.ts";
import { statusLabel } from "../views/ui/labels.ts";
import { timeText } from "../views/ui/time-text.ts";

export interface GraphNodeProps {
  readonly box: Box;
  /** The node's neighbours on the path. */
  /** Ms since the epoch. */
  readonly now: number;
  readonly isCurrent: boolean;
  readonly onChoose: () => void;
  readonly onToggle: () => void;
}

export function GraphNodeView({ box, now, isCurrent, onChoose, onToggle }: GraphNodeProps): JSX.Element {
  const { node, x, y, width, height } = box;
  const isOpen = node.kind === "operation" && node.inside !== undefined;
  const canOpen = node.kind === "group" || node.counts !== undefined;
  const hasProgress = !isOpen && node.counts !== undefined;
  // The text is lifted to make room for the bar below it.
  const lift = hasProgress ? 3 : 0;
  return (
    <g
      {...treeItem(box)}
      aria-selected={isCurrent}
      {...(canOpen ? { "aria-expanded": isOpen } : {})}
      class={classOf(node, { isOpen, isCurrent })}
      transform={`translate(${x} ${y})`}
      onClick={onChoose}
      onDblClick={canOpen ? onToggle : undefined}
    >
      <title>{boxLabel(box, now)}</title>
      <g aria-hidden="true">
        {canOpen && !isOpen && <rect class="node-behind" x={5} y={5} width={width} height={height} rx={8} />}
        <rect class="node-box" width={width} height={height} rx={8} />
        <Mark status={statusOf(node)} y={isOpen ? HEAD / 2 : 17 - lift} />
        <text class="node-title" x={30} y={isOpen ? HEAD / 2 + 4 : 21 - lift}>
          {shortened(titleIn(node), canOpen ? 19 : 23)}
        </text>
        {!isOpen && (
          <text class="node-text" x={30} y={38 - lift}>
            {shortened(textIn(node, now), 28)}
          </text>
        )}
        {isOpen && (
          <text class="node-text" x={width - 34} y={HEAD / 2 + 4} text-anchor="end">
            {width > 260 ? kindIn(node) : ""}
          </text>
        )}
        {canOpen && <Toggle x={width - 26} isOpen={isOpen} onToggle={onToggle} />}
        {hasProgress && <Progress counts={node.counts} y={height - 8} />}
      </g>
    </g>
  );
}

/** The node that has the keyboard, where it is out of sight and so is not drawn. */
export function UnseenNode({ box, now }: Pick<GraphNodeProps, "box" | "now">): JSX.Element {
  return (
    <g {...treeItem(box)} aria-selected>
      <title>{boxLabel(box, now)}</title>
    </g>
  );
}

/** The attributes for screen readers beside the title: the description stands for the lines to a node and from it. */
function treeItem(box: Box): Readonly<Record<string, string | number>> {
  const stop = stopOf(box);
  const { level, place, count } = stop;
  const order = { "aria-level": level, "aria-posinset": place, "aria-setsize": count };
  return { id: `node-${box.node.id}`, role: "treeitem", ...order, "aria-description": pathText(stop) };
}

function classOf(node: GraphNode, { isOpen, isCurrent }: { isOpen: boolean; isCurrent: boolean }): string {
  const more = [isOpen && "node-open", isCurrent && "node-current", isCopied(node) && "node-copied"];
  return ["node", `node-${statusOf(node)}`, ...more.filter((each) => each !== false)].join(" ");
}

/** True for a node that comes as a whole from the execution that this one was forked from. */
function isCopied(node: GraphNode): boolean {
  if (node.kind === "operation") return node.track.isCopied;
  return node.items.every(({ track }) => track.isCopied);
}

/** The name of a box for screen readers, and its tooltip. */
function boxLabel({ node }: Box, now: number): string {
  const copied = isCopied(node) ? ", copied" : "";
  const counts = `${node.counts === undefined ? "" : `, ${countsText(node.counts)}`}${copied}`;
  if (node.kind === "group") return `${nodeTitle(node)}${counts}`;
  const { operation } = node;
  return `${nodeTitle(node)}, ${kindLabel(operation)}, ${statusLabel(operation.status)}, ${timeIn(operation, now)}${counts}`;
}

function titleIn(node: GraphNode): string {
  return node.kind === "group" ? node.name : node.track.title;
}

function kindIn(node: GraphNode): string {
  return node.kind === "group" ? "" : kindLabel(node.operation);
}

function textIn(node: GraphNode, now: number): string {
  if (node.kind === "group" || node.counts !== undefined)
    return node.counts === undefined ? "" : countsText(node.counts);
  const { operation, track } = node;
  const isPlain = track.title === kindLabel(operation) || operation.status === "PENDING";
  if (track.isCopied) return `copied · ${timeIn(operation, now)}`;
  const kind = isPlain ? "" : `${kindLabel(operation)} · `;
  return `${kind}${timeIn(operation, now)}`;
}

function timeIn(operation: Operation, now: number): string {
  const time = timeText(operation, { now, diedAt: undefined });
  const isRetried = operation.type === "STEP" && operation.attempt > 0 && !isSettled(operation.status);
  return isRetried ? `${operation.attempt} tried, ${time}` : time;
}

function countsText({ all, succeeded, failed, open }: Counts): string {
  if (succeeded === all) return `${all} done`;
  const parts = [`${succeeded} of ${all} done`, ...(failed > 0 ? [`${failed} failed`] : [])];
  return open > 0 && failed > 0 ? [...parts, `${open} open`].join(", ") : parts.join(", ");
}

/** A form for each kind of status, so that nobody has to tell colours apart. */
function Mark({ status, y }: { readonly status: string; readonly y: number }): JSX.Element {
  return (
    <g class="node-mark" transform={`translate(17 ${y})`}>
      <circle r={7} />
      <path d={MARKS[status] ?? (isSettled(status as Operation["status"]) ? MARKS["FAILED"] : MARKS["STARTED"])} />
    </g>
  );
}

const MARKS: Readonly<Record<string, string>> = {
  SUCCEEDED: "M-3 0.3L-0.8 2.6L3.2 -2.2",
  FAILED: "M-2.5 -2.5L2.5 2.5M2.5 -2.5L-2.5 2.5",
  CANCELLED: "M-3 0H3",
  STARTED: "M-1.5 -3L2.6 0L-1.5 3Z",
  PENDING: "M0 -3.6V0H2.6",
  READY: "M0 -3.6V0H2.6",
};

interface ToggleProps {
  readonly x: number;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
}

function Toggle({ x, isOpen, onToggle }: ToggleProps): JSX.Element {
  const click = (event: MouseEvent): void => {
    event.stopPropagation();
    onToggle();
  };
  return (
    <g class="node-toggle" transform={`translate(${x} 8)`} onClick={click}>
      <rect width={18} height={18} rx={4} />
      <path d={isOpen ? "M5 9H13" : "M5 9H13M9 5V13"} />
    </g>
  );
}

const BAR = { x: 30, width: NODE.width - 42, height: 3 } as const;

function Progress({ counts, y }: { readonly counts: Counts; readonly y: number }): JSX.Element {
  const { all, succeeded, failed } = counts;
  const [good, bad] = [(succeeded / all) * BAR.width, (failed / all) * BAR.width];
  return (
    <g class="node-progress" transform={`translate(${BAR.x} ${y})`}>
      <rect width={BAR.width} height={BAR.height} />
      <rect class="is-good" width={good} height={BAR.height} />
      <rect class="is-bad" x={good} width={bad} height={BAR.height} />
    </g>
  );
}

function shortened(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}
