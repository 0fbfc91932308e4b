/**
 * The place of a moment on the timeline. A workflow has steps of milliseconds beside waits of months, so the axis is
 * not linear: each gap between two commits is as wide as the logarithm of its length, and time runs evenly inside a
 * gap.
 */
export interface TimeAxis {
  /** From 0 to 1, for a time in ms since the epoch. */
  position(at: number): number;
}

/** Gaps below this, in ms, look the same. */
const GRAIN_MS = 20;
/** The width of the shortest gap. */
const LEAST_WIDTH = 0.35;

/** `times` are the moments that matter, in ms since the epoch, in any order. */
export function timeAxis(times: Iterable<number>): TimeAxis {
  const stops = [...new Set(times)].toSorted((a, b) => a - b);
  const edges = [0];
  for (let index = 1; index < stops.length; index++) {
    const gap = at(stops, index) - at(stops, index - 1);
    edges.push(at(edges, index - 1) + LEAST_WIDTH + Math.log2(1 + gap / GRAIN_MS));
  }
  const width = edges.at(-1) ?? 0;
  return { position: (time) => (width === 0 ? 0 : place(stops, edges, time) / width) };
}

/** A part of time, ms since the epoch. */
export interface TimeWindow {
  readonly from: number;
  readonly to: number;
}

/** Time as it passes: what lies outside of the window is below 0 or above 1. */
export function linearAxis({ from, to }: TimeWindow): TimeAxis {
  const length = Math.max(1, to - from);
  return { position: (time) => (time - from) / length };
}

/** A moment worth a label, as time since the beginning in ms. */
export interface Tick {
  readonly elapsed: number;
  /** From 0 to 1. */
  readonly position: number;
}

const [SECOND, MINUTE, HOUR, DAY] = [1_000, 60_000, 3_600_000, 86_400_000];
/** Lengths of time that people count in. */
const NICE: readonly number[] = [
  ...[10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 20, 30].map((seconds) => seconds * SECOND),
  ...[1, 2, 5, 10, 20, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 6, 12].map((hours) => hours * HOUR),
  ...[1, 2, 7, 14, 30, 60, 90, 180, 365, 730, 1_460].map((days) => days * DAY),
];

export interface TickOptions {
  /** The beginning, ms since the epoch. */
  readonly from: number;
  /** The room that a label takes, as a part of the axis. */
  readonly room: number;
}

/** As many nice moments as have room, the beginning first, and of the others rather the later ones. */
export function ticksOf(axis: TimeAxis, { from, room }: TickOptions): readonly Tick[] {
  const ticks: Tick[] = [{ elapsed: 0, position: axis.position(from) }];
  for (const elapsed of NICE.toReversed()) {
    const position = axis.position(from + elapsed);
    if (position + room > 1) continue;
    if (ticks.every((tick) => Math.abs(tick.position - position) >= room)) ticks.push({ elapsed, position });
  }
  return ticks.toSorted((a, b) => a.elapsed - b.elapsed);
}

/** Moments at equal distances, as many as have room in the window. `from` is the beginning that they count from. */
export function linearTicks(window: TimeWindow, { from, room }: TickOptions): readonly Tick[] {
  const length = Math.max(1, window.to - window.from);
  const least = length * room;
  const step = NICE.find((each) => each >= least) ?? Math.ceil(least / DAY) * DAY;
  const ticks: Tick[] = [];
  for (let elapsed = Math.max(0, Math.ceil((window.from - from) / step) * step); from + elapsed <= window.to; ) {
    const position = (from + elapsed - window.from) / length;
    if (position + room <= 1 && position >= 0) ticks.push({ elapsed, position });
    elapsed += step;
  }
  return ticks;
}

function place(stops: readonly number[], edges: readonly number[], time: number): number {
  const after = firstAfter(stops, time);
  if (after === 0) return 0;
  if (after === stops.length) return edges.at(-1) ?? 0;
  const [from, to] = [at(stops, after - 1), at(stops, after)];
  const [left, right] = [at(edges, after - 1), at(edges, after)];
  return left + ((time - from) / (to - from)) * (right - left);
}

/** The index of the first stop after a time; the number of stops if there is none. */
function firstAfter(stops: readonly number[], time: number): number {
  let [low, high] = [0, stops.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (at(stops, middle) > time) high = middle;
    else low = middle + 1;
  }
  return low;
}

function at(values: readonly number[], index: number): number {
  return values[index] ?? 0;
}
