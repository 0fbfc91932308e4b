/** A large graph from afar: what of it to look at first, and all of it as small marks. */

import { isSettled } from "perdure/engine";
import type { GraphNode } from "./graph.ts";
import type { Box } from "./graph-layout.ts";
import type { Size } from "./camera.ts";

/** The status of a node; a group has the worst of its operations'. */
export function statusOf(node: GraphNode): string {
  if (node.kind === "operation") return node.operation.status;
  const { all, succeeded, failed } = node.counts;
  return failed > 0 ? "FAILED" : succeeded === all ? "SUCCEEDED" : "STARTED";
}

/** The last of those that are under way or wait, or else of those that failed; undefined where all is well. */
export function urgentBox(boxes: readonly Box[]): Box | undefined {
  const inner = boxes.filter(({ node }) => node.kind === "group" || node.inside === undefined);
  return inner.findLast(({ node }) => isOpen(node)) ?? inner.findLast(({ node }) => toneOf(node) === "bad");
}

function isOpen(node: GraphNode): boolean {
  return node.kind === "group" ? node.counts.open > 0 : !isSettled(node.operation.status);
}

export type Tone = "good" | "bad" | "open";

function toneOf(node: GraphNode): Tone {
  const status = statusOf(node);
  if (status === "SUCCEEDED" || status === "CANCELLED") return "good";
  return isOpen(node) ? "open" : "bad";
}

/** A graph in a few px. */
export interface Overview extends Size {
  readonly scale: number;
  /** By tone, the path that draws its marks. */
  readonly marks: Readonly<Record<Tone, string>>;
}

/** The share of the graph's room that an overview takes at the most, and its largest size. */
const MOST_SHARE = 0.2;
const MOST: Size = { width: 130, height: 96 };
const LEAST_WIDTH = 20;
/** The least size of a mark: smaller ones cannot be seen. */
const LEAST_MARK: Size = { width: 3, height: 1.5 };

/** Marks that come to lie on each other are one, so that their number is bounded however many boxes there are. */
export function overviewOf(boxes: readonly Box[], extent: Size, room: Size): Overview {
  const width = Math.min(MOST.width, room.width * MOST_SHARE);
  const scale = Math.min(width / extent.width, Math.min(MOST.height, room.height * MOST_SHARE) / extent.height);
  const marks: Record<Tone, string> = { good: "", bad: "", open: "" };
  const drawn = new Set<string>();
  const left = Math.max(0, (LEAST_WIDTH - extent.width * scale) / 2);
  for (const { node, x, y, width, height } of boxes) {
    if (node.kind === "operation" && node.inside !== undefined) continue;
    const tone = toneOf(node);
    const [markX, markY] = [rounded(left + x * scale), rounded(y * scale)];
    const key = `${tone} ${markX} ${markY}`;
    if (drawn.has(key)) continue;
    drawn.add(key);
    const across = Math.max(LEAST_MARK.width, rounded(width * scale));
    const down = Math.max(LEAST_MARK.height, rounded(height * scale));
    marks[tone] += `M${markX} ${markY}h${across}v${down}h${-across}z`;
  }
  return {
    ...{ scale, marks, height: extent.height * scale },
    width: Math.max(LEAST_WIDTH, extent.width * scale),
  };
}

function rounded(length: number): number {
  return Math.round(length * 2) / 2;
}
