/** The part of an execution's time that a linear timeline shows. */

import type { ExecutionView } from "../views/model/execution-view.ts";
import type { TimeWindow } from "../views/model/time-axis.ts";

/** The scale and the place of the part. */
export interface Zoom {
  /** The scale: 1 for the whole time, larger for a part. */
  readonly factor: number;
  /** The place of the part: 0 for the first, 1 for the last. */
  readonly place: number;
}

export const WHOLE: Zoom = { factor: 1, place: 0 };
const LARGEST_FACTOR = 1e6;

export function larger({ factor, place }: Zoom): Zoom {
  return { factor: Math.min(LARGEST_FACTOR, factor * 2), place };
}

export function smaller({ factor, place }: Zoom): Zoom {
  return { factor: Math.max(1, factor / 2), place };
}

/** From its start to its end, or to the present, ms since the epoch. */
export function spanOf(view: ExecutionView, now: number): TimeWindow {
  const from = view.beganAt;
  return { from, to: view.isEnded ? (view.commits.at(-1)?.at ?? from) : Math.max(now, from + 1) };
}

export function windowOf({ from, to }: TimeWindow, { factor, place }: Zoom): TimeWindow {
  const length = (to - from) / factor;
  const start = from + (to - from - length) * place;
  return { from: start, to: start + length };
}
