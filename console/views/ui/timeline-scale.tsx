import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { RunAt } from "../model/code-run.ts";
import type { ExecutionView } from "../model/execution-view.ts";
import { linearTicks, ticksOf, type TimeAxis, type TimeWindow } from "../model/time-axis.ts";
import { tickLabel } from "./labels.ts";

export interface ScaleProps {
  readonly view: ExecutionView;
  readonly seq: number;
  readonly axis: TimeAxis;
  readonly now: number;
  readonly run: RunAt | undefined;
  /** The window of a linear scale; undefined for the logarithmic one of all. */
  readonly window?: TimeWindow | undefined;
}

/** In px: what a label of the axis takes. */
const LABEL = 54;

/** The scale above the lanes, and what the marks below it mean. */
export function TimelineHead(props: ScaleProps): JSX.Element {
  const { view, axis, run } = props;
  const lane = useRef<HTMLSpanElement>(null);
  const room = Math.min(0.45, LABEL / Math.max(useWidth(lane), 1));
  const marks = withRoom(marksOf(props).filter(isInside), room);
  const options = { from: view.beganAt, room };
  const ticks = props.window === undefined ? ticksOf(axis, options) : linearTicks(props.window, options);
  return (
    <div class={marks.length > 0 ? "timeline-head timeline-head-runs" : "timeline-head"}>
      <span class="row-name hint">
        {run !== undefined && run.number > 1 && (
          <span>
            <span class="row-replayed">↺</span> from the log, not done again
          </span>
        )}
      </span>
      <span class="lane" ref={lane} aria-hidden="true">
        {ticks.map(({ elapsed, position }) => (
          <i key={elapsed} class="tick" style={{ left: percent(position) }}>
            {tickLabel(elapsed)}
          </i>
        ))}
        {marks.map(({ label, position, kind }) => (
          <i key={label} class={`tick tick-over tick-${kind}`} style={{ left: percent(position) }}>
            {label}
          </i>
        ))}
      </span>
      <span class="row-time" title={props.window === undefined ? LOGARITHMIC : "Equal times are equally wide."}>
        {props.window === undefined ? "log scale" : "linear"}
      </span>
    </div>
  );
}

/** Lines through all lanes: where a run of the code began, where this log parts from another one, and the present. */
export function TimelineMarks(props: ScaleProps): JSX.Element {
  const { view, axis, now } = props;
  return (
    <div class="timeline-marks" aria-hidden="true">
      <span class="row-name" />
      <span class="lane">
        {pausesOf(props).map(({ from, to }) => (
          <i key={from} class="mark-pause" style={{ left: percent(from), width: percent(to - from) }} />
        ))}
        {marksOf(props)
          .filter((mark) => mark.kind === "run" && isInside(mark))
          .map(({ label, position }) => (
            <i key={label} class="mark-run" style={{ left: percent(position) }} />
          ))}
        {view.header?.status === "RUNNING" && <i class="mark-now" style={{ left: percent(axis.position(now)) }} />}
      </span>
      <span class="row-time" />
    </div>
  );
}

const LOGARITHMIC =
  "Each gap between two commits is as wide as the logarithm of its length: steps of milliseconds have their place beside waits of months.";

function isInside({ position }: Mark): boolean {
  return position >= 0 && position <= 1;
}

interface Mark {
  readonly label: string;
  /** A line where something begins, or the time of a pause. */
  readonly kind: "run" | "pause";
  readonly position: number;
}

const MOST_MARKS = 24;

/**
 * Since when it is paused, where a fork begins, and the newest runs but the first, as of the commit that is looked at; also
 * one that has recorded nothing yet.
 */
function marksOf({ view, seq, axis, run }: ScaleProps): readonly Mark[] {
  const logged = view.invocations.slice(1).filter(({ firstSeq, number }) => firstSeq <= seq && number !== run?.number);
  const runs = [...logged, ...(run === undefined || run.number === 1 ? [] : [run])].slice(-MOST_MARKS);
  const { forkedAt } = view;
  const pause = view.pauses.find(({ fromSeq, toSeq = Infinity }) => fromSeq <= seq && toSeq > seq);
  const mark = (label: string, at: number, kind: Mark["kind"] = "run"): Mark => ({
    label,
    kind,
    position: axis.position(at),
  });
  return [
    ...(forkedAt === undefined ? [] : [mark("forked", forkedAt)]),
    ...runs.map(({ number, at }) => mark(`run ${number}`, at)),
    ...(pause === undefined ? [] : [mark("paused", pause.from, "pause")]),
  ];
}

/** The times in which it was paused, as of the commit that is looked at, as parts of the axis. */
function pausesOf({ view, seq, axis, now }: ScaleProps): readonly { readonly from: number; readonly to: number }[] {
  return view.pauses
    .filter(({ fromSeq }) => fromSeq <= seq)
    .map(({ from, to, toSeq }) => {
      const isOpen = to === undefined || (toSeq ?? 0) > seq;
      return { from: within(axis.position(from)), to: within(axis.position(isOpen ? now : to)) };
    })
    .filter(({ from, to }) => to > from);
}

function within(position: number): number {
  return Math.min(1, Math.max(0, position));
}

/** Of labels that would lie on each other the newer ones. */
function withRoom(marks: readonly Mark[], room: number): readonly Mark[] {
  const kept: Mark[] = [];
  for (const mark of marks.toReversed()) {
    if (kept.every(({ position }) => position - mark.position >= room)) kept.push(mark);
  }
  return kept;
}

function useWidth(box: { readonly current: HTMLElement | null }): number {
  const [width, setWidth] = useState(400);
  useLayoutEffect(() => {
    if (box.current === null) return undefined;
    const observer = new ResizeObserver(([entry]) => setWidth(entry?.contentRect.width ?? 0));
    observer.observe(box.current);
    return () => observer.disconnect();
  }, [box.current]);
  return width;
}

function percent(part: number): string {
  return `${(part * 100).toFixed(2)}%`;
}
